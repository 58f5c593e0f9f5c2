"""An issue compared with earlier issues and with the files next to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check.rules.folder import issue_number_mismatch
from newsletter.check.rules.links import link_in_earlier_issue
from newsletter.check.subjects import IssueHistory
from newsletter.load import load
from newsletter.model import Issue
from tests.check.checking import check, issue, lines, workspace

DECK = "Why the quietest port in Europe is the one to watch."


def numbered(title: str, number: int, date: str = "2026-03-01") -> str:
    return f"title: '{title}'\npreheader: {DECK}\ndate: {date}\nnumber: {number}\n"


def before(
    slug: str, title: str, number: int, essay: str = "The tide came late."
) -> dict[str, str]:
    """Return the files of an earlier issue."""
    deck = f"What the tide of {slug[:10]} says of the harbour and its cranes."
    folder = f"issues/{slug}"
    return {
        f"{folder}/issue.yaml": f"title: '{title}'\npreheader: {deck}\ndate: {slug[:10]}\nnumber: {number}\n",
        f"{folder}/credits.yaml": "essay: mira\nlocation: Lisbon, Portugal\n",
        f"{folder}/10-essay.md": f"---\nkind: essay\nby: mira\n---\n{essay}\n",
    }


@pytest.mark.parametrize(
    ("own", "messages"),
    [
        (numbered("The port", 8), []),
        (numbered("The port", 7), ["issue.yaml:4:9 NL036 Same number as in 2026-02-22-tide: 7"]),
        (numbered("The port", 5), ["issue.yaml:4:9 NL036 Number 5 follows number 7"]),
        (
            numbered("The  TIDE", 8),
            ["issue.yaml:1:8 NL036 Same subject as in 2026-02-22-tide: The  TIDE"],
        ),
        (
            numbered("The port", 8, "2026-02-22"),
            ["issue.yaml:3:7 NL036 Same date as in 2026-02-22-tide: 2026-02-22"],
        ),
    ],
)
def test_keys_that_an_earlier_issue_has_are_reported(
    own: str, messages: list[str], tmp_path: Path
) -> None:
    shown = before("2026-02-22-tide", "The tide", 7) | {"issue.yaml": own}
    assert lines(check(tmp_path, shown), "NL036") == messages


@pytest.mark.parametrize(
    ("title", "number", "differs"),
    [
        ("Issue 12: the port", 12, None),
        ("Issue 12: the port", 13, "title: Issue 12"),
        ("The port, #12", 13, "title: #12"),
        ("No. 12: the port", 13, "title: No. 12"),
        ("Ausgabe 12: der Hafen", 13, "title: Ausgabe 12"),
        ("12 ships and 3 cranes", 13, None),
    ],
)
def test_numbers_in_titles_are_compared_with_earlier_issues(
    title: str, number: int, differs: str | None, tmp_path: Path
) -> None:
    findings = issue_number_mismatch.find(issue(tmp_path, {"issue.yaml": numbered(title, number)}))
    assert [finding.message for finding in findings] == (
        [f"Number {number} differs from the {differs}"] if differs else []
    )


@pytest.mark.parametrize("name", ["10-essay.md.theirs", "images/a.png.orig", "credits.yaml.rej"])
def test_unresolved_conflict_files_are_reported(name: str, tmp_path: Path) -> None:
    findings = lines(check(tmp_path, {f"issues/2026-03-01-example/{name}": "x\n"}), "NL035")
    assert findings == [f"{name}:1:1 NL035 Unresolved conflict: {name.rpartition('/')[2]}"]


LINK = "Read [the log](https://port.example/log)."


def history(root: Path, earlier: int, kind: str = "essay", *standing: str) -> IssueHistory:
    """Return the example's issue with a link that is also in `earlier` earlier issues."""
    own = f"---\nkind: {kind}\nby: mira\n---\n{LINK}\n"
    shown: dict[str, str] = {"10-essay.md": own}
    for number in range(earlier):
        slug = f"2026-02-{number + 1:02}-tide"
        shown |= before(slug, f"The tide {number}", number)
        shown[f"issues/{slug}/10-essay.md"] = own
    space = workspace(root, shown)
    issues = [load(space, folder).issue for folder in space.folders()]
    loaded = [issue for issue in issues if isinstance(issue, Issue)]
    return IssueHistory(loaded[-1], tuple(reversed(loaded[:-1])), standing)


@pytest.mark.parametrize(
    ("earlier", "kind", "standing", "reported"),
    [
        (0, "essay", (), 0),
        (1, "essay", (), 1),
        (2, "essay", (), 1),
        (3, "essay", (), 0),  # learned: it is in every issue
        (1, "note", (), 0),  # learned: the same words in the same kind of section
        (1, "essay", ("https://port.example/log",), 0),
        (1, "essay", ("port.example",), 0),
        (1, "essay", ("https://other.example",), 1),
    ],
)
def test_links_that_appear_in_every_issue_are_not_reported(
    earlier: int, kind: str, standing: tuple[str, ...], reported: int, tmp_path: Path
) -> None:
    findings = link_in_earlier_issue.find(history(tmp_path, earlier, kind, *standing))
    assert len(list(findings)) == reported


def test_a_conflict_file_next_to_a_shared_file_is_reported(tmp_path: Path) -> None:
    shown = {"templates/default/foot.j2.theirs": "x", "10-essay.md.theirs": "x"}
    assert [line.split()[0] for line in lines(check(tmp_path, shown), "NL035")] == [
        "10-essay.md.theirs:1:1",
        "templates/default/foot.j2.theirs:1:1",
    ]
