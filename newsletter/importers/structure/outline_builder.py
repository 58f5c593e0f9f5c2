"""A draft read front to back: a part opens wherever a title, a label or a postscript says so."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct, field

from newsletter.importers.draft import Draft
from newsletter.importers.structure.candidates import BOLD, PLAIN, Candidate, candidates
from newsletter.importers.structure.labels import is_postscript
from newsletter.importers.structure.outline import Confidence, OutlineRow, Role
from newsletter.importers.structure.roles import SILENT, role_of

HEADLINE = "a headline of eight words or more"


class OpenPart(Struct):
    """A part that is being filled."""

    kind: str = ""  # empty: its length will say
    confidence: Confidence = "likely"
    reason: str = ""
    rows: list[OutlineRow] = field(default_factory=list)
    level: int | None = None  # of its title
    deeper: int | None = None  # of the first heading in it
    brief: bool = False  # its title is a headline, so no essay goes on below the next heading

    def add(self, place: int, role: Role) -> None:
        self.rows.append(OutlineRow(place, role))

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
        self.waiting: list[OutlineRow] = []  # lines that stand above the title they belong to
        self.ahead = self._lines_stand_ahead()
        longs = [one.level for one in self.found.values() if one.long]
        self.headlines = {level for level in longs if longs.count(level) > 1}
        signed = [one.level for one in self.found.values() if one.article and not one.long]
        self.articles = {
            level for level in signed if signed.count(level) > 1
        }  # a single one is the weekly's essay
        self.gathered: tuple[str, int] | None = (
            None  # kind of all titles of a level, below a heading that gathers them
        )

    def parts(self) -> list[OpenPart]:
        """Return the parts; every block that is not taken stands in one, notes left out."""
        for index, place in enumerate(self.order):
            if place in self.found:
                self.heading(self.found[place])
            else:
                self.block(place, index)
        if self.waiting:
            self.current().rows += self.waiting
        return self.done

    def current(self) -> OpenPart:
        if not self.done:
            self.open("", "likely", "what comes before any title")
        return self.done[-1]

    def open(self, kind: str, confidence: Confidence, reason: str) -> OpenPart:
        self.done.append(OpenPart(kind, confidence, reason, self.waiting))
        self.waiting = []
        return self.done[-1]

    # --- lines ---

    def block(self, place: int, index: int) -> None:
        block = self.blocks[place]
        role = self._role(place, index)
        if (
            role in ("by", "date", "tags")
            and (self.ahead or not self.done)
            and self._title_follows(index)
        ):
            self.waiting.append(OutlineRow(place, role))
        elif block.kind in SILENT and not self.done:
            self.waiting.append(OutlineRow(place, "text"))
        elif (
            block.kind == "paragraph"
            and is_postscript(block.words)
            and self.done
            and not self.done[-1].empty
        ):
            self.open("postscript", "sure", "it begins with P.S.").add(place, "text")
        else:
            self.current().add(place, role or "text")

    def _role(self, place: int, index: int) -> Role | None:
        """Return what a line is; a name alone is a by-line only below a title."""
        block = self.blocks[place]
        before = self.order[index - 1] if index else None
        below_title = before in self.found or before is None
        return role_of(block, self.people if below_title else frozenset())

    def _title_follows(self, index: int) -> bool:
        for place in self.order[index + 1 :]:
            if place in self.found:
                return True
            if self._role(place, index) not in ("by", "date", "tags"):
                return False
        return False

    def _lines_stand_ahead(self) -> bool:
        """Tell whether by-lines stand above the titles they belong to: the first one stands above the first title."""
        for index, place in enumerate(self.order):
            if place in self.found:
                return False
            if self.blocks[place].kind not in SILENT:
                return self._role(place, index) in ("by", "date", "tags") and self._title_follows(
                    index
                )
        return False

    # --- titles ---

    def heading(self, one: Candidate) -> None:
        last = self.done[-1] if self.done else None
        if (
            last is not None
            and last.empty
            and last.level is not None
            and self.goes_within(one, last)
        ):
            self.within(last, one)
        elif began := self.begins(one, last):
            part = self.open(*began)
            article = one.article and one.level in self.articles
            part.level, part.brief = one.level, one.long or article or bool(one.kind) or one.roundup
            part.add(one.place, "label" if one.label else "title")
        elif last is not None:
            last.deeper = last.deeper or one.level
            last.add(one.place, "heading")

    def goes_within(self, one: Candidate, last: OpenPart) -> bool:
        """Tell whether a title follows a heading that only says of which kind it is, or gathers others."""
        if one.kind or (last.level or 0) > one.level:
            return False
        if all(row.role == "label" for row in last.rows):
            return True
        return one.level > (last.level or 0) and (one.long or one.roundup or one.article)

    def within(self, last: OpenPart, one: Candidate) -> None:
        """Put a title below such a heading: `Briefs`, and below it the briefs."""
        last.rows = [
            OutlineRow(row.block, "label" if row.role == "title" else row.role) for row in last.rows
        ]
        last.add(one.place, "title")
        last.confidence, last.reason = one.confidence, last.reason or "below a heading"
        if last.kind in ("", "brief", "links") and one.level > (last.level or 0):
            self.gathered, last.level, last.brief = (last.kind, one.level), one.level, True

    def begins(self, one: Candidate, last: OpenPart | None) -> tuple[str, Confidence, str] | None:
        """Return kind, how sure and why, where a title begins a part; `None` where it stands within one."""
        if self.gathered and one.level == self.gathered[1] and not one.kind:
            return self.gathered[0], one.confidence, "below the same heading"
        if self.gathered and one.level < self.gathered[1]:
            self.gathered = None
        if one.kind:
            return one.kind, "sure" if one.level < BOLD else "likely", "its label"
        if one.article:
            return "", "sure", "an article with its by-line, tags or reference"
        if one.roundup and (
            last is None or last.level is None or one.level <= last.level or one.level >= BOLD
        ):
            return "links", "sure", "a list of links"
        if last is None or (last.level is None and last.empty):
            return "", one.confidence, "the first title"
        if one.long and (
            one.level <= (last.level or BOLD) or one.level in self.headlines or one.level >= BOLD
        ):
            return "brief", one.confidence, HEADLINE
        return self._short(one, last)

    def _short(self, one: Candidate, last: OpenPart) -> tuple[str, Confidence, str] | None:
        level = last.level
        if level is not None and one.level > level and one.level < BOLD:
            return None
        if one.data and level is not None:
            return "data", "likely", "a table or a picture"
        if level is not None and one.level < level:
            return "", "likely", "a heading above the last title"
        if last.brief and one.level < PLAIN:
            kind = "brief" if last.kind in ("", "brief") else ""
            return kind, "guess", "a short title after a headline"
        if last.kind == "data":
            return "", "guess", "a heading after a table or a picture"
        return ("", "likely", "a heading") if last.deeper and last.deeper > one.level else None
