"""One misspelled key, id or name is one finding, not the many that follow from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check.example import ESSAY, FILES, FRONT
from tests.check.checking import check, lines

MASTHEAD, ISSUE = FILES["credits.yaml"], "issue.yaml"
CREDITS = "issues/2026-03-01-example/credits.yaml"
DECK = "preheader: Why the quietest port in Europe is the one to watch.\n"
SOURCES = "berths:\n  title: Berths\n  publisher: Port of Lisbon\n  date: 2026-02-02\n"
CITING = "---\nkind: essay\nby: mira\nsource: {}\n---\nThe quay is empty.\n"


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ({"credits.yaml": MASTHEAD.replace("roles:", "rolls:")}, "credits.yaml:6:1 NL003"),
        ({"credits.yaml": MASTHEAD.replace("people:", "poeple:")}, "credits.yaml:1:1 NL003"),
        ({"credits.yaml": MASTHEAD.replace("teams:", "teems:")}, "credits.yaml:4:1 NL003"),
        ({"credits.yaml": MASTHEAD.replace("mira: {", "mria: {")}, "credits.yaml:5:44 NL101"),
        ({CREDITS: FILES[CREDITS].replace("essay", "esay")}, "credits.yaml:1:1 NL102"),
        ({CREDITS: FILES[CREDITS].replace("mira", "mria")}, "credits.yaml:1:8 NL101"),
        ({CREDITS: FILES[CREDITS].replace("location", "locaton")}, "credits.yaml:3:1 NL102"),
        ({ISSUE: f"titel: The port\n{DECK}date: 2026-03-01\n"}, "issue.yaml:1:1 NL003"),
        ({ISSUE: f"title: The port\n{DECK}dat: 2026-03-01\n"}, "issue.yaml:3:1 NL003"),
        ({ESSAY: FRONT.replace("kind", "knd") + "The quay.\n"}, "10-essay.md:2:1 NL003"),
        ({ESSAY: FRONT.replace("by:", "bye:") + "The quay.\n"}, "10-essay.md:4:1 NL003"),
        ({ESSAY: FRONT.replace("mira", "mria") + "The quay.\n"}, "10-essay.md:4:5 NL101"),
        ({ESSAY: FRONT.replace("kind: essay", "kind: esay") + "Noon.\n"}, "10-essay.md:2:7 NL008"),
        (
            {"10-essay.md": CITING.format("berth"), "sources.yaml": SOURCES},
            "10-essay.md:4:9 NL009",
        ),
        (
            {
                "10-essay.md": CITING.format("berths"),
                "sources.yaml": SOURCES.replace("title", "titel"),
            },
            "sources.yaml:2:3 NL003",
        ),
    ],
)
def test_one_mistake_is_one_finding(shown: dict[str, str], found: str, tmp_path: Path) -> None:
    findings = check(tmp_path, shown)
    codes = {finding.code for finding in findings}
    assert [line[: len(found)] for line in lines(findings, *codes)] == [found]
