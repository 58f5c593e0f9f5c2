"""Emails: read with a right or wrong charset declaration; an attached draft takes precedence."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest

from newsletter.importers.draft import Draft
from tests.importers.reading import one, section
from tests.importers.test_word import document, paragraph, run

JA = "港のクレーンは六時に動き始め、七時には列が環状道路まで届く。"
KO = "항구의 크레인은 여섯 시에 움직이기 시작한다."
ZH = "港口的起重机六点开始动,七点队伍排到环路。㐀"
RU = "Краны начинают в шесть, и к семи очередь доходит до кольцевой дороги."
PT = "Não há pão no cais."
# The text, the encoding of the bytes, the declared charset.
CHARSETS = [
    (JA, "iso-2022-jp", "ISO-2022-JP"),
    (JA, "iso-2022-jp", ""),
    (JA, "iso-2022-jp", "utf-8"),
    (PT, "utf-16", "utf-16"),
    (PT, "utf-16-le", "UTF-16LE"),
    (KO, "euc-kr", "EUC-KR"),
    (KO, "cp949", "ks_c_5601-1987"),
    (KO * 3, "euc-kr", ""),
    (ZH, "gb18030", "GB18030"),
    (ZH[:-1], "gbk", "gb2312"),
    (RU, "koi8-r", "KOI8-R"),
    (RU, "koi8-r", ""),
    (RU, "koi8-r", "iso-8859-1"),
    (RU, "cp1251", "utf-8"),
    (PT, "utf-8", "iso-8859-1"),
    (PT, "utf-8", "us-ascii"),
    (PT, "cp1252", "iso-8859-1"),
    (PT, "utf-8", "x-nobody-knows"),
]


def raw(body: bytes, charset: str, encoding: str = "8bit", kind: str = "plain") -> bytes:
    declared = f"; charset={charset}" if charset else ""
    head = (
        "From: Mira Oduya <mira@quay.example>\nSubject: Ports\nDate: Sun, 1 Mar 2026 10:00:00 +0000\n"
        f"MIME-Version: 1.0\nContent-Type: text/{kind}{declared}\nContent-Transfer-Encoding: {encoding}\n\n"
    )
    return head.encode() + body


@pytest.mark.parametrize(("words", "encoding", "declared"), CHARSETS)
def test_the_declared_charset_is_used_or_another_is_detected(
    words: str, encoding: str, declared: str
) -> None:
    body = words.encode(encoding)
    plain = one(raw(base64.encodebytes(body), declared, "base64"), "draft.eml")
    assert plain.blocks[0].words == words
    page = f"<html><head><meta charset=utf-8></head><body><p>{words}</p></body></html>"
    rich = one(
        raw(base64.encodebytes(page.encode(encoding)), declared, "base64", "html"), "draft.eml"
    )
    assert rich.blocks[0].words == words


def test_a_header_without_encoding_is_read() -> None:
    data = raw(b"Words.", "utf-8").replace(b"Ports", "Café no cais".encode("cp1252"))
    assert one(data, "draft.eml").title == "Café no cais"


@pytest.mark.parametrize(
    "subject",
    ["Re: Fwd: Ports", "AW: WG: Ports", "[desk] RE[2]: Ports", "Re: [desk] Re: Ports", "回复：Ports"],
)  # fmt: skip
def test_prefixes_of_replies_are_not_part_of_the_title(subject: str) -> None:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content("Words.")
    assert one(message.as_bytes(), "draft.eml").title == "Ports"


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DRAFT = document(paragraph(run("The Quiet Berth")) + paragraph(run("Nothing moves.")))


def covering(cover: str, *files: tuple[str, bytes, str]) -> Draft:
    message = EmailMessage()
    message["From"] = "Mira Oduya <mira@quay.example>"
    message["Subject"] = "Draft for Sunday"
    message["Date"] = "Sun, 1 Mar 2026 10:00:00 +0000"
    message.set_content(cover)
    for name, data, kind in files:
        main, sub = kind.split("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return one(message.as_bytes(), "mail.eml")


@pytest.mark.parametrize(
    ("name", "kind"), [("draft.docx", "application/octet-stream"), ("draft", WORD)]
)
def test_an_attached_draft_is_imported(name: str, kind: str) -> None:
    draft = covering("See attached.", (name, DRAFT, kind), ("ship.png", b"\x89PNG", "image/png"))
    assert (draft.kind, section(draft)) == ("docx", "The Quiet Berth\n\nNothing moves.\n")
    assert draft.meta == {"sender": "Mira Oduya", "sent": "2026-03-01"}
    assert [(note.message, note.words) for note in draft.notes] == [
        ("email around the attached draft", "Draft for Sunday\nSee attached."),
        ("attachment; import it separately", "ship.png"),
    ]


def test_a_damaged_attachment_is_reported() -> None:
    draft = covering("See attached.", ("draft.docx", DRAFT[:300], "application/octet-stream"))
    assert draft.kind == "email"
    assert [note.words for note in draft.notes] == ["draft.docx"]


def test_a_long_email_is_itself_the_draft() -> None:
    draft = covering("Nothing moves at berth nine. " * 20, ("draft.docx", DRAFT, WORD))
    assert draft.kind == "email"


def test_an_attached_email_is_imported() -> None:
    inner = EmailMessage()
    inner["From"] = "Tomás Leal <t@quay.example>"
    inner["Subject"] = "The Quiet Berth"
    inner["Date"] = "Mon, 2 Mar 2026 10:00:00 +0000"
    inner.set_content("Nothing moves.")
    outer = EmailMessage()
    outer["Subject"] = "Fwd: The Quiet Berth"
    outer.set_content("FYI")
    outer.add_attachment(inner)
    draft = one(outer.as_bytes(), "mail.eml")
    assert section(draft) == "Nothing moves.\n"
    assert draft.meta == {"sender": "Tomás Leal", "sent": "2026-03-02"}


FORWARDED = {
    "gmail": "---------- Forwarded message ---------\nFrom: Tomás Leal <t@quay.example>\n"
    "Date: Mon, 2 Mar 2026 at 10:00\nSubject: The Quiet Berth\nTo: Mira <mira@quay.example>",
    "apple": "Begin forwarded message:\n\nFrom: Tomás Leal <t@quay.example>\n"
    "Subject: The Quiet Berth\nDate: 2 March 2026 at 10:00:00 GMT\nTo: mira@quay.example",
    "outlook, german": "-----Ursprüngliche Nachricht-----\nVon: Tomás Leal\n"
    "Gesendet: 2026-03-02 10:00\nAn: Mira\nBetreff: The Quiet Berth",
}


@pytest.mark.parametrize("header", FORWARDED.values(), ids=FORWARDED)
def test_a_forwarded_draft_is_read_without_the_email_around_it(header: str) -> None:
    text = f"Hi, here it is.\n\n{header}\n\nNothing moves at berth nine.\n"
    draft = one(raw(text.encode(), "utf-8"), "mail.eml")
    assert section(draft) == "Nothing moves at berth nine.\n"
    assert draft.meta == {"sender": "Tomás Leal", "sent": "2026-03-02"}
    assert [note.message for note in draft.notes] == [
        "text above the forwarded email",
        "header of the forwarded email",
    ]


def test_lines_that_only_look_like_a_header_are_kept() -> None:
    text = "From: the harbour\nTo: the sea\n\nNothing moves at berth nine.\n"
    draft = one(raw(text.encode(), "utf-8"), "mail.eml")
    assert draft.blocks[0].words == "From: the harbour\nTo: the sea"


def test_an_attached_email_with_broken_bytes_is_read() -> None:
    inner = "Subject: Café\xe9\n\nNothing moves at berth nine, caf\xe9.\n".encode("latin-1")
    outer = (
        b"Subject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        b"Content-Type: message/rfc822\n\n" + inner + b"\n--x--\n"
    )
    assert section(one(outer, "mail.eml")) == "Nothing moves at berth nine, café.\n"


def test_a_mailbox_without_a_first_separator_is_one_email() -> None:
    draft = one(b"Subject: Ports\nFrom: a@quay.example\n\nNothing moves.\n", "mails.mbox")
    assert section(draft) == "Nothing moves.\n"
