"""A test message byte for byte: its marks, and that nothing else differs from the build."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.model import Publication
from newsletter.targets import marked_message
from newsletter.targets.marked_message import MarkedMessage, mark, sample_values
from tests.targets.test_drafts_and_folders import EMAIL

BUILT = """From: The Quay <q@quay.example>\r
Subject: Ships\r
To: nobody@quay.example\r
Date: Sun, 01 Mar 2026 08:00:00 +0000\r
Message-ID: <quay.1@quay.example>\r
MIME-Version: 1.0\r
List-Unsubscribe: <https://quay.example/leave>\r
List-Unsubscribe-Post: List-Unsubscribe=One-Click\r
List-Id: a name that is folded\r
 <letters.quay.example>\r
X-Newsletter-Digest: sha256:old\r
Content-Type: multipart/alternative; boundary="cut"\r
\r
--cut\r
Content-Type: text/plain; charset="utf-8"\r
Content-Transfer-Encoding: 8bit\r
\r
Dear {{{contact.first_name|reader}}} & you, ships.\r
\r
--cut\r
Content-Type: text/html; charset="utf-8"\r
Content-Transfer-Encoding: 8bit\r
\r
<html><body class="a"><p>Dear {{{contact.first_name|reader}}} &amp; you.</p></body></html>\r
\r
--cut\r
Content-Type: image/png\r
Content-Transfer-Encoding: base64\r
\r
cGl4ZWxz\r
--cut--\r
"""
EMAIL_BUILT = replace(
    EMAIL,
    subject="Ships – Zoë",
    html="<html>",
    text="text",
    message=BUILT.encode(),
)
PUBLICATION = Publication(
    "The Quay",
    "https://quay.example",
    sender_email="q@quay.example",
    merge="resend",
    merge_sample={"first_name": "Zoë & <Ann>"},
)
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
TO = ("mira@quay.example", "tomas@quay.example")
DIGEST = "sha256:94f6ec4e"
LINE = f"Test of {EMAIL.slug}, {DIGEST}. Sent to named addresses only, not to a list."
NOTE = (
    '<div role="note" style="padding:8px 12px;background:#fff3cd;color:#4d3800;'
    f'font:14px/1.4 sans-serif">{LINE}</div>'
)
HTML = f'<html><body class="a">{NOTE}<p>Dear Zoë &amp; &lt;Ann&gt; &amp; you.</p></body></html>\n'
TEXT = f"{LINE}\n\nDear Zoë & <Ann> & you, ships.\n"
SENT = """Subject: =?utf-8?b?W1Rlc3RdIFNoaXBzIOKAkyBab8Or?=\r
To: mira@quay.example,\r
 tomas@quay.example\r
Date: Mon, 02 Mar 2026 09:30:00 +0100\r
Message-ID: <test.(random)@quay.example>\r
X-Newsletter-Digest: (digest)\r
From: The Quay <q@quay.example>\r
MIME-Version: 1.0\r
List-Id: a name that is folded\r
 <letters.quay.example>\r
Content-Type: multipart/alternative; boundary="cut"\r
\r
"""


@pytest.fixture(autouse=True)
def same_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = DIGEST + "0" * 56
    monkeypatch.setattr(marked_message, "reader_digest", lambda email, publication: digest)


def test_a_test_message_is_the_build_with_its_marks() -> None:
    marked = mark(EMAIL_BUILT, PUBLICATION, TO, NOW)
    assert (marked.subject, marked.sender) == ("[Test] Ships – Zoë", "q@quay.example")
    assert (marked.html, marked.text) == (HTML, TEXT)
    head, _, body = marked.data.decode().partition("\r\n\r\n")
    head = re.sub(r"test\.[0-9a-f]{32}@", "test.(random)@", head)
    head = head.replace(DIGEST + "0" * 56, "(digest)")
    assert head + "\r\n\r\n" == SENT
    assert body.count("\r\n") == body.count("\n")
    parts = body.split("--cut")
    assert [part.partition("\r\n\r\n")[0].strip() for part in parts[1:3]] == [
        f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable'
        for kind in ("plain", "html")
    ]
    assert parts[3] in BUILT
    assert mark(EMAIL_BUILT, PUBLICATION, TO, NOW).data != marked.data, "its own Message-ID"


def test_the_sample_reader() -> None:
    publication = replace(PUBLICATION, merge_sample={})
    assert sample_values(EMAIL, publication, TO) == {
        "first_name": "Sample",
        "name": "Sample Reader",
        "email": "mira@quay.example",
        "unsubscribe_url": "https://quay.example/#test-unsubscribe",
        "web_url": f"https://quay.example/{EMAIL.slug}/",
    }
    own = replace(publication, merge_sample={"email": "me@quay.example", "name": "Me"})
    assert sample_values(EMAIL, own, TO)["email"] == "me@quay.example"
    assert sample_values(EMAIL, own, ())["name"] == "Me"
    assert sample_values(EMAIL, publication, ())["email"] == "reader@example.org"


def changed(part: str, marked: MarkedMessage) -> MarkedMessage:
    """Return a test message in which one thing differs."""
    old, new = {
        "the HTML part": (b"you.</p>", b"me.</p>"),
        "the text part": (b"you, ships", b"you, boats"),
        "a header": (b"List-Id: a name", b"List-Id: b name"),
        "an image": (b"cGl4ZWxz", b"cGl4ZWx6"),
    }[part]
    assert old in marked.data
    return replace(marked, data=marked.data.replace(old, new))


@pytest.mark.parametrize("part", ["the HTML part", "the text part", "a header", "an image"])
def test_a_test_that_differs_in_anything_else_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    made = marked_message.MarkedMessage
    monkeypatch.setattr(
        marked_message, "MarkedMessage", lambda *values: changed(part, made(*values))
    )
    with pytest.raises(NewsletterError) as caught:
        mark(EMAIL_BUILT, PUBLICATION, TO, NOW)
    assert (caught.value.message, caught.value.hint) == (
        f"The test differs from the build in {part}; nothing was sent",
        "Report it as a bug in newsletter, with the issue.",
    )


def test_a_page_without_a_body_cannot_be_marked() -> None:
    message = EMAIL_BUILT.message.replace(b'<body class="a">', b"")
    with pytest.raises(NewsletterError, match=r"differs from the build in the HTML part"):
        mark(replace(EMAIL_BUILT, message=message), PUBLICATION, TO, NOW)
