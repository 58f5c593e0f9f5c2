"""Editorial rules, as tables of essays with the expected positions and messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check import example
from newsletter.check.rules.dates import wrong_weekday
from newsletter.check.rules.reading import all_caps_text
from newsletter.check.rules.sources import missing_image_rights, unattributed_quote
from newsletter.check.rules.style import inconsistent_spelling
from newsletter.check.rules.typography import trailing_whitespace
from newsletter.check.rules.writing import placeholder_text, repeated_word
from newsletter.load import load
from newsletter.model import Issue
from newsletter.workspace import find

BEFORE = example.FRONT.count("\n")


def essay(root: Path, words: str) -> Issue:
    """Return the example's issue, of 1 March 2026, with other text in its essay."""
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
        (
            "Saturday, 4PM at TBD in the port; see the “TODO: second look” list, of lorem ipsum texts.",
            0,
        ),
        ("Lorem ipsum dolor sit amet.\n\nLorem ipsum", 2),
        ("Write `XXX`, ‘XXXXX’ or 'XXX' in its place; XXXL is a size.", 0),
        ("“TK” is what editors write. “I saw [name] there,” she said. The XX century.", 0),
        ("Speaker: TBD. The venue is TBD. What??? Really ??? Oh.", 0),
    ],
)
def test_marks_of_unfinished_text_are_reported(words: str, marks: int, tmp_path: Path) -> None:
    assert len(list(placeholder_text.find(essay(tmp_path, words)))) == marks


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        ("On Friday, 6 March the lock opens.", []),
        (
            "On Thursday, 6 March the lock opens.",
            ["Wrong weekday: Thursday, 6 March is a Friday in 2026, but was right in 2025"],
        ),
        ("A year ago, on Thursday, 6 March, the lock opened.", []),
        (
            "On Monday, 6 March the lock opens.",
            ["Wrong weekday: Monday, 6 March is a Friday in 2026"],
        ),
        ("On Monday, June 18 the lock closed.", []),  # the year is unknown
        ("On Tue 2 March 2026 the lock opens.", ["Wrong weekday: Tue 2 March 2026 is a Monday"]),
        (
            "On Tuesday 2 Mar 2026 the lock opens.",
            ["Wrong weekday: Tuesday 2 Mar 2026 is a Monday"],
        ),
        (
            "On Tuesday 2026-03-02 the lock opens.",
            ["Wrong weekday: Tuesday 2026-03-02 is a Monday"],
        ),
    ],
)
def test_weekdays_are_checked_if_the_year_is_known(
    words: str, reported: list[str], tmp_path: Path
) -> None:
    assert [finding.message for finding in wrong_weekday.find(essay(tmp_path, words))] == reported


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
def test_spaces_in_code_are_left_alone(words: str, rows: list[int], tmp_path: Path) -> None:
    findings = [finding.where.line for finding in trailing_whitespace.find(essay(tmp_path, words))]
    assert findings == [BEFORE + row for row in rows]


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (
            "They met Kim Jong-un in May. In June, Kim Jong Un wrote.",
            ['Two spellings: "Kim Jong Un" here, "Kim Jong-un"'],
        ),
        (
            "We met Jürgen Müller. Then Juergen Mueller left.",
            ['Two spellings: "Juergen Mueller" here, "Jürgen Müller"'],
        ),
        ("The plan of Erdoğan, and that of Erdogan.", ['Two spellings: "Erdogan" here, "Erdoğan"']),
        ("It rains in Sana'a, and near Sanaa too.", ['Two spellings: "Sanaa" here, "Sana’a"']),
        ("It rains in Sana'a, and Sana'a's quay is wet.", []),
        (
            "They sailed to Tel-Aviv and then to Tel Aviv.",
            ['Two spellings: "Tel Aviv" here, "Tel-Aviv"'],
        ),
        ("He met al-Sisi, and then el-Sisi.", ['Two spellings: "el-Sisi" here, "al-Sisi"']),
        ("Al-Sisi came. They met al-Sisi.", []),
        (
            "He saw Ana María Réis Lobo, and Ana Maria Reis Lobo.",
            ['Two spellings: "Maria Reis Lobo" here, "María Réis Lobo"'],
        ),
        (
            "A Kim Macdonald boat. Then the Kim MacDonald boat left.",
            ['Two spellings: "Kim MacDonald" here, "Kim Macdonald"'],
        ),
        ("They chose the MIT License. Then they read the MIT LICENSE again.", []),
        (
            "The AI-Generated picture, an Open-Source crane: pictures generated by Open Source, with an open source.",
            [],
        ),
        ("Ask @SlackWater, or write to SLACKwater; see #SlackWaTer.", []),
    ],
)
def test_names_in_two_spellings_are_reported(
    words: str, reported: list[str], tmp_path: Path
) -> None:
    findings = inconsistent_spelling.find(essay(tmp_path, words))
    assert [
        finding.message.removesuffix(" elsewhere in the issue") for finding in findings
    ] == reported


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        ("The crane lifts the\nthe box.", ['Repeated word: "the the"']),
        ("The The crane lifts. The quay stands.", ['Repeated word: "The The"']),
        ("The crane lifts the the the box.", ['Repeated word: "the the the"']),
        ("It was was was gone.", ['Repeated word: "was was was"']),
        ("And and then nothing came.", ['Repeated word: "And and"']),
        (
            "The keys of the of the crane lie in the in the box.",
            ['Repeated word: "of the of the"', 'Repeated word: "in the in the"'],
        ),
        ("In the In the beginning was the crane.", ['Repeated word: "In the In the"']),
        ("They think think tanks think.", ['Repeated word: "think think"']),
        ("We heard The The play, in the The Hague of old.", []),
        ("No no no! It went on and on and on, very very slowly, brr brr brr, mark mark mark.", []),
        ("Bora Bora, New New York, Sirhan Sirhan, Port of Port of Spain.", []),
        ("Those whom we turn to to learn are hard to care for for weeks.", []),
        ("They had had their day, and that that is so is so.", []),
    ],
)
def test_doubled_words_are_reported(words: str, reported: list[str], tmp_path: Path) -> None:
    assert [finding.message for finding in repeated_word.find(essay(tmp_path, words))] == reported


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        ("THE QUAY STOOD EMPTY and THE QUAY STOOD EMPTY again.", 1),
        ("> THE QUAY STOOD EMPTY, wrote Ana Reis.", 0),
        ("### WHAT IS A QUAY WITHOUT SHIPS\n\nA wall.", 1),
    ],
)
def test_capitals_are_reported_once_and_not_in_quotations(
    words: str, reported: int, tmp_path: Path
) -> None:
    assert len(list(all_caps_text.find(essay(tmp_path, words)))) == reported


