"""Whatever a data file contains: a chart, or one clear error with file, line and column."""

from __future__ import annotations

import pytest

from newsletter.charts.chart_request import AnnotationRequest, ChartRequest
from newsletter.charts.data_table import DataError, parse_delimited
from newsletter.charts.draw import ChartLook, chart_png, draw_chart
from newsletter.charts.fonts import font_set
from newsletter.charts.limits import check_labels
from newsletter.charts.marks import Label
from newsletter.charts.plan import guess_kind, make_plan
from newsletter.model.chart_values import ChartPlan
from newsletter.theme.theme import packaged_theme

BAR, LINE, COLUMN = ChartRequest("bar"), ChartRequest("line"), ChartRequest("column")
MANY = "Day,Level\n" + "".join(f"{1000 + i},{i % 97}\n" for i in range(1900))
FORTY = "Year," + ",".join(f"s{i}" for i in range(40)) + "\n"
FORTY += "".join(
    f"{year}," + ",".join(str(i + year % 7) for i in range(40)) + "\n" for year in (2020, 2021)
)


def plan_of(text: str, request: ChartRequest, language: str = "en") -> ChartPlan:
    return make_plan(request, parse_delimited(text, "data/ports.csv"), language)


def texts(plan: ChartPlan, size: str = "wide") -> list[str]:
    theme = packaged_theme()
    look = ChartLook(theme.tokens, font_set())
    drawing = draw_chart(plan, look, size)  # type: ignore[arg-type]
    return [mark.text for mark in drawing.marks if isinstance(mark, Label)]


