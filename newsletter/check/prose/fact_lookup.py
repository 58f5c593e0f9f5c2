"""The register of figures, `facts.yaml`, as the prose is held against it."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from newsletter.check.prose.figures import Quantity, figures, value
from newsletter.check.prose.prose import Passage
from newsletter.model import Fact

_WORD = re.compile(r"[^\W\d_]{2,}")


def value_of(fact: Fact, language: str) -> Decimal | None:
    """Return the number of a fact: `£3.4` is 3.4."""
    match = re.search(r"\d[\d.,'’\u00a0\u202f ]*\d|\d", fact.value)
    return value(match[0], language) if match else None


@lru_cache(maxsize=256)
def _unit(words: str, language: str) -> str | None:
    return next((figure.unit for figure in figures(words, language)), None)


def same_unit(figure: Quantity, passage: Passage, fact: Fact) -> bool:
    """Tell whether a figure is in a fact's unit: the same measure, or followed by the same noun."""
    sign = re.match(r"\D*", fact.value)
    register = _unit(f"{sign[0] if sign else ''}2 {fact.unit or ''}", passage.language)
    if register is not None:
        return figure.unit == register
    after = passage.words[figure.start + len(figure.text) :].split()[:2]
    noun = next(iter(_WORD.findall(fact.unit or "")), None)
    return noun is not None and any(word.lower()[:5] == noun.lower()[:5] for word in after)
