"""Secrets: found in permitted places, rejected elsewhere, and never shown."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import NewsletterError
from newsletter.files.secret_text import masked
from newsletter.targets.secrets import REDACTED, Secret, SecretName, find_secret, redact
from tests.desk import Desk

NAME = SecretName("token for target 'desk'", ("OWN_TOKEN", "USUAL_KEY"), "api.quay.example")


def netrc(path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))


def keyring(monkeypatch: pytest.MonkeyPatch, entries: dict[tuple[str, str], str]) -> None:
    """Replace the keyring package, whose content depends on the machine."""
    module, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    module.get_password = lambda service, user: entries.get((service, user))  # type: ignore[attr-defined]
    errors.KeyringError = RuntimeError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_the_environment_comes_first_then_netrc_then_the_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring(monkeypatch, {("newsletter", "api.quay.example"): "from-keyring"})
    assert find_secret(NAME).reveal() == "from-keyring"
    netrc(tmp_path / "netrc", monkeypatch, "machine api.quay.example login x password from-netrc\n")
    assert find_secret(NAME).reveal() == "from-netrc"
    monkeypatch.setenv("USUAL_KEY", "usual")
    assert find_secret(NAME).reveal() == "usual"
    monkeypatch.setenv("OWN_TOKEN", " own \n")
    assert find_secret(NAME).reveal() == "own"
    assert find_secret(NAME).source == "the environment variable OWN_TOKEN"


def test_an_entry_for_another_user_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(tmp_path / "netrc", monkeypatch, "machine mail.quay.example login ana password p\n")
    name = SecretName("password", ("NONE_SET",), "mail.quay.example", "mira")
    with pytest.raises(NewsletterError, match="No password"):
        find_secret(name)


def test_a_missing_keyring_is_reported_with_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NewsletterError) as raised:
        find_secret(NAME)
    assert "pip install 'newsletter[keyring]'" in (raised.value.hint or "")
    assert "keyring set newsletter api.quay.example" in (raised.value.hint or "")


def test_a_broken_netrc_is_named_without_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(tmp_path / "netrc", monkeypatch, "machine api.quay.example pasword hidden-word\n")
    with pytest.raises(NewsletterError) as raised:
        find_secret(NAME)
    assert "cannot be read" in raised.value.message


def test_a_token_copied_with_its_surroundings_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_TOKEN", "Token: abc")
    with pytest.raises(NewsletterError, match="spaces or non-ASCII") as raised:
        find_secret(NAME)
    assert "abc" not in str(raised.value)


@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4), st.text(), st.text()
)
def test_a_redacted_text_never_contains_the_secret(value: str, before: str, after: str) -> None:
    shown = redact(f"{before}{value}{after}", [Secret(value, "a test")])
    assert value not in shown.replace(REDACTED, "")
    assert value not in repr(Secret(value, "a test"))


IN_SETTINGS = {
    "a token of a target": (
        '[targets.desk]\ntype = "brevo"\ntoken = "{}"',
        "targets.desk.token",
        6,
    ),
    "an api key": ('[targets.desk]\ntype = "brevo"\napi_key = "{}"', "targets.desk.api_key", 6),
    "a password of a mail server": (
        '[smtp]\nhost = "h.example"\npassword = "{}"',
        "smtp.password",
        6,
    ),
    "in one line": ('targets.desk = {{type = "brevo", token = "{}"}}', "targets.desk.token", 4),
    "in an address": (
        '[targets.desk]\ntype = "ghost"\nurl = "https://me:{}@quay.example"',
        "targets.desk.url",
        6,
    ),
    "by its looks": ('[targets.desk]\ntype = "brevo"\nnote = "xkeysib-{}"', "targets.desk.note", 6),
    "in a list": ('[smtp]\nhost = "h.example"\ntest_to = ["xkeysib-{}"]', "smtp.test_to", 6),
}


@pytest.mark.parametrize("name", IN_SETTINGS)
@pytest.mark.parametrize("command", ["publish", "check", "list", "status"])
def test_a_secret_in_the_settings_is_an_error_at_its_line(
    desk: Desk, name: str, command: str
) -> None:
    line, key, number = IN_SETTINGS[name]
    secret = "0123456789abcdef0123456789abcdef"
    head = 'name = "The Quay"\nurl = "https://quay.example"\n\n'
    desk.write("newsletter.toml", head + line.format(secret) + "\n")
    ran = desk.run(command)
    assert ran.code == 1
    assert f"newsletter.toml:{number}:" in ran.err
    assert f"Secret in the settings file: {key}" in ran.err
    assert secret not in ran.err + ran.out


@pytest.mark.parametrize(
    "line",
    [
        'token = "hidden-0123456789"',
        "api_key='hidden-0123456789'",
        'targets.desk = {type = "brevo", token = "hidden-0123456789"}',
        'password = "hidden-0123456789',  # a quotation mark is missing
        '"api-key" : "hidden-0123456789"',
        'url = "https://me:hidden-0123456789@quay.example"',
    ],
)
def test_a_line_of_settings_is_shown_without_its_secret(line: str) -> None:
    shown = masked(line)
    assert "hidden" not in shown
    assert len(shown) == len(line), "the caret below still points at its place"


def test_broken_settings_do_not_show_a_secret(desk: Desk) -> None:
    desk.write("newsletter.toml", 'name = "The Quay"\n[smtp]\npassword = "hidden-0123456789\n')
    ran = desk.run("check")
    assert ran.code == 1
    assert "newsletter.toml:3:" in ran.err
    assert "hidden" not in ran.err + ran.out
