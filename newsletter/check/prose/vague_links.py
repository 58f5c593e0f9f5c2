"""Vague link texts, by language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_VAGUE: Mapping[str, str] = {
    "en": (
        "here|click here|click|click this|see here|this|this link|that|link|links|the link|this page|page|website|site|"
        "more|more here|read more|learn more|find out more|see more|view more|read on|continue|continue reading|"
        "read it|read it here|read this|read here|check it out|full story|full article|article|this article|post|"
        "this post|details|more details|info|more info|more information|download|go|start|open|source|via"
    ),
    "de": (
        "hier|hier klicken|klicken sie hier|klick hier|mehr|mehr dazu|mehr lesen|weiterlesen|mehr erfahren|link|"
        "dieser link|diese seite|seite|details|weitere informationen|mehr infos|infos|artikel|zum artikel|quelle|dies"
    ),
    "fr": (
        "ici|cliquez ici|cliquer ici|par ici|lien|ce lien|le lien|plus|en savoir plus|lire plus|lire la suite|"
        "la suite|suite|voir plus|cette page|page|article|cet article|l'article|détails|plus d'infos|source"
    ),
    "es": (
        "aquí|aqui|haz clic aquí|haga clic aquí|clic aquí|pincha aquí|enlace|este enlace|más|leer más|ver más|"
        "saber más|más información|seguir leyendo|esta página|página|artículo|este artículo|detalles|fuente|esto"
    ),
    "pt": (
        "aqui|clique aqui|clica aqui|link|este link|ligação|esta ligação|mais|ler mais|leia mais|saber mais|"
        "saiba mais|ver mais|mais informações|continuar a ler|esta página|página|artigo|este artigo|detalhes|fonte"
    ),
    "it": (
        "qui|clicca qui|cliccare qui|link|questo link|più|leggi|leggi di più|leggi tutto|scopri di più|di più|"
        "continua|continua a leggere|questa pagina|pagina|articolo|questo articolo|dettagli|fonte|maggiori informazioni"
    ),
    "nl": (
        "hier|klik hier|link|deze link|meer|lees meer|lees verder|verder lezen|meer lezen|meer weten|meer info|"
        "meer informatie|deze pagina|pagina|artikel|dit artikel|details|bron|dit"
    ),
}
_TRIM = re.compile(r"^[\W_]+|[\W_]+$")


@cache
def _vague(language: str) -> frozenset[str]:
    return frozenset(_VAGUE.get(language, "").split("|")) - {""}


def is_vague(words: str, language: str) -> bool:
    """Return whether a link text does not describe the link's destination."""
    normalized = " ".join(_TRIM.sub("", words.replace("’", "'")).casefold().split())
    return bool(words) and (not normalized or normalized in _vague(language.split("-")[0]))
