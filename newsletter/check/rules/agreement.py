"""Figures that are printed twice with different values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from newsletter.check.prose.claims import Claim, claims, same_thing
from newsletter.check.prose.fact_lookup import amount_of, quantity_of, same_unit
from newsletter.check.prose.figures import Quantity, agree, figures, number_value
from newsletter.check.prose.passages import Passage, Sentence, asides, passages, sentences
from newsletter.check.rule import Violation, rule
from newsletter.markup.inline import plain
from newsletter.markup.lists import List
from newsletter.markup.table import Table
from newsletter.model import Fact, Issue, Location, walk

_SOURCES = "berths:\n  title: Berth statistics\n  publisher: Port of Lisbon\n  date: 2026-02-02\n"
_SOURCED = "---\nkind: essay\nby: mira\nsource: berths\n---\n"
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


@rule(
    "NL403",
    severity="warning",
    hint="Correct one of them, or explain the difference in the text.",
    bad={
        "10-essay.md": f"{_SOURCED}The harbour handled 17.2 million tons in 2025.\n",
        "facts.yaml": 'harbour-tons: {value: "12.7", unit: million tons, source: berths, as_of: 2025-12-31}\n',
        "sources.yaml": _SOURCES,
    },
    at="10-essay.md:6:21",
    good={
        "10-essay.md": f"{_SOURCED}The harbour handled 12.7 million tons in 2025, or some 13 million tons.\n",
        "facts.yaml": 'harbour-tons: {value: "12.7", unit: million tons, source: berths, as_of: 2025-12-31}\n',
        "sources.yaml": _SOURCES,
    },
)
def conflicting_figure(issue: Issue) -> Iterator[Violation]:
    """One figure with two values: one in facts.yaml, a title or a caption, another in the text.

    Rounding counts as agreement. A fact is compared with figures of its unit where all words of its unit, or else of
    its id, are around them; sentences, captions and alt texts with others of the same unit, noun, names and time.
    """
    reported: set[Location] = set()
    for violation in chain(
        _against_facts(issue),
        _against_titles(issue),
        _against_captions(issue),
        _each_other(issue),
        _against_tables(issue),
    ):
        if violation.where not in reported:
            reported.add(violation.where)
            yield violation


def _against_facts(issue: Issue) -> Iterator[Violation]:
    for fact in issue.facts:
        number = amount_of(fact, issue.language)
        for passage in passages(issue) if number is not None else ():
            if not passage.running or not _mentions(passage, fact):
                continue
            comparable = [
                other
                for other in passage.figures
                if other.value and same_unit(other, passage, fact)
            ]
            if number is None or any(
                agree(number, other.amount) for other in comparable if other.amount
            ):
                continue
            for figure in comparable:
                if not figure.amount or not _comparable(figure, fact, issue.language):
                    continue
                if not any(_is(figure.amount, other, issue.language) for other in issue.facts):
                    registered = f"{fact.value} {fact.unit or ''}".rstrip()
                    message = f"{figure.text} here, {registered} in facts.yaml ({fact.id})"
                    yield Violation(passage.at(figure.start, figure.text), message)


def _is(number: Decimal, fact: Fact, language: str) -> bool:
    other = amount_of(fact, language)
    return other is not None and agree(number, other)


FAR = 10  # times as much: another thing, unless the digits are the same and only the scale differs


def _comparable(figure: Quantity, fact: Fact, language: str) -> bool:
    """Return whether a figure may be a fact's: of about its size, or with its digits."""
    registered = quantity_of(fact, language)
    if registered is None or registered.amount is None or not figure.amount:
        return True
    low, high = sorted((figure.amount, registered.amount))
    return high <= FAR * low or figure.value == registered.value


