"""Passwords and tokens: from the environment, netrc or the system keyring; never from a file of the workspace."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.files.extra_command import install_command

KEYRING_SERVICE = "newsletter"  # service name of our entries in the system keyring
REDACTED = "[secret]"


class Secret:
    """A password or token that never prints itself; `reveal()` is called where it is sent."""

    __slots__ = ("_value", "source")

    def __init__(self, value: str, source: str) -> None:
        self._value = value
        self.source = source  # where it was found, for messages

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"<Secret from {self.source}>"


class SecretName(Struct, frozen=True):
    """Where to look up one secret."""

    what: str  # name used in messages: "password for smtp.example.org"
    variables: tuple[str, ...]  # of the environment, the first that is set wins
    host: str  # the machine in netrc
    user: str | None = None  # for hosts with several users

    @property
    def account(self) -> str:
        """Return the user name of the keyring entry."""
        return f"{self.user}@{self.host}" if self.user else self.host


def find_secret(name: SecretName) -> Secret:
    """Return a secret. Raises `NewsletterError` naming every place to put it, without values."""
    secret = _from_environment(name) or _from_netrc(name) or _from_keyring(name)
    if secret is None:
        raise NewsletterError(f"No {name.what}", hint=_remedy(name))
    if not secret.reveal().isascii() or any(sign.isspace() for sign in secret.reveal().strip()):
        raise NewsletterError(
            f"The {name.what} from {secret.source} contains spaces or non-ASCII characters",
            hint="Copy it again, without the text around it.",
        )
    return Secret(secret.reveal().strip(), secret.source)


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """Return text without these secrets, in plain form or as Basic authentication encodes them."""
    from base64 import b64encode

    for secret in secrets:
        value = secret.reveal()
        for spelled in (value, b64encode(value.encode()).decode()):
            text = text.replace(spelled, REDACTED)
    return text


def _from_environment(name: SecretName) -> Secret | None:
    for variable in name.variables:
        if value := os.environ.get(variable, "").strip():
            return Secret(value, f"the environment variable {variable}")
    return None


def _from_netrc(name: SecretName) -> Secret | None:
    """Return a host's password from `$NETRC` or `~/.netrc`; entries for other users are ignored."""
    import netrc

    named = os.environ.get("NETRC")
    path = Path(named) if named else Path.home() / ".netrc"
    try:
        entry = netrc.netrc(str(path)).hosts.get(name.host)
    except FileNotFoundError:
        return None
    except netrc.NetrcParseError as error:
        message = f"{path} cannot be read: {error.msg} (line {error.lineno})"
        raise NewsletterError(message, hint="Correct the line, or set a variable.") from error
    except OSError as error:
        raise NewsletterError(f"{path} cannot be read: {error.strerror}") from error
    if entry is None or not entry[2] or (name.user and entry[0] and entry[0] != name.user):
        return None
    return Secret(entry[2], str(path))


def _from_keyring(name: SecretName) -> Secret | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        value = keyring.get_password(KEYRING_SERVICE, name.account)
    except KeyringError:  # no keyring is running, or it is locked: the hint names the alternatives
        return None
    return Secret(value, "the keyring") if value else None


def _remedy(name: SecretName) -> str:
    from importlib.util import find_spec

    login = f"login {name.user} " if name.user else ""
    advice = (
        f"Set the environment variable {' or '.join(name.variables)}; "
        f"or add `machine {name.host} {login}password …` to ~/.netrc; or "
    )
    command = f"`keyring set {KEYRING_SERVICE} {name.account}`"
    if find_spec("keyring") is None:
        return advice + f"install the keyring ({install_command('keyring')}) and run {command}."
    return advice + f"run {command}."
