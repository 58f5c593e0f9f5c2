"""The message file, line by line: headers, boundaries, and how its text is encoded."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from msgspec.structs import replace

from newsletter.model import Image, Publication
from newsletter.pipeline.library import load_issue, open_workspace
from newsletter.render.message import message, with_embedded
from tests.desk import SLUG, Desk

QUAY = Publication("The Quay", "https://quay.example")


def written(desk: Desk, publication: Publication = QUAY, *images: Image, **values: Any) -> bytes:
    issue = replace(load_issue(open_workspace(desk.root), SLUG), **values)
    return message(issue, publication, "<p>é</p>\n", "Ships = é\n", images=images)


def headers(data: bytes) -> list[str]:
    return data.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


def test_a_message_without_images(desk: Desk) -> None:
    digest = hashlib.sha256(f"{SLUG}\n<p>é</p>\n\nShips = é\n".encode()).hexdigest()
    boundary = f"=_{digest[:24]}"
    assert written(desk).decode("ascii").split("\r\n") == [
        "Subject: The Quay",
        "From: The Quay <newsletter@quay.example>",
        "Date: Sun, 01 Mar 2026 12:00:00 +0000",
        f"Message-ID: <{SLUG}.{digest[:16]}@quay.example>",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        "",
        f"--{boundary}",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "Ships =3D =C3=A9",
        "",
        f"--{boundary}",
        'Content-Type: text/html; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "<p>=C3=A9</p>",
        "",
        f"--{boundary}--",
        "",
    ]


# A publication -> its From, List-Id and List-Unsubscribe lines.
SENDERS: list[tuple[dict[str, str], list[str]]] = [
    (
        {"sender_name": "Desk, Lisbon", "sender_email": "desk@quay.example"},
        ['From: "Desk, Lisbon" <desk@quay.example>'],
    ),
    (
        {"name": "Cais", "sender_name": "Redação", "sender_email": "a/b c@Müller.example"},
        ["From: =?utf-8?b?UmVkYcOnw6Nv?=", " <a/b%20c@xn--mller-kva.example>"],
    ),
    ({"sender_name": "=?x"}, ["From: =?utf-8?b?PT94?=", " <newsletter@quay.example>"]),
    (
        {"list_id": "weekly.quay.example"},
        [
            "From: The Quay <newsletter@quay.example>",
            'List-Id: "The Quay" <weekly.quay.example>',
        ],
    ),
    (
        {"name": 'The "Quay"', "list_id": "weekly.quay.example", "sender_name": "Desk"},
        ["From: Desk <newsletter@quay.example>", "List-Id: <weekly.quay.example>"],
    ),
    (
        {"name": "Caís", "list_id": "weekly.quay.example", "sender_name": "Desk"},
        ["From: Desk <newsletter@quay.example>", "List-Id: <weekly.quay.example>"],
    ),
    (
        {"unsubscribe_url": "https://quay.example/leave?a=b&c=é#d"},
        [
            "From: The Quay <newsletter@quay.example>",
            "List-Unsubscribe: <https://quay.example/leave?a=b&c=%C3%A9#d>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ],
    ),
    (
        {"unsubscribe_url": "mailto:leave@quay.example?subject=x"},
        [
            "From: The Quay <newsletter@quay.example>",
            "List-Unsubscribe: <mailto:leave@quay.example?subject=x>",
        ],
    ),
]


@pytest.mark.parametrize(("values", "expected"), SENDERS)
def test_the_sender_and_the_list(desk: Desk, values: dict[str, str], expected: list[str]) -> None:
    lines = headers(written(desk, replace(QUAY, **values)))
    others = ("Subject:", "Date:", "Message-ID:", "MIME-Version:", "Content-Type:", " boundary")
    assert [line for line in lines if not line.startswith(others)] == expected


@pytest.mark.parametrize(
    ("url", "email", "domain"),
    [
        ("https://müller.example/a", None, "xn--mller-kva.example"),
        ("https://quay.example", "desk@müller.example", "xn--mller-kva.example"),
        ("http://127.0.0.1:8000", None, "127.0.0.1"),
        ("https://", None, "localhost"),
        ("https://quay.example", "desk", "quay.example"),
    ],
)
def test_the_domain_of_an_id_is_ascii(desk: Desk, url: str, email: str | None, domain: str) -> None:
    lines = headers(written(desk, replace(QUAY, url=url, sender_email=email)))
    (message_id,) = (line for line in lines if line.startswith("Message-ID: "))
    assert message_id.endswith(f"@{domain}>")


# A subject -> its lines.
LONG = "https://quay.example/" + "x" * 54
SUBJECTS = {
    "Ships at the quay": ["Subject: Ships at the quay"],
    "Ships: é": ["Subject: =?utf-8?b?U2hpcHM6IMOp?="],
    "a =? b": ["Subject: =?utf-8?b?YSA9PyBi?="],
    LONG: ["Subject: ", f" {LONG}"],
    "x" * 76: [f"Subject: =?utf-8?q?{'x' * 57}?=", f" =?utf-8?q?{'x' * 19}?="],
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_is_encoded_only_where_needed(desk: Desk, subject: str) -> None:
    lines = headers(written(desk, subject=subject))
    found = lines[: next(n for n, line in enumerate(lines) if line.startswith("From:"))]
    assert found == SUBJECTS[subject]


OWN = Image("a.png", "a-1.png", 600, 300, "png", b"png")
SMALL = Image("a.png", "a-2.png", 300, 150, "png", b"p", variant_of="a-1.png")
FAR = Image("https://cdn.example/b.png", "https://cdn.example/b.png", 9, None, "", None)
AT = f"https://quay.example/{SLUG}/images"
# HTML -> with the embedded images.
EMBEDDED = {
    f'<img src="{AT}/a-1.png" alt="A">': '<img src="cid:a-1.png" alt="A">',
    f'<img src="{AT}/a-1.png" srcset="{AT}/a-2.png 1x, {AT}/a-1.png 2x" alt="A">': (
        '<img src="cid:a-1.png" alt="A">'
    ),
    f'<picture><source media="x" srcset="{AT}/a-2.png"><img src="{AT}/a-1.png"></picture>': (
        '<picture><img src="cid:a-1.png"></picture>'
    ),
    '<img src="https://cdn.example/b.png" srcset="https://cdn.example/c.png 2x">': (
        '<img src="https://cdn.example/b.png" srcset="https://cdn.example/c.png 2x">'
    ),
}


@pytest.mark.parametrize("html", EMBEDDED)
def test_html_refers_to_embedded_images(html: str) -> None:
    assert with_embedded(html, [OWN, SMALL, FAR], QUAY, SLUG) == EMBEDDED[html]
    assert with_embedded(html, [SMALL, FAR], QUAY, SLUG) == html, "nothing is embedded"


def test_an_embedded_image_is_a_part(desk: Desk) -> None:
    data = written(desk, QUAY, OWN, SMALL, FAR)
    assert data.count(b"Content-Type: image/png") == 1
    for line in (
        b"Content-ID: <a-1.png>",
        b'Content-Disposition: inline; filename="a-1.png"',
        b"Content-Transfer-Encoding: base64",
        b"Content-Type: multipart/related;",
    ):
        assert line in data
    assert data.count(b"MIME-Version") == 1
    assert data == written(desk, QUAY, OWN, SMALL, FAR), "the same issue has the same bytes"
    boundaries = {line for line in data.split(b"\r\n") if line.startswith(b"--=_")}
    assert len(boundaries) == 4, "two parts, each with a start and an end"
