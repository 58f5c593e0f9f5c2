"""The syntax of an `allow` comment, where it may be written, and what it applies to."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check import example
from newsletter.check.allow_comment import ParsedAllow, read_allow
from newsletter.check.rules.contrast import low_contrast
from newsletter.check.rules.reading import link_not_underlined
from tests.check.test_rules import findings


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("allow NL201: their words", ParsedAllow(("NL201",), "their words")),
        ("allow NL201, NL204: a: b", ParsedAllow(("NL201", "NL204"), "a: b")),
        ("allow NL201", ParsedAllow(("NL201",))),
        ("allow nl201: r", ParsedAllow(("NL201",), "r")),
        ("allow vague-link-text: r", ParsedAllow(("NL201",), "r")),
        ("allow Vague-Link-Text, NL204: r", ParsedAllow(("NL201", "NL204"), "r")),
        ("allow unfinished: r", ParsedAllow(("NL301",), "r")),
        ("allow vague-link-text", ParsedAllow(("NL201",))),
        ("allow NL201 NL204: r", ParsedAllow(("NL201", "NL204"), "r")),
        ("allow NL201 and NL204: r", ParsedAllow(("NL201", "NL204"), "r")),
        ("Allow: NL201: r", ParsedAllow(("NL201",), "r")),
        (
            "allowed NL201 — their well-known words",
            ParsedAllow(("NL201",), "their well-known words"),
        ),
        ("allow NL201 (their words)", ParsedAllow(("NL201",), "their words")),
        ("allow vague-link: r", ParsedAllow(("vague-link",), "r")),
        ("allow NL20x: r", ParsedAllow(malformed='Unknown rule in "allow NL20x"')),
        ("ignore NL201: r", ParsedAllow(malformed='Expected "allow", found "ignore"')),
        ("newsletter-disable NL201", ParsedAllow(malformed='Expected "allow", found "disable"')),
        ("noqa: NL201", ParsedAllow(malformed='Expected "allow", found "noqa"')),
        ("allow re-use", None),
        ("allow NL201, vague-link-text", ParsedAllow(("NL201", "NL201"))),
        ("allow us to say so: NL201 is nothing here", None),
        ("allow on-call people to write: they must", None),
        ("see NL201", None),
        ("they allow NL201", None),
        ("allow", None),
        ("", None),
    ],
)
def test_allow_comments_are_parsed(words: str, expected: ParsedAllow | None) -> None:
    assert read_allow(words) == expected


HERE = "Read it [here](https://sea.example/{})."
FIGURE = "::: figure\n{}\nsrc: https://sea.example/crane.png{}\nalt: A crane above the water\nwidth: 300\n:::"
DATA = {"20-data.md": "---\nkind: data\n{}---\nTwelve ships called.\n"}


@pytest.mark.parametrize(
    "essay",
    [
        f"<!-- allow NL201: r -->\n{HERE}",
        f"{HERE}\n<!-- allow NL034, NL201: r -->\nThe quay is empty.",
        f"The quay is empty.\n<!-- allow NL034, NL201: r -->\n{HERE}",
        "See [the log][l].\n\n<!-- allow NL204: r -->\n[l]: https://sea.example/l?utm_source=x",
        "See [a log][l], [b log][m].\n\n<!-- allow NL204: r -->\n\n[l]: https://sea.example/l?gclid=x\n"
        "[m]: https://sea.example/m?gclid=x\n\nThe quay is empty.",
        FIGURE.format("# allow NL407: r", ""),
        FIGURE.format("# allow nl407, tracking-parameter: r", "?utm_source=x"),
        FIGURE.format("credit: Mira Oduya", "?utm_source=x  # allow NL204: as issue #3 says"),
    ],
)
def test_an_allow_applies_to_the_finding_next_to_it(essay: str, tmp_path: Path) -> None:
    assert findings(tmp_path, essay) == ()


@pytest.mark.parametrize(
    ("essay", "codes"),
    [
        (f"<!-- allow NL201: r -->\n{HERE}\n\n{HERE.format('y')}", ["NL201"]),
        (
            "See [here][l].\n\n<!-- allow NL201: r -->\n[l]: https://sea.example/l",
            ["NL201", "NL040"],
        ),
        (FIGURE.format("# allow NL409: r", ""), ["NL407", "NL040"]),
        (FIGURE.format("# ignore NL407: r", ""), ["NL407", "NL042"]),
        ("<!-- allow NL023: r -->\nThe quay is empty.", ["NL040"]),
    ],
)
def test_an_allow_applies_to_nothing_else(essay: str, codes: list[str], tmp_path: Path) -> None:
    assert [finding.code for finding in findings(tmp_path, essay)] == codes


@pytest.mark.parametrize(
    "front", ["# allow NL105: r\n", "by: []\n# allow NL105: r\n", "tags: [a] # allow NL105: r\n"]
)
def test_an_allow_in_front_matter_applies_to_the_whole_section(front: str, tmp_path: Path) -> None:
    assert findings(tmp_path, {name: text.format(front) for name, text in DATA.items()}) == ()


SOURCES = "{}log:\n  title: Log\n  publisher: Port\n  date: 2026-02-02\n  url: https://sea.example/log?gclid=1{}\n"


@pytest.mark.parametrize(
    ("above", "behind"),
    [("# allow NL405, NL204: r\n", ""), ("# allow NL405: r\n", "  # allow NL204: r")],
)
def test_an_allow_in_yaml_applies_to_a_key_and_its_nested_keys(
    above: str, behind: str, tmp_path: Path
) -> None:
    assert findings(tmp_path, {"sources.yaml": SOURCES.format(above, behind)}) == ()


TOKENS = "templates/default/tokens.toml"
ESSAY = "templates/default/sections/essay.mjml.j2"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (TOKENS, '[light]\n# allow NL620: r\nsoft = "#8a9097"\n'),
        (TOKENS, '[light]\nsoft = "#8a9097" # allow low-contrast: r\n'),
        (
            ESSAY,
            link_not_underlined.bad[ESSAY].replace(
                "{% block close %}", "{% block close %}{# allow NL614: r #}"
            ),
        ),
        (
            ESSAY,
            link_not_underlined.bad[ESSAY].replace("{% block", "{# allow NL614: r #}\n{% block"),
        ),
    ],
)
def test_an_allow_in_a_theme_applies_to_its_line_or_the_next(
    name: str, text: str, tmp_path: Path
) -> None:
    assert findings(tmp_path, {name: text}) == ()


def test_a_malformed_comment_in_a_shared_file_is_reported_too(tmp_path: Path) -> None:
    tokens = low_contrast.good[TOKENS] + "# allow NL62O: r\n"
    masthead = example.FILES["credits.yaml"] + "# allow NL999\n"
    reported = findings(tmp_path, {TOKENS: tokens, "credits.yaml": masthead})
    assert [(finding.code, str(finding.where)) for finding in reported] == [
        ("NL040", "credits.yaml:9:1"),
        ("NL041", "credits.yaml:9:1"),
        ("NL042", f"{TOKENS}:3:1"),
    ]
