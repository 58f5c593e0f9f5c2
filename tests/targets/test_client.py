"""The HTTP client: what it refuses to send, which servers it trusts, what it retries."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.targets.client import Connection, Reply, Request, open_client
from newsletter.targets.secrets import Secret
from tests.targets.cases import CASES, Case, is_fake
from tests.targets.fakes.server import Answer, FakeService, Seen, running

TOKEN = Secret("hidden-token-1", "a test")


class Echo(FakeService):
    """Accepts every request."""

    def authorized(self, seen: Seen) -> Answer | None:
        return None

    def route(self, seen: Seen) -> Answer:
        if seen.method == "CONNECT":
            return Answer(502)
        return Answer(200, {"path": seen.path, "filling": "x" * int(seen.asked("size", "0"))})


def connection(base: str, **more: Any) -> Connection:
    return replace(
        Connection(
            "The service",
            base,
            lambda: {"Authorization": TOKEN.reveal()},
            (TOKEN,),
            ("POST /drafts", "PUT /drafts/*"),
            frozenset({"send_at"}),
            "drafts",
        ),
        **more,
    )


def send(to: Connection, request: Request) -> Reply:
    async def once() -> Reply:
        async with open_client(to) as client:
            return await client.send(request)

    return asyncio.run(once())


UNSAFE = (
    Request("POST", "/drafts/1/send"),
    Request("PUT", "/drafts/1/status"),
    Request("DELETE", "/drafts/1"),
    Request("POST", "/drafts", json={"send_at": None}),
    Request("POST", "/drafts", json={"settings": [{"send_at": "now"}]}),
)


@pytest.mark.parametrize("request_", UNSAFE, ids=lambda request: f"{request.method} {request.path}")
def test_requests_that_might_send_are_blocked(request_: Request) -> None:
    with running(Echo()) as echo, pytest.raises(NewsletterError, match="newsletter"):
        send(connection(echo.url), request_)
    assert echo.seen == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_services_allow_only_drafts_and_images(
    case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The complete list of writes by all targets: a new line here is a deliberate decision."""
    monkeypatch.setenv(case.variable, case.token)
    (tmp_path / "newsletter.toml").write_text(case.settings("http://127.0.0.1:9"), "utf-8")
    from newsletter.targets import open_targets
    from newsletter.workspace import find

    (target,) = open_targets(find(tmp_path), ("desk",))
    service: Any = target.service  # type: ignore[attr-defined]
    assert (
        service.connection().writes
        == {
            "listmonk": ("POST /api/campaigns", "PUT /api/campaigns/*", "POST /api/media"),
            "buttondown": ("POST /v1/emails", "PATCH /v1/emails/*", "POST /v1/images"),
            "mailchimp": (
                "POST /campaigns",
                "PATCH /campaigns/*",
                "PUT /campaigns/*/content",
                "POST /file-manager/files",
            ),
            "brevo": ("POST /emailCampaigns", "PUT /emailCampaigns/*"),
            "resend": ("POST /broadcasts", "PATCH /broadcasts/*"),
            "ghost": (
                "POST /ghost/api/admin/posts/",
                "PUT /ghost/api/admin/posts/*/",
                "POST /ghost/api/admin/images/upload/",
            ),
        }[case.name]
    )


