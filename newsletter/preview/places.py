"""Which line of the author's an element of the mail was written on."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.check.mail import Mail
from newsletter.model import Location


@dataclass(frozen=True, slots=True)
class Marked:
    """HTML with `data-at` on its elements, and the places that stand there."""

    html: str
    places: tuple[Location, ...]

    def target(self, where: Location) -> str | None:
        """Return the `data-at` to mark for a place: its own, or that of the nearest written before it in its file."""
        if where.line is None:
            return None
        before = [at for at in self.places if at.path == where.path and (at[1:] <= (where.line, where.column or 9999))]
        return str(max(before, key=lambda at: at[1:])) if before else None


def marked(mail: Mail, html: str) -> Marked:
    """Return HTML of a mail with the author's places on it."""
    return Marked(html, ())
