"""What is reported when a mail server or a target cannot be used: whole messages, without a server."""

from __future__ import annotations

import smtplib
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import IssueRejected, NewsletterError
from newsletter.targets import open_targets, target_names
from newsletter.targets.smtp import (
    OutcomeUnknown,
    SmtpServer,
    _in_words,
    smtp_password,
    smtp_server,
    submit,
)
from newsletter.targets.target_settings import own_authority, sender_line, settings_place
from newsletter.workspace import Workspace, find
from tests.desk import SMALLEST, Desk

SERVER = SmtpServer("mail.quay.example", 465, "tls", "mira")


def uncertified() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "failed")
    error.verify_message = "certificate has expired"
    return error


PORT = "mail.quay.example:465"
LATER = "Try again later: the server refuses it for now."
FAILURES: list[tuple[Exception, str, str | None]] = [
    (
        uncertified(),
        f"Certificate of {PORT} not accepted: certificate has expired",
        "Correct the certificate, or name your authority with [smtp] ca.",
    ),
    (
        smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."),
        f"{PORT} offers no encryption (STARTTLS); nothing was sent",
        None,
    ),
    (
        smtplib.SMTPNotSupportedError("SMTPUTF8 not supported by server"),
        f"{PORT} does not support addresses with non-ASCII letters (SMTPUTF8)",
        None,
    ),
    (
        smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported by server."),
        f"{PORT} does not support login",
        None,
    ),
    (
        smtplib.SMTPAuthenticationError(535, b"5.7.8 No\n such \xff user"),
        f"{PORT} refused the login of mira: 535 5.7.8 No such \ufffd user",
        "Check user and password.",
    ),
    (
        smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"No"), "c@d.example": (551, b"Gone")}),
        f"{PORT} refused every recipient: a@b.example: 550 No; c@d.example: 551 Gone",
        None,
    ),
    (
        smtplib.SMTPSenderRefused(553, b"Not you", "q@quay.example"),
        f"{PORT} refused the sender q@quay.example: 553 Not you",
        "Check [sender] email.",
    ),
    (smtplib.SMTPDataError(399, "Odd"), f"{PORT} refused the message: 399 Odd", None),
    (smtplib.SMTPDataError(400, "Busy"), f"{PORT} refused the message: 400 Busy", LATER),
    (smtplib.SMTPDataError(499, "Busy"), f"{PORT} refused the message: 499 Busy", LATER),
    (smtplib.SMTPDataError(500, "Spam"), f"{PORT} refused the message: 500 Spam", None),
    (
        smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
        f"{PORT} closed the connection",
        "Check port and security in [smtp].",
    ),
    (
        ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"),
        f"No encrypted connection to {PORT}",
        'Check port and security in [smtp]: 465 is for "tls", 587 for "starttls".',
    ),
    (TimeoutError("timed out"), f"No response from {PORT}", "Check host and port."),
    (
        socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
        "Unknown host mail.quay.example",
        "Check [smtp] host.",
    ),
    (
        ConnectionRefusedError(111, "Connection refused"),
        f"No connection to {PORT}: Connection refused",
        "Check host and port in [smtp].",
    ),
    (OSError("odd"), f"No connection to {PORT}: odd", "Check host and port in [smtp]."),
]


@pytest.mark.parametrize(
    ("error", "message", "hint"), FAILURES, ids=lambda value: type(value).__name__
)
def test_each_failure_of_a_mail_server_is_in_words(
    error: Exception, message: str, hint: str | None
) -> None:
    with pytest.raises(NewsletterError) as caught, _in_words(SERVER):
        raise error
    assert (caught.value.message, caught.value.hint) == (message, hint)


class Dialogue:
    """A mail server's replies to one message, and the commands it got."""

    sock: socket.socket | None = None

    def __init__(self, data: Any = (250, b"OK"), refused: tuple[str, ...] = ()) -> None:
        self.reply, self.refused = data, refused
        self.commands: list[Any] = []

    def ehlo_or_helo_if_needed(self) -> None:
        self.commands.append("ehlo")

    def mail(self, sender: str, options: list[str]) -> tuple[int, bytes]:
        self.commands.append(("mail", sender, *options))
        return (553, b"Not you") if sender in self.refused else (250, b"OK")

    def rcpt(self, address: str) -> tuple[int, bytes]:
        self.commands.append(("rcpt", address))
        if address in self.refused:
            return (550, b"No such\r\n user")
        return (251, b"Will forward") if address.startswith("far@") else (250, b"OK")

    def data(self, message: bytes) -> tuple[int, bytes]:
        self.commands.append(("data", message))
        if isinstance(self.reply, Exception):
            raise self.reply
        code, text = self.reply
        return code, text


