"""Reject invalid CSS in a theme, which the CSS inliner would drop or fail on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from newsletter.diagnostics import BROKEN_THEME
from newsletter.errors import IssueRejected
from newsletter.model import Finding, Issue
from newsletter.render.images import BlobCache
from newsletter.theme.theme import Theme

_SHEET = re.compile(
    r"<style(?P<attributes>(?![^>]*data-premailer)[^>]*)>(?P<css>.*?)</style>", re.DOTALL
)
_ATTRIBUTE = re.compile(r'\sstyle="([^"]*\\[^"]*)"')
# An escape of a character below U+0020, which HTML cannot contain: `\0`, `\00001f`.
_ESCAPE = re.compile(r"\\0{0,5}[01]?[0-9a-fA-F](?![0-9a-fA-F])")
_HINT = "Fix the style sheet, or delete it to use the packaged one."


def refuse_invalid_css(html: str, issue: Issue, theme: Theme, cache: BlobCache) -> None:
    """Raise `IssueRejected` for CSS that cannot be inlined.

    That is CSS that is invalid, nested or contains control characters. `html` is the output of the
    MJML engine, before inlining. CSS that stays in the head is left to `check`. Valid CSS is
    recorded in the cache and not parsed again.
    """
    if not theme.own:
        return  # the packaged theme is valid
    sheets = [match["css"] for match in _SHEET.finditer(html)]
    attributes = _ATTRIBUTE.findall(html)
    key = hashlib.sha256("\0".join([*sheets, *attributes]).encode()).hexdigest() + ".css-valid"
    if cache.get(key) is not None:
        return
    findings = tuple(dict.fromkeys(_invalid(sheets, attributes, theme, issue)))
    if findings:
        raise IssueRejected(issue.slug, findings)
    cache.put(key, b"1")


def _invalid(
    sheets: list[str], attributes: list[str], theme: Theme, issue: Issue
) -> Iterator[Finding]:
    from newsletter.check.email.css import invalid_css, nested_at_rules
    from newsletter.check.email.origin import in_theme

    for sheet in sheets:
        problems = [(css, f"Invalid CSS: {css}") for css in invalid_css(sheet)]
        problems += [
            (css, f"Nested at-rule: {css} inside @{outer}") for css, outer in nested_at_rules(sheet)
        ]
        problems += _control_characters(sheet)
        if sheet.count("{") > sheet.count("}"):
            problems.append((sheet.strip()[:40], "Unclosed brace in a style sheet"))
        for css, message in problems:
            where = in_theme(theme, css) or theme.place(str(theme.own[0] / "inline.css.j2"), 1)
            yield BROKEN_THEME.finding(where, message, _HINT)
    for style in attributes:
        for css, message in _control_characters(style):
            where = in_theme(theme, css) or in_theme(theme, style) or issue.where
            yield BROKEN_THEME.finding(where, message, _HINT)


def _control_characters(css: str) -> list[tuple[str, str]]:
    return [
        (match[0], f"Control character in CSS: {match[0]}")
        for match in _ESCAPE.finditer(css)
        if int(match[0][1:], 16) < 32
    ]
