"""Headlines whose last line is never one short word."""

from __future__ import annotations

import re

SHORT = 8  # characters of a last word that looks lost on a line of its own
LONGEST = 24  # characters that still fit a phone's line in the largest headline
NO_BREAK = "\u00a0"
# The last word, which may end inside emphasis or an isolated run, and the word before it. A piece
# with an entity, a tag or a merge field is left alone: it is longer than a reader sees.
_END = re.compile(r"(?<=[\s>])([^\s<>&%]+) ([^\s<>&%]+)((?:</\w+>)*)$")


def hold_last_word(html: str) -> str:
    """Return a headline's HTML with its last word kept beside the one before, if it is short.

    A headline of two words is unchanged: each may well have a line of its own. Chinese, Japanese
    and Thai headlines have no spaces to hold.
    """
    match = _END.search(html)
    if match is None or len(match[2]) > SHORT or len(match[1]) + len(match[2]) > LONGEST:
        return html
    return f"{html[: match.start(2) - 1]}{NO_BREAK}{html[match.start(2) :]}"
