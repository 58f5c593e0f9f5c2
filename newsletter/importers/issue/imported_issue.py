"""An outlined draft as an issue's parts, in the author's words: nobody is looked up and nothing is written yet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from newsletter.importers.draft import Draft, DraftBlock, DraftPicture, ImportNote
from newsletter.importers.issue.body import body_of
from newsletter.importers.structure.draft_dates import date_in_name, parse_date, parse_tag_line
from newsletter.importers.structure.labels import head_label, label_kind
from newsletter.importers.structure.lines import (
    parse_byline,
    parse_credit_lines,
    parse_names,
    parse_reference,
)
from newsletter.importers.structure.outline import CREDITS, ISSUE, SKIP, Outline, OutlinePart, Role

READ = (
    "title",
    "date",
    "author",
    "tags",
    "description",
    "slug",
    "number",
    "language",
    "subject",
)  # of front matter


class Reference(Struct, frozen=True):
    """Where an article came from, as its `[Reference: …]` says."""

    title: str | None
    url: str | None


class ImportedSection(Struct, frozen=True):
    """One section; people by their names."""

    kind: str
    title: str | None
    by: tuple[str, ...]
    tags: tuple[str, ...]
    date: dt.date | None
    sources: tuple[Reference, ...]
    blocks: tuple[DraftBlock, ...]  # its notes last


class ImportedIssue(Struct, frozen=True):
    """Everything an issue folder is made from."""

    origin: str
    title: str | None
    deck: str | None
    date: dt.date | None
    slug: str | None
    number: int | None
    subject: str | None
    language: str | None
    tags: tuple[str, ...]
    sections: tuple[ImportedSection, ...]
    credits: tuple[tuple[str, tuple[str, ...]], ...]  # label of a role -> names
    produced_by: tuple[str, ...]
    location: str | None
    pictures: tuple[DraftPicture, ...]
    notes: tuple[ImportNote, ...]  # what its author should know, by place

    @property
    def people(self) -> tuple[str, ...]:
        """Return everybody named in by-lines and credits, each once, those who produced the issue left out."""
        given = [name for text in self.sections for name in text.by]
        return tuple(dict.fromkeys([*given, *(name for _, held in self.credits for name in held)]))


def assemble_issue(draft: Draft, outline: Outline, labels: Iterable[str] = ()) -> ImportedIssue:
    """Return a draft as its outline says; `labels` are those of the masthead's roles."""
    return _Reader(draft, outline, tuple(labels)).read()


