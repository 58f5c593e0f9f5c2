"""Assembles the parts of an issue from an outlined draft; no lookups, no writing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from newsletter.importers.draft import Draft, DraftBlock, ImportNote
from newsletter.importers.issue.body import body_of
from newsletter.importers.issue.draft_metadata import MACHINE, number_in_title
from newsletter.importers.issue.imported_issue import ImportedIssue, ImportedSection, Reference
from newsletter.importers.structure.draft_dates import date_in_name, parse_date, parse_tag_line
from newsletter.importers.structure.labels import head_label, label_kind
from newsletter.importers.structure.language_guess import guess_language
from newsletter.importers.structure.lines import (
    parse_byline,
    parse_credit_lines,
    parse_reference,
)
from newsletter.importers.structure.outline import CREDITS, ISSUE, SKIP, Outline, OutlinePart, Role
from newsletter.importers.structure.person_names import parse_names

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
    "creator",
    "sender",
    "sent",
)  # of front matter, headers and document properties
TOPIC = 3  # words of a topic; a longer one is probably several


class KnownNames(Struct, frozen=True):
    """What the workspace already has a name for."""

    labels: tuple[str, ...] = ()  # role labels of the masthead
    people: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


def assemble_issue(draft: Draft, outline: Outline, known: KnownNames) -> ImportedIssue:
    """Return the issue that an outline makes of a draft."""
    return _Reader(draft, outline, known).read()


class _Reader:
    """Processes the parts one by one and notes what cannot be imported as written."""

    def __init__(self, draft: Draft, outline: Outline, known: KnownNames) -> None:
        self.draft, self.outline, self.known = draft, outline, known
        self.people = {name.casefold(): name for name in known.people}
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
        date = date or parse_date(meta.get("sent", ""))
        title = self.head(head, "title") or draft.title
        number = re.fullmatch(r"#?(\d+)", meta.get("number", "").strip() or number_in_title(title))
        imported = ImportedIssue(
            origin=draft.origin,
            title=title,
            deck=self.head(head, "deck") or meta.get("description"),
            date=date,
            slug=meta.get("slug"),
            number=int(number[1]) if number else None,
            subject=meta.get("subject"),
            language=meta.get("language") or self.guessed_language(),
            tags=_list(meta.get("tags", "")),
            sections=self.signed(sections),
            credits=credits,
            produced_by=produced_by,
            location=location,
            images=draft.images,
            notes=(),
        )
        self.left_behind(number is None)
        sent = parse_date(meta.get("sent", ""))
        if sent and date != sent:
            self.add_note("omitted", "date of the email", meta["sent"])
        notes = tuple(sorted(dict.fromkeys(self.notes), key=lambda note: note.line))
        return replace(imported, notes=notes)

    # --- the head ---

    def head(self, part: OutlinePart, role: Role) -> str | None:
        blocks = [self.draft.blocks[index] for index in part.of(role)]
        if not blocks:
            return None
        for block in blocks[1:]:
            self.add_note("omitted", f"second {role}", block.words, block)
        self.plain(blocks[0])
        label = head_label(blocks[0].words)
        words = " ".join((label[1] if label else blocks[0].words).split())
        if label:
            self.add_note(
                "changed",
                f"{role} label removed",
                blocks[0].words.partition(":")[0],
                blocks[0],
            )
        given = self.draft.title if role == "title" else self.draft.meta.get("description")
        if given and given.casefold() != words.casefold():
            self.add_note("omitted", f"different {role} in the draft's metadata", given)
        return words

    def day(self, part: OutlinePart) -> dt.date | None:
        for index in part.of("date"):
            block = self.draft.blocks[index]
            self.add_note("changed", "date line moved to `date`", block.words, block)
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
                "omitted",
                "teaser link",
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
        return [self.draft.blocks[index] for index in part.of(role)]

    def title(self, part: OutlinePart) -> tuple[str | None, tuple[str, ...]]:
        """Return a section's title, and its link: a headline links to the news it is about."""
        blocks = self.rows(part, "title")
        words = []
        links = tuple(dict.fromkeys(link for block in blocks for link in block.links))
        for block in blocks:
            if block.links:
                self.add_note("changed", "title link moved to `source`", "", block)
            kind = label_kind(block.words)
            if kind and kind[1] and kind[0] == part.kind:
                self.add_note(
                    "changed", "label moved to `kind`", block.words.partition(":")[0], block
                )
            words.append(kind[1] if kind and kind[1] and kind[0] == part.kind else block.words)
        return " ".join(" ".join(words).split()) or None, links

    def labels_of(self, part: OutlinePart) -> None:
        for block in self.rows(part, "label"):
            self.plain(block)
            self.add_note("changed", "label moved to `kind`", block.words, block)

    def by(self, block: DraftBlock) -> tuple[str, ...]:
        result = parse_byline(block.words)
        if result is None:
            return parse_names(block.words) or (" ".join(block.words.split()),)
        label = block.words.split(result[0])[0]
        self.add_note("changed", "byline moved to `by`", label, block)
        for link in block.links:
            self.add_note("omitted", "author link, which belongs in the masthead", link, block)
        return result

    def tags(self, part: OutlinePart) -> tuple[tuple[str, ...], dt.date | None]:
        tags: list[str] = []
        date = None
        for block in self.rows(part, "tags"):
            if result := parse_tag_line(block.words, self.known.topics):
                tags += result.tags
                date = date or result.date
                for tag in (tag for tag in result.tags if self.is_unsplit(tag)):
                    self.add_note("review", "topics not split; check the tag", tag, block)
                self.add_note("changed", "tag line moved to `tags` and `date`", block.words, block)
            else:
                tags += _list(block.words)
        for block in self.rows(part, "date"):
            date = date or parse_date(block.words)
            self.add_note("changed", "date line moved to `date`", block.words, block)
        return tuple(dict.fromkeys(tags)), date

    def is_unsplit(self, tag: str) -> bool:
        return len(tag.split()) > TOPIC and tag not in self.known.topics

    def source(self, block: DraftBlock) -> Reference | None:
        result = parse_reference(block.words, block.links)
        if result is None:
            self.add_note(
                "omitted", "unreadable source line", " ".join((block.words, *block.links)), block
            )
            return None
        for link in block.links[1:]:
            self.add_note("omitted", "second address in a reference", link, block)
        self.add_note("changed", "reference moved to `source`", block.words, block)
        return Reference(*result)

    def signed(self, sections: tuple[ImportedSection, ...]) -> tuple[ImportedSection, ...]:
        """Assign the draft's author to a section if only one section can be theirs."""
        author = self.draft.meta.get("author", "").strip() or self.known_writer()
        if not author:
            return sections
        result = parse_names(author) or tuple(
            name.strip() for name in re.split(r"\s*[;,]\s*", author) if name.strip()
        )
        essays = [index for index, text in enumerate(sections) if text.kind == "essay"] or list(
            range(len(sections))
        )
        open_ = [index for index in essays if not sections[index].by]
        if len(essays) != 1 or not open_:
            known = {name for text in sections for name in text.by}
            if not set(result) <= known:
                self.add_note(
                    "omitted", "author not assigned, because several sections qualify", author
                )
            return sections
        return tuple(
            replace(text, by=result) if index == open_[0] else text
            for index, text in enumerate(sections)
        )

    def guessed_language(self) -> str | None:
        words = " ".join(block.words for block in self.draft.blocks if block.kind != "code")
        return guess_language(words)

    def known_writer(self) -> str:
        """Return the file's author or sender if the masthead lists them.

        Others are noted and not used, because programs enter arbitrary names.
        """
        for key in ("creator", "sender"):
            name = self.draft.meta.get(key, "").strip()
            listed = parse_names(name) or ((name,) if name else ())
            known = [
                self.people[name.casefold()] for name in listed if name.casefold() in self.people
            ]
            unknown = "; ".join(name for name in listed if name.casefold() not in self.people)
            if unknown:
                entered = (
                    "entered by a program" if MACHINE.fullmatch(name) else "not in the masthead"
                )
                self.add_note("omitted", f"{key} of the draft, {entered}", unknown)
            if known:
                return "; ".join(known)
        return ""

    # --- credits ---

    def credits(
        self,
    ) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...], str | None]:
        held: dict[str, tuple[str, ...]] = {}
        produced_by: tuple[str, ...] = ()
        location = None
        for block in self.credited():
            for link in block.links:
                self.add_note("omitted", "credits link, which belongs in the masthead", link, block)
            for words, line in parse_credit_lines(block.words, self.known.labels):
                if line is None or any(label in held for label in line.labels):
                    self.add_note("omitted", "unreadable credit line", words, block)
                elif line.labels:
                    held |= dict.fromkeys(line.labels, line.names)
                elif produced_by:
                    self.add_note("omitted", "second `produced_by` line", words, block)
                else:
                    produced_by, location = line.names, line.location
                    self.add_note("changed", "credit moved to `produced_by`", words, block)
        return tuple(held.items()), produced_by, location

    def credited(self) -> Iterator[DraftBlock]:
        for part in self.outline.parts:
            if part.kind == CREDITS:
                yield from (self.draft.blocks[row.block] for row in part.rows)

    # --- what is not imported ---

    def with_notes(self, blocks: tuple[DraftBlock, ...]) -> tuple[DraftBlock, ...]:
        """Return blocks, then the notes they refer to, directly or through other notes."""
        labels = [label for block in blocks for label in block.notes]
        for label in labels:
            if label in self.footnotes:
                labels += [other for other in self.footnotes[label].notes if other not in labels]
        result = [label for label in dict.fromkeys(labels) if label in self.footnotes]
        self.referred.update(result)
        return (*blocks, *(self.footnotes[label] for label in result))

    def left_behind(self, unnumbered: bool) -> None:
        blocks = self.draft.blocks
        for part in self.outline.parts:
            if part.kind == SKIP:
                for block in (blocks[row.block] for row in part.rows):
                    if words := " ".join((block.words, *block.links)).strip():
                        self.add_note("omitted", "skipped in the outline", words, block)
        for label, block in self.footnotes.items():
            if label not in self.referred:
                self.add_note(
                    "omitted",
                    "footnote without a reference",
                    " ".join((block.words, *block.links)),
                    block,
                )
        for key, value in self.draft.meta.items():
            if key == "draft":
                self.add_note("review", "marked as a draft", value)
            elif value.strip() and (key not in READ or (key == "number" and unnumbered)):
                self.add_note("omitted", f"unused front matter key `{key}`", value)
        given = self.draft.meta.get("date", "").strip()
        if given and parse_date(given) is None:
            self.add_note("omitted", "front matter `date` is not a date", given)
        elif len(given) > len("2026-03-01"):
            self.add_note("changed", "date rewritten as year, month and day", given)

    def plain(self, block: DraftBlock) -> None:
        """Note the markup that a title cannot contain."""
        for link in block.links:
            self.add_note("omitted", "link in a title", link, block)

    def add_note(
        self, kind: str, message: str, words: str, block: DraftBlock | None = None
    ) -> None:
        assert kind in ("omitted", "changed", "review")
        self.notes.append(ImportNote(kind, message, words, block.line if block else 0))  # type: ignore[arg-type]


def _list(words: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(tag.strip(" #") for tag in re.split(r"[,;\n]", words) if tag.strip(" #"))
    )
