"""Charts and shares: sourced, dated, and in agreement with their data."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from newsletter.charts.palette import Scheme, palette, weak_colors
from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.prose.fact_lookup import same_unit, value_of
from newsletter.check.prose.figures import Quantity, agree, figures, number_value
from newsletter.check.prose.passages import Passage, asides, sentences
from newsletter.check.rule import Violation, rule
from newsletter.files.quotation import quoted
from newsletter.markup.chart import Chart
from newsletter.markup.inline import plain
from newsletter.markup.table import Table
from newsletter.model import Issue, Section, walk

_DATA = "issues/2026-03-01-example/data/ports.csv"
_TOKENS = "templates/default/tokens.toml"
_FRONT = "---\nkind: essay\nby: mira\n---\n"
_CSV = "Port,2025\nSines,1.9\nLisbon,0.4\n"
_HEAD = "::: chart\ndata: data/ports.csv\nkind: bar\ntitle: Sines handles the most\n"
_SOURCED = "source: Port statistics\nas_of: 2025-12-31\n"


def _chart(keys: str, csv: str = _CSV) -> dict[str, str | bytes | None]:
    return {"10-essay.md": f"{_FRONT}{_HEAD}{keys}:::\n", _DATA: csv.encode()}


def _charts(issue: Issue) -> Iterator[tuple[Section, Chart]]:
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Chart):
                yield section, node


@rule(
    "NL408",
    severity="warning",
    hint="Add `source` to the chart: an id of sources.yaml, or plain words.",
    bad=_chart("as_of: 2025-12-31\n"),
    at="10-essay.md:5:1",
    good=_chart(_SOURCED),
)
def chart_without_source(issue: Issue) -> Iterator[Violation]:
    """A chart that does not say where its data comes from; a section's `source` counts."""
    for section, chart in _charts(issue):
        if not chart.source and not section.sources:
            yield Violation(chart.where, "No source given for this chart")


@rule(
    "NL409",
    severity="warning",
    hint="Add `as_of: 2026-01-31` with the day to which the data refers, or use newer data.",
    bad=_chart("source: Port statistics\n"),
    at="10-essay.md:5:1",
    good=_chart(_SOURCED),
)
def chart_out_of_date(issue: Issue) -> Iterator[Violation]:
    """A chart without the date of its data, or with data older than `[charts] max_age` allows.

    A chart over time carries its dates; there the last period counts.
    """
    for _, chart in _charts(issue):
        date = chart.as_of_date or _last_day(chart)
        if date is None:
            yield Violation(chart.where, "No date given for the data of this chart")
        elif date > issue.date:
            yield Violation(chart.where, f"Data of {date}, after the issue of {issue.date}")
        elif (issue.date - date).days > chart.max_age:
            yield Violation(chart.where, f"Data of {date}, more than {chart.max_age} days old")


