"""`newsletter chart`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.issue_argument import here
from newsletter.cli.json_output import print_json
from newsletter.cli.report import show_findings
from newsletter.errors import WrongUsage

if TYPE_CHECKING:
    from newsletter.charts.chart_request import ChartRequest
    from newsletter.charts.draw import ChartLook, Size
    from newsletter.charts.fonts import FontSet
    from newsletter.charts.palette import Scheme
    from newsletter.diagnostics import Report
    from newsletter.model.chart_values import ChartPlan

KINDS = ("bar", "column", "grouped", "stacked", "line", "area", "dot", "slope", "range")


@click.command("chart")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--kind", type=click.Choice(KINDS), help="Kind of chart; default: what suits the data."
)
@click.option("--x", metavar="COLUMN", help="Column of categories or dates; default: the first.")
@click.option("--y", metavar="COLUMN", multiple=True, help="Column of values; repeatable.")
@click.option("--series", metavar="COLUMN", help="Column that names the series, in long data.")
@click.option(
    "--highlight",
    metavar="NAME",
    multiple=True,
    help="Category or series to highlight; repeatable.",
)
@click.option("--sort", type=click.Choice(["descending", "ascending", "label", "none"]))
@click.option("--limit", type=click.IntRange(1, 12), help="Categories shown.")
@click.option("--unit", default="", help="Unit of the values.")
@click.option("--title", default="", help="The finding, above the chart.")
@click.option("--deck", default="", help="The measure, below the title.")
@click.option("--source", default="", help="Where the data is from, below the chart.")
@click.option("--sheet", help="Sheet of an XLSX file.")
@click.option("--range", "cells", help="Cells of that sheet, such as B2:E14.")
@click.option("--multiples", is_flag=True, help="A small chart for each series.")
@click.option("--language", default="en", show_default=True, help="Language of numbers and words.")
@click.option("--phone", is_flag=True, help="Draw it for a phone.")
@click.option("--dark", is_flag=True, help="Draw it in dark colors.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the images; default: the current one.",
)
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(file: Path, **options: Any) -> None:
    """Draw a chart of FILE (CSV, TSV, XLSX) as PNG and SVG, and print its alternative text.

    Also works outside a workspace; in a workspace, its theme's colors and words are used. Ends with
    the block to paste into a section.
    """
    from newsletter.charts.draw import chart_png, draw_chart
    from newsletter.charts.palette import palette
    from newsletter.charts.svg import picture_svg
    from newsletter.charts.words import alternative_text
    from newsletter.files.output import write_file

    plan, look, phrases = _prepared(file, options)
    size: Size = "phone" if options["phone"] else "wide"
    scheme: Scheme = "dark" if options["dark"] else "light"
    svg = picture_svg(
        draw_chart(plan, look, size, scheme, standalone=True), palette(look.tokens, scheme)
    )
    png = chart_png(plan, look, size, scheme, standalone=True)
    stem = re.sub(r"[^\w-]+", "-", file.stem) or "data"
    out = (here() / options["out"]) if options["out"] else here()
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / f"{stem}-{plan.kind}.png", out / f"{stem}-{plan.kind}.svg"]
    write_file(paths[0], png)
    write_file(paths[1], svg.encode())
    alt = alternative_text(plan, phrases)
    block = _block(file, plan.kind, options)
    if options["json_"]:
        files = {"png": str(paths[0]), "svg": str(paths[1]), "bytes": len(png)}
        row = {**files, "alt": alt, "block": block}
        print_json(row)
        return
    for path in paths:
        shown = path.relative_to(here()) if path.is_relative_to(here()) else path
        click.echo(f"{shown}  {path.stat().st_size / 1024:.1f} KB")
    click.echo(f"\n{alt}\n\n{block}")


def _prepared(
    file: Path, options: Mapping[str, Any]
) -> tuple[ChartPlan, ChartLook, Mapping[str, str]]:
    """Return the plan of the chart, its look and the phrases of its language.

    Exits after reporting errors.
    """
    from msgspec.structs import replace

    from newsletter.charts.draw import ChartLook, deck_line
    from newsletter.charts.fonts import font_set
    from newsletter.diagnostics import Report

    tokens, phrases, font_files = _theme(options["language"])
    fonts = font_set(font_files)
    report = Report()
    plan = _plan(file, options, fonts, report)
    if plan is None:
        show_findings(report.findings)
        sys.exit(1)
    foot = f"{phrases['source']}{phrases['colon']}{options['source']}" if options["source"] else ""
    plan = replace(plan, foot=foot, deck=deck_line(plan), unit=plan.unit)
    return plan, ChartLook(tokens, fonts, tokens["width"]["text"]), phrases


def _plan(
    file: Path, options: Mapping[str, Any], fonts: FontSet, report: Report
) -> ChartPlan | None:
    """Return the plan of the chart, or `None` after reporting errors."""
    from newsletter.charts.data_table import DataError
    from newsletter.charts.limits import check_labels
    from newsletter.charts.plan import guess_kind, make_plan
    from newsletter.diagnostics import BROKEN_CHART
    from newsletter.load.tables import SheetRequest, read_table
    from newsletter.model import Location

    cells = SheetRequest(Location(str(file)), options["sheet"], options["cells"])
    table = read_table(file, str(file), report, cells)
    if table is None:
        return None
    language = options["language"]
    try:
        kind = options["kind"] or guess_kind(table, language, len(options["y"]))
        request = _request({**options, "kind": kind})
        plan = make_plan(request, table, language)
        check_labels(plan, fonts, request, table)
    except DataError as error:
        report.add(BROKEN_CHART, error.where, error.message, error.hint)
        return None
    return plan


def _request(options: Mapping[str, Any]) -> ChartRequest:
    from newsletter.charts.chart_request import ChartRequest

    keys = "kind x y series highlight sort limit unit multiples title deck".split()
    return ChartRequest(**{key: options[key] for key in keys})


def _theme(language: str) -> tuple[Mapping[str, Any], Mapping[str, str], list[Path]]:
    """Return tokens, phrases and custom fonts: the workspace's, or else the packaged ones."""
    from newsletter.theme.theme import open_theme, packaged_theme
    from newsletter.workspace import find

    try:
        workspace = find(here())
    except WrongUsage:
        theme = packaged_theme()
        return theme.tokens, theme.phrases_for(language), []
    theme = open_theme(workspace, workspace.publication.theme)
    fonts = [workspace.root / name for name in workspace.charts.fonts]
    return theme.tokens, theme.phrases_for(language), fonts


def _block(file: Path, kind: str, options: Mapping[str, Any]) -> str:
    """Return the `::: chart` block that draws the same chart in a section."""
    import json

    def scalar(value: str) -> str:
        plain = re.fullmatch(r"[^\W\d][\w .%-]*", value)
        return value if plain else json.dumps(value, ensure_ascii=False)

    lines = [f"data: {scalar(f'data/{file.name}')}", f"kind: {kind}"]
    keys = ("x", "series", "sort", "limit", "unit", "title", "deck", "source", "sheet")
    lines += [f"{key}: {scalar(str(options[key]))}" for key in keys if options[key]]
    for key in ("y", "highlight"):
        values = options[key]
        if len(values) == 1:
            lines.append(f"{key}: {scalar(values[0])}")
        elif values:
            lines.append(f"{key}: [{', '.join(map(scalar, values))}]")
    if options["cells"]:
        lines.append(f"range: {options['cells']}")
    if options["multiples"]:
        lines.append("multiples: true")
    return "\n".join(("::: chart", *lines, ":::"))
