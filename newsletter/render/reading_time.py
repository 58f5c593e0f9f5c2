"""Word count and reading time of a text in any script."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

# Words per minute, silent reading of non-fiction in English: Brysbaert, Journal of Memory and
# Language 109 (2019), 104047.
WORDS_PER_MINUTE = 238
_WORD = re.compile(r"\w+(?:[’'.,\-]\w+)*")


class Unspaced(Struct, frozen=True):
    """A script that is written without spaces between words."""

    characters: re.Pattern[str]
    per_word: float  # characters in an average word
    per_minute: float  # characters read per minute


# Chinese 255 and Japanese 357 characters per minute, 158 and 193 words: the IReST study,
# Trauzettel-Klosinski and Dietz, Investigative Ophthalmology & Visual Science 53 (2012), 5452.
# Thai, Lao, Khmer and Burmese are not covered there: their words have about five characters and are
# read as fast as English.
_KANA = r"\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d"
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_FIRST_EASTERN = "\u3041"  # kana and Han begin here
_SOUTH_EAST_ASIAN = Unspaced(
    re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"), 5, 5 * WORDS_PER_MINUTE
)


def _eastern(text: str) -> Unspaced:
    """Return Japanese or Chinese. Compiled on first use, because these patterns take 4 ms."""
    if re.search(f"[{_KANA}]", text):
        return Unspaced(re.compile(f"[{_HAN}{_KANA}]"), 357 / 193, 357)
    return Unspaced(re.compile(f"[{_HAN}]"), 255 / 158, 255)


class Length(Struct, frozen=True):
    """The length of a text in words and in minutes of reading."""

    words: int
    minutes: float  # of silent reading


@lru_cache(maxsize=64)  # of sections: each is counted several times
def length(text: str) -> Length:
    """Return the word count and the reading time of a text."""
    if text.isascii():
        words = len(_WORD.findall(text))
        return Length(words, words / WORDS_PER_MINUTE)
    total, minutes = 0.0, 0.0
    eastern = (_eastern(text),) if max(text) >= _FIRST_EASTERN else ()
    for script in (*eastern, _SOUTH_EAST_ASIAN):
        text, count = script.characters.subn(" ", text)
        total += count / script.per_word
        minutes += count / script.per_minute
    spaced = len(_WORD.findall(text))
    if "_" in text:  # the only character of a word that is neither a letter nor a digit
        spaced = sum(any(map(str.isalnum, word)) for word in _WORD.findall(text))
    return Length(round(total + spaced), minutes + spaced / WORDS_PER_MINUTE)
