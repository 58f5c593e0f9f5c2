"""The links of two versions of a block: text and address, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from newsletter.review.reader_document import ReaderBlock

Anchor = tuple[str, str]  # the text of a link, and its address


class LinkChange(Struct, frozen=True):
    """A link whose address changed, or that was added or removed; an empty address means none."""

    text: str
    before: str
    after: str


def compare_links(before: ReaderBlock, after: ReaderBlock) -> tuple[LinkChange, ...]:
    """Return the links that differ; a change of the link text alone does not count."""
    old, new = anchors(before), anchors(after)
    removed, added = _different(old, new)
    changes = []
    for text, address in tuple(added):
        earlier = next((link for link in removed if link[0] == text), None)
        earlier = earlier or next((link for link in removed if link[1] == address), None)
        if earlier is None:
            continue
        removed.remove(earlier)
        added.remove((text, address))
        if earlier[1] != address:
            changes.append(LinkChange(text, earlier[1], address))
    if len(removed) == len(added):  # new text and a new address in the same position
        pairs = zip(removed, added, strict=True)
        changes += [LinkChange(link[0], earlier[1], link[1]) for earlier, link in pairs]
        return tuple(changes)
    changes += [LinkChange(text, address, "") for text, address in removed]
    changes += [LinkChange(text, "", address) for text, address in added]
    return tuple(changes)


def anchors(block: ReaderBlock) -> list[Anchor]:
    """Return the links of a block in reading order."""
    if block.image is not None:
        return [(block.image.alt, block.image.link)] if block.image.link else []
    links: list[Anchor] = []
    previous = ""
    spaces = ""
    for token in block.tokens:
        if token.text.isspace():
            spaces = " "
            continue
        if token.link and token.link == previous:
            links[-1] = (links[-1][0] + spaces + token.text, token.link)
        elif token.link:
            links.append((token.text, token.link))
        previous, spaces = token.link, ""
    return links


def _different(old: Sequence[Anchor], new: Sequence[Anchor]) -> tuple[list[Anchor], list[Anchor]]:
    removed: list[Anchor] = []
    added: list[Anchor] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            removed += old[a:b]
            added += new[c:d]
    return removed, added
