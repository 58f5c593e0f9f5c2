"""Sources, quotations and image rights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from newsletter.check.prose.addresses import address_key, followed_addresses
from newsletter.check.prose.attribution import LANGUAGES, names_source
from newsletter.check.prose.passages import Passage, passages
from newsletter.check.rule import Violation, rule
from newsletter.markup.figure import Figure
from newsletter.markup.inline import Link, NoteRef, plain
from newsletter.markup.paragraph import Paragraph
from newsletter.markup.quote import Quote
from newsletter.markup.table import Table
from newsletter.model import Issue, Node, Source, walk

_ESSAY = "---\nkind: essay\nby: mira\nsource: log\n---\nThe quay is empty at noon.\n"


@rule(
    "NL404",
    severity="warning",
    hint="Add the missing keys; for a page without a date, set `accessed`.",
    bad={
        "10-essay.md": _ESSAY,
        "sources.yaml": "log:\n  title: Harbour log\n  publisher: Port of Lisbon\n",
    },
    at="sources.yaml:1:1",
    good={
        "10-essay.md": _ESSAY,
        "sources.yaml": "log:\n  title: Harbour log\n  publisher: Port of Lisbon\n  date: 2026-02-02\n",
    },
)
def incomplete_source(issue: Issue) -> Iterator[Violation]:
    """Readers cannot judge a source without publisher or date, nor find it again when its page moves.

    A bare address counts as a link and is exempt.
    """
    reported: set[Source] = set()
    for source in (
        *issue.sources,
        *(cited for section in issue.sections for cited in section.sources),
    ):
        lacking = [] if source.publisher else ["publisher"]
        lacking += [] if source.date or source.accessed else ["date"]
        if lacking and source.where and source.title != source.url and source not in reported:
            reported.add(source)
            yield Violation(
                source.where, f'Source without {" and ".join(lacking)}: "{source.title}"'
            )


@rule(
    "NL405",
    severity="warning",
    hint="Cite it where it was used, or remove it.",
    bad={
        "10-essay.md": "---\nkind: essay\nby: mira\n---\nThe quay is empty at noon.\n",
        "sources.yaml": "log:\n  title: Harbour log\n  publisher: Port of Lisbon\n  date: 2026-02-02\n",
    },
    at="sources.yaml:1:1",
    good={
        "10-essay.md": _ESSAY,
        "sources.yaml": "log:\n  title: Harbour log\n  publisher: Port of Lisbon\n  date: 2026-02-02\n",
    },
)
def unused_source(issue: Issue) -> Iterator[Violation]:
    """A source that no section, table, fact or link uses: its sentence was cut, or lost its reference."""
    if any(section.broken for section in issue.sections):
        return  # a source that is cited under a misspelled id
    used = {source.id for section in issue.sections for source in section.sources}
    used |= {fact.source for fact in issue.facts}
    nodes = [node for section in issue.sections for node in walk(section.blocks)]
    printed = {node.source for node in nodes if isinstance(node, Table)}
    linked = {address_key(address.url) for address in followed_addresses(issue)}
    for source in issue.sources:
        by_link = source.url is not None and address_key(source.url) in linked
        if source.id not in used and source.words not in printed and not by_link and source.where:
            yield Violation(source.where, f'Unused source: "{source.id}"')


LONG = 12  # words; a shorter quotation set apart is a motto or a line of the text itself
LONG_QUOTATION = 25  # words of a quotation inside a sentence
_INLINE = re.compile(r"“([^“”]{60,})”|«\s*([^«»]{60,})»|„([^„“]{60,})“")
_DASH = re.compile(r"\s*[—–―-]\s*\S")
_SIGNED = re.compile(r"\s[—–―-]{1,2}\s?[^\W\d_a-z]\S*(?:\s\S+){0,8}$")
_NAME = re.compile(r"(?<![.!?…“\"] )(?<!^)\b[^\W\d_a-zß-öø-ÿ][^\W\d_]+")


@rule(
    "NL406",
    severity="warning",
    hint="Name the speaker before or after the quotation, or add a link.",
    bad="They stay.\n\n> We have never seen so many ships at anchor, and the queue grows by the day. They are angry.",
    at="3:1",
    good=(
        "The boats stay in, wrote Ana Reis:\n\n"
        "> We have never seen so many ships at anchor, and the queue grows by the day, they are angry."
    ),
)
def unattributed_quote(issue: Issue) -> Iterator[Violation]:
    """A long quotation with no name, link or note in it, before it or after it."""
    if issue.language.split("-")[0] not in LANGUAGES:
        return
    all_passages = passages(issue)
    own_voice = (
        sum(
            bool(_FIRST_PERSON.search(passage.words)) for passage in all_passages if passage.running
        )
        >= PERSONAL
    )
    reported: set[int] = set()
    for index, passage in enumerate(all_passages):
        block = next((node for node in passage.inside if isinstance(node, Quote)), None)
        if block is None:
            quotation = _long_quotation(passage, issue.language) if passage.running else None
            neighbors = (
                *all_passages[max(index - 1, 0) : index],
                *all_passages[index + 1 : index + 2],
            )
            if quotation and not any(
                _names_somebody(passage, issue.language, quoted=False) for passage in neighbors
            ):
                yield Violation(passage.at(quotation.start()), "Long quotation without attribution")
        elif id(block) not in reported and not passage.section.sources:
            reported.add(id(block))
            inside = [passage for passage in all_passages if block in passage.inside]
            around = (
                *all_passages[max(index - 1, 0) : index],
                *inside,
                *all_passages[index + len(inside) : index + len(inside) + 1],
            )
            words = sum(len(passage.words.split()) for passage in inside)
            if (
                words >= LONG
                and not (
                    own_voice
                    and any(map(_FIRST_PERSON.search, (passage.words for passage in inside)))
                )
                and not inside[-1].words.rstrip().endswith("?")
                and not any(
                    _names_somebody(other, issue.language, quoted=other in inside)
                    for other in around
                    if other.section is passage.section
                )
            ):
                yield Violation(block.where, f"Quotation of {words} words without attribution")


PERSONAL = 3  # paragraphs in the first person: such an author may quote his own sentence
_FIRST_PERSON = re.compile(
    r"\b(?:I|[Mm]y|ich|mein\w*|je|mon|ma|mes|yo|mi|mis|eu|meu|minha|io|mio|mia|ik|mijn)\b"
)


def _names_somebody(passage: Passage, language: str, *, quoted: bool) -> bool:
    """Return whether a passage names the speaker of a quotation in it or next to it."""
    nodes = [node for piece in passage.pieces for node in (piece.node, *piece.around)]
    if any(isinstance(node, Link | NoteRef) for node in nodes):
        return True
    if quoted:
        return bool(
            _DASH.match(passage.words)
            or re.search(r"\s[—–―-]{1,2}\s?[^\W\d_a-z]\S*(?:\s\S+){0,8}$", passage.words)
        )
    last = passage.words.rstrip()
    line = len(last.split()) <= 12 and bool(_NAME.search(last))  # a name on a line of its own
    return (
        line
        or last.endswith(":")
        or names_source(passage.words, language)
        or bool(_DASH.match(passage.words))
    )


def _long_quotation(passage: Passage, language: str) -> re.Match[str] | None:
    """Return a long quotation in a paragraph that has neither a name nor a link, note or verb of saying."""
    match = _INLINE.search(passage.words)
    if match is None or len(match[0].split()) < LONG_QUOTATION or passage.section.sources:
        return None
    around = f"{passage.words[: match.start()]} {passage.words[match.end() :]}"
    labelled = re.match(r"\W*[\w .'’-]{1,40}:\s*$", passage.words[: match.start()])
    named = labelled or _NAME.search(around) or names_source(around, language)
    nodes = (node for piece in passage.pieces for node in (piece.node, *piece.around))
    return None if named or any(isinstance(node, Link | NoteRef) for node in nodes) else match


_PICTURE_ROLES = re.compile(
    r"drawing|photo|picture|image|illustration|chart|graphic|artwork|\bart\b|cover|visual|foto|bild|dessin"
)
_CREDITED = re.compile(
    r"©|\(c\)|\b(?:photo|image|picture|credit|courtesy|source|by|foto|bild|crédit|via|cc|licen[cs]ed?)\b"
)


@rule(
    "NL407",
    severity="warning",
    hint="Use `::: figure` with `credit` and `licence`, or add a role for images to credits.yaml.",
    bad="::: figure\nsrc: https://sea.example/crane.png\nalt: A crane above the water\nwidth: 300\n:::",
    at="1:1",
    good=(
        "::: figure\nsrc: https://sea.example/crane.png\nalt: A crane above the water\nwidth: 300\n"
        "credit: Tomás Leal\nlicence: CC BY 4.0\n:::"
    ),
)
def missing_image_rights(issue: Issue) -> Iterator[Violation]:
    """An image without credit or licence: many licences require both next to the image.

    One credit for all images of the issue (a role such as photos or drawings) is enough. Decoration, screenshots,
    tables and logos are exempt.
    """
    roles = (
        f"{credit.role.id} {credit.role.label}".lower()
        for credit in issue.credits.roles
        if credit.holders
    )
    if any(map(_PICTURE_ROLES.search, roles)):
        return
    for section in issue.sections:
        below = {id(block): before for before, block in pairwise(section.blocks)}
        for node in walk(section.blocks):
            if not isinstance(node, Figure) or not node.image.alt or node.credit or node.licence:
                continue
            if _OWN_WORK.search(f"{plain(node.caption)} {node.image.alt}"):
                continue
            if not _from_a_page(node) and not _announces(below.get(id(node))):
                words = f"{plain(node.caption)} {node.image.alt}".lower()
                if not _CREDITED.search(words):
                    yield Violation(node.where, "No credit or licence for the image")


_OWN_WORK = re.compile(
    r"\b(?:screen ?shots?|screen (?:capture|grab)s?|snapshot|interface|logos?|icons?|badge|table|capture d['’]écran|"
    r"bildschirmfoto|tabelle|tableau|captura de (?:pantalla|tela|ecrã))\b",
    re.IGNORECASE,
)


def _from_a_page(figure: Figure) -> bool:
    """Return whether an image links to a page, which then is its source, and not to a larger copy of itself."""
    linked = figure.link is not None and not _PICTURE_FILE.search(figure.link)
    return linked or any(isinstance(node, Link) for node in walk(figure.caption))


def _announces(block: Node | None) -> bool:
    """Return whether the paragraph above an image is little more than a link to its source."""
    lines = [node for node in walk((block,)) if isinstance(node, Paragraph)] if block else []
    words = plain(lines[-1].children).split() if lines else []
    linked = [plain(node.children) for node in walk(lines[-1:]) if isinstance(node, Link)]
    return bool(words) and 2 * len(" ".join(linked).split()) >= len(words)


_PICTURE_FILE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)(?:[?#]|$)", re.IGNORECASE)


RULES = (
    incomplete_source,
    unused_source,
    unattributed_quote,
    missing_image_rights,
)
