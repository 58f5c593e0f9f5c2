"""Pages that block automated requests: challenges, captchas, firewalls, waiting rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from newsletter.links.page_phrases import WallRequest, bot_walls
from newsletter.links.page_text import SUBTITLE, PageText

SHORT = 800  # letters of text beside the navigation; challenge pages are short
EMPTY = 200  # letters of text around a captcha that is all there is
_CERTAIN = (404, 410)  # their pages mention scripts and access for other reasons
_SEPARATOR = re.compile(
    rf"\s+[-–—|·•»«:/]+\s+|\s*[|·•»«]\s*|:\s+(?!{SUBTITLE.pattern})", re.IGNORECASE
)
_EMBEDS = re.compile(r"<(?:script|iframe|div id)", re.IGNORECASE)
_FIELD = re.compile(
    r"<textarea\b|<select\b|<input\b(?![^<>]*\btype\s*=\s*[\"']?(?:hidden|submit|button|image|checkbox))",
    re.IGNORECASE,
)


def is_bot_wall(status: int, headers: Mapping[str, str], page: PageText) -> bool:
    """Return whether the response is a page that blocks automated requests but not people.

    Pages with an error status count too, whatever their length; those with 404 and 410 only by
    their title.
    """
    if any(name in headers for name in bot_walls().headers):
        return True
    is_error = status >= 400 and status not in _CERTAIN
    if len(page.content) >= SHORT:  # an article, whatever its title: "Captcha", "Access Denied"
        return is_error and (_asks_for_proof(page) or _has_brief(page))
    if _has_title(page.title, bot_walls().titles):
        return True
    if is_error and (_asks_for_proof(page) or _has_error_sentence(page)):
        return True
    if any(_is_ordinary(text) for text in (page.title, page.heading)):
        return is_error or _has_sign(status, page)
    if status in _CERTAIN:
        return False
    body = _beside_titles(page)
    return (
        _has_script(page)
        or _asks(" ".join(body))
        or _is_captcha_only(page)
        or (len(page.content) < EMPTY and _has_brief(page))
    )


def _has_script(page: PageText) -> bool:
    return bool(_EMBEDS.search(page.source) and _any(bot_walls().scripts).search(page.source))


def _asks_for_proof(page: PageText) -> bool:
    return _asks(f"{page.title} {page.visible}")


def _asks(text: str) -> bool:
    """Return whether a text asks a visitor to prove to be human or to wait, or says why it blocks."""
    text, walls = _plain(text), bot_walls()
    has_stem = any(stem in text for stem in walls.stems)
    if has_stem and _any(walls.sentences).search(text):
        return True
    return any(_has_request(text, request) for request in walls.asks)


def _has_request(text: str, request: WallRequest) -> bool:
    if not any(stem in text for stem in request.stems):
        return False
    verbs, near = _any(request.verbs), request.near
    return any(
        verbs.search(text, max(0, found.start() - near), found.end() + near)
        for found in _any(request.what).finditer(text)
    )


def _is_ordinary(title: str) -> bool:
    """Return whether a title is one of walls, but may be one of a work as well."""
    walls = bot_walls()
    return _has_title(title, (*walls.ordinary_titles, *walls.briefs)) or _asks(title)


def _beside_titles(page: PageText) -> list[str]:
    """Return the texts of a page other than its title, which may be that of a work."""
    titles = {_stripped(part) for part in (page.title, *_SEPARATOR.split(page.title))}
    return [text for text in (*page.blocks, page.noscript) if _stripped(text) not in titles]


def _has_error_sentence(page: PageText) -> bool:
    text = _plain(f"{page.title} {page.visible}")
    return bool(_any(bot_walls().error_sentences).search(text))


def _has_sign(status: int, page: PageText) -> bool:
    """Return whether the body of a page says what walls say, or nothing but its title."""
    heading = _stripped(page.heading)
    body = " ".join(text for text in _beside_titles(page) if _stripped(text) != heading)
    if not body:
        return status not in _CERTAIN
    has_words = _asks(body) or bool(_any(bot_walls().signs).search(_plain(body)))
    return has_words or _has_script(page) or _is_captcha_only(page)


def _has_brief(page: PageText) -> bool:
    """Return whether a heading or paragraph is one of walls, which are certain on empty pages."""
    return any(_any(bot_walls().briefs).fullmatch(_stripped(text)) for text in page.blocks)


def _has_title(title: str, patterns: tuple[str, ...]) -> bool:
    parts = (title, *_SEPARATOR.split(title))
    return any(_any(patterns).fullmatch(_stripped(part)) for part in parts)


def _is_captcha_only(page: PageText) -> bool:
    """Return whether a page is a captcha with hardly any text, unlike a form that has one."""
    if len(page.visible) >= EMPTY or not _EMBEDS.search(page.source) or _FIELD.search(page.markup):
        return False
    return bool(_any(bot_walls().widgets).search(page.source))


def _stripped(text: str) -> str:
    return _plain(text).strip(" .…!?¿¡")


def _plain(text: str) -> str:
    """Return a text in lower case, without apostrophes and the dot that "İ" leaves."""
    return text.lower().replace("'", "").replace("’", "").replace("\u0307", "")


@cache
def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
