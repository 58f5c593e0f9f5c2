"""Guesses the language of a text from its most common words and its script."""

from __future__ import annotations

import re
from collections import Counter

ENOUGH = 60  # words; no guess is made for a shorter text
CLEAR = 1.6  # required ratio of common words to the second most likely language
LEAST = 0.12  # required share of words that are among the most common of a language
_COMMON = {
    "en": "the of and to in is that it was for on are with as at be this have from not they which but were",
    "de": "der die das und ist nicht ein eine zu den von mit sich auf für dem im des auch es an wird sind aus",
    "fr": "le la les des et est dans une pour que qui pas sur du au avec ce il se sont par plus ne cette aux",
    "es": "el la los las y en que de un una es por con para del se no su al lo como más pero sus este",
    "pt": "o a os as e que de um uma é em para com não por do da no na se mais como dos das ao foi",
    "it": "il la i le e che di un una è in per con non del della si al da sono dei gli più nel alla questo",
    "nl": "de het een en van is dat op te in niet zijn voor met die aan er om ook als maar bij naar uit",
    "pl": "i w na z się że nie do jest to o jak po co ale za od przez przy dla tak był są oraz",
}
_SCRIPTS = (
    ("he", re.compile(r"[\u05d0-\u05ea]")),
    ("fa", re.compile(r"[پچژگ]")),
    ("ar", re.compile(r"[\u0621-\u064a]")),
)


def guess_language(text: str) -> str | None:
    """Return the language of a text if clear and supported by the packaged theme, else `None`."""
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]
    if len(words) < ENOUGH:
        return None
    letters = "".join(words)
    for language, script in _SCRIPTS:
        share = 0.005 if language == "fa" else 0.5
        if len(script.findall(letters)) > share * len(letters):
            return language
    counts = Counter(words)
    scores = sorted(
        (sum(counts[word] for word in common.split()), language)
        for language, common in _COMMON.items()
    )
    (second, _), (first, language) = scores[-2:]
    is_clear = first >= LEAST * len(words) and first >= CLEAR * max(second, 1)
    return language if is_clear else None
