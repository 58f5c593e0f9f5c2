"""An outline as a sheet to edit, in the manner of `git rebase -i`."""

from __future__ import annotations

import re
from collections.abc import Collection

from newsletter.errors import NewsletterError
from newsletter.files.suggest import did_you_mean
from newsletter.importers.draft import Draft
from newsletter.importers.structure.outline import (
    CREDITS,
    ISSUE,
    OF_SECTIONS,
    ROLES,
    SKIP,
    Outline,
    OutlinePart,
    OutlineRow,
    Role,
)
from newsletter.model import Location

JOIN = "join"
_BLOCK = re.compile(r"[ \t]+(\d+)\b[ \t]*(\S*)")
_PART = re.compile(r"([\w-]+)(?:[ \t].*)?")
_HELP = """\
# What {origin} says. Save and close to import it so; empty the file to stop.
#
# A word at the left edge opens a part: issue, credits, skip, or a kind of section:
#   {kinds}
# Below it stand the blocks of the draft, each with its number, what it is, and its first words to know it by.
#
#   change a kind   write another word at the left edge
#   split           put a word at the left edge between two blocks
#   join            delete the word between two parts, or write join there
#   leave out       write skip above: it is listed, and does not come across
#   move            parts stand in the issue in the order they have here
#   change a block  write another word behind its number: title, heading, text, by, tags, date, source, more, label;
#                   in the issue's own part title, deck, date
#
# What stands behind that word is not read, nor is a line that begins with #.

"""


def sheet(outline: Outline, draft: Draft, kinds: Collection[str]) -> str:
    """Return an outline as text to edit."""
    parts = []
    for part in outline.parts:
        rows = [f"{part.kind:<12}{part.sure}{': ' if part.why else ''}{part.why}"]
        for row in part.rows:
            words = " ".join(draft.blocks[row.block].words.split())
            shown = words if len(words) <= 72 else f"{words[:71]}…"
            rows.append(
                f"  {row.block + 1:>4} {row.role:<8} {shown or '(' + draft.blocks[row.block].kind + ')'}".rstrip()
            )
        parts.append("\n".join(rows))
    return (
        _HELP.format(origin=draft.origin, kinds=" ".join(sorted(kinds))) + "\n\n".join(parts) + "\n"
    )


def read_sheet(text: str, draft: Draft, kinds: Collection[str], name: str) -> Outline | None:
    """Return the outline an edited sheet says; `None` where it was emptied.

    Raises `NewsletterError` at the sheet's line where nothing can be done with it; `name` is the sheet's, for people.
    """
    parts: list[tuple[str, list[OutlineRow]]] = []
    seen: dict[int, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        where = Location(name, number, 1)
        if not line.strip() or line.startswith("#"):
            continue
        if match := _BLOCK.match(line):
            if not parts:
                raise NewsletterError(
                    "a block stands above the first part", where=where, hint="Open a part: essay"
                )
            parts[-1][1].append(_row(match, parts[-1][0], draft, seen, where))
        elif match := _PART.fullmatch(line.rstrip()):
            _open(match[1], parts, kinds, where)
        else:
            raise NewsletterError(
                f"{line.strip()!r} is neither a part nor a block", where=where, hint=_HINT
            )
    if not parts:
        return None
    lost = [
        place for place, one in enumerate(draft.blocks) if one.words.strip() and one.kind != "note"
    ]
    if missing := [place for place in lost if place not in seen]:
        raise NewsletterError(
            f"{_listed(missing)} in no part",
            where=Location(name),
            hint="Put back the lines, below `skip` if they shall not come across.",
        )
    return Outline(
        tuple(OutlinePart(kind, tuple(rows), "sure", "by hand") for kind, rows in parts if rows)
    )


_HINT = "A part is one word at the left edge; a block is indented and begins with its number."


def _listed(places: list[int]) -> str:
    shown = ", ".join(str(place + 1) for place in places[:8]) + (" …" if len(places) > 8 else "")
    return f"block {shown} is" if len(places) == 1 else f"blocks {shown} are"


def _open(
    word: str, parts: list[tuple[str, list[OutlineRow]]], kinds: Collection[str], where: Location
) -> None:
    if word == JOIN:
        if not parts:
            raise NewsletterError(
                "there is nothing above to join", where=where, hint="Open a part: essay"
            )
    elif word not in kinds and word not in ROLES:
        known = (*sorted(kinds), *ROLES, JOIN)
        raise NewsletterError(
            f"no part is called {word!r}", where=where, hint=did_you_mean(word, known)
        )
    elif word in (ISSUE, CREDITS) and any(kind == word for kind, _ in parts):
        raise NewsletterError(
            f"an issue has one part `{word}`", where=where, hint="Move its blocks there."
        )
    else:
        parts.append((word, []))


def _row(
    match: re.Match[str], kind: str, draft: Draft, seen: dict[int, int], where: Location
) -> OutlineRow:
    place = int(match[1]) - 1
    if not 0 <= place < len(draft.blocks):
        raise NewsletterError(f"the draft has no block {match[1]}", where=where)
    if place in seen:
        raise NewsletterError(
            f"block {match[1]} stands on line {seen[place]} too", where=where, hint="Keep one."
        )
    seen[place] = where.line or 0
    return OutlineRow(place, _role(match[2] or "text", kind, where))


def _role(word: str, kind: str, where: Location) -> Role:
    """Return what a block is in a part; credits and what is skipped are of one sort."""
    if kind == CREDITS:
        return "credit"
    if kind == SKIP:
        return "text"
    allowed = ROLES.get(kind, OF_SECTIONS)
    for role in allowed:
        if role == word:
            return role
    if kind != ISSUE and word in ("credit", "deck"):
        return "text"
    message = f"a block of `{kind}` cannot be {word!r}"
    raise NewsletterError(message, where=where, hint=did_you_mean(word, allowed))
