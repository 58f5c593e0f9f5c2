"""The size of an email by section, and where Gmail would clip it.

Sources disagree on what Gmail counts, so the larger value is used: the HTML itself, or the HTML as
transferred (quoted-printable), plus what the provider's rewritten links will add.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape

from msgspec import Struct

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.object_cache import cached_for_object
from newsletter.markup.inline import Code, Text
from newsletter.model import Section, walk
from newsletter.render.context import lines_of

CLIP = 104_448  # bytes: 102 KB, after which Gmail shows "message clipped"
NEAR = 90_000  # bytes: above this, a provider's own additions may exceed the limit

HEAD, OPENING, CREDITS, FOOT = "head and styles", "opening", "credits", "foot"


class SizedPart(Struct, frozen=True):
    """A contiguous part of the HTML, such as a section."""

    name: str  # a section's title or kind, or one of the four above
    start: int  # in characters of the HTML
    bytes: int  # of the HTML itself; all stretches together cover the whole
    section: Section | None = None


class SizeReport(Struct, frozen=True):
    """The size of an email in bytes."""

    html: str
    decoded: int
    encoded: int  # as encoded in the message
    reserve: int  # added by the provider to each link
    links: tuple[int, ...]  # offsets up to the scheme of each link's address
    stretches: tuple[SizedPart, ...]

    @property
    def total(self) -> int:
        return self.upto(len(self.html))

    def upto(self, offset: int) -> int:
        """Return how many bytes Gmail may count before an offset of the HTML."""
        before = self.html[:offset]
        plain = len(before.encode())
        travelling = round(_travelling(before) * self.encoded / max(_travelling(self.html), 1))
        return max(plain, travelling) + self.reserve * bisect_right(self.links, offset)

    def clip(self) -> int | None:
        """Return the offset in the HTML at which Gmail would clip; `None` if it would not."""
        if self.total <= CLIP:
            return None
        return bisect_left(range(len(self.html)), CLIP, key=self.upto)

    def stretch(self, offset: int) -> SizedPart:
        """Return the stretch that contains an offset of the HTML."""
        return [stretch for stretch in self.stretches if stretch.start <= offset][-1]

    def end(self, stretch: SizedPart) -> int:
        """Return the offset in the HTML at which a stretch ends."""
        return min(
            (other.start for other in self.stretches if other.start > stretch.start),
            default=len(self.html),
        )


_LINK = re.compile(r'<a\b[^>]*\shref="https?:', re.IGNORECASE)
_PLAIN = bytes(byte for byte in range(32, 127) if byte != ord("=")) + b"\r\n\t"


def _travelling(html: str) -> int:
    """Return the size in quoted-printable (RFC 2045 §6.7) without soft line breaks.

    Bytes that are not printable take three characters each.
    """
    data = html.encode()
    return len(data) + 2 * len(data.translate(None, _PLAIN))


@cached_for_object
def measure_size(checked: CheckedEmail) -> SizeReport:
    """Return the size of an email and of its parts, in reading order."""
    html = checked.email.html
    decoded = len(html.encode())
    return SizeReport(
        html,
        decoded,
        carried(checked.email.message) or decoded,
        checked.checks.reserve,
        tuple(match.end() for match in _LINK.finditer(html)),
        _stretches(checked),
    )


def carried(message: bytes) -> int | None:
    """Return the encoded size of the message's HTML part in bytes; `None` if it has none."""
    head = message.find(b"\r\nContent-Type: text/html")
    start = message.find(b"\r\n\r\n", head) + 4
    # Quoted-printable text has no line that starts like our boundaries: it would encode the equals
    # sign.
    end = message.find(b"\r\n--=_", start)
    return end - start if head >= 0 and end > start else None


def _stretches(checked: CheckedEmail) -> tuple[SizedPart, ...]:
    html = checked.email.html
    starts: list[tuple[int, str, Section | None]] = [
        (0, HEAD, None),
        (max(html.find("<body"), 0), OPENING, None),
    ]
    starts += sorted(_parts(checked, html_offsets(html)), key=lambda part: part[0])
    ends = [start for start, *_ in starts[1:]] + [len(html)]
    return tuple(
        SizedPart(name, start, len(html[start:end].encode()), section)
        for (start, name, section), end in zip(starts, ends, strict=True)
    )


