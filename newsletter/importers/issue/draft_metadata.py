"""Metadata from titles and document properties: issue numbers, and authors that are programs."""

from __future__ import annotations

import re

# Author names that programs enter automatically.
MACHINE = re.compile(
    r".*@.*|(?:microsoft )?office user|microsoft.*|admin(?:istrator)?|(?:the )?(?:user|author|owner)|windows.*|"
    r"unknown(?: author)?|python-docx|libreoffice.*|apache poi|google docs|hp|dell|lenovo|asus|acer|home|pc|\W*",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:(?<!\w)#|\b(?:no|nr|n)[.º°]+\s?|\b(?:issue|ausgabe|numéro|número|numero|nummer)\s+#?)(\d{1,4})\b",
    re.IGNORECASE,
)


def number_in_title(title: str | None) -> str:
    """Return the issue number in a title: `#16`, `No. 16`."""
    match = _NUMBER.search(title or "")
    return match[1] if match else ""
