"""Text styles from a draft's CSS: classes in Google Docs, inline styles in other programs."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

LIMIT = 200_000  # characters of style sheets; longer ones style the site, not the text
_PARTS = re.compile(r"([A-Za-z][\w-]*)?((?:\.[\w-]+)*)$")
_SIZE = re.compile(r"([\d.]+)(pt|px)")
_MONOSPACE = ("courier", "consolas", "monospace", "roboto mono", "menlo", "monaco")


class TextStyle(Struct, frozen=True):
    """Style of text; `None` means not specified."""

    bold: bool | None = None
    italic: bool | None = None
    deleted: bool | None = None
    raised: str | None = None  # sub, sup or baseline
    code: bool | None = None
    centred: bool | None = None
    size: float | None = None  # points
    hidden: bool | None = None
    after_break: bool = False  # a page break of Google Docs, exported as a hidden rule


class DraftStyles:
    """The style sheets of one document, limited to selectors of tags and classes."""

    def __init__(self, sheets: str = "") -> None:
        self.rules: dict[tuple[str, tuple[str, ...]], str] = {}
        if sheets and len(sheets) <= LIMIT:
            self._read(sheets)

    def _read(self, sheets: str) -> None:
        import tinycss2  # takes 20 ms, and most drafts have no style sheet

        for rule in tinycss2.parse_stylesheet(sheets, skip_comments=True, skip_whitespace=True):
            if rule.type != "qualified-rule":
                continue
            declarations = tinycss2.serialize(rule.content)
            for selector in tinycss2.serialize(rule.prelude).split(","):
                match = _PARTS.fullmatch(selector.strip())
                if match and (match[1] or match[2]):
                    key = ((match[1] or "").lower(), tuple(match[2].split(".")[1:]))
                    self.rules[key] = f"{self.rules.get(key, '')};{declarations}"

    def resolve(self, tag: str, classes: str, style: str) -> TextStyle:
        """Return the style of an element from the style sheets and its style attribute."""
        if not style and not self.rules:
            return NOTHING
        names = classes.split()
        declarations = [self.rules.get((tag, ()), "")]
        declarations += [
            self.rules.get((where, (name,)), "") for name in names for where in ("", tag)
        ]
        declarations.append(style)
        return parse_declarations(";".join(filter(None, declarations)))


NOTHING = TextStyle()


@lru_cache(maxsize=4096)
def parse_declarations(declarations: str) -> TextStyle:
    """Return the style in CSS declarations; later declarations take precedence."""
    css = NOTHING
    for declaration in declarations.split(";"):
        name, _, value = declaration.partition(":")
        read = _READERS.get(name.strip().lower())
        if read:
            css = replace(css, **read(value.replace("!important", "").strip().lower()))
    return css


def _weight(value: str) -> dict[str, bool]:
    return {"bold": value in ("bold", "bolder") or (value.isdigit() and int(value) >= 600)}


def _size(value: str) -> dict[str, float]:
    match = _SIZE.match(value)
    if not match or not match[1].strip("."):
        return {}
    return {"size": float(match[1]) * (0.75 if match[2] == "px" else 1)}


_READERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "font-weight": _weight,
    "font-style": lambda value: {"italic": value.startswith(("italic", "oblique"))},
    "text-decoration": lambda value: {"deleted": "line-through" in value},
    "text-decoration-line": lambda value: {"deleted": "line-through" in value},
    "vertical-align": lambda value: (
        {"raised": {"super": "sup", "sub": "sub"}.get(value, "baseline")}
        if value in ("super", "sub", "baseline")
        else {}
    ),
    "font-family": lambda value: {"code": value.strip("\"' ").startswith(_MONOSPACE)},
    "text-align": lambda value: {"centred": value == "center"},
    "font-size": _size,
    "display": lambda value: {"hidden": value == "none"},
    "visibility": lambda value: {"hidden": True} if value == "hidden" else {},
    "mso-hide": lambda value: {"hidden": True} if value == "all" else {},
    "page-break-before": lambda value: {"after_break": value == "always"},
}
