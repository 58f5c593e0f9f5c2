"""Removes redirect wrappers and tracking parameters from link addresses."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qs, unquote, urlsplit

from newsletter.check.prose.addresses import strip_tracking, tracking_parameters

# Host, start of the path -> parameters that contain the real address. Subdomains of a host match
# too.
_WRAPPERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("google.com", "/url", ("q", "url")),
    ("safelinks.protection.outlook.com", "/", ("url",)),
    ("urldefense.proofpoint.com", "/v2/url", ("u",)),
    ("facebook.com", "/l.php", ("u",)),
    ("facebook.com", "/flx/warn", ("u",)),
    ("l.instagram.com", "/", ("u",)),
    ("l.messenger.com", "/l.php", ("u",)),
    ("l.threads.net", "/", ("u",)),
    ("linkedin.com", "/safety/go", ("url",)),
    ("linkedin.com", "/redir/redirect", ("url",)),
    ("youtube.com", "/redirect", ("q",)),
    ("t.umblr.com", "/redirect", ("z",)),
    ("out.reddit.com", "/", ("url",)),
    ("slack-redir.net", "/link", ("url",)),
    ("steamcommunity.com", "/linkfilter", ("u", "url")),
    ("vk.com", "/away.php", ("to",)),
    ("duckduckgo.com", "/l", ("uddg",)),
    ("disq.us", "/url", ("url",)),
    ("exit.sc", "/", ("url",)),
    ("deviantart.com", "/users/outgoing", ()),  # the whole query is the address
)
_HOSTS = tuple(host for host, _, _ in _WRAPPERS)
_MAYBE = re.compile(r"[?&#]|urldefense\.|href\.li|deviantart", re.IGNORECASE)
_DEFENSE_3 = re.compile(r"https?://urldefense\.(?:com|us)/v3/__(.+?)__;([^!]*)!", re.IGNORECASE)
_RUN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
WRAPPERS_DEEP = 5  # nesting limit; an email forwarded between two companies wraps an address twice


def clean_url(url: str) -> str:
    """Return the address behind redirect wrappers, without tracking parameters.

    Everything else is preserved byte for byte.
    """
    if not _MAYBE.search(url):
        return url
    for _ in range(WRAPPERS_DEEP):
        inner = unwrap_url(url)
        if inner is None:
            break
        url = inner
    return strip_tracking(url) if tracking_parameters(url) else url


def unwrap_url(url: str) -> str | None:
    """Return the target of a known redirect address, or `None` for any other address."""
    if "urldefense." in url.lower() and (match := _DEFENSE_3.match(url)):
        return _web(_decoded_urldefense(match[1], match[2]))
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if host in ("href.li", "www.href.li"):
        return _web(parts.query)
    if not host.endswith(_HOSTS) and not re.fullmatch(r"www\.google\.[a-z.]{2,6}", host):
        return None
    host = re.sub(r"^www\.google\.[a-z.]{2,6}$", "google.com", host)
    for name, path, keys in _WRAPPERS:
        if (host == name or host.endswith(f".{name}")) and parts.path.startswith(path):
            if not keys:
                return _web(unquote(parts.query))
            query = parse_qs(parts.query.replace("&amp;", "&"))
            values = [query[key][0] for key in keys if query.get(key)]
            if not values:
                continue
            value = values[0]
            if name == "urldefense.proofpoint.com":
                value = unquote(value.translate(str.maketrans("-_", "%/")))
            return _web(value)
    return None


def _web(url: str) -> str | None:
    return url if re.match(r"https?://[^\s/]", url, re.IGNORECASE) else None


def _decoded_urldefense(url: str, signs: str) -> str:
    """Decode urldefense v3 addresses.

    A `*` replaces one character of the base64 list; `**` and a letter replace several.
    """
    try:
        replaced = base64.urlsafe_b64decode(signs + "=" * (-len(signs) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return url
    left = iter(replaced)

    def replacement(match: re.Match[str]) -> str:
        count = _RUN.index(match[1]) + 2 if match[1] else 1
        return "".join(next(left, "") for _ in range(count))

    return re.sub(r"\*\*([A-Za-z0-9_-])|\*", replacement, url) if replaced else url
