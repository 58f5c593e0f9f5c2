"""Documents inside a Word document (`w:altChunk`): Word shows their text in place.

Programs that make Word documents from HTML put the whole text into one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft, DraftBlock, DraftImage
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.docx_text_nodes import embedded_text_nodes
from newsletter.importers.formats.wordparts import CHUNK
from newsletter.importers.formats.wordxml import WordPackage, WordRelation

_MARK = re.compile(rf"{CHUNK}(\d+)")


def with_chunks(
    blocks: Sequence[DraftBlock],
    chunks: Sequence[WordRelation],
    package: WordPackage,
    collector: DraftCollector,
) -> tuple[DraftBlock, ...]:
    """Return blocks with each mark replaced by the blocks of the embedded document."""
    result: list[DraftBlock] = []
    for block in blocks:
        match = _MARK.fullmatch(block.words)
        if match is None or int(match[1]) >= len(chunks):
            result.append(block)
            continue
        line = result[-1].line if result else 1
        number = int(match[1])
        result += _blocks_of(chunks[number], number, package, collector, line=line)
    return tuple(result)


def _blocks_of(
    relation: WordRelation,
    number: int,
    package: WordPackage,
    collector: DraftCollector,
    *,
    line: int,
) -> list[DraftBlock]:
    from newsletter.importers import read_drafts

    data = package.archive.get(relation.target, b"")
    try:
        drafts = read_drafts(data, relation.target)
    except NewsletterError:
        drafts = ()
    if not drafts:
        words = _text_of(package, relation)
        collector.add_note("omitted", "embedded document", words, line)
        return []
    draft = _with_unique_names(drafts[0], number + 1)
    collector.images |= {image.name: image for image in draft.images}
    collector.notes += [replace(note, line=line) for note in draft.notes]
    return [replace(block, line=line, end=0) for block in draft.blocks]


def _with_unique_names(draft: Draft, number: int) -> Draft:
    """Return a draft whose images and notes have names that the outer document does not use."""
    names = {image.name: f"chunk-{number}-{image.name}" for image in draft.images}
    blocks = tuple(_renamed(block, names, number) for block in draft.blocks)
    images = tuple(_named(image, names) for image in draft.images)
    return replace(draft, blocks=blocks, images=images)


def _named(image: DraftImage, names: dict[str, str]) -> DraftImage:
    return replace(image, name=names[image.name])


def _renamed(block: DraftBlock, names: dict[str, str], number: int) -> DraftBlock:
    markdown = block.markdown
    for old, new in names.items():
        markdown = markdown.replace(f"images/{old}", f"images/{new}")
    labels = (*block.notes, *filter(None, [block.label]))
    for label in labels:
        markdown = markdown.replace(f"[^{label}]", f"[^c{number}-{label}]")
    return replace(
        block,
        markdown=markdown,
        image=names.get(block.image, block.image),
        notes=tuple(f"c{number}-{label}" for label in block.notes),
        label=f"c{number}-{block.label}" if block.label else "",
    )


def _text_of(package: WordPackage, relation: WordRelation) -> str:
    passages = embedded_text_nodes(package, relation)
    texts = (" ".join("".join(nodes).split()) for nodes in passages)
    return "\n".join(filter(None, texts)) or relation.target
