"""What each service returns, as a draft: complete and with gaps, over several pages, in any state."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.model import Email, Image
from newsletter.targets import open_targets
from newsletter.targets.client import Client, Reply, Request
from newsletter.targets.ghost import article
from newsletter.targets.service import edited
from newsletter.targets.service_draft import Content, ServiceDraft
from newsletter.workspace import find
from tests.desk import SMALLEST, Desk
from tests.targets.cases import CASES
from tests.targets.test_drafts_and_folders import EMAIL

BY_NAME = {case.name: case for case in CASES}
MORE = {"listmonk": "template = 4", "mailchimp": "segment = 12", "resend": 'topic = "harbour"'}
DAY = "2026-03-02T06:00:00Z"


class Canned(Client):
    """A client that answers each request from a table, and records them."""

    def __init__(self, service: Any, answers: Callable[[Request], Any]) -> None:
        super().__init__(service.connection(), cast("Any", None))
        self.answers = answers
        self.sent: list[str] = []

    async def send(self, request: Request) -> Reply:
        self.sent.append(f"{request.method} {request.target}")
        body = json.dumps(self.answers(request)).encode()
        return Reply(200, {}, body, self.connection.service)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that opens a service."""

    def open_service(
        name: str, *, more: bool = False, url: str = "https://api.quay.example"
    ) -> Any:
        case = BY_NAME[name]
        monkeypatch.setenv(case.variable, case.token)
        desk = Desk.of(SMALLEST, tmp_path / "desk")
        desk.write("newsletter.toml", case.settings(url) + MORE.get(name, "") * more)
        (target,) = open_targets(find(desk.root), ("desk",))
        return cast("Any", target).service

    return open_service


# --- one draft ------------------------------------------------------------------------------------

