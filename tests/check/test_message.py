"""A message file is tampered with, and the rule says what another program would stumble over."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from newsletter.check import run
from newsletter.check.rules.envelope import malformed_message
from tests.check.test_parity import mail

TEXT, HTML = b"Content-Type: text/plain", b"Content-Type: text/html"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"Date: ", b"Date: on ", "the Date on Sun, 01 Mar 2026 12:00:00 +0000 is malformed"),
        (b"Message-ID: <", b"Message-ID: ", "the Message-ID"),
        (b"From: Slack", b"Sender: Slack", "the message has 0 From headers"),
        (b"Subject: ", b"Subject: One\r\nSubject: ", "the message has 2 Subject headers"),
        (
            b"multipart/alternative",
            b"multipart/mixed",
            "the message is multipart/mixed of text/plain and text/html",
        ),
        (b"quoted-printable", b"8bit", "in 8bit, not UTF-8 as quoted-printable"),
        (b"utf-8", b"latin-1", "is latin-1 in quoted-printable"),
        (b"quay", b"key", "the text/plain part of the message is not the one that was built"),
    ],
)
def test_a_fault_of_the_message_is_told(old: bytes, new: bytes, told: str) -> None:
    whole = mail()
    assert old in whole.email.message
    tampered = replace(
        whole, email=replace(whole.email, message=whole.email.message.replace(old, new))
    )
    messages = [finding.message for finding in run([malformed_message], tampered)]
    assert any(told in message for message in messages), messages


def test_html_before_text_is_told() -> None:
    whole = mail()
    data = whole.email.message.replace(TEXT, b"\0").replace(HTML, TEXT).replace(b"\0", HTML)
    messages = [
        f.message
        for f in run([malformed_message], replace(whole, email=replace(whole.email, message=data)))
    ]
    assert messages == [
        "the message is multipart/alternative of text/html and text/plain, not text, then HTML"
    ]
