"""Pages that block automated requests: challenges, captchas, firewalls, waiting rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from newsletter.links.page_phrases import bot_walls
from newsletter.links.page_text import SUBTITLE, PageText

SHORT = 800  # letters of text; challenge pages are short
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

    Pages with an error status count too; those with 404 and 410 only by their title.
    """
    walls = bot_walls()
    if any(name in headers for name in walls.headers):
        return True
    if len(page.words) >= SHORT:  # an article, whatever its title: "Captcha", "Access Denied"
        return False
    if _has_title(page.title):
        return True
    if status in _CERTAIN:
        return False
    if _EMBEDS.search(page.source) and _any(walls.scripts).search(page.source):
        return True
    return _has_sentence(page, status) or _is_captcha_only(page)


def _has_sentence(page: PageText, status: int) -> bool:
    walls = bot_walls()
    text = _plain(f"{page.title} {page.visible}").lower()
    if not any(stem in text for stem in walls.stems):
        return False
    if _any(walls.sentences).search(text):
        return True
    return status >= 400 and bool(_any(walls.error_sentences).search(text))


def _has_title(title: str) -> bool:
    walls = bot_walls()
    title = _plain(title)
    stripped = title.strip(" .…!?¿¡")
    if _any(walls.titles).fullmatch(stripped):
        return True
    parts = (part.strip(" .…!?¿¡") for part in (title, *_SEPARATOR.split(title)))
    return any(_any(walls.title_parts).fullmatch(part) for part in parts)


def _is_captcha_only(page: PageText) -> bool:
    """Return whether a page is a captcha with hardly any text, unlike a form that has one."""
    if len(page.visible) >= EMPTY or not _EMBEDS.search(page.source) or _FIELD.search(page.markup):
        return False
    return bool(_any(bot_walls().widgets).search(page.source))


def _plain(text: str) -> str:
    return text.replace("'", "").replace("’", "")


@cache
def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