LONG = "We have never seen so many ships at anchor, and the queue grows by the day, and they are angry on all of them."


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (f"They stay.\n\n“{LONG} And the port is full of them.”\n\nIt is.", 1),
        (f"They stay.\n\n**Wonk:** “{LONG} And the port is full of them.”\n\nIt is.", 0),
        (f"I sail.\n\nI row.\n\nMy boat leaks.\n\n> {LONG} So I rowed.\n\nIt was noon.", 0),
        (f"They sail.\n\nThey row.\n\nIts boat leaks.\n\n> {LONG} So I rowed.\n\nIt was noon.", 1),
    ],
)
def test_quotations_need_an_attribution(words: str, reported: int, tmp_path: Path) -> None:
    assert len(list(unattributed_quote.find(essay(tmp_path, words)))) == reported


@pytest.mark.parametrize(
    ("alt", "reported"),
    [
        ("A crane above the water", 1),
        ("Screenshot of the timetable", 0),
        ("The logo of the port", 0),
        ("A chart", 1),
    ],
)
def test_screenshots_and_logos_need_no_credit(alt: str, reported: int, tmp_path: Path) -> None:
    figure = f"::: figure\nsrc: https://sea.example/crane.png\nalt: {alt}\nwidth: 300\n:::"
    assert len(list(missing_image_rights.find(essay(tmp_path, figure)))) == reported
