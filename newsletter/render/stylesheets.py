"""A caching replacement for cssutils, used by premailer in its place.

cssutils takes longer to parse CSS than premailer takes to apply it, and importing it is a fifth of
a short run. A theme's style sheet and the styles that the MJML engine writes are the same in every
issue, so parsed CSS is cached, and cssutils is imported only for CSS that was never parsed before.
"""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec
from msgspec import Struct

from newsletter.files.cache import engines

if TYPE_CHECKING:
    from newsletter.render.images import BlobCache


T = TypeVar("T")
SHEETS = STYLES = 4096  # maximum entries: rules of the themes, styles of the emails
# A style sheet that consists of rules only: no @ rules, no comments, no braces in strings. Spaces
# between rules belong to one part only: otherwise a sheet that does not match takes 2ⁿ steps.
_PLAIN = re.compile(r"""(?:[^{}@/"']++\{(?:[^{}@/"']|/(?!\*)|"[^"{}]*"|'[^'{}]*')*+\}\s*+)++""")


class Declaration(Struct, frozen=True, array_like=True):
    """A property parsed by cssutils, with the attributes that premailer reads."""

    name: str
    value: str
    cssText: str  # noqa: N815 - cssutils' name for the value, comments included
    priority: str

    @property
    def propertyValue(self) -> Declaration:  # noqa: N802 - cssutils' name
        return self


class StyleRule(Struct, frozen=True, array_like=True):
    """A style rule parsed by cssutils, with the attributes that premailer reads."""

    selectorText: str  # noqa: N815 - cssutils' name
    declarations: Sequence[Declaration]
    type: ClassVar[int] = 1
    STYLE_RULE: ClassVar[int] = 1
    MEDIA_RULE: ClassVar[int] = 4

    @property
    def style(self) -> StyleRule:
        return self

    def getProperties(self) -> Sequence[Declaration]:  # noqa: N802 - cssutils' name
        return self.declarations


class ParsedCss(Struct, frozen=True):
    """Parsed CSS as it is stored: styles and rules by their source."""

    styles: dict[str, list[Declaration]]
    sheets: dict[str, list[StyleRule]]


class CssCache:
    """Replaces the cssutils module, as far as premailer uses it."""

    def __init__(self) -> None:
        self.styles: dict[str, list[Declaration]] = {}
        self.sheets: dict[str, list[StyleRule]] = {}
        self.loaded = False
        self.new = False  # whether anything was parsed that is not in the cache yet

    def parseStyle(self, css: str, validate: bool = False) -> list[Declaration]:  # noqa: N802 - cssutils' name
        if css not in self.styles:
            read = list(map(_declaration, _cssutils().parseStyle(css, validate=False)))
            self._put(self.styles, css, read, STYLES)
        return self.styles[css]

    def parseString(self, css: str, validate: bool = False) -> Any:  # noqa: N802 - cssutils' name
        rules: list[StyleRule] = []
        for piece in _pieces(css):
            if piece not in self.sheets:
                sheet = _cssutils().CSSParser(fetcher=_nothing).parseString(piece, validate=False)
                if any(rule.type == rule.MEDIA_RULE for rule in sheet):
                    return sheet  # premailer writes these back in cssutils' formatting
                read = [_rule(rule) for rule in sheet if rule.type == rule.STYLE_RULE]
                self._put(self.sheets, piece, read, SHEETS)
            rules += self.sheets[piece]
        return rules

    def __getattr__(self, name: str) -> Any:
        """Return anything else from cssutils: premailer needs it to write `@media` rules back."""
        if name.startswith("__"):  # asked by copy and pickle
            raise AttributeError(name)
        return getattr(_cssutils(), name)

    def _put(self, read: dict[str, T], css: str, found: T, most: int) -> None:
        """Store a parsed sheet and drop the oldest: each save of an edited theme adds one."""
        while len(read) >= most:
            del read[next(iter(read))]
        read[css] = found
        self.new = True

    def load(self, cache: BlobCache) -> None:
        """Load the CSS that earlier processes parsed."""
        if not self.loaded and (data := cache.get(_key())):
            kept = msgspec.json.decode(data, type=ParsedCss)
            self.styles |= kept.styles
            self.sheets |= kept.sheets
            self.loaded = True

    def save(self, cache: BlobCache) -> None:
        """Store the parsed CSS, if any of it is new."""
        if self.new:
            cache.put(_key(), msgspec.json.encode(ParsedCss(self.styles, self.sheets)))
            self.new, self.loaded = False, True


def _pieces(css: str) -> list[str]:
    """Return the rules of a style sheet; unchanged ones come from the cache."""
    return re.findall(r"[^{}]+\{[^{}]*\}", css) if _PLAIN.fullmatch(css.strip()) else [css]


def _key() -> str:
    return hashlib.sha256("\n".join(engines()).encode()).hexdigest() + ".css"


def _cssutils() -> Any:
    module = importlib.import_module("cssutils")
    # cssutils would print warnings about CSS that mail clients need to standard error.
    module.log.setLevel("CRITICAL")
    return module


def _nothing(url: str) -> None:
    """Fetch nothing: cssutils would request imported sheets, but a build makes no requests."""


def _declaration(part: Any) -> Declaration:
    return Declaration(part.name, part.value, part.propertyValue.cssText, part.priority)


def _rule(rule: Any) -> StyleRule:
    return StyleRule(rule.selectorText, list(map(_declaration, rule.style.getProperties())))