STARTING: dict[str, tuple[tuple[str, str, Any], ...]] = {
    "listmonk": (
        ("PUT", "/api/campaigns/41/status", {"status": "running"}),
        ("POST", "/api/campaigns", {"send_at": "2026-03-01"}),
    ),
    "buttondown": (
        ("POST", "/v1/emails", {"subject": "S", "body": "B"}),  # the default status sends
        ("POST", "/v1/emails", {"subject": "S", "status": "about_to_send"}),
        ("POST", "/v1/emails/em_1/publish", {}),
        ("PATCH", "/v1/emails/em_1", {"status": "scheduled"}),
    ),
    "mailchimp": (
        ("POST", "/3.0/campaigns/c1/actions/send", {}),
        ("POST", "/3.0/campaigns/c1/actions/schedule", {"schedule_time": "x"}),
        ("POST", "/3.0/campaigns", {"settings": {"auto_tweet": True}}),
    ),
    "brevo": (
        ("POST", "/v3/emailCampaigns/310/sendNow", {}),
        ("PUT", "/v3/emailCampaigns/310/status", {"status": "queued"}),
        ("POST", "/v3/emailCampaigns", {"scheduledAt": "2026-03-01"}),
    ),
    "resend": (
        ("POST", "/broadcasts/bc-1/send", {}),
        ("POST", "/broadcasts", {"send": True}),
        ("POST", "/emails", {"to": ["list@quay.example"]}),
    ),
    "ghost": (
        ("POST", "/ghost/api/admin/posts/", {"posts": [{"status": "published"}]}),
        ("PUT", "/ghost/api/admin/posts/1/", {"posts": [{"status": "scheduled"}]}),
        ("POST", "/ghost/api/admin/posts/", {"posts": [{"newsletter": "weekly"}]}),
    ),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fake_records_and_rejects_requests_that_start_a_sending(case: Case) -> None:
    """Otherwise the check at the end of every story could never fail."""
    with running(case.fake()) as fake:
        root = fake.url.removesuffix(is_fake(fake).base)
        paths = tuple(f"{method} {path}" for method, path, _ in STARTING[case.name])
        free = replace(connection(root), writes=paths, forbidden=frozenset())
        for method, path, body in STARTING[case.name]:
            with pytest.raises(NewsletterError, match="a fake never sends"):
                send(free, Request(method, path, json=body))
    assert len(fake.violations) == len(STARTING[case.name])
    assert not fake.drafts()


def test_a_token_never_leaves_unencrypted() -> None:
    with pytest.raises(NewsletterError, match=r"Unencrypted connection to lists\.quay\.example"):
        send(connection("http://lists.quay.example"), Request("GET", "/"))


def test_an_error_never_contains_the_token() -> None:
    with running(Echo()) as echo:
        echo.fail(
            "GET", ".*", "answer", answer=Answer(400, {"message": f"bad {TOKEN.reveal()} here"})
        )
        with pytest.raises(NewsletterError) as raised:
            send(connection(echo.url), Request("GET", "/drafts"))
    assert raised.value.message == "The service refused GET /drafts: 400 bad [secret] here"


def test_a_proxy_from_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Echo()) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(NewsletterError):
            send(connection("https://lists.quay.example"), Request("GET", "/drafts"))
        assert {(seen.method, seen.path) for seen in proxy.seen} == {
            ("CONNECT", "lists.quay.example:443")
        }
        monkeypatch.setenv("no_proxy", "127.0.0.1,quay.example")
        assert send(connection(proxy.url), Request("GET", "/drafts")).json()["path"] == "/drafts"


def _secured(ca: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(context)
    return context


def test_a_private_authority_is_trusted_only_where_it_is_named(tmp_path: Path) -> None:
    ca = trustme.CA()
    path = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    with running(Echo(), tls=_secured(ca)) as echo:
        base = echo.url.replace("127.0.0.1", "localhost")
        with pytest.raises(NewsletterError, match="Certificate of localhost not accepted"):
            send(connection(base), Request("GET", "/drafts"))
        assert send(connection(base, ca=path), Request("GET", "/drafts")).status == 200


@pytest.mark.parametrize("repeatable", [True, False])
def test_only_safe_requests_are_retried(repeatable: bool) -> None:
    with running(Echo()) as echo:
        echo.fail("POST", ".*", "answer", answer=Answer(500), times=9)
        with pytest.raises(NewsletterError):
            send(connection(echo.url), Request("POST", "/drafts", json={}, repeatable=repeatable))
    assert len(echo.seen) == (3 if repeatable else 1)


def test_a_long_response_arrives_complete() -> None:
    with running(Echo()) as echo:
        reply = send(connection(echo.url), Request("GET", "/drafts", (("size", "900000"),)))
    assert len(reply.json()["filling"]) == 900_000


def test_an_unknown_host() -> None:
    with pytest.raises(NewsletterError, match=r"No connection to 127\.0\.0\.1"):
        send(connection("http://127.0.0.1:9"), Request("GET", "/"))
