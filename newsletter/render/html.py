"""MJML -> HTML, before and after its styles are inlined."""

from __future__ import annotations

import re
from functools import lru_cache

from newsletter.errors import NewsletterError
from newsletter.model import Direction
from newsletter.render.inliner import load_premailer


def to_html(mjml: str) -> str:
    """Return the engine's HTML. Raises `NewsletterError`, without a source line, if it fails."""
    from mjml import mjml2html

    try:
        # Without `fonts={}` the engine links to Google Fonts.
        return str(mjml2html(mjml, fonts={}))
    except Exception as error:  # the engine's error types are not exported
        message = f"The MJML engine failed: {error}"
        raise NewsletterError(
            message, hint="Check the output of the theme's templates between MJML tags."
        ) from error


def marked(html: str) -> str:
    """Return the engine's HTML with its own style sheets marked to stay in the head."""
    # premailer drops a lower-case doctype. Inlining the engine's reset would add 20% to the size.
    html = html.replace("<!doctype html>", "<!DOCTYPE html>", 1)
    return html.replace(
        '<style type="text/css">', '<style type="text/css" data-premailer="ignore">'
    )


def preload() -> None:
    """Import what rendering needs before processes are forked."""
    import mjml  # noqa: F401

    load_premailer()


# --- finishing -----------------------------------------------------------------------------------------

_KEPT = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
# Elements around which white space is ignored. Around inline elements it is significant.
_BLOCKS = (
    "html|head|body|meta|title|link|style|table|thead|tbody|tr|td|th|caption|div|p|h[1-6]|ul|ol|li"
    "|blockquote|hr|center"
)
# Not `\s`, which also matches figure spaces and no-break spaces; these must be preserved.
_GAP = re.compile(r"\n[ \t\r\n]*+")
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})\b[^>]*>|<!--", re.IGNORECASE)
_STYLE = re.compile(r' style="([^"]*)"')
_SHEET = re.compile(r"<style([^>]*)>(.*?)</style>", re.DOTALL)


def finish(html: str, direction: Direction) -> str:
    """Return inlined HTML with the direction set and superfluous bytes removed."""
    html = re.sub(r"<html\b([^>]*)>", lambda match: _root(match[1], direction), html, count=1)
    # The engine's wrapper has dir="auto"; clients that drop <html> guess it from the first letter.
    if wrapper := re.search(r'<div\b[^>]* role="article"[^>]*>', html):
        directed = wrapper[0].replace(' dir="auto"', f' dir="{direction}"', 1)
        html = html[: wrapper.start()] + directed + html[wrapper.end() :]
    html = _SHEET.sub(_kept_sheet, html).replace("</source>", "")  # a void element
    html = _STYLE.sub(lambda match: _style(match[1]), _without_columns(html))
    pieces = _KEPT.split(html)
    pieces[::2] = [_squeeze(piece) for piece in pieces[::2]]
    return "".join(pieces).strip() + "\n"


def _root(attributes: str, direction: Direction) -> str:
    attributes = re.sub(r'\s+(?:dir|xmlns)="[^"]*"', "", attributes)
    return f'<html{attributes} dir="{direction}">'


def _without_columns(html: str) -> str:
    """Drop the engine's column classes from a one-column email, since all set width:100%."""
    if set(re.findall(r"mj-column-(?:per|px)-[\d-]+", html)) != {"mj-column-per-100"}:
        return html
    html = re.sub(r"<!--\[if lte mso 11\]>.*?<!\[endif\]-->", "", html, flags=re.DOTALL)
    html = re.sub(r"<style[^>]*>[^<]*mj-column-per-100[^<]*</style>", "", html)
    column = "mj-outlook-group-fix mj-column-per-100"
    html = html.replace(f' class="{column}"', "")
    return html.replace(f"{column} ", "").replace(column, "")


def _kept_sheet(match: re.Match[str]) -> str:
    found = re.search(r' media="[^"]*"', match[1])
    media, css = found[0] if found else "", _sheet(match[2])
    return f"<style{media}>{css}</style>" if css else ""


@lru_cache(maxsize=64)
def _sheet(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r":\s+", ":", css)).replace(";}", "}").strip()


@lru_cache(maxsize=4096)  # an email has about 200, of which few differ from the last email's
def _style(css: str) -> str:
    css = re.sub(r"\s*([;,])\s*", r"\1", re.sub(r":\s+", ":", css)).strip("; ")
    return f' style="{css}"' if css else ""


def _squeeze(html: str) -> str:
    """Drop line breaks with their indentation next to blocks; elsewhere drop the indentation."""
    kept, done = [], 0
    for gap in _GAP.finditer(html):
        start, end = gap.span()
        while start > done and html[start - 1] in " \t\r":
            start -= 1
        if not (_BLOCK.match(html, end) or _block_ends(html, start)):
            start = gap.start() + 1
        kept.append(html[done:start])
        done = end
    return "".join((*kept, html[done:]))


def _block_ends(html: str, end: int) -> bool:
    if html.endswith("-->", 0, end):
        return True
    start = html.rfind("<", 0, end) if html.endswith(">", 0, end) else -1
    return start >= 0 and _BLOCK.fullmatch(html, start, end) is not None
