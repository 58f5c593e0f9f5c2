"""Text that templates, phrases and settings add to the email is reported at its own line."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check.example import FILES
from newsletter.theme.looks import BASE, PACKAGED
from tests.check.checking import check, lines

FOOT = "templates/default/foot.j2"
PACKAGED_FOOT = (PACKAGED / BASE / "foot.j2").read_text("utf-8")
LAST = PACKAGED_FOOT[: PACKAGED_FOOT.index("</mj-text>")].count("\n") + 1
SETTINGS = FILES["newsletter.toml"]


def foot(html: str) -> dict[str, str]:
    return {FOOT: PACKAGED_FOOT.replace("</mj-text>", f"<br />{html}\n</mj-text>")}


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ('<a href="about.html">x</a>', 'NL220 Relative address: "about.html"'),
        ('<a href="/about">x</a>', 'NL220 Relative address: "/about"'),
        ('<a href="www.port.example">x</a>', 'NL220 Relative address: "www.port.example"'),
        ('<a href="//port.example">x</a>', 'NL220 Address without a scheme: "//port.example"'),
        ('<a href="#top">x</a>', 'NL220 Link to a place inside the email: "#top"'),
        ('<a href="">x</a>', "NL220 Link without an address"),
        (
            '<a href="mailto:nobody">x</a>',
            'NL220 Invalid email address after mailto: "mailto:nobody"',
        ),
        ('<a href="http://localhost/">x</a>', 'NL220 Local address: "http://localhost/"'),
        ('<a href="http://port.example/">x</a>', "NL221 Link without https: http://port.example/"),
        ('<a href="https://bit.ly/1">x</a>', "NL221 Shortened link: https://bit.ly/1"),
        (
            '<a href="https://port.example/?utm_source=a">x</a>',
            "NL221 Tracking parameters in the address: https://port.example/?utm_source=a",
        ),
        ('<a href="https://example.com/">x</a>', "NL221 Placeholder link: https://example.com/"),
        ("TK imprint", 'NL709 Placeholder "TK" left in the template'),
        ("Lorem ipsum dolor", 'NL709 Placeholder "Lorem ipsum" left in the template'),
        ("[Company Name]", 'NL709 Placeholder "[Company Name]" left in the template'),
        ("**bold** words", 'NL709 Leftover Markdown emphasis: "**"'),
        ("caf\ufffd", "NL709 Lost character: U+FFFD"),
        ("cafÃ©", 'NL709 Garbled text: "Ã©"'),
        (
            '<img src="https://port.example/a.png" alt="image tk" width="9" />',
            'NL709 Placeholder "image tk" left in the template',
        ),
    ],
)
def test_links_and_placeholders_in_a_template_are_reported(
    html: str, message: str, tmp_path: Path
) -> None:
    (finding,) = lines(check(tmp_path, foot(html)), "NL220", "NL221", "NL709")
    place, _, reported = finding.partition(" ")
    assert reported == message
    assert place.startswith(f"{FOOT}:{LAST}:")


@pytest.mark.parametrize(
    "html",
    [
        '<a href="{{ web_url }}">x</a>',
        '<a href="https://port.example/about">x</a>',
        '<a href="mailto:mira@port.example">x</a>',
        "The harbour, at noon.",
    ],
)
def test_valid_links_and_text_in_a_template_are_not_reported(html: str, tmp_path: Path) -> None:
    assert lines(check(tmp_path, foot(html)), "NL220", "NL221", "NL709") == []


def test_text_of_an_issue_is_not_attributed_to_the_template(tmp_path: Path) -> None:
    essay = "The harbour handled TK ships, and **“no”**body counted [them](http://port.example/a)."
    assert lines(check(tmp_path, essay), "NL220", "NL221", "NL709") == []


def test_phrases_and_the_text_part_are_checked(tmp_path: Path) -> None:
    text = (PACKAGED / BASE / "text.txt.j2").read_text("utf-8")
    shown = {
        "templates/default/phrases.toml": '[en]\nunsubscribe = "TK unsubscribe"\n',
        "templates/default/text.txt.j2": f"{text}\nSee http://port.example/a\n",
    }
    assert lines(check(tmp_path, shown), "NL221", "NL709") == [
        'templates/default/phrases.toml:2:16 NL709 Placeholder "TK" left in the template',
        f"templates/default/text.txt.j2:{text.count(chr(10)) + 2}:5 "
        "NL221 Link without https: http://port.example/a",
    ]


def test_placeholders_in_settings_and_masthead_are_reported(tmp_path: Path) -> None:
    settings = SETTINGS.replace("sea.example", "example.org").replace("Dock 4", "Street 1")
    masthead = FILES["credits.yaml"].replace("Mira Oduya", "Your Name")
    shown = {"newsletter.toml": settings, "credits.yaml": masthead}
    assert lines(check(tmp_path, shown), "NL926") == [
        'credits.yaml:2:16 NL926 Placeholder value: "Your Name"',
        'newsletter.toml:2:23 NL926 Placeholder value: "example.org"',
        'newsletter.toml:3:24 NL926 Placeholder value: "example.org"',
        'newsletter.toml:4:35 NL926 Placeholder value: "example.org"',
        'newsletter.toml:5:37 NL926 Placeholder value: "Street 1"',
        'newsletter.toml:8:17 NL926 Placeholder value: "example.org"',
    ]


def test_placeholders_are_errors_once_a_target_sends_the_issue(tmp_path: Path) -> None:
    without = "".join(line for line in SETTINGS.splitlines(True) if "unsubscribe" not in line)
    for targets, severities in (
        ("", {"warning", "info"}),
        ('[targets.x]\ntype = "listmonk"\n', {"error"}),
    ):
        shown = {"newsletter.toml": without.replace("sea.example", "example.org") + targets}
        findings = check(tmp_path, shown)
        assert {
            finding.severity for finding in findings if finding.code in ("NL922", "NL926")
        } == severities
