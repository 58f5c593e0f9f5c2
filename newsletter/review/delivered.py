"""Reconstruct an email from the files of an output folder."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.model import Email, Image
from newsletter.render.go_template import without_safe


def email_of_files(slug: str, subject: str, files: Mapping[str, bytes]) -> Email:
    """Return an email from a build's output files; fields that are not needed are empty."""
    images = tuple(
        Image(name, name.rpartition("/")[2], 0, None, _type(name), data)
        for name, data in sorted(files.items())
        if name.startswith("images/")
    )
    html = files["email.html"].decode(errors="replace")
    text = files.get("email.txt", b"").decode(errors="replace")
    return Email(
        slug,
        subject,
        without_safe(html),
        without_safe(text),
        files.get("web.html", b"").decode(errors="replace"),
        files.get("message.eml", b""),
        files.get("manifest.json", b""),
        images,
        html_file=html,
        text_file=text,
    )


def _type(name: str) -> str:
    kind = re.sub(r".*\.", "", name).lower()
    return "jpeg" if kind == "jpg" else kind
