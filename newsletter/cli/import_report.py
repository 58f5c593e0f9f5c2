"""What an import reports: the outline, the notes, and who is new in the masthead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

from newsletter.check.formats import pluralize
from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.issue.resolved_people import ResolvedPeople
from newsletter.importers.structure.outline import (
    CREDITS,
    ISSUE,
    SKIP,
    Outline,
    OutlinePart,
    line_range,
    outline_as_json,
    outline_words,
    part_title,
    section_words,
)
from newsletter.markup.width import display_width

_COLORS = {"high": "green", "medium": "yellow", "low": "red"}
_TITLE_WIDTH = 52  # columns
_LINES_SHOWN = 6


def show_outline(outline: Outline, draft: Draft) -> None:
    """Print the parts as a table: kind, words, lines of the draft, title, confidence."""
    total = sum(outline_words(block.words) for block in draft.blocks)
    sections = pluralize(len(outline.sections), "section")
    click.echo(f"{draft.origin} ({draft.kind}): {sections}, {total:,} words")
    rows = [("kind", "words", f"{draft.unit}s", "title", "confidence")]
    rows += [_row(part, draft) for part in outline.parts]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for kind, size, lines, title, confidence in rows:
        start = f"  {kind:<{widths[0]}}  {size:>{widths[1]}}  {lines:<{widths[2]}}"
        click.echo(f"{start}  {_fitted(title)}  {confidence}")


def _row(part: OutlinePart, draft: Draft) -> tuple[str, str, str, str, str]:
    first, last = line_range(part, draft)
    size = "" if part.kind in (ISSUE, CREDITS, SKIP) else f"{section_words(part, draft):,}"
    confidence = click.style(part.confidence, fg=_COLORS[part.confidence])
    if part.reason:
        confidence = f"{confidence}: {part.reason}"
    lines = f"{first}–{last}" if last > first else str(first)
    return part.kind, size, lines, part_title(part, draft) or "–", confidence


def _fitted(title: str) -> str:
    while display_width(title) > _TITLE_WIDTH:
        excess = max((display_width(title) - _TITLE_WIDTH) // 2, 1)
        title = title.rstrip("…")[:-excess].rstrip() + "…"
    return title + " " * (_TITLE_WIDTH - display_width(title))


def show_notes(notes: Iterable[ImportNote], unit: str) -> None:
    """Write to standard error what changed, needs review or was omitted, with the source text."""
    notes = tuple(notes)
    changed: dict[str, list[ImportNote]] = {}
    for note in notes:
        if note.kind == "changed":
            changed.setdefault(note.message, []).append(note)
    for message, group in changed.items():
        texts = [_one_line(note.words) for note in group if note.words.strip()]
        words = ", ".join(dict.fromkeys(texts))
        lines = _lines([note.line for note in group], unit)
        click.echo(f"changed: {message}{lines}{_quoted(words)}", err=True)
    for note in notes:
        if note.kind != "changed":
            head = click.style(note.kind, fg="yellow")
            lines = _lines([note.line], unit)
            click.echo(f"{head}: {note.message}{lines}{_quoted(_one_line(note.words))}", err=True)


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _quoted(words: str) -> str:
    return f": {words}" if words else ""


def _lines(lines: Sequence[int], unit: str) -> str:
    known = sorted({line for line in lines if line})
    if not known:
        return ""
    shown = ", ".join(map(str, known[:_LINES_SHOWN]))
    more = ", …" if len(known) > _LINES_SHOWN else ""
    return f" ({unit}{'s' if len(known) > 1 else ''} {shown}{more})"


def show_people(resolved: ResolvedPeople, masthead: str) -> None:
    """Write to standard error who is new in the masthead, and names similar to known ones."""
    for id, name in (*resolved.people, *resolved.teams):
        click.echo(f"new in {masthead}: {name} ({id})", err=True)
    for id, label in resolved.roles:
        click.echo(f"new role in {masthead}: {label} ({id})", err=True)
    for name, known, id in resolved.near:
        message = f'"{name}" is similar to "{known}" in the masthead'
        hint = f"replace it with {id} if they are the same person"
        click.echo(f"{click.style('review', fg='yellow')}: {message}; {hint}", err=True)


def outline_json(outline: Outline, draft: Draft) -> dict[str, Any]:
    """Return the outline as JSON values."""
    parts = outline_as_json(outline, draft)
    return {"draft": draft.origin, "format": draft.kind, "parts": parts}


def notes_json(notes: Iterable[ImportNote]) -> list[dict[str, Any]]:
    """Return notes as JSON values."""
    return [
        {"kind": note.kind, "message": note.message, "words": note.words, "line": note.line}
        for note in notes
    ]


def people_json(resolved: ResolvedPeople) -> dict[str, Any]:
    """Return additions to the masthead, and names similar to known ones, as JSON values."""
    similar = [{"name": name, "known": known, "id": id} for name, known, id in resolved.near]
    return {
        "people": dict(resolved.people),
        "teams": dict(resolved.teams),
        "roles": dict(resolved.roles),
        "similar": similar,
    }
