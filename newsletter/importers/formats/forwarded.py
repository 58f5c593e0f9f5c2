"""Emails that were forwarded in the text: the header lines that mail clients write above them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.structure.draft_dates import parse_date
from newsletter.importers.structure.outline import outline_words

COVER = 60  # words; more text above the forwarded email is a text of its own
_MARKER = re.compile(
    r"[\s>-]*(?:(?:begin |anfang der )?(?:forwarded|weitergeleitete[rn]?|original|ursprüngliche)"
    r" (?:message|email|mail|nachricht)|(?:début du )?message (?:transféré|transmis|réexpédié)|"
    r"mensaje (?:re)?enviado|mensagem (?:encaminhada|reencaminhada|original)|"
    r"messaggio (?:inoltrato|originale)|doorgestuurd bericht|przekazana wiadomość|"
    r"пересылаемое сообщение)\s*:?[\s-]*",
    re.IGNORECASE,
)
# What a header line is -> its labels in the languages of the packaged theme.
_LABELS = {
    "from": "from|von|de|da|van|od|от|מאת|من",
    "date": "date|sent|datum|gesendet|envoyé|fecha|enviado|data|enviada|inviato|verzonden|wysłano|дата|отправлено",
    "subject": "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|temat|тема|נושא|الموضوع",
    "to": "to|an|à|para|a|aan|do|кому|אל|إلى|cc|reply-to|antwort an",
}
_LINE = re.compile(
    "|".join(rf"(?P<{key}>(?:{labels}))" for key, labels in _LABELS.items()), re.IGNORECASE
)
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]{2,8} \d{4}|[A-Z][a-z]{2,8} \d{1,2}, \d{4}|\d{4}-\d\d-\d\d")


def without_forwarding(draft: Draft, collector: DraftCollector) -> Draft:
    """Return an email without the header lines of the email that it forwards.

    Author and date of the forwarded email replace those of the email around it. The text above is
    a covering note, unless it is longer than `COVER` words.
    """
    header_index = next(
        (index for index, block in enumerate(draft.blocks) if _header_of(block.words)), None
    )
    if header_index is None or header_index + 1 == len(draft.blocks):
        return draft
    above = draft.blocks[:header_index]
    if sum(outline_words(block.words) for block in above) > COVER:
        return draft
    _note(above, draft.blocks[header_index], collector)
    header = _header_of(draft.blocks[header_index].words)
    return replace(draft, blocks=draft.blocks[header_index + 1 :], meta=_meta(draft.meta, header))


def _header_of(words: str) -> dict[str, str]:
    """Return the header lines in a paragraph, empty unless they have author and subject."""
    result: dict[str, str] = {}
    for line in words.split("\n"):
        label, colon, value = line.strip(" >*").partition(":")
        match = _LINE.fullmatch(label.strip())
        if colon and match:
            result.setdefault(str(match.lastgroup), value.strip())
        elif not _MARKER.fullmatch(line) and not result:
            return {}
    return result if {"from", "subject"} <= result.keys() and len(result) > 2 else {}


def _note(above: Sequence[DraftBlock], header: DraftBlock, collector: DraftCollector) -> None:
    cover = "\n".join(block.words for block in above if not _MARKER.fullmatch(block.words))
    if cover.strip():
        collector.add_note("omitted", "text above the forwarded email", cover, above[0].line)
    marked = [block.words for block in above if _MARKER.fullmatch(block.words)]
    words = "\n".join((*marked, header.words, *header.links))
    collector.add_note("omitted", "header of the forwarded email", words, header.line)


def _meta(meta: Mapping[str, str], header: Mapping[str, str]) -> dict[str, str]:
    result = {key: value for key, value in meta.items() if key not in ("sender", "sent")}
    name = re.sub(r"[<\[(].*", "", header["from"]).strip(' "')
    if name and "@" not in name:
        result["sender"] = name
    day = _DAY.search(header.get("date", ""))
    sent = parse_date(day[0]) if day else None
    sent_text = sent.isoformat() if sent else meta.get("sent", "")
    return result | ({"sent": sent_text} if sent_text else {})
