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
    as_json,
    count,
    lines_of,
    title_of,
    words_of,
)
from newsletter.markup.width import display_width

_COLOURS = {"sure": "green", "likely": "yellow", "guess": "red"}
_WIDE = 52  # columns for a title


def show_outline(outline: Outline, draft: Draft) -> None:
    """Print the parts as a table: kind, words, lines of the draft, title, how sure it is."""
    total = sum(count(block.words) for block in draft.blocks)
    click.echo(
        f"{draft.origin} ({draft.kind}): {pluralize(len(outline.sections), 'section')}, {total:,} words"
    )
    rows = []
    for part in outline.parts:
        first, last = lines_of(part, draft)
        size = "" if part.kind in (ISSUE, CREDITS, SKIP) else f"{words_of(part, draft):,}"
        rows.append(
            (
                part.kind,
                size,
                f"{first}–{last}" if last > first else str(first),
                title_of(part, draft),
                part,
            )
        )
    shown = [("kind", "words", f"{draft.unit}s", "title"), *(row[:4] for row in rows)]
    wide = [max(len(row[column]) for row in shown) for column in range(3)]
    for index, (one, two, three, title) in enumerate(shown):
        sure = f"{rows[index - 1][4].sure}" if index else "how sure"
        why = f": {rows[index - 1][4].why}" if index and rows[index - 1][4].why else ""
        painted = click.style(sure, fg=_COLOURS.get(sure))
        click.echo(
            f"  {one:<{wide[0]}}  {two:>{wide[1]}}  {three:<{wide[2]}}  {_fitted(title)}  {painted}{why}"
        )


def _fitted(title: str) -> str:
    while display_width(title) > _WIDE:
        title = title.rstrip("…")[: -max((display_width(title) - _WIDE) // 2, 1)].rstrip() + "…"
    return title + " " * (_WIDE - display_width(title))


def show_notes(told: Iterable[ImportNote], unit: str) -> None:
    """Write what changed, what is to be looked at, and what is lost, all of it word by word, to standard error."""
    told = tuple(told)
    changed: dict[str, list[ImportNote]] = {}
    for note in told:
        if note.kind == "changed":
            changed.setdefault(note.message, []).append(note)
    for message, notes in changed.items():
        words = ", ".join(
            dict.fromkeys(" ".join(note.words.split()) for note in notes if note.words.strip())
        )
        click.echo(
            f"changed: {message}{_places([note.line for note in notes], unit)}{': ' if words else ''}{words}",
            err=True,
        )
    for note in told:
        if note.kind != "changed":
            words = f": {' '.join(note.words.split())}" if note.words.strip() else ""
            head = click.style("not brought along" if note.kind == "lost" else "look", fg="yellow")
            place = f" ({unit} {note.line})" if note.line else ""
            click.echo(f"{head}: {note.message}{place}{words}", err=True)


def _places(lines: Sequence[int], unit: str) -> str:
    known = sorted({line for line in lines if line})
    if not known:
        return ""
    shown = ", ".join(map(str, known[:6])) + (", …" if len(known) > 6 else "")
    return f" ({unit}{'s' if len(known) > 1 else ''} {shown})"


def show_people(who: ResolvedPeople, masthead: str) -> None:
    """Write who is new to the masthead, and who is nearly known, to standard error."""
    for id, name in (*who.people, *who.teams):
        click.echo(f"new in {masthead}: {name} ({id})", err=True)
    for id, label in who.roles:
        click.echo(f"new role in {masthead}: {label} ({id})", err=True)
    for name, known, id in who.near:
        message = f"{name!r} is nearly {known!r} of the masthead: write {id} in its place if they are the same"
        click.echo(f"{click.style('look', fg='yellow')}: {message}", err=True)


def outline_json(outline: Outline, draft: Draft) -> dict[str, Any]:
    """Return what was understood as JSON values."""
    return {"draft": draft.origin, "format": draft.kind, "parts": as_json(outline, draft)}


def notes_json(told: Iterable[ImportNote]) -> list[dict[str, Any]]:
    """Return what does not come across as it was as JSON values."""
    return [
        {"kind": one.kind, "message": one.message, "words": one.words, "line": one.line}
        for one in told
    ]


def people_json(who: ResolvedPeople) -> dict[str, Any]:
    """Return new people, teams and roles, and near spellings, as JSON values."""
    new = {"people": who.people, "teams": who.teams, "roles": who.roles}
    near = [{"written": name, "known": known, "id": id} for name, known, id in who.near]
    return {**{key: dict(entries) for key, entries in new.items()}, "near": near}
