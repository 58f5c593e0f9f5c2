"""Splits paragraphs at structural lines, such as bylines and credits, and finds typed rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from msgspec.structs import replace

from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.markdown.block_writer import thematic_break
from newsletter.importers.markdown.inline_writer import read_back
from newsletter.importers.structure.draft_dates import parse_date, parse_tag_line
from newsletter.importers.structure.lines import (
    is_read_more,
    parse_byline,
    parse_credit_line,
    parse_reference,
)

_BREAK = "\\\n"
_RULE = re.compile(r"(?:[-–—_*=~•·#⁂] ?){3,}|⁂|[—―]{2,}")  # as typed between two parts


def split_blocks(draft: Draft) -> Draft:
    """Return a draft with paragraphs split at structural lines; typed rules become rule blocks."""
    blocks = tuple(
        part
        for block in map(_ruled, draft.blocks)
        for fragment in separate_parts(block)
        for part in _split(fragment, lines=draft.unit == "line")
    )
    return replace(draft, blocks=blocks)


# Points where the line breaks of a digest get lost when a page is copied.
_GLUED = re.compile(
    r"(?<=[Mm]ore)(?=\\?[A-Z\[])|(?<=[Rr]eading)(?=\\?[A-Z\[])"  # Read MoreAuthor: NAME
    r"|(?<=[^\s:–—-])[ \t]*(?=Author: \S)"  # …the tide tableAuthor: NAME
    r"|(?<=[^\s(\\])[ \t]*(?=\\?\[Reference: )"  # …on Thursday.[Reference: URL]
    r"|(?<=\])[ \t]*(?=(?:Read|Continue) [Mm]ore\b)"
)
_SITE = re.compile(
    r"(?:\d{1,2}[- ][A-Z][a-z]+[- ]\d{4}|\d{4}-\d\d-\d\d)\s+by\s+[^\n]{0,60}?[a-z](?=[A-Z0-9“‘]\S*(?:\s+\S+){2})"
)
_DIGEST = re.compile(r"Author: |\[Reference: |(?:Read|Continue) [Mm]ore|\d{4}\s+by\s")


def separate_parts(block: DraftBlock) -> list[DraftBlock]:
    """Return a digest paragraph, split into the parts that were run together by pasting."""
    if block.kind != "paragraph" or block.notes or not _DIGEST.search(block.words):
        return [block]
    parts = _cut(block.words)
    if len(parts) < 2:
        return [block]
    written = _cut(block.markdown)
    plain = [_plain(part) for part in written]
    if [letters for part in parts if (letters := _plain(part))] != plain:
        return [block]
    return [
        replace(
            block,
            markdown=text.strip(),
            words=words.strip(),
            links=_links_in(text, block.links),
        )
        for words, text in zip(parts, written, strict=True)
    ]


def _links_in(markdown: str, links: Iterable[str]) -> tuple[str, ...]:
    """Return the links that a piece of a paragraph has; one may be the beginning of another."""
    inside = (link for link in links if link in markdown)  # before a pattern is made for each
    return tuple(link for link in inside if re.search(rf"[(<]{re.escape(link)}[)> ]", markdown))


def _cut(text: str) -> list[str]:
    """Return text split before a byline, reference, teaser or site name that was run together."""
    places = {match.end() for match in _GLUED.finditer(text)}
    places |= {match.end() for match in _SITE.finditer(text)}
    edges = [0, *sorted(position for position in places if 0 < position < len(text)), len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    return [part for part in parts if part.strip()]


def _plain(text: str) -> str:
    """Return the letters of text or of its Markdown, without addresses."""
    text = re.sub(r"\]\([^)]*\)|<?https?://[^\s>\])]+>?", "", text)
    return re.sub(r"[\W_]+", "", text)


def _ruled(block: DraftBlock) -> DraftBlock:
    drawn = block.kind == "paragraph" and not block.notes and _RULE.fullmatch(block.words.strip())
    return thematic_break(block.line) if drawn else block


def _split(block: DraftBlock, *, lines: bool) -> Iterator[DraftBlock]:
    words, written = block.words.split("\n"), block.markdown.split(_BREAK)
    if block.kind != "paragraph" or len(words) < 2 or len(words) != len(written):
        yield block
        return
    apart = [
        is_structural_line(line, _links_in(text, block.links))
        for line, text in zip(words, written, strict=True)
    ]
    if not any(apart):
        yield block
        return
    # The first line of such a paragraph is a title, unless it is a byline.
    kinds = [index if own or index == 0 else -1 for index, own in enumerate(apart)]
    parts = [list(group) for _, group in groupby(range(len(words)), key=lambda index: kinds[index])]
    if not all(
        _whole(_BREAK.join(written[part[0] : part[-1] + 1]), words[part[0] : part[-1] + 1])
        for part in parts
    ):
        yield block
        return
    for part in parts:
        first, last = part[0], part[-1]
        text = _BREAK.join(written[first : last + 1])
        yield replace(
            block,
            markdown=text,
            words="\n".join(words[first : last + 1]),
            line=block.line + first * lines,
            end=block.line + last * lines if lines else block.end,
            links=_links_in(text, block.links),
            notes=tuple(label for label in block.notes if f"[^{label}]" in text),
        )


def is_structural_line(line: str, links: Iterable[str] = ()) -> bool:
    """Return whether a line has a role of its own: author, date, source."""
    return bool(
        parse_byline(line)
        or parse_tag_line(line)
        or parse_date(line)
        or is_read_more(line)
        or parse_reference(line, links)
        or parse_credit_line(line)
    )


def _whole(markdown: str, words: list[str]) -> bool:
    """Return whether a piece of a paragraph reads the same on its own.

    No emphasis or link may be cut in two.
    """
    read = "".join(sign for sign, _, _ in read_back(markdown) if not sign.startswith("^"))
    return read == "".join("".join(words).split())
