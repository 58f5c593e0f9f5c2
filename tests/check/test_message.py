"""A tampered message file is reported with what would break other programs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from newsletter.check import run
from newsletter.check.rules.envelope import malformed_message
from tests.check.test_parity import checked_email

TEXT, HTML = b"Content-Type: text/plain", b"Content-Type: text/html"


@pytest.mark.parametrize(
    ("old", "new", "reported"),
    [
        (b"Date: ", b"Date: on ", "Malformed Date: on Sun, 01 Mar 2026 12:00:00 +0000"),
        (b"Message-ID: <", b"Message-ID: ", "Malformed Message-ID"),
        (b"From: Slack", b"Sender: Slack", "Expected one From header, found 0"),
        (b"Subject: ", b"Subject: One\r\nSubject: ", "Expected one Subject header, found 2"),
        (
            b"multipart/alternative",
            b"multipart/mixed",
            "Expected text, then HTML, found multipart/mixed of text/plain and text/html",
        ),
        (b"quoted-printable", b"8bit", "found utf-8 as 8bit"),
        (b"utf-8", b"latin-1", "found latin-1 as quoted-printable"),
        (b"quay", b"key", "The text/plain part of the message differs from the one that was built"),
    ],
)
def test_an_error_in_the_message_is_reported(old: bytes, new: bytes, reported: str) -> None:
    email = checked_email()
    assert old in email.email.message
    tampered = replace(
        email, email=replace(email.email, message=email.email.message.replace(old, new))
    )
    messages = [finding.message for finding in run([malformed_message], tampered)]
    assert any(reported in message for message in messages), messages


def test_html_before_text_is_reported() -> None:
    email = checked_email()
    data = email.email.message.replace(TEXT, b"\0").replace(HTML, TEXT).replace(b"\0", HTML)
    messages = [
        f.message
        for f in run([malformed_message], replace(email, email=replace(email.email, message=data)))
    ]
    assert messages == [
        "Expected text, then HTML, found multipart/alternative of text/html and text/plain"
    ]
