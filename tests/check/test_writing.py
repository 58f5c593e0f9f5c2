"""What an editor strikes out and mends, as tables of essays: each with the places and messages that are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check import example
from newsletter.check.rules.dates import wrong_weekday
from newsletter.check.rules.style import name_spelled_two_ways
from newsletter.check.rules.typography import trailing_space
from newsletter.check.rules.writing import doubled_word, unfinished
from newsletter.load import load
from newsletter.model import Issue
from newsletter.workspace import find

BEFORE = example.FRONT.count("\n")


def essay(root: Path, words: str) -> Issue:
    """Return the example's issue, of 1 March 2026, with other words in its essay."""
    for name, data in example.workspace({"10-essay.md": example.FRONT + words + "\n"}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    workspace = find(root)
    issue = load(workspace, workspace.issues / example.SLUG).issue
    assert issue is not None
    return issue


@pytest.mark.parametrize(
    ("words", "marks"),
    [
        ("It grew.[citation needed] See [LINK], says [name] to [first name].", 4),
        ("The lock opens on TBD, at TBD.", 2),
        ("It grew by XX percent, or XX%, to XX million.", 3),
        ("The crane weighs ??? tonnes (???).", 2),
        ("XXX is the mayor.", 1),
        ("Write `XXX`, ‘XXXXX’ or 'XXX' in its place; XXXL is a size.", 0),
        ("“TK” is what editors write. “I saw [name] there,” she said. The XX century.", 0),
        ("Speaker: TBD. The venue is TBD. What??? Really ??? Oh.", 0),
    ],
)
def test_marks_of_what_is_unfinished(words: str, marks: int, tmp_path: Path) -> None:
    assert len(list(unfinished.find(essay(tmp_path, words)))) == marks


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("On Friday, 6 March the lock opens.", []),
        ("On Thursday, 6 March the lock opens.", []),  # right in 2025
        ("On Monday, 6 March the lock opens.", ["Monday, 6 March is a Friday in 2026"]),
        ("On Monday, June 18 the lock closed.", []),  # of which year?
        ("On Tue 2 March 2026 the lock opens.", ["Tue 2 March 2026 is a Monday"]),
        ("On Tuesday 2 Mar 2026 the lock opens.", ["Tuesday 2 Mar 2026 is a Monday"]),
        ("On Tuesday 2026-03-02 the lock opens.", ["Tuesday 2026-03-02 is a Monday"]),
    ],
)
def test_weekdays_are_judged_where_the_year_is_known(words: str, told: list[str], tmp_path: Path) -> None:
    assert [found[1] for found in wrong_weekday.find(essay(tmp_path, words))] == told


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("One. \n\n    code \n    more \n\nTwo. ", [1, 6]),
        ("One.\n\n\tcode \n\n\tmore \n\nTwo. ", [7]),
        ("- One.\n\n      code \n\n- Two. ", [5]),
        ("- One.\n\n  ```\n  code \n  ```\n\nTwo. ", [7]),
        ("> ```\n> code \n> ```\n\nTwo. ", [5]),
        ("- ```\n  code \n  ```\n\nTwo. ", [5]),
        ("~~~\n```\n~~~\n\nTwo. ", [5]),
    ],
)
def test_spaces_in_code_are_left(words: str, rows: list[int], tmp_path: Path) -> None:
    found = [one[0].line for one in trailing_space.find(essay(tmp_path, words))]
    assert found == [BEFORE + row for row in rows]


@pytest.mark.parametrize(
    ("words", "ways"),
    [
        ("They chose the MIT License. Then they read the MIT LICENSE again.", 0),
        ("They chose the Kim Macdonald boat. Then the Kim MacDonald boat left.", 1),
    ],
)
def test_capitals_are_no_second_spelling(words: str, ways: int, tmp_path: Path) -> None:
    assert len(list(name_spelled_two_ways.find(essay(tmp_path, words)))) == ways


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("The crane lifts the\nthe box.", ["the the"]),
        ("The The crane lifts. The quay stands.", ["The The"]),
        ("The crane lifts the the the box.", ["the the the"]),
        ("It was was was gone.", ["was was was"]),
        ("And and then nothing came.", ["And and"]),
        ("The keys of the of the crane lie in the in the box.", ["of the of the", "in the in the"]),
        ("In the In the beginning was the crane.", ["In the In the"]),
        ("They think think tanks think.", ["think think"]),
        ("We heard The The play, in the The Hague of old.", []),
        ("No no no! It went on and on and on, very very slowly, brr brr brr, mark mark mark.", []),
        ("Bora Bora, New New York, Sirhan Sirhan, Port of Port of Spain.", []),
        ("Those whom we turn to to learn are hard to care for for weeks.", []),
        ("They had had their day, and that that is so is so.", []),
    ],
)
def test_doubled_words(words: str, told: list[str], tmp_path: Path) -> None:
    assert [message for _, message, *_ in doubled_word.find(essay(tmp_path, words))] == told
