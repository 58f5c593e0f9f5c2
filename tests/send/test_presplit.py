"""The presplit message compared with the standard library's EmailMessage: mail clients must read
the same.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from email.message import EmailMessage
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.files.cache import BuildCache
from newsletter.model import Email, Issue
from newsletter.pipeline.build import make, read
from newsletter.send.presplit import FORMAT, PresplitMessage, Recipient, UnsafeField, presplit
from newsletter.workspace import Workspace, find
from tests.desk import SLUG, Desk

from msgspec.structs import replace  # isort: skip

NOW = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)
ANA = Recipient(
    "ana@example.org", "rid1", "Ana Pires", "Ana", "https://lists.example.org/u/1.w.rid1.MAC"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Issue, Email]:
    desk = Desk.of(
        Path(__file__).parents[1] / "issues" / "smallest", tmp_path_factory.mktemp("d") / "d"
    )
    toml = desk.root / "newsletter.toml"
    toml.write_text(
        toml.read_text("utf-8")
        + 'unsubscribe_url = "https://quay.example/leave?a=1&b=2"\nsender.email = "l@quay.example"\n',
        "utf-8",
    )
    workspace = find(desk.root)
    cache = BuildCache(desk.root / "cache")
    loaded = read(workspace, desk.root / "issues" / SLUG, cache)
    assert loaded.issue
    return workspace, loaded.issue, make(workspace, loaded, cache)


def oracle(text: str, html: str, recipient: Recipient) -> EmailMessage:
    """The message as the standard library writes it, generated for one recipient."""
    values = {
        "email": recipient.address,
        "name": recipient.name,
        "first_name": recipient.first_name,
        "unsubscribe_url": recipient.unsubscribe_url,
    }
    for field, value in values.items():
        text = text.replace(f"%%{field}%%", value).replace(f"%%{field}|you%%", value or "you")
        html = html.replace(
            f'href="https://q.example/?e=%%{field}%%"',
            f'href="https://q.example/?e={escape(quote(value, safe="@"))}"',
        )
        html = html.replace(f"%%{field}%%", escape(value)).replace(
            f"%%{field}|you%%", escape(value or "you")
        )
    message = EmailMessage(policy=email.policy.SMTP)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def bodies(data: bytes) -> dict[str, str]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert not message.defects
    return {
        part.get_content_type(): part.get_content().replace("\r\n", "\n")
        for part in message.walk()
        if not part.is_multipart()
    }


def check_wire(data: bytes) -> None:
    """SMTP's requirements for the bytes: CRLF only, short lines, no line that starts with a dot,
    ASCII.
    """
    lines = data.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert not any(line.startswith(b".") for line in lines)
    body = data.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 78
    assert data.isascii()


one_line = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="%"), max_size=90
)
field = st.sampled_from(
    ["%%name%%", "%%first_name%%", "%%email%%", "%%first_name|you%%", "%%unsubscribe_url%%"]
)
prose = st.lists(
    st.one_of(field, one_line, st.just("\n"), st.just("."), st.just("\n."), st.just(" \n")),
    max_size=40,
).map("".join)


@settings(max_examples=80)
@given(
    prose=prose,
    link=st.booleans(),
    name=one_line,
    first=one_line,
    local=st.from_regex(r"[a-z0-9][a-z0-9+_.&'=-]{0,30}", fullmatch=True),
)
def test_every_message_reads_as_the_standard_library_writes_it(
    built: tuple[Workspace, Issue, Email], prose: str, link: bool, name: str, first: str, local: str
) -> None:
    workspace, issue, made = built
    prose += "\n"
    html = f"<!DOCTYPE html>\n<p>{prose}</p>"
    html += '<a href="https://q.example/?e=%%email%%">x</a>' if link else ""
    recipient = Recipient(
        f"{local}@example.org", "rid1", name, first, "https://l.example/u/1.w.r.M"
    )
    message = presplit(issue, workspace.publication, replace(made, text=prose, html=html), NOW)
    data = message.fill(recipient)
    check_wire(data)
    assert bodies(data) == bodies(oracle(prose, html, recipient).as_bytes())


def test_the_whole_message(built: tuple[Workspace, Issue, Email]) -> None:
    workspace, issue, made = built
    message = presplit(issue, workspace.publication, made, NOW)
    arrived = email.message_from_bytes(message.fill(ANA), policy=email.policy.default)
    mark = message.digest.removeprefix("sha256:")[:16]
    assert dict(arrived.items()) | {"Content-Type": ""} == {
        "Subject": "The Quay",
        "From": "The Quay <l@quay.example>",
        "MIME-Version": "1.0",
        "Content-Type": "",
        "Date": "Sun, 01 Mar 2026 06:30:00 +0000",
        "Message-ID": f"<{SLUG}.{mark}.rid1@quay.example>",
        "To": "ana@example.org",
        "List-Unsubscribe": f"<{ANA.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "X-Newsletter-Digest": message.digest,
    }
    common = "https://quay.example/leave?a=1&b=2"
    parts = bodies(message.fill(ANA))
    assert parts["text/plain"] == made.text.replace(common, ANA.unsubscribe_url)
    assert parts["text/html"] == made.html.replace(escape(common), ANA.unsubscribe_url)
    assert ANA.unsubscribe_url in parts["text/plain"]
    assert f'href="{ANA.unsubscribe_url}"' in parts["text/html"]
    assert PresplitMessage.from_bytes(message.to_bytes(), FORMAT) == message


@settings(max_examples=30)
@given(first=one_line)
def test_a_personal_subject(built: tuple[Workspace, Issue, Email], first: str) -> None:
    workspace, issue, made = built
    subject = "For %%first_name|you%%: café news"
    personal = presplit(replace(issue, subject=subject), workspace.publication, made, NOW)
    recipient = Recipient("a@example.org", "r", "", first, "https://l.example/u/1.w.r.M")
    arrived = email.message_from_bytes(personal.fill(recipient), policy=email.policy.default)
    shown = f"For {first or 'you'}: café news"
    assert " ".join(str(arrived["subject"]).split()) == " ".join(shown.split())


@pytest.mark.parametrize(
    "value", ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\0b", "a\u2028b", "a\x85b"]
)
@pytest.mark.parametrize("field", ["name", "first_name", "address", "unsubscribe_url"])
def test_a_line_break_in_a_field_is_rejected(
    built: tuple[Workspace, Issue, Email], field: str, value: str
) -> None:
    workspace, issue, made = built
    made = replace(made, text="%%name%% %%first_name%%", html="<p>%%name%%</p>")
    message = presplit(issue, workspace.publication, made, NOW)
    with pytest.raises(UnsafeField):
        message.fill(replace(ANA, **{field: value}))


def test_html_in_a_name_is_escaped(built: tuple[Workspace, Issue, Email]) -> None:
    workspace, issue, made = built
    html = '<p title="%%name%%">%%name%%</p><a href="https://q.example/?n=%%name%%">x</a>'
    message = presplit(issue, workspace.publication, replace(made, html=html), NOW)
    evil = replace(ANA, name="\"><script>alert('&')</script>")
    safe = "&quot;&gt;&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;"
    quoted = "%22%3E%3Cscript%3Ealert%28%27%26%27%29%3C%2Fscript%3E"
    assert bodies(message.fill(evil))["text/html"] == (
        f'<p title="{safe}">{safe}</p><a href="https://q.example/?n={quoted}">x</a>\n'
    )
