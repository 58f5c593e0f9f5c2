"""What mail servers and spam filters read before anyone reads the email."""

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
from newsletter.model import Location, Severity
from newsletter.workspace import SETTINGS

if TYPE_CHECKING:
    from newsletter.check.email.checked_email import CheckedEmail

_LIST_ID = re.compile(
    r"""(?:"[^"]*"\s+)?<[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)+>"""
)
_FOOT = "templates/default/foot.mjml.j2"


def _without(key: str) -> dict[str, str]:
    """Return the example's settings file without a key."""
    return {SETTINGS: re.sub(rf"^{key} =.*\n", "", FILES[SETTINGS], flags=re.MULTILINE)}


def _with_unsubscribe_url(url: str) -> dict[str, str]:
    """Return the example's settings file with another address to unsubscribe."""
    return {
        SETTINGS: re.sub(
            r'(?<=^unsubscribe_url = ").*(?="$)', url, FILES[SETTINGS], flags=re.MULTILINE
        )
    }


def _place(checked: CheckedEmail, key: str = "") -> Location:
    """Return where a key is in the settings file, or the file's start for a key that is missing."""
    root = checked.issue.folder.parent.parent
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
    hint='Set the address you send from: `[sender]` with `email = "letter@sea.example"`.',
    bad=_without("email"),
    at=f"{SETTINGS}:1:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def missing_sender(checked: CheckedEmail) -> Iterator[Violation]:
    """Without a sender address, the email has a placeholder for one, and SPF and DKIM cannot pass."""
    if not checked.publication.sender_email:
        yield Violation(_place(checked), "No sender address in the settings")


