"""Words as YAML values on one line: bare where that is safe, else in double quotes."""

from __future__ import annotations

import json
import re

# No colon, no sign that means something in YAML at the start, in the middle or in braces.
_BARE = re.compile(r"[^\W\d_](?:[\w .()/’“”–—+-]*[\w.)’”])?")
_MEANS = frozenset("null true false yes no on off y n".split())


def scalar(words: str) -> str:
    """Return words as a value; they are on one line."""
    text = " ".join(words.split())
    if _BARE.fullmatch(text) and text.lower() not in _MEANS:
        return text
    return json.dumps(text, ensure_ascii=False)