def _parts(
    checked: CheckedEmail, outline: HtmlOffsets
) -> Iterator[tuple[int, str, Section | None]]:
    """Yield the start of each section, the credits and the footer.

    Each starts at the outermost element that contains nothing earlier.
    """
    last = _lead(checked, outline)
    for section in checked.issue.sections:
        if (run := _opening_words(section, outline, last)) is not None:
            yield outline.outermost(run, last).start, section.title or section.kind, section
            last = run
    lines = [(line.before.strip() or line.names) for line in lines_of(checked.issue, checked.theme)]
    first = next(
        (run for run in reversed(outline.runs) if lines and outline.contains(run, lines[0])), None
    )
    if first is not None:
        yield (
            outline.outermost(first, last if last < first else _lead(checked, outline)).start,
            CREDITS,
            None,
        )
        ending = next(
            (run for run in outline.runs if run >= first and outline.contains(run, lines[-1])),
            first,
        )
        if last < first:
            yield outline.outermost(ending, last).end, FOOT, None


def _lead(checked: CheckedEmail, outline: HtmlOffsets) -> int:
    """Return the index of the issue's title in the email, or of the first text of its body."""
    body = [run for run in outline.runs if run > checked.email.html.find("<body")]
    titles = (
        run
        for run in body
        if outline.in_heading(run) and outline.contains(run, checked.issue.title)
    )
    return next(titles, body[0] if body else 0)


def _opening_words(section: Section, outline: HtmlOffsets, last: int) -> int | None:
    """Return the first text of a section: its title in a heading, or its first words."""
    words = (
        node.words
        for node in walk(section.blocks)
        if isinstance(node, Text | Code) and node.words.strip()
    )
    keys = [(section.title, True)] if section.title else []
    for key, heading in [*keys, (next(words, ""), False)]:
        for run in outline.runs[bisect_left(outline.runs, last + 1) :]:
            if key and outline.contains(run, key) and (not heading or outline.in_heading(run)):
                return run
    return None


# --- the HTML as a tree of offsets ----------------------------------------------------------------


class ElementSpan(Struct):
    """The range of an element, from its opening tag to the end of its closing tag."""

    tag: str
    start: int
    end: int
    parent: int


_PIECE = re.compile(
    r"<!--.*?-->|<style\b.*?</style>|<(?P<close>/?)(?P<tag>[A-Za-z][^\s/>]*)(?:[^>\"']|\"[^\"]*\"|'[^']*')*>|(?P<text>[^<]+)",
    re.DOTALL | re.IGNORECASE,
)
_VOID = set("area base br col embed hr img input link meta param source track wbr".split())
_SHORT = 4  # letters that identify half a title, split where the text direction changes


@lru_cache(maxsize=2)  # of an email and its web page
def html_offsets(html: str) -> HtmlOffsets:
    """Return the offsets in an HTML source; read-only, as they are shared."""
    return HtmlOffsets(html)


class HtmlOffsets:
    """Offsets of elements and texts in the HTML source, which parsed trees do not record."""

    def __init__(self, html: str) -> None:
        self.spans: list[ElementSpan] = [ElementSpan("", 0, len(html), 0)]
        self.texts: dict[int, tuple[str, int]] = {}  # start of a text -> its words and its element
        current = 0
        for match in _PIECE.finditer(html):
            tag = (match["tag"] or "").lower()
            if match["text"]:
                if words := " ".join(unescape(match["text"]).split()):
                    self.texts[match.start()] = (words, current)
            elif tag and not match["close"]:
                self.spans.append(ElementSpan(tag, match.start(), match.end(), current))
                if tag not in _VOID:
                    current = len(self.spans) - 1
            elif tag:
                current = self._close(current, tag, match.end())
        self.runs: Sequence[int] = tuple(self.texts)

    def _close(self, current: int, tag: str, end: int) -> int:
        index = current
        while index and self.spans[index].tag != tag:
            index = self.spans[index].parent
        if not index:
            return current  # matches no open element
        self.spans[index].end = end
        return self.spans[index].parent

    def contains(self, run: int, words: str) -> bool:
        """Return whether a text starts with the given words."""
        text, key = self.texts[run][0], " ".join(words.split())
        return text.startswith(key) or (len(text) >= _SHORT and key.startswith(text))

    def in_heading(self, run: int) -> bool:
        return any(re.fullmatch("h[1-6]", span.tag) for span in self._around(run))

    def outermost(self, run: int, after: int) -> ElementSpan:
        """Return the largest element around a text that contains no earlier text."""
        innermost, *around = self._around(run)
        return [innermost, *(span for span in around if span.start > after)][-1]

    def _around(self, run: int) -> Iterator[ElementSpan]:
        index = self.texts[run][1]
        while index:
            yield self.spans[index]
            index = self.spans[index].parent
