"""What changed in the email since it was last published, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from html import escape, unescape
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from newsletter.check.email.size import HtmlOffsets
from newsletter.errors import NewsletterError
from newsletter.model.outputs import OUTPUT_NAMES
from newsletter.targets.receipts import digest_of, read_receipts
from newsletter.workspace import Workspace

ALIKE = 0.4  # of their words that two paragraphs share before one is told as a change of the other


def published(workspace: Workspace, folder: Path) -> dict[str, Any] | None:
    """Return when, as what and where an issue was last published; `None` where it never was."""
    try:
        receipts = read_receipts(folder, workspace.display_path(folder))
    except NewsletterError:
        return None  # `check` and `publish` tell of it
    return (
        {key: receipts[-1].get(key) for key in ("at", "subject", "target", "place")}
        if receipts
        else None
    )


def published_html(workspace: Workspace, folder: Path) -> str | None:
    """Return the mail as it was last published: where a target's folder still holds those very bytes."""
    try:
        receipts = read_receipts(folder, workspace.display_path(folder))
    except NewsletterError:
        return None
    for receipt in reversed(receipts):
        place = workspace.root / str(receipt.get("place") or "")
        try:
            names = {
                path.relative_to(place).as_posix(): path
                for path in place.rglob("*")
                if path.is_file()
            }
            files = {
                name: path.read_bytes()
                for name, path in names.items()
                if OUTPUT_NAMES.fullmatch(name)
            }
        except OSError:
            continue
        if "email.html" in files and digest_of(files) == receipt["sha256"]:
            return files["email.html"].decode(errors="replace")
    return None


# --- words and where they stand --------------------------------------------------------------------------


class ChangedWord(NamedTuple):
    text: str
    start: int  # in the HTML
    end: int


class ChangedBlock(Struct, frozen=True):
    """The words of a paragraph, a heading, a cell."""

    words: tuple[ChangedWord, ...]
    at: str | None  # `data-at` of the innermost element that has one

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(word.text for word in self.words)


_BLOCKS = frozenset("blockquote caption div h1 h2 h3 h4 h5 h6 li p pre td th".split())
_AT = re.compile(r'<[^>]*\bdata-at="([^"]*)"')
_HIDDEN = re.compile(r'<[^>]*\bstyle="[^"]*display:\s*none')


def blocks(html: str) -> list[ChangedBlock]:
    """Return the blocks of a mail that a reader sees, in order."""
    outline, body = HtmlOffsets(html), html.find("<body")
    found: list[tuple[int, list[ChangedWord], int]] = []
    for run in outline.runs:
        around = list(_around(outline, run))
        if run < body or any(_HIDDEN.match(html, outline.spans[index].start) for index in around):
            continue
        block = next((index for index in around if outline.spans[index].tag in _BLOCKS), 0)
        text = html[run : html.find("<", run)]
        words = [
            ChangedWord(unescape(m[0]), run + m.start(), run + m.end())
            for m in re.finditer(r"\S+", text)
        ]
        if found and found[-1][0] == block:
            found[-1][1].extend(words)
        else:
            found.append((block, words, around[0]))
    return [ChangedBlock(tuple(words), _marked(html, outline, index)) for _, words, index in found]


def _around(outline: HtmlOffsets, run: int) -> Iterator[int]:
    index = outline.texts[run][1]
    while index:
        yield index
        index = outline.spans[index].parent


def _marked(html: str, outline: HtmlOffsets, index: int) -> str | None:
    while index:
        if outline.spans[index].tag in _BLOCKS and (
            match := _AT.match(html, outline.spans[index].start)
        ):
            return unescape(match[1])
        index = outline.spans[index].parent
    return None


# --- comparing -------------------------------------------------------------------------------------------


class ChangedPair(NamedTuple):
    """A block that differs: as it was, as it is, and where it is, or would be, among those that are."""

    before: ChangedBlock | None
    after: ChangedBlock | None
    place: int


def paired(old: Sequence[ChangedBlock], new: Sequence[ChangedBlock]) -> Iterator[ChangedPair]:
    """Yield the blocks that differ, in reading order, each with what it was before."""
    matcher = SequenceMatcher(
        None, [block.texts for block in old], [block.texts for block in new], autojunk=False
    )
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            yield from _alike(old[a:b], new[c:d], c)


