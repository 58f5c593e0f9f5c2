"""The Markdown dialect as tables: source, and the resulting HTML and text, or the error.

A case whose title ends in `[de]` is in German. Theme partials are printed as bare elements, such
as `<pullquote by="…">`; their appearance depends on the theme and is tested in `tests/issues/`.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from newsletter.diagnostics import Report
from newsletter.languages import direction
from newsletter.markup.blocks import blocks_text
from newsletter.markup.directives import BlockContext
from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.markup.parse import parse
from newsletter.markup.source import SourceText
from newsletter.model import Image, Location, Node
from tests import casefile

HERE = Path(__file__).parent
PHRASES = {"figure": "Figure", "note": "Note", "notes": "Notes", "source": "Source", "colon": ": "}
FILES = {
    "data/calls.csv": [["Quarter", "Calls"], ["First", "1,280"], ["Second", "−31"]],
    "data/head.csv": [["Quarter", "Calls"]],
}


def read(markdown: str, language: str) -> tuple[tuple[Node, ...], Report]:
    """Return the nodes of a section and its report."""
    report = Report()

    def csv(name: str, where: Location) -> list[list[str]] | None:
        return FILES.get(name)

    def cite(name: str, where: Location) -> str | None:
        return {"berths": "Port of Lisbon, Berths"}.get(name, name)

    source = SourceText.of("10-essay.md", markdown)
    return parse(
        source, language, direction(language), BlockContext(csv, cite), report=report
    ), report


def partial(name: str, **block: Any) -> str:
    """Return a block as a bare element: strings as attributes; rows and notes on separate lines."""
    inside, attributes = "", ""
    for key, value in block.items():
        if isinstance(value, Markup):
            inside += f"<{key}>{value}</{key}>" if key != "body" else value
        elif key == "head":
            inside += "\n" + " ".join(f"{cell.html}<{cell.align or ''}>" for cell in value)
        elif key == "longest":
            continue  # for the width of columns in the email: tests/browser
        elif key == "rows":
            for row in value:
                inside += "\n" + " | ".join(
                    f"#{cell.html}" if cell.header else cell.html for cell in row
                )
            inside += "\n"
        elif key == "items":
            inside += "".join(f"\n{number}. {item}" for number, item in enumerate(value, 1)) + "\n"
        elif value is not None:
            attributes += f' {key}="{escape(str(value))}"'
    return f"<{name}{attributes}>{inside}</{name}>"


def as_html(nodes: tuple[Node, ...], language: str) -> str:
    page = HtmlWriter(
        medium="web",
        direction=direction(language),
        partial=partial,
        image=lambda src: Image(src, src, 560, 280, "png", b""),
        image_url=lambda picture: picture.name,
    )
    return "".join(f"{html}\n" for node in nodes if (html := node.html(page)))


def as_text(nodes: tuple[Node, ...], language: str) -> str:
    page = TextWriter(direction(language), PHRASES, [])
    text = blocks_text(nodes, page)
    listed = "".join(f"\n[{number}] {url}" for number, url in enumerate(page.links, 1))
    return f"{text}{listed}\n" if text else ""


def language_of(case: casefile.Case) -> str:
    return case.title.rpartition("[")[2].rstrip("]") if case.title.endswith("]") else "en"


SOUND = [
    param
    for name in ("blocks", "inline", "tables", "directions")
    for param in casefile.params(HERE / f"{name}.md", "markdown", "html", "text")
]


@pytest.mark.parametrize("case", SOUND)
def test_markdown_becomes_html_and_text(case: casefile.Case, rewrite_expected: bool) -> None:
    language = language_of(case)
    nodes, report = read(case["markdown"], language)
    assert [str(finding) for finding in report.findings] == []
    html, text = as_html(nodes, language), as_text(nodes, language)
    if rewrite_expected:
        case.rewrite(html=html, text=text)
        return
    assert html == case["html"]
    assert text == case["text"]


@pytest.mark.parametrize("case", casefile.params(HERE / "faults.md", "markdown", "findings"))
def test_an_error_is_reported_with_position_and_hint(
    case: casefile.Case, rewrite_expected: bool
) -> None:
    _, report = read(case["markdown"], language_of(case))
    findings = "".join(
        f"{finding}\n" for finding in sorted(report.findings, key=lambda finding: finding.order)
    )
    if rewrite_expected:
        case.rewrite(findings=findings)
        return
    assert findings == case["findings"]
    assert findings, "every case needs at least one finding"