Parts = tuple[dict[str, Any], bool, ServiceDraft]
HTML = "<p>Ships</p>"
DRAFTS: dict[str, Parts] = {
    "listmonk": (
        {
            "id": 41,
            "status": "draft",
            "subject": "Quay",
            "from_email": "Q <q@quay.example>",
            "lists": [{"id": 5}, {"id": 3}],
            "body": HTML,
            "altbody": "Ships",
            "template_id": 4,
            "tags": ["newsletter", "quay", "newsletter-00ff", "newsletter-11ee"],
            "updated_at": "now",
            "send_at": None,
            "started_at": None,
        },
        True,
        ServiceDraft(
            "41",
            "draft",
            "draft",
            {
                "subject": "Quay",
                "sender": "Q <q@quay.example>",
                "lists": "3, 5",
                "html": HTML,
                "text": "Ships",
                "template": "4",
            },
            "https://api.quay.example/admin/campaigns/41",
            "00ff",
            "now",
        ),
    ),
    "listmonk, with gaps": (
        {
            "id": 41,
            "status": "running",
            "subject": "",
            "from_email": "",
            "lists": [],
            "body": "",
            "altbody": None,
            "template_id": None,
            "tags": None,
            "started_at": DAY,
        },
        True,
        ServiceDraft(
            "41",
            "sent",
            "running",
            {"subject": "", "sender": "", "lists": "", "html": "", "text": "", "template": ""},
            "https://api.quay.example/admin/campaigns/41",
            date=DAY,
        ),
    ),
    "listmonk, scheduled": (
        {
            "id": 7,
            "status": "scheduled",
            "subject": "Quay",
            "from_email": "",
            "lists": [],
            "body": "",
            "tags": ["other"],
            "send_at": DAY,
            "started_at": "later",
        },
        False,
        ServiceDraft(
            "7",
            "scheduled",
            "scheduled",
            {"subject": "Quay", "sender": "", "lists": "", "html": "", "text": ""},
            "https://api.quay.example/admin/campaigns/7",
            date=DAY,
        ),
    ),
    "buttondown": (
        {
            "id": "em_1",
            "status": "draft",
            "subject": "Quay",
            "description": "The deck",
            "body": HTML,
            "metadata": {"key": "quay", "fingerprint": "00ff"},
            "modification_date": "now",
            "publish_date": None,
        },
        False,
        ServiceDraft(
            "em_1",
            "draft",
            "draft",
            {"subject": "Quay", "preheader": "The deck", "html": HTML},
            "https://buttondown.com/emails/em_1",
            "00ff",
            "now",
        ),
    ),
    "buttondown, with gaps": (
        {
            "id": "em_1",
            "status": "about_to_send",
            "subject": "",
            "body": "",
            "metadata": None,
            "publish_date": DAY,
        },
        False,
        ServiceDraft(
            "em_1",
            "scheduled",
            "about_to_send",
            {"subject": "", "preheader": "", "html": ""},
            "https://buttondown.com/emails/em_1",
            date=DAY,
        ),
    ),
    "buttondown, in flight": (
        {
            "id": "em_1",
            "status": "in_flight",
            "subject": "",
            "body": "",
            "description": None,
            "metadata": {},
        },
        False,
        ServiceDraft(
            "em_1",
            "sent",
            "in_flight",
            {"subject": "", "preheader": "", "html": ""},
            "https://buttondown.com/emails/em_1",
        ),
    ),
    "mailchimp": (
        {
            "id": "c1",
            "web_id": 700,
            "status": "save",
            "settings": {
                "subject_line": "Quay",
                "preview_text": "The deck",
                "from_name": "Q",
                "reply_to": "q@quay.example",
                "title": "quay · 00ff",
            },
            "recipients": {"list_id": "a1b2c3", "segment_opts": {"saved_segment_id": 12}},
            "html": HTML,
            "plain_text": "Ships",
            "updated_at": "now",
            "send_time": "",
        },
        True,
        ServiceDraft(
            "c1",
            "draft",
            "draft",
            {
                "subject": "Quay",
                "preheader": "The deck",
                "sender": "Q <q@quay.example>",
                "audience": "a1b2c3, segment 12",
                "html": HTML,
                "text": "Ships",
            },
            "https://us19.admin.mailchimp.com/campaigns/edit?id=700",
            "00ff",
            "now",
        ),
    ),
    "mailchimp, with gaps": (
        {
            "id": "c1",
            "web_id": 700,
            "status": "schedule",
            "settings": {},
            "recipients": {"list_id": "a1b2c3", "segment_opts": None},
            "send_time": DAY,
        },
        False,
        ServiceDraft(
            "c1",
            "scheduled",
            "scheduled",
            {
                "subject": "",
                "preheader": "",
                "sender": " <>",
                "audience": "a1b2c3",
                "html": "",
                "text": "",
            },
            "https://us19.admin.mailchimp.com/campaigns/edit?id=700",
            date=DAY,
        ),
    ),
    "mailchimp, paused": (
        {
            "id": "c1",
            "web_id": 1,
            "status": "paused",
            "settings": {"title": "By hand"},
            "recipients": {"list_id": "a1b2c3", "segment_opts": {}},
        },
        False,
        ServiceDraft(
            "c1",
            "sent",
            "paused",
            {
                "subject": "",
                "preheader": "",
                "sender": " <>",
                "audience": "a1b2c3",
                "html": "",
                "text": "",
            },
            "https://us19.admin.mailchimp.com/campaigns/edit?id=1",
        ),
    ),
    "brevo": (
        {
            "id": 310,
            "status": "draft",
            "subject": "Quay",
            "sender": {"name": "Q", "email": "q@quay.example"},
            "recipients": {"lists": [9, 7]},
            "htmlContent": HTML,
            "name": "quay · 00ff",
            "modifiedAt": "now",
        },
        False,
        ServiceDraft(
            "310",
            "draft",
            "draft",
            {"subject": "Quay", "sender": "Q <q@quay.example>", "lists": "7, 9", "html": HTML},
            "https://app.brevo.com/campaigns/email/310",
            "00ff",
            "now",
        ),
    ),
    "brevo, with gaps": (
        {"id": 310, "status": "queued", "name": "By hand", "scheduledAt": DAY, "sentDate": "later"},
        False,
        ServiceDraft(
            "310",
            "scheduled",
            "queued",
            {"subject": "", "sender": " <>", "lists": "", "html": ""},
            "https://app.brevo.com/campaigns/email/310",
            date=DAY,
        ),
    ),
    "brevo, sent": (
        {
            "id": 310,
            "status": "sent",
            "name": "quay · 00ff",
            "subject": None,
            "sender": {},
            "recipients": {"lists": None},
            "htmlContent": None,
            "sentDate": DAY,
        },
        False,
        ServiceDraft(
            "310",
            "sent",
            "sent",
            {"subject": "", "sender": " <>", "lists": "", "html": ""},
            "https://app.brevo.com/campaigns/email/310",
            "00ff",
            date=DAY,
        ),
    ),
    "resend": (
        {
            "id": "bc-1",
            "status": "draft",
            "subject": "Quay",
            "from": "Q <q@quay.example>",
            "segment_id": "seg-1",
            "topic_id": "harbour",
            "html": HTML,
            "text": "Ships",
            "name": "quay · 00ff",
        },
        True,
        ServiceDraft(
            "bc-1",
            "draft",
            "draft",
            {
                "subject": "Quay",
                "sender": "Q <q@quay.example>",
                "segment": "seg-1",
                "html": HTML,
                "text": "Ships",
                "topic": "harbour",
            },
            "https://resend.com/broadcasts/bc-1",
            "00ff",
        ),
    ),
    "resend, with gaps": (
        {"id": "bc-1", "status": "queued", "scheduled_at": DAY, "sent_at": "later"},
        True,
        ServiceDraft(
            "bc-1",
            "scheduled",
            "queued",
            {"subject": "", "sender": "", "segment": "", "html": "", "text": "", "topic": ""},
            "https://resend.com/broadcasts/bc-1",
            date=DAY,
        ),
    ),
    "resend, sent": (
        {"id": "bc-1", "status": "sent", "name": "By hand", "sent_at": DAY},
        False,
        ServiceDraft(
            "bc-1",
            "sent",
            "sent",
            {"subject": "", "sender": "", "segment": "", "html": "", "text": ""},
            "https://resend.com/broadcasts/bc-1",
            date=DAY,
        ),
    ),
    "ghost": (
        {
            "id": "p1",
            "status": "draft",
            "title": "Quay",
            "email_subject": "Ships",
            "custom_excerpt": "The deck",
            "html": f"<!--kg-card-begin: html-->\n<!-- newsletter quay 00ff -->\n{HTML}\n"
            "<!--kg-card-end: html-->",
            "updated_at": "now",
        },
        False,
        ServiceDraft(
            "p1",
            "draft",
            "draft",
            {"title": "Quay", "subject": "Ships", "preheader": "The deck", "html": HTML},
            "https://api.quay.example/ghost/#/editor/post/p1",
            "00ff",
            "now",
        ),
    ),
    "ghost, with gaps": (
        {"id": "p1", "status": "published", "title": "", "html": None, "published_at": DAY},
        False,
        ServiceDraft(
            "p1",
            "sent",
            "published",
            {"title": "", "subject": "", "preheader": "", "html": ""},
            "https://api.quay.example/ghost/#/editor/post/p1",
            date=DAY,
        ),
    ),
}
WRAPPED: dict[str, Callable[[Any], Any]] = {
    "listmonk": lambda row: {"data": row},
    "ghost": lambda row: {"posts": [row]},
}