def _alike(
    old: Sequence[ChangedBlock], new: Sequence[ChangedBlock], start: int
) -> Iterator[ChangedPair]:
    taken = 0
    for place, block in enumerate(new, start):
        ratios = [
            (_ratio(before, block), -index) for index, before in enumerate(old) if index >= taken
        ]
        best, index = max(ratios, default=(0.0, 0))
        if best < ALIKE:
            yield ChangedPair(None, block, place)
            continue
        for gone in old[taken:-index]:
            yield ChangedPair(gone, None, place)
        yield ChangedPair(old[-index], block, place)
        taken = -index + 1
    for gone in old[taken:]:
        yield ChangedPair(gone, None, start + len(new))


def _ratio(one: ChangedBlock, other: ChangedBlock) -> float:
    matcher = SequenceMatcher(None, one.texts, other.texts, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def told(last: Mapping[str, Any] | None, old: str | None, new: str | None) -> dict[str, Any]:
    """Return what `/api/issues/{slug}/changes` answers: of the last receipt, the published mail and the marked one."""
    since = last["at"] if last else None
    if old is None or new is None:
        why = (
            "Not published yet."
            if last is None
            else (
                f"The published files are no longer in {last['place']}: a later build replaced them."
            )
        )
        return {
            "available": False,
            "why": why if new is not None else "No email to compare.",
            "since": since,
            "changes": [],
        }
    pairs = paired(blocks(old), blocks(new))
    return {
        "available": True,
        "why": None,
        "since": since,
        "changes": [_told(pair.before, pair.after) for pair in pairs],
    }


def _told(before: ChangedBlock | None, after: ChangedBlock | None) -> dict[str, Any]:
    gone, come = before.texts if before else (), after.texts if after else ()
    lists: dict[str, list[list[str]]] = {"before": [], "after": []}
    for kind, a, b, c, d in SequenceMatcher(None, gone, come, autojunk=False).get_opcodes():
        for name, mark, words in (("before", "-", gone[a:b]), ("after", "+", come[c:d])):
            sign = "=" if kind == "equal" else mark
            if words and lists[name] and lists[name][-1][0] == sign:
                lists[name][-1][1] += " " + " ".join(words)
            elif words:
                lists[name].append([sign, " ".join(words)])
    what = "added" if before is None else "removed" if after is None else "changed"
    return {"kind": what, "target": after.at if after else None, **lists}


# --- marking ---------------------------------------------------------------------------------------------

_INS = '<ins style="background:#cdeccd;color:#0d3b12;text-decoration:none">'
_DEL = '<del style="background:#f6d3d3;color:#5c1010">'


def with_marks(old: str, new: str) -> str:
    """Return the marked mail with what came as `<ins>` and what went as `<del>`, before the words that follow it."""
    shown = blocks(new)
    edits = [edit for pair in paired(blocks(old), shown) for edit in _edits(pair, shown, new)]
    pieces, last = [], 0
    for at, text in sorted(edits, key=lambda edit: edit[0]):
        pieces += [new[last:at], text]
        last = at
    return "".join([*pieces, new[last:]])


def _edits(
    pair: ChangedPair, shown: Sequence[ChangedBlock], html: str
) -> Iterator[tuple[int, str]]:
    """Yield what to put where into the HTML."""
    gone = pair.before.texts if pair.before else ()
    if pair.after is None:  # told in the block that follows, or in the last
        following = shown[pair.place : pair.place + 1]
        where = (
            following[0].words[0].start if following else shown[-1].words[-1].end if shown else 0
        )
        yield where, f"{_DEL}{escape(' '.join(gone))}</del> "
        return
    come = pair.after.words
    for kind, a, b, c, d in SequenceMatcher(
        None, gone, pair.after.texts, autojunk=False
    ).get_opcodes():
        if kind in ("delete", "replace"):
            space = "" if c < len(come) else " "
            where = come[c].start if c < len(come) else come[-1].end
            yield where, f"{space}{_DEL}{escape(' '.join(gone[a:b]))}</del> "
        if kind in ("insert", "replace"):
            for start, end in _stretches(come[c:d], html):
                yield start, _INS
                yield end, "</ins>"


def _stretches(words: Sequence[ChangedWord], html: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches that words stand in without a tag between them."""
    start = None
    for index, word in enumerate(words):
        start = word.start if start is None else start
        following = words[index + 1] if index + 1 < len(words) else None
        if following is None or not html[word.end : following.start].isspace():
            yield start, word.end
            start = None
