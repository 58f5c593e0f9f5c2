"""What several rules ask of the same issue is worked out once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

KEPT = 32  # an issue and the earlier ones it is looked at beside


def remembered(make: Callable[[T], R]) -> Callable[[T], R]:
    """Remember the last results by what they were made of: the very object, which holds no hash of its contents."""
    kept: OrderedDict[int, tuple[T, R]] = OrderedDict()

    @wraps(make)
    def ask(value: T) -> R:
        found = kept.get(id(value))
        if found is None or found[0] is not value:
            found = kept[id(value)] = (value, make(value))
            if len(kept) > KEPT:
                kept.popitem(last=False)
        return found[1]

    return ask
