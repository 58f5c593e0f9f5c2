"""Link text that names a host, compared with the host that the link leads to."""

from __future__ import annotations

import re

from newsletter.check.prose.addresses import host
from newsletter.links.wrappers import SHORTENERS

_HOST = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[:/?#]\S*)?", re.IGNORECASE)
# Among other words, only unambiguous addresses: `see https://sea.example`, but `Example.org is back`.
_WHOLE = re.compile(
    r"(?:https?://|\bwww\.)((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[:/?#]\S*)?", re.IGNORECASE
)
# Ends that are hosts and hardly anything else: `Node.js`, `README.md` and `next.rs` are names of other things.
_ENDS = frozenset("com org net edu gov int eu uk de fr es pt it nl info news example".split())


def host_named_instead(words: str, url: str) -> str:
    """Return the host that a link's text names although it leads to another; empty otherwise."""
    shown, leads = _HOST.fullmatch(words) or _WHOLE.search(words), host(url)
    if not shown or not leads or not ("/" in shown[0] or _known_end(shown[1])):
        return ""
    if leads in SHORTENERS or shown[1].lower() in url.lower():
        return ""  # reported elsewhere; archived, or passed on
    named = shown[1].lower().removeprefix("www.")
    return "" if _is_related(named, leads) else named


def _known_end(name: str) -> bool:
    return name.rsplit(".", 1)[-1].lower() in _ENDS


def _is_related(named: str, leads: str) -> bool:
    """Return whether one host is the other or in its domain: `sea.example` for `www.sea.example`."""
    return named == leads or leads.endswith(f".{named}") or named.endswith(f".{leads}")
