"""Immutable copies of an email: what was approved, and what was sent."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from newsletter import __version__
from newsletter.errors import NewsletterError
from newsletter.files.output import write_file
from newsletter.model import Email, Finding, Image, Location, Publication
from newsletter.render.digest import reader_digest, sender_name
from newsletter.review.redline_values import EmailVersion
from newsletter.workspace import Workspace

ABOUT = "copy.json"
_NAME = re.compile(r"[^/\\\x00]{1,200}")


class CopiedEmail(Struct, frozen=True):
    """The metadata of a copy."""

    folder: Path
    slug: str
    digest: str
    at: str  # when it was sent, ISO 8601 in UTC; empty if it was only approved
    subject: str
    sender_name: str
    sender_email: str | None
    tool: str
    images: tuple[Mapping[str, Any], ...]
    findings: tuple[Finding, ...]
    revision: str | None = None  # the commit it was built from, if its bytes are not stored

    @property
    def sender(self) -> str:
        return copied_sender(self.sender_name, self.sender_email)


def copied_sender(name: str, address: str | None) -> str:
    """Return the sender as a reader sees it."""
    return " ".join(filter(None, (name, f"<{address}>" if address else "")))


def folder_name(digest: str) -> str:
    """Return the name of a copy's folder: the digest in hexadecimal digits."""
    return digest.removeprefix("sha256:")


def write_sent_copy(
    workspace: Workspace,
    parent: Path,
    email: Email,
    findings: Iterable[Finding],
    *,
    at: str,
    message: bool = False,
    revision: str | None = None,
) -> Path:
    """Write a copy of an email below a folder and return its path; an existing copy is unchanged.

    With `revision` only the digest and that commit are written. Raises `NewsletterError` if writing
    fails.
    """
    publication = workspace.publication
    digest = reader_digest(email, publication)
    folder = parent / folder_name(digest)
    if (folder / ABOUT).exists():
        return folder
    files: dict[str, bytes] = {}
    if revision is None:
        files = {"email.html": email.html.encode(), "email.txt": email.text.encode()}
        files |= {
            f"images/{image.name}": image.data for image in email.images if image.data is not None
        }
        if message:
            files["message.eml"] = email.message
    about = {
        "format": 1,
        "slug": email.slug,
        "digest": digest,
        "at": at,
        "subject": email.subject,
        "sender_name": sender_name(publication),
        "sender_email": publication.sender_email,
        "tool": f"newsletter {__version__}",
        "images": [_image_entry(image) for image in email.images],
        "findings": [_finding_entry(finding) for finding in findings],
        "revision": revision,
    }
    for name, data in files.items():
        write_file(folder / name, data)
    text = json.dumps(about, ensure_ascii=False, indent=2) + "\n"
    write_file(folder / ABOUT, text.encode())  # last: a folder without it is not a copy
    return folder


def copies_in(parent: Path) -> list[CopiedEmail]:
    """Return the copies below a folder, oldest first; incomplete ones are left out."""
    folders = sorted(path.parent for path in parent.glob(f"*/{ABOUT}"))
    return sorted(map(read_about, folders), key=lambda copy: (copy.at, copy.digest))


def read_about(folder: Path) -> CopiedEmail:
    """Return the metadata of a copy. Raises `NewsletterError` if it cannot be read."""
    try:
        data = json.loads((folder / ABOUT).read_bytes())
        images = tuple(data["images"])
        # A remote image is named by its address, but no file of the copy is.
        if not all(_NAME.fullmatch(image["name"]) for image in images if image["stored"]):
            raise ValueError
        return CopiedEmail(
            folder,
            data["slug"],
            data["digest"],
            data["at"],
            data["subject"],
            data["sender_name"],
            data["sender_email"],
            data["tool"],
            images,
            tuple(_finding(entry) for entry in data["findings"]),
            data.get("revision"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(folder) from error


def read_sent_copy(copy: CopiedEmail, label: str) -> EmailVersion:
    """Return the email of a copy. Raises `NewsletterError` if its bytes do not match its digest."""
    try:
        email = Email(
            copy.slug,
            copy.subject,
            (copy.folder / "email.html").read_bytes().decode(),
            (copy.folder / "email.txt").read_bytes().decode(),
            "",
            _bytes(copy.folder / "message.eml") or b"",
            b"",
            tuple(_image(copy.folder, entry) for entry in copy.images),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(copy.folder) from error
    publication = Publication("", "", sender_name=copy.sender_name, sender_email=copy.sender_email)
    if reader_digest(email, publication) != copy.digest:
        raise _damaged(copy.folder)
    return EmailVersion(label, email, copy.sender, copy.digest, copy.findings, copy.tool)


def remove_copy(folder: Path) -> None:
    """Remove a copy that is no longer referenced."""
    shutil.rmtree(folder, ignore_errors=True)


def _damaged(folder: Path) -> NewsletterError:
    location = Location("/".join(folder.parts[-4:]))
    hint = "Restore the folder from git; newsletter never changes it."
    return NewsletterError(
        "The copy of the email was changed or is incomplete", where=location, hint=hint
    )


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _image_entry(image: Image) -> dict[str, Any]:
    return {
        "name": image.name,
        "src": image.src,
        "width": image.width,
        "height": image.height,
        "type": image.type,
        "stored": image.data is not None,
        "variant_of": image.variant_of,
    }


def _image(folder: Path, entry: Mapping[str, Any]) -> Image:
    data = (folder / "images" / entry["name"]).read_bytes() if entry["stored"] else None
    size = (entry["width"], entry["height"])
    variant_of = entry.get("variant_of")  # copies of earlier versions lack it
    return Image(entry["src"], entry["name"], *size, entry["type"], data, variant_of)


def _finding_entry(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "where": astuple(finding.where),
        "message": finding.message,
    }


def _finding(entry: Mapping[str, Any]) -> Finding:
    return Finding(
        entry["code"],
        entry["name"],
        entry["severity"],
        Location(*entry["where"]),
        entry["message"],
    )
