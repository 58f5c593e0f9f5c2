"""Words that say where something comes from, by language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_SAYING: Mapping[str, str] = {
    "en": (
        r"according to|say|says|said|saying|tells?|told|reports?|reported|writes?|wrote|writing|written|estimates?|"
        r"estimated|finds?|found|shows?|showed|argues?|argued|claims?|claimed|notes?|noted|puts? it|asks?|asked|"
        r"announced?|announces|counts?|counted|survey(?:ed)?|stud(?:y|ies)|polls?|data from|figures from|"
        r"quot(?:es?|ed)|"
        r"explain(?:s|ed)|concludes?|concluded|suggests?|suggested|adds?|added|warn(?:s|ed)|recall(?:s|ed)|"
        r"repl(?:y|ied|ies)|remark(?:s|ed)|observ(?:es|ed)|declar(?:es|ed)|states|stated|reads|read|describ(?:es|ed)|"
        r"expects?|expected|forecasts?|projects?|projected|census|index|in the words of|words of"
    ),
    "de": (
        r"laut|zufolge|nach angaben|sagt\w*|schreibt|schrieb|bericht\w*|schätz\w*|meldet\w*|erklärt\w*|"
        r"zitiert|studie|umfrage"
    ),
    "fr": (
        r"selon|d['’]après|dit|disait|écrit|écrivait|rapporte\w*|estime\w*|annonce\w*|affirme\w*|explique\w*|"
        r"étude|sondage|enquête"
    ),
    "es": (
        r"según|dice|dijo|escribe|escribió|informa\w*|estima\w*|calcula\w*|anunci\w*|afirm\w*|explic\w*|"
        r"estudio|encuesta"
    ),
    "pt": (
        r"segundo|de acordo com|diz|disse|escreve\w*|informa\w*|estima\w*|anunci\w*|afirm\w*|explic\w*|estudo|"
        r"pesquisa"
    ),
    "it": (
        r"secondo|dice|disse|ha detto|scrive|scrisse|riferisc\w*|stima\w*|annunci\w*|afferm\w*|spieg\w*|"
        r"studio|sondaggio"
    ),
    "nl": r"volgens|zegt|zei|schrijft|schreef|meldt|meldde|schat\w*|stelt|verklaar\w*|onderzoek|peiling|enquête",
}
_SUPPOSING: Mapping[str, str] = {
    "en": (
        r"if|suppose|imagine|say|assume|assuming|let['’]s say|for example|for instance|would|could|might|may|can|"
        r"hypothetical\w*"
    ),
    "de": r"wenn|falls|angenommen|stell\w* (?:dir|sie|euch)|zum beispiel|würde\w*|könnte\w*",
    "fr": r"si|supposons|imaginez|imaginons|par exemple|pourrai\w*|serai\w*",
    "es": r"si|supongamos|imagina\w*|por ejemplo|podría\w*|sería\w*",
    "pt": r"se|suponh\w*|imagin\w*|por exemplo|poderia\w*|seria\w*",
    "it": r"se|supponiamo|immagin\w*|per esempio|ad esempio|potrebbe\w*|sarebbe\w*",
    "nl": r"als|stel|neem aan|bijvoorbeeld|zou|zouden",
}
_OWN: Mapping[str, str] = {
    "en": r"i|we|us|our|ours|my|mine|me|you|your",
    "de": r"ich|wir|uns|unser\w*|mein\w*|mir|mich|du|dein\w*|ihr|euch",
    "fr": r"je|j['’]\w+|nous|notre|nos|mon|ma|mes|vous|votre|vos",
    "es": r"yo|nosotros|nuestr\w*|mi|mis|nos|tu|tus|usted|su",
    "pt": r"eu|nós|noss\w*|meu|minha|nos|você|seu|sua",
    "it": r"io|noi|nostr\w*|mio|mia|miei|ci|tu|tuo|voi|vostr\w*",
    "nl": r"ik|wij|we|ons|onze|mijn|me|je|jij|jullie|u|uw",
}
LANGUAGES = frozenset(_SAYING)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{form})\b", re.IGNORECASE)


def _has(table: Mapping[str, str], words: str, language: str) -> bool:
    form = table.get(language.split("-")[0])
    return bool(form and _pattern(form).search(words))


def attributes(words: str, language: str) -> bool:
    """Tell whether a text says who said it."""
    return _has(_SAYING, words, language)


def supposes(words: str, language: str) -> bool:
    """Tell whether a text only imagines what it says."""
    return _has(_SUPPOSING, words, language)


def own(words: str, language: str) -> bool:
    """Tell whether a text speaks of its author or its reader, who need no source for themselves."""
    return _has(_OWN, words, language)
