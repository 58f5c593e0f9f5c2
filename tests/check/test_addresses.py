"""Where addresses are typed (sections, sources, blocks, the masthead), and which can be fixed."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check import example
from newsletter.check.prose.addresses import all_addresses, fixable
from newsletter.check.rules.alternatives import file_name_as_alt
from newsletter.check.rules.links import link_text_mismatch
from newsletter.load import load
from newsletter.model import Issue
from newsletter.workspace import find

CREDITS = example.FILES["credits.yaml"]
TRACKED = "https://sea.example/x?utm_source=letter"


def read(root: Path, files: dict[str, str]) -> Issue:
    for name, data in example.workspace(files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    workspace = find(root)
    issue = load(workspace, workspace.issues / example.SLUG).issue
    assert issue is not None
    return issue


FIGURE = "::: figure\nsrc: {}\nalt: A quay\nwidth: 300\ncredit: Mira Oduya\n:::\n"
ISSUE = f"issues/{example.SLUG}"


@pytest.mark.parametrize(
    ("files", "where", "safe"),
    [
        (
            {"10-essay.md": f"{example.FRONT}The [log]({TRACKED}).\n"},
            f"{ISSUE}/10-essay.md:6:11",
            True,
        ),
        (
            {"10-essay.md": f"{example.FRONT}The [log][l].\n\n[l]: {TRACKED}\n"},
            f"{ISSUE}/10-essay.md:8:6",
            True,
        ),
        ({"10-essay.md": example.FRONT + FIGURE.format(TRACKED)}, f"{ISSUE}/10-essay.md:7:6", True),
        (
            {"10-essay.md": example.FRONT + FIGURE.format(f'"{TRACKED}"')},
            f"{ISSUE}/10-essay.md:7:7",
            True,
        ),
        (
            {
                "10-essay.md": f"---\nkind: essay\nby: {{name: Ana Reis, url: '{TRACKED}'}}\n---\nThe quay is empty.\n"
            },
            f"{ISSUE}/10-essay.md:3:28",
            True,
        ),
        (
            {"sources.yaml": f"log: {{title: Log, url: {TRACKED}}}\n"},
            f"{ISSUE}/sources.yaml:1:24",
            True,
        ),
        (
            {"sources.yaml": f'log: {{title: Log, url: "{TRACKED}"}}\n'},
            f"{ISSUE}/sources.yaml:1:25",
            True,
        ),
        (
            {
                "credits.yaml": CREDITS.replace("Mira Oduya", f"Mira Oduya, url: {TRACKED}"),
                f"{ISSUE}/credits.yaml": "essay: mira\n",
            },
            "credits.yaml:2:33",
            False,  # other issues use the masthead too
        ),
        (
            {"credits.yaml": CREDITS.replace("Tomás Leal", f"Tomás Leal, url: {TRACKED}")},
            None,
            False,
        ),
    ],
)
def test_an_address_is_reported_where_it_is_typed(
    files: dict[str, str], where: str | None, safe: bool, tmp_path: Path
) -> None:
    issue = read(tmp_path, files)
    findings = [(str(address.where), fixable(address, issue)) for address in all_addresses(issue)]
    assert findings == ([(where, safe)] if where else [])


def test_a_source_is_reported_once_even_if_several_sections_cite_it(tmp_path: Path) -> None:
    section = "---\nkind: brief\nsource: log\n---\nThe quay is empty.\n"
    files = {
        "20-brief.md": section,
        "30-brief.md": section,
        "sources.yaml": f"log: {{title: Log, url: {TRACKED}}}\n",
    }
    assert [address.url for address in all_addresses(read(tmp_path, files))] == [TRACKED]


@pytest.mark.parametrize(
    ("link", "reported"),
    [
        ("[www.bank.example](https://evil.example/x)", True),
        ("[bank.example/login](https://evil.example/x)", True),
        ("[See https://bank.example/login now](https://evil.example/x)", True),
        ("[the log on www.bank.example](https://evil.example/x)", True),
        ("[bank.example](https://www.bank.example/a)", False),
        ("[Bank.org is back, says Node.js](https://news.example/a)", False),
        ("[the log](https://news.example/a)", False),
    ],
)
def test_link_text_that_names_another_host_is_reported(
    link: str, reported: bool, tmp_path: Path
) -> None:
    issue = read(tmp_path, {"10-essay.md": f"{example.FRONT}{link}\n"})
    assert bool(list(link_text_mismatch.find(issue))) is reported


@pytest.mark.parametrize(
    ("alt", "reported"),
    [
        ("crane.png", True),
        ("IMG_1234", True),
        ("Screenshot 2026-02-01 at 10.15", True),
        ("uploaded by Ana", True),
        ("Image may contain a crane", True),
        ("alt text", True),
        ("placeholder", True),
        ("A photo of a crane", False),
        ("Alternate routes around the port", False),
    ],
)
def test_placeholder_alt_texts_are_reported(alt: str, reported: bool, tmp_path: Path) -> None:
    figure = FIGURE.format("https://sea.example/x.png").replace("A quay", alt)
    assert (
        bool(list(file_name_as_alt.find(read(tmp_path, {"10-essay.md": example.FRONT + figure}))))
        is reported
    )
