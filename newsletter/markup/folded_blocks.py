"""Recognize `:::` blocks that a Markdown formatter has folded, and unfold them.

A formatter takes a block for a paragraph. Prettier with `proseWrap: always` or `never` joins its
lines; with its defaults it indents what follows a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from newsletter.schema.base import Document
from newsletter.schema.block_tables import (
    AnnotationEntry,
    ButtonBlock,
    ChartBlock,
    FigureBlock,
    TableBlock,
)

_SCHEMAS: Mapping[str, type[Document]] = {
    "figure": FigureBlock,
    "button": ButtonBlock,
    "table": TableBlock,
    "chart": ChartBlock,
}
KEYS = {kind: schema.__struct_encode_fields__ for kind, schema in _SCHEMAS.items()}
_ITEM_KEYS = AnnotationEntry.__struct_encode_fields__
_LISTS_OF_ENTRIES = frozenset({"annotations"})

_OPENING = re.compile(r" {0,3}:::+[ \t]*([a-z]+)(?:[ \t]+(.*))?")
_CLOSING = re.compile(r"([ \t]*):::+[ \t]*")
_GLUED = re.compile(r"(.*\S)[ \t]+:::+[ \t]*")
_CODE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_ITEM = "\0"  # marks the start of a list item in folded text
LONGEST_TITLE = 60  # characters; more words on an opening line are folded text


class FoldedBlock(Struct, frozen=True):
    """The lines of a folded block, counted from 0, and the block as it was, if that is certain."""

    first: int
    last: int
    kind: str
    unfolded: str | None
    words_lost: bool = False  # a title on the opening line cannot be distinguished from the text


def folded_blocks(lines: Sequence[str]) -> Iterator[FoldedBlock]:
    """Yield the folded blocks among the lines of a section."""
    index, code = 0, ""
    while index < len(lines):
        fence = _CODE.match(lines[index])
        if fence and (not code or fence[1].startswith(code)):
            code = "" if code else fence[1]
        opening = None if code else _OPENING.fullmatch(lines[index].rstrip())
        last = _last_line(lines, index) if opening else None
        if opening and last is not None:
            block = lines[index : last + 1]
            if _is_folded(opening[1], opening[2] or "", block):
                unfolded = _unfolded(opening[1], block)
                lost = bool(opening[2]) and not (unfolded or "").startswith(lines[index])
                prose = opening[1] not in KEYS
                yield FoldedBlock(index, last, opening[1], unfolded, words_lost=lost and prose)
            index = last
        index += 1


def _last_line(lines: Sequence[str], first: int) -> int | None:
    """Return the line that closes the block opened at `first`, also if words precede the `:::`."""
    for index in range(first, len(lines)):
        line = lines[index]
        if index > first and _OPENING.fullmatch(line.rstrip()):
            return None
        if _GLUED.fullmatch(line) or (index > first and _CLOSING.fullmatch(line)):
            return index
    return None


def _is_folded(kind: str, words: str, block: Sequence[str]) -> bool:
    if kind not in (*KEYS, "pullquote", "callout"):
        return False
    if closing := _CLOSING.fullmatch(block[-1]):
        deep = len(closing[1].expandtabs(4))
        return deep > 3 or (kind in KEYS and deep > 0 and _lazy_key(kind, block))
    return True


def _lazy_key(kind: str, block: Sequence[str]) -> bool:
    """Return whether a key of the block was indented into the list above it."""
    in_list = False
    for line in block[1:-1]:
        in_list = in_list or bool(_LIST_ITEM.match(line))
        key = line.strip().partition(":")[0]
        if in_list and line[:1] in " \t" and key in KEYS[kind] and key not in _ITEM_KEYS:
            return True
    return False


def _unfolded(kind: str, block: Sequence[str]) -> str | None:
    glued = _GLUED.fullmatch(block[-1])
    body = [*block[:-1], glued[1]] if glued else list(block[:-1])
    opening = _OPENING.fullmatch(body[0].rstrip())
    words = (opening[2] or "") if opening else ""
    if kind in KEYS:
        return _data(kind, [words, *body[1:]])
    return _prose(kind, words, body[1:])


def _prose(kind: str, words: str, body: Sequence[str]) -> str:
    """Return a block of text; words that were folded into its opening line become text again."""
    followed = bool(body) and bool(body[0].strip())
    is_title = bool(body) and not followed and len(words) <= LONGEST_TITLE
    opening = f"::: {kind} {words}".rstrip() if is_title else f"::: {kind}"
    text = body if is_title or not words else [words, *body]
    return "\n".join([opening, "", *"\n".join(text).strip("\n").split("\n"), "", ":::"])


def _data(kind: str, body: Sequence[str]) -> str | None:
    """Return a block of keys, or `None` if they cannot be distinguished from the words of a value."""
    text = " ".join(_ITEM + line.strip()[2:] if _is_item(line) else line.strip() for line in body)
    matches = _keys(kind, text)
    if not matches or text[: matches[0].start()].strip(f" {_ITEM}"):
        return None
    lines, seen, parent = [f"::: {kind}"], set[str](), ""
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        value = text[match.end() : following.start() if following else len(text)]
        key = match[2]
        if parent in _LISTS_OF_ENTRIES and key in _ITEM_KEYS:
            lines.append(f"  {'- ' if match[1] == _ITEM else '  '}{key}: {_joined(value)}".rstrip())
            continue
        if key in seen or key not in KEYS[kind]:
            return None
        seen.add(key)
        parent = key
        own, *items = value.split(_ITEM)
        lines.append(f"{key}: {_joined(own)}".rstrip())
        lines += [f"  - {_joined(item)}" for item in items if item.strip()]
    return "\n".join([*lines, ":::"])


def _is_item(line: str) -> bool:
    return line.strip().startswith(("- ", "* "))


def _joined(words: str) -> str:
    return " ".join(words.split())


def _keys(kind: str, text: str) -> list[re.Match[str]]:
    """Return where keys occur, leaving out words in double quotation marks that look like one."""
    names = sorted({*KEYS[kind], *_ITEM_KEYS}, key=len, reverse=True)
    pattern = re.compile(rf"(?:^|(?<= )|({_ITEM}))({'|'.join(names)}):(?= |$)")
    return [match for match in pattern.finditer(text) if text.count('"', 0, match.start()) % 2 == 0]