@pytest.mark.parametrize("name", DRAFTS)
def test_what_a_service_returns_is_read_as_a_draft(opened: Callable[..., Any], name: str) -> None:
    row, more, expected = DRAFTS[name]
    kind = name.partition(",")[0]
    url = "https://us19.quay.example" if kind == "mailchimp" else "https://api.quay.example/"
    service = opened(kind, more=more, url=url)
    wrapped = WRAPPED.get(kind, lambda row: row)(row)
    client = Canned(service, lambda request: wrapped)
    assert asyncio.run(service.read(client, expected.id)) == expected


# --- listings -------------------------------------------------------------------------------------

KEY = "2026-03-01-quay"


def found(service: Any, answers: Callable[[Request], Any]) -> tuple[list[str], list[str]]:
    """Return the ids of the drafts with our key, and the listings requested."""
    ids: list[str] = []

    async def read(_: Any, client: Client, draft_id: str) -> str:
        ids.append(draft_id)
        return draft_id

    client = Canned(service, answers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(service), "read", read)
        assert asyncio.run(service.find(client, KEY)) == ids
    return ids, client.sent


def pages(parameter: str, *rows: Any, size: int = 1) -> Callable[[Request], Any]:
    """Return answers to listings, by the number of the page or of its first row."""

    def answer(request: Request) -> Any:
        number = int(dict(request.query)[parameter])
        start = number - 1 if parameter == "page" else number // size
        return rows[start] if start < len(rows) else rows[-1]

    return answer


def listmonk(*tags: Any, total: int) -> Any:
    results = [{"id": number, "tags": each} for number, each in tags]
    return {"data": {"results": results, "total": total}}


