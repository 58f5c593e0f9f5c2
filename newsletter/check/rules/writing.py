"""Slips that an editor corrects at a glance."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from newsletter.check.prose.passages import Passage
from newsletter.check.prose.placeholders import CODE, Placeholder, placeholders
from newsletter.check.prose.reader_texts import texts
from newsletter.check.rule import Violation, rule
from newsletter.markup.inline import Link
from newsletter.model import Issue, Severity


@rule(
    "NL301",
    hint="Replace or delete it.",
    bad="The harbour handled TK ships in May.",
    at="1:21",
    good="The harbour handled few ships in May.",
)
def placeholder_text(issue: Issue) -> Iterator[Violation]:
    """TK ("to come"), TODO, lorem ipsum and [placeholders] mark text that was never written.

    (Buttondown refuses to send an email with TK in it.)
    """
    for text in texts(issue):
        for placeholder in placeholders(text.words, issue.language):
            if text.passage and _is_exempt(text.passage, placeholder):
                continue
            where = text.at(placeholder.start, placeholder.text)
            quoted = text.passage is not None and text.passage.quoted
            severity: Severity = "error" if placeholder.certain and not quoted else "warning"
            message = f'Placeholder "{placeholder.text}" left in the text'
            yield Violation(where, message, severity=severity)


def _is_exempt(passage: Passage, placeholder: Placeholder) -> bool:
    """Return whether a placeholder is someone else's: in a quotation, or in the title of a linked page."""
    if passage.quoted and placeholder.text.startswith("["):
        return True
    return placeholder.text.rstrip(":") in CODE and _linked(passage, placeholder.start)


def _linked(passage: Passage, offset: int) -> bool:
    pieces = passage.touching(offset, offset + 1)
    return any(isinstance(node, Link) for piece in pieces for node in piece.around)


_DOUBLED = re.compile(
    r"(?<![\w’'\-.@/])([^\W\d_]+)[ \u00a0]+(\1)((?:[ \u00a0]+\1)*)(?![\w’'\-]|\.\w)", re.IGNORECASE
)
# Two little words twice: `of the of the`; but `on and on and on`.
_DOUBLED_PAIR = re.compile(r"(?<![\w’'-])([^\W\d_]+ [^\W\d_]+) (\1)(?![\w’'-])", re.IGNORECASE)
# Function words: doubling them is always a mistake, in any case and any number.
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
        "had that is so same more some wait please sorry why where new do very really many much "
        "no yes now there long far big too well hear ha bye blah tut knock never "
        "again ever her who what night hush pretty quite old huge you etc great dark hey okay ok"
        " something everything "
        "surprise bonus pop mumble yada chop twenty cous job done fun actually good".split()
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
    hint="Delete one of them, or add the missing word.",
    bad="The crane lifts the\nthe box.",
    at="2:1",
    good="The crane had had its day; Duran Duran played on the quay.",
)
def repeated_word(issue: Issue) -> Iterator[Violation]:
    """A word written twice, often across a line end, which spelling checkers and tired eyes miss."""
    for text in texts(issue):
        passage = text.passage
        if passage is not None and passage.cell:
            continue
        starts = {sentence.start for sentence in passage.sentences} if passage else {0}
        for offset, word, repeated in repeated_words(text.words, issue.language, starts):
            if passage is None or not _across(passage, offset - 1 - len(word), offset):
                yield Violation(text.at(offset, word), f'Repeated word: "{repeated}"')


def repeated_words(
    words: str, language: str, starts: Collection[int] = (0,)
) -> Iterator[tuple[int, str, str]]:
    """Yield offset and text of each word repeated by mistake, and the words with their repetition.

    `starts` are the offsets of sentences.
    """
    language = language.split("-")[0]
    for match in _DOUBLED.finditer(words):
        if _is_slip(match, language, starts) and not _is_term(match):
            yield match.start(2), match[2], " ".join(match[0].split())
    little = _LITTLE.get(language, frozenset())
    for match in _DOUBLED_PAIR.finditer(words):
        first, second = match[1].lower().split()
        if (
            first != second
            and second in little - _JOINING
            and (first in little or first in _PARTICLES)
        ):
            yield match.start(2), match[2], " ".join(match[0].split())


