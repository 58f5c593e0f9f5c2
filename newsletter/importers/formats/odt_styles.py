"""The styles of an OpenDocument text, with inheritance, and which lists are numbered."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

_NS = "{urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE = f"{_NS}office:1.0}}", f"{_NS}text:1.0}}", f"{_NS}table:1.0}}"
DRAW, STYLE = f"{_NS}drawing:1.0}}", f"{_NS}style:1.0}}"
FO, SVG = f"{_NS}xsl-fo-compatible:1.0}}", f"{_NS}svg-compatible:1.0}}"


class OdtStyle(Struct, frozen=True):
    """A style, including inherited properties."""

    name: str = ""  # display name
    bold: bool = False
    italic: bool = False
    deleted: bool = False
    raised: str = ""  # sub or sup
    hidden: bool = False
    centred: bool = False
    size: float | None = None  # points


class OdtStyles:
    """The styles of a document by family and name, and which lists are numbered."""

    def __init__(self, sheets: list[Any]) -> None:
        self.elements: dict[tuple[str, str], Any] = {}
        self.lists: dict[str, Any] = {}
        for sheet in reversed(sheets):  # automatic styles of the text take precedence
            for element in sheet.iter(f"{STYLE}style"):
                key = (element.get(f"{STYLE}family", ""), element.get(f"{STYLE}name", ""))
                self.elements[key] = element
            for element in sheet.iter(f"{TEXT}list-style"):
                self.lists[element.get(f"{STYLE}name", "")] = element
        self.known: dict[tuple[str, str], OdtStyle] = {}

    def style(self, family: str, name: str | None) -> OdtStyle:
        key = (family, name or "")
        if key not in self.known:
            self.known[key] = self._read(key)
        return self.known[key]

    def _read(self, key: tuple[str, str]) -> OdtStyle:
        family, name = key
        chain: list[Any] = []
        while (family, name) in self.elements and len(chain) < 20:
            chain.append(self.elements[family, name])
            name = chain[-1].get(f"{STYLE}parent-style-name", "")
        values: dict[str, str] = {}
        for element in reversed(chain):
            for properties in element:
                for attribute, value in properties.attrib.items():
                    values[str(attribute)] = str(value)
        position = values.get(f"{STYLE}text-position", "").split(" ")[0]
        return OdtStyle(
            _shown_name(key[1], chain),
            bold=_is_bold(values.get(f"{FO}font-weight", "")),
            italic=values.get(f"{FO}font-style", "") in ("italic", "oblique"),
            deleted=values.get(f"{STYLE}text-line-through-style", "none") != "none",
            raised=_raised(position),
            hidden=values.get(f"{TEXT}display", "") == "none",
            centred=values.get(f"{FO}text-align", "") == "center",
            size=_points(values.get(f"{FO}font-size", "")),
        )

    def is_numbered(self, name: str, level: int) -> bool:
        """Return whether a list level is numbered."""
        element = self.lists.get(name)
        for entry in element if element is not None else ():
            if entry.get(f"{TEXT}level") == str(level):
                return bool(entry.tag == f"{TEXT}list-level-style-number")
        return False


def _shown_name(name: str, chain: list[Any]) -> str:
    """Return the display name of the first style in a chain that users can select."""
    for element in chain:
        if element.getparent().tag == f"{OFFICE}styles":
            own = element.get(f"{STYLE}name", "")
            return str(element.get(f"{STYLE}display-name", own.replace("_20_", " ")))
    return name.replace("_20_", " ")


def _is_bold(weight: str) -> bool:
    return weight == "bold" or (weight.isdecimal() and int(weight) >= 600)


def _raised(position: str) -> str:
    if position.startswith("super"):
        return "sup"
    if position.startswith("sub"):
        return "sub"
    match = re.match(r"(-?\d+)%", position)
    if match is None or int(match[1]) == 0:
        return ""
    return "sup" if int(match[1]) > 0 else "sub"


def _points(size: str) -> float | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)pt", size)
    return float(match[1]) if match else None
