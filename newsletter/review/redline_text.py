"""A redline on a terminal: `[-deleted-]{+inserted+}`, readable without color."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from newsletter.markup.width import display_width
from newsletter.review.redline_values import BlockChange, Redline, UnchangedBlocks
from newsletter.review.word_diff import RedlineRun
from newsletter.review.wording import (
    FACTS,
    change_summary,
    context,
    cut_words,
    details,
    fact_lines,
    replaced,
    shown_runs,
    size_lines,
    title,
    tool_change,
)

WIDTH = 88  # columns of a line, indentation included
_SIGNS = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
_COLORS = {"-": "\x1b[31;9m", "+": "\x1b[32;4m", "title": "\x1b[1m", "faint": "\x1b[2m"}
_RESET = "\x1b[0m"
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def redline_text(redline: Redline, *, color: bool = False) -> str:
    """Return a redline as lines of text, with ANSI colors where a terminal shows them."""
    return "\n".join(_TextRedline(color).lines(redline)) + "\n"


class _TextRedline(Struct, frozen=True):
    color: bool

    def lines(self, redline: Redline) -> Iterator[str]:
        yield self.bold(f"{redline.before.label} → {redline.after.label}")
        yield _clean(change_summary(redline))
        if sentence := tool_change(redline):
            yield _clean(sentence)
        yield from self.about(redline)
        yield from self.facts(redline)
        yield from self.entries(redline)
        if redline.text_part:
            yield ""
            yield self.bold("Plain-text part")
            for change in redline.text_part:
                yield from self.change(change)
        yield from self.findings(redline)

    def about(self, redline: Redline) -> Iterator[str]:
        rows = [(field.name.capitalize(), field.runs) for field in redline.fields]
        rows += [(line.label, line.runs) for line in size_lines(redline.sizes)]
        yield ""
        for label, runs in rows:
            yield from self.wrapped(runs, "  ", f"{label}: ")

    def facts(self, redline: Redline) -> Iterator[str]:
        lines = fact_lines(redline)
        if not lines:
            return
        yield ""
        yield self.bold("Facts changed")
        for line in lines:
            runs = replaced(line.before, line.after)
            about = f" {line.about}" if line.about else ""
            where = f" ({cut_words(line.section)})" if line.section else ""
            yield from self.wrapped(
                (*runs, RedlineRun("=", about + where)), "  ", f"{FACTS[line.kind]}: "
            )

    def entries(self, redline: Redline) -> Iterator[str]:
        section = None
        if redline.changes:
            yield ""
        for index, entry in enumerate(redline.entries):
            following = redline.entries[index + 1 : index + 2]
            if isinstance(entry, UnchangedBlocks):
                shown = context(entry, after=index > 0, before=bool(following))
                if not redline.changes:
                    continue
                yield from self.unchanged(
                    shown.first, f"… {shown.left_out} …" * bool(shown.left_out)
                )
                if following and following[0].section != section:
                    section = following[0].section
                    yield from self.heading(section)
                yield from self.unchanged(shown.last)
                continue
            if entry.section != section:
                section = entry.section
                yield from self.heading(section)
            yield from self.change(entry)

    def heading(self, section: str) -> Iterator[str]:
        yield ""
        yield self.bold(section or "Opening")

    def unchanged(self, *texts: str) -> Iterator[str]:
        for text in texts:
            if text:
                yield self.faint(f"    {_clean(cut_words(text, WIDTH - 8))}")

    def change(self, change: BlockChange) -> Iterator[str]:
        sign = {"added": "+", "removed": "-", "moved": ">"}.get(change.what, "~")
        yield f"  {sign} {_clean(title(change))}"
        if change.what not in ("typography", "appearance"):
            yield from self.wrapped(shown_runs(change), "    ")
        for detail in details(change):
            yield from self.wrapped(detail.runs, "    ", f"{detail.label}: ")

    def findings(self, redline: Redline) -> Iterator[str]:
        groups = (
            ("New findings", redline.findings_added),
            ("Resolved findings", redline.findings_removed),
        )
        for name, findings in groups:
            if findings:
                yield ""
                yield self.bold(name)
            for finding in findings:
                yield f"  {finding.severity} {finding.code}: {_clean(finding.message)}"

    # --- lines ------------------------------------------------------------------------------------

    def wrapped(self, runs: Sequence[RedlineRun], indent: str, label: str = "") -> Iterator[str]:
        """Yield runs as lines of at most `WIDTH` columns, the signs attached to their words."""
        if not runs:
            return
        line, column = indent + _clean(label), display_width(indent + label)
        empty = True
        for word, op, space in _words(runs):
            width = display_width(word)
            if not empty and space and column + 1 + width > WIDTH:
                yield line
                line, column, space = indent + "  ", len(indent) + 2, False
            line += (" " if space and not empty else "") + self.colored(word, op)
            column += width + (1 if space else 0)
            empty = False
        yield line

    def colored(self, word: str, op: str) -> str:
        return f"{_COLORS[op]}{word}{_RESET}" if self.color and op in _COLORS else word

    def bold(self, text: str) -> str:
        return self.colored(_clean(text), "title")

    def faint(self, text: str) -> str:
        return self.colored(text, "faint")


def _words(runs: Sequence[RedlineRun]) -> Iterator[tuple[str, str, bool]]:
    """Yield each word with its signs, its run's `op`, and whether a space precedes it."""
    space = False
    for run in runs:
        opening, closing = _SIGNS[run.op]
        text = _clean(run.text)
        words = text.split(" ")
        words = [word for word in words if word] or [""]
        if run.op == "=" and not text.strip():
            space = True
            continue
        fact = f" ({run.fact})" if run.fact and run.op == "+" else ""
        words[0] = opening + words[0]
        words[-1] += closing + fact
        for index, word in enumerate(words):
            yield word, run.op, space or index > 0 or text.startswith(" ")
            space = False
        space = text.endswith(" ")


def _clean(text: str) -> str:
    """Return text without terminal control characters; line breaks become spaces."""
    return _CONTROLS.sub("\ufffd", text.replace("\n", " "))
