"""What a mail server, a provider's filter and a mailbox read before anybody reads the mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from newsletter.check.example import FILES
from newsletter.check.rule import Violation, rule
from newsletter.model import Location
from newsletter.workspace import SETTINGS

if TYPE_CHECKING:
    from newsletter.check.email.subject import CheckedEmail

_LIST_ID = re.compile(
    r"""(?:"[^"]*"\s+)?<[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)+>"""
)
_FOOT = "templates/default/foot.mjml.j2"


def _without(key: str) -> dict[str, str]:
    """Return the example's settings file without a key."""
    return {SETTINGS: re.sub(rf"^{key} =.*\n", "", FILES[SETTINGS], flags=re.MULTILINE)}


def _leaving(url: str) -> dict[str, str]:
    """Return the example's settings file with another address to unsubscribe."""
    return {
        SETTINGS: re.sub(
            r'(?<=^unsubscribe_url = ").*(?="$)', url, FILES[SETTINGS], flags=re.MULTILINE
        )
    }


def _place(mail: CheckedEmail, key: str = "") -> Location:
    """Return where a key stands in the settings file, or the file's start for a key that is missing."""
    root = mail.issue.folder.parent.parent
    path = root / SETTINGS if (root / SETTINGS).is_file() else root / "pyproject.toml"
    text = path.read_text("utf-8") if path.is_file() else ""
    match = re.search(rf"^[ \t]*({re.escape(key)})[ \t]*=", text, re.MULTILINE) if key else None
    if match is None:
        return Location(path.name, 1, 1)
    return Location(
        path.name,
        text.count("\n", 0, match.start(1)) + 1,
        match.start(1) - text.rfind("\n", 0, match.start(1)),
    )


