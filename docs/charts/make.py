"""Draw the images of the gallery: `python docs/charts/make.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from newsletter.charts.data_table import parse_delimited
from newsletter.charts.draw import ChartLook, chart_png
from newsletter.charts.fonts import font_set
from newsletter.charts.plan import make_plan
from newsletter.diagnostics import Report
from newsletter.files.typed_values import convert
from newsletter.files.yaml_reader import read_yaml
from newsletter.load.chart_data import request_of
from newsletter.model.chart_values import ChartPlan
from newsletter.schema.block_tables import ChartBlock
from newsletter.theme.theme import packaged_theme

HERE = Path(__file__).parent


def look() -> ChartLook:
    theme = packaged_theme()
    return ChartLook(theme.tokens, font_set(), theme.tokens["width"]["text"])


def cases() -> Iterator[tuple[str, ChartPlan]]:
    """Yield the name and the plan of each chart of the gallery."""
    for path in sorted(HERE.glob("*.yaml")):
        report = Report()
        read = read_yaml(path.read_text("utf-8"), path.name, report)
        assert read is not None
        value, places = read
        entry: ChartBlock = convert(value, ChartBlock, places, report)
        assert not report.findings, report.findings
        text = (HERE / (entry.data or "")).read_text("utf-8")
        language = "ar" if path.stem == "right-to-left" else "en"
        phrases = packaged_theme().phrases_for(language)
        plan = make_plan(
            request_of(entry, places), parse_delimited(text, entry.data or ""), language
        )
        foot = f"{phrases['source']}{phrases['colon']}{entry.source}"
        yield path.stem, msgspec.structs.replace(plan, foot=foot)


def main() -> None:
    """Write an image next to each block."""
    for name, plan in cases():
        (HERE / f"{name}.png").write_bytes(chart_png(plan, look(), "wide", standalone=True))


if __name__ == "__main__":
    main()
