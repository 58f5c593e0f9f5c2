"""Figures in every form: found, and compared with facts, with each other and with tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check.prose.figures import figures
from newsletter.check.rules.agreement import conflicting_figure
from newsletter.check.rules.facts import unsourced_figure
from newsletter.check.rules.writing import missing_attachment
from tests.check.checking import issue

SOURCES = "berths:\n  title: Berth statistics\n  publisher: Port\n  date: 2026-02-02\n"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("It cost £38bn.", ["38000000000 £"]),
        ("It moved 1.2bn tonnes.", ["1200000000 tonne"]),
        ("It moved 4500 ships in 2024.", ["4500 "]),
        ("About 20k people.", ["20000 "]),
        ("America spends $886 billion a year.", ["886000000000 $"]),
        ("5 million dollars, US$3bn, USD 2 million", ["5000000 $", "3000000000 $", "2000000 $"]),
        ("two-thirds of ports", ["0.667 fraction"]),
        ("one in five ships", ["0.200 fraction"]),
        ("forty-two per cent of it", ["42 %"]),
        ("In 1987 on page 12 of version 3.4", []),
    ],
)
def test_figures_are_found(words: str, found: list[str]) -> None:
    amounts = [(figure.amount, figure.measure) for figure in figures(words, "en")]
    assert [f"{amount:f} {measure}" for amount, measure in amounts if amount is not None] == found


def fact(value: str, unit: str, text: str) -> dict[str, str]:
    entry = f'value: "{value}"' + (f", unit: {unit}" if unit else "")
    return {
        "10-essay.md": f"---\nkind: essay\nby: mira\nsource: berths\n---\n{text}\n",
        "facts.yaml": f"harbour-tonnes: {{{entry}, source: berths, as_of: 2025-12-31}}\n",
        "sources.yaml": SOURCES,
    }


@pytest.mark.parametrize(
    ("value", "unit"), [("42.1 million tonnes", ""), ("42.1", "million tonnes")]
)
@pytest.mark.parametrize(
    ("printed", "conflicts"),
    [
        ("42.1 million tonnes", False),
        ("42 million tonnes", False),
        ("24.1 million tonnes", True),
        ("42.1 billion tonnes", True),
        ("42.1m tonnes", False),
    ],
)
def test_a_fact_is_compared_wherever_its_unit_is_written(
    value: str, unit: str, printed: str, conflicts: bool, tmp_path: Path
) -> None:
    text = f"The harbour handled {printed} in 2025."
    findings = list(conflicting_figure.find(issue(tmp_path, fact(value, unit, text))))
    assert bool(findings) is conflicts


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            "The harbour handled 12.7 million tons in 2025.",
            "In 2025 the harbour handled 17.2 million tons.",
            "17.2 million tons here, 12.7 million tons in",
        ),
        (
            "In 2025, 17.2 million tons were handled by the harbour.",
            "The harbour handled 12.7 million tons in 2025.",
            "12.7 million tons here, 17.2 million tons in",
        ),
        (
            "The fleet cost $4.2 billion in 2025.",
            "In 2025 the fleet cost $4.2 million.",
            "$4.2 million here, $4.2 billion in",
        ),
        (
            "Lisbon handled 1,204 tonnes.",
            "| Port | Tonnes |\n| --- | ---: |\n| Lisbon | 1,402 |\n| Porto | 900 |",
            "1,204 tonnes here, 1,402 in the table at",
        ),
        (
            "Lisbon handled 12.7 million tonnes in 2025.",
            "| Port | 2024 | 2025 (million tonnes) |\n| --- | --- | --- |\n| Lisbon | 11.0 | 17.2 |\n| Porto | 9 | 8 |",
            "12.7 million tonnes here, 17.2 in the table at",
        ),
        (
            "Lisbon handled 12.7 million tonnes in 2025, Porto 9 million.",
            "| Port | 2025 (million tonnes) |\n| --- | --- |\n| Lisbon | 12.7 |\n| Porto | 9 |",
            "",
        ),
        ("The fleet cost $4.2 billion in 2025.", "The tugs cost $4.2 million in 2025.", ""),
    ],
)
def test_conflicting_versions_of_a_figure_are_reported(
    first: str, second: str, message: str, tmp_path: Path
) -> None:
    findings = [
        finding.message
        for finding in conflicting_figure.find(issue(tmp_path, f"{first}\n\n{second}"))
    ]
    assert [text[: len(message)] for text in findings] == ([message] if message else [])


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        (
            "de",
            "Der Hafen von Lissabon verlud 2025 12,7 Millionen Tonnen.",
            "Im Jahr 2025 verlud der Hafen von Lissabon 17,2 Millionen Tonnen.",
        ),
        (
            "fr",
            "Le port de Lisbonne a traité 12,7 millions de tonnes en 2025.",
            "En 2025, le port de Lisbonne a traité 17,2 millions de tonnes.",
        ),
        (
            "es",
            "El puerto de Lisboa movió 12,7 millones de toneladas en 2025.",
            "En 2025 el puerto de Lisboa movió 17,2 millones de toneladas.",
        ),
        (
            "pt",
            "O porto de Lisboa movimentou 12,7 milhões de toneladas em 2025.",
            "Em 2025 o porto de Lisboa movimentou 17,2 milhões de toneladas.",
        ),
        (
            "it",
            "Il porto di Lisbona ha movimentato 12,7 milioni di tonnellate nel 2025.",
            "Nel 2025 il porto di Lisbona ha movimentato 17,2 milioni di tonnellate.",
        ),
        (
            "nl",
            "De haven van Lissabon verwerkte 12,7 miljoen ton in 2025.",
            "In 2025 verwerkte de haven van Lissabon 17,2 miljoen ton.",
        ),
        (
            "pl",
            "Port w Lizbonie przeładował 12,7 mln ton w 2025.",
            "W 2025 port w Lizbonie przeładował 17,2 mln ton.",
        ),
        (
            "ar",
            "تعامل ميناء لشبونة مع 12.7 مليون طن في 2025.",
            "في 2025 تعامل ميناء لشبونة مع 17.2 مليون طن.",
        ),
        (
            "he",
            "נמל ליסבון טיפל ב 12.7 מיליון טון בשנת 2025.",
            "בשנת 2025 נמל ליסבון טיפל ב 17.2 מיליון טון.",
        ),
        (
            "fa",
            "بندر لیسبون در ۲۰۲۵ ۱۲٫۷ میلیون تن جابه‌جا کرد.",
            "در ۲۰۲۵ بندر لیسبون ۱۷٫۲ میلیون تن جابه‌جا کرد.",
        ),
    ],
)
def test_figures_are_compared_in_every_shipped_language(
    language: str, first: str, second: str, tmp_path: Path
) -> None:
    head = f"title: The port\npreheader: Deck.\ndate: 2026-03-01\nlanguage: {language}\n"
    essay = f"---\nkind: essay\nby: mira\n---\n{first}\n\n{second}\n"
    assert (
        len(
            list(
                conflicting_figure.find(issue(tmp_path, {"issue.yaml": head, "10-essay.md": essay}))
            )
        )
        == 1
    )


@pytest.mark.parametrize(
    ("words", "figure"),
    [
        ("America spends $886 billion a year.", "$886 billion"),
        ("Britain moved 1.2bn tonnes.", "1.2bn tonnes"),
        ("In Lisbon, two-thirds of the cranes stand still.", "two-thirds"),
        ("In Lisbon 4500 ships called.", "4500"),
        ("A crane lifts 1.2bn tonnes in a game.", None),
    ],
)
def test_figures_without_a_source_are_reported(
    words: str, figure: str | None, tmp_path: Path
) -> None:
    findings = [finding.message for finding in unsourced_figure.find(issue(tmp_path, words))]
    assert findings == ([f'No source given for "{figure}"'] if figure else [])


ATTACHED = """
The report is attached as a PDF.
Enclosed is the agenda.
I attach the timetable.
I’m attaching the photos.
We’ve attached a copy of the report.
Please find the form attached.
You will find the list enclosed.
See attached.
See the attachment for details.
The attached spreadsheet has it.
The document is attached to this email.
"""
NOT_ATTACHED = """
With no strings attached, it sailed.
The crew is attached to the harbour.
A barge attached to the quay sank.
He was attached to the ministry.
The harbour is enclosed by a wall.
An enclosed bay is calm.
They attach great importance to it.
Attached to the bow is a rope.
Attachment theory has its day.
"""


@pytest.mark.parametrize("words", ATTACHED.strip().split("\n"))
def test_a_mentioned_attachment_is_reported(words: str, tmp_path: Path) -> None:
    assert len(list(missing_attachment.find(issue(tmp_path, words)))) == 1


@pytest.mark.parametrize("words", NOT_ATTACHED.strip().split("\n"))
def test_other_uses_of_the_words_are_not_reported(words: str, tmp_path: Path) -> None:
    assert list(missing_attachment.find(issue(tmp_path, words))) == []