@pytest.mark.parametrize(
    ("text", "request_", "where", "message"),
    [
        ("", BAR, "data/ports.csv:1:1", "Empty file"),
        ("\n\n", BAR, "data/ports.csv:1:1", "Empty file"),
        ("Port,Ships\n", BAR, "data/ports.csv:1:1", "Header row without data"),
        ("Port,Ships\nSines\n", BAR, "data/ports.csv:2:1", "Row with 1 cell below a header with 2"),
        ('Port,Ships\n"Sines,3\n', BAR, "data/ports.csv:2:1", "Invalid CSV: unexpected end of data"),
        ("Port,Ships,Ships\nSines,1,2\n", BAR, "data/ports.csv:1:12", 'Repeated column name: "Ships"'),
        ("Port,Ships\nSines,12\nLisbon,1o\n", BAR, "data/ports.csv:3:8",
         'Expected a number in column "Ships", found "1o"'),
        ("Port,Ships\nSines,x\nLisbon,y\n", BAR, "data/ports.csv:2:7",
         'Expected a number in column "Ships", found "x", and 1 more'),
        ('Port,Ships\n"Sines, PT",=A1+2\n', BAR, "data/ports.csv:2:13",
         'Expected a number in column "Ships", found "=A1+2"'),
        ("Port,Ships\nSines,1\nLisbon,2\nSines,3\n", BAR, "data/ports.csv:4:1",
         'Repeated "Sines", first in line 2'),
        ("Port,Ships\nSines,\nLisbon,n/a\n", ChartRequest("bar", y=("Ships",)), "data/ports.csv:1:6",
         'No numbers in column "Ships"'),
        ("Port,Ships\n,1\n", BAR, "data/ports.csv:2:1", 'No name in column "Port"'),
        ("Port,Ships\nSines,1\n", ChartRequest("bar", y=("Shipz",)), "data/ports.csv:1:1",
         'No column "Shipz" in data/ports.csv'),
        ("Port,Ships\nSines,1\n", ChartRequest("bar", highlight=("Sine",)), "data/ports.csv:1:1",
         'Unknown name in highlight: "Sine"'),
        ("Port,Ships\nSines,1\nLisbon,2\n", LINE, "data/ports.csv:1:1",
         'Expected dates in "Port" for a line chart'),
        ("Year,Ships\n2024,1\n", LINE, "data/ports.csv:1:1",
         "Expected at least two periods for a line chart, found 1"),
        ("Month,Ships\n2024-01,1\n2024-02,2\n2024-03,2\n2024-04,2\nlater,3\n", LINE,
         "data/ports.csv:6:1", 'Expected a month in column "Month", found "later"'),
        ("Day,Ships\n2026-02-30,1\n2026-03-01,2\n", COLUMN, "data/ports.csv:2:1",
         'Expected a day in column "Day", found "2026-02-30"'),
        ("Year,Ships\n" + "".join(f"{1900 + i},1\n" for i in range(50)), COLUMN, "data/ports.csv:1:1",
         "Too many periods for columns: 50, at most 40"),
        (FORTY, LINE, "data/ports.csv:1:1",
         "Too many series to tell apart: 40, at most 6 without `highlight`"),
        ("Port,A\nx,1\n", ChartRequest("slope"), "data/ports.csv:1:1",
         "Expected two columns of values for a slope chart, found 1"),
        ("Year,A,B\n2020,1,2\n2021,-1,2\n", ChartRequest("area"), "data/ports.csv:1:1",
         "Negative values in stacked areas"),
        ("Year,A\n2020,1\n2021,2\n",
         ChartRequest("line", annotations=(AnnotationRequest("War", "date:soon"),)),
         "data/ports.csv:1:1", 'Annotation "War" without a value or date of the chart'),
    ],
)  # fmt: skip
def test_one_clear_error(text: str, request_: ChartRequest, where: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        plan_of(text, request_)
    assert (str(caught.value.where), caught.value.message) == (where, message)


@pytest.mark.parametrize(
    ("text", "request_", "expected"),
    [
        ("Port,Ships\nSines,12\n", BAR, ["Sines", "12"]),  # one row
        ("\ufeffPort,Ships\r\nSines,12\r\nFaro,3\r\n".replace("\r", ""), BAR, ["Sines", "12", "Faro", "3"]),
        ("Port;Ships\nSines;1.234,5\nFaro;3,25\n", BAR, ["Sines", "1,235", "Faro", "3"]),
        ("Port;Ships\nSines;12,5\nFaro;3,25\n", BAR, ["Sines", "12.50", "Faro", "3.25"]),
        ('Port,Ships\nSines,"1,234"\nFaro,"3,000"\n', BAR, ["Faro", "3,000", "Sines", "1,234"]),
        ("Port\tShips\nSines\t1 234\nFaro\t900\n", BAR, ["Sines", "1,234", "Faro", "900"]),
        ("Port,Share\nSines,61%\nFaro,39%\n", BAR, ["Sines", "61%", "Faro", "39%"]),
        ("Port,Ships\nSines,NaN\nFaro,3\nLisbon,\n", BAR, ["Faro", "3", "Sines", "–", "Lisbon", "–"]),
        ("Port,Growth\nSines,-3.4\nFaro,1.2\n", BAR, ["Faro", "1.2", "Sines", "−3.4"]),
        ("Port,Ships\nSines,5\nFaro,5\n", BAR, ["Sines", "5", "Faro", "5"]),  # all equal
        ("Port,Ships\nSines,0\nFaro,0\n", BAR, ["Sines", "0", "Faro", "0"]),
        ("Port,Ships\nSines <b>,5\n& Faro,4\n", BAR, ["Sines <b>", "5", "& Faro", "4"]),
    ],
)  # fmt: skip
def test_odd_data_gives_good_charts(text: str, request_: ChartRequest, expected: list[str]) -> None:
    names, numbers = expected[::2], expected[1::2]
    assert texts(plan_of(text, request_)) == [*names, *numbers]


@pytest.mark.parametrize(
    "cell",
    ["2026-03-01", "01.03.2026", "1 March 2026", "March 1, 2026", "2026/03/01", "1 Mar 2026", "01-Mar-2026",
     "20260301", "2026-03-01T06:30"],
)  # fmt: skip
def test_dates_in_many_spellings(cell: str) -> None:
    plan = plan_of(f'Day,Ships\n2026-02-27,1\n"{cell}",2\n', LINE)
    assert plan.axis.labels == ("27 February 2026", "1 March 2026")


def test_the_whole_column_decides_between_day_first_and_month_first() -> None:
    european = plan_of("Day,Ships\n13/02/2026,1\n01/03/2026,2\n", LINE)
    american = plan_of("Day,Ships\n02/13/2026,1\n03/01/2026,2\n", LINE)
    assert european.axis == american.axis


def test_first_days_of_months_are_treated_as_months() -> None:
    plan = plan_of("Month,Ships\n2026-01-01,1\n2026-02-01,2\n", LINE)
    assert plan.axis.labels == ("January 2026", "February 2026")


def test_a_missing_month_is_a_gap() -> None:
    from newsletter.charts.scales import runs_of

    plan = plan_of("Month,Ships\n2026-01,1\n2026-02,2\n2026-03,2\n2026-05,2\n2026-06,1\n", LINE)
    assert runs_of(plan.axis, plan.series[0].values) == [[0, 1, 2], [3, 4]]


def test_many_categories_are_ranked_and_counted() -> None:
    text = "Port,Ships\n" + "".join(f"Port {i},{i}\n" for i in range(100_000))
    plan = plan_of(text, BAR)
    assert (plan.axis.labels[0], len(plan.axis.labels), plan.total) == ("Port 99999", 12, 100_000)


def test_long_series_are_thinned_to_visible_detail() -> None:
    plan = plan_of(MANY, LINE)
    theme = packaged_theme()
    drawing = draw_chart(plan, ChartLook(theme.tokens, font_set()), "wide")
    points = max(len(mark.points) for mark in drawing.marks if hasattr(mark, "points"))
    assert len(plan.axis.labels) == 1900
    assert points < 1900


def test_a_label_of_200_characters_is_truncated_at_the_end() -> None:
    label = "Port of " + "very " * 40 + "long names"
    drawn = texts(plan_of(f"Port,Ships\n{label},4\nSines,7\n", BAR), "phone")
    assert drawn[1].startswith("Port of very very")
    assert drawn[2].endswith("…")


def test_emoji_are_reported_with_their_label() -> None:
    table = parse_delimited("Port,Ships\nFaro,1\nSines 🚢,4\n", "data/ports.csv")
    with pytest.raises(DataError) as caught:
        check_labels(make_plan(BAR, table, "en"), font_set(), BAR, table)
    message = 'No chart font has 🚢 (U+1F6A2), in "Sines 🚢"'
    assert (str(caught.value.where), caught.value.message) == ("data/ports.csv:3:1", message)


@pytest.mark.parametrize(
    "name", ["ميناء سينش", "נמל אשדוד", "Пирей", "Θεσσαλονίκη", "Gdańsk", "Örnsköldsvik"]
)
def test_scripts_covered_by_the_packaged_fonts(name: str) -> None:
    plan = plan_of(f"Port,Ships\n{name},4\n", BAR)
    check_labels(plan, font_set(), BAR, parse_delimited("a,b\n1,2\n", "data/ports.csv"))
    assert chart_png(plan, ChartLook(packaged_theme().tokens, font_set()), "wide")


@pytest.mark.parametrize(
    "language", ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ar", "he", "fa", "tr", "sv"]
)
def test_numbers_in_every_language_can_be_drawn(language: str) -> None:
    plan = plan_of("Month,Ships\n2026-01,-1234567\n2026-02,2345.5\n2026-03,1\n", COLUMN, language)
    assert [text for text in texts(plan) if font_set().missing(text)] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Port,Ships\nSines,1\n", "bar"),
        ("Port,A,B\nSines,1,2\n", "grouped"),
        ("Year,Ships\n2024,1\n2025,2\n", "column"),
        ("Year,A,B\n2024,1,2\n2025,2,3\n", "line"),
    ],
)
def test_the_kind_is_guessed_from_the_data(text: str, kind: str) -> None:
    assert guess_kind(parse_delimited(text, "x.csv"), "en") == kind
