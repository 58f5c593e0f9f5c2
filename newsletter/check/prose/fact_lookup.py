"""Look up figures of the prose in `facts.yaml`."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from newsletter.check.prose.figures import Quantity, figures, number_value
from newsletter.check.prose.passages import Passage
from newsletter.model import Fact

_WORD = re.compile(r"[^\W\d_]{2,}")


def quantity_of(fact: Fact, language: str) -> Quantity | None:
    """Return a fact's figure with its unit, taken from `unit` or from the value itself."""
    return _quantity(f"{fact.value} {fact.unit or ''}".strip(), language)


@lru_cache(maxsize=256)
def _quantity(words: str, language: str) -> Quantity | None:
    return next(figures(words, language), None)


def amount_of(fact: Fact, language: str) -> Decimal | None:
    """Return the amount of a fact, including its scale: 3,400,000 for `£3.4 million`."""
    quantity = quantity_of(fact, language)
    return quantity.amount if quantity else value_of(fact, language)


def value_of(fact: Fact, language: str) -> Decimal | None:
    """Return the number of a fact, without its scale: 3.4 for `£3.4 million`."""
    match = re.search(r"\d[\d.,'’\u00a0\u202f ]*\d|\d", fact.value)
    return number_value(match[0], language) if match else None


def same_unit(figure: Quantity, passage: Passage, fact: Fact) -> bool:
    """Return whether a figure has a fact's unit: the same measure, or the same noun after it."""
    registered = quantity_of(fact, passage.language)
    if registered is not None and (registered.unit or not fact.unit):
        return figure.measure == registered.measure
    after = passage.words[figure.start + len(figure.text) :].split()[:2]
    noun = next(iter(_WORD.findall(fact.unit or "")), None)
    return noun is not None and any(word.lower()[:5] == noun.lower()[:5] for word in after)
