"""Words that attribute a statement, by language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_ATTRIBUTION: Mapping[str, str] = {
    "en": (
        r"according to|say|says|said|saying|tells?|told|reports?|reported|writes?|wrote|writing|written|estimates?|"
        r"estimated|finds?|found|shows?|showed|argues?|argued|claims?|claimed|notes?|noted|puts? it|asks?|asked|"
        r"announced?|announces|counts?|counted|survey(?:ed)?|stud(?:y|ies)|polls?|data from|figures from|"
        r"quot(?:es?|ed)|"
        r"explain(?:s|ed)|concludes?|concluded|suggests?|suggested|adds?|added|warn(?:s|ed)|recall(?:s|ed)|"
        r"repl(?:y|ied|ies)|remark(?:s|ed)|observ(?:es|ed)|declar(?:es|ed)|states|stated|reads|read|describ(?:es|ed)|"
        r"expects?|expected|forecasts?|projects?|projected|census|index|in the words of|words of|propos(?:es?|ed|als?)|"
        r"present(?:s|ed)|manifestos?|promis(?:es?|ed)|pledg(?:es?|ed)|plans?|planned|approv(?:es?|ed)|introduc(?:es?|ed)|respond(?:s|ed)|question(?:s|ed|ing)|"
        r"emphasi[sz](?:es?|ed)|highlight(?:s|ed)|debat(?:es?|ed)|discuss(?:es|ed|ions?)|clarif(?:y|ies|ied)|"
        r"confirm(?:s|ed)|request(?:s|ed)|recommend(?:s|ed|ations?)|calculat(?:es?|ed)|measur(?:es?|ed)|captur(?:es?|ed|ing)|"
        r"express(?:es|ed)|aim(?:s|ed)|law|bill|act|statute|legislation|tax code|treaty|budget|"
        r"reveal(?:s|ed|ing)?|showing|finding|indicat(?:es?|ed|ing)|statistics|figures|dataset|according|"
        r"noting|adding|examin(?:es?|ed)|analy[sz](?:es?|ed)|scor(?:es?|ed)|rank(?:s|ed)|benchmark"
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
_HYPOTHETICAL: Mapping[str, str] = {
    "en": (
        r"if|suppose|imagine|say|assume|assuming|let['’]s say|for example|for instance|would|could|might|(?-i:may)|can|"
        r"hypothetical\w*"
    ),
    "de": r"wenn|falls|angenommen|stell\w* (?:dir|sie|euch)|zum beispiel|würde\w*|könnte\w*",
    "fr": r"si|supposons|imaginez|imaginons|par exemple|pourrai\w*|serai\w*",
    "es": r"si|supongamos|imagina\w*|por ejemplo|podría\w*|sería\w*",
    "pt": r"se|suponh\w*|imagin\w*|por exemplo|poderia\w*|seria\w*",
    "it": r"se|supponiamo|immagin\w*|per esempio|ad esempio|potrebbe\w*|sarebbe\w*",
    "nl": r"als|stel|neem aan|bijvoorbeeld|zou|zouden",
}
# Words that mark a whole paragraph as an example.
_EXAMPLE: Mapping[str, str] = {
    "en": (
        r"suppos(?:e|ing)|imagine|assum(?:e|es|ed|ing|ptions?)|consider|let['’]s|for (?:example|instance)|"
        r"hypothetical\w*"
    ),
    "de": r"angenommen|stell\w* (?:dir|sie|euch)|zum beispiel|nehmen wir an",
    "fr": r"supposons|imaginez|imaginons|par exemple|prenons",
}
_PERSONAL: Mapping[str, str] = {
    "en": r"i|we|us|our|ours|my|mine|me|you|your",
    "de": r"ich|wir|uns|unser\w*|mein\w*|mir|mich|du|dein\w*|ihr|euch",
    "fr": r"je|j['’]\w+|nous|notre|nos|mon|ma|mes|vous|votre|vos",
    "es": r"yo|nosotros|nuestr\w*|mi|mis|nos|tu|tus|usted|su",
    "pt": r"eu|nós|noss\w*|meu|minha|nos|você|seu|sua",
    "it": r"io|noi|nostr\w*|mio|mia|miei|ci|tu|tuo|voi|vostr\w*",
    "nl": r"ik|wij|we|ons|onze|mijn|me|je|jij|jullie|u|uw",
}
# Words that mark an author's own calculation: `we estimate`, `our model`, `our survey`.
_OWN_CALCULATION: Mapping[str, str] = {
    "en": (
        r"(?:we|i)(?: then| also| now|['’]ve| have)* (?:estimate|model|simulate|calculate|project|analy[sz]e|compute|"
        r"survey|count|measure|assume|forecast)(?:d|ed|led)?|"
        r"our (?:own )?(?:\w+ )?(?:analys[ei]s|models?|estimates?|calculations?|simulations?|surveys?|results|findings|"
        r"projections?|data|dataset|methodology|assumptions)"
    ),
    "de": (
        r"(?:wir|ich) (?:schätzen?|rechnen|berechnen|haben (?:gezählt|berechnet|gemessen))|"
        r"unsere[rn]? (?:eigenen? )?(?:Analyse|Berechnung\w*|Umfrage|Modell\w*|Daten)"
    ),
    "fr": (
        r"nous (?:estimons|calculons|avons (?:compté|calculé|mesuré))|"
        r"(?:notre|nos) (?:analyse|modèle|enquête|calculs?|estimations?|données)"
    ),
}
LANGUAGES = frozenset(_ATTRIBUTION)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{form})\b", re.IGNORECASE)


def _has(table: Mapping[str, str], words: str, language: str) -> bool:
    form = table.get(language.split("-")[0])
    return bool(form and _pattern(form).search(words))


def names_source(words: str, language: str) -> bool:
    """Return whether a text names who made its statement."""
    return _has(_ATTRIBUTION, words, language)


def is_hypothetical(words: str, language: str) -> bool:
    """Return whether a text is hypothetical."""
    return _has(_HYPOTHETICAL, words, language)


def is_example(words: str, language: str) -> bool:
    """Return whether a paragraph works through an example."""
    return _has(_EXAMPLE, words, language)


def is_personal(words: str, language: str) -> bool:
    """Return whether a text is about its author or reader, for which no source is needed."""
    return _has(_PERSONAL, words, language)


def is_own_calculation(words: str, language: str) -> bool:
    """Return whether a text presents the author's own calculation."""
    return _has(_OWN_CALCULATION, words, language)
