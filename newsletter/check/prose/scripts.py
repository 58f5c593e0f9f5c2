"""Scripts: the one a language is written in, and changes of script within a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

# Letter ranges of scripts found in newsletters; Chinese, Japanese and Korean share one.
_LETTERS: Mapping[str, str] = {
    "Latin": "A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Cyrillic": "\u0400-\u052f",
    "Armenian": "\u0530-\u058f",
    "Hebrew": "\u0590-\u05ff",
    "Arabic": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Tamil": "\u0b80-\u0bff",
    "Gurmukhi": "\u0a00-\u0a7f",
    "Gujarati": "\u0a80-\u0aff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Malayalam": "\u0d00-\u0d7f",
    "Sinhala": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Lao": "\u0e80-\u0eff",
    "Tibetan": "\u0f00-\u0fff",
    "Burmese": "\u1000-\u109f",
    "Ethiopic": "\u1200-\u137f",
    "Khmer": "\u1780-\u17ff",
    "Georgian": "\u10a0-\u10ff",
    "CJK": "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af",
}
_WRITTEN_IN: Mapping[str, str] = {
    **dict.fromkeys("ru uk be bg sr mk kk ky mn tg".split(), "Cyrillic"),
    **dict.fromkeys("ar fa ur ps ckb ug sd".split(), "Arabic"),
    **dict.fromkeys("he yi".split(), "Hebrew"),
    **dict.fromkeys("zh ja ko".split(), "CJK"),
    **dict.fromkeys("hi mr ne".split(), "Devanagari"),
    "pa": "Gurmukhi",
    "gu": "Gujarati",
    "te": "Telugu",
    "kn": "Kannada",
    "ml": "Malayalam",
    "si": "Sinhala",
    "lo": "Lao",
    "bo": "Tibetan",
    "my": "Burmese",
    "am": "Ethiopic",
    "ti": "Ethiopic",
    "km": "Khmer",
    "el": "Greek",
    "hy": "Armenian",
    "ka": "Georgian",
    "th": "Thai",
    "bn": "Bengali",
    "ta": "Tamil",
}
# The most common language of each script, for a hint.
_LANGUAGES: Mapping[str, str] = {
    "Greek": "el",
    "Cyrillic": "ru",
    "Armenian": "hy",
    "Hebrew": "he",
    "Arabic": "ar",
    "Devanagari": "hi",
    "Bengali": "bn",
    "Tamil": "ta",
    "Gurmukhi": "pa",
    "Gujarati": "gu",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Sinhala": "si",
    "Thai": "th",
    "Lao": "lo",
    "Tibetan": "bo",
    "Burmese": "my",
    "Ethiopic": "am",
    "Khmer": "km",
    "Georgian": "ka",
}
_KANA, _HANGUL = re.compile("[\u3040-\u30ff]"), re.compile("[\uac00-\ud7af]")
# Letters that distinguish Ukrainian, Persian and Urdu from Russian and Arabic.
_TELLING = (
    ("uk", re.compile("[іїєґІЇЄҐ]")),
    ("fa", re.compile("[پچژگ]")),
    ("ur", re.compile("[ٹڈڑںے]")),
    ("yi", re.compile("[װױײ]")),
)


def likely_language(words: str, script: str) -> str:
    """Return the tag of the likely language of words in a script."""
    if script == "CJK":
        if _KANA.search(words):
            return "ja"
        return "ko" if _HANGUL.search(words) else "zh"
    telling = (tag for tag, letters in _TELLING if letters.search(words))
    tag = next(telling, None)
    return tag if tag and _WRITTEN_IN.get(tag) == script else _LANGUAGES[script]


def name_of_script(words: str, script: str) -> str:
    """Return the display name of a script."""
    if script != "CJK":
        return script
    return {"ja": "Japanese", "ko": "Korean", "zh": "Chinese"}[likely_language(words, script)]


LEAST = 4  # minimum letters: one Greek letter is a variable, two are a unit


def script_of(language: str) -> str | None:
    """Return the script of a language; `None` if the tag names a script itself (`sr-Latn`)."""
    parts = language.split("-")
    return (
        None
        if any(len(part) == 4 for part in parts[1:])
        else _WRITTEN_IN.get(parts[0].lower(), "Latin")
    )


@cache
def _foreign(home: str) -> re.Pattern[str]:
    """Return the pattern of words in any script but `home` and Latin, which is used everywhere."""
    others = (
        rf"(?P<{script}>[{letters}](?:[{letters}\s\u0300-\u036f،,'-]*[{letters}])?)"
        for script, letters in _LETTERS.items()
        if script not in (home, "Latin")
    )
    return re.compile("|".join(others))


# A quick test for letters other than Latin ones. Most issues have none, and the patterns that
# distinguish scripts take some 10 ms to compile, as would a class of many ranges here.
_FAR = re.compile("(?![\u2000-\u2bff])[^\x00-\u036f]")


def is_near(text: str) -> bool:
    """Return whether a text has only Latin letters, digits and common characters."""
    return text.isascii() or not _FAR.search(text)


def foreign_runs(words: str, home: str) -> Iterator[tuple[int, str, str]]:
    """Yield offset, text and script of each run of words in another script."""
    if is_near(words):
        return
    for match in _foreign(home).finditer(words):
        if len(match[0]) >= LEAST:
            yield match.start(), match[0], match.lastgroup or ""


# Letters of other alphabets that look like Latin ones (from Unicode's confusables, UTS #39).
_LOOKALIKES = frozenset("асеорухіѕјһԁԛԝАВСЕНІЈКМОРЅТУХҮοΑΒΕΖΗΙΚΜΝΟΡΤΥΧνρυι")


@cache
def _mixed() -> re.Pattern[str]:
    letters = "A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f"
    return re.compile(
        rf"\b(?=[\w’'-]*[A-Za-z])(?=[\w’'-]*[\u0370-\u03ff\u0400-\u052f])(?:[{letters}]){{3,}}\b"
    )


def mixed_words(words: str) -> Iterator[tuple[int, str]]:
    """Yield offset and text of each Latin word that contains lookalike letters.

    Compounds with distinctive letters (TNFα, NFκB, ΔT, kΩ) are names of things, as are brands such
    as Яndex.
    """
    if is_near(words):
        return
    for match in _mixed().finditer(words):
        foreign = [char for char in match[0] if "\u0370" <= char <= "\u052f"]
        if foreign and len(foreign) < len(match[0]) and _LOOKALIKES.issuperset(foreign):
            yield match.start(), match[0]
