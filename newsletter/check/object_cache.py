"""A cache by object identity, for values that several rules derive from the same issue."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST_CACHED = 32  # room for an issue and the earlier ones it is compared with


def cached_for_object(make: Callable[[T], R]) -> Callable[[T], R]:
    """Cache the last results by the identity of the argument, which may not be hashable."""
    cached: OrderedDict[int, tuple[T, R]] = OrderedDict()

    @wraps(make)
    def get(value: T) -> R:
        entry = cached.get(id(value))
        if entry is None or entry[0] is not value:
            entry = cached[id(value)] = (value, make(value))
            if len(cached) > MOST_CACHED:
                cached.popitem(last=False)
        return entry[1]

    return get