def submitted(dialogue: Any, sender: str, *to: str) -> dict[str, str]:
    return submit(dialogue, SERVER, sender, to, message=b"Subject: Quay\r\n\r\n")


def test_a_message_is_handed_over_once_for_all_recipients() -> None:
    dialogue = Dialogue(refused=("no@quay.example",))
    refused = submitted(dialogue, "q@quay.example", "no@quay.example", "far@quay.example")
    assert refused == {"no@quay.example": "550 No such user"}
    assert dialogue.commands == [
        "ehlo",
        ("mail", "q@quay.example"),
        ("rcpt", "no@quay.example"),
        ("rcpt", "far@quay.example"),
        ("data", b"Subject: Quay\r\n\r\n"),
    ]


@pytest.mark.parametrize(
    ("sender", "to", "options"),
    [
        ("q@quay.example", "zoë@quay.example", ["SMTPUTF8", "BODY=8BITMIME"]),
        ("ü@quay.example", "a@quay.example", ["SMTPUTF8", "BODY=8BITMIME"]),
        ("q@quay.example", "a@quay.example", []),
    ],
)
def test_letters_beyond_ascii_need_an_option(sender: str, to: str, options: list[str]) -> None:
    dialogue = Dialogue()
    assert submitted(dialogue, sender, to) == {}
    assert dialogue.commands[1] == ("mail", sender, *options)


LOST = f"Connection to {PORT} lost after the message was handed over"


@pytest.mark.parametrize(
    ("dialogue", "kind", "message", "sent"),
    [
        (
            Dialogue(refused=("a@quay.example",)),
            NewsletterError,
            f"{PORT} refused every recipient: a@quay.example: 550 No such user",
            False,
        ),
        (
            Dialogue(refused=("q@quay.example",)),
            NewsletterError,
            f"{PORT} refused the sender q@quay.example: 553 Not you",
            False,
        ),
        (
            Dialogue((554, b"Spam")),
            NewsletterError,
            f"{PORT} refused the message: 554 Spam",
            True,
        ),
        (
            Dialogue(smtplib.SMTPDataError(451, b"Busy")),
            NewsletterError,
            f"{PORT} refused the message: 451 Busy",
            True,
        ),
        (Dialogue(smtplib.SMTPServerDisconnected("closed")), OutcomeUnknown, LOST, True),
        (Dialogue(TimeoutError("timed out")), OutcomeUnknown, LOST, True),
    ],
)
def test_why_a_message_is_not_handed_over(
    dialogue: Dialogue, kind: type[NewsletterError], message: str, sent: bool
) -> None:
    with pytest.raises(NewsletterError) as caught:
        submitted(dialogue, "q@quay.example", "a@quay.example")
    assert (type(caught.value), caught.value.message) == (kind, message)
    if kind is OutcomeUnknown:
        assert caught.value.hint == "Check the inbox before sending again; it may have arrived."
    assert (("data", b"Subject: Quay\r\n\r\n") in dialogue.commands) is sent


# --- settings -------------------------------------------------------------------------------------


def opened(tmp_path: Path, settings: str) -> Workspace:
    desk = Desk.of(SMALLEST, tmp_path / "desk")
    desk.write("newsletter.toml", f'name = "Quay"\nurl = "https://quay.example"\n{settings}')
    return find(desk.root)


