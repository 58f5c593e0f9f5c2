"""Paragraphs of WordPress's classic editor, which stores empty lines between them, not tags.

WordPress adds the tags when it shows a post (`wpautop` in its formatting.php); between the blocks
of the newer editor it does so only for text of the older one.
"""

from __future__ import annotations

import re

_NAMES = "p|div|h[1-6]|ul|ol|dl|table|blockquote|pre|figure|section|article|aside|header|footer|form|iframe|hr"
_EDGE = re.compile(rf"</?(?:{_NAMES})\b[^>]*>", re.IGNORECASE)
_WHOLE = re.compile(r"<(pre|ul|ol|dl|table|p|h[1-6])\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_BLOCK_MARK = re.compile(r"<!--\s+(/?)wp:\S+.*?(/?)-->", re.DOTALL)


def with_paragraphs(text: str) -> str:
    """Return a post's HTML with the paragraphs that empty lines separate."""
    text = text.replace("\r\n", "\n")
    return "".join(
        _paragraphs(part) if is_classic else part for is_classic, part in _segments(text)
    )


def _segments(text: str) -> list[tuple[bool, str]]:
    """Return runs of text outside and inside the blocks of the newer editor."""
    result: list[tuple[bool, str]] = []
    depth = position = 0
    for match in _BLOCK_MARK.finditer(text):
        if depth == 0:
            result.append((True, text[position : match.start()]))
            position = match.start()
        if not match[2]:
            depth = max(depth - 1, 0) if match[1] else depth + 1
        if depth == 0:
            result.append((False, text[position : match.end()]))
            position = match.end()
    result.append((depth == 0, text[position:]))
    return result


def _paragraphs(text: str) -> str:
    """Return text with `<p>` around what empty lines or block elements separate."""
    blocks: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        blocks.append(match[0])
        return f"\n\n\x00{len(blocks) - 1}\x00\n\n"

    text = _EDGE.sub(lambda match: f"\n\n{match[0]}\n\n", _WHOLE.sub(placeholder, text))
    parts = [part.strip() for part in re.split(r"\n\s*\n", text)]
    written = "\n".join(_paragraph(part) for part in parts if part)
    return re.sub(r"\x00(\d+)\x00", lambda match: blocks[int(match[1])], written)


def _paragraph(part: str) -> str:
    if part.startswith("\x00") or _EDGE.fullmatch(part):
        return part
    return f"<p>{part.replace(chr(10), '<br>')}</p>"
