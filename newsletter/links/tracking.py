"""Parameters that only track where a reader came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from newsletter.links.tracking_parameters import added_by_redirect, is_tracking


def tracking_parameters(url: str) -> tuple[str, ...]:
    """Return the names of the tracking parameters in a URL, in order."""
    page, parts = _parts(url)
    host = _host(page)
    names = (part.split("=", 1)[0] for mark, part in parts if _tracks(part, mark, host))
    return tuple(dict.fromkeys(names))


def strip_tracking(url: str) -> str:
    """Return a URL without its tracking parameters; everything else is unchanged."""
    page, parts = _parts(url)
    host = _host(page)
    return _joined(page, parts, [_tracks(part, mark, host) for mark, part in parts])


def strip_added_tracking(link: str, goal: str) -> str:
    """Return the goal of a redirect without the parameters that track and that the link lacks."""
    page, parts = _parts(goal)
    known = {_name(part) for _, part in _parts(link)[1]}
    added = {
        _name(part): unquote(part.partition("=")[2])
        for mark, part in parts
        if _has_value(part, mark) and _name(part) not in known
    }
    names = added_by_redirect(added, _host(page))
    return _joined(
        page, parts, [_has_value(part, mark) and _name(part) in names for mark, part in parts]
    )


def _joined(page: str, parts: Sequence[tuple[str, str]], drop: Sequence[bool]) -> str:
    """Return a URL of its parts, without those to drop."""
    left = page
    dropped = ""  # separator of the omitted part, for the next one: `?a&b` without `a` is `?b`
    for (mark, part), is_dropped in zip(parts, drop, strict=True):
        if is_dropped:
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
    return _has_value(part, mark) and is_tracking(_name(part), host)


def _has_value(part: str, mark: str) -> bool:
    """Return whether a part may be a parameter; a fragment without a value is an anchor."""
    return "=" in part or mark != "#"


def _name(part: str) -> str:
    return unquote(part.partition("=")[0].removeprefix("amp;")).lower()
