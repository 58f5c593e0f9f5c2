"""Captions that word processors write as a separate paragraph below an image."""

from __future__ import annotations

from newsletter.importers.draft import DraftBlock
from newsletter.importers.markdown import block_writer as make

NAMES_OF_CAPTIONS = ("caption", "figure", "illustration", "drawing")  # lower-case style names


def with_captions(blocks: tuple[DraftBlock, ...]) -> tuple[DraftBlock, ...]:
    """Return blocks with caption paragraphs from Word and LibreOffice attached to their images."""
    result: list[DraftBlock] = []
    for block in blocks:
        last = result[-1] if result else None
        style = block.style.lower()
        if (
            last
            and last.kind == "image"
            and not last.caption
            and block.kind == "paragraph"
            and style in NAMES_OF_CAPTIONS
        ):
            link = next(iter(last.links), "")
            result[-1] = make.image(last.image, last.alt, last.line, caption=block, link=link)
        else:
            result.append(block)
    return tuple(result)