@pytest.mark.parametrize(
    ("table", "server"),
    [
        ('host = "m.example"', ("m.example", 587, "starttls", None)),
        ('host = "m.example"\nsecurity = "tls"', ("m.example", 465, "tls", None)),
        ('host = "localhost"\nsecurity = "none"', ("localhost", 25, "none", None)),
        ('host = "127.0.0.1"\nsecurity = "none"', ("127.0.0.1", 25, "none", None)),
        ('host = "m.example"\nuser = "mira"\nport = 25', ("m.example", 25, "starttls", "mira")),
    ],
)
def test_the_mail_server_of_the_settings(
    tmp_path: Path, table: str, server: tuple[str, int, Any, str | None]
) -> None:
    assert smtp_server(opened(tmp_path, f"[smtp]\n{table}\n")) == SmtpServer(*server)
    workspace = opened(tmp_path / "more", f'[smtp]\n{table}\nca = "ca/own.pem"\n')
    assert smtp_server(workspace).ca == workspace.root / "ca" / "own.pem"


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        (
            "",
            "No mail server in the settings",
            'Add a table [smtp] with `host = "mail.example.org"` and `user = "desk@example.org"`.',
        ),
        (
            'host = "m.example"\nsecurity = "none"',
            "Unencrypted connection to m.example refused",
            'Set security = "starttls" or "tls"; "none" is for this machine only.',
        ),
    ],
)
def test_a_mail_server_that_is_not_used(
    tmp_path: Path, table: str, message: str, hint: str
) -> None:
    with pytest.raises(NewsletterError) as caught:
        smtp_server(opened(tmp_path, f"[smtp]\n{table}\n"))
    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert str(caught.value.where) == "newsletter.toml"


def test_the_password_of_a_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert smtp_password(SmtpServer("m.example", 25, "none")) is None
    with pytest.raises(NewsletterError, match=r"^No password for mira at mail\.quay\.example"):
        smtp_password(SERVER)
    monkeypatch.setenv("NEWSLETTER_SMTP_PASSWORD", "hidden-word")
    found = smtp_password(SERVER)
    assert found is not None
    assert found.reveal() == "hidden-word"


@pytest.mark.parametrize(
    ("name", "quoted", "plain"),
    [
        ("The Quay", "The Quay", "The Quay"),
        ("Quay & Co.", '"Quay & Co."', "Quay & Co."),
        ('The "Quay"', '"The \\"Quay\\""', 'The "Quay"'),
        ("Quay \\ Pier", '"Quay \\\\ Pier"', "Quay \\ Pier"),
        ("Quay: letters", '"Quay: letters"', "Quay: letters"),
        ("Zoë", "Zoë", "Zoë"),
    ],
)
def test_the_name_of_the_sender_is_quoted_where_a_service_parses_it(
    tmp_path: Path, name: str, quoted: str, plain: str
) -> None:
    table = f"[sender]\nname = '{name}'\nemail = 'q@quay.example'\n"
    publication = opened(tmp_path, table).publication
    assert sender_line(publication, quoted=True) == f"{quoted} <q@quay.example>"
    assert sender_line(publication) == f"{plain} <q@quay.example>"


def test_the_publication_signs_where_no_sender_is_named(tmp_path: Path) -> None:
    publication = opened(tmp_path, '[sender]\nemail = "q@quay.example"\n').publication
    assert sender_line(publication) == "Quay <q@quay.example>"


# --- targets --------------------------------------------------------------------------------------

TWO = '[targets.one]\ntype = "folder"\n[targets.two]\ntype = "folder"\npath = "b"\n'


def test_targets_are_opened_by_name_or_all(tmp_path: Path) -> None:
    workspace = opened(tmp_path, TWO)
    assert target_names(workspace) == ("one", "two")
    for overwrite in (False, True):  # a folder has no edits to keep
        found: Any = open_targets(workspace, (), overwrite=overwrite)
        assert [(each.name, each.shown) for each in found] == [("one", "dist"), ("two", "b")]
    (found,) = open_targets(workspace, ("two",))
    assert found.name == "two"
    without = opened(tmp_path / "none", "")
    assert target_names(without) == ("folder",)
    (default,) = open_targets(without, ())
    assert default == open_targets(without, ("folder",))[0]


