"""Adapts premailer to inline CSS without network access and without parsing the same CSS twice.

premailer imports `requests` (90 ms, and network access that a build must not use) and passes all
CSS to cssutils, which takes longer to parse it than premailer takes to apply it. Both are replaced
here, in a private copy of premailer's modules: `sys.modules` does not change, so a program that
uses premailer itself gets the original. The copy relies on the modules of premailer 3.10, hence
the pin to that minor version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from newsletter.errors import NewsletterError
from newsletter.files.private_copy import PrivateCopy
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


def inline(html: str, cache: BlobCache) -> str:
    """Return HTML with the style sheets of its head inlined; parsed CSS is stored in `cache`.

    Raises `NewsletterError` for CSS that cannot be inlined.
    """
    premailer, sheets = load_premailer()
    sheets.load(cache)
    try:
        inlined = premailer(html, **SETTINGS).transform(pretty_print=False)
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
        copy = PrivateCopy("premailer", {"cssutils": sheets, "requests": None, "re": _Patterns()})
        return copy.load("premailer.premailer").Premailer, sheets
    except (OSError, AttributeError, ImportError) as error:
        raise NewsletterError(
            f"premailer cannot be loaded: {error}",
            hint="Install the locked versions: pip install 'premailer>=3.10,<3.11'",
        ) from error


class _Patterns:
    """`re`, adapted to a call of premailer 3.10 in a form that Python 3.13 deprecates."""

    def __getattr__(self, name: str) -> Any:
        return getattr(re, name)

    def split(self, pattern: str, string: str, maxsplit: int = 0) -> list[Any]:
        return re.split(pattern, string, maxsplit=maxsplit)
