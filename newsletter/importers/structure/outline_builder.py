"""Reads a draft front to back and opens a part at each title, label or postscript."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct, field

from newsletter.importers.draft import Draft
from newsletter.importers.structure.candidates import BOLD, PLAIN, Candidate, candidates
from newsletter.importers.structure.labels import is_postscript
from newsletter.importers.structure.outline import Confidence, OutlineRow, Role
from newsletter.importers.structure.roles import SILENT, role_of

HEADLINE = "headline of eight words or more"
FIRST = "first title"


class OpenPart(Struct):
    """A part under construction."""

    kind: str = ""  # empty until its length is known
    confidence: Confidence = "medium"
    reason: str = ""
    rows: list[OutlineRow] = field(default_factory=list)
    level: int | None = None  # heading level of its title
    deeper: int | None = None  # level of the first heading within it
    brief: bool = False  # title is a headline; no essay continues below the next heading

    def add(self, index: int, role: Role) -> None:
        self.rows.append(OutlineRow(index, role))

    @property
    def empty(self) -> bool:
        return all(row.role in ("title", "label", "by", "date", "tags") for row in self.rows)


class OutlineBuilder:
    """Reads a draft once, front to back, and opens a part wherever one begins."""

    def __init__(self, draft: Draft, taken: Collection[int], people: frozenset[str]) -> None:
        self.blocks, self.taken, self.people = draft.blocks, taken, people
        self.found = candidates(draft, taken)
        self.order = [
            p for p, block in enumerate(draft.blocks) if block.kind != "note" and p not in taken
        ]
        self.done: list[OpenPart] = []
        self.waiting: list[OutlineRow] = []  # lines above the title they belong to
        self.ahead = self._lines_stand_ahead()
        longs = [candidate.level for candidate in self.found.values() if candidate.long]
        self.headlines = {level for level in longs if longs.count(level) > 1}
        signed = [
            candidate.level
            for candidate in self.found.values()
            if candidate.article and not candidate.long
        ]
        self.articles = {
            level for level in signed if signed.count(level) > 1
        }  # a single one is the weekly letter's essay
        self.gathered: tuple[str, int] | None = (
            None  # kind and level of the titles below a heading that groups them
        )

    def parts(self) -> list[OpenPart]:
        """Return the parts; every block that is not taken, except notes, is in one of them."""
        for index, block_index in enumerate(self.order):
            if block_index in self.found:
                self.heading(self.found[block_index])
            else:
                self.block(block_index, index)
        if self.waiting:
            self.current().rows += self.waiting
        return self.done

    def current(self) -> OpenPart:
        if not self.done:
            self.open("", "medium", "text before the first title")
        return self.done[-1]

    def open(self, kind: str, confidence: Confidence, reason: str) -> OpenPart:
        self.done.append(OpenPart(kind, confidence, reason, self.waiting))
        self.waiting = []
        return self.done[-1]

    # --- lines ---

    def block(self, block_index: int, index: int) -> None:
        block = self.blocks[block_index]
        role = self._role(block_index, index)
        if (
            role in ("by", "date", "tags")
            and (self.ahead or not self.done)
            and self._title_follows(index)
        ):
            self.waiting.append(OutlineRow(block_index, role))
        elif block.kind in SILENT and not self.done:
            self.waiting.append(OutlineRow(block_index, "text"))
        elif (
            block.kind == "paragraph"
            and is_postscript(block.words)
            and self.done
            and not self.done[-1].empty
        ):
            self.open("postscript", "high", "begins with P.S.").add(block_index, "text")
        else:
            self.current().add(block_index, role or "text")

    def _role(self, block_index: int, index: int) -> Role | None:
        """Return the role of a line; a name alone is a byline only below a title."""
        block = self.blocks[block_index]
        before = self.order[index - 1] if index else None
        below_title = before in self.found or before is None
        return role_of(block, self.people if below_title else frozenset())

    def _title_follows(self, index: int) -> bool:
        for block_index in self.order[index + 1 :]:
            if block_index in self.found:
                return True
            if self._role(block_index, index) not in ("by", "date", "tags"):
                return False
        return False

    def _lines_stand_ahead(self) -> bool:
        """Return whether bylines are above the titles they belong to.

        This is the case if the first byline is above the first title.
        """
        for index, block_index in enumerate(self.order):
            if block_index in self.found:
                return False
            if self.blocks[block_index].kind not in SILENT:
                return self._role(block_index, index) in (
                    "by",
                    "date",
                    "tags",
                ) and self._title_follows(index)
        return False

    # --- titles ---

    def heading(self, candidate: Candidate) -> None:
        last = self.done[-1] if self.done else None
        if (
            last is not None
            and last.empty
            and last.level is not None
            and self.goes_within(candidate, last)
        ):
            self.within(last, candidate)
        elif began := self.begins(candidate, last):
            if candidate.in_series and not candidate.long and began[2] == FIRST:
                self.first_of_series(candidate)
                return
            part = self.open(*began)
            article = candidate.article and candidate.level in self.articles
            part.level, part.brief = (
                candidate.level,
                candidate.long or article or bool(candidate.kind) or candidate.roundup,
            )
            part.add(candidate.index, "label" if candidate.label else "title")
        elif last is not None:
            last.deeper = last.deeper or candidate.level
            last.add(candidate.index, "heading")

    def first_of_series(self, candidate: Candidate) -> None:
        """Open a part without a title: short numbered headings are all within one text."""
        part = self.open("", candidate.confidence, "numbered headings")
        part.level = part.deeper = candidate.level
        part.add(candidate.index, "heading")

    def goes_within(self, candidate: Candidate, last: OpenPart) -> bool:
        """Return whether a title follows a heading that only names a kind or groups others."""
        if candidate.kind or (last.level or 0) > candidate.level:
            return False
        if all(row.role == "label" for row in last.rows):
            return True
        return candidate.level > (last.level or 0) and (
            candidate.long or candidate.roundup or candidate.article
        )

    def within(self, last: OpenPart, candidate: Candidate) -> None:
        """Put a title below a grouping heading, such as a brief below `Briefs`."""
        last.rows = [
            OutlineRow(row.block, "heading" if row.role == "title" else row.role)
            for row in last.rows
        ]
        last.add(candidate.index, "title")
        last.confidence, last.reason = candidate.confidence, last.reason or "below a heading"
        if last.kind in ("", "brief", "links") and candidate.level > (last.level or 0):
            self.gathered, last.level, last.brief = (
                (last.kind, candidate.level),
                candidate.level,
                True,
            )

    def begins(
        self, candidate: Candidate, last: OpenPart | None
    ) -> tuple[str, Confidence, str] | None:
        """Return kind, confidence and reason if a title begins a part.

        Returns `None` if the title is a heading within the current part.
        """
        if self.gathered and candidate.level == self.gathered[1] and not candidate.kind:
            return self.gathered[0], candidate.confidence, "below the same heading"
        if self.gathered and candidate.level < self.gathered[1]:
            self.gathered = None
        if candidate.kind:
            return candidate.kind, "high" if candidate.level < BOLD else "medium", "label"
        if candidate.article:
            return "", "high", "article with a byline, tags or reference"
        if candidate.roundup and (
            last is None
            or last.level is None
            or candidate.level <= last.level
            or candidate.level >= BOLD
        ):
            return "links", "high", "list of links"
        if last is None or (last.level is None and last.empty):
            return "", candidate.confidence, FIRST
        if candidate.long and (
            candidate.level <= (last.level or BOLD)
            or candidate.level in self.headlines
            or candidate.level >= BOLD
        ):
            return "brief", candidate.confidence, HEADLINE
        return self._short(candidate, last)

    def _short(self, candidate: Candidate, last: OpenPart) -> tuple[str, Confidence, str] | None:
        level = last.level
        if level is not None and candidate.level > level and candidate.level < BOLD:
            return None
        if candidate.data and level is not None:
            return "data", "medium", "table or image"
        if level is not None and candidate.level < level:
            return "", "medium", "heading above the previous level"
        if last.brief and candidate.level < PLAIN:
            kind = "brief" if last.kind in ("", "brief") else ""
            return kind, "low", "short title after a headline"
        if last.kind == "data":
            return "", "low", "heading after a table or image"
        return ("", "medium", "heading") if last.deeper and last.deeper > candidate.level else None
