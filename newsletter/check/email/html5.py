"""Parse errors of HTML, as reported by html5lib."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

from newsletter.files.private_copy import PrivateCopy


def errors(html: str) -> list[tuple[tuple[int, int], str]]:
    """Return line and column of each parse error, with its message (WHATWG HTML §13.2)."""
    parser, messages = _html5lib()
    parsing = parser()
    parsing.parse(html)
    return [(position, messages[code] % values) for position, code, values in parsing.errors]


@cache
def _html5lib() -> tuple[Any, Any]:
    """Import the parser without the serializer modules, which take half of the import time."""
    unused = SimpleNamespace(InfosetFilter=None)
    copy = PrivateCopy("html5lib", {"html5lib._ihatexml": unused})
    parser = copy.load("html5lib.html5parser")
    copy.load("html5lib.treebuilders.etree")
    return parser.HTMLParser, copy.load("html5lib.constants").E
