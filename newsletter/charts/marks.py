"""Drawing primitives: five shapes with a color role, in pixels from the top left corner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


class Box(Struct, frozen=True):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    color: str
    outline: str = ""


class Stroke(Struct, frozen=True):
    """A line through points."""

    points: tuple[Point, ...]
    color: str
    width: float = 1.0
    dash: str = ""


class Surface(Struct, frozen=True):
    """A filled shape through points."""

    points: tuple[Point, ...]
    color: str


class Disc(Struct, frozen=True):
    """A dot; a hollow one is filled with the card's color."""

    x: float
    y: float
    radius: float
    color: str
    hollow: bool = False


class Label(Struct, frozen=True):
    """A line of text; `y` is the middle of its lower-case letters, for consistent rendering."""

    x: float
    y: float
    text: str
    size: float
    color: str = "ink"
    anchor: Anchor = "start"
    bold: bool = False
    halo: bool = False  # an outline in the card's color, over marks


Mark = Box | Stroke | Surface | Disc | Label
_MIRRORED: dict[Anchor, Anchor] = {"start": "end", "end": "start", "middle": "middle"}


class MarkGroup(Struct, frozen=True):
    """Marks with their size."""

    marks: tuple[Mark, ...]
    height: float


def moved(marks: Iterable[Mark], dx: float, dy: float) -> tuple[Mark, ...]:
    """Return marks moved to the right and down."""
    return tuple(_moved(mark, dx, dy) for mark in marks)


def _moved(mark: Mark, dx: float, dy: float) -> Mark:
    if isinstance(mark, Stroke | Surface):
        return replace(mark, points=tuple((x + dx, y + dy) for x, y in mark.points))
    return replace(mark, x=mark.x + dx, y=mark.y + dy)


def mirrored(marks: Iterable[Mark], width: float) -> tuple[Mark, ...]:
    """Return marks mirrored for right-to-left languages."""
    return tuple(_mirror(mark, width) for mark in marks)


def _mirror(mark: Mark, width: float) -> Mark:
    if isinstance(mark, Stroke | Surface):
        return replace(mark, points=tuple((width - x, y) for x, y in mark.points))
    if isinstance(mark, Box):
        return replace(mark, x=width - mark.x - mark.width)
    if isinstance(mark, Label):
        # resvg and browsers do not flip anchors by themselves.
        return replace(mark, x=width - mark.x, anchor=_MIRRORED[mark.anchor])
    return replace(mark, x=width - mark.x)