@rule(
    "NL920",
    severity="warning",
    hint='Give the address you send from: `[sender]` with `email = "letter@example.org"`.',
    bad=_without("email"),
    at=f"{SETTINGS}:1:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def missing_sender(mail: CheckedEmail) -> Iterator[Violation]:
    """Without an address of yours the mail says it comes from one that nobody chose, and SPF and DKIM cannot pass."""
    if not mail.publication.sender_email:
        yield Violation(_place(mail), "there is no address to send from")


@rule(
    "NL921",
    severity="information",
    hint='Choose one below a domain of yours and keep it: `list_id = "letter.example.org"`.',
    bad=_without("list_id"),
    at=f"{SETTINGS}:1:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def missing_list_id(mail: CheckedEmail) -> Iterator[Violation]:
    """Readers' filters and mailbox providers know a newsletter by its `List-Id`, whoever sends it (RFC 2919)."""
    if not mail.publication.list_id and mail.publication.merge == "plain":
        yield Violation(_place(mail), "there is no list_id")


@rule(
    "NL922",
    severity="warning",
    hint='Set `unsubscribe_url = "https://…"`, or the `[merge] style` of the service that sends it.',
    bad=_without("unsubscribe_url"),
    at=f"{SETTINGS}:1:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def missing_unsubscribe(mail: CheckedEmail) -> Iterator[Violation]:
    """Nobody can leave. Gmail and Yahoo (2024) and Microsoft (2025) refuse bulk mail without a way out, as do laws."""
    if not mail.publication.unsubscribe_url and mail.publication.merge == "plain":
        yield Violation(_place(mail), "the mail has no way to unsubscribe")


@rule(
    "NL923",
    hint="Print `unsubscribe_url` as a link in `foot.mjml.j2` and in `text.txt.j2`.",
    bad={
        _FOOT: "<mj-text>{{ publication.name }}<br />{{ publication.postal_address }}</mj-text>\n"
    },
    at=f"{_FOOT}:1:13",
    good={
        _FOOT: '<mj-text><a href="{{ unsubscribe_url }}">Unsubscribe</a><br />{{ publication.name }}<br />'
        "{{ publication.postal_address }}</mj-text>\n"
    },
)
def hidden_unsubscribe(mail: CheckedEmail) -> Iterator[Violation]:
    """Both parts show the way out: who does not find it presses "spam" (Gmail's rules for bulk senders, 2024)."""
    from newsletter.render.merge import spell

    url = spell("%%unsubscribe_url%%", mail.publication, "", html=False)
    if url == "%%unsubscribe_url%%":
        return
    if not any(
        link.get("href") == url and link.text_content().strip() for link in mail.elements("a")
    ):
        yield Violation(
            mail.written(r"unsubscribe_url|publication\.name"),
            "the HTML has no link to unsubscribe",
        )
    if url not in mail.email.text:
        yield Violation(
            mail.written(r"unsubscribe_url|publication\.name"),
            "the text part has no address to unsubscribe",
        )


@rule(
    "NL924",
    severity="warning",
    hint="Give an https address that unsubscribes on a POST request, without asking anything.",
    bad=_leaving("mailto:leave@example.org"),
    at=f"{SETTINGS}:4:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def unsubscribe_without_one_click(mail: CheckedEmail) -> Iterator[Violation]:
    """One click takes `List-Unsubscribe-Post` and https (RFC 8058 §3.1), which Gmail and Yahoo ask of bulk mail."""
    url = mail.publication.unsubscribe_url
    if url and mail.publication.merge == "plain" and not url.startswith("https://"):
        yield Violation(
            _place(mail, "unsubscribe_url"),
            f"{url.partition(':')[0]}: addresses cannot unsubscribe with one click",
        )


@rule(
    "NL925",
    severity="information",
    hint='Set `postal_address = "…"`.',
    bad=_without("postal_address"),
    at=f"{SETTINGS}:1:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def missing_postal_address(mail: CheckedEmail) -> Iterator[Violation]:
    """Mail that advertises must say where its sender is (CAN-SPAM, 15 U.S.C. 7704(a)(5)); elsewhere any must."""
    if not mail.publication.postal_address:
        yield Violation(_place(mail), "the mail does not say where its sender is")


@rule(
    "NL930",
    hint="Mend the setting that goes into the header; for anything else, tell the makers of `newsletter`.",
    bad={SETTINGS: FILES[SETTINGS].replace("slack-water.example.org", "slack water.example.org")},
    at=f"{SETTINGS}:3:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def malformed_message(mail: CheckedEmail) -> Iterator[Violation]:
    """`message.eml` is what RFC 5322 and MIME say, as another program reads it, and holds both parts unchanged.

    From, Date and Message-ID once each (§3.6), a list identifier of dotted words (RFC 2919 §2), text before HTML
    (RFC 2046 §5.1.4), UTF-8 as quoted-printable (base64 weighs a third more, and filters like it less).
    """
    message = message_from_bytes(mail.email.message, policy=SMTP)
    assert isinstance(message, EmailMessage)
    if "List-Id" in message and not _LIST_ID.fullmatch(str(message["List-Id"]).strip()):
        yield Violation(
            _place(mail, "list_id"), f"the List-Id {str(message['List-Id'])!r} is malformed"
        )
    for fault in (*_faulty_headers(message), *_faulty_parts(message, mail)):
        yield Violation(_place(mail), fault)


def _faulty_headers(message: EmailMessage) -> Iterator[str]:
    for name in ("From", "Date", "Message-ID", "Subject", "MIME-Version"):
        if (count := len(message.get_all(name, []))) != 1:
            yield f"the message has {count} {name} headers"
    if not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", str(message.get("Message-ID", "")).strip()):
        yield f"the Message-ID {message.get('Message-ID')!s} is malformed"
    try:
        parsedate_to_datetime(str(message.get("Date", "")))
    except ValueError:
        yield f"the Date {message.get('Date')!s} is malformed"
    for name, value in message.items():
        for defect in getattr(value, "defects", ()):
            yield f"the header {name} is malformed: {defect}"


def _faulty_parts(message: EmailMessage, mail: CheckedEmail) -> Iterator[str]:
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    kinds = [part.get_content_type() for part in parts]
    if message.get_content_type() != "multipart/alternative" or kinds != [
        "text/plain",
        "text/html",
    ]:
        yield f"the message is {message.get_content_type()} of {' and '.join(kinds)}, not text, then HTML"
        return
    for part, said in zip(parts, (mail.email.text, mail.email.html), strict=True):
        kind, encoding = (
            part.get_content_type(),
            str(part.get("Content-Transfer-Encoding", "7bit")).lower(),
        )
        if part.get_content_charset() != "utf-8" or encoding not in ("quoted-printable", "7bit"):
            yield f"the {kind} part is {part.get_content_charset()} in {encoding}, not UTF-8 as quoted-printable"
        elif not mail.publication.inline_images and _lines(part.get_content()) != _lines(said):
            yield f"the {kind} part of the message is not the one that was built"


def _lines(text: str) -> list[str]:
    return text.rstrip().splitlines()


RULES = (
    missing_sender,
    missing_list_id,
    missing_unsubscribe,
    hidden_unsubscribe,
    unsubscribe_without_one_click,
    missing_postal_address,
    malformed_message,
)
