"""Adapts premailer to inline CSS without network access and without parsing the same CSS twice.

premailer imports `requests` (90 ms, and network access that a build must not use), passes all CSS
to cssutils, which takes longer to parse it than premailer takes to apply it, and remembers the
results of 128 calls in Python code under a lock. All three are replaced here, in a private copy of
premailer's modules: `sys.modules` does not change, so a program that uses premailer itself gets the
original. The copy relies on the modules of premailer 3.10, hence the pin to that minor version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from newsletter.errors import NewsletterError
from newsletter.files.private_copy import PrivateCopy
from newsletter.render.selectors import Selector, forget_document
from newsletter.render.stylesheets import CssCache

if TYPE_CHECKING:
    from newsletter.render.images import BlobCache

# Settings with which only the styles are changed.
SETTINGS: Mapping[str, Any] = {
    "allow_network": False,
    "strip_important": False,  # otherwise inlined styles override phone and dark rules
    "disable_validation": True,
    # Templates write the attributes that Outlook's Word engine needs.
    "disable_basic_attributes": ["width", "height", "bgcolor", "align"],
    "align_floating_images": False,
    "disable_link_rewrites": True,
}
SHEETS = 64  # style sheets whose rules are kept
STYLES = 4096  # style attributes, and their combinations, whose result is kept


def inline(html: str, cache: BlobCache) -> str:
    """Return HTML with the style sheets of its head inlined; parsed CSS is stored in `cache`.

    Raises `NewsletterError` for CSS that cannot be inlined.
    """
    premailer, sheets = load_premailer()
    sheets.load(cache)
    try:
        inlined = premailer(html, **SETTINGS).transform(pretty_print=False)
        forget_document()
    except Exception as error:  # three libraries raise undocumented errors
        message = f"Styles cannot be inlined: {error}"
        hint = "Check the style sheets and style attributes of the theme."
        raise NewsletterError(message, hint=hint) from error
    sheets.save(cache)
    return str(inlined)


@cache
def load_premailer() -> tuple[Any, CssCache]:
    """Return the class `Premailer` of the private copy, and the cache of its parsed CSS.

    Raises `NewsletterError` if the version of premailer is not the one this adapter supports.
    """
    sheets = CssCache()
    try:
        replaced = {
            "cssutils": sheets,
            "requests": None,
            "re": _Patterns(),
            "premailer.cache": SimpleNamespace(function_cache=lambda: lru_cache(STYLES)),
            "lxml.cssselect": SimpleNamespace(CSSSelector=Selector),
        }
        copy = PrivateCopy("premailer", replaced)
        module: Any = copy.load("premailer.premailer")
        module.merge_styles = MergedStyles(module.merge_styles)
        return _adapted(module.Premailer), sheets
    except (OSError, AttributeError, ImportError) as error:
        raise NewsletterError(
            f"Cannot load premailer: {error}",
            hint="Run `pip install 'premailer>=3.10,<3.11'`.",
        ) from error


class MergedStyles:
    """Remembers which styles merge into which: an email has hundreds of elements and few looks.

    premailer gives the same list object for the same CSS. Lists are recognized by identity, and
    kept here, so that no other list can take the place of one.
    """

    def __init__(self, merge: Callable[..., str]) -> None:
        self.merge = merge
        self.known: dict[tuple[Any, ...], tuple[str, list[Any]]] = {}

    def __call__(
        self, own: str, styles: list[Any], classes: list[str], remove_unset_properties: bool = False
    ) -> str:
        """Return the styles of one element; `own` is its attribute, which wins."""
        key = (own, tuple(map(id, styles)), tuple(classes), remove_unset_properties)
        if key not in self.known:
            merged = self.merge(own, styles, classes, remove_unset_properties)
            if len(self.known) >= STYLES:
                self.known.clear()
            self.known[key] = (merged, styles)
            return merged
        return self.known[key][0]


def _adapted(premailer: Any) -> Any:
    """Return the class without work it would do again for every email."""

    class Inliner(premailer):  # type: ignore[misc]
        parsed: ClassVar[dict[tuple[str, int], tuple[list[Any], list[Any]]]] = {}

        def _parse_style_rules(self, css: str, index: int) -> tuple[list[Any], list[Any]]:
            key = (css, index)
            if key not in self.parsed:
                if len(self.parsed) >= SHEETS:
                    self.parsed.clear()
                self.parsed[key] = super()._parse_style_rules(css, index)
            rules, leftover = self.parsed[key]
            return list(rules), list(leftover)

        def _style_to_basic_html_attributes(
            self, element: Any, style_content: str, force: bool = False
        ) -> None:
            if "vertical-align" in style_content:  # the one attribute that is left: valign
                super()._style_to_basic_html_attributes(element, style_content, force)

    return Inliner


class _Patterns:
    """`re`, adapted to a call of premailer 3.10 in a form that Python 3.13 deprecates."""

    def __getattr__(self, name: str) -> Any:
        return getattr(re, name)

    def split(self, pattern: str, string: str, maxsplit: int = 0) -> list[Any]:
        return re.split(pattern, string, maxsplit=maxsplit)
