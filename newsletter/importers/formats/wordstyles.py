"""The paragraph styles of a .docx, with inheritance, and the numbering of lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from newsletter.importers.formats.wordxml import W, is_on, val

_HEADING = re.compile(r"heading ([1-6])", re.IGNORECASE)
_DEPTH = 20  # limit for styles based on styles, which may be circular


class WordStyle(Struct, frozen=True):
    name: str = ""
    level: int = 0  # heading level
    bold: bool | None = None
    italic: bool | None = None
    hidden: bool | None = None
    centred: bool | None = None
    size: float | None = None  # points
    list: tuple[str, int] | None = None  # numbering id and level


class WordStyles:
    def __init__(self, root: Any) -> None:
        self.elements = {
            element.get(W + "styleId", ""): element for element in _children(root, "style")
        }
        self.default = next(
            (key for key, element in self.elements.items() if _is_default(element)), ""
        )
        size = val(root, "docDefaults/rPrDefault/rPr/sz") if root is not None else None
        self.size = _points(size)
        self.known: dict[str, WordStyle] = {}

    def style(self, id_: str | None) -> WordStyle:
        """Return a style with inherited properties.

        The default style for a paragraph without one.
        """
        key = id_ if id_ is not None else self.default
        if key not in self.known:
            self.known[key] = self._read(key)
        return self.known[key]

    def _read(self, key: str) -> WordStyle:
        chain: list[Any] = []
        names = set()
        while key in self.elements and key not in names and len(chain) < _DEPTH:
            chain.append(self.elements[key])
            names.add(key)
            key = val(chain[-1], "basedOn") or ""
        if not chain:
            return WordStyle()

        def first(path: str) -> str | None:
            return next(
                (text for element in chain if (text := val(element, path)) is not None), None
            )

        jc, number = first("pPr/jc"), first("pPr/numPr/numId")
        name = val(chain[0], "name") or ""
        return WordStyle(
            name,
            next((level for element in chain if (level := _level(val(element, "name"), None))), 0)
            or _level(None, first("pPr/outlineLvl")),
            is_on(first("rPr/b")),
            is_on(first("rPr/i")),
            is_on(first("rPr/vanish")),
            None if jc is None else jc == "center",
            _points(first("rPr/sz")),
            (number, _list_level(first("pPr/numPr/ilvl"))) if number else None,
        )


def _children(root: Any, name: str) -> list[Any]:
    return [] if root is None else list(root.iterchildren(W + name))


def _is_default(element: Any) -> bool:
    return element.get(W + "type") == "paragraph" and is_on(element.get(W + "default", "0")) is True


def _level(name: str | None, outline: str | None) -> int:
    if match := _HEADING.fullmatch(name or ""):
        return int(match[1])
    return int(outline) + 1 if outline and outline.isdecimal() and int(outline) < 6 else 0


def _points(half: str | None) -> float | None:
    return int(half) / 2 if half and half.isdecimal() and len(half) < 5 else None


def _list_level(text: str | None) -> int:
    return min(int(text), 8) if text and text.isdecimal() else 0


def outline(paragraph: Any) -> int:
    """Return the outline level of a paragraph that is a heading without a heading style."""
    return _level(None, val(paragraph, "pPr/outlineLvl"))


class ListNumber(Struct, frozen=True):
    """The position of a paragraph in a list."""

    list: str  # the same for all items of a list
    number: int


class Numbering:
    """Counts list items as Word does.

    Instances of the same list continue counting unless they define a start.
    """

    def __init__(self, root: Any) -> None:
        self.kinds: dict[
            str, Mapping[int, tuple[bool, int]]
        ] = {}  # list -> level -> (numbered, first)
        for abstract in _children(root, "abstractNum"):
            levels = {
                _list_level(level.get(W + "ilvl")): (
                    val(level, "numFmt") != "bullet",
                    _first(val(level, "start")),
                )
                for level in abstract.iterchildren(W + "lvl")
            }
            self.kinds[abstract.get(W + "abstractNumId", "")] = levels
        self.lists: dict[str, str] = {}  # instance id -> list id
        self.starts: dict[tuple[str, int], int] = {}  # instance id, level -> restart number
        for element in _children(root, "num"):
            id_ = element.get(W + "numId", "")
            self.lists[id_] = val(element, "abstractNumId") or ""
            for override in element.iterchildren(W + "lvlOverride"):
                if (start := val(override, "startOverride")) is not None:
                    self.starts[id_, _list_level(override.get(W + "ilvl"))] = _first(start)
        self.counts: dict[str, dict[int, int]] = {}
        self.met: set[tuple[str, int]] = set()

    def next(self, id_: str, level: int) -> ListNumber | None:
        """Return the number of a list's next item, or `None` if the list is not defined."""
        kind = self.lists.get(id_)
        if kind is None or id_ == "0":
            return None
        counts = self.counts.setdefault(kind, {})
        first = self.kinds.get(kind, {}).get(level, (True, 1))[1]
        if (id_, level) in self.starts and (id_, level) not in self.met:
            counts[level] = self.starts[id_, level]
        else:
            counts[level] = counts[level] + 1 if level in counts else first
        self.met.add((id_, level))
        for deeper in [item for item in counts if item > level]:
            del counts[deeper]
        return ListNumber(id_, counts[level])


def _first(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 1


def repaired_styles(root: Any) -> Any:
    """Return a style part in which every style has the attributes that the converter requires."""
    for element in list(root.iterchildren(W + "style")):
        if not element.get(W + "styleId"):
            root.remove(element)
        elif not element.get(W + "type"):
            element.set(W + "type", "paragraph")
        for child in list(element):
            if child.tag not in (W + "name", W + "pPr"):  # all that the converter reads
                element.remove(child)
    return root


def repaired_numbering(root: Any) -> Any:
    """Return a numbering part without the lists and levels that have no number."""
    for element in list(root.iterchildren(W + "num")):
        if not element.get(W + "numId") or val(element, "abstractNumId") is None:
            root.remove(element)
    for element in list(root.iterchildren(W + "abstractNum")):
        if not element.get(W + "abstractNumId"):
            root.remove(element)
    for level in list(root.iter(W + "lvl")):
        if not level.get(W + "ilvl"):
            level.getparent().remove(level)
    return root
