"""What is a secret by its key or by its format, and what of a line is masked."""

from __future__ import annotations

import pytest

from newsletter.files.secret_text import is_secret, looks_secret, masked

HEX = "0123456789abcdef"
KEYS = """token api_token password passwd secret client_secret credential credentials
    api_key apikey API-KEY admin_key secret_key private-key access_key passphrase""".split()
PUBLIC_KEYS = "tokens key keyboard author secretary name url public_key token_url".split()
SECRETS = (
    f"xkeysib-{HEX}",
    f"a xsmtpsib-{HEX}",
    "re_abc123_0123456789ab",
    f"{HEX * 2}-us21",
    f"{HEX}{HEX[:8]}:{HEX * 4}",
    f"SG.{HEX}.",
    f"AKIA{HEX.upper()}",
    "-----BEGIN RSA PRIVATE KEY",
    "https://me:word@quay.example",
    "postgresql://:word@quay.example/list",
)
PUBLIC = (
    f"xkeysib-{HEX[:15]}",
    "re_abc_0123456789ab",
    f"{HEX * 2}-eu",
    "https://quay.example:8080/a@b",
    "https://me@quay.example",
    "mailto:me@quay.example",
    "-----BEGIN PUBLIC KEY",
    "12:30 on the quay",
)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_names_a_secret(key: str) -> None:
    assert is_secret(key, "anything")


@pytest.mark.parametrize("key", PUBLIC_KEYS)
def test_a_key_names_none(key: str) -> None:
    assert not is_secret(key, "anything")


@pytest.mark.parametrize("value", SECRETS)
def test_a_value_looks_like_a_secret(value: str) -> None:
    assert looks_secret(value)
    assert is_secret("note", value)
    assert masked(f'note "{value}" end').count("•") > 8


@pytest.mark.parametrize("value", PUBLIC)
def test_a_value_looks_like_none(value: str) -> None:
    assert not is_secret("note", value)
    assert masked(value) == value


def test_a_header_names_its_variable() -> None:
    assert not is_secret("Authorization", "Bearer {token}")
    assert is_secret("authorization", "Bearer abc")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('token = "abc"', "token = •••••"),
        ("api_key: abc # note", "api_key: " + "•" * 10),
        ("no_secret_here", "no_secret_here"),
        ("token =", "token ="),
        ("url = 'https://me:word@quay.example'", "url = 'https" + "•" * 11 + "quay.example'"),
        ('a = {password = "x", b = 1}', "a = {password = " + "•" * 11),
    ],
)
def test_a_secret_is_masked_at_unchanged_length(line: str, shown: str) -> None:
    assert masked(line) == shown
