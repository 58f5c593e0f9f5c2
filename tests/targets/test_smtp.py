"""`newsletter test` through a real mail server: what arrives, and what is reported when nothing
does.
"""

from __future__ import annotations

import email
import email.policy
import json
from pathlib import Path

import pytest
import trustme

from tests.desk import Desk, Ran
from tests.targets.mailserver import (
    PASSWORD,
    USER,
    Inbox,
    authority,
    mail_server,
    write_authority,
)


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return authority()


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("NEWSLETTER_SMTP_PASSWORD", raising=False)


SETTINGS = """name = "The Quay"
url = "https://quay.example"
unsubscribe_url = "https://quay.example/leave"
check.ignore = ["NL92", "NL910"]
sender.email = "letters@quay.example"
{extra}
[smtp]
host = "localhost"
port = {port}
security = "{security}"
{login}
ca = "ca.pem"
"""


def settle(
    desk: Desk,
    ca: trustme.CA,
    inbox: Inbox,
    security: str,
    *,
    login: bool = True,
    extra: str = "",
) -> None:
    write_authority(ca, desk.root / "ca.pem")
    user = f'user = "{USER}"' if login else ""
    desk.write(
        "newsletter.toml",
        SETTINGS.format(port=inbox.port, security=security, login=user, extra=extra),
    )


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def send(desk: Desk, *arguments: str, password: str = PASSWORD) -> Ran:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSLETTER_SMTP_PASSWORD", password)
        ran = desk.run("test", *arguments)
    assert password not in ran.out + ran.err
    return ran


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_test_arrives_encrypted(desk: Desk, ca: trustme.CA, inbox: Inbox, security: str) -> None:
    with mail_server(security, ca, inbox):
        settle(desk, ca, inbox, security)
        ran = send(desk, "--to", "mira@quay.example", "tomas@quay.example")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "[Test] The Quay\n"
        f"  sent through localhost:{inbox.port} to mira@quay.example, tomas@quay.example\n"
    )
    (envelope,) = inbox.received
    assert inbox.encrypted == [True]
    assert envelope.rcpt_tos == ["mira@quay.example", "tomas@quay.example"]
    assert envelope.mail_from == "letters@quay.example"


def test_a_test_is_marked_as_a_test(desk: Desk, ca: trustme.CA, inbox: Inbox) -> None:
    with mail_server("none", ca, inbox, login=False):
        settle(desk, ca, inbox, "none", login=False)
        assert desk.run("build").code == 0
        assert desk.run("test", "--to", "mira@quay.example").code == 0
    data = inbox.received[0].content
    assert isinstance(data, bytes)
    test = email.message_from_bytes(data, policy=email.policy.default)
    built = email.message_from_bytes(
        desk.tree()["2026-03-01-quay/message.eml"], policy=email.policy.default
    )
    assert test["Subject"] == "[Test] The Quay"
    assert test["To"] == "mira@quay.example"
    assert test["Message-ID"] != built["Message-ID"]
    assert test["Date"] != built["Date"]
    assert test["X-Newsletter-Digest"].startswith("sha256:")
    assert "List-Unsubscribe" in built
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post"} & set(test.keys())
    others = {"From", "MIME-Version", "Content-Type"}
    assert {name: test[name] for name in others} == {name: built[name] for name in others}
    line = "Test of 2026-03-01-quay, " + test["X-Newsletter-Digest"][:15]
    text = test.get_body(("plain",)).get_content()
    html = test.get_body(("html",)).get_content()
    assert text.startswith(line)
    assert line in html
    assert text == f"{text.splitlines()[0]}\r\n\r\n" + built.get_body(("plain",)).get_content()
    start, end = html.index('<div role="note"'), html.index("</div>") + len("</div>")
    assert html[:start] + html[end:] == built.get_body(("html",)).get_content()


