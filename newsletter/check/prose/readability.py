"""Reading ease: Flesch's formula, with published coefficients for other languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

# Constant, weight of words per sentence, weight of syllables per word.
_WEIGHTS: Mapping[str, tuple[float, float, float]] = {
    "en": (206.835, 1.015, 84.6),  # Flesch 1948
    "de": (180.0, 1.0, 58.5),  # Amstad 1978
    "fr": (207.0, 1.015, 73.6),  # Kandel and Moles 1958
    "es": (206.84, 1.02, 60.0),  # Fernández Huerta 1959
    "pt": (248.835, 1.015, 84.6),  # Martins and others 1996
    "it": (217.0, 1.3, 60.0),  # Franchina and Vacca 1986
    "nl": (206.84, 0.93, 77.0),  # Douma 1960
}
_VOWELS = re.compile(r"[aeiouyáàâãäåéèêëíìîïóòôõöúùûüýœæ]+")
_SILENT = re.compile(r"(?<![aeiouyl])e(?:s|d)?$")


def ease(words: Sequence[str], sentences: int, language: str) -> float | None:
    """Return the reading ease from 0 (hard) to 100 (easy); `None` for an unsupported language."""
    tag = language.split("-")[0]
    if tag not in _WEIGHTS or not words or not sentences:
        return None
    base, by_length, by_syllables = _WEIGHTS[tag]
    total = sum(syllables(word, tag) for word in words)
    return base - by_length * len(words) / sentences - by_syllables * total / len(words)


def syllables(word: str, language: str) -> int:
    """Return the approximate number of syllables of a word, adequate for averages."""
    word = word.lower()
    if language == "en" and len(word) > 3:
        word = _SILENT.sub("", word)
    return max(len(_VOWELS.findall(word)), 1)