_FILLING = frozenset(
    "a an the of per year years day days month week more less than at least about in by and for to from on total over "
    "cent percent million billion trillion % prozent pour".split()
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def _stems(words: str) -> frozenset[str]:
    return frozenset(
        word.lower()[:5] for word in _WORD.findall(words) if word.lower() not in _FILLING
    )


def _mentions(passage: Passage, fact: Fact) -> bool:
    """Return whether the words around name what a fact is about, and no other year than its own."""
    subject = _subject(fact, passage.language)
    if not subject or not subject <= _stems(f"{passage.section.title or ''} {passage.words}"):
        return False
    years = {int(year) for year in _YEAR.findall(passage.words)}
    return not years or fact.as_of is None or fact.as_of.year in years


@lru_cache(maxsize=1024)  # called for every passage
def _subject(fact: Fact, language: str) -> frozenset[str]:
    """Return the words for what a fact is about: those of its unit that are not a measure, or else of its id."""
    quantity = quantity_of(fact, language)
    measure = quantity.unit if quantity else ""
    if not fact.unit and quantity:
        measure = f"{measure} {quantity.text}"
    subject = _stems(re.sub(r"\(.*?\)", "", fact.unit or "")) - _stems(measure)
    named = _stems(re.sub(r"[-_]", " ", fact.id)) - _stems(measure)
    return subject or named - _MEASURING or named


# Stems of an id that repeat what the number is measured in: `harbour-tons`, `cork-total`.
_MEASURING = frozenset(
    "tons tonne ton perce pct dolla euros euro pound usd eur gbp numbe total count amoun figur barre hecta acres".split()
)


def _against_titles(issue: Issue) -> Iterator[Violation]:
    """Compare a title's figures with those of the text below; report one that has only other values there."""
    for section in issue.sections:
        if section.title:
            body = [passage for passage in passages(issue) if passage.section is section]
            yield from _missing(section.title, section.places.get("title", section.where), body)
    for key in ("title", "preheader"):
        if where := issue.places.get(key):
            yield from _missing(getattr(issue, key), where, passages(issue))


def _missing(
    title: str, where: Location, body: tuple[Passage, ...] | list[Passage]
) -> Iterator[Violation]:
    quantities = tuple(figures(title, body[0].language if body else "en"))
    for figure in quantities:
        if sum(other.unit == figure.unit for other in quantities) > 2:
            continue  # a story in figures: $5 → $50 → $500
        comparable = [
            other
            for passage in body
            for other in passage.figures
            if other.unit == figure.unit != ""
        ]
        if (
            comparable
            and figure.value
            and not any(other.value and agree(figure.value, other.value) for other in comparable)
        ):
            yield Violation(where, f"{figure.text} here, {comparable[0].text} in the text")


def _each_other(issue: Issue) -> Iterator[Violation]:
    """Compare claims about the same thing in different places; report the later one."""
    by_kind: dict[object, list[_Placed]] = {}
    for placed in _placed(issue):
        earlier = by_kind.setdefault(placed.claim.kind, [])
        comparable = [
            other
            for other in earlier
            if other.block is not placed.block
            and same_thing(other.claim, placed.claim, issue.language)
        ]
        earlier.append(placed)
        number = placed.claim.figure.amount
        if not comparable or any(
            agree(other.claim.value, placed.claim.value) for other in comparable
        ):
            continue
        if number is None or not any(_is(number, fact, issue.language) for fact in issue.facts):
            yield Violation(
                placed.where,
                f"{placed.claim.figure.text} here, {comparable[0].claim.figure.text} in {comparable[0].where}",
            )


class _Placed(Struct, frozen=True):
    claim: Claim
    where: Location
    block: object  # claims of one paragraph, or of one list, are about several things


def _placed(issue: Issue) -> Iterator[_Placed]:
    """Yield the claims of the text, then those of captions, alt texts and titles."""
    for passage in passages(issue):
        if passage.running or passage.heading:
            block = next((node for node in passage.inside if isinstance(node, List)), passage.block)
            for sentence in passage.sentences:
                if passage.heading or _STOP.search(sentence.words):
                    for claim in claims(sentence.words, issue.language):
                        yield _Placed(
                            claim, sentence.at(claim.figure.start, claim.figure.text), block
                        )
    for words, where in _asides_and_captions(issue):
        yield from (_Placed(claim, where, where) for claim in claims(words, issue.language))


_STOP = re.compile(r"[.!…][\W]*$")  # a line without is a label: `Margin: 63 %`
_DIGITS = re.compile(r"\d[\d.,]*")
ALIKE = 0.75  # of the words two sentences have between them
FEW = 5  # words below which likeness is chance


def _against_captions(issue: Issue) -> Iterator[Violation]:
    prose = [
        (sentence, _stems(sentence.words))
        for sentence in sentences(issue)
        if sentence.passage.running
    ]
    for words, where in _asides_and_captions(issue):
        own_stems, numbers = _stems(words), _numbers(words, issue.language)
        for sentence, stems in prose if len(own_stems) >= FEW and numbers else ():
            if len(own_stems & stems) >= ALIKE * len(own_stems | stems):
                others = _numbers(sentence.words, issue.language)
                if len(others) == len(numbers) and sum(map(Decimal.__ne__, numbers, others)) == 1:
                    wrong, right = next(
                        pair for pair in zip(numbers, others, strict=True) if pair[0] != pair[1]
                    )
                    if not agree(wrong, right):
                        yield Violation(where, f"{wrong} here, {right} in {sentence.where}")


def _against_tables(issue: Issue) -> Iterator[Violation]:
    """Compare sentences with the cells of tables whose row and column they name, and no other row."""
    prose = [sentence for sentence in sentences(issue) if sentence.passage.running]
    for section in issue.sections:
        for table in walk(section.blocks):
            if isinstance(table, Table) and len(table.rows) > 1 and prose:
                for sentence in prose:
                    yield from _against_table(sentence, table, issue.language)


def _against_table(sentence: Sentence, table: Table, language: str) -> Iterator[Violation]:
    quantities = [figure for figure in sentence.figures if figure.amount]
    rows = [row for row in table.rows if row and _names(sentence.words, plain(row[0].children))]
    if len(quantities) != 1 or len(rows) != 1:
        return
    (figure,), (row,) = quantities, rows
    heads = [plain(cell.children) for cell in table.head]
    cells = [
        (cell, quantity)
        for head, cell in zip(heads[1:], row[1:], strict=False)
        if (quantity := _of_cell(plain(cell.children), head, language)) is not None
        and _column_fits(sentence.words, head, heads)
        and _comparable_units(figure, quantity, plain(cell.children))
    ]
    if cells and not any(quantity.unit for _, quantity in cells):
        figure = replace(figure, unit="")  # 9.1 in a table without a unit, 9.1 million in the text
    amounts = [quantity.amount for _, quantity in cells if quantity.amount]
    near = [
        amount
        for amount in amounts
        if max(amount, figure.amount or amount) <= NEAR * min(amount, figure.amount or amount)
    ]
    if near and figure.amount and not any(agree(amount, figure.amount) for amount in amounts):
        cell = next(cell for cell, quantity in cells if quantity.amount == near[0])
        message = f"{figure.text} here, {plain(cell.children)} in the table at {cell.where}"
        yield Violation(sentence.at(figure.start, figure.text), message)


def _comparable_units(figure: Quantity, quantity: Quantity, cell: str) -> bool:
    """Return whether a cell has a figure's unit, or is a number without a unit that may have it."""
    without_unit = not quantity.measure and not any(map(str.isalpha, cell))
    return quantity.measure == figure.measure or (without_unit and figure.measure != "%")


NEAR = 3  # times as much: a number further off is of another thing


def _names(words: str, label: str) -> bool:
    """Return whether a sentence names the label of a row."""
    label = label.strip()
    return len(label) > 2 and re.search(rf"(?<!\w){re.escape(label)}(?!\w)", words) is not None


def _column_fits(words: str, head: str, heads: list[str]) -> bool:
    """Return whether a sentence may be about a column: by its year, its words, or because there is no other."""
    years = _YEAR.findall(head)
    if years:
        return any(year in words for year in years)
    return bool(_stems(head) & _stems(words)) or len(heads) == 2


def _of_cell(cell: str, head: str, language: str) -> Quantity | None:
    """Return the figure of a cell, in the unit of its column's head."""
    number = re.fullmatch(r"\W*(\d[\d.,\u00a0\u202f ]*)\s*(%?)\D*", cell.strip())
    if number is None:
        return None
    without_year = _YEAR.sub("", head)
    figure = next(
        figures(f"{cell.strip()} {re.sub(r'[()]', ' ', without_year).strip()}", language), None
    )
    if figure is not None and figure.unit:
        return figure
    scale = next(
        (word for word in ("million", "billion", "trillion") if word in without_year.lower()), ""
    )
    amount = number_value(number[1].strip(), language)
    return Quantity(0, cell.strip(), "%" if number[2] or "%" in head else scale, amount)


def _asides_and_captions(issue: Issue) -> Iterator[tuple[str, Location]]:
    yield from asides(issue)
    yield from ((passage.words, passage.at(0)) for passage in passages(issue) if passage.caption)


def _numbers(words: str, language: str) -> list[Decimal]:
    return [
        number
        for match in _DIGITS.findall(words)
        if (number := number_value(match.rstrip(".,"), language)) is not None
    ]


RULES = (conflicting_figure,)