def test_listmonk_lists_its_campaigns_page_by_page(opened: Callable[..., Any]) -> None:
    service = opened("listmonk")
    some = pages(
        "page",
        listmonk((1, [KEY]), (2, ["other"]), total=4),
        listmonk((3, None), (4, ["a", KEY]), total=4),
        listmonk((5, [KEY]), total=4),
    )
    ids, sent = found(service, some)
    assert ids == ["1", "4"]
    assert sent == [
        f"GET /api/campaigns?tag={KEY}&no_body=true&per_page=100&page={page}" for page in (1, 2)
    ]
    assert found(service, pages("page", listmonk(total=9)))[0] == []
    assert len(found(service, pages("page", listmonk((1, []), total=999)))[1]) == 100


def test_listmonk_lists_its_files_page_by_page(opened: Callable[..., Any]) -> None:
    def page(*names: str, total: int) -> Any:
        results = [{"filename": name, "url": f"/uploads/{name}"} for name in names]
        return {"data": {"results": results, "total": total}}

    def hosted(*answers: Any) -> tuple[dict[str, str], int]:
        client = Canned(service, pages("page", *answers))
        return asyncio.run(service.hosted(client)), len(client.sent)

    service = opened("listmonk", url="https://lists.quay.example/base/")
    files, count = hosted(page("a.png", total=2), page("b.png", total=2), page("c.png", total=2))
    assert count == 2
    assert files == {
        "a.png": "https://lists.quay.example/uploads/a.png",
        "b.png": "https://lists.quay.example/uploads/b.png",
    }
    assert hosted(page(total=5)) == ({}, 1)
    assert hosted(page("a.png", total=999))[1] == 100


def test_buttondown_lists_its_emails_page_by_page(opened: Callable[..., Any]) -> None:
    service = opened("buttondown")
    rows = [
        {"id": "a", "status": "draft", "metadata": {"key": KEY}},
        {"id": "b", "status": "sent", "slug": KEY, "metadata": None},
        {"id": "c", "status": "draft", "slug": "other", "metadata": {"key": "other"}},
    ]
    last = [{"id": "d", "status": "deleted", "slug": KEY}, {"id": "e", "status": "draft"}]
    some = pages("page", {"results": rows, "next": "more"}, {"results": last})
    ids, sent = found(service, some)
    assert ids == ["a", "b"]
    assert sent == [f"GET /v1/emails?excluded_fields=body&page={page}" for page in (1, 2)]
    endless = pages("page", {"results": [], "next": "more"})
    assert len(found(service, endless)[1]) == 50


def test_mailchimp_lists_its_campaigns_page_by_page(opened: Callable[..., Any]) -> None:
    service = opened("mailchimp")
    titles = {"a": f"{KEY} · 00ff", "b": KEY, "c": f"{KEY}-2 · 00ff", "d": f"x {KEY}"}
    rows = [{"id": one, "settings": {"title": title}} for one, title in titles.items()]
    some = pages(
        "offset",
        {"campaigns": [*rows, {"id": "e", "settings": {}}], "total_items": 1001},
        {"campaigns": rows[:1], "total_items": 1001},
        size=1000,
    )
    ids, sent = found(service, some)
    assert ids == ["a", "b", "a"]
    assert [line.split("offset=")[1].partition("&")[0] for line in sent] == ["0", "1000"]
    assert len(found(service, pages("offset", {"campaigns": [], "total_items": 1000}))[1]) == 1
    assert len(found(service, pages("offset", {"campaigns": [], "total_items": 0}))[1]) == 1


def test_mailchimp_lists_its_files_page_by_page(opened: Callable[..., Any]) -> None:
    service = opened("mailchimp")

    def page(name: str) -> Any:
        row = {"name": name, "full_size_url": f"https://files.example/{name}"}
        return {"files": [row], "total_items": 1001}

    client = Canned(service, pages("offset", page("a.png"), page("b.png"), size=1000))
    assert asyncio.run(service.hosted(client)) == {
        "a.png": "https://files.example/a.png",
        "b.png": "https://files.example/b.png",
    }
    assert client.sent == [
        "GET /file-manager/files?count=1000&offset=0",
        "GET /file-manager/files?count=1000&offset=1000",
    ]


def test_brevo_lists_its_campaigns_page_by_page(opened: Callable[..., Any]) -> None:
    service = opened("brevo")
    rows = [
        {"id": 1, "tag": KEY, "name": "renamed"},
        {"id": 2, "name": f"{KEY} · 00ff"},
        {"id": 3, "tag": "other", "name": f"{KEY}-2 · 00ff"},
    ]
    some = pages(
        "offset",
        {"campaigns": rows, "count": 101},
        {"campaigns": None, "count": 101},
        size=100,
    )
    ids, sent = found(service, some)
    assert ids == ["1", "2"]
    assert [line.split("offset=")[1].partition("&")[0] for line in sent] == ["0", "100"]
    assert len(found(service, pages("offset", {"count": 100}))[1]) == 1
    assert len(found(service, pages("offset", {"count": 0}))[1]) == 1


