"""Sources of bounces: a Maildir, or a folder on an IMAP server.

An email is marked as read once it is recorded.
"""

from __future__ import annotations

import contextlib
import imaplib
import mailbox
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.targets.secrets import SecretName, find_secret


class BounceMailbox(Protocol):
    """A mailbox's unread emails."""

    def unread(self) -> Iterator[tuple[str, bytes]]: ...
    def mark_read(self, key: str) -> None: ...


class Maildir:
    """A folder that a mail server delivers into."""

    def __init__(self, path: Path) -> None:
        if not (path / "new").is_dir() or not (path / "cur").is_dir():
            raise NewsletterError(
                f"{path} is not a Maildir",
                hint="Choose a folder that contains new/, cur/ and tmp/.",
            )
        self.box = mailbox.Maildir(str(path), factory=None, create=False)

    def unread(self) -> Iterator[tuple[str, bytes]]:
        for key in sorted(self.box.keys()):
            message = self.box.get_message(key)
            if "S" not in message.get_flags():
                yield key, self.box.get_bytes(key)

    def mark_read(self, key: str) -> None:
        with contextlib.suppress(KeyError):  # another process took it
            message = self.box.get_message(key)
            message.set_subdir("cur")
            message.add_flag("S")
            self.box[key] = message


class ImapFolder:
    """A folder on an IMAP server, over TLS except on this machine."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if not parts.hostname or not parts.username:
            raise WrongUsage(
                f"{address} is not the address of a mailbox",
                hint="Write it as imaps://user@imap.example.org/INBOX.",
            )
        user = unquote(parts.username)
        name = SecretName(
            f"the password of {user} at {parts.hostname}",
            ("NEWSLETTER_IMAP_PASSWORD",),
            parts.hostname,
            user,
        )
        password = find_secret(name)
        with _in_words(parts.hostname):
            self.host = parts.hostname
            self.connection = _connect(parts.scheme, parts.hostname, parts.port)
            self.connection.login(user, password.reveal())
            self.connection.select(f'"{unquote(parts.path.strip("/")) or "INBOX"}"')

    def unread(self) -> Iterator[tuple[str, bytes]]:
        with _in_words(self.host):
            _, unseen = self.connection.uid("SEARCH", "UNSEEN")
            keys = (unseen[0] or b"").decode().split() if unseen else []
        for key in keys:
            with _in_words(self.host):
                _, response = self.connection.uid("FETCH", key, "(BODY.PEEK[])")
            yield from ((key, part[1]) for part in response if isinstance(part, tuple))

    def mark_read(self, key: str) -> None:
        with _in_words(self.host):
            self.connection.uid("STORE", key, "+FLAGS", "(\\Seen)")


def _connect(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=60)
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise WrongUsage(
            f"Unencrypted connection to {host} refused", hint="Write imaps:// in place of imap://."
        )
    return imaplib.IMAP4(host, port or 143, timeout=60)


@contextlib.contextmanager
def _in_words(host: str) -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, OSError) as error:
        words = error.args[0] if error.args else error
        shown = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        raise NewsletterError(f"The mailbox at {host} cannot be read: {shown}") from error


def open_mailbox(address: str, root: Path) -> BounceMailbox:
    """Return The mailbox at a path or an `imaps://` address. Raises `NewsletterError`."""
    if address.startswith(("imap://", "imaps://")):
        return ImapFolder(address)
    return Maildir(root / Path(address).expanduser())
