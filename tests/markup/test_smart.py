"""Straight quotes become the language's quotation marks or apostrophes, or stay straight."""

from __future__ import annotations

import pytest

from newsletter.diagnostics import Report
from newsletter.languages import direction
from newsletter.markup.inline import plain
from newsletter.markup.parse import parse_line
from newsletter.model import Location

CASES = [
    ("en", "rock 'n' roll", "rock ’n’ roll"),
    ("en", "Rock 'n' Roll, fish 'n' chips", "Rock ’n’ Roll, fish ’n’ chips"),
    ("en", "'Tis the season, 'twas said", "’Tis the season, ’twas said"),
    ("en", "Give 'em 'til noon", "Give ’em ’til noon"),
    ("en", "The '90s and '68", "The ’90s and ’68"),
    ("en", "He said 'em' and 'round' twice", "He said ‘em’ and ‘round’ twice"),
    ("en", "She said 'rock 'n' roll' aloud", "She said ‘rock ’n’ roll’ aloud"),
    ("en", "\"It's 'fine',\" she said", "“It’s ‘fine’,” she said"),
    ("en", "He is 5'10\" tall", "He is 5'10\" tall"),
    ("en", '"He is 5\'10" tall," she said', "“He is 5'10\" tall,” she said"),
    ("en", 'a 12" pipe', 'a 12" pipe'),
    ("en", "a wall 6' high", "a wall 6' high"),
    ("en", '"the year 2010"', "“the year 2010”"),
    ("en", "the 1990s' end", "the 1990s’ end"),
    ("nl", "'s Ochtends in 't huis", "’s Ochtends in ’t huis"),
    ("de", "Wie geht's, 'ne Frage", "Wie geht’s, ’ne Frage"),
    ("de", "\"Er sagte 'nein'.\"", "„Er sagte ‚nein‘.“"),
    ("af", "Dit is 'n boot", "Dit is ’n boot"),
    ("it", "La 'ndrangheta e l'isola", "La ’ndrangheta e l’isola"),
]


@pytest.mark.parametrize(("language", "typed", "printed"), CASES)
def test_straight_quotes_are_replaced(language: str, typed: str, printed: str) -> None:
    report = Report()
    nodes = parse_line(typed, Location("10-essay.md"), language, direction(language), report=report)
    assert plain(nodes) == printed
    assert not report.findings
