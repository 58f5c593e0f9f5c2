"""Names of people and teams in a line."""

from __future__ import annotations

import re

_PARTICLES = (
    "von van de der den del della di da do dos la le bin ibn al el y und the of for".split()
)
_NAME = re.compile(r"(?:[^\W\d_][\w.’'\-]*)(?: (?:[^\W_][\w.’'\-&]*|&))*")
AND = re.compile(
    r"\s*(?:,\s*(?:and|und|et|y|e)\s+|,|;|\s&\s|\s(?:and|AND|und|UND|et|ET|y|e|with)\s)\s*"
)


# One person, family name first: a word with its particles, a comma, one or two words.
_LAST_FIRST = re.compile(
    rf"((?:(?:{'|'.join(_PARTICLES[:-2])})\s)*[^\W\d_][\w’'-]*),\s+"
    r"([^\W\d_][\w.’'-]*(?: [^\W\d_][\w.’'-]*)?)",
    re.IGNORECASE,
)
_PEOPLE = re.compile(r"\s*;\s*|\s(?:&|and|AND|und|UND|et|ET|y|e)\s")


def parse_names(words: str) -> tuple[str, ...] | None:
    """Return the people and teams in a list of names, or `None` if the text is not one.

    `Last, First` is one person, also in a list whose names are separated by something else.
    """
    text = " ".join(words.split())
    swapped = [_LAST_FIRST.fullmatch(name) for name in _PEOPLE.split(text)]
    if all(swapped):
        text = "; ".join(f"{match[2]} {match[1]}" for match in swapped if match)
    result = tuple(name for name in AND.split(text) if name)
    return result if result and all(map(_is_name, result)) else None


def _is_name(words: str) -> bool:
    parts = words.split()
    if not _NAME.fullmatch(words) or len(parts) > 6 or len(words) > 60:
        return False
    return (
        all(not part[0].islower() or part in _PARTICLES for part in parts)
        and not parts[0][0].islower()
    )