def _is_term(match: re.Match[str]) -> bool:
    """Return whether two words are a term in quotation marks: “done done”."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:2].lstrip(",.")
    return before in ("“", "‘", "«", "„", '"') and after[:1] in ("”", "’", "»", "“", '"')


# Prepositions that belong to the verb before them: `whom we turn to to learn`.
_STRANDED = re.compile(
    r"\b(?:go|goes|going|went|gone|turn(?:s|ed)?|ha(?:ve|s|d)|listen\w*|talk\w*|speak\w*|look\w*"
    r"|used|car(?:e[ds]?|ing)|wait\w*|ask\w*|log\w*|sign\w*|check\w*|settl\w*|liv\w*|fill\w*"
    r"|hand\w*|break\w*|carr\w*|later|keep\w*|work\w*|hack\w*|c[oa]me|mov(?:e[ds]?|ing)"
    r"|was|is|it|are) (?:to|for|on|in)$",
    re.IGNORECASE,
)


def _across(passage: Passage, first: int, second: int) -> bool:
    """Return whether two words are in different constructs: one in a link, emphasis or name of its own."""
    around = [
        next((piece.around for piece in passage.touching(offset, offset + 1)), ())
        for offset in (first, second)
    ]
    return around[0] != around[1]


# `What it is is unclear`: a clause ends with the verb, and the next begins with it.
_CLAUSE = re.compile(
    r"\b(?:what|who|whom|where|how|which|why|when|whatever|whoever|all)\b[^.;:!?]*$",
    re.IGNORECASE,
)
_VERBS = frozenset("is was are were be does did do has have".split())


def _is_slip(match: re.Match[str], language: str, starts: Collection[int]) -> bool:
    """Return whether a word is repeated by mistake: not in a name, for emphasis, by grammar or as a sound."""
    word = match[2]
    if (
        language == "en"
        and word.lower() in _VERBS
        and _CLAUSE.search(match.string, 0, match.start())
    ):
        return False
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


_DOCUMENTS = (
    "pdf|file|document|spreadsheet|report|form|picture|image|photo|timetable|table|chart|agenda|invoice|paper|"
    "letter|list|schedule|programme|program|presentation|slides?|brochure|flyer|calendar|workbook|transcript|"
    "statement|summary|memo|note|minutes|details|results|invitation|"
    "press release|release|questionnaire|survey|map|plan|draft|version|copy|excel|"
    "word|powerpoint|zip|csv"
)
_ATTACHED: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:"
        # see attached; find the report attached; I attach, I am attaching, we have attached
        r"(?:see|find|please find|open|read|view|download)\s+(?:the\s+|my\s+|our\s+)?(?:attached|enclosed)"
        rf"|(?:find|see)\s+(?:\w+\s+){{1,4}}(?:attached|enclosed)(?!\s+to\b)"
        r"|(?:i|we)(?:['’](?:ve|ll)| have| will)?(?:\s+(?:also|now|hereby|just))?\s+(?:attach|enclose)"
        r"(?=\s+(?:an?|the|my|our|this|that|it|them|here|some|two|three)\b)"
        r"|(?:i|we)(?:['’]ve| have)(?:\s+(?:also|now|hereby|just))?\s+(?:attached|enclosed)"
        r"(?=\s+(?:an?|the|my|our|this|that|it|them|here|some|two|three|below)\b)"
        r"|(?:i|we)(?:['’](?:m|re)| am| are)(?:\s+(?:also|now|hereby|just))?\s+(?:attaching|enclosing)"
        rf"|(?:i|we)\s+(?:attached|enclosed)\s+(?:\w+\s+){{1,3}}(?:{_DOCUMENTS})s?"
        # is attached as a PDF; is enclosed; attached is the report
        rf"|(?:{_DOCUMENTS})s?\s+(?:\w+\s+)?(?:is|are|was|were|has been"
        rf"|have been)\s+(?:also\s+)?(?:attached|enclosed)"
        r"(?!\s+to\s+(?!this|the (?:e-?mail|mail|message|newsletter|letter|issue)))"
        r"(?!\s+(?:by|within|in (?!this|the e?-?mail|an?\b)))"
        rf"|(?:is|are)\s+(?:also\s+)?(?:attached|enclosed)\s+(?:as|in|with|herewith|below|here|for your)\b"
        r"|(?:attached|enclosed)(?:\s+(?:here|herewith|below|please))?\s*,?\s+(?:is|are"
        r"|you(?:['’]ll| will)? find|please find)|(?-i:(?:Attached|Enclosed)(?=:\s))"
        rf"|(?:the|this|that|my|our|your|see|an|in the)\s+(?:attached"
        rf"|enclosed)\s+(?:\w+\s+)?(?:{_DOCUMENTS})s?(?!\s(?:systems?|servers?|storage)\b)"
        r"|attached to this (?:e-?mail|mail|message|newsletter|letter|issue)|in the (?:attachment|enclosure)s?"
        r"|(?:see|open|read|view|download)(?:\s+the)?\s+(?:attachment|enclosure)s?"
        r"|(?:as|with) an attachment|attachment (?:below|above|contains|includes)|\(?attached\)(?=[.\s])"
        r")\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:im Anhang (?:dieser|finde\w*|sende\w*|ist|sind)|(?:siehe|vgl\.) Anhang"
        r"|anbei (?:finde\w*|der|die|das|sende\w*)"
        r"|(?:ist|sind|haben wir|habe ich)(?: \w+){0,3} (?:angehängt|beigefügt|angefügt)"
        r"|als Anhang|(?:der|die|das) (?:angehängte|beigefügte)n?"
        r"|in der Anlage)\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\b(?:ci-joint\w*|en pièces? jointes?|pièces? jointes?|(?:est|sont) jointe?s? (?:à|au))\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(?:(?:archivos?|documentos?|informes?) adjuntos?|en el adjunto|adjunt(?:o|amos) (?:el"
        r"|la|los|las|un|una|encontrar\w*)|se adjuntan?)\b",
        re.IGNORECASE,
    ),
    "pt": re.compile(
        r"\b(?:(?:segue|seguem|vai|veja|ver|está|estão) (?:em )?anex[oa]s?|(?:ficheiros?"
        r"|documentos?|relatórios?) (?:em )?anex[oa]s?|em anexo a est[ea]|anexamos|anexo (?:o|a|envio))\b",
        re.IGNORECASE,
    ),
    "it": re.compile(
        r"\b(?:in allegato|(?:file|documento|documenti|rapporto) allegat[oi]|(?:è"
        r"|sono) allegat[oiae]|allego|alleghiamo|si allega)\b",
        re.IGNORECASE,
    ),
    "nl": re.compile(
        r"\b(?:in de bijlage|als bijlage|(?:zie|zit) bijlage|bijgevoegde?(?: \w+)? (?:bestand"
        r"|document|pdf|rapport)|(?:is|zijn) bijgevoegd|bijgaand|(?:heb|hebben)(?: \w+){0,4} bijgevoegd)\b",
        re.IGNORECASE,
    ),
}


@rule(
    "NL303",
    severity="warning",
    hint="Link to the file instead.",
    bad="The timetable is attached to this letter.",
    at="1:5",
    good="The crew is attached to this harbour.",
)
def missing_attachment(issue: Issue) -> Iterator[Violation]:
    """A newsletter has no attachments; text that mentions one was written for another email (Buttondown)."""
    pattern = _ATTACHED.get(issue.language.split("-")[0])
    for text in texts(issue) if pattern else ():
        quoted = text.passage is not None and text.passage.quoted
        if pattern and not quoted and (match := pattern.search(text.words)):
            message = f'Mention of an attachment: "{match[0]}"'
            yield Violation(text.at(match.start(), match[0]), message)


def mentioned_attachment(words: str, language: str) -> str:
    """Return the words that mention an attachment, or an empty string."""
    pattern = _ATTACHED.get(language.split("-")[0])
    match = pattern.search(words) if pattern else None
    return match[0] if match else ""


RULES = (
    placeholder_text,
    repeated_word,
    missing_attachment,
)
