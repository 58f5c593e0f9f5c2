"""`newsletter doctor` lists everything missing for the first real send, each with its fix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.desk import Desk

REAL = (
    ("https://example.org/letters", "https://quay.example/letters"),
    ("letters.example.org", "letters.quay.example"),
    ("https://example.org/unsubscribe", "https://quay.example/unsubscribe"),
    ("Street 1, 1000 Town, Country", "Doca 4, Lisbon, Portugal"),
    ("letters@example.org", "letters@quay.example"),
    ("What this letter is about, in one sentence.", "Ports, ships and the people on them."),
)


@pytest.fixture
def letters(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    assert desk.run("init", ".").code == 0
    return desk


def rows(desk: Desk) -> list[dict[str, str]]:
    result: list[dict[str, str]] = json.loads(desk.run("doctor", "--json").out)
    return result


def settle(desk: Desk, more: str = "") -> None:
    path = desk.root / "newsletter.toml"
    text = path.read_text()
    for before, after in REAL:
        text = text.replace(before, after)
    path.write_text(text + more)
    masthead = desk.root / "credits.yaml"
    masthead.write_text(
        masthead.read_text()
        .replace("Your Name", "Mira Oduya")
        .replace("Your City, Country", "Lisbon")
    )


def test_every_placeholder_left_by_init_is_listed(letters: Desk) -> None:
    ran = letters.run("doctor")
    assert ran.code == 1
    for place in (
        "newsletter.toml:3:",
        "newsletter.toml:7:",
        "newsletter.toml:8:",
        "newsletter.toml:9:",
        "newsletter.toml:12:",
        "credits.yaml:4:",
        "credits.yaml:14:",
    ):
        assert f"missing   settings: {place}" in ran.out
    assert "requirements-newsletter.txt:3:1: CI does not know how to install newsletter" in ran.out


def test_the_service_merge_style_token_and_permissions_are_checked(
    letters: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LISTMONK_TOKEN", raising=False)
    service = '[targets.desk]\ntype = "listmonk"\nurl = "https://lists.quay.example"\nuser = "desk"\nlists = [1]\n'
    settle(letters, service)
    result = {
        (row["state"], row["hint"]) for row in rows(letters) if row["subject"] == "target desk"
    }
    assert ("missing", 'Write `[merge] style = "listmonk"`.') in result
    assert ("to do", "Set them there, then run `newsletter status --to desk`.") in result
    assert [
        row
        for row in rows(letters)
        if row["message"].startswith("No token") and row["state"] == "missing"
    ]
    path = letters.root / "newsletter.toml"
    path.write_text(path.read_text() + '[merge]\nstyle = "listmonk"\n')
    monkeypatch.setenv("LISTMONK_TOKEN", "t")
    result = {
        (row["state"], row["hint"]) for row in rows(letters) if row["subject"] == "target desk"
    }
    assert ("missing", 'Write `[merge] style = "listmonk"`.') not in result
    assert [row["state"] for row in rows(letters) if row["subject"] == "target desk"] == [
        "ok",
        "to do",
    ]


def test_the_required_dns_records_are_listed(letters: Desk) -> None:
    settle(letters)
    names = [row["hint"] for row in rows(letters) if row["subject"] == "DNS"]
    assert names == [
        "Set it, then run `dig +short quay.example TXT`.",
        "Set it, then run `dig +short SELECTOR._domainkey.quay.example TXT`.",
        "Set it, then run `dig +short _dmarc.quay.example TXT`.",
    ]


def test_a_complete_setup_has_nothing_missing(letters: Desk) -> None:
    settle(letters)
    (letters.root / ".git").mkdir()
    path = letters.root / "requirements-newsletter.txt"
    path.write_text("./wheels/newsletter-0.1.0-py3-none-any.whl\n")
    ran = letters.run("doctor")
    assert (ran.code, ran.err) == (0, "Nothing is missing; 3 to do elsewhere\n")


@pytest.mark.parametrize("key", range(len(REAL)))
def test_a_test_email_with_a_placeholder_is_never_sent(letters: Desk, key: int) -> None:
    settle(letters, '[smtp]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\n')
    path = letters.root / "newsletter.toml"
    before, after = REAL[key]
    path.write_text(path.read_text().replace(after, before))
    ran = letters.run("test", "--to", "mira@quay.example", "--force")
    assert ran.code == 1
    assert "NL051 unready-target: Placeholder value: " in ran.err
