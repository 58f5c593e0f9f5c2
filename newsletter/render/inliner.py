"""premailer, adapted: CSS is inlined without network access and without parsing the same CSS twice.

premailer imports `requests` (90 ms, and a network a build must not use) and hands all CSS to
cssutils, which takes longer to parse it than premailer to apply it. Both are replaced here, in a
private copy of premailer's modules: nothing in `sys.modules` changes, so a program that uses
premailer itself gets the original. The copy relies on the modules of premailer 3.10, hence the
pin to that minor version.
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

# Settings that leave everything alone but the styles.
SETTINGS: Mapping[str, Any] = {
    "allow_network": False,
    "strip_important": False,  # or phone and dark rules lose to inlined styles
    "disable_validation": True,
    # Templates write the attributes that Outlook's Word engine needs.
    "disable_basic_attributes": ["width", "height", "bgcolor", "align"],
    "align_floating_images": False,
    "disable_link_rewrites": True,
}


def inline(html: str, cache: BlobCache) -> str:
    """Return HTML with the style sheets of its head inlined; parsed CSS is kept in `cache`.

    Raises `NewsletterError` for CSS that cannot be inlined.
    """
    premailer, sheets = load_premailer()
    sheets.load(cache)
    try:
        inlined = premailer(html, **SETTINGS).transform(pretty_print=False)
    except Exception as error:  # of three libraries, about CSS or HTML that none of them documents
        message = f"Styles cannot be inlined: {error}"
        hint = "Check the style sheets and style attributes of the theme."
        raise NewsletterError(message, hint=hint) from error
    sheets.save(cache)
    return str(inlined)


@cache
def load_premailer() -> tuple[Any, CssCache]:
    """Return the class `Premailer` of the private copy, and the CSS it has parsed.

    Raises `NewsletterError` where premailer is not of the version this adapter is made for.
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
    """`re` with the call that premailer 3.10 makes in the form Python 3.13 deprecates."""

    def __getattr__(self, name: str) -> Any:
        return getattr(re, name)

    def split(self, pattern: str, string: str, maxsplit: int = 0) -> list[Any]:
        return re.split(pattern, string, maxsplit=maxsplit)
