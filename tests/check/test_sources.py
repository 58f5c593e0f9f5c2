"""Figures that need a source and figures that do not, as a table of paragraphs."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check.rules.facts import unsourced_figure
from tests.check.test_writing import essay


def reported(root: Path, words: str) -> list[str]:
    return [finding.message.split('"')[1] for finding in unsourced_figure.find(essay(root, words))]


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("The harbour of Lisbon handled 12.7 million tons.", ["12.7 million tons"]),
        ("In Chicago, half the people account for 70% of the cases.", ["70%"]),
        ("After 1974 the Trust put up more than 13,000 houses.", ["13,000"]),
        ("The Treasury lent the Port $170 billion. It was called a loan.", ["$170 billion"]),
        # The source is named, linked or given in a note nearby.
        (
            "The harbour of Lisbon handled 12.7 million tons. The [log](https://sea.example) has them.",
            [],
        ),
        ("Lisbon grew by 7% in 2019. It was noon. So says the [log](https://sea.example/log).", []),
        ("Lisbon grew by 7% in 2019, says the harbour board.", []),
        ("The board proposed 7% for Lisbon. Members discussed a 9% rise for Porto.", []),
        ("The Harbour Act sets the rate for Lisbon at 7%.", []),
        # It is the author's own, an example, calculated, a price, a forecast or figurative.
        (
            "We estimate that Lisbon grew by 7%.\n\nThe ports of Portugal handled 9% less in 2025.",
            [],
        ),
        ("We went to Lisbon. The quay was 40% empty.", []),
        ("Suppose Ana has a boat. The Port takes 57% of it.", []),
        ("It would grow in Lisbon. The ships of Porto gain 12%.", []),
        ("Lisbon has 21,269 members of 22,000, said the union. That is 95% of Lisbon.", []),
        ("In Lisbon it went from 29 to 41 ships, a 41 percent increase.", []),
        ("A berth in Lisbon costs $4,500, one in Porto €966.", []),
        ("By 2040 the debt of Lisbon reaches 200% of what it was.", []),
        ("For 10,000 years nobody came to Lisbon, and then over 1,000 days nobody left.", []),
        ("*What Lisbon had in 2025: 12% of the ships*", []),
        ("- Lisbon in 2025: 12%\n- Porto in 2025: 14%", []),
        # It explains how something works and names no particular case.
        ("The tax takes 7% of each ship and gives back 2%.", []),
    ],
)
def test_figures_without_a_source_are_reported(
    words: str, figures: list[str], tmp_path: Path
) -> None:
    assert reported(tmp_path, words) == figures


def test_many_unsourced_figures_in_a_section_are_reported_once(tmp_path: Path) -> None:
    words = "\n\n".join(
        f"In 2025 Lisbon had {number}% of the ships." for number in (11, 12, 13, 14, 15)
    )
    (finding,) = unsourced_figure.find(essay(tmp_path, words))
    assert finding.message == 'No source given for "11%" and 4 more figures in this section'


def test_a_repeated_figure_is_reported_once(tmp_path: Path) -> None:
    words = "In 2025 Lisbon had 11% of the ships.\n\nLisbon kept its 11% to the end of 2025."
    assert reported(tmp_path, words) == ["11%"]
