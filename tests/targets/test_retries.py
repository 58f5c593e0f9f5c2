"""A request is repeated only where that cannot create a second draft."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from newsletter.errors import NewsletterError
from newsletter.targets import client
from newsletter.targets.brevo import Brevo, BrevoSettings
from newsletter.targets.buttondown import Buttondown, ButtondownSettings, _creation
from newsletter.targets.client import Client, Connection, LostReply, Reply, Request, ServiceError
from newsletter.targets.secrets import Secret
from newsletter.targets.service_draft import Content
from newsletter.workspace import find
from tests.desk import SMALLEST, Desk
from tests.targets.test_drafts_and_folders import EMAIL

READ = Request("GET", "/drafts")
CREATE = Request("POST", "/drafts", repeatable=False)
UPDATE = Request("POST", "/drafts/1")
CONNECTION = Connection(
    "Quay Mail",
    "https://api.quay.example",
    dict,
    (Secret("hidden-word", "a test"),),
    ("POST /drafts", "POST /drafts/*"),
    frozenset({"send_at"}),
    "drafts (write)",
)


class Scripted(Client):
    """A client whose service answers with these statuses; `None` loses the reply."""

    def __init__(self, answers: list[int | None], after: str) -> None:
        super().__init__(CONNECTION, cast("Any", None))
        self.answers: Iterator[int | None] = iter(answers)
        self.after = after
        self.sent = 0

    async def _once(self, request: Request) -> Reply:
        self.sent += 1
        status = next(self.answers)
        if status is None:
            raise LostReply("lost")
        headers = {"Retry-After": self.after} if self.after else {}
        return Reply(status, headers, b'{"message": "no hidden-word"}', "Quay Mail")


LOST, LATER, BUSY = None, 503, 429
CASES: list[tuple[Request, list[int | None], str, int, object]] = [
    (READ, [200], "", 1, 200),
    (CREATE, [201], "", 1, 201),
    (READ, [299], "", 1, 299),
    (READ, [LOST, 200], "", 2, 200),
    (READ, [LOST, LOST, LOST], "", 3, LostReply),
    (CREATE, [LOST], "", 1, LostReply),
    (READ, [LATER, LATER, 200], "", 3, 200),
    (READ, [LATER, LATER, LATER], "", 3, ServiceError),
    (CREATE, [LATER], "", 1, LostReply),
    (UPDATE, [500, 200], "", 2, 200),
    (CREATE, [BUSY, BUSY, 201], "", 3, 201),
    (READ, [BUSY, BUSY, BUSY], "", 3, ServiceError),
    (READ, [BUSY, 200], "120", 2, 200),
    (READ, [BUSY], "121", 1, ServiceError),
    (READ, [404], "", 1, ServiceError),
    (READ, [300], "", 1, ServiceError),
]


@pytest.mark.parametrize(("request_", "answers", "after", "sent", "result"), CASES)
def test_what_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
    request_: Request,
    answers: list[int | None],
    after: str,
    sent: int,
    result: object,
) -> None:
    pauses: list[tuple[int, float | None]] = []

    async def pause(attempt: int, asked: float | None) -> None:
        pauses.append((attempt, asked))

    monkeypatch.setattr(client, "pause", pause)
    scripted = Scripted(answers, after)
    if isinstance(result, int):
        assert asyncio.run(scripted.send(request_)).status == result
    else:
        with pytest.raises(cast("type[NewsletterError]", result)) as caught:
            asyncio.run(scripted.send(request_))
        assert type(caught.value) is result
        assert "hidden-word" not in str(caught.value)
    assert scripted.sent == sent
    waits = [float(after) if after and answer in (LATER, BUSY) else None for answer in answers]
    assert pauses == list(enumerate(waits[: sent - 1]))


def test_a_field_that_starts_a_sending_never_leaves() -> None:
    scripted = Scripted([], "")
    for request in (
        Request("POST", "/drafts", json={"send_at": "now"}),
        Request("POST", "/drafts", json={"deep": [{"send_at": "now"}]}),
        Request("POST", "/drafts/1/send"),
        Request("DELETE", "/drafts/1"),
    ):
        with pytest.raises(NewsletterError):
            asyncio.run(scripted.send(request))
    assert scripted.sent == 0


def test_a_creation_is_known_by_a_key_of_its_content() -> None:
    keys = []
    for subject in ("Quay", "Pier", "Quay"):
        request = _creation(Content("slug", {"subject": subject, "html": "<p>", "preheader": ""}))
        assert not request.repeatable
        (name,) = request.headers
        assert name == "X-Idempotency-Key"
        keys.append(request.headers[name])
    assert keys[0] == keys[2] != keys[1]
    assert {len(key) for key in keys} == {64}


@pytest.mark.parametrize(
    ("service", "settings", "more", "escaped"),
    [
        (Buttondown, ButtondownSettings, {}, "Ships {% templatetag openvariable %} x }} & piers"),
        (Brevo, BrevoSettings, {"lists": [1]}, "Ships {\u2060{ x }} & piers"),
    ],
)
def test_a_subject_with_template_signs_prints_as_typed(
    tmp_path: Path, service: Any, settings: Any, more: dict[str, Any], escaped: str
) -> None:
    from msgspec.structs import replace

    workspace = find(Desk.of(SMALLEST, tmp_path / "desk").root)
    made = service("desk", workspace, settings(type="x", **more))
    content = made.compose(replace(EMAIL, subject="Ships {{ x }} & piers"), {})
    assert content.fields["subject"] == escaped
    assert content.key == EMAIL.slug
