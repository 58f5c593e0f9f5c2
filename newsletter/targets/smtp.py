"""A connection to a mail server: encrypted before any password, every failure in words.

`newsletter test` sends one message through it; sending to an own list keeps one open.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.targets.authority import tls_context
from newsletter.targets.secrets import Secret, SecretName, find_secret
from newsletter.workspace import Workspace

PORTS: Mapping[str, int] = {"tls": 465, "starttls": 587, "none": 25}  # RFC 8314 §3.3, RFC 6409 §3.1
CONNECT = 30.0  # seconds
FINAL_REPLY = 600.0  # seconds for the reply after the data (RFC 5321 §4.5.3.2.6)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SmtpServer(Struct, frozen=True):
    """`[smtp]` with all defaults filled in."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str | None = None
    ca: Path | None = None  # of a private authority

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class OutcomeUnknown(NewsletterError):
    """The connection broke after the message was handed over.

    It may have been sent, so it is not repeated.
    """


def smtp_server(workspace: Workspace) -> SmtpServer:
    """Return the configured mail server.

    Raises `NewsletterError` if there is none or it is unencrypted.
    """
    settings, where = workspace.smtp, workspace.place(workspace.settings)
    if settings.host is None:
        hint = (
            'Add a table [smtp] with `host = "mail.example.org"` and `user = "desk@example.org"`.'
        )
        raise NewsletterError("No mail server in the settings", where=where, hint=hint)
    if settings.security == "none" and settings.host not in LOOPBACK:
        raise NewsletterError(
            f"Unencrypted connection to {settings.host} refused",
            where=where,
            hint='Set security = "starttls" or "tls"; "none" is for this machine only.',
        )
    ca = workspace.root / Path(settings.ca).expanduser() if settings.ca else None
    port = settings.port or PORTS[settings.security]
    return SmtpServer(settings.host, port, settings.security, settings.user, ca)


def smtp_password(server: SmtpServer) -> Secret | None:
    """Return the password of the server's user, or `None` without a login."""
    if server.user is None:
        return None
    what = f"password for {server.user} at {server.host}"
    name = SecretName(what, ("NEWSLETTER_SMTP_PASSWORD",), server.host, server.user)
    return find_secret(name)


@contextmanager
def smtp_session(server: SmtpServer, password: Secret | None) -> Iterator[smtplib.SMTP]:
    """Open an encrypted, authenticated connection.

    Raises `NewsletterError` with a readable message that does not contain the password.
    """
    with _in_words(server):
        smtp = _connected(server)
    try:
        with _in_words(server):
            if password is not None and server.user is not None:
                smtp.login(server.user, password.reveal())
        yield smtp
    finally:
        _quit(smtp)


def submit(
    smtp: smtplib.SMTP, server: SmtpServer, sender: str, to: Sequence[str], *, message: bytes
) -> dict[str, str]:
    """Hand over one message; return rejected recipients, each with the server's message.

    Raises `OutcomeUnknown` if the connection breaks after the data, and `NewsletterError` if no
    recipient is accepted.
    """
    options = [] if "".join((sender, *to)).isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
    with _in_words(server):
        if smtp.sock is not None:
            smtp.sock.settimeout(FINAL_REPLY)
        smtp.ehlo_or_helo_if_needed()
        code, reply = smtp.mail(sender, options)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, reply, sender)
        refused = _refused(smtp, to)
        if len(refused) == len(to):
            raise smtplib.SMTPRecipientsRefused(refused)
        _hand_over(smtp, server, message)
    return {address: _reply(code, text) for address, (code, text) in refused.items()}


def _refused(smtp: smtplib.SMTP, to: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """Send RCPT for the recipients, and return those the server rejects."""
    refused = {}
    for address in to:
        code, reply = smtp.rcpt(address)
        if code not in (250, 251):
            refused[address] = (code, reply)
    return refused


def _hand_over(smtp: smtplib.SMTP, server: SmtpServer, message: bytes) -> None:
    """Send the data; if the connection breaks from here on, the outcome is unknown."""
    try:
        code, reply = smtp.data(message)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        if isinstance(error, smtplib.SMTPResponseException):
            raise
        raise OutcomeUnknown(
            f"Connection to {server} lost after the message was handed over",
            hint="Check the inbox before sending again; it may have arrived.",
        ) from error
    if code != 250:
        raise smtplib.SMTPDataError(code, reply)


def _connected(server: SmtpServer) -> smtplib.SMTP:
    if server.security == "tls":
        context = tls_context(server.ca)
        return smtplib.SMTP_SSL(server.host, server.port, timeout=CONNECT, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=CONNECT)
    try:
        if server.security == "starttls":
            smtp.starttls(context=tls_context(server.ca))
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _quit(smtp: smtplib.SMTP) -> None:
    try:
        if smtp.sock is not None:
            smtp.sock.settimeout(CONNECT)
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        smtp.close()


@contextmanager
def _in_words(server: SmtpServer) -> Iterator[None]:
    """Convert smtplib exceptions to a problem and a hint, without the password."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        hint = "Correct the certificate, or name your authority with [smtp] ca."
        message = f"Certificate of {server} not accepted: {error.verify_message}"
        raise NewsletterError(message, hint=hint) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NewsletterError(_unsupported(server, error)) from error
    except smtplib.SMTPAuthenticationError as error:
        message = f"{server} refused the login of {server.user}: {_of(error)}"
        raise NewsletterError(message, hint="Check user and password.") from error
    except smtplib.SMTPRecipientsRefused as error:
        lines = (f"{to}: {_reply(code, text)}" for to, (code, text) in error.recipients.items())
        raise NewsletterError(f"{server} refused every recipient: {'; '.join(lines)}") from error
    except smtplib.SMTPSenderRefused as error:
        message = f"{server} refused the sender {error.sender}: {_of(error)}"
        raise NewsletterError(message, hint="Check [sender] email.") from error
    except smtplib.SMTPResponseException as error:
        later = 400 <= error.smtp_code < 500
        raise NewsletterError(
            f"{server} refused the message: {_of(error)}",
            hint="Try again later: the server refuses it for now." if later else None,
        ) from error
    except smtplib.SMTPServerDisconnected as error:
        message = f"{server} closed the connection"
        raise NewsletterError(message, hint="Check port and security in [smtp].") from error
    except ssl.SSLError as error:
        hint = 'Check port and security in [smtp]: 465 is for "tls", 587 for "starttls".'
        raise NewsletterError(f"No encrypted connection to {server}", hint=hint) from error
    except TimeoutError as error:
        raise NewsletterError(f"No response from {server}", hint="Check host and port.") from error
    except socket.gaierror as error:
        raise NewsletterError(f"Unknown host {server.host}", hint="Check [smtp] host.") from error
    except OSError as error:
        message = f"No connection to {server}: {error.strerror or error}"
        raise NewsletterError(message, hint="Check host and port in [smtp].") from error


def _unsupported(server: SmtpServer, error: smtplib.SMTPNotSupportedError) -> str:
    if "STARTTLS" in str(error):
        return f"{server} offers no encryption (STARTTLS); nothing was sent"
    if "SMTPUTF8" in str(error):
        return f"{server} does not support addresses with non-ASCII letters (SMTPUTF8)"
    return f"{server} does not support login"


def _of(error: smtplib.SMTPResponseException) -> str:
    return _reply(error.smtp_code, error.smtp_error)


def _reply(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"
