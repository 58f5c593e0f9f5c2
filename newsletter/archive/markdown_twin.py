"""An issue's Markdown twin for machine readers, made from the same HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre figure figcaption table caption section div hr".split()
)
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~", "del": "~~"}
# Markdown has no syntax for these, and 10<sup>3</sup> is not 103.
_HTML_ONLY = frozenset(("sup", "sub"))
# Characters that start a heading, list or quotation at the beginning of a line.
_AT_START = re.compile(r"^(\d{1,9})([.)])(?=\s|$)|^([#+\-=~])")
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


def html_to_markdown(html: str) -> str:
    """Convert an issue body's HTML (our own, always balanced) to CommonMark with GFM tables."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", reader.text()).strip() + "\n"


def escape_markdown(text: str) -> str:
    """Return plain text escaped so that Markdown renders it literally."""
    return _SPECIAL.sub(r"\\\1", text)


class _Reader(HTMLParser):
    """Writes Markdown as elements open and close; `prefix` starts each line of a block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.prefix: list[str] = []
        self.lists: list[int | None] = []  # the next item's number, None for bullets
        self.marker = ""
        self.links: list[str | None] = []
        self.pre = self.code = self.marked = False
        self.row: list[str] = []
        self.rows = 0
        self.in_table = False

    def text(self) -> str:
        self._flush()
        return "\n".join(self.lines)

    # --- blocks ---

    def _flush(self, *, blank: bool = False) -> None:
        text = self.line if self.pre else self.line.strip()
        if not self.pre and not self.marked:
            text = _AT_START.sub(r"\1\\\2\3", text) if _AT_START.match(text) else text
        self.line, self.marked = "", False
        if text:
            lead = "".join(self.prefix)
            for index, part in enumerate(text.split("\n")):
                first = self.marker and not index
                indent = lead[: -len(self.marker)] + self.marker if first else lead
                self.lines.append((indent + part).rstrip())
            self.marker = ""
        if blank and self.lines and self.lines[-1].strip("> "):
            self.lines.append("".join(self.prefix).rstrip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if self.in_table and tag in ("th", "td", "tr", "thead", "tbody"):
            return
        if tag in _BLOCKS and not self.in_table:
            self._flush(blank=tag != "li" or not self.lists)
        self._open(tag, attributes)

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self.in_table, self.rows, self.row = True, 0, []
        elif tag[0] == "h" and tag[1:].isdigit():
            self.line, self.marked = "#" * int(tag[1:]) + " ", True
        elif tag == "hr":
            self.line, self.marked = "---", True
            self._flush(blank=True)
        elif tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "blockquote":
            self.prefix.append("> ")
        elif tag == "pre":
            self.lines.append("".join(self.prefix) + "```")
            self.pre = True
        elif tag == "code" and not self.pre:
            self.code = True
            self.line += "`"
        elif tag in _MARKS:
            self.line += _MARKS[tag]
        elif tag == "a":
            self.links.append(attributes.get("href"))
            self.line += "["
        elif tag == "img":
            self.line += (
                f"![{escape_markdown(attributes.get('alt', ''))}]({attributes.get('src', '')})"
            )
        elif tag in _HTML_ONLY:
            self.line += f"<{tag}>"
        elif tag == "br":
            self.line += " " if self.in_table else "\\\n"

    def _item(self) -> None:
        number = self.lists[-1] if self.lists else None
        self.marker = "- " if number is None else f"{number}. "
        if number is not None:
            self.lists[-1] = number + 1
        self.prefix.append(" " * len(self.marker))

    def handle_endtag(self, tag: str) -> None:
        if self.in_table:
            self._end_in_table(tag)
        elif tag == "pre":
            self.line = self.line.rstrip("\n")
            self._flush()
            self.pre = False
            self.lines += ["".join(self.prefix) + "```", ""]
        elif tag == "li":
            self._flush()
            self.prefix.pop()
        elif tag in ("ul", "ol"):
            self.lists.pop()
            self._flush(blank=not self.lists)
        elif tag == "blockquote":
            self._flush()
            self.prefix.pop()
            while self.lines and not self.lines[-1].strip("> "):
                self.lines.pop()
            self._flush(blank=True)
        elif tag in _BLOCKS:
            self._flush(blank=not self.lists)
        else:
            self._end_inline(tag)

    # --- tables and words ---

    def _end_in_table(self, tag: str) -> None:
        if tag in ("th", "td"):
            self.row.append(self.line.strip().replace("|", "\\|").replace("\n", " "))
            self.line = ""
        elif tag == "caption":
            self.lines += [f"**{self.line.strip()}**", ""]
            self.line = ""
        elif tag == "tr":
            self.lines.append(f"| {' | '.join(self.row)} |")
            if not self.rows:
                self.lines.append(f"|{' --- |' * len(self.row)}")
            self.rows, self.row, self.line = self.rows + 1, [], ""
        elif tag == "table":
            self.in_table = False
            self.line = ""
            self.lines.append("")
        else:
            self._end_inline(tag)

    def _end_inline(self, tag: str) -> None:
        if tag in _HTML_ONLY:
            self.line += f"</{tag}>"
        elif tag == "code" and self.code:
            self.code = False
            self.line += "`"
        elif tag in _MARKS:
            self.line += _MARKS[tag]
        elif tag == "a" and self.links:
            href = self.links.pop()
            self.line += f"]({href})" if href else "]"

    def handle_data(self, data: str) -> None:
        if self.pre:
            self.line += data
            return
        words = re.sub(r"\s+", " ", data)
        if not self.line or self.line.endswith((" ", "\n")):
            words = words.lstrip() if not self.line else words.lstrip(" ")
        self.line += words if self.code else escape_markdown(words)
