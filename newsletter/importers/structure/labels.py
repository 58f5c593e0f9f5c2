"""Labels that name the kind of a part: `Essay`, `In brief`, `Data: Ships at berth nine`, `P.S.`."""

from __future__ import annotations

import re

# Kind -> labels, in the languages of the packaged theme: en, de, fr, es, pt, it, nl, pl, ru, ar, he
# and related languages. Any other heading is text.
_KINDS = {
    "essay": "essay|the essay|feature|main story|lead story|column|leitartikel|der essay|"
    "essai|l['’]essai|ensayo|"
    "el ensayo|ensaio|o ensaio|saggio|il saggio|het essay|esej|эссе|مقال|المقال|מאמר|המאמר",
    "brief": "briefs?|in brief|news in brief|news|headlines|short reads|kurz|in kürze|"
    "kurzmeldungen|kurz notiert|"
    "meldungen|nachrichten|en bref|brèves|en breve|breves|em resumo|curtas|"
    "in breve|brevi|notizie|in het kort|"
    "kort|kort nieuws|w skrócie|krótko|коротко|кратко|باختصار|بإيجاز|בקצרה",
    "data": "data|the data|chart|charts|the chart|(?:the week )?in numbers|by the numbers|"
    "figures|table|daten|zahlen|"
    "in zahlen|die zahlen|données|les données|en chiffres|datos|los datos|"
    "en cifras|dados|os dados|em números|dati|"
    "i dati|in cifre|in numeri|gegevens|cijfers|in cijfers|dane|w liczbach|данные|"
    "в цифрах|بيانات|بالأرقام|נתונים|במספרים",
    "postscript": "postscript|p\\. ?s\\.|ps|and finally|postskriptum|nachtrag|zum schluss|"
    "post-scriptum|posdata|"
    "pós-escrito|poscritto|naschrift|постскриптум|ملحق|נ\\.ב\\.|נ״ב",
    "links": "links|the links|roundup|round-up|reading list|further reading|elsewhere|"
    "worth reading|lesetipps|"
    "leseempfehlungen|linktipps|liens|à lire|enlaces|lecturas|ligações|leituras|"
    "link|da leggere|leestips|linki|"
    "ссылки|روابط|קישורים",
    "note": "note|a note|editor['’]s note|from the editor|editorial note|intro|"
    "introduction|welcome|editorial|vorwort|"
    "einleitung|willkommen|édito|éditorial|introducción|nota|introdução|"
    "introduzione|inleiding|welkom|wstęp|"
    "введение|مقدمة|הקדמה",
    "sponsor": "sponsor|our sponsor|sponsored|advertisement|from our sponsor|anzeige|werbung|"
    "sponsorisé|publicité|"
    "patrocinador|publicidad|patrocínio|publicidade|pubblicità|advertentie|reklama|"
    "реклама|إعلان|פרסומת",
}
_LABELS = re.compile(
    "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()), re.IGNORECASE
)
_PS = re.compile(
    r"(?:P\. ?S\.?|PS|P\.D\.|Postscript|Postskriptum|נ\.ב\.)\s*[:.–—-]?\s", re.IGNORECASE
)
_HEAD = re.compile(
    r"(?:(?P<title>title|subject(?: line)?)|(?P<deck>deck|preheader|"
    r"preview(?: text)?|standfirst))\s*:\s*",
    re.IGNORECASE,
)


def label_kind(words: str) -> tuple[str, str] | None:
    """Return the kind that a heading names, and the rest of the heading: a title, or ""."""
    label, colon, rest = " ".join(words.split()).partition(":")
    match = _LABELS.fullmatch(label.strip(" *_–—-"))
    if match is None or match.lastgroup is None or (colon and not rest.strip()):
        return (match.lastgroup, "") if match and match.lastgroup else None
    return match.lastgroup, rest.strip()


def is_postscript(words: str) -> bool:
    """Return whether a paragraph begins like a postscript."""
    return bool(_PS.match(words.strip()))


def head_label(words: str) -> tuple[str, str] | None:
    """Return `title` or `deck` if a line is labeled as one, and the rest of the line."""
    match = _HEAD.match(words.strip())
    return (match.lastgroup, words.strip()[match.end() :]) if match and match.lastgroup else None
