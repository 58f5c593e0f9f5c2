"""`{fact: id}` in prose, captions and charts: the figure of facts.yaml, printed where it is named."""

from __future__ import annotations

import re
from collections.abc import Callable

from newsletter.model import Location

FACT = re.compile(r"\{fact:\s*([^{}\s]+)\s*\}")
FactLookup = Callable[[str, Location], str | None]


def fill_facts(words: str, where: Location, lookup: FactLookup) -> str:
    """Return words with each figure in its place; an unknown one is reported by `lookup` and left as typed."""
    return FACT.sub(lambda match: lookup(match[1], where) or match[0], words)
