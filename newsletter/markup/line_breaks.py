"""Where a line of the text part may end."""

from __future__ import annotations

import re
from functools import cache

from newsletter.markup.width import is_narrow

# A merge field is never wrapped: services do not recognise one that is broken over two lines.
_WORD = re.compile(r"(?:%%\w+\|[^%\n]*%%|[^ \n])+|\n")
_OPENING = "（［｛「『【〈《〔〖“‘(["
_CLOSING = "、。，．）］｝」』】〉》〕〗！？：；ー々・…”’)].,;:!?%\u200d\ufe0f"
_MARKS = "_*~\"'"  # of emphasis and quotations: the first one opens, the second one closes


@cache
def _tokens() -> re.Pattern[str]:
    """Return the pattern of a wide character, a sign that keeps to its neighbor, or other text.

    Compiled on first use, because that takes 4 ms and Latin text never needs it.
    """
    wide = "\u2e80-\u2fff\u3040-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff10-\uffef"
    signs = re.escape(_OPENING + _CLOSING + _MARKS)
    return re.compile(
        f"(?P<opening>[{re.escape(_OPENING)}])|(?P<closing>[{re.escape(_CLOSING)}])"
        f"|(?P<mark>[{_MARKS}])|(?P<wide>[{wide}])|(?P<other>[^{signs}{wide}]+)"
    )


def pieces(text: str) -> list[tuple[str, bool]]:
    """Return the pieces of a text between which a line may end, each with whether a space precedes.

    East Asian text has no spaces: a line may end after any wide character, but not before closing
    punctuation, nor between an opening sign, such as the mark of emphasis, and its word.
    """
    if is_narrow(text):
        return [(word, True) for word in _WORD.findall(text)]
    result = []
    open_marks: set[str] = set()
    for word in _WORD.findall(text):
        inside = _of_word(word, open_marks)
        result += [(piece, index == 0) for index, piece in enumerate(inside)]
    return result


def _of_word(word: str, open_marks: set[str]) -> list[str]:
    """Return the pieces of text without spaces; `open_marks` is kept from word to word."""
    word_pieces = [""]
    breakable = False  # whether a line may end before what comes next
    for token in _tokens().finditer(word):
        kind, sign = token.lastgroup, token[0]
        if kind == "mark" and _inside_latin(word, token.start()):
            kind = "other"
        elif kind == "mark":
            kind = "closing" if sign in open_marks else "opening"
            open_marks ^= {sign}
        after_wide = breakable or (kind == "wide" and _ends_latin(word_pieces[-1]))
        if word_pieces[-1] and after_wide and kind != "closing":
            word_pieces.append("")
        word_pieces[-1] += sign
        breakable = kind == "wide" or (kind == "closing" and breakable)
    return word_pieces


def _inside_latin(word: str, index: int) -> bool:
    """Return whether a mark is part of a word, such as snake_case or it's."""
    neighbors = word[index - 1 : index] if index else "", word[index + 1 : index + 2]
    return all(char and char.isalnum() and is_narrow(char) for char in neighbors)


def _ends_latin(piece: str) -> bool:
    return bool(piece) and piece[-1] not in _OPENING + _MARKS