def test_resend_lists_its_broadcasts_page_by_page(opened: Callable[..., Any]) -> None:
    service = opened("resend")
    rows = [
        {"id": "a", "name": f"{KEY} · 00ff"},
        {"id": "b", "name": None},
        {"id": "c", "name": f"{KEY}-2"},
    ]

    def answer(request: Request) -> Any:
        after = dict(request.query).get("after")
        return {
            None: {"data": rows, "has_more": True},
            "c": {"data": [{"id": "d", "name": KEY}], "has_more": True},
            "d": {"data": [], "has_more": True},
        }[after]

    ids, sent = found(service, answer)
    assert ids == ["a", "d"]
    assert sent == [f"GET /broadcasts?limit=100{more}" for more in ("", "&after=c", "&after=d")]
    assert len(found(service, lambda request: {"data": rows})[1]) == 1


def test_ghost_finds_posts_by_their_slug_or_our_key(opened: Callable[..., Any]) -> None:
    service = opened("ghost")
    marked = f"<!-- newsletter {KEY} 00ff -->"
    rows: list[dict[str, Any]] = [
        {"id": "a", "slug": KEY, "html": None},
        {"id": "b", "slug": f"{KEY}-2", "html": f"<p>{marked}"},
        {"id": "c", "slug": f"{KEY}-3", "html": marked.replace(KEY, "other")},
        {"id": "d", "slug": f"{KEY}-4", "html": None},
    ]
    posts = [{"title": "", "status": "draft", **row} for row in rows]
    client = Canned(service, lambda request: {"posts": posts})
    assert [draft.id for draft in asyncio.run(service.find(client, KEY))] == ["a", "b"]


# --- at the last moment ---------------------------------------------------------------------------

MOVED: dict[str, tuple[str, dict[str, str]]] = {
    "listmonk": ("Campaign 41 is already paused", {"status": "paused"}),
    "buttondown": ("Email 41 is already sent", {"status": "sent"}),
    "mailchimp": ("Campaign 41 is already scheduled", {"status": "schedule"}),
    "brevo": ("Campaign 41 is already queued", {"status": "queued", "name": "x"}),
    "resend": ("Broadcast 41 is already sent", {"status": "sent"}),
}


@pytest.mark.parametrize("name", MOVED)
def test_a_draft_that_started_meanwhile_is_not_written(
    opened: Callable[..., Any], name: str
) -> None:
    message, moved = MOVED[name]
    service = opened(name)
    row: dict[str, Any] = {"id": "41", "subject": "", "body": "", **moved}
    client = Canned(service, lambda request: {**row, "data": row})
    draft = ServiceDraft("41", "draft", "draft", {}, "https://there.example")
    with pytest.raises(NewsletterError) as caught:
        asyncio.run(service.update(client, Content(KEY, {}), draft))
    assert caught.value.message == f"{message}: https://there.example"
    assert [line.partition(" ")[0] for line in client.sent] == ["GET"]


# --- keys and articles ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "base"),
    [
        ("0123456789abcdef-us19", "https://us19.api.mailchimp.com/3.0"),
        ("0123-4567-us1", "https://us1.api.mailchimp.com/3.0"),
        ("0123456789abcdef", None),
        ("0123456789abcdef-eu19", None),
        ("0123456789abcdef-us19.evil.example/", None),
        ("us19", "https://us19.api.mailchimp.com/3.0"),
    ],
)
def test_a_key_of_mailchimp_names_the_address(
    opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, token: str, base: str | None
) -> None:
    service = opened("mailchimp")
    service = replace(service, settings=replace(service.settings, api=None))
    monkeypatch.setenv("NEWSLETTER_DESK_TOKEN", token)
    if base is not None:
        assert service.connection().base == base
        return
    with pytest.raises(NewsletterError) as caught:
        service.connection()
    assert (caught.value.message, caught.value.hint) == (
        'No data center in the token for target "desk" from the environment variable '
        "NEWSLETTER_DESK_TOKEN",
        "Copy the whole key; it ends with a data center such as -us19.",
    )


