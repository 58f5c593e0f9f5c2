"""`::: chart` in an issue: the email, the web page, the text part, and the findings of `check`."""

from __future__ import annotations

import json
import re
from email import message_from_bytes

import pytest

from tests.desk import SLUG, Desk

ESSAY = f"issues/{SLUG}/10-essay.md"
CSV = "Port,2024,2025\nSines,1.9,2.3\nLisbon,0.4,0.3\nLeixões,0.7,0.75\n"
CHART = """---
kind: essay
---
One ship.

::: chart
data: data/ports.csv
kind: bar
y: "2025"
title: Sines handles the most
deck: Containers
unit: millions
source: Port ListDesk
as_of: 2025-12-31
note: Counted at the *gate*.
credit: Mira Oduya
{more}:::
"""
ALT = "Bar chart: Containers, millions. Sines is highest at 2.30, Lisbon lowest at 0.30."


@pytest.fixture
def charted(desk: Desk) -> Desk:
    desk.write(f"issues/{SLUG}/data/ports.csv", CSV)
    desk.write(ESSAY, CHART.format(more=""))
    return desk


def built(desk: Desk, name: str) -> str:
    ran = desk.run("build")
    assert (ran.code, ran.err) == (0, "")
    return (desk.root / "dist" / SLUG / name).read_text("utf-8")


def test_the_text_part_has_the_words_and_the_numbers(charted: Desk) -> None:
    assert """One ship.

Sines handles the most
Containers (millions)

[Chart: Bar chart: Containers, millions. Sines is highest at 2.30,
Lisbon lowest at 0.30.]

Counted at the _gate_.
Source: Port ListDesk
As of 31 December 2025
Chart: Mira Oduya

Port     2025
-------  ----
Sines    2.30
Leixões  0.75
Lisbon   0.30
-------  ----
""" in built(charted, "email.txt")


def test_the_email_has_an_image_for_every_reader(charted: Desk) -> None:
    html = built(charted, "email.html")
    picture = re.search(r"<picture>.*?</picture>", html, re.DOTALL)
    assert picture
    image = re.search(r'<img src="([^"]+)" alt="([^"]*)" width="560"', picture[0])
    assert image
    assert image[2] == ALT
    names = {url.rpartition("/")[2] for url in re.findall(r"https://[^\s\",]+\.png", picture[0])}
    folder = charted.root / "dist" / SLUG / "images"
    assert names == {path.name for path in folder.iterdir()}
    assert len(names) == 6
    assert "wide-light-2x" in image[1]
    assert "</source>" not in html
    assert max(path.stat().st_size for path in folder.iterdir()) < 60_000
    assert "<td" in html.partition("</picture>")[2]  # the table, below


def test_the_web_page_draws_it_in_its_own_colors(charted: Desk) -> None:
    html = built(charted, "web.html")
    assert html.count("<svg") == 2
    assert f'<desc id="chart-10-essay-6-wide-desc">{ALT}</desc>' in html
    assert 'fill="var(--chart-accent)"' in html
    assert re.search(r"prefers-color-scheme:dark\)\{:root\{ ?--chart-card", html)
    assert ">Leixões</text>" in html


def test_no_rule_reports_a_finding(charted: Desk) -> None:
    ran = charted.run("check", "--strict")
    assert "NL" not in re.sub(
        r"NL\d+ \S*(?:preheader|subject|by|credit)\S*.*", "", ran.err + ran.out
    )


@pytest.mark.parametrize(
    ("more", "table", "link"),
    [
        ("table: below\n", True, False),
        ("table: link\n", False, True),
        ("table: none\n", False, False),
    ],
)
def test_the_table_is_printed_on_request(charted: Desk, more: str, table: bool, link: bool) -> None:
    charted.write(ESSAY, CHART.format(more=more))
    html, text = built(charted, "email.html"), (charted.root / f"dist/{SLUG}/email.txt").read_text()
    after = html.partition("</picture>")[2]
    assert ("Leixões" in after) is table
    assert (f"{SLUG}/#chart-10-essay-6" in after) is link
    assert "Leixões  0.75" in text
    assert "said-in-one-part" not in charted.run("check").err


