"""The HTML tags that are allowed inside a line."""

from __future__ import annotations

import re
from html import unescape

from msgspec import Struct

from newsletter.diagnostics import LOST_TEXT, RAW_HTML, Report
from newsletter.files.quotation import quoted
from newsletter.markup.comment import Comment
from newsletter.markup.source import SourceText
from newsletter.model import Location

# Tag -> attributes it may carry.
ALLOWED: dict[str, tuple[str, ...]] = {
    "abbr": ("title",),
    "bdi": ("dir", "lang"),
    "br": (),
    "kbd": (),
    "mark": (),
    "small": (),
    "span": ("dir", "lang"),
    "sub": (),
    "sup": (),
}
HINT = f"Use Markdown; allowed HTML tags are {' '.join(ALLOWED)}."

# Commonly pasted tags, and what to write instead.
_INSTEAD: dict[str, str] = {
    tag: hint
    for tags, hint in {
        "table thead tbody tr td th": "Write a Markdown table, or `::: table` with a CSV file in data/.",
        "img picture figure": "Write ![what it shows](images/name.png), or `::: figure`.",
        "a": "Write [words](https://example.org).",
        "b strong": "Write **words**.",
        "i em": "Write *words*.",
        "h1 h2 h3 h4 h5 h6": "Write ## before a heading.",
        "ul ol li": "Write - before each item, or 1. for a numbered list.",
        "blockquote": "Write > before each line.",
        "p div": "Separate paragraphs with an empty line instead of tags.",
        "script style iframe video audio form": "Link to a page instead; no mail client shows it.",
    }.items()
    for tag in tags.split()
}


def instead(tag: str) -> str:
    """Return what to write instead of a tag that is not allowed."""
    return _INSTEAD.get(tag, HINT)


UNCLOSED_COMMENT = ("Unclosed comment", "Close it with -->.")

# Atomic: a comment ends at its first `-->`, and text after the last comment is found without
# backtracking.
_COMMENTS = re.compile(r"\s*(?>(?:<!--.*?-->\s*)+)", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)(.*?)/?>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\s+([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")


class RawTag(Struct, frozen=True):
    name: str
    closing: bool
    attributes: tuple[tuple[str, str], ...]


def read_tag(html: str, where: Location, refused: set[str], report: Report) -> RawTag | None:
    """Return an allowed tag, or `None` after reporting why it is not.

    `refused` contains the tags whose opening was reported; their closing tags are not reported.
    """
    match = _TAG.fullmatch(html)
    name = match[2].lower() if match else ""
    if match is None or name not in ALLOWED:
        if not (match and match[1] and name in refused):
            report.add(
                RAW_HTML,
                where,
                f"HTML not allowed: {f'<{name}>' if name else html[:20]}",
                instead(name),
            )
        refused.add(name)
        return None
    attributes = []
    for key, *values in _ATTRIBUTE.findall(match[3]):
        value = unescape(next(filter(None, values), ""))
        key = key.lower()
        allowed = ALLOWED[name]
        if key not in allowed:
            hint = f"Use only {' and '.join(allowed)}." if allowed else "Remove all attributes."
            report.add(RAW_HTML, where, f"Attribute {quoted(key)} is not allowed on <{name}>", hint)
        elif key == "dir" and value not in ("ltr", "rtl", "auto"):
            report.add(RAW_HTML, where, f"dir: expected ltr, rtl or auto, found {quoted(value)}")
        elif key == "lang" and not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value):
            report.add(
                RAW_HTML,
                where,
                f"lang: expected a language tag such as ar or pt-BR, found {quoted(value)}",
            )
        else:
            attributes.append((key, value))
    return RawTag(name, bool(match[1]), tuple(dict(attributes).items()))


def read_block(source: SourceText, start: int, end: int, report: Report) -> Comment | None:
    """Return a comment block, or `None` after reporting any other block of HTML."""
    where = source.at(start)
    html = source.data[start:end].decode()
    if _COMMENTS.fullmatch(html):
        return Comment(where, html.strip()[4:-3].strip())
    if html.lstrip().startswith("<!--"):
        comment, closing, _ = html.partition("-->")
        if not closing:
            report.add(RAW_HTML, where, *UNCLOSED_COMMENT)
        else:
            at = source.at(start + len((comment + closing).encode()))
            report.add(
                LOST_TEXT, at, "Text after a comment would be lost", "Move it to a line of its own."
            )
        return None
    tag = re.match(r"\s*</?([A-Za-z][\w-]*)", html)
    shown = f"<{tag[1]}>" if tag else "HTML"
    name = tag[1].lower() if tag else ""
    hint = instead(name)
    if name in ALLOWED:
        hint = "Move it to the line of the words it belongs to."
    report.add(RAW_HTML, where, f"{shown} outside a line of text", hint)
    return None
