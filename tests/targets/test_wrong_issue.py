"""Protection against sending the wrong issue: which issue is selected, service requirements, and
confirmations.
"""

from __future__ import annotations

import datetime as dt
import io
import sys

import pytest

from newsletter.workspace import days_ahead
from tests.desk import SLUG, Desk
from tests.targets.cases import CASES, Workshop

FAR = "2999-01-02-far"


def test_the_only_issue_is_selected(desk: Desk) -> None:
    assert desk.run("publish").code == 0
    assert desk.run("publish").code == 0, "even if it is already published"


def test_the_only_unpublished_issue_is_selected(desk: Desk) -> None:
    desk.another("2026-03-08-next")
    desk.run("publish", SLUG)
    ran = desk.run("publish")
    assert ran.code == 0, ran.err
    assert "2026-03-08-next" in ran.out


@pytest.mark.parametrize("command", [["publish"], ["test", "--to", "mira@quay.example"]])
def test_several_issues_are_listed_with_dates_and_none_is_selected(
    desk: Desk, command: list[str]
) -> None:
    desk.another("2026-03-08-next")
    ran = desk.run(*command)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: 2 issues waiting; name the one you mean\n"
        f"    2026-03-01  {SLUG}\n    2026-03-08  2026-03-08-next\n"
        "    hint: Name one, such as 2026-03-08-next.\n"
    )
    assert not (desk.root / "dist").exists()


def test_no_issue_is_selected_if_all_are_published(desk: Desk) -> None:
    desk.another("2026-03-08-next")
    desk.run("publish", SLUG)
    desk.run("publish", "2026-03-08-next")
    ran = desk.run("publish")
    assert ran.code == 2
    assert "No issue waiting; name the one you mean" in ran.err


def test_the_issue_in_the_current_folder_is_selected(desk: Desk) -> None:
    other = desk.another("2026-03-08-next")
    ran = desk.run("publish", cwd=other)
    assert ran.code == 0, ran.err
    assert "2026-03-08-next" in ran.out


def test_a_date_in_the_future_is_reported(desk: Desk) -> None:
    path = desk.another(FAR) / "issue.yaml"
    path.write_text(path.read_text("utf-8").replace("2026-03-01", "2999-01-02"), "utf-8")
    ran = desk.run("publish", FAR, "--dry-run")
    assert ran.code == 0
    assert f"{FAR} is dated 2999-01-02, " in ran.err
    assert "days from now." in ran.err


def test_days_ahead(desk: Desk) -> None:
    today = dt.date(2026, 2, 27)
    assert days_ahead(desk.issue, today) == 2
    assert days_ahead(desk.issue, dt.date(2026, 3, 1)) == 0
    assert days_ahead(desk.issue, dt.date(2027, 1, 1)) == 0


# --- requirements before a service sends ----------------------------------------------------------

LISTMONK = CASES[0]


def settle(desk: Desk, *replaced: tuple[str, str]) -> None:
    text = LISTMONK.settings("http://127.0.0.1:9")
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    desk.write("newsletter.toml", text)


UNREADY = {
    "no sender": (
        ('email = "letters@quay.example"', ""),
        "newsletter.toml:5:2: error NL051 unready-target: No sender address in the settings",
    ),
    "the sender of init": (
        ("letters@quay.example", "letters@example.org"),
        'newsletter.toml:7:18: error NL051 unready-target: Placeholder value: "example.org"',
    ),
    "the address of init": (
        ('https://letters.quay.example"\nunsub', 'https://example.org/letters"\nunsub'),
        'newsletter.toml:2:16: error NL051 unready-target: Placeholder value: "example.org"',
    ),
    "another merge style": (
        ('style = "listmonk"', 'style = "mailchimp"'),
        'newsletter.toml:9:1: error NL051 unready-target: Merge style "mailchimp" for listmonk, '
        'which needs "listmonk"',
    ),
    "no merge style": (
        ('[merge]\nstyle = "listmonk"\n', ""),
        'Merge style "plain" for listmonk, which needs "listmonk"',
    ),
}


@pytest.mark.parametrize("name", UNREADY)
@pytest.mark.parametrize("more", [[], ["--dry-run"]], ids=["publish", "dry run"])
def test_findings_that_block_a_service(desk: Desk, name: str, more: list[str]) -> None:
    replaced, expected = UNREADY[name]
    settle(desk, replaced)
    ran = desk.run("publish", "--yes", *more)
    assert (ran.code, ran.out) == (1, "")
    assert expected in ran.err


def test_a_theme_without_an_unsubscribe_link_is_rejected(desk: Desk) -> None:
    settle(desk, ('check.ignore = ["NL92", "NL910"]', 'check.select = ["NL001"]'))
    desk.write("templates/default/foot.mjml.j2", "<mj-text>The Quay</mj-text>\n")
    desk.write(
        "templates/default/text.txt.j2",
        "{% for section in sections %}{{ section.text }}{% endfor %}\n",
    )
    ran = desk.run("publish", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "NL051 unready-target: No unsubscribe link in the HTML part" in ran.err
    assert "NL051 unready-target: No unsubscribe link in the text part" in ran.err


def test_unknown_and_missing_keys_of_a_target_are_reported_at_their_line(desk: Desk) -> None:
    settle(desk, ("lists = [3]", "list = [3]"))
    ran = desk.run("publish", "--yes")
    assert ran.code == 1
    assert "newsletter.toml:14:1: error NL003 unknown-key" in ran.err
    assert "lists" in ran.err


# --- confirmation ---------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_there_is_no_prompt(shop: Workshop) -> None:
    ran = shop.run("publish")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == ("error: Confirmation needed to publish to desk\n    hint: Add --yes.\n")
    assert shop.fake.drafts() == []


@pytest.mark.parametrize(("answer", "code", "drafts"), [("y\n", 0, 1), ("n\n", 1, 0)])
def test_on_a_terminal_the_change_is_shown_and_must_be_confirmed(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, drafts: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    ran = shop.run("publish")
    assert ran.code == code, ran.err
    for line in ("The Quay", "date:   2026-03-01", "target: desk", "change: create a draft"):
        assert line in ran.err
    assert len(shop.fake.drafts()) == drafts


def test_a_folder_target_makes_no_requests(desk: Desk) -> None:
    assert desk.run("publish").code == 0
