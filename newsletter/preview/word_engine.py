"""An approximation of Outlook for Windows, without what its rendering engine, Word, ignores.

Word supports conditional comments, Office's own markup and about half of CSS 2.1, but no media
queries. The list of what it ignores is from Microsoft's "Word 2007 HTML and CSS Rendering
Capabilities in Outlook 2007", which still applies to the desktop program, and from caniemail.com's
table of Outlook for Windows.
"""

from __future__ import annotations

import re
from html import escape, unescape

# Shown to Word alone: `<!--[if mso]>`, `<!--[if (gte mso 9)|(IE)]>`.
_FOR_WORD = re.compile(r"<!--\[if ([^\]]*)\]>(.*?)<!\[endif\]-->", re.DOTALL | re.IGNORECASE)
# Hidden from Word: `<!--[if !mso]><!-->` … `<!--<![endif]-->`.
_FOR_OTHERS = re.compile(
    r"<!--\[if !mso[^\]]*\]>(?:<!)?-->.*?<!--<!\[endif\]-->", re.DOTALL | re.IGNORECASE
)
_SHEET = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.DOTALL | re.IGNORECASE)
_AT_RULE = re.compile(r"@(?:media|import|font-face|supports)\b", re.IGNORECASE)
_BUTTON = re.compile(
    r"<v:(?:roundrect|rect)\b([^>]*)>(.*?)</v:(?:roundrect|rect)>", re.DOTALL | re.IGNORECASE
)
_XML = re.compile(r"<xml\b.*?</xml>", re.DOTALL | re.IGNORECASE)
_OFFICE = re.compile(r"</?(?:v|o|w):[^>]*>", re.IGNORECASE)
# An image type that Word does not show.
_NO_IMAGE = re.compile(r'(<img\b[^>]*?\bsrc=")([^"]+\.(?:svg|webp|avif))(")', re.IGNORECASE)

# Overrides, instead of editing each style, disable what Word ignores wherever it is written.
RULES = """
* { border-radius: 0 !important; box-shadow: none !important; text-shadow: none !important; opacity: 1 !important;
  background-image: none !important; transform: none !important; float: none !important; position: static !important;
  max-width: none !important; min-width: 0 !important; max-height: none !important; min-height: 0 !important;
  animation: none !important; transition: none !important; filter: none !important; object-fit: fill !important; }
div, p, span, a, li, ul, ol, h1, h2, h3, h4, h5, h6, blockquote { padding: 0 !important; width: auto !important;
  height: auto !important; overflow: visible !important; }
div, p, h1, h2, h3, h4, h5, h6 { display: block !important; }
a, span { display: inline !important; }
a.newsletter-word-button { display: inline-block !important; height: auto; text-align: center; text-decoration: none; }
img { padding: 0 !important; margin: 0 !important; }
img:not([width]) { width: auto !important; }
img:not([height]) { height: auto !important; }
[style*="display:none"], [style*="display: none"], [hidden] { display: none !important; }
"""


def as_word_shows(html: str) -> str:
    """Return HTML without what Word ignores, and with what only Word reads."""
    html = _FOR_OTHERS.sub("", html)
    html = _FOR_WORD.sub(lambda match: match[2] if _matches_word(match[1]) else "", html)
    html = _BUTTON.sub(_button, html)
    html = _OFFICE.sub("", _XML.sub("", html))
    html = _SHEET.sub(lambda match: match[1] + without_at_rules(match[2]) + match[3], html)
    html = _NO_IMAGE.sub(r"\g<1>data:,\g<3>", html)
    return html.replace("</head>", f"<style>{RULES}</style></head>", 1)


def _matches_word(condition: str) -> bool:
    """Return whether a condition is true for Word 16.

    `mso` and `gte mso 9` are; `lte mso 11` and `!mso` are not.
    """
    condition = condition.lower()
    version = re.search(r"(lte?|gte?)\s+mso\s+(\d+)", condition)
    if version:
        newer = version[1] in ("gt", "gte") and int(version[2]) <= 16
        older = version[1] in ("lt", "lte") and int(version[2]) >= 16
        return newer or older
    return "mso" in condition and "!mso" not in condition and "!(mso" not in condition


def _button(match: re.Match[str]) -> str:
    """Return a button in Office's markup as a link with its color and size.

    Rounded corners are not reproduced.
    """
    attributes = dict(re.findall(r'([\w:-]+)="([^"]*)"', match[1]))
    fill = unescape(attributes.get("fillcolor", "transparent"))
    style = unescape(attributes.get("style", ""))
    size = ";".join(part for part in style.split(";") if re.match(r"\s*(?:width|height)\s*:", part))
    href = escape(unescape(attributes.get("href", "")))
    css = escape(f"background-color:{fill};{size}")
    inside = _OFFICE.sub("", match[2])
    return f'<a class="newsletter-word-button" href="{href}" style="{css}">{inside}</a>'


def without_at_rules(css: str) -> str:
    """Return a style sheet without its media queries, imports, fonts and feature queries."""
    pieces, start = [], 0
    while match := _AT_RULE.search(css, start):
        pieces.append(css[start : match.start()])
        start = _end_of_rule(css, match.end())
    return "".join([*pieces, css[start:]])


def _end_of_rule(css: str, start: int) -> int:
    """Return the end of a rule: after its block or its semicolon."""
    depth = 0
    for index in range(start, len(css)):
        character = css[index]
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth <= 0:
                return index + 1
        elif character == ";" and not depth:
            return index + 1
    return len(css)
