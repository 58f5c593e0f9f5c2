"""Writes one line of a draft as Markdown, and verifies it by parsing it back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pyromark
from msgspec.structs import replace

from newsletter.importers.markdown.emphasis import flank_emphasis, without_edge_blanks
from newsletter.importers.markdown.escape import (
    encode_unknown_fields,
    escape,
    escape_all,
    has_unknown_field,
)
from newsletter.importers.markdown.spans import TextSpan

# Without smart punctuation, so that the result can be compared character by character.
OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
)
SIGNS = {"strong": "**", "em": "*", "del": "~~"}
GUARD = "<!-- -->"
TAGS = ("mark", "small", "kbd", "sub", "sup")
Escape = Callable[..., str]
Signs = list[tuple[str, str, frozenset[str]]]  # text without spaces, link target, emphasis


def markdown(spans: Sequence[TextSpan]) -> str:
    """Return a line as Markdown; a line break is a backslash at the end of a line.

    Uses the simplest spelling that parses back to the same text, links and emphasis.
    """
    tidy = list(spans)
    for mark in SIGNS:
        tidy = flank_emphasis(tidy, mark)
    bare = [replace(span, marks=span.marks & {"code"}) for span in spans]
    underlined = SIGNS | {"em": "_"}
    for line, writer in (
        (tidy, _Writer(escape, SIGNS)),
        (tidy, _Writer(escape, underlined)),
        (tidy, _Writer(escape_all, SIGNS)),
        (tidy, _Writer(escape, SIGNS, split=True)),
        (tidy, _Writer(escape, underlined, split=True)),
        (spans, _Writer(escape, SIGNS, split=True, guard=True)),
        (spans, _Writer(escape_all, SIGNS, split=True, guard=True)),
        (bare, _Writer(escape, SIGNS)),
    ):
        written = writer.write(line)
        if read_back(written) == _signs(line):
            return written
    return _Writer(escape_all, SIGNS).write(bare)


# --- writing --------------------------------------------------------------------------------------


class _Writer:
    """Writes spans one after another; the last text written determines whether a line starts.

    `split` keeps spaces out of emphasis where overlapping runs are split at their boundary. `guard`
    puts an empty comment between marks that Markdown would otherwise read as one.
    """

    def __init__(
        self, sign: Escape, marks: dict[str, str], *, split: bool = False, guard: bool = False
    ) -> None:
        self.sign, self.marks, self.split, self.guard = sign, marks, split, guard
        self.written: list[str] = []
        self.after_note = self.after_mark = False

    def write(self, spans: Sequence[TextSpan]) -> str:
        self.spans(spans, 0, len(spans), ())
        return "".join(self.written)

    def add(self, text: str) -> None:
        if not text:
            return
        if self.after_mark and not text[0].isspace() and text != "\\\n":
            self.written.append(GUARD)
        self.after_mark = False
        self.written.append(text)

    def mark(self, sign: str) -> None:
        """Write an emphasis mark; if guarded, separated from the characters around it."""
        last = self.written[-1] if self.written else " "
        if self.guard and not last[-1].isspace() and last != GUARD:
            self.written.append(GUARD)
        self.written.append(sign)
        self.after_mark = self.guard

    def spans(
        self, spans: Sequence[TextSpan], start: int, end: int, opened: tuple[str, ...]
    ) -> None:
        while start < end:
            start = self.group(spans, start, end, opened)

    def group(
        self, spans: Sequence[TextSpan], start: int, end: int, opened: tuple[str, ...]
    ) -> int:
        """Write the first spans that share a link or a mark; return the index of the next one."""
        first = spans[start]
        if first.url and "link" not in opened and first.what != "note":
            stop = _run(
                spans, start, end, lambda span: span.url == first.url and span.what != "note"
            )
            self.linked(spans[start:stop], opened)
            return stop
        runs = {
            mark: _run(spans, start, end, lambda span, mark=mark: mark in span.marks)  # type: ignore[misc]
            for mark in (*self.marks, *TAGS)
            if mark in first.marks and mark not in opened
        }
        if runs:
            mark = max(runs, key=lambda mark: runs[mark])
            self.emphasis(spans[start : runs[mark]], mark, opened)
            return runs[mark]
        self.write_span(first, "link" in opened)
        return start + 1

    def emphasis(self, spans: Sequence[TextSpan], mark: str, opened: tuple[str, ...]) -> None:
        """Write a run of spans that share a mark."""
        sign = self.marks.get(mark)
        before, core, after = ("", spans, "")
        if sign and self.split:
            before, core, after = without_edge_blanks(spans)
        self.add(before)
        if core:
            self.mark(sign or f"<{mark}>")
            self.spans(core, 0, len(core), (*opened, mark))
            self.mark(sign or f"</{mark}>")
        self.add(after)

    def linked(self, spans: Sequence[TextSpan], opened: tuple[str, ...]) -> None:
        """Write a run of spans that share a link."""
        before, core, after = ("", spans, "")
        if self.split:
            before, core, after = without_edge_blanks(spans)
        self.add(before)
        if core:
            self.link(core, opened)
        self.add(after)

    def link(self, spans: Sequence[TextSpan], opened: tuple[str, ...]) -> None:
        first = spans[0]
        bare = len(spans) == 1 and first.words == first.url and first.marks <= set(opened)
        if bare and _WHOLE.fullmatch(first.url) and not has_unknown_field(first.url):
            self.add(f"<{first.url}>")
            return
        self.apart()
        self.after_note = False
        self.add("[")
        self.spans(spans, 0, len(spans), (*opened, "link"))
        self.add(f"]({destination(first.url)}{_title(first.title)})")

    def write_span(self, span: TextSpan, in_link: bool) -> None:
        self.after_note = False
        if span.what == "break":
            self.add("\\\n")
        elif span.what == "note":
            self.apart()
            self.add(f"[^{span.words}]")
            self.after_note = True
        elif span.what == "image":
            alt = escape(" ".join(span.words.split()), inside=True)
            self.add(f"![{alt}]({destination(span.src)}{_title(span.title)})")
        elif "code" in span.marks:
            self.add(code(span.words))
        else:
            start = not self.written or self.written[-1].endswith("\n")
            self.add(self.sign(span.words, start=start, inside=in_link))

    def apart(self) -> None:
        """Keep the preceding text separate from a `[`.

        A `!` would turn a link into an image, and after a note's mark the brackets would be read as
        a reference label.
        """
        last = self.written[-1] if self.written else ""
        if last.endswith("!") and not last.endswith("\\!"):
            self.written[-1] = last[:-1] + "\\!"
        elif self.after_note:
            self.add(GUARD)


_WHOLE = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)


def _run(
    spans: Sequence[TextSpan], start: int, end: int, belongs: Callable[[TextSpan], bool]
) -> int:
    """Return the end of the run of spans for which `belongs` is true."""
    while start < end and belongs(spans[start]):
        start += 1
    return start


def code(words: str) -> str:
    """Return text as a code span, delimited by more backticks than any run of them inside."""
    fence = "`" * (max(map(len, re.findall("`+", words)), default=0) + 1)
    pad = (
        " "
        if words[:1] == "`"
        or words[-1:] == "`"
        or (words[:1] == words[-1:] == " " and words.strip())
        else ""
    )
    return f"{fence}{pad}{words}{pad}{fence}"


def destination(url: str) -> str:
    """Return an address as a link destination (CommonMark §6.3).

    ASCII spaces, angle brackets and unknown merge fields are percent-encoded. An address with
    parentheses or backslashes, or an empty one, is enclosed in <>.
    """
    url = re.sub(
        r"[\s<>]", lambda match: f"%{ord(match[0]):02X}" if match[0].isascii() else match[0], url
    )
    url = encode_unknown_fields(url)
    url = re.sub(r"&(?=#?\w+;)", "&amp;", url.replace("\\", "\\\\"))
    return f"<{url}>" if not url or re.search(r"[()\\]", url) else url


def _title(title: str) -> str:
    words = re.sub(r'[\\"]|&(?=#?\w+;)', lambda match: f"\\{match[0]}", " ".join(title.split()))
    return f' "{words}"' if words else ""


# --- reading back ---------------------------------------------------------------------------------

_EMPHASIS = {"Strong": "strong", "Emphasis": "em", "Strikethrough": "del"}


def _signs(spans: Sequence[TextSpan]) -> Signs:
    """Return what a parser should find in the line."""
    reading = _Reading()
    for span in spans:
        marks = span.marks & set(SIGNS)
        if span.what == "note":
            reading.add(f"^{span.words}", span.url, marks)
        elif span.what != "break":
            url = (
                destination(span.url).strip("<>").replace("\\\\", "\\").replace("&amp;", "&")
                if span.url
                else ""
            )
            reading.add(span.words, url, marks)
    return reading.signs


class _Reading:
    """Collects text without spaces, one entry for each run of the same style."""

    def __init__(self) -> None:
        self.signs: Signs = []

    def add(self, words: str, url: str, marks: frozenset[str]) -> None:
        words = "".join(words.split())
        if words and self.signs and self.signs[-1][1:] == (url, marks):
            self.signs[-1] = (self.signs[-1][0] + words, url, marks)
        elif words:
            self.signs.append((words, url, marks))


def read_back(written: str) -> Signs:
    """Return what a parser finds in Markdown that should be one paragraph."""
    reading = _Reading()
    urls, marks = [""], list[str]()
    labels = dict.fromkeys(re.findall(r"\[\^([\w-]+)\]", written))
    depth = 0
    event: Any
    detail: Any
    for event in pyromark.events(
        written + "".join(f"\n\n[^{label}]: x" for label in labels), options=OPTIONS
    ):
        if isinstance(event, str):
            continue
        ((name, value),) = event.items()
        if name == "Start":
            tag, detail = (value, None) if isinstance(value, str) else next(iter(value.items()))
            if tag == "FootnoteDefinition":
                break
            if depth == 0 and tag != "Paragraph":
                reading.add(tag, tag, frozenset())
            depth += 1
            if tag == "Link":
                urls.append(detail["dest_url"])
            elif tag in _EMPHASIS:
                marks.append(_EMPHASIS[tag])
        elif name == "End":
            depth -= 1
            if value == "Link":
                urls.pop()
            elif isinstance(value, str) and value in _EMPHASIS:  # a list's end is a mapping
                marks.remove(_EMPHASIS[value])
        elif name in ("Text", "Code"):
            reading.add(value, urls[-1], frozenset(marks))
        elif name == "FootnoteReference":
            reading.add(f"^{value}", urls[-1], frozenset(marks))
    return reading.signs
