"""Signs that somebody stands between the link and its page: a wall, a home page, a form to sign in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from yarl import URL

from newsletter.links.page import PageStart

# --- walls against robots ------------------------------------------------------------------------------

# Sent along by Cloudflare and by Amazon's firewall, whatever the status.
_WALL_HEADERS = ("cf-mitigated", "x-amzn-waf-action")
# Titles of Cloudflare, Akamai, Imperva, Amazon, DDoS-Guard, PerimeterX and Sucuri.
_WALL_TITLE = re.compile(
    r"just a moment|attention required! \| cloudflare|access denied|access to this page has been denied"
    r"|pardon our interruption|robot check|are you a robot|(bot|human|browser) verification|ddos-guard"
    r"|checking your browser|please verify (that )?you are (a )?human|verif(y|ying) you are human|one moment, please"
    r"|sucuri website firewall.*|security check(point)?|vercel security checkpoint|captcha|client challenge",
    re.IGNORECASE,
)


def walled(headers: Mapping[str, str], page: PageStart) -> bool:
    """Tell whether this is a wall that a person passes and a program does not."""
    title = page.title.strip(" .…!")
    return any(name in headers for name in _WALL_HEADERS) or bool(
        title and _WALL_TITLE.fullmatch(title)
    )


# --- pages that are others ---------------------------------------------------------------------------------

_HOME = re.compile(
    r"/(?:[a-z]{2}(?:[-_][a-z]{2,4})?/?)?(?:(?:index|default|home|homepage|start)(?:\.\w+)?/?)?",
    re.IGNORECASE,
)
_SIGN_IN = re.compile(
    r"(?:sign|log)[-_]?(?:in|on)(?:\.\w+)?|servicelogin|authwall|wp-login\.php", re.IGNORECASE
)


def led_home(asked: URL, final: URL, *, permanent: bool) -> bool:
    """Tell whether a link to a page ends at a home page.

    On another host a short address may well mean it (`bit.ly/letters`), and a click that is counted on its way; a
    long one that moved there for good was lost with the rest of its site.
    """
    if (
        _HOME.fullmatch(asked.raw_path)
        or not _HOME.fullmatch(final.raw_path)
        or final.raw_query_string
    ):
        return False
    deep = len([part for part in asked.raw_path.split("/") if part]) > 1
    return _plain(asked) == _plain(final) or (deep and permanent)


def led_to_sign_in(asked: URL, final: URL) -> bool:
    """Tell whether a page that needed no signing in by its address does so now."""
    return _signs_in(final) and not _signs_in(asked)


def _signs_in(url: URL) -> bool:
    return any(_SIGN_IN.fullmatch(part) for part in unquote(url.raw_path).split("/"))


def _plain(url: URL) -> str:
    return (url.raw_host or "").removeprefix("www.")
