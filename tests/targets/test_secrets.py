"""Secrets: found in permitted places, rejected elsewhere, and never shown."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import NewsletterError
from newsletter.files.secret_text import masked
from newsletter.targets.secrets import REDACTED, Secret, SecretName, find_secret, redact
from tests.desk import Desk

NAME = SecretName('token for target "desk"', ("OWN_TOKEN", "USUAL_KEY"), "api.quay.example")


def netrc(path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))


def keyring(monkeypatch: pytest.MonkeyPatch, entries: dict[tuple[str, str], str]) -> None:
    """Replace the keyring package, whose content depends on the machine."""
    module, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    module.get_password = lambda service, user: entries.get((service, user))  # type: ignore[attr-defined]
    module.__spec__ = ModuleSpec("keyring", None)
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


@pytest.mark.parametrize(
    ("line", "user", "password"),
    [
        ("machine mail.quay.example login mira password p", "mira", "p"),
        ("machine mail.quay.example login ana password p", "mira", None),
        ("machine mail.quay.example password p", "mira", "p"),
        ("machine mail.quay.example login ana password p", None, "p"),
        ("machine mail.quay.example login mira", "mira", None),
        ("machine other.example login mira password p", "mira", None),
        ("default login mira password p", "mira", None),
    ],
)
def test_the_entry_of_netrc_for_a_host_and_user(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    user: str | None,
    password: str | None,
) -> None:
    keyring(monkeypatch, {})
    netrc(tmp_path / "netrc", monkeypatch, f"{line}\n")
    name = SecretName("password", ("NONE_SET",), "mail.quay.example", user)
    if password is None:
        with pytest.raises(NewsletterError, match="No password"):
            find_secret(name)
    else:
        found = find_secret(name)
        assert (found.reveal(), found.source) == (password, str(tmp_path / "netrc"))


def test_netrc_is_in_the_home_folder_unless_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(tmp_path / ".netrc", monkeypatch, "machine api.quay.example login x password home\n")
    monkeypatch.delenv("NETRC")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert find_secret(NAME).reveal() == "home"
    monkeypatch.setenv("NETRC", "")
    assert find_secret(NAME).source == str(tmp_path / ".netrc")


@pytest.mark.parametrize("user", [None, "mira"])
def test_the_keyring_has_one_entry_for_a_host_and_user(
    monkeypatch: pytest.MonkeyPatch, user: str | None
) -> None:
    account = "mira@mail.quay.example" if user else "mail.quay.example"
    keyring(monkeypatch, {("newsletter", account): "p"})
    found = find_secret(SecretName("password", ("NONE_SET",), "mail.quay.example", user))
    assert (found.reveal(), found.source) == ("p", "the keyring")
    keyring(monkeypatch, {("newsletter", account): ""})
    with pytest.raises(NewsletterError) as caught:
        find_secret(SecretName("password", ("ONE", "TWO"), "mail.quay.example", user))
    login = "login mira " if user else ""
    assert (caught.value.message, caught.value.hint) == (
        "No password",
        "Set the environment variable ONE or TWO; or add `machine mail.quay.example "
        f"{login}password …` to ~/.netrc; or run `keyring set newsletter {account}`.",
    )


def test_a_locked_keyring_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring(monkeypatch, {})

    def locked(service: str, user: str) -> str:
        raise RuntimeError("locked")

    monkeypatch.setattr(sys.modules["keyring"], "get_password", locked)
    with pytest.raises(NewsletterError, match='No token for target "desk"'):
        find_secret(NAME)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a secret-1 b", "a [secret] b"),
        ("a c2VjcmV0LTE= b", "a [secret] b"),  # as in a Basic header
        ("secret-1 and other-22, secret-1", "[secret] and [secret], [secret]"),
        ("nothing", "nothing"),
    ],
)
def test_a_secret_is_redacted_in_each_spelling(text: str, shown: str) -> None:
    assert redact(text, [Secret("secret-1", "a test"), Secret("other-22", "a test")]) == shown


def test_a_missing_keyring_is_reported_with_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NewsletterError) as raised:
        find_secret(NAME)
    hint = raised.value.hint or ""
    assert hint.startswith(
        "Set the environment variable OWN_TOKEN or USUAL_KEY; or add `machine api.quay.example "
        "password …` to ~/.netrc; or install the keyring ("
    )
    assert "pip install 'newsletter[keyring]'" in hint
    assert hint.endswith(") and run `keyring set newsletter api.quay.example`.")


def test_a_broken_netrc_is_named_without_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(tmp_path / "netrc", monkeypatch, "machine api.quay.example pasword hidden-word\n")
    with pytest.raises(NewsletterError) as raised:
        find_secret(NAME)
    assert (raised.value.message, raised.value.hint) == (
        f"{tmp_path / 'netrc'} cannot be read: bad follower token 'pasword' (line 1)",
        "Correct the line, or set a variable.",
    )


def test_a_netrc_that_is_a_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path))
    with pytest.raises(NewsletterError) as raised:
        find_secret(NAME)
    assert raised.value.message == f"{tmp_path} cannot be read: Is a directory"


@pytest.mark.parametrize("value", ["Token: abc", "a\tabc", "äabc", "a\u00a0abc"])
def test_a_token_copied_with_its_surroundings_is_rejected(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("OWN_TOKEN", value)
    with pytest.raises(NewsletterError) as raised:
        find_secret(NAME)
    assert (raised.value.message, raised.value.hint) == (
        'The token for target "desk" from the environment variable OWN_TOKEN contains spaces or '
        "non-ASCII characters",
        "Copy it again, without the text around it.",
    )


def test_a_token_is_used_without_the_spaces_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring(monkeypatch, {("newsletter", NAME.host): " from-keyring\n"})
    found = find_secret(NAME)
    assert (found.reveal(), found.source, repr(found)) == (
        "from-keyring",
        "the keyring",
        "<Secret from the keyring>",
    )


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
