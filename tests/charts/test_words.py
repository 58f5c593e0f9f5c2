"""Alternative texts match the data: every number in them is derived again from the CSV."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.charts.chart_request import ChartRequest
from newsletter.charts.data_table import parse_delimited
from newsletter.charts.plan import make_plan
from newsletter.charts.words import alternative_text, table_cells
from newsletter.theme.theme import packaged_theme

CSV = "Port,2024,2025\nSines,1.9,2.3\nLisbon,0.4,0.3\nLeixões,0.7,0.75\n"
YEARS = "Year,Sines,Lisbon\n2023,1.7,0.4\n2024,1.9,0.4\n2025,2.3,0.3\n"


@pytest.mark.parametrize(
    ("text", "request_", "expected"),
    [
        (CSV, ChartRequest("bar", y=("2025",), deck="Containers", unit="million"),
         "Bar chart: Containers, million. Sines is highest at 2.30, Lisbon lowest at 0.30."),
        (CSV, ChartRequest("slope"),
         "Slope chart: 2024, 2025. 2025: Sines is highest at 2.30, Lisbon lowest at 0.30. "
         "Widest gap: Sines, 2024 1.90 against 2025 2.30."),
        (CSV, ChartRequest("bar", y=("2025",), limit=2),
         "Bar chart: 2025. 2 of 3 shown. Sines is highest at 2.30, Leixões lowest at 0.75."),
        (YEARS, ChartRequest("line", y=("Sines",)),
         "Line chart: Sines. From 1.7 (2023) to 2.3 (2025); highest 2.3 (2025), lowest 1.7 (2023)."),
        (YEARS, ChartRequest("line"),
         "Line chart: Sines, Lisbon. Sines from 1.7 (2023) to 2.3 (2025); Lisbon from 0.4 (2023) to "
         "0.3 (2025). Widest gap: 2025, Sines 2.3 against Lisbon 0.3."),
        ("Port,Ships\nSines,5\nFaro,5\n", ChartRequest("bar"), "Bar chart: Ships. All values are 5."),
        ("Port,Ships\nSines,5\n", ChartRequest("bar"), "Bar chart: Ships. Sines: 5."),
    ],
)  # fmt: skip
def test_findings(text: str, request_: ChartRequest, expected: str) -> None:
    plan = make_plan(request_, parse_delimited(text, "ports.csv"), "en")
    assert alternative_text(plan, packaged_theme().phrases_for("en")) == expected


@pytest.mark.parametrize("language", sorted(packaged_theme().phrases))
def test_every_language_has_every_phrase(language: str) -> None:
    plan = make_plan(ChartRequest("line"), parse_delimited(YEARS, "ports.csv"), language)
    words = alternative_text(plan, packaged_theme().phrases[language])
    assert "{" not in words
    assert "2025" in words


NUMBERS = st.decimals(min_value=-99999, max_value=99999, places=2, allow_nan=False)
NAMES = st.text("abcdefghij", min_size=3, max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.dictionaries(NAMES, st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=11),
    kind=st.sampled_from(["grouped", "dot", "range", "slope", "stacked"]),
)
def test_every_number_comes_from_the_data(
    rows: dict[str, tuple[Decimal, Decimal]], kind: str
) -> None:
    text = "Name,left,right\n" + "".join(f"{name},{a},{b}\n" for name, (a, b) in rows.items())
    plan = make_plan(ChartRequest(kind), parse_delimited(text, "x.csv"), "en")  # type: ignore[arg-type]
    words = alternative_text(plan, packaged_theme().phrases_for("en"))
    unit = Decimal(1).scaleb(-plan.decimals)
    allowed = {
        value.quantize(unit, rounding=ROUND_HALF_UP) + 0 for pair in rows.values() for value in pair
    }
    message = [
        Decimal(n.replace("−", "-").replace(",", ""))
        for n in re.findall(r"−?\d[\d,.]*\d|−?\d", words)
    ]
    assert message
    assert set(message) <= allowed


@settings(max_examples=40, deadline=None)
@given(st.lists(NUMBERS, min_size=2, max_size=30))
def test_first_last_highest_and_lowest_over_time_are_right(values: list[Decimal]) -> None:
    text = "Year,ships\n" + "".join(f"{1990 + i},{value}\n" for i, value in enumerate(values))
    plan = make_plan(ChartRequest("line"), parse_delimited(text, "x.csv"), "en")
    words = alternative_text(plan, packaged_theme().phrases_for("en"))
    unit = Decimal(1).scaleb(-plan.decimals)
    result = re.search(
        r"From (\S+) \((\d+)\) to (\S+) \((\d+)\); highest (\S+) \((\d+)\), lowest (\S+) \((\d+)\)",
        words,
    )
    assert result
    for number, year in zip(result.groups()[::2], result.groups()[1::2], strict=True):
        message = Decimal(number.replace("−", "-").replace(",", ""))
        assert message == values[int(year) - 1990].quantize(unit, rounding=ROUND_HALF_UP) + 0
    assert (result[2], result[4]) == ("1990", str(1990 + len(values) - 1))
    assert values[int(result[6]) - 1990] == max(values)
    assert values[int(result[8]) - 1990] == min(values)


def test_the_table_keeps_the_decimals_of_the_data_and_thins_long_series() -> None:
    text = "Year,ships\n" + "".join(f"{1000 + i},{i}.125\n" for i in range(500))
    plan = make_plan(ChartRequest("line"), parse_delimited(text, "x.csv"), "en")
    head, rows = table_cells(plan, 3)
    assert (head, len(rows)) == (["Year", "ships"], 60)
    assert (rows[0], rows[-1]) == (["1000", "0.125"], ["1499", "499.125"])