@pytest.mark.parametrize("style", ["plain", "listmonk", "mailchimp", "buttondown", "resend"])
def test_merge_fields_show_one_sample_reader(
    desk: Desk, ca: trustme.CA, inbox: Inbox, style: str
) -> None:
    desk.write(
        "issues/2026-03-01-quay/10-essay.md",
        "---\nkind: essay\n---\nDear %%first_name|reader%%, ships came in.\n",
    )
    extra = f'merge.style = "{style}"\nmerge.sample.first_name = "Zoë"'
    with mail_server("none", ca, inbox, login=False):
        settle(desk, ca, inbox, "none", login=False, extra=extra)
        ran = desk.run("test", "--to", "mira@quay.example")
    assert ran.code == 0, ran.err
    data = inbox.received[0].content
    assert isinstance(data, bytes)
    test = email.message_from_bytes(data, policy=email.policy.default)
    for part in ("plain", "html"):
        words = test.get_body((part,)).get_content()
        assert "Dear Zoë, ships came in." in words
        assert not any(sign in words for sign in ("{{", "*|", "%%", "{%"))


def test_names_beyond_ascii(desk: Desk, ca: trustme.CA, inbox: Inbox) -> None:
    with mail_server("starttls", ca, inbox):
        settle(desk, ca, inbox, "starttls")
        ran = send(desk, "--to", "zoë@quay.example")
    assert ran.code == 0, ran.err
    assert inbox.received[0].rcpt_tos == ["zoë@quay.example"]
    assert inbox.received[0].smtp_utf8


PROBLEMS = {
    "wrong password": (
        {},
        {"password": "nope-nope-nope"},
        "refused the login of desk@quay.example",
    ),
    "expired certificate": (
        {"expired": True},
        {},
        "Certificate of localhost:PORT not accepted: certificate has expired",
    ),
    "no SMTPUTF8": (
        {"smtputf8": False},
        {"to": "zoë@quay.example"},
        "does not support addresses with non-ASCII letters (SMTPUTF8)",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_rejections_by_the_server_are_reported(
    desk: Desk, ca: trustme.CA, inbox: Inbox, name: str
) -> None:
    server, client, expected = PROBLEMS[name]
    with mail_server("starttls", ca, inbox, **server):
        settle(desk, ca, inbox, "starttls")
        ran = send(
            desk,
            "--to",
            client.get("to", "mira@quay.example"),
            password=client.get("password", PASSWORD),
        )
    assert (ran.code, ran.out) == (1, "")
    assert expected.replace("PORT", str(inbox.port)) in ran.err
    assert inbox.received == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            "451 Try later",
            "refused the message: 451 Try later\n    hint: Try again later: the server refuses it",
        ),
        ("554 Spam", "refused the message: 554 Spam\n"),
    ],
)
def test_a_rejection_after_the_data_is_shown(
    desk: Desk, ca: trustme.CA, inbox: Inbox, reply: str, expected: str
) -> None:
    inbox.reply = reply
    with mail_server("tls", ca, inbox):
        settle(desk, ca, inbox, "tls")
        ran = send(desk, "--to", "mira@quay.example")
    assert ran.code == 1
    assert expected in ran.err


def test_a_connection_lost_after_the_data_leaves_the_outcome_open(
    desk: Desk, ca: trustme.CA, inbox: Inbox
) -> None:
    inbox.drop_after_data = True
    with mail_server("none", ca, inbox, login=False):
        settle(desk, ca, inbox, "none", login=False)
        ran = desk.run("test", "--to", "mira@quay.example")
    assert ran.code == 1
    assert "lost after the message was handed over" in ran.err
    assert "it may have arrived." in ran.err
    assert len(inbox.received) == 1, "it is not sent again"


def test_one_rejected_address_is_named_and_the_others_get_it(
    desk: Desk, ca: trustme.CA, inbox: Inbox
) -> None:
    inbox.refuse = {"gone@quay.example": "550 No such user"}
    with mail_server("none", ca, inbox, login=False):
        settle(desk, ca, inbox, "none", login=False)
        ran = desk.run("test", "--json", "--to", "gone@quay.example,mira@quay.example")
    assert ran.code == 1
    assert json.loads(ran.out)["to"] == ["mira@quay.example"]
    assert "gone@quay.example: 550 No such user" in ran.err