@pytest.mark.parametrize(
    "token",
    ["a" * 24, f"{'a' * 24}:{'0' * 63}", f"{'g' * 24}:{'0' * 64}", f"{'a' * 24}:{'0' * 64}x"],
)
def test_what_is_no_key_of_ghost_is_rejected(
    opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    service = opened("ghost")
    monkeypatch.setenv("NEWSLETTER_DESK_TOKEN", token)
    with pytest.raises(NewsletterError) as caught:
        service.connection()
    assert (caught.value.message, caught.value.hint) == (
        'The token for target "desk" from the environment variable NEWSLETTER_DESK_TOKEN is not an '
        "Admin API key",
        "Copy it from the custom integration; it has the form ID:SECRET.",
    )


def test_ghost_sends_no_test(opened: Callable[..., Any]) -> None:
    service = opened("ghost")
    client = Canned(service, lambda request: {})
    with pytest.raises(WrongUsage) as caught:
        asyncio.run(service.send_test(client, EMAIL, None, ("mira@quay.example",)))
    assert (caught.value.message, caught.value.hint) == (
        "Ghost sends no tests for an integration",
        "Leave --via out.",
    )
    assert client.sent == []


def test_brevo_never_sends_a_test_to_its_whole_test_list(opened: Callable[..., Any]) -> None:
    service = opened("brevo")
    client = Canned(service, lambda request: {})
    with pytest.raises(ValueError, match="an empty list would reach Brevo's whole test list"):
        asyncio.run(service.send_test(client, EMAIL, None, ()))
    assert client.sent == []


@pytest.mark.parametrize(
    ("page", "inner"),
    [
        ("<body><article>\n<p>A</p>\n</article></body>", "<p>A</p>"),
        ('<article class="a"><h1 id="x">T</h1><p>A</p></article>', "<p>A</p>"),
        ('<article> <h1>T</h1> <p class="e">Deck</p> <p>A</p></article>', "<p>A</p>"),
        ('<article><h1>T</h1><p class="f">A</p></article>', '<p class="f">A</p>'),
        ("<article><p>A</p><h1>T</h1></article>", "<p>A</p><h1>T</h1>"),
        ("<article><h1>T</h1><h1>U</h1></article>", "<h1>U</h1>"),
        ("<article><article>A</article></article>", "<article>A</article>"),
        ("<p>A</p>", "<p>A</p>"),
        ("<h1>T</h1><p>A</p>", "<p>A</p>"),
    ],
)
def test_the_article_of_a_page(page: str, inner: str) -> None:
    assert article(page) == inner


def test_ghost_gets_the_images_where_they_are_hosted(opened: Callable[..., Any]) -> None:
    service = opened("ghost")
    images = tuple(
        Image(name, name, 600, 300, "png", data)
        for name, data in (("a.png", b"a"), ("b.png", b"b"), ("c.png", None))
    )
    page = (
        '<article><img src="images/a.png" srcset="images/a.png 1x, images/b.png 2x">'
        '<img src="images/c.png"> images/a.png</article>'
    )
    email: Email = replace(EMAIL, web=page, images=images, preheader="d" * 301)
    content = service.compose(email, {"a.png": "https://ghost.example/a.png"})
    b = f"https://letters.quay.example/{EMAIL.slug}/images/b.png"
    html = (
        '<img src="https://ghost.example/a.png" srcset="https://ghost.example/a.png 1x, '
        f'{b} 2x"><img src="images/c.png"> images/a.png'
    )
    assert content == Content(
        EMAIL.slug,
        {"title": "Quay", "subject": "Quay", "preheader": "d" * 300, "html": html},
        html,
    )


# --- edits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marker", "last", "changed"),
    [
        ("STORED", None, False),  # found again without a receipt
        ("STOR", None, False),  # cut by a service that limits names
        ("0000", None, True),
        (None, None, True),
        ("", None, True),
        ("0000", {"id": "41", "stored": "STORED"}, False),
        ("0000", {"id": "42", "stored": "STORED"}, True),
        ("0000", {"id": "41", "stored": "0000"}, True),
        ("0000", {}, True),
    ],
)
def test_a_draft_was_edited_if_it_is_not_what_we_wrote(
    marker: str | None, last: dict[str, str] | None, changed: bool
) -> None:
    fields = {"subject": "Quay"}
    now = Content(KEY, fields).fingerprint
    names = {"STORED": now, "STOR": now[:4]}
    draft = ServiceDraft("41", "draft", "draft", fields, "", marker and names.get(marker, marker))
    known = last and {name: names.get(value, value) for name, value in last.items()}
    assert edited(draft, known) is changed
