"""How easy a text is to read: Flesch's formula, with the weights that others found for their languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

# Base, weight of words a sentence, weight of syllables a word.
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
    """Return the ease of reading, 100 easy and 0 hard, or `None` for a language without weights."""
    tag = language.split("-")[0]
    if tag not in _WEIGHTS or not words or not sentences:
        return None
    base, by_length, by_syllables = _WEIGHTS[tag]
    total = sum(syllables(word, tag) for word in words)
    return base - by_length * len(words) / sentences - by_syllables * total / len(words)


def syllables(word: str, language: str) -> int:
    """Return the syllables of a word, near enough for an average."""
    word = word.lower()
    if language == "en" and len(word) > 3:
        word = _SILENT.sub("", word)
    return max(len(_VOWELS.findall(word)), 1)