def test_an_edited_csv_changes_the_chart_and_the_sentence(charted: Desk) -> None:
    charted.write(f"issues/{SLUG}/facts.yaml", 'sines: {cell: "data/ports.csv#Sines/2025"}\n')
    charted.write(
        ESSAY, CHART.format(more="").replace("One ship", "Sines had {fact: sines} million")
    )
    before = built(charted, "email.html")
    charted.write(f"issues/{SLUG}/data/ports.csv", CSV.replace("2.3\n", "2.9\n"))
    after = built(charted, "email.html")
    names = [set(re.findall(r"[\w-]+\.png", html)) for html in (before, after)]
    assert not names[0] & names[1]
    assert "Sines had 2.3 million" in before
    assert "Sines had 2.9 million" in after


def test_the_preview_redraws_it(charted: Desk) -> None:
    from tests.preview.conftest import cache_of

    cache = cache_of(charted.root)
    first = cache.show(SLUG)
    charted.write(f"issues/{SLUG}/data/ports.csv", CSV.replace("2.3\n", "2.9\n"))
    cache.invalidate(SLUG)
    second = cache.show(SLUG)
    assert first
    assert first.email_views
    assert second
    assert second.email_views
    assert (
        first.email_views.checked_email.email.images
        != second.email_views.checked_email.email.images
    )


def test_each_chart_is_embedded_once_in_the_message(charted: Desk) -> None:
    settings = charted.root / "newsletter.toml"
    settings.write_text(settings.read_text() + "\n[images]\ninline = true\n")
    built(charted, "email.txt")
    message = message_from_bytes((charted.root / f"dist/{SLUG}/message.eml").read_bytes())
    images = [part for part in message.walk() if part.get_content_maintype() == "image"]
    html = next(part for part in message.walk() if part.get_content_type() == "text/html")
    payload = html.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert len(images) == 1
    assert b"<source" not in payload
    assert payload.count(b"cid:") == 1


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("kind: bar\n", "Expected either `data` or `src` in a chart"),
        ("data: data/ports.csv\n", "Chart without `kind`"),
        ("data: data/port.csv\nkind: bar\n", 'File not found: "data/port.csv"'),
        ("data: ../x.csv\nkind: bar\n", 'File outside the issue\'s folder: "../x.csv"'),
        ("src: data/x.svg\n", 'Not a Vega-Lite file (.vl.json): "data/x.svg"'),
        ("src: data/x.vl.json\n", "Vega-Lite chart without `alt`"),
        ("data: data/ports.csv\nkind: pie\n", "kind"),
        ("data: data/ports.csv\nkind: bar\ny: Ships\n", 'No column "Ships" in'),
        (
            "data: data/ports.csv\nkind: bar\ntitle: 'See {fact: nothing}'\n",
            'Unknown fact "nothing"',
        ),
    ],
)
def test_errors_have_their_location(charted: Desk, block: str, message: str) -> None:
    charted.write(ESSAY, f"---\nkind: essay\n---\nOne ship.\n\n::: chart\n{block}:::\n")
    ran = charted.run("build")
    assert ran.code == 1
    assert message in ran.err
    assert re.search(rf"^{re.escape(ESSAY)}:\d+:\d+: error NL0\d\d", ran.err, re.MULTILINE)


def test_a_cell_that_is_not_a_number_is_reported(charted: Desk) -> None:
    charted.write(f"issues/{SLUG}/data/ports.csv", CSV.replace("0.75", "0.7x"))
    ran = charted.run("build")
    assert f"issues/{SLUG}/data/ports.csv:4:13: error NL028" in ran.err


