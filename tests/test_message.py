"""The message file, parsed by Python's own email parser and by a mail server."""

from __future__ import annotations

import datetime as dt
import email.header
import email.policy
import email.utils
import re
import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import html5lib
import pytest
from aiosmtpd.controller import Controller
from PIL import Image

from newsletter.model import Email
from newsletter.pipeline.build import build
from newsletter.workspace import find

HERE = Path(__file__).parent
SLUG = "2026-03-01-quay"
# All issues: the publication's own and the golden ones.
ISSUES = sorted(
    path.parent
    for root in (HERE.parent, *(HERE / "issues").iterdir())
    for path in root.glob("issues/*/issue.yaml")
)


class NoCache:
    def get(self, key: str) -> bytes | None:
        return None

    def put(self, key: str, data: bytes) -> None:
        pass


def built(folder: Path) -> Email:
    return build(find(folder), folder, NoCache())


def read(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not [part.defects for part in message.walk() if part.defects]
    for name, value in message.items():
        assert not value.defects, (name, value.defects)  # type: ignore[attr-defined]
    return message


def body(message: EmailMessage, kind: str) -> str:
    """Return a part as text with plain line ends."""
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def desk(root: Path, *, settings: str = "", subject: str = "Quay", text: str = "Words.") -> Path:
    """Write a workspace of one issue and return the issue's folder."""
    folder = root / "issues" / SLUG
    folder.mkdir(parents=True)
    for path, content in {
        root / "newsletter.toml": f'name = "The Quay"\nurl = "https://quay.example"\n{settings}',
        root
        / "credits.yaml": "roles: {essay: {label: Essay}}\npeople: {mira: {name: Mira Oduya}}\n",
        folder / "credits.yaml": "essay: mira\nlocation: Lisbon\n",
        folder
        / "issue.yaml": f"title: Quay\nsubject: {quoted(subject)}\npreheader: Deck\ndate: 2026-03-01\n",
        folder / "10-essay.md": f"---\nkind: essay\n---\n{text}\n",
    }.items():
        path.write_text(content, encoding="utf-8")
    return folder


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# --- every issue ----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=ISSUES, ids=lambda folder: folder.name)
def issue(request: pytest.FixtureRequest) -> Email:
    return built(request.param)


def test_both_parts_read_back_equal_text_first(issue: Email) -> None:
    message = read(issue.message)
    assert body(message, "plain") == issue.text
    assert message["Subject"] == issue.subject
    assert message.get_content_type() == "multipart/alternative"
    first, second = message.iter_parts()
    assert first.get_content_type() == "text/plain"
    html = body(message, "html")
    if second.get_content_type() == "text/html":
        assert html == issue.html


def test_the_bytes_are_accepted_by_every_server(issue: Email) -> None:
    """RFC 5321 §2.3.8 and §4.5.3.1.6, RFC 5322 §2.1.1: CRLF only, 7 bits, 998 bytes; nothing base64
    but images.
    """
    data = issue.message
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert (
        max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78
        or b"List-Unsubscribe" in data
    )
    for part in read(data).walk():
        if part.get_content_maintype() == "text":
            assert part["Content-Transfer-Encoding"] == "quoted-printable"
            assert part.get_content_charset() == "utf-8"


def test_the_same_issue_gives_the_same_bytes(issue: Email, request: pytest.FixtureRequest) -> None:
    folder = next(path for path in ISSUES if path.name == issue.slug)
    assert built(folder).message == issue.message


def test_boundaries_occur_in_no_body(issue: Email) -> None:
    message = read(issue.message)
    for part in message.walk():
        if part.is_multipart():
            boundary = part.get_boundary()
            assert boundary
            size = len(list(part.iter_parts()))
            assert issue.message.count(f"--{boundary}".encode()) == size + 1, (
                "a body contains the boundary"
            )


@pytest.mark.parametrize("page", ["html", "web"])
def test_html_parsers_find_no_error(issue: Email, page: str) -> None:
    parser = html5lib.HTMLParser()
    parser.parse(getattr(issue, page))
    assert not parser.errors


# --- headers --------------------------------------------------------------------------------------

SUBJECTS = [
    "Cranes, Cables & Container Queues",
    'A "quoted" subject, it\'s <tagged> & done; (really)',
    "Häfen, Kräne und ein Öltanker 🚢",
    "👩‍👩‍👧 at the quay",
    "港の朝：クレーンが動き出すまでの一時間に、埠頭で起きていること、起きていないこと、そして誰も見ていないこと",
    "الميناء في الصباح",
    "A subject that goes on and on, " * 8 + "and ends",
    "Très longue ligne — " * 12 + "fin",
    "Zoë " * 40 + "end",
    "=?utf-8?q?not_encoded?= but typed",
    "Wordwithoutanyspacewhatever" * 6,
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_arrives_as_typed(tmp_path: Path, subject: str) -> None:
    email = built(desk(tmp_path, subject=subject))
    assert read(email.message)["Subject"] == subject
    assert max(map(len, email.message.split(b"\r\n"))) <= 998


NAMES = [
    "The Quay",
    "Oduya, Mira",
    "Zoë Müller-Brandão",
    'The "Quiet" Port',
    "Müller, Zoë (Desk)",
    "港湾だより",
    "A. B. & Co.",
    "=?x?= Co",
    "Très longue publication — la lettre hebdomadaire du port de Marseille — édition du soir, à lire",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_sender_arrives_as_typed(tmp_path: Path, name: str) -> None:
    settings = f"[sender]\nname = {quoted(name)}\nemail = 'letters@quay.example'\n"
    mail = built(desk(tmp_path, settings=settings))
    assert [address.addr_spec for address in read(mail.message)["From"].addresses] == [
        "letters@quay.example"
    ]
    # The legacy parser: the new one puts a space between encoded words of a name, which RFC 2047
    # §6.2 forbids.
    ((typed, address),) = email.utils.getaddresses(
        [str(email.message_from_bytes(mail.message)["From"])]
    )
    assert str(email.header.make_header(email.header.decode_header(typed))) == name
    assert address == "letters@quay.example"


def test_date_and_id_come_from_the_issue(tmp_path: Path) -> None:
    one, other = desk(tmp_path / "one"), desk(tmp_path / "other", text="Other words.")
    message, changed = read(built(one).message), read(built(other).message)
    assert message["Date"].datetime.date() == dt.date(2026, 3, 1)
    assert re.fullmatch(rf"<{SLUG}\.[0-9a-f]{{16}}@quay\.example>", message["Message-ID"])
    assert message["Message-ID"] != changed["Message-ID"], (
        "a different text makes a different message"
    )


def test_a_list_has_its_headers(tmp_path: Path) -> None:
    settings = 'list_id = "quay.example"\nunsubscribe_url = "https://quay.example/leave?a=1&b=2"\n'
    message = read(built(desk(tmp_path, settings=settings)).message)
    assert message["List-Id"] == '"The Quay" <quay.example>'
    assert message["List-Unsubscribe"] == "<https://quay.example/leave?a=1&b=2>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_is_offered_for_https_only(tmp_path: Path) -> None:
    settings = 'unsubscribe_url = "mailto:leave@quay.example?subject=leave"\n'
    message = read(built(desk(tmp_path, settings=settings)).message)
    assert message["List-Unsubscribe"] == "<mailto:leave@quay.example?subject=leave>"
    assert message["List-Unsubscribe-Post"] is None


def test_a_long_unsubscribe_address_stays_on_one_line(tmp_path: Path) -> None:
    """An address with a line fold inside is a different address to clients that follow it."""
    address = "https://quay.example/leave?" + "token=" + "a" * 300
    message = built(desk(tmp_path, settings=f'unsubscribe_url = "{address}"\n')).message
    assert f"List-Unsubscribe: <{address}>\r\n".encode() in message
    assert read(message)["List-Unsubscribe"] == f"<{address}>"


def test_without_settings_there_is_no_list_header(tmp_path: Path) -> None:
    message = read(built(desk(tmp_path)).message)
    assert {name.lower() for name in message.keys()} >= {  # noqa: SIM118
        "subject",
        "date",
        "message-id",
        "mime-version",
    }
    assert not [name for name in message.keys() if name.startswith("List-")]  # noqa: SIM118


# --- bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "From the start\n\nFrom here, a line that old mailboxes take for a new mail.",
        ".\n\n. a dot alone ends an SMTP conversation\n\n..",
        "ünïcödé " * 400,
        "x" * 5000,
        "漢字" * 1000,
        "soft = signs =3D =\n\ntrailing spaces  \nhere",
        "--=_ a line like a boundary\n\n--",
    ],
    ids=["From", "dots", "accents", "one long word", "wide", "equals", "dashes"],
)
def test_bodies_arrive_as_built(tmp_path: Path, text: str) -> None:
    email = built(desk(tmp_path, text=text))
    message = read(email.message)
    assert body(message, "plain") == email.text
    assert body(message, "html") == email.html
    assert max(map(len, email.message.split(b"\r\n"))) <= 998


def test_images_are_embedded_on_request(tmp_path: Path) -> None:
    folder = desk(tmp_path, settings="[images]\ninline = true\n", text="![A quay](images/quay.png)")
    (folder / "images").mkdir()
    Image.new("RGB", (40, 30), (9, 90, 90)).save(folder / "images" / "quay.png")
    email = built(folder)
    message = read(email.message)
    types = ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert [part.get_content_type() for part in message.walk()] == types
    (picture,) = [part for part in message.walk() if part.get_content_maintype() == "image"]
    (image,) = email.images
    assert picture.get_content() == image.data
    assert picture["Content-Disposition"].content_disposition == "inline"
    address = f"cid:{picture['Content-ID'].strip('<>')}"
    web_address = f"https://quay.example/{SLUG}/images/{image.name}"
    assert body(message, "html") == email.html.replace(web_address, address) != email.html


# --- through a mail server ------------------------------------------------------------------------


class Inbox:
    """Stores what the server received."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.taken.append(envelope.content)
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    """A real SMTP server of our own on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def test_a_mail_server_delivers_identical_bytes(inbox: tuple[Inbox, int], tmp_path: Path) -> None:
    handler, port = inbox
    mails = [built(folder) for folder in ISSUES]
    mails.append(
        built(desk(tmp_path, subject=SUBJECTS[4], text=".\n\n. dots\n\nFrom here\n\n" + "ü" * 3000))
    )
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
        for email in mails:
            smtp.sendmail("letters@quay.example", ["reader@quay.example"], email.message)
    for email, taken in zip(mails, handler.taken, strict=True):
        assert taken == email.message
        assert body(read(taken), "plain") == email.text
        assert read(taken)["Subject"] == email.subject
