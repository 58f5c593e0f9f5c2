"""Features that need an extra: spreadsheets and Vega-Lite files."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from tests.desk import SLUG, Desk

ESSAY = f"issues/{SLUG}/10-essay.md"


def sheet(path: Path, last: object = 16) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("python_calamine")
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Flows"
    page.append(["", "", ""])
    page.append(["", "Month", "Ships"])
    for month, ships in ((1, 12), (2, 15.5), (3, last)):
        page.append(["", dt.date(2026, month, 1), ships])
    book.save(path)


def test_a_range_of_a_sheet(desk: Desk) -> None:
    sheet(desk.root / "flows.xlsx")
    ran = desk.run("chart", "flows.xlsx", "--sheet", "Flows", "--range", "B2:C5", "--json")
    assert json.loads(ran.out)["alt"] == (
        "Column chart: Ships. From 12.0 (January 2026) to 16.0 (March 2026); "
        "highest 16.0 (March 2026), lowest 12.0 (January 2026)."
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--range", "B2:C5"),
            "flows.xlsx:5:3: error NL028 invalid-chart: Expected a number in cell C5",
        ),
        (("--sheet", "Flow"), 'No sheet "Flow" in flows.xlsx'),
        (("--range", "B2-C5"), 'Not a range of cells: "B2-C5"'),
    ],
)
def test_errors_in_a_sheet(desk: Desk, options: tuple[str, ...], message: str) -> None:
    sheet(desk.root / "flows.xlsx", "x1")
    ran = desk.run("chart", "flows.xlsx", *options)
    assert ran.code == 1
    assert message in ran.err


def test_a_file_that_is_not_a_spreadsheet(desk: Desk) -> None:
    pytest.importorskip("python_calamine")
    desk.write("flows.xlsx", b"PK\3\4 half of it")
    ran = desk.run("chart", "flows.xlsx")
    assert ran.code == 1
    assert "Not a readable spreadsheet" in ran.err


VEGA = {"data": {"url": "ports.csv"}, "mark": "bar", "encoding": {}}
BLOCK = (
    "---\nkind: essay\n---\nOne ship.\n\n::: chart\nsrc: data/c.vl.json\nalt: Bars of ships\n:::\n"
)


def test_a_vega_lite_file_becomes_an_image(desk: Desk) -> None:
    pytest.importorskip("vl_convert")
    places = {
        "y": {"field": "Port", "type": "nominal"},
        "x": {"field": "Ships", "type": "quantitative"},
    }
    desk.write(f"issues/{SLUG}/data/c.vl.json", json.dumps(VEGA | {"encoding": places}))
    desk.write(f"issues/{SLUG}/data/ports.csv", "Port,Ships\nSines,3\n")
    desk.write(ESSAY, BLOCK)
    assert desk.run("build").code == 0
    (image,) = (desk.root / "dist" / SLUG / "images").iterdir()
    assert image.read_bytes()[:4] == b"\x89PNG"
    assert "[Figure: Bars of ships]" in (desk.root / f"dist/{SLUG}/email.txt").read_text()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("{", "c.vl.json is not a Vega-Lite chart"),
        (
            '{"data": {"url": "https://example.org/x.csv"}, "mark": "bar"}',
            "Data file not found next to the chart",
        ),
        (
            '{"data": {"url": "../../../../x.csv"}, "mark": "bar"}',
            "Data file not found next to the chart",
        ),
    ],
)
def test_errors_in_a_vega_lite_file(desk: Desk, spec: str, message: str) -> None:
    pytest.importorskip("vl_convert")
    desk.write(f"issues/{SLUG}/data/c.vl.json", spec)
    desk.write(ESSAY, BLOCK)
    ran = desk.run("build")
    assert ran.code == 1
    assert message in ran.err