class _Reader:
    """Takes the parts one by one and remembers what does not come across as it was."""

    def __init__(self, draft: Draft, outline: Outline, labels: tuple[str, ...]) -> None:
        self.draft, self.outline, self.labels = draft, outline, labels
        self.notes: list[ImportNote] = list(draft.notes)
        self.footnotes = {block.label: block for block in draft.blocks if block.kind == "note"}
        self.referred: set[str] = set()

    def read(self) -> ImportedIssue:
        draft, meta = self.draft, self.draft.meta
        head = next(
            (part for part in self.outline.parts if part.kind == ISSUE), OutlinePart(ISSUE, ())
        )
        sections = tuple(self.section(part) for part in self.outline.sections)
        credits, produced_by, location = self.credits()
        date = self.day(head) or parse_date(meta.get("date", "")) or date_in_name(draft.origin)
        number = re.fullmatch(r"#?(\d+)", meta.get("number", "").strip())
        imported = ImportedIssue(
            origin=draft.origin,
            title=self.head(head, "title") or draft.title,
            deck=self.head(head, "deck") or meta.get("description"),
            date=date,
            slug=meta.get("slug"),
            number=int(number[1]) if number else None,
            subject=meta.get("subject"),
            language=meta.get("language"),
            tags=_list(meta.get("tags", "")),
            sections=self.signed(sections),
            credits=credits,
            produced_by=produced_by,
            location=location,
            pictures=draft.pictures,
            notes=(),
        )
        self.left_behind(number is None)
        notes = tuple(sorted(dict.fromkeys(self.notes), key=lambda note: note.line))
        return replace(imported, notes=notes)

    # --- the head ---

    def head(self, part: OutlinePart, role: Role) -> str | None:
        blocks = [self.draft.blocks[place] for place in part.of(role)]
        if not blocks:
            return None
        for block in blocks[1:]:
            self.add_note("lost", f"an issue has one {role}", block.words, block)
        self.plain(blocks[0])
        label = head_label(blocks[0].words)
        words = " ".join((label[1] if label else blocks[0].words).split())
        if label:
            self.add_note(
                "changed",
                f"a line says that it is the {role}",
                blocks[0].words.partition(":")[0],
                blocks[0],
            )
        given = self.draft.title if role == "title" else self.draft.meta.get("description")
        if given and given.casefold() != words.casefold():
            self.add_note("lost", f"the draft gives itself another {role} too", given)
        return words

    def day(self, part: OutlinePart) -> dt.date | None:
        for place in part.of("date"):
            block = self.draft.blocks[place]
            self.add_note("changed", "the day became `date`", block.words, block)
            return parse_date(block.words)
        return None

    # --- sections ---

    def section(self, part: OutlinePart) -> ImportedSection:
        title, linked = self.title(part)
        self.labels_of(part)
        by = tuple(name for block in self.rows(part, "by") for name in self.by(block))
        tags, date = self.tags(part)
        sources = tuple(
            cited for block in self.rows(part, "source") if (cited := self.source(block))
        )
        sources += tuple(
            Reference(None, link) for link in linked if link not in {cited.url for cited in sources}
        )
        for block in self.rows(part, "more"):
            self.add_note(
                "lost",
                "the archive makes the teaser's link",
                " ".join((block.words, *block.links)),
                block,
            )
        text = [
            (self.draft.blocks[row.block], row.role)
            for row in part.rows
            if row.role in ("text", "heading")
        ]
        return ImportedSection(
            part.kind,
            title,
            tuple(dict.fromkeys(by)),
            tags,
            date,
            sources,
            self.with_notes(body_of(text)),
        )

    def rows(self, part: OutlinePart, role: Role) -> list[DraftBlock]:
        return [self.draft.blocks[place] for place in part.of(role)]

    def title(self, part: OutlinePart) -> tuple[str | None, tuple[str, ...]]:
        """Return a section's title, and where it led: a headline leads to the news it is about."""
        blocks = self.rows(part, "title")
        words = []
        links = tuple(dict.fromkeys(link for block in blocks for link in block.links))
        for block in blocks:
            if block.links:
                self.add_note("changed", "the link of a title became `source`", "", block)
            kind = label_kind(block.words)
            if kind and kind[1] and kind[0] == part.kind:
                self.add_note(
                    "changed", "a label became `kind`", block.words.partition(":")[0], block
                )
            words.append(kind[1] if kind and kind[1] and kind[0] == part.kind else block.words)
        return " ".join(" ".join(words).split()) or None, links

    def labels_of(self, part: OutlinePart) -> None:
        for block in self.rows(part, "label"):
            self.plain(block)
            self.add_note("changed", "a label became `kind`", block.words, block)

    def by(self, block: DraftBlock) -> tuple[str, ...]:
        found = parse_byline(block.words)
        if found is None:
            return parse_names(block.words) or (" ".join(block.words.split()),)
        label = block.words.split(found[0])[0]
        self.add_note("changed", "a by-line became `by`", label, block)
        for link in block.links:
            self.add_note("lost", "the address of an author stands in the masthead", link, block)
        return found

    def tags(self, part: OutlinePart) -> tuple[tuple[str, ...], dt.date | None]:
        tags: list[str] = []
        date = None
        for block in self.rows(part, "tags"):
            if found := parse_tag_line(block.words):
                tags += found.tags
                date = date or found.date
                self.add_note(
                    "changed", "a line of tags became `tags` and `date`", block.words, block
                )
            else:
                tags += _list(block.words)
        for block in self.rows(part, "date"):
            date = date or parse_date(block.words)
            self.add_note("changed", "the day became `date`", block.words, block)
        return tuple(dict.fromkeys(tags)), date

    def source(self, block: DraftBlock) -> Reference | None:
        found = parse_reference(block.words, block.links)
        if found is None:
            self.add_note(
                "lost", "no source can be read here", " ".join((block.words, *block.links)), block
            )
            return None
        for link in block.links[1:]:
            self.add_note("lost", "a reference has one address", link, block)
        self.add_note("changed", "a reference became `source`", block.words, block)
        return Reference(*found)

    def signed(self, sections: tuple[ImportedSection, ...]) -> tuple[ImportedSection, ...]:
        """Give the author of the whole draft to the one section that can only be theirs."""
        author = self.draft.meta.get("author", "").strip()
        if not author:
            return sections
        found = parse_names(author) or tuple(
            name.strip() for name in re.split(r"\s*[;,]\s*", author) if name.strip()
        )
        essays = [index for index, text in enumerate(sections) if text.kind == "essay"] or list(
            range(len(sections))
        )
        open_ = [index for index in essays if not sections[index].by]
        if len(essays) != 1 or not open_:
            known = {name for text in sections for name in text.by}
            if not set(found) <= known:
                self.add_note("lost", "several sections could be this author's", author)
            return sections
        return tuple(
            replace(text, by=found) if index == open_[0] else text
            for index, text in enumerate(sections)
        )

    # --- credits ---

    def credits(
        self,
    ) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...], str | None]:
        held: dict[str, tuple[str, ...]] = {}
        produced_by: tuple[str, ...] = ()
        location = None
        for block in self.credited():
            for link in block.links:
                self.add_note("lost", "the addresses of people stand in the masthead", link, block)
            for words, line in parse_credit_lines(block.words, self.labels):
                if line is None or any(label in held for label in line.labels):
                    self.add_note("lost", "no credit can be read here", words, block)
                elif line.labels:
                    held |= dict.fromkeys(line.labels, line.names)
                elif produced_by:
                    self.add_note("lost", "an issue is produced once", words, block)
                else:
                    produced_by, location = line.names, line.location
                    self.add_note("changed", "a credit became `produced_by`", words, block)
        return tuple(held.items()), produced_by, location

    def credited(self) -> Iterator[DraftBlock]:
        for part in self.outline.parts:
            if part.kind == CREDITS:
                yield from (self.draft.blocks[row.block] for row in part.rows)

    # --- what does not come across ---

    def with_notes(self, blocks: tuple[DraftBlock, ...]) -> tuple[DraftBlock, ...]:
        """Return blocks with the notes they refer to, and those that these refer to, last."""
        labels = [label for block in blocks for label in block.notes]
        for label in labels:
            if label in self.footnotes:
                labels += [other for other in self.footnotes[label].notes if other not in labels]
        found = [label for label in dict.fromkeys(labels) if label in self.footnotes]
        self.referred.update(found)
        return (*blocks, *(self.footnotes[label] for label in found))

    def left_behind(self, unnumbered: bool) -> None:
        blocks = self.draft.blocks
        for part in self.outline.parts:
            if part.kind == SKIP:
                for block in (blocks[row.block] for row in part.rows):
                    if words := " ".join((block.words, *block.links)).strip():
                        self.add_note("lost", "left out, as the outline says", words, block)
        for label, block in self.footnotes.items():
            if label not in self.referred:
                self.add_note(
                    "lost",
                    "nothing refers to this note",
                    " ".join((block.words, *block.links)),
                    block,
                )
        for key, value in self.draft.meta.items():
            if value.strip() and (key not in READ or (key == "number" and unnumbered)):
                self.add_note("lost", f"the front matter's `{key}` has no place in an issue", value)
        given = self.draft.meta.get("date", "").strip()
        if given and parse_date(given) is None:
            self.add_note("lost", "the front matter's `date` is no day", given)
        elif len(given) > len("2026-03-01"):
            self.add_note("changed", "of the front matter's `date` the day was taken", given)

    def plain(self, block: DraftBlock) -> None:
        """Tell what a title cannot have."""
        for link in block.links:
            self.add_note("lost", "a title cannot be a link", link, block)

    def add_note(
        self, kind: str, message: str, words: str, block: DraftBlock | None = None
    ) -> None:
        assert kind in ("lost", "changed", "look")
        self.notes.append(ImportNote(kind, message, words, block.line if block else 0))  # type: ignore[arg-type]


def _list(words: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(tag.strip(" #") for tag in re.split(r"[,;\n]", words) if tag.strip(" #"))
    )
