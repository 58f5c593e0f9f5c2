"""Conflicting figures within one issue, as pairs of sentences in different paragraphs."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check import example
from newsletter.check.rules.agreement import conflicting_figure
from newsletter.load import load
from newsletter.workspace import find


def reported(root: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    for name, data in example.workspace(files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    workspace = find(root)
    issue = load(workspace, workspace.issues / example.SLUG).issue
    assert issue is not None
    prefix = f"issues/{example.SLUG}/"
    findings = conflicting_figure.find(issue)
    return [
        (str(finding.where).removeprefix(prefix), finding.message.replace(prefix, ""))
        for finding in findings
    ]


DISAGREE = [
    (
        "The lock cost $4.2 billion.",
        "At $4.2 million, the lock cost more than the old port.",
    ),
    (
        "Two-thirds of dockers in Lisbon voted to strike in May.",
        "In May three-quarters of dockers in Lisbon voted to strike.",
    ),
    (
        "The ferry carries 1,200 passengers a day.",
        "Each day the ferry carries 2,100 passengers.",
    ),
    (
        "The port handled 4.2 million containers in 2024.",
        "4.6 million containers were handled by the port in 2024, more than ever.",
    ),
    (
        "The port of Lisbon handled 4.2 million containers in 2024, a record for the Atlantic coast.",
        "In 2024, 4.6 million containers handled by the port made Lisbon the busiest on the coast.",
    ),
    (
        "Inflation in Turkey stood at 44 per cent in January.",
        "With inflation at 47 per cent in January, Turkey’s central bank had little choice.",
    ),
    (
        "The strike closed 14 terminals in May.",
        "In May the strike closed 17 terminals, the union says.",
    ),
    ("Some 12,500 dockers went on strike on Monday.", "On Monday 15,200 dockers were on strike."),
    (
        "The new lock cost €1.9 billion.",
        "At €1.3 billion, the new lock cost more than the old port.",
    ),
    (
        "About 23 per cent of the world's grain leaves from the Black Sea.",
        "The Black Sea sends out 32 per cent of the world’s grain.",
    ),
    (
        "Unemployment fell to 6.2 per cent in March.",
        "In March unemployment fell to 6.8 per cent, say the ministries.",
    ),
    (
        "The fund holds $1.7 trillion in shares and bonds.",
        "With $1.2 trillion in shares and bonds, the fund is the largest in the world.",
    ),
    (
        "The port handled 1.2 million containers in 2024.",
        "The port handled 1,350,000 containers in 2024.",
    ),
]


@pytest.mark.parametrize(("one", "other"), DISAGREE)
def test_different_figures_for_the_same_thing_are_reported(
    one: str, other: str, tmp_path: Path
) -> None:
    body = f"{example.FRONT}{one}\n\nThe quay is empty.\n"
    brief = f"---\nkind: brief\nby: mira\n---\n{other}\n"
    assert len(reported(tmp_path, {"10-essay.md": body, "20-brief.md": brief})) == 1


AGREE = [
    (
        "The port handled 4.2 million containers in 2024.",
        "The port handled 4.6 million containers in 2023.",
    ),
    (
        "The port handled 4.2 million containers in 2024.",
        "The port handled 4,215,300 containers in 2024.",
    ),
    (
        "The port handled 4.2 million containers in 2024.",
        "The port expected 4.6 million containers in 2024.",
    ),
    (
        "The port handled 4.2 million containers in 2024.",
        "In 2024 the port handled 4.6 million empty containers.",
    ),
    (
        "The port of Lisbon handled 4.2 million boxes in 2024.",
        "The port of Porto handled 4.6 million boxes in 2024.",
    ),
    (
        "The port handled 4.2 million boxes in 2024.",
        "The port of Porto handled 4.6 million boxes in 2024.",
    ),
    (
        "The rate of poor children fell to 12 per cent.",
        "The rate of poor pensioners fell to 14 per cent.",
    ),
    (
        "The tax on land brings in £669 million.",
        "The tax on houses and land brings in £388 million.",
    ),
    ("Exports rose by 4.2 per cent in May.", "Imports rose by 4.6 per cent in May."),
    (
        "Exports rose from 3.1 to 4.2 million tonnes in May.",
        "Exports rose to 4.6 million tonnes in May.",
    ),
    ("The price rose to $140 a tonne.", "The price rose to $160 a barrel."),
    ("It has 140 members in three countries.", "It has 160 members in three countries."),
    ("Figure 13 shows what the ports handled.", "Figure 15 shows what the ports handled."),
    ("Lena Duarte has 140 cranes in the port.", "Who has 160 cranes in the port?"),
    ("- The port handled 4.2 million boxes.\n- The port handled 4.6 million boxes.", ""),
    ("Margin of the port: 63 per cent", "Margin of the port: 71 per cent"),
]


@pytest.mark.parametrize(("one", "other"), AGREE)
def test_figures_for_different_things_are_not_reported(
    one: str, other: str, tmp_path: Path
) -> None:
    assert reported(tmp_path, {"10-essay.md": f"{example.FRONT}{one}\n\n{other}\n"}) == []


FIGURE = "::: figure\nsrc: https://sea.example/quay.png\nwidth: 300\nalt: {}\ncaption: {}\ncredit: Mira Oduya\n:::\n"


@pytest.mark.parametrize(
    ("alt", "caption", "where"),
    [
        (
            "A quay with 4.6 million containers handled in 2024 by the port",
            "The quay at noon",
            "10-essay.md:11:6",
        ),
        ("A quay at noon", "The port handled 4.6 million containers in 2024", "10-essay.md:12:10"),
        (
            "A quay with 4.2 million containers handled in 2024 by the port",
            "The quay at noon",
            None,
        ),
    ],
)
def test_captions_and_alt_texts_are_compared_with_the_text(
    alt: str, caption: str, where: str | None, tmp_path: Path
) -> None:
    words = "The port handled 4.2 million containers in 2024."
    findings = reported(
        tmp_path, {"10-essay.md": f"{example.FRONT}{words}\n\n{FIGURE.format(alt, caption)}"}
    )
    assert [place for place, _ in findings] == ([where] if where else [])


def test_the_figure_that_differs_from_the_others_is_reported(tmp_path: Path) -> None:
    words = "The port handled {} million containers in 2024."
    essay = "\n\n".join(
        [example.FRONT + words.format("4.2"), words.format("4.6"), words.format("4.2")]
    )
    assert reported(tmp_path, {"10-essay.md": essay}) == [
        ("10-essay.md:8:18", "4.6 million here, 4.2 million in 10-essay.md:6:18")
    ]


def test_facts_yaml_decides_which_figure_is_correct(tmp_path: Path) -> None:
    words = "The port handled {} million containers in 2024.\n"
    findings = reported(
        tmp_path,
        {
            "10-essay.md": example.FRONT + words.format("4.2"),
            "20-brief.md": f"---\nkind: brief\nby: mira\n---\n{words.format('4.6')}",
            "facts.yaml": 'port-containers: {value: "4.6", unit: million containers, source: log, as_of: 2024-12-31}\n',
            "sources.yaml": "log: {title: Harbour log, publisher: Port of Lisbon, date: 2026-02-02}\n",
        },
    )
    assert [where for where, _ in findings] == ["10-essay.md:6:18"]


@pytest.mark.parametrize(
    ("language", "one", "other", "count"),
    [
        (
            "de",
            "Der Hafen schlug 2024 4,2 Millionen Tonnen um.",
            "4,6 Millionen Tonnen schlug der Hafen 2024 um.",
            1,
        ),
        (
            "de",
            "Der Hafen schlug 2024 4,2 Millionen Tonnen um.",
            "Der Hafen schlug 2023 4,6 Millionen Tonnen um.",
            0,
        ),
        (
            "fr",
            "Le port a traité 4,2 millions de tonnes en 2024.",
            "Le port a perdu 4,6 millions de tonnes en 2024.",
            0,
        ),
    ],
)
def test_other_languages_need_matching_words_to_report_a_conflict(
    language: str, one: str, other: str, count: int, tmp_path: Path
) -> None:
    files = {
        "issue.yaml": f"title: 4\npreheader: 5\ndate: 2026-03-01\nlanguage: {language}\n".replace(
            ": 4", ": Der Port"
        ).replace("preheader: 5", "preheader: Ein stiller Ort am Wasser, den keiner kennt."),
        "10-essay.md": f"{example.FRONT}{one}\n\n{other}\n",
    }
    assert len(reported(tmp_path, files)) == count