@rule(
    "NL921",
    severity="info",
    hint='Choose one below your own domain and keep it: `list_id = "letter.sea.example"`.',
    bad=_without("list_id"),
    at=f"{SETTINGS}:1:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def missing_list_id(checked: CheckedEmail) -> Iterator[Violation]:
    """Filters and mailbox providers recognize a newsletter by its `List-Id`, whichever server sends it (RFC 2919)."""
    if not checked.publication.list_id and checked.publication.merge == "plain":
        yield Violation(_place(checked), "No `list_id` in the settings")


@rule(
    "NL922",
    severity="warning",
    hint='Set `unsubscribe_url = "https://…"`, or the `[merge] style` of the service that sends it.',
    bad=_without("unsubscribe_url"),
    at=f"{SETTINGS}:1:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def missing_unsubscribe(checked: CheckedEmail) -> Iterator[Violation]:
    """Gmail and Yahoo (2024) and Microsoft (2025) reject bulk email without an unsubscribe link; laws require one.

    It is an error once a target can send the email.
    """
    if not checked.publication.unsubscribe_url and checked.publication.merge == "plain":
        severity: Severity | None = "error" if checked.checks.delivers else None
        message = "No unsubscribe address in the settings"
        yield Violation(_place(checked), message, severity=severity)


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
def missing_unsubscribe_link(checked: CheckedEmail) -> Iterator[Violation]:
    """Both parts need the link: readers who cannot find it report spam (Gmail's rules for bulk senders, 2024)."""
    from newsletter.render.merge import spell

    url = spell("%%unsubscribe_url%%", checked.publication, "", html=False)
    if url == "%%unsubscribe_url%%":
        return
    if not any(
        link.get("href") == url and link.text_content().strip() for link in checked.elements("a")
    ):
        yield Violation(
            checked.written(r"unsubscribe_url|publication\.name"),
            "No unsubscribe link in the HTML",
        )
    if url not in checked.email.text:
        yield Violation(
            checked.written(r"unsubscribe_url|publication\.name"),
            "No unsubscribe address in the text part",
        )


@rule(
    "NL924",
    severity="warning",
    hint="Use an https address that unsubscribes on a POST request without further questions.",
    bad=_with_unsubscribe_url("mailto:leave@sea.example"),
    at=f"{SETTINGS}:4:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def missing_one_click_unsubscribe(checked: CheckedEmail) -> Iterator[Violation]:
    """One-click unsubscribing requires https (RFC 8058 §3.1); Gmail and Yahoo require it for bulk email."""
    url = checked.publication.unsubscribe_url
    if url and checked.publication.merge == "plain" and not url.startswith("https://"):
        yield Violation(
            _place(checked, "unsubscribe_url"),
            f"No one-click unsubscribe with a {url.partition(':')[0]}: address",
        )


@rule(
    "NL925",
    severity="info",
    hint='Set `postal_address = "…"`.',
    bad=_without("postal_address"),
    at=f"{SETTINGS}:1:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def missing_postal_address(checked: CheckedEmail) -> Iterator[Violation]:
    """Commercial email must state a postal address (CAN-SPAM, 15 U.S.C. 7704(a)(5)); some countries always do."""
    if not checked.publication.postal_address:
        yield Violation(_place(checked), "No postal address in the settings")


@rule(
    "NL930",
    hint="Correct the setting that ends up in the header; otherwise report a bug in `newsletter`.",
    bad={SETTINGS: FILES[SETTINGS].replace("slack-water.sea.example", "slack water.sea.example")},
    at=f"{SETTINGS}:3:1",
    good={SETTINGS: FILES[SETTINGS]},
)
def malformed_message(checked: CheckedEmail) -> Iterator[Violation]:
    """`message.eml` conforms to RFC 5322 and MIME when parsed, and contains both parts unchanged.

    From, Date and Message-ID once each (§3.6), a list identifier of dotted words (RFC 2919 §2), text before HTML
    (RFC 2046 §5.1.4), UTF-8 as quoted-printable (base64 is a third larger and more often taken for spam).
    """
    message = message_from_bytes(checked.email.message, policy=SMTP)
    assert isinstance(message, EmailMessage)
    if "List-Id" in message and not _LIST_ID.fullmatch(str(message["List-Id"]).strip()):
        yield Violation(_place(checked, "list_id"), f'Malformed List-Id: "{message["List-Id"]}"')
    for fault in (*_faulty_headers(message), *_faulty_parts(message, checked)):
        yield Violation(_place(checked), fault)


def _faulty_headers(message: EmailMessage) -> Iterator[str]:
    for name in ("From", "Date", "Message-ID", "Subject", "MIME-Version"):
        if (count := len(message.get_all(name, []))) != 1:
            yield f"Expected one {name} header, found {count}"
    if not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", str(message.get("Message-ID", "")).strip()):
        yield f"Malformed Message-ID: {message.get('Message-ID')!s}"
    try:
        parsedate_to_datetime(str(message.get("Date", "")))
    except ValueError:
        yield f"Malformed Date: {message.get('Date')!s}"
    for name, value in message.items():
        for defect in getattr(value, "defects", ()):
            yield f"Malformed {name} header: {defect}"


def _faulty_parts(message: EmailMessage, checked: CheckedEmail) -> Iterator[str]:
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    kinds = [part.get_content_type() for part in parts]
    if message.get_content_type() != "multipart/alternative" or kinds != [
        "text/plain",
        "text/html",
    ]:
        yield f"Expected text, then HTML, found {message.get_content_type()} of {' and '.join(kinds)}"
        return
    for part, original in zip(parts, (checked.email.text, checked.email.html), strict=True):
        kind, encoding = (
            part.get_content_type(),
            str(part.get("Content-Transfer-Encoding", "7bit")).lower(),
        )
        if part.get_content_charset() != "utf-8" or encoding not in ("quoted-printable", "7bit"):
            actual = f"{part.get_content_charset()} as {encoding}"
            yield f"Expected the {kind} part in UTF-8 as quoted-printable, found {actual}"
        elif not checked.publication.inline_images and _lines(part.get_content()) != _lines(
            original
        ):
            yield f"The {kind} part of the message differs from the one that was built"


def _lines(text: str) -> list[str]:
    return text.rstrip().splitlines()


RULES = (
    missing_sender,
    missing_list_id,
    missing_unsubscribe,
    missing_unsubscribe_link,
    missing_one_click_unsubscribe,
    missing_postal_address,
    malformed_message,
)
