"""The email as shown by clients that invert colors regardless of its style sheet.

The calculation is the one with which `check` measures contrast in dark schemes
(`theme/colors.py`, with sources), so that this view and NL620 agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import TYPE_CHECKING

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.color_schemes import ColorScheme, ElementColors, painted
from newsletter.check.email.size import HtmlOffsets
from newsletter.theme.colors import Color, parse_color

if TYPE_CHECKING:
    from lxml import html as lxml_html

_STYLE = re.compile(r'\sstyle="([^"]*)"')
_BORDER = re.compile(r"(border(?:-\w+)*\s*:)([^;]*)")
_COLOR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\([^)]*\)", re.IGNORECASE)


def forced(
    html: str, tree: lxml_html.HtmlElement, checked_email: CheckedEmail, look: ColorScheme
) -> str:
    """Return an email's HTML with the colors a client applies. `tree` is that HTML, parsed."""
    outline = HtmlOffsets(html)
    elements = [
        element
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag != "style"
    ]
    if [span.tag for span in outline.spans[1:]] != [element.tag for element in elements]:
        # Only if the theme's HTML is invalid and the parser corrected it are other bytes shown.
        from lxml import html as lxml_html

        html = lxml_html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
        outline = HtmlOffsets(html)
    start = next(index for index, span in enumerate(outline.spans) if span.tag == "body")
    pieces, last = [], 0
    paints = painted(checked_email, look)
    for span, paint in zip(outline.spans[start:], paints, strict=False):  # the body comes last
        end = html.index(">", span.start)
        tag = html[span.start : end]
        pieces += [html[last : span.start], _repainted(tag, paint, look)]
        last = end
    return "".join([*pieces, html[last:]])


def _repainted(tag: str, paint: ElementColors, look: ColorScheme) -> str:
    match = _STYLE.search(tag)
    style = unescape(match[1]) if match else ""
    if not look.marks:  # a browser's forced dark mode also changes borders, Outlook.com does not
        style = _BORDER.sub(
            lambda border: border[1] + _COLOR.sub(lambda c: _changed(c[0], look.change), border[2]),
            style,
        )
    for name, color in (("color", paint.color), ("background-color", paint.background)):
        if color is not None:
            style = f"{style.rstrip(';')};{name}:{color}!important".lstrip(";")
    if not style:
        return tag
    written = f' style="{escape(style)}"'
    return (
        tag[: match.start()] + written + tag[match.end() :] if match else tag.rstrip("/ ") + written
    )


def _changed(css: str, change: Callable[[Color], Color]) -> str:
    parsed = parse_color(css)
    return str(change(parsed[0])) if parsed else css