def test_nothing_is_sent_if_no_encryption_is_offered(
    desk: Desk, ca: trustme.CA, inbox: Inbox
) -> None:
    with mail_server("none", ca, inbox, login=False):
        settle(desk, ca, inbox, "starttls")
        ran = send(desk, "--to", "mira@quay.example")
    assert ran.code == 1
    assert "offers no encryption (STARTTLS); nothing was sent" in ran.err
    assert inbox.received == []


def test_an_unencrypted_remote_connection_is_rejected(desk: Desk, ca: trustme.CA) -> None:
    settle(desk, ca, Inbox(port=25), "none", login=False)
    text = (desk.root / "newsletter.toml").read_text("utf-8")
    desk.write("newsletter.toml", text.replace('"localhost"', '"mail.quay.example"'))
    ran = desk.run("test", "--to", "mira@quay.example")
    assert ran.code == 1
    assert "Unencrypted connection to mail.quay.example refused" in ran.err


def test_a_missing_password_is_reported_with_every_place_to_set_it(
    desk: Desk, ca: trustme.CA
) -> None:
    settle(desk, ca, Inbox(port=1), "tls")
    ran = desk.run("test", "--to", "mira@quay.example")
    assert ran.code == 1
    assert "No password for desk@quay.example at localhost" in ran.err
    for place in ("NEWSLETTER_SMTP_PASSWORD", "~/.netrc", "keyring set newsletter"):
        assert place in ran.err


def test_a_password_from_netrc(desk: Desk, ca: trustme.CA, inbox: Inbox, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine localhost login {USER} password {PASSWORD}\n", "utf-8")
    netrc.chmod(0o600)
    with mail_server("tls", ca, inbox):
        settle(desk, ca, inbox, "tls")
        assert desk.run("test", "--to", "mira@quay.example").code == 0


USAGE = {
    "no address": ([], "No address to send to"),
    "not an address": (["--to", "mira"], 'Not an email address: "mira"'),
    "two lines": (["--to", "a@quay.example\nBcc: b@quay.example"], "Not an email address"),
    "too many": (
        ["--to", ",".join(f"a{number}@quay.example" for number in range(21))],
        "21 addresses; a test goes to 20 at most",
    ),
    "addresses without --to": (["a@quay.example"], "Addresses without --to"),
}


@pytest.mark.parametrize("name", USAGE)
def test_wrong_usage(desk: Desk, name: str) -> None:
    arguments, expected = USAGE[name]
    ran = desk.run("test", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err


def test_the_settings_name_the_test_recipients(desk: Desk, ca: trustme.CA, inbox: Inbox) -> None:
    with mail_server("none", ca, inbox, login=False):
        settle(desk, ca, inbox, "none", login=False)
        path = desk.root / "newsletter.toml"
        path.write_text(path.read_text("utf-8") + 'test_to = ["desk@quay.example"]\n', "utf-8")
        assert desk.run("test").code == 0
    assert inbox.received[0].rcpt_tos == ["desk@quay.example"]


def test_errors_stop_a_test_unless_forced(desk: Desk, ca: trustme.CA, inbox: Inbox) -> None:
    desk.write(
        "issues/2026-03-01-quay/10-essay.md",
        "---\nkind: essay\n---\nTK the ships. [A](javascript:alert)\n",
    )
    with mail_server("none", ca, inbox, login=False):
        settle(desk, ca, inbox, "none", login=False)
        ran = desk.run("test", "--to", "mira@quay.example")
        assert (ran.code, inbox.received) == (1, [])
        forced = desk.run("test", "--force", "--to", "mira@quay.example")
    if forced.code == 0:
        assert "Errors ignored because of --force." in forced.err
        assert len(inbox.received) == 1
    else:
        assert "error" in forced.err
