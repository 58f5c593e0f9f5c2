"""Placeholders for missing text, in the forms that writers, programs and templates use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from newsletter.check.prose.passages import within_quotation


class Placeholder(Struct, frozen=True):
    """One placeholder in a text."""

    start: int
    text: str
    certain: bool  # it has no other meaning


_WHAT = (
    "titles?|headlines?|sub-?heads?|sub-?titles?|subject(?: line)?|preheader|deck|dek|byline"
    "|text|copy|content|body|"
    "caption|images?|pictures?|photos?|logo|links?|urls?|names?|dates?|quotes?|intro(?:duction)?"
    "|summary|description|"
    "paragraphs?|details|figures?|numbers?|sources?|story|article|address|company|city|email|cta|button"
)
# Parts of a text that only its author writes; readers may be asked for the others.
_PARTS = (
    r"title|headline|sub-?head|sub-?title|subject(?: line)?|preheader|deck|dek|byline|text|copy|content"
    r"|body|caption|intro(?:duction)?|summary|description|paragraph"
)
# Certain placeholders, never intended to be published.
_CERTAIN = (
    r"\bTKTK\w*|\blorem ipsum\b(?: dolor sit amet\b)?|(?<!ipsum )\bdolor sit amet\b|\bconsectetur adipi[sc]+ing\b",
    r"(?<!\[)\[(?:placeholder|tk+|todo\b[^\]]*|fixme\b[^\]]*|your [^\]]{2,30}|name here"
    r"|(?-i:LINK)|(?:first |last )?name|(?:insert|add|enter|put|type|write|replace)\b[^\]]*"
    rf"|(?:{_WHAT})(?: (?:goes|to come|tk|here|tbd|tbc|to follow))+)\](?!\()",
    r"(?<!\[)\[(?:current )?(?:year|month|day|date|city|country|company(?: name)?|organi[sz]ation(?: name)?"
    r"|address|street|phone(?: number)?|email|website|title|headline|subject|number|amount|author|editor"
    r"|publication|newsletter(?: name)?)\](?![\[(])",
    r"[<{«](?:insert|your|enter|add|replace)\b[^<>{}«»\n]{2,40}[>}»]",
    rf"\binsert (?:an? |the |your )?(?:\w+ )?(?:{_WHAT}) here\b",
    rf"\b(?:your|add (?:an? |the |your )?|enter (?:an? |the |your )?|type (?:an? |the |your )?"
    rf"|write (?:an? |the |your )?)\s*"
    rf"(?:\w+ )?(?:{_PARTS}) here\b",
    rf"\b(?:{_PARTS}) goes here\b(?! and there)"
    rf"|^(?:the |your )?(?:\w+ )?(?:{_WHAT}) goe?s? here(?=[.!]?$)|^(?:{_WHAT}) here(?=[.!]?$)",
    r"^(?:please )?(?:replace|change|edit|delete|remove) (?:me|this)"
    r"(?: (?:text|line|paragraph|sentence|placeholder|title|headline|image))?(?=[.!]?$)|^replace me with\b",
    r"^placeholder(?: (?:text|title|image|copy))?(?=[.!]?$)|^(?:write|type|add|put) (?:something|text) here(?=[.!]?$)",
    r"\bclick or tap (?:here )?to enter(?: (?:text|title|a date))?\b"
    r"|^click (?:here )?to (?:enter|edit|add|change) (?:a |the )?(?:text|title|subtitle|notes)(?=[.!]?$)",
    r"^(?:dummy|filler|sample|placeholder) (?:text|copy|headline|title)(?=[.!]?$)",
    r"\bthis is (?:a |an |some )?(?:placeholder(?: text)?|dummy text|sample text|test (?:title|headline|paragraph))"
    r"(?=[.!]|$)",
    rf"^(?:{_WHAT}) to (?:come|follow|be added)(?=[.!]?$)"
    rf"|(?<=[\[(])(?:{_WHAT}) to (?:come|follow|be added)(?=[\])])",
    r"\bError! (?:Reference source not found|Bookmark not defined|No text of specified style)\b",
    r"(?-i:\b(?:MERGEFIELD|HYPERLINK|INCLUDEPICTURE)) [\"“”\\]",
    r"\bcoming soon: (?:text|title)\b|\basdf(?:asdf|ghjk)*\b|\bblah blah blah\b(?=\.?$)",
    # equivalents in the supported languages
    r"\b(?:hier|bitte) (?:den |die |das )?(?:text|titel|überschrift|bild|link|datum"
    r"|namen?) (?:einfügen|eingeben|einsetzen)\b"
    r"|\b(?:text|titel|überschrift|bild) (?:hier )?einfügen\b|\b(?:ihr|dein|euer) (?:text|titel"
    r"|name) hier\b|\bplatzhalter(?:text)?\b",
    r"\b(?:insér(?:er|ez)|ajout(?:er|ez)|saisi(?:r|ssez)) (?:le |la |un |une |votre )?(?:texte"
    r"|titre|image|lien|nom|date) ici\b"
    r"|\b(?:votre|le) (?:texte|titre|nom) ici\b|\btexte (?:à venir|de remplissage)\b",
    r"\b(?:inserta[r]?|añad[ei]r?|escrib[aei]r?|introdu(?:ce|zca|cir)) (?:el |la |un |una |su |tu )?"
    r"(?:texto|título|imagen|enlace|nombre|fecha)(?: aquí)?\b(?=.{0,10}aqu|[.!]?$)|\b(?:su"
    r"|tu) (?:texto|título|nombre) aquí\b"
    r"|\btexto de (?:relleno|ejemplo)\b",
    r"\b(?:insir[ae]|inserir|adicione|escreva) (?:o |a |um |uma |seu )?(?:texto|título|imagem"
    r"|link|nome|data) aqui\b"
    r"|\b(?:o )?seu (?:texto|título|nome) aqui\b|\btexto (?:provisório|de exemplo)\b",
    r"\b(?:inserisci|inserire|aggiungi|scrivi) (?:il |la |un |una |qui )?(?:testo|titolo|immagine"
    r"|link|nome|data)(?: qui)?\b(?=[.!]?$| qui)"
    r"|\b(?:il )?tuo (?:testo|titolo|nome) qui\b|\btesto segnaposto\b",
    r"\b(?:voeg|vul|plaats|zet) (?:hier )?(?:de |het |een |uw |je )?(?:tekst|titel|afbeelding"
    r"|link|naam|datum) (?:hier )?(?:in|toe|hier)\b"
    r"|\b(?:uw|jouw|je) (?:tekst|titel|naam) hier\b|\bvoorbeeldtekst\b",
    # open questions of a draft
    r"\b(?:fig(?:ure)?|pages?|pp?|chapter|section|issue|no|vol)\.? \?{2,}"
    rf"|(?-i:\bDO NOT (?:PUBLISH|SEND|PRINT)\b)|\b(?:{_WHAT}) TK\b",
    r"\bXX(?= ?%| (?:per ?cent|percent|million|billion|Prozent|pour cent|por cento|por ciento"
    r"|per cento|procent)\b)"
    r"|[$€£]X{2,}(?![A-Za-z])|\bXX[./-]XX(?:[./-](?:XX){1,2})?\b",
)
# Nearly certain placeholders; initials, names and code may look the same.
_LIKELY = (
    r"\b(?:TK)+\b|\b(?:TODO|FIXME)\b:|^(?:TODO|FIXME)\b|(?<![\w-])XXX(?![\w-])"
    # `Venue: TBD` may be meant
    r"|(?:(?<=\bon )|(?<=\bat )|(?<=\bin )|(?<=\bby )|(?<=\bto )|(?<=\bfrom ))TBD\b",
)
# Forms that also have a meaning of their own: instructions, calls to readers, open questions.
_POSSIBLE = (
    r"(?<!\[)\[(?:citation needed|tbd|tbc)\](?!\()",
    r"(?-i:\b(?:TODO|FIXME)\b)(?! (?:lists?|apps?|comments?|items?|files?|app)\b)",
    r"(?-i:\bTBC\b)(?=[.;]|$)|\b(?:text|copy|headline|title|caption|quote|source|numbers?|figures?) (?-i:TB[CD])\b",
    r"\b(?:replace|change|edit|delete|remove) this (?:text|paragraph|sentence|placeholder)\b",
    r"\bplaceholder (?:text|title|image|copy)\b(?! (?:in|of|for|on|is|are)\b)",
    r"\b(?:dummy|filler|sample) (?:text|copy|headline|title)(?! (?:of|for|from|was|were|is|are|in)\b)",
    r"\bthis is (?:a |an |some )?(?:placeholder(?: text)?|dummy text|sample text)\b",
    r"(?<=\()\?{2,}(?=\))|(?<=[^\W\d_] )\?{3,}(?= (?-i:[a-zà-ÿ]))|_{4,}(?=\s|$|[.,)])",
)
_PLACEHOLDERS = re.compile(
    f"(?P<certain>{'|'.join(_CERTAIN)})|(?P<likely>{'|'.join(_LIKELY)})"
    f"|(?P<possible>{'|'.join(_POSSIBLE)})",
    re.IGNORECASE,
)
# Real words in other languages: a German health insurer; Spanish and Portuguese for "everything".
_WORDS: Mapping[str, frozenset[str]] = {
    "de": frozenset({"TK"}),
    "es": frozenset({"TODO"}),
    "pt": frozenset({"TODO"}),
}
# Quotation marks around a term under discussion: “TK” is what editors write.
_OPENING, _CLOSING = re.compile(r"[\"'“‘„«‹][\s]?$"), re.compile(r"\s?[\"'”’“‘»›]")
_VENUE = re.compile(r"\d\s?(?:[ap]\.?m\.?)?,?\s+(?:at|in)\s$", re.IGNORECASE)  # 4 pm at TBD
_NUMERAL = re.compile(r"[^\W\d_]\w*\s$")  # the XXX after a noun is thirty
_NAME_BEHIND = re.compile(r"(?:\s|-)(?-i:[A-Z])[a-z]+")  # TK Maxx, TK Elevator
# What an editor puts for a word left out of a quotation: “I saw [name] in [city]”.
_LEFT_OUT = re.compile(
    r"\[(?:(?:first|last|company) )?(?:name|year|month|day|date|city|country|company|street|author|editor"
    r"|publication|number|amount|title|organi[sz]ation)\]",
    re.IGNORECASE,
)
CODE = frozenset(("TODO", "FIXME"))  # in a link, the title of an article about one


def placeholders(words: str, language: str) -> Iterator[Placeholder]:
    """Yield the placeholders in a text, except quoted ones and those under discussion."""
    allowed = _WORDS.get(language.split("-")[0], frozenset())
    for match in _PLACEHOLDERS.finditer(words):
        mark = match[0]
        if mark in allowed or _is_meant(words, match):
            continue
        named = mark.isupper() and _NAME_BEHIND.match(words, match.end())
        certain = bool(match["certain"]) or (bool(match["likely"]) and not named)
        yield Placeholder(match.start(), mark, certain)


def _is_meant(words: str, match: re.Match[str]) -> bool:
    """Return whether a match is intended text: lower-case initials, a quotation, a numeral."""
    mark, before = match[0], words[: match.start()]
    if match["likely"] and not mark.rstrip(":").isupper():
        return True
    quoted = within_quotation(before)
    if _OPENING.search(before) and (_CLOSING.match(words, match.end()) or quoted):
        return True
    if _LEFT_OUT.fullmatch(mark) and quoted:
        return True
    if mark == "XXX" and _NUMERAL.search(before) and not words[match.end() :].startswith(":"):
        return True
    if mark.upper() == "TBD" and _VENUE.search(before):
        return True
    return mark.lower() == "lorem ipsum" and bool(before.strip())  # it is the topic
