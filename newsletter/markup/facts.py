"""Replace `{fact: id}` in prose, captions and charts with the figure from facts.yaml."""

from __future__ import annotations

import re
from collections.abc import Callable

from newsletter.model import Location

FACT = re.compile(r"\{fact:\s*([^{}\s]+)\s*\}")
FactLookup = Callable[[str, Location], str | None]


def fill_facts(words: str, where: Location, lookup: FactLookup) -> str:
    """Return text with its facts filled in; `lookup` reports unknown ones, which stay as typed."""
    return FACT.sub(lambda match: lookup(match[1], where) or match[0], words)
