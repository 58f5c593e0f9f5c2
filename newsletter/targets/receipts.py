"""`published.json`: what was delivered where, kept in the issue's folder and committed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from newsletter import __version__
from newsletter.errors import NewsletterError
from newsletter.files.cache import RECEIPTS
from newsletter.files.output import write_file
from newsletter.model import Location, Receipt

MANIFEST = (
    "manifest.json"  # names the version of this package, which changes when nothing else does
)


def read_receipts(folder: Path, shown: str) -> list[dict[str, Any]]:
    """Return the receipts of an issue, oldest first.

    Raises `NewsletterError` if the file is damaged.
    """
    path = folder / RECEIPTS
    try:
        data = json.loads(path.read_bytes())
        receipts: list[dict[str, Any]] = data["receipts"]
        if all({"target", "sha256"} <= receipt.keys() for receipt in receipts):
            return receipts
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise NewsletterError(
        "Unreadable receipts",
        where=Location(f"{shown}/{RECEIPTS}"),
        hint="Restore the file with git: it records what was published.",
    )


def last(receipts: Sequence[dict[str, Any]], target: str) -> dict[str, Any] | None:
    """Return the latest receipt of a target."""
    return next((receipt for receipt in reversed(receipts) if receipt["target"] == target), None)


def is_of(receipt: Mapping[str, Any] | None, digest: str, reader: str) -> bool:
    """Return whether a receipt records this content, whatever version of this package built it.

    `digest` is of everything delivered, `reader` of what a reader gets.
    """
    return receipt is not None and (receipt["sha256"] == digest or receipt.get("digest") == reader)


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return a SHA-256 over the names and bytes of everything delivered, except the manifest."""
    return _sha256({name: data for name, data in files.items() if name != MANIFEST})


def matches(sha256: str, files: Mapping[str, bytes]) -> bool:
    """Return whether a receipt's digest is of these files; older ones include the manifest."""
    return sha256 in (digest_of(files), _sha256(files))


def _sha256(files: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for name, data in sorted(files.items()):
        total.update(f"{name}\0{len(data)}\0".encode() + data)
    return total.hexdigest()


def add_receipts(
    folder: Path,
    receipts: Sequence[dict[str, Any]],
    new: Sequence[Receipt],
    subject: str,
    *,
    allowed: Mapping[str, str] | None = None,
    reader: str | None = None,
) -> None:
    """Append receipts; existing ones are never changed.

    `allowed` maps codes of allowed errors to reasons; `reader` is the reader digest.
    """
    passed = [{"code": code, "reason": reason} for code, reason in sorted((allowed or {}).items())]
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    added = [
        {
            "target": receipt.target,
            "type": receipt.type,
            "at": now,
            "subject": subject,
            "place": receipt.place,
            "sha256": receipt.digest,
            **({"digest": reader} if reader else {}),
            "tool": f"newsletter {__version__}",
            **receipt.details,
            **({"allowed": passed} if passed else {}),
        }
        for receipt in new
    ]
    data = json.dumps({"receipts": [*receipts, *added]}, ensure_ascii=False, indent=2) + "\n"
    write_file(folder / RECEIPTS, data.encode())
