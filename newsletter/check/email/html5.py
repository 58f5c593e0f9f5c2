"""html5lib, as much of it as telling what is wrong takes: half of its import is for writing HTML and fetching it."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from types import ModuleType
from typing import Any

from newsletter.render.stylesheets import LazyModule, standing_in


def errors(html: str) -> list[tuple[tuple[int, int], str]]:
    """Return line and column of each parse error, with what is wrong (WHATWG HTML §13.2)."""
    parser, said = _html5lib()
    reading = parser()
    reading.parse(html)
    return [(place, said[code] % values) for place, code, values in reading.errors]


@cache
def _html5lib() -> tuple[Any, Any]:
    """Import the parser without its package's `__init__`, which imports the serializer, and `http.client`."""
    found = importlib.util.find_spec("html5lib")
    package = ModuleType("html5lib")
    package.__path__ = list(found.submodule_search_locations or ()) if found else []
    with standing_in(package, LazyModule("http.client"), LazyModule("html5lib._ihatexml")):
        parser = importlib.import_module("html5lib.html5parser")
        importlib.import_module("html5lib.treebuilders.etree")
    return parser.HTMLParser, importlib.import_module("html5lib.constants").E
