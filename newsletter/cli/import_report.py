"""How a draft that comes in is told: what was understood, what does not come across as it was."""

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
    count_words,
    line_range,
    outline_as_json,
    part_title,
    section_words,
)
from newsletter.markup.width import display_width

_COLOURS = {"high": "green", "medium": "yellow", "low": "red"}
_WIDE = 52  # columns for a title


def show_outline(outline: Outline, draft: Draft) -> None:
    """Print the parts as a table: kind, words, lines of the draft, title, how sure it is."""
    total = sum(count_words(block.words) for block in draft.blocks)
    click.echo(
        f"{draft.origin} ({draft.kind}): {pluralize(len(outline.sections), 'section')}, {total:,} words"
    )
    rows = []
    for part in outline.parts:
        first, last = line_range(part, draft)
        size = "" if part.kind in (ISSUE, CREDITS, SKIP) else f"{section_words(part, draft):,}"
        rows.append(
            (
                part.kind,
                size,
                f"{first}–{last}" if last > first else str(first),
                part_title(part, draft),
                part,
            )
        )
    shown = [("kind", "words", f"{draft.unit}s", "title"), *(row[:4] for row in rows)]
    wide = [max(len(row[column]) for row in shown) for column in range(3)]
    for index, (kind, size, lines, title) in enumerate(shown):
        confidence = f"{rows[index - 1][4].confidence}" if index else "how sure"
        reason = f": {rows[index - 1][4].reason}" if index and rows[index - 1][4].reason else ""
        painted = click.style(confidence, fg=_COLOURS.get(confidence))
        click.echo(
            f"  {kind:<{wide[0]}}  {size:>{wide[1]}}  {lines:<{wide[2]}}  {_fitted(title)}  {painted}{reason}"
        )


def _fitted(title: str) -> str:
    while display_width(title) > _WIDE:
        title = title.rstrip("…")[: -max((display_width(title) - _WIDE) // 2, 1)].rstrip() + "…"
    return title + " " * (_WIDE - display_width(title))


def show_notes(notes: Iterable[ImportNote], unit: str) -> None:
    """Write what changed, what is to be looked at, and what is lost, all of it word by word, to standard error."""
    notes = tuple(notes)
    changed: dict[str, list[ImportNote]] = {}
    for note in notes:
        if note.kind == "changed":
            changed.setdefault(note.message, []).append(note)
    for message, group in changed.items():
        words = ", ".join(
            dict.fromkeys(" ".join(note.words.split()) for note in group if note.words.strip())
        )
        click.echo(
            f"changed: {message}{_places([note.line for note in group], unit)}{': ' if words else ''}{words}",
            err=True,
        )
    for note in notes:
        if note.kind != "changed":
            words = f": {' '.join(note.words.split())}" if note.words.strip() else ""
            head = click.style("not brought along" if note.kind == "omitted" else "review", fg="yellow")
            location = f" ({unit} {note.line})" if note.line else ""
            click.echo(f"{head}: {note.message}{location}{words}", err=True)


def _places(lines: Sequence[int], unit: str) -> str:
    known = sorted({line for line in lines if line})
    if not known:
        return ""
    shown = ", ".join(map(str, known[:6])) + (", …" if len(known) > 6 else "")
    return f" ({unit}{'s' if len(known) > 1 else ''} {shown})"


def show_people(resolved: ResolvedPeople, masthead: str) -> None:
    """Write who is new to the masthead, and who is nearly known, to standard error."""
    for id, name in (*resolved.people, *resolved.teams):
        click.echo(f"new in {masthead}: {name} ({id})", err=True)
    for id, label in resolved.roles:
        click.echo(f"new role in {masthead}: {label} ({id})", err=True)
    for name, known, id in resolved.near:
        message = f"{name!r} is nearly {known!r} of the masthead: write {id} in its place if they are the same"
        click.echo(f"{click.style('look', fg='yellow')}: {message}", err=True)


def outline_json(outline: Outline, draft: Draft) -> dict[str, Any]:
    """Return what was understood as JSON values."""
    return {"draft": draft.origin, "format": draft.kind, "parts": outline_as_json(outline, draft)}


def notes_json(notes: Iterable[ImportNote]) -> list[dict[str, Any]]:
    """Return what does not come across as it was as JSON values."""
    return [
        {"kind": note.kind, "message": note.message, "words": note.words, "line": note.line}
        for note in notes
    ]


def people_json(resolved: ResolvedPeople) -> dict[str, Any]:
    """Return new people, teams and roles, and near spellings, as JSON values."""
    new = {"people": resolved.people, "teams": resolved.teams, "roles": resolved.roles}
    near = [{"written": name, "known": known, "id": id} for name, known, id in resolved.near]
    return {**{key: dict(entries) for key, entries in new.items()}, "near": near}
