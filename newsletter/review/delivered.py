"""The email that the files of an output folder hold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.model import Email, Image


def email_of_files(slug: str, subject: str, files: Mapping[str, bytes]) -> Email:
    """Return an email from the files that a build writes; what it does not need is empty."""
    images = tuple(
        Image(name, name.rpartition("/")[2], 0, None, _type(name), data)
        for name, data in sorted(files.items())
        if name.startswith("images/")
    )
    return Email(
        slug,
        subject,
        files["email.html"].decode(errors="replace"),
        files.get("email.txt", b"").decode(errors="replace"),
        files.get("web.html", b"").decode(errors="replace"),
        files.get("message.eml", b""),
        files.get("manifest.json", b""),
        images,
    )


def _type(name: str) -> str:
    kind = re.sub(r".*\.", "", name).lower()
    return "jpeg" if kind == "jpg" else kind