def _last_day(chart: Chart) -> dt.date | None:
    """Return the first day of the last period; none without time on the axis."""
    axis = chart.plan.axis
    if axis.step is None:
        return None
    last = axis.places[-1]
    if axis.step == "day":
        return dt.date.fromordinal(last)
    months = {"year": 12, "quarter": 3, "month": 1}[axis.step] * last
    return dt.date(months // 12, months % 12 + 1, 1)


@rule(
    "NL410",
    severity="warning",
    hint="Correct the number, or leave `alt` out to have it written from the data.",
    bad=_chart(f"{_SOURCED}alt: Bar chart. Sines handles 9.1 million containers.\n"),
    at="10-essay.md:11:6",
    good=_chart(f"{_SOURCED}alt: Bar chart. Sines handles 1.9 million containers.\n"),
)
def number_not_in_chart(issue: Issue) -> Iterator[Violation]:
    """A number in the alternative text, title or deck of a chart that its data does not have.

    Rounding is agreement; years, counts of what is shown, sums and differences of two values are allowed.
    """
    for _, chart in _charts(issue):
        texts = [chart.plan.title, chart.plan.deck]
        if chart.own_alt:
            texts.append(chart.alt)
        known = _known_numbers(chart)
        labels = " ".join((*chart.plan.axis.labels, *(s.name for s in chart.plan.series)))
        for index, text in enumerate(texts):
            where = chart.alt_at if index == 2 else chart.where
            for typed in _numbers(text, issue.language):
                if not _explained(typed, known, f"{labels} {chart.plan.unit}", issue.language):
                    yield Violation(where, f"Number not in the data of the chart: {typed}")


_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,\u00a0\u202f'’]*\d|(?<![\w.,])\d(?![\w])")


def _numbers(text: str, language: str) -> Iterator[str]:
    for match in _NUMBER.finditer(text):
        yield match[0]


def _explained(typed: str, known: Iterable[Decimal], labels: str, language: str) -> bool:
    number = number_value(typed, language)
    if number is None or typed in labels or (number == int(number) and 1000 <= number <= 2999):
        return True
    return any(agree(number, value) or agree(value, number) for value in known)


def _known_numbers(chart: Chart) -> list[Decimal]:
    """Return the values, their differences and sums, and how many there are of what."""
    values = [abs(value) for value in chart.plan.values()][:200]
    pairs = values[:60]
    differences = [abs(first - second) for first in pairs for second in pairs]
    ratios = [
        (first / second).quantize(Decimal("0.1")) for first in pairs for second in pairs if second
    ]
    counts = [len(chart.plan.axis.labels), len(chart.plan.series), chart.plan.total, len(values)]
    return [*values, *differences, *ratios, sum(values, Decimal(0)), *map(Decimal, counts)]


@rule(
    "NL411",
    severity="warning",
    hint="Check the shares; if the difference is due to rounding, mention it in `note`.",
    bad=_chart(f"{_SOURCED}unit: '%'\n", "Port,2025\nSines,61\nLisbon,37\n"),
    at="10-essay.md:5:1",
    good=_chart(f"{_SOURCED}unit: '%'\n", "Port,2025\nSines,61\nLisbon,39\n"),
)
def shares_not_100(issue: Issue) -> Iterator[Violation]:
    """Shares that nearly sum to 100 per cent and do not: a row is missing, or a note about rounding.

    Looked at are stacks of percentages, and columns of percentages of a chart or a table that come within five
    of 100.
    """
    for _, chart in _charts(issue):
        if chart.plan.unit == "%" and not _ROUNDED.search(plain(chart.note)):
            for name, shares in _shares(chart):
                if fault := _share_fault(shares, name):
                    yield Violation(chart.where, fault)
                    break
    drawn = {chart.table.where for _, chart in _charts(issue)}
    for section in issue.sections:
        for node in walk(section.blocks):
            if not isinstance(node, Table) or node.where in drawn:
                continue
            if not _ROUNDED.search(plain(node.caption)):
                yield from _table_shares(node, issue.language)


_ROUNDED = re.compile(
    r"round|gerundet|rundung|arrond|redond|arredond|arrotond|afgerond|zaokr|تقريب|עיגול|گرد",
    re.IGNORECASE,
)
NEAR = Decimal(5)


def _shares(chart: Chart) -> Iterator[tuple[str, list[Decimal]]]:
    plan = chart.plan
    if plan.kind == "stacked":
        for row, label in enumerate(plan.axis.labels):
            values = [series.values[row] for series in plan.series]
            yield label, [value for value in values if value is not None]
    elif not plan.axis.is_time and plan.total == len(plan.axis.labels):
        for series in plan.series:
            yield series.name, [value for value in series.values if value is not None]


def _share_fault(shares: list[Decimal], name: str) -> str:
    total = sum(shares, Decimal(0))
    if len(shares) < 2 or total == 100 or abs(total - 100) > NEAR or min(shares) < 0:
        return ""
    return f"Shares of {quoted(name)} sum to {total.normalize():f}, not 100"


def _table_shares(table: Table, language: str) -> Iterator[Violation]:
    for column, head in enumerate(table.head):
        cells = [plain(row[column].children).strip() for row in table.rows]
        if not cells or not all(re.fullmatch(r"[\d.,]+\s?%", cell) for cell in cells):
            continue
        numbers = [number_value(cell.rstrip("% \u00a0\u202f"), language) for cell in cells]
        known = [number for number in numbers if number is not None]
        if fault := _share_fault(known, plain(head.children).strip() or "column"):
            yield Violation(table.where, fault)


@rule(
    "NL412",
    severity="warning",
    hint='Write "percentage points" for a difference of two percentages.',
    bad="The share rose from 20% to 25%, an increase of 5% ([report](https://sea.example/r)).\n",
    at="1:48",
    good="The share rose from 20% to 25%, by 5 percentage points "
    "([report](https://sea.example/r)).\n",
)
def percent_for_points(issue: Issue) -> Iterator[Violation]:
    """From 20% to 25% is an increase of five percentage points, or of 25 per cent, and never of 5 per cent."""
    for sentence in sentences(issue):
        shares = [figure for figure in sentence.figures if figure.unit == "%" and figure.value]
        if len(shares) != 3:
            continue
        for index, figure in enumerate(shares):
            others = [other for number, other in enumerate(shares) if number != index]
            if _confused(figure, others[0], others[1]):
                yield Violation(
                    sentence.at(figure.start, figure.text),
                    f"{figure.text} is a difference of percentages: "
                    f"{others[0].text} and {others[1].text}",
                )
                break


_POINTS = re.compile(r"points?|punkt|puntos?|pontos?|punti|punten", re.IGNORECASE)


def _confused(figure: Quantity, first: Quantity, second: Quantity) -> bool:
    if figure.value is None or first.value is None or second.value is None:
        return False
    if _POINTS.search(figure.text) or figure.start < max(first.start, second.start):
        return False
    return figure.value == abs(first.value - second.value) != 0


@rule(
    "NL413",
    severity="warning",
    hint="Correct one of them; `{fact: id}` prints the register's figure wherever it is named.",
    bad={
        "10-essay.md": f"{_FRONT}::: chart\ndata: data/ports.csv\nkind: bar\n"
        f"title: Sines handled 2.4 million containers\n{_SOURCED}:::\n",
        _DATA: _CSV.replace("1.9", "2.4").encode(),
        "facts.yaml": "sines: {value: '1.9', unit: million containers}\n",
    },
    at="10-essay.md:5:1",
    good={
        "10-essay.md": f"{_FRONT}::: chart\ndata: data/ports.csv\nkind: bar\n"
        f"title: Sines handled 1.9 million containers\n{_SOURCED}:::\n",
        _DATA: _CSV.encode(),
        "facts.yaml": "sines: {value: '1.9', unit: million containers}\n",
    },
)
def aside_disagrees_with_fact(issue: Issue) -> Iterator[Violation]:
    """A figure in a title, caption, alternative text or chart that names what a fact is about and differs from it."""
    for words, where in asides(issue):
        section = next((s for s in issue.sections if s.where.path == where.path), None)
        if section is None or not section.blocks:
            continue
        passage = Passage(section, section.blocks[0], (), issue.language, words, ())
        for fact in issue.facts:
            number = value_of(fact, issue.language)
            if number is None or not _names(words, fact.id):
                continue
            comparable = [f for f in figures(words, issue.language) if same_unit(f, passage, fact)]
            known = [figure for figure in comparable if figure.value is not None]
            if known and not any(agree(number, f.value) for f in known if f.value is not None):
                unit = f" {fact.unit}" if fact.unit else ""
                message = f"{known[0].text}, but facts.yaml has {fact.value}{unit} ({fact.id})"
                yield Violation(where, message)


def _names(words: str, id: str) -> bool:
    """Return whether words name everything a fact's id does: `sines-2025` needs both."""
    folded = words.casefold()
    return all(part.casefold()[:5] in folded for part in re.split(r"[-_]", id) if part)


@rule(
    "NL414",
    severity="warning",
    hint="Choose a stronger color in [chart_light] or [chart_dark] of the theme's tokens.toml.",
    bad={**_chart(_SOURCED), _TOKENS: '[chart_light]\nseries2 = "#eed9c4"\n'},
    at="10-essay.md:5:1",
    good={**_chart(_SOURCED), _TOKENS: '[chart_light]\nseries2 = "#b04a00"\n'},
)
def faint_chart_color(checked: CheckedEmail) -> Iterator[Violation]:
    """A color of charts that cannot be made out on their card: marks need 3:1 and text 4.5:1 (WCAG 1.4.11, 1.4.3)."""
    chart = next((chart for _, chart in _charts(checked.issue)), None)
    if chart is None:
        return
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        for role, ratio, needed in weak_colors(palette(checked.theme.tokens, scheme)):
            message = (
                f"Faint color {quoted(role)} in [chart_{scheme}]: {ratio:.1f}:1, needs {needed}:1"
            )
            yield Violation(chart.where, message)


RULES = (
    faint_chart_color,
    chart_without_source,
    chart_out_of_date,
    number_not_in_chart,
    shares_not_100,
    percent_for_points,
    aside_disagrees_with_fact,
)
