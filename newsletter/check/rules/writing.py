"""What an editor strikes out at a glance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from newsletter.check.prose.prose import Passage, asides, passages, within_quotation
from newsletter.check.rule import Violation, rule
from newsletter.markup.inline import Link
from newsletter.model import Issue

_MARKS = re.compile(
    r"\b(?:TK)+\b|\bTKTK\w*|\b(?:TODO|FIXME)\b(?=:|\b)|(?<![\w-])XXX(?![\w-])|\blorem ipsum\b"
    r"|(?<!\[)\[(?:placeholder|insert\b[^\]]*|tbd|tbc|todo\b[^\]]*|your name|name here|link here|date here"
    r"|citation needed|(?-i:LINK)|(?:first |last )?name)\]"
    r"|(?:(?<=\bon )|(?<=\bat )|(?<=\bin )|(?<=\bby )|(?<=\bto )|(?<=\bfrom ))TBD\b"  # `Venue: TBD` may be meant
    r"|\bXX(?= ?%| (?:per ?cent|percent|million|billion|Prozent|pour cent|por cento|por ciento|per cento|procent)\b)"
    r"|(?<=[^\W\d_] )\?{3,}(?= (?-i:[a-zà-ÿ]))|(?<=\()\?{3,}(?=\))",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"\[(?:first |last )?name\]", re.IGNORECASE
)  # in somebody's words: a name that was taken out
# Words elsewhere: a German health insurer, Spanish and Portuguese for "everything".
_WORDS: Mapping[str, frozenset[str]] = {
    "de": frozenset({"TK"}),
    "es": frozenset({"TODO"}),
    "pt": frozenset({"TODO"}),
}
_OPENING, _CLOSING = (
    re.compile(r"[\"'“‘„«‹][\s]?$"),
    re.compile(r"\s?[\"'”’“‘»›]"),
)  # around what is spoken about
_TO_BE_TOLD = re.compile(
    r"\d\s?(?:[ap]\.?m\.?)?,?\s+(?:at|in)\s$", re.IGNORECASE
)  # a venue: `Saturday, 4 pm at TBD`
_NUMERAL = re.compile(r"[^\W\d_]\w*\s$")


@rule(
    "NL301",
    hint="Write it, or take it out.",
    bad="The harbour handled TK ships in May.",
    at="1:21",
    good="The harbour handled few ships in May.",
)
def unfinished(issue: Issue) -> Iterator[Violation]:
    """TK ("to come"), TODO, lorem ipsum and [placeholders] mark what was to be written later, and was not.

    (Buttondown refuses to send a mail with TK in it.)
    """
    for passage in passages(issue):
        for start, mark in _unfinished(passage.words, issue.language):
            spoken = _NAMES.fullmatch(mark) and (
                passage.quoted or within_quotation(passage.words[:start])
            )
            if not spoken and not (mark in _CODE and _linked(passage, start)):
                yield Violation(passage.at(start, mark), f"{mark} is still to be written")
    for words, where in asides(issue):
        for _, mark in _unfinished(words, issue.language):
            yield Violation(where, f"{mark} is still to be written")


_CODE = frozenset(
    ("TODO", "FIXME")
)  # words of programmers: in a link, the title of what was done about one


def _linked(passage: Passage, offset: int) -> bool:
    pieces = passage.touching(offset, offset + 1)
    return any(isinstance(node, Link) for piece in pieces for node in piece.around)


def _unfinished(words: str, language: str) -> list[tuple[int, str]]:
    found = []
    allowed = _WORDS.get(language.split("-")[0], frozenset())
    for match in _MARKS.finditer(words):
        mark = match[0]
        capitals = mark.isupper() or mark[0] in "[?" or mark.lower() == "lorem ipsum"
        roman = (
            mark == "XXX"
            and _NUMERAL.search(words[: match.start()])
            and not words[match.end() :].startswith(":")
        )
        before = words[: match.start()]
        cited = _OPENING.search(before) and (
            _CLOSING.match(words, match.end()) or within_quotation(before)
        )
        venue = mark.upper() == "TBD" and _TO_BE_TOLD.search(before)
        spoken_of = (
            mark.lower() == "lorem ipsum"
            and before.strip()
            and not words.startswith(" dolor", match.end())
        )
        if capitals and mark not in allowed and not (roman or cited or venue or spoken_of):
            found.append((match.start(), mark))
    return found


_DOUBLED = re.compile(
    r"(?<![\w’'\-.@/])([^\W\d_]+)[ \u00a0]+(\1)((?:[ \u00a0]+\1)*)(?![\w’'\-]|\.\w)", re.IGNORECASE
)
# Two little words twice: `of the of the`; but `on and on and on`.
_DOUBLED_PAIR = re.compile(r"(?<![\w’'-])([^\W\d_]+ [^\W\d_]+) (\1)(?![\w’'-])", re.IGNORECASE)
# Words that mean nothing alone: however often and in whatever case they are doubled, it is by mistake.
_LITTLE: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        "a an the of to at for from with by as and or but if was were are be been has have its their".split()
    ),
    "de": frozenset(
        "und oder im am an auf mit von zu zum zur ein eine einen einem einer des bei für als".split()
    ),
    "fr": frozenset("le la les de des du un une et à au aux dans pour par sur".split()),
    "es": frozenset("el la los las de del un una y en al con por para".split()),
    "pt": frozenset("o os as de do da dos das um uma e em no na ao com por para".split()),
    "it": frozenset(
        "il lo la gli le di del della un una e in nel nella con per da dal dalla".split()
    ),
    "nl": frozenset("de het een van en in op te voor met aan bij naar".split()),
}
_PARTICLES = frozenset(("in", "on"))
_JOINING = frozenset("and or but by und oder et y e en".split())
# Doubled on purpose: by grammar, or for force.
_TWICE: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        "had that is do very really many much no yes now there long far big too well hear ha bye blah tut knock never "
        "again ever her who what night hush pretty quite old huge you etc great dark hey okay ok something everything "
        "surprise bonus pop mumble yada chop twenty cous job".split()
    ),
    "de": frozenset("die der das sie den dem was wer sehr nein ja so".split()),
    "fr": frozenset("nous vous très non oui si bla".split()),
    "es": frozenset("no sí muy bla que".split()),
    "pt": frozenset("não sim muito bla que".split()),
    "it": frozenset("piano così sì no molto bla via man ben quasi poco tanto".split()),
    "nl": frozenset("die dat heel nee ja zo wel".split()),
}


@rule(
    "NL302",
    severity="warning",
    hint="Strike one of them, or put the word that is missing.",
    bad="The crane lifts the\nthe box.",
    at="2:1",
    good="The crane had had its day; Duran Duran played on the quay.",
)
def doubled_word(issue: Issue) -> Iterator[Violation]:
    """A word written twice, most often over the end of a line, is what spelling checkers and tired eyes miss."""
    language = issue.language.split("-")[0]
    for passage in passages(issue):
        if passage.cell:
            continue
        starts = {sentence.start for sentence in passage.sentences}
        for match in _DOUBLED.finditer(passage.words):
            if _slip(match, language, starts):
                yield Violation(
                    passage.at(match.start(2), match[2]), match[0].replace("\u00a0", " ")
                )
        little = _LITTLE.get(language, frozenset())
        for match in _DOUBLED_PAIR.finditer(passage.words):
            one, other = match[1].lower().split()
            if one != other and other in little - _JOINING and (one in little or one in _PARTICLES):
                yield Violation(passage.at(match.start(2), match[2]), match[0])


# Prepositions that belong to the verb before them: `whom we turn to to learn`.
_STRANDED = re.compile(
    r"\b(?:go|goes|going|went|gone|turn(?:s|ed)?|ha(?:ve|s|d)|listen\w*|talk\w*|speak\w*|look\w*|used|car(?:e[ds]?|ing)|"
    r"wait\w*|ask\w*|work\w*|hack\w*|log(?:ged)?|c[oa]me|mov(?:e[ds]?|ing)|was|is|it|are) (?:to|for|on|in)$",
    re.IGNORECASE,
)


def _slip(match: re.Match[str], language: str, starts: set[int]) -> bool:
    """Tell whether a word is doubled by mistake: not a name, nor for force, by grammar or for its sound."""
    word = match[2]
    if language == "en" and not match[3] and _STRANDED.search(match.string, 0, match.end(1)):
        return False
    if word.lower() in _LITTLE.get(language, frozenset()):
        return word.islower() or match.start() in starts  # The The is a band
    return not (
        word[0].isupper()
        or match[3]
        or word.lower() in _TWICE.get(language, frozenset())
        or _noise(word)
    )


_VOWEL = re.compile(r"[aeiouyà-ÿ]|[^\x00-\xff]", re.IGNORECASE)


def _noise(word: str) -> bool:
    return not _VOWEL.search(word) or (len(set(word.lower())) == 1 and word.lower() not in "ai")


_ATTACHED: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:(?:see|find|please find|i(?:['’]ve| have) attached|we(?:['’]ve| have) attached)\s+(?:the\s+)?attached"
        r"|(?:i|we)(?:['’]ve| have)\s+attached\b|attached\s+(?:is|are|you(?:['’]ll| will) find)"
        r"|(?:the|in the|see) attached\s+(?:pdf|file|document|spreadsheet|report|form|picture|image)"
        r"|attached to this (?:e-?mail|mail|message|newsletter|letter)|in the attachment|see attachment)\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:im Anhang dieser|im Anhang finde\w*|anbei (?:finde\w*|der|die|das)|(?:ist|sind) angehängt)\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(r"\b(?:ci-joint\w*|en pièces? jointes?)\b", re.IGNORECASE),
    "es": re.compile(
        r"\b(?:archivos? adjuntos?|en el adjunto|adjunto (?:el|la|los|las|encontrar\w*))\b",
        re.IGNORECASE,
    ),
    "pt": re.compile(
        r"\b(?:(?:segue|vai|veja|ver) em anexo|ficheiros? em anexo|em anexo a est[ea])\b",
        re.IGNORECASE,
    ),
    "it": re.compile(r"\b(?:in allegato|file allegat[oi])\b", re.IGNORECASE),
    "nl": re.compile(
        r"\b(?:in de bijlage|als bijlage|bijgevoegd(?:e)? (?:bestand|document|pdf))\b",
        re.IGNORECASE,
    ),
}


@rule(
    "NL303",
    severity="warning",
    hint="Link to the file instead.",
    bad="The timetable is attached to this letter.",
    at="1:18",
    good="The crew is attached to this harbour.",
)
def attached_without_attachment(issue: Issue) -> Iterator[Violation]:
    """A newsletter carries no attachments, so a text that speaks of one was written for another mail (Buttondown)."""
    pattern = _ATTACHED.get(issue.language.split("-")[0])
    for passage in passages(issue) if pattern else ():
        if pattern and not passage.quoted and (match := pattern.search(passage.words)):
            yield Violation(
                passage.at(match.start(), match[0]), f"{match[0]!r}, and nothing is attached"
            )


RULES = (
    unfinished,
    doubled_word,
    attached_without_attachment,
)
