"""A language for which the theme has no phrases is reported where it is set."""

from __future__ import annotations

import pytest

from newsletter.theme.theme import packaged_theme
from tests.desk import SLUG, Desk

ISSUE = f"issues/{SLUG}/issue.yaml"
CASES = [
    ("en-GB", False),
    ("zh-Hans", False),
    ("pt-BR", False),
    ("no", False),  # read as Bokmål
    ("nb", False),
    ("fi", True),
    ("sr-Latn", True),
    ("kok", True),  # Konkani, not Korean
]


@pytest.mark.parametrize(("language", "reported"), CASES, ids=[row[0] for row in CASES])
def test_an_issue_language_without_phrases_is_reported(
    desk: Desk, language: str, reported: bool
) -> None:
    desk.write(ISSUE, f"{(desk.root / ISSUE).read_text('utf-8')}language: {language}\n")
    ran = desk.run("check")
    expected = (
        f'{ISSUE}:4:11: warning NL014 missing-phrases: No phrases for the language "{language}"\n'
        f"    | language: {language}\n    |           ^\n"
        "    hint: Add a table to templates/default/phrases.toml; English words are used until then.\n"
    )
    assert (expected in ran.out + ran.err) is reported
    assert ("NL014" in ran.out + ran.err) is reported
    assert "Unknown language" not in ran.out + ran.err


def test_a_publication_language_without_phrases_is_reported(desk: Desk) -> None:
    settings = (desk.root / "newsletter.toml").read_text("utf-8")
    desk.write("newsletter.toml", f'language = "fi"\n{settings}')
    ran = desk.run("check")
    expected = 'newsletter.toml: warning NL014 missing-phrases: No phrases for the language "fi"\n'
    assert expected in ran.out + ran.err


def test_phrases_provided_by_the_publication_are_enough(desk: Desk) -> None:
    desk.write(ISSUE, f"{(desk.root / ISSUE).read_text('utf-8')}language: fi\n")
    desk.write("templates/default/phrases.toml", '[fi]\nunsubscribe = "Peru tilaus"\n')
    ran = desk.run("check")
    assert "NL014" not in ran.out + ran.err


def test_norwegian_without_a_variety_is_read_as_bokmal() -> None:
    theme = packaged_theme()
    assert theme.phrases_for("no") == theme.phrases_for("nb") != theme.phrases_for("en")


@pytest.mark.parametrize(
    ("language", "slanted"), [("en", True), ("zh", False), ("ja", False), ("ko-KR", False)]
)
def test_emphasis_is_not_italic_in_east_asian_languages(
    desk: Desk, language: str, slanted: bool
) -> None:
    desk.write(ISSUE, f"{(desk.root / ISSUE).read_text('utf-8')}language: {language}\n")
    text = "The *quay*.\n\n#### 港\n\n::: pullquote\n港。\n:::\n"
    desk.write(f"issues/{SLUG}/20-essay.md", f"---\nkind: essay\ntitle: 港\n---\n{text}")
    assert desk.run("build").code == 0
    email = desk.tree(f"dist/{SLUG}")["email.html"].decode()
    assert ("font-style:italic" in email.replace(" ", "")) is slanted
    assert ("<emstyle=" in email.replace(" ", "")) is not slanted
