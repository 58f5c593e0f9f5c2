"""Splits the topics of a tag line: by known topics, else by separators and capitals."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

_SEPARATED = re.compile(r"\s*[,|;·•]\s*|\s+#|\s/\s")
_JOINED = frozenset("& + and und et y e".split())  # between two topics
_CAPITAL = re.compile(r"(?<=[^\s&-])\s+(?=[A-Z0-9])")


def split_topics(listed: str, known: Collection[str] = ()) -> tuple[str, ...]:
    """Return the topics in a list, in their order.

    Known topics are found even if nothing separates them, as in text copied from a page. What is
    left is split at separators, at capitals if there are no separators, or not at all. Between two
    separators, only topics that are all known are split.
    """
    parts = _SEPARATED.split(listed)
    separated = len(parts) > 1
    tags = [tag for part in parts for tag in _topics(part, tuple(known), separated=separated)]
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _topics(part: str, known: tuple[str, ...], *, separated: bool) -> list[str]:
    part = part.strip(" #-–—")
    spelled = {topic.casefold(): topic for topic in known}
    if part.casefold() in spelled:
        return [spelled[part.casefold()]]
    pattern = _pattern(known)
    matches = list(pattern.finditer(part)) if pattern else []
    if not matches:
        return [part] if separated else _CAPITAL.split(part)
    tags: list[str] = []
    position = 0
    for match in matches:
        tags += _between(part[position : match.start()])
        tags.append(spelled[match[0].casefold()])
        position = match.end()
    tags += _between(part[position:])
    return [part] if separated and len(tags) > len(matches) else tags


def _between(rest: str) -> list[str]:
    """Return the topics in text between known ones."""
    rest = rest.strip(" #-–—")
    return [] if not rest or rest.casefold() in _JOINED else _CAPITAL.split(rest)


@lru_cache(maxsize=8)
def _pattern(known: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return a pattern for known topics, longest first; a capital starts a new one too."""
    if not known:
        return None
    names = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    return re.compile(
        rf"(?:(?<![^\W_])(?<!\w-)|(?<=[a-z0-9])(?=[A-Z]))(?i:{names})"
        r"(?:(?!-?[^\W_])|(?<=[a-z0-9])(?=[A-Z]))"
    )
