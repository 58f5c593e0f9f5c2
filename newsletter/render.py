"""MJML -> HTML -> inlined -> finished."""

from __future__ import annotations

import importlib.util
import logging
import re
import sys
from functools import lru_cache
from typing import Any

from newsletter.errors import NewsletterError
from newsletter.model import Direction


def render(mjml: str, direction: Direction) -> str:
    """Return finished HTML for mail clients. Raises `NewsletterError` where the MJML engine fails."""
    return finish(inline(to_html(mjml)), direction)


def to_html(mjml: str) -> str:
    from mjml import mjml2html

    try:
        # Without `fonts={}` the engine links to Google Fonts.
        return str(mjml2html(mjml, fonts={}))
    except Exception as error:  # the engine's error types are not exported
        message = f"the MJML engine refused the mail: {error}"
        raise NewsletterError(message, hint="Check what the theme's templates write between MJML tags.") from error


def inline(html: str) -> str:
    """Write the theme's plain style sheet into style attributes, with the settings that leave the rest alone."""
    # premailer drops a lower-case doctype; the engine's own reset would add a fifth to the size if inlined.
    html = html.replace("<!doctype html>", "<!DOCTYPE html>", 1)
    html = html.replace('<style type="text/css">', '<style type="text/css" data-premailer="ignore">')
    return str(
        _premailer()(
            html,
            allow_network=False,
            strip_important=False,  # or phone and dark rules lose to what is inlined
            disable_validation=True,
            disable_basic_attributes=["width", "height"],
            align_floating_images=False,
            disable_link_rewrites=True,
            cssutils_logging_level=logging.CRITICAL,
        ).transform(pretty_print=False)
    )


@lru_cache(maxsize=1)
def _premailer() -> Any:
    """Import premailer without `requests`: half of its import time, for a network that a build must not use."""
    if "requests" not in sys.modules and (spec := importlib.util.find_spec("requests")) and spec.loader:
        spec.loader = importlib.util.LazyLoader(spec.loader)
        module = importlib.util.module_from_spec(spec)
        sys.modules["requests"] = module
        spec.loader.exec_module(module)
    from premailer import Premailer

    return Premailer


def warm() -> None:
    """Import what rendering needs, for processes that are about to be forked."""
    import mjml  # noqa: F401

    _premailer()


# --- finishing -----------------------------------------------------------------------------------------

_KEPT = re.compile(r"(<pre\b.*?</pre>)", re.S)
# Elements around which white space says nothing. Inline ones are left alone: there a space is a space.
_BLOCKS = (
    "html|head|body|meta|title|link|style|table|thead|tbody|tr|td|th|caption|div|p|h[1-6]|ul|ol|li|blockquote|hr|center"
)
_AROUND = re.compile(rf"\s*\n\s*(</?(?:{_BLOCKS})\b[^>]*>|<!--)|(</?(?:{_BLOCKS})\b[^>]*>|-->)\s*\n\s*", re.I)
_STYLE = re.compile(r' style="([^"]*)"')
_SHEET = re.compile(r"(<style)[^>]*>(.*?)(</style>)", re.S)
_COMMENT = re.compile(r"<!--(?!\[if|<!\[endif|\s*\[if).*?-->", re.S)


def finish(html: str, direction: Direction) -> str:
    """Return inlined HTML with the direction set and no byte a reader would not miss."""
    html = re.sub(r"<html\b([^>]*)>", lambda match: _root(match[1], direction), html, count=1)
    html = _SHEET.sub(lambda match: f"{match[1]}>{_sheet(match[2])}{match[3]}" if match[2].strip() else "", html)
    html = _STYLE.sub(_style, html)
    pieces = _KEPT.split(html)
    pieces[::2] = [_squeeze(piece) for piece in pieces[::2]]
    return "".join(pieces).strip() + "\n"


def _root(attributes: str, direction: Direction) -> str:
    attributes = re.sub(r'\s+(?:dir|xmlns)="[^"]*"', "", attributes)
    return f'<html{attributes} dir="{direction}">'


def _sheet(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r":\s+", ":", css)).replace(";}", "}").strip()


def _style(match: re.Match[str]) -> str:
    css = re.sub(r"\s*([;,])\s*", r"\1", re.sub(r":\s+", ":", match[1])).strip("; ")
    return f' style="{css}"' if css else ""


def _squeeze(html: str) -> str:
    return re.sub(r"\n\s*", "\n", _AROUND.sub(lambda match: match[1] or match[2], html))
