"""An outline as an editable text file, similar to the todo list of `git rebase -i`."""

from __future__ import annotations

import re
from collections.abc import Collection

from newsletter.errors import NewsletterError
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
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
# Outline of {origin}. Save and close to import it; empty the file to cancel.
#
# A word at the left edge starts a part: issue, credits, skip, or a kind of section:
#   {kinds}
# Below it are the blocks of the draft: number, role, and first words.
#
#   change a kind   write another word at the left edge
#   split           put a word at the left edge between two blocks
#   join            delete the word between two parts, or write join there
#   leave out       write skip above: the text is listed and not imported
#   move            parts appear in the issue in the order they have here
#   change a role   write another word after the number: title, heading, text, by, tags, date,
#                   source, more, label; in the issue part title, deck, date
#
# Text after the role is ignored, and so are lines that begin with #.

"""


def format_outline(outline: Outline, draft: Draft, kinds: Collection[str]) -> str:
    """Return an outline as editable text."""
    parts = []
    for part in outline.parts:
        rows = [f"{part.kind:<12}{part.confidence}{': ' if part.reason else ''}{part.reason}"]
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


def parse_outline(text: str, draft: Draft, kinds: Collection[str], name: str) -> Outline | None:
    """Parse an edited outline file; return `None` if it was emptied.

    Raises `NewsletterError` at the line that is invalid; `name` is the file name shown in messages.
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
                    "Block above the first part", where=where, hint="Start a part, such as essay."
                )
            parts[-1][1].append(_row(match, parts[-1][0], draft, seen, where=where))
        elif match := _PART.fullmatch(line.rstrip()):
            _open(match[1], parts, kinds, where)
        else:
            raise NewsletterError(
                f"Expected a part or a block, found {quoted(line.strip())}", where=where, hint=_HINT
            )
    if not parts:
        return None
    lost = [
        index
        for index, block in enumerate(draft.blocks)
        if block.words.strip() and block.kind != "note"
    ]
    if missing := [index for index in lost if index not in seen]:
        raise NewsletterError(
            f"{_listed(missing)} missing from the outline",
            where=Location(name),
            hint="Restore the lines; put them below `skip` to leave them out.",
        )
    return Outline(
        tuple(OutlinePart(kind, tuple(rows), "high", "edited") for kind, rows in parts if rows)
    )


_HINT = "Start a part with one word at the left edge, a block with spaces and its number."


def _listed(places: list[int]) -> str:
    shown = ", ".join(str(index + 1) for index in places[:8]) + (" …" if len(places) > 8 else "")
    return f"Block {shown} is" if len(places) == 1 else f"Blocks {shown} are"


def _open(
    word: str, parts: list[tuple[str, list[OutlineRow]]], kinds: Collection[str], where: Location
) -> None:
    if word == JOIN:
        if not parts:
            raise NewsletterError(
                "No part above to join", where=where, hint="Start a part, such as essay."
            )
    elif word not in kinds and word not in ROLES:
        known = (*sorted(kinds), *ROLES, JOIN)
        raise NewsletterError(
            f"Unknown part {quoted(word)}", where=where, hint=spelling_hint(word, known)
        )
    elif word in (ISSUE, CREDITS) and any(kind == word for kind, _ in parts):
        raise NewsletterError(
            f"Second part `{word}`", where=where, hint="Move its blocks into the first."
        )
    else:
        parts.append((word, []))


def _row(
    match: re.Match[str], kind: str, draft: Draft, seen: dict[int, int], *, where: Location
) -> OutlineRow:
    index = int(match[1]) - 1
    if not 0 <= index < len(draft.blocks):
        raise NewsletterError(f"No block {match[1]} in the draft", where=where)
    if index in seen:
        raise NewsletterError(
            f"Block {match[1]} is also on line {seen[index]}",
            where=where,
            hint="Delete one of them.",
        )
    seen[index] = where.line or 0
    return OutlineRow(index, _role(match[2] or "text", kind, where))


def _role(word: str, kind: str, where: Location) -> Role:
    """Return the role of a block in a part; credits and skipped parts have only one role."""
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
    message = f"Block role {quoted(word)} is not allowed in `{kind}`"
    raise NewsletterError(message, where=where, hint=spelling_hint(word, allowed))
