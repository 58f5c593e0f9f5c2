"""Words as YAML values on one line: bare where that is safe, else in double quotes."""

from __future__ import annotations

import json
import re

# No colon, no sign that means something in YAML at the start or in the middle; in brackets, no comma either.
_LINE = re.compile(r"[^\W\d_](?:[\w .,;?!'()/’‘“”–—+-]*[\w.,;?!')’”])?")
_INSIDE = re.compile(r"[^\W\d_](?:[\w .()/’“”–—+-]*[\w.)’”])?")
_MEANS = frozenset("null true false yes no on off y n".split())


def scalar(words: str, *, inside: bool = False) -> str:
    """Return words as a value; `inside` brackets or braces, where commas part values."""
    text = " ".join(words.split())
    if (_INSIDE if inside else _LINE).fullmatch(text) and text.lower() not in _MEANS:
        return text
    return json.dumps(text, ensure_ascii=False)