@pytest.mark.parametrize(
    ("settings", "names", "message", "hint"),
    [
        (TWO, ("one", "tow"), 'Unknown target "tow"', 'Write "two" if that is what you meant.'),
        (TWO, ("web",), 'Unknown target "web"', "Use one of the targets: one, two."),
        (
            '[targets.x]\ntype = "foldr"\n',
            (),
            'Unknown type "foldr" for target "x"',
            'Write "folder" if that is what you meant.',
        ),
        (
            '[targets.x]\npath = "b"\n',
            (),
            'No type for target "x"',
            "Use one of the types: brevo, buttondown, folder, ghost, listmonk, mailchimp, resend.",
        ),
    ],
)
def test_a_target_that_cannot_be_opened(
    tmp_path: Path, settings: str, names: tuple[str, ...], message: str, hint: str
) -> None:
    with pytest.raises(NewsletterError) as caught:
        open_targets(opened(tmp_path, settings), names)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_errors_in_a_table_are_reported_at_their_line(tmp_path: Path) -> None:
    table = '[targets.desk]\ntype = "brevo"\nlists = [0]\napi = "ftp://quay.example"\n'
    with pytest.raises(IssueRejected) as caught:
        open_targets(opened(tmp_path, table), ())
    assert caught.value.slug == "target desk"
    assert [(str(each.where), each.message) for each in caught.value.findings] == [
        ("newsletter.toml:5:10", "lists: expected a whole number above 0, found 0"),
        ("newsletter.toml:6:1", 'api: expected an https address, found "ftp://quay.example"'),
    ]


def test_a_key_that_is_missing_is_reported_at_its_table(tmp_path: Path) -> None:
    workspace = opened(tmp_path, "[merge]\n[smtp]\n  host = 'm.example'\n")
    assert str(settings_place(workspace, "smtp", "host")) == "newsletter.toml:5:3"
    assert str(settings_place(workspace, "smtp", "port")) == "newsletter.toml:4:2"
    assert str(settings_place(workspace, "nothing")) == "newsletter.toml:1:1"


def test_an_own_authority_is_relative_to_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_DESK_TOKEN", "token-1")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for written, path in (("ca.pem", "desk/ca.pem"), ("~/ca.pem", "home/ca.pem"), (None, None)):
        more = f'ca = "{written}"\n' if written else ""
        desk = tmp_path / str(written).replace("/", "-")
        workspace = opened(desk, f'[targets.desk]\ntype = "buttondown"\n{more}')
        (target,) = open_targets(workspace, ())
        service: Any = target.service  # type: ignore[attr-defined]
        expected = path and (tmp_path if path.startswith("home") else desk) / path
        assert own_authority(workspace, service.settings) == expected


@pytest.mark.parametrize(
    ("name", "table", "hint"),
    [
        (
            "desk",
            'type = "brevo"\nlists = [7]',
            "NEWSLETTER_DESK_TOKEN or BREVO_API_KEY; or add `machine api.brevo.com ",
        ),
        (
            "My-desk 2",
            'type = "buttondown"',
            "NEWSLETTER_MY_DESK_2_TOKEN or BUTTONDOWN_API_KEY; or add `machine api.buttondown.com ",
        ),
        (
            "desk",
            'type = "ghost"\nurl = "https://Quay.example:2368/blog"',
            "NEWSLETTER_DESK_TOKEN or GHOST_ADMIN_API_KEY; or add `machine quay.example ",
        ),
        (
            "desk",
            'type = "listmonk"\nurl = "https://l.quay.example"\nuser = "a"\nlists = [1]',
            "NEWSLETTER_DESK_TOKEN or LISTMONK_TOKEN; or add `machine l.quay.example ",
        ),
        (
            "desk",
            'type = "mailchimp"\naudience = "a"',
            "NEWSLETTER_DESK_TOKEN or MAILCHIMP_API_KEY; or add `machine api.mailchimp.com ",
        ),
        (
            "desk",
            'type = "mailchimp"\naudience = "a"\napi = "https://m.quay.example/3.0"',
            "NEWSLETTER_DESK_TOKEN or MAILCHIMP_API_KEY; or add `machine m.quay.example ",
        ),
        (
            "desk",
            'type = "resend"\nsegment = "a"\ntoken_env = "OWN"',
            "OWN; or add `machine api.resend.com ",
        ),
        (
            "desk",
            'type = "resend"\nsegment = "a"',
            "NEWSLETTER_DESK_TOKEN or RESEND_API_KEY; or add `machine api.resend.com ",
        ),
    ],
)
def test_where_the_token_of_a_target_may_be(
    tmp_path: Path, name: str, table: str, hint: str
) -> None:
    (target,) = open_targets(opened(tmp_path, f'[targets."{name}"]\n{table}\n'), ())
    service: Any = target.service  # type: ignore[attr-defined]
    with pytest.raises(NewsletterError) as caught:
        service.connection()
    assert caught.value.message == f'No token for target "{name}"'
    assert f"Set the environment variable {hint}" in str(caught.value.hint)
