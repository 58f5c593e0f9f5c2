"""Parameters that only track where a reader came from."""

from __future__ import annotations

import re
from urllib.parse import unquote

from newsletter.links.tracking_parameters import is_tracking


def tracking_parameters(url: str) -> tuple[str, ...]:
    """Return the names of the tracking parameters in a URL, in order."""
    page, parts = _parts(url)
    host = _host(page)
    names = (part.split("=", 1)[0] for mark, part in parts if _tracks(part, mark, host))
    return tuple(dict.fromkeys(names))


def strip_tracking(url: str) -> str:
    """Return a URL without its tracking parameters; everything else is unchanged."""
    left, parts = _parts(url)
    host = _host(left)
    dropped = ""  # separator of the omitted part, for the next one: `?a&b` without `a` is `?b`
    for mark, part in parts:
        if _tracks(part, mark, host):
            dropped = dropped or mark
        else:
            left += (dropped if dropped and mark == "&" else mark) + part
            dropped = ""
    return left


def _parts(url: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the URL before its parameters, and each parameter with its preceding separator.

    Analytics also read `#utm_source=…`, and some pages have a query after the `#`.
    """
    before, hash_, fragment = url.partition("#")
    page, mark, query = before.partition("?")
    parts: list[tuple[str, str]] = []
    if mark:
        parts = [("&" if index else "?", part) for index, part in enumerate(query.split("&"))]
    if hash_:
        first, *rest = re.split("([&?])", fragment)
        parts += [("#", first), *zip(rest[::2], rest[1::2], strict=True)]
    return page, parts


def _host(page: str) -> str:
    """Return the host of a URL without its parameters; empty if it has none."""
    authority = page.partition("://")[2].partition("/")[0]
    return authority.rpartition("@")[2].partition(":")[0].rstrip(".")


def _tracks(part: str, mark: str, host: str) -> bool:
    """Return whether a part is a tracking parameter; a fragment without a value is an anchor."""
    name, equals, _ = part.partition("=")
    return bool((equals or mark != "#") and is_tracking(unquote(name.removeprefix("amp;")), host))