def test_a_broken_font_is_a_settings_error(charted: Desk) -> None:
    charted.write("fonts/x.ttf", b"wOF2....")
    settings = charted.root / "newsletter.toml"
    settings.write_text(settings.read_text() + '\n[charts]\nfonts = ["fonts/x.ttf"]\n')
    ran = charted.run("build")
    assert ran.code == 1
    assert "[charts] fonts: x.ttf is not a TrueType or OpenType font" in ran.err


def test_the_chart_command(charted: Desk) -> None:
    ran = charted.run("chart", f"issues/{SLUG}/data/ports.csv", "--y", "2025", "--json")
    report = json.loads(ran.out)
    assert ran.code == 0
    assert report["alt"] == "Bar chart: 2025. Sines is highest at 2.30, Lisbon lowest at 0.30."
    assert report["block"] == '::: chart\ndata: "data/ports.csv"\nkind: bar\ny: "2025"\n:::'
    assert (charted.root / "ports-bar.png").read_bytes()[:4] == b"\x89PNG"
    assert (charted.root / "ports-bar.svg").read_text().startswith("<svg")


def test_the_chart_command_reports_the_cell(charted: Desk) -> None:
    charted.write("bad.csv", "Port,Ships\nSines,many\n")
    ran = charted.run("chart", "bad.csv", "--kind", "bar")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("bad.csv:2:7: error NL028 invalid-chart: Expected a number in column")


def test_the_list_of_figures(charted: Desk) -> None:
    charted.write(
        f"issues/{SLUG}/facts.yaml",
        'sines: {cell: "data/ports.csv#Sines/2025", unit: million, source: s, as_of: 2025-12-31}\n',
    )
    charted.write(f"issues/{SLUG}/sources.yaml", "s: {title: Yearbook, accessed: 2026-01-02}\n")
    charted.write(ESSAY, "---\nkind: essay\n---\nSines had {fact: sines} million.\n")
    assert charted.run("facts").out == (
        f"{SLUG}: 1 figure\n\n"
        "2.3 million  (sines)\n"
        "  in       10-essay.md:4:11\n"
        "  cell     data/ports.csv#Sines/2025\n"
        "  source   Yearbook\n"
        "  as of    2025-12-31\n"
        "  accessed 2026-01-02\n"
    )
    assert (
        charted.run("facts", "--csv").out.splitlines()[1].startswith("sines,2.3 million,10-essay")
    )
    assert json.loads(charted.run("facts", "--json").out)["facts"][0]["figure"] == "2.3 million"


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        ("{unit: million}", 'Expected either `value` or `cell` in "sines"'),
        ("{cell: data/ports.csv}", 'Not the address of a cell: "data/ports.csv"'),
        ('{cell: "data/ports.csv#Sine/2025"}', 'No row "Sine" in data/ports.csv'),
        ('{cell: "data/ports.csv#Sines/2052"}', 'No column "2052" in data/ports.csv'),
        ('{cell: "data/x.csv#Sines/2025"}', 'File not found: "data/x.csv"'),
    ],
)
def test_facts_that_do_not_exist(charted: Desk, fact: str, message: str) -> None:
    charted.write(f"issues/{SLUG}/facts.yaml", f"sines: {fact}\n")
    ran = charted.run("build")
    assert ran.code == 1
    assert message in ran.err


def test_a_fact_is_printed_in_the_language_of_the_issue(charted: Desk) -> None:
    charted.write(f"issues/{SLUG}/facts.yaml", 'sines: {cell: "data/ports.csv#Sines/2025"}\n')
    charted.write(ESSAY, "---\nkind: essay\n---\nSines: {fact: sines}.\n")
    issue = charted.root / f"issues/{SLUG}/issue.yaml"
    issue.write_text(issue.read_text() + "\nlanguage: pt\n")
    assert "Sines: 2,3." in built(charted, "email.txt")
