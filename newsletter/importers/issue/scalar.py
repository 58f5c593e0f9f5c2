"""Text as one-line YAML values: plain where that is safe, else in double quotes."""

from __future__ import annotations

import json
import re

# No colon, and no YAML indicator at the start or in the middle; no comma inside brackets.
_LINE = re.compile(r"[^\W\d_](?:[\w .,;?!'()/’‘“”–—+-]*[\w.,;?!')’”])?")
_INSIDE = re.compile(r"[^\W\d_](?:[\w .()/’“”–—+-]*[\w.)’”])?")
_MEANS = frozenset("null true false yes no on off y n".split())


def scalar(words: str, *, inside: bool = False) -> str:
    """Return text as a YAML scalar.

    `inside` is for flow collections, where commas separate values.
    """
    text = " ".join(words.split())
    if (_INSIDE if inside else _LINE).fullmatch(text) and text.lower() not in _MEANS:
        return text
    return json.dumps(text, ensure_ascii=False)
