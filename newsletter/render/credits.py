"""The lines of the credits block, shared by HTML, text, web page and JSON."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from newsletter.languages import join
from newsletter.model import Credits, Holder


class CreditLine(Struct, frozen=True):
    """One printed line: `before` + the holders as a list + `after`."""

    roles: tuple[str, ...]  # ids; empty for the line of production
    label: str  # "Data and Postscript"; empty for the line of production
    holders: tuple[Holder, ...]
    names: str  # the holders as a list in the language
    before: str  # "Data and Postscript: "
    after: str  # " in Lisbon, Portugal"

    @property
    def text(self) -> str:
        return self.before + self.names + self.after


def credit_lines(
    credits: Credits, language: str, phrases: Mapping[str, str]
) -> tuple[CreditLine, ...]:
    """Return the lines in masthead order; roles held by the same people share a line."""
    groups: dict[frozenset[str], list[int]] = {}
    for index, credit in enumerate(credits.roles):
        if credit.holders:
            groups.setdefault(frozenset(holder.name for holder in credit.holders), []).append(index)
    lines = []
    for indices in groups.values():
        roles = [credits.roles[index].role for index in indices]
        holders = credits.roles[indices[0]].holders
        label = join([role.label for role in roles], language)
        names = join([holder.name for holder in holders], language)
        lines.append(
            CreditLine(
                tuple(role.id for role in roles),
                label,
                holders,
                names,
                label + phrases["colon"],
                "",
            )
        )
    if credits.produced_by:
        names = join([holder.name for holder in credits.produced_by], language)
        phrase = phrases["produced" if credits.location else "produced_nowhere"]
        before, _, after = phrase.partition("{team}")
        around = (part.replace("{place}", credits.location or "") for part in (before, after))
        lines.append(CreditLine((), "", credits.produced_by, names, *around))
    elif credits.location:
        lines.append(
            CreditLine((), "", (), "", phrases["place"].replace("{place}", credits.location), "")
        )
    return tuple(lines)
