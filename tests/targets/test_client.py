"""The HTTP client: what it refuses to send, which servers it trusts, what it retries."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.targets.client import (
    Connection,
    Reply,
    Request,
    Upload,
    _proxy,
    _unreached,
    open_client,
    pause,
)
from newsletter.targets.requests import describe
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
    with running(Echo()) as echo, pytest.raises(NewsletterError, match=r"not allowed"):
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


def test_a_page_instead_of_json_is_named() -> None:
    with running(Echo()) as echo:
        echo.fail("GET", ".*", "answer", answer=Answer(200, b"<p>Log in"))
        reply = send(connection(echo.url), Request("GET", "/drafts"))
    with pytest.raises(NewsletterError, match=r"^The service returned text/html instead of JSON"):
        reply.json()


def test_a_response_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.targets.client.MOST_BYTES", 3 * 1024 * 1024)
    with running(Echo()) as echo, pytest.raises(NewsletterError) as raised:
        send(connection(echo.url), Request("GET", "/drafts", (("size", str(3 * 1024 * 1024)),)))
    assert (raised.value.message, raised.value.hint) == (
        "The service returned more than 3 MB",
        "Check the address in the settings.",
    )


TRY_LATER = "Try again later."
ADDRESS = "Check the address and the ids in the target's table."
# Status, Location and content -> message and hint.
ERRORS: list[tuple[Answer, str, str | None]] = [
    (
        Answer(400, {"message": "No"}),
        "The service refused GET /drafts: 400 No",
        None,
    ),
    (
        Answer(401),
        "The service refused GET /drafts: 401",
        "Check the token from a test: it needs drafts.",
    ),
    (
        Answer(403),
        "The service refused GET /drafts: 403",
        "Give the token the rights it needs: drafts.",
    ),
    (Answer(404), "The service refused GET /drafts: 404", ADDRESS),
    (
        Answer(409),
        "The service refused GET /drafts: 409",
        "Publish again: it was saved elsewhere at the same time.",
    ),
    (
        Answer(429, headers={"Retry-After": "121"}),
        "The service refused GET /drafts: 429",
        "Try again later: too many requests for now.",
    ),
    (Answer(499), "The service refused GET /drafts: 499", None),
    (Answer(500), "The service refused GET /drafts: 500", TRY_LATER),
    (Answer(599, {"message": "Down"}), "The service refused GET /drafts: 599 Down", TRY_LATER),
    *(
        (
            Answer(status, headers={"Location": location} if location else {}),
            f"The service redirects to {name}; the token is not sent there",
            "Set the address it redirects to in the settings, if it is right.",
        )
        for status, location, name in (
            (300, "https://elsewhere.example/a", "elsewhere.example"),
            (399, "/relative", "another address"),
            (302, "", "another address"),
        )
    ),
]


@pytest.mark.parametrize(("answer", "message", "hint"), ERRORS, ids=lambda value: str(value)[:40])
def test_an_error_names_the_request_and_what_to_do(
    answer: Answer, message: str, hint: str | None
) -> None:
    with running(Echo()) as echo:
        echo.fail("GET", ".*", "answer", answer=answer, times=9)
        with pytest.raises(NewsletterError) as raised:
            send(connection(echo.url), Request("GET", "/drafts"))
    assert (raised.value.message, raised.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("body", "headers", "kind"),
    [
        (b"<p>", {"Content-Type": "text/html; charset=utf-8"}, "text/html"),
        (b"{", {}, "no type"),
        (b"\xff", {"Content-Type": "application/json"}, "application/json"),
    ],
)
def test_a_reply_that_is_not_json(body: bytes, headers: dict[str, str], kind: str) -> None:
    with pytest.raises(NewsletterError) as raised:
        Reply(200, headers, body, "S").json()
    assert (raised.value.message, raised.value.hint) == (
        f"S returned {kind} instead of JSON",
        "Check the address in the settings; a proxy may have responded.",
    )
    assert Reply(200, {}, b" \n", "S").json() == {}


@pytest.mark.parametrize(
    ("request_", "base", "message", "hint"),
    [
        (
            Request("GET", "/drafts"),
            "http://lists.quay.example",
            "Unencrypted connection to lists.quay.example refused: it would expose the token",
            "Use https; http is for this machine only.",
        ),
        (
            Request("GET", "/drafts"),
            "http://127.0.0.1:9",
            "No connection to 127.0.0.1: Connection refused",
            "Check the address, the network and the proxy; nothing was sent.",
        ),
        (
            Request("POST", "/drafts/1/send"),
            "http://127.0.0.1:9",
            "Request not allowed: POST /drafts/1/send",
            "Report it as a bug in newsletter.",
        ),
        (
            Request("POST", "/drafts", json=[{"status": 1, "a": [{"send_at": 1}]}]),
            "http://127.0.0.1:9",
            "Fields not allowed in a request to The service: send_at, status",
            "Report it as a bug in newsletter.",
        ),
    ],
)
def test_what_is_not_sent_is_explained(
    request_: Request, base: str, message: str, hint: str
) -> None:
    to = connection(base, forbidden=frozenset({"status", "send_at", "date"}))
    with pytest.raises(NewsletterError) as raised:
        send(to, request_)
    assert (raised.value.message, raised.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 9)"), "Connection refused"),
        (OSError(None, "Connect call failed"), "Connect call failed"),
        (OSError("Multiple exceptions"), "unreachable"),
        (socket.gaierror(socket.EAI_NONAME, "Unknown name"), "Unknown name"),
    ],
)
def test_why_a_host_is_not_reached(error: OSError, reason: str) -> None:
    assert _unreached(error) == reason


def test_a_file_that_is_no_authority_is_named(tmp_path: Path) -> None:
    for name, text in (("odd.pem", "odd"), ("missing.pem", None)):
        path = tmp_path / name
        if text:
            path.write_text(text)
        with pytest.raises(NewsletterError) as raised:
            send(connection("https://127.0.0.1:9", ca=path), Request("GET", "/drafts"))
        assert (raised.value.message, raised.value.hint) == (
            f"{path} cannot be read as a certificate authority",
            "Use a file in PEM format.",
        )


PROXIES = {"https_proxy": "http://secure:1", "http_proxy": "http://plain:2"}


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        (PROXIES, "https://quay.example/a", "http://secure:1"),
        (PROXIES, "http://quay.example/a", "http://plain:2"),
        ({"all_proxy": "http://all:3"}, "https://quay.example/a", "http://all:3"),
        ({**PROXIES, "all_proxy": "http://all:3"}, "https://quay.example", "http://secure:1"),
        ({**PROXIES, "no_proxy": "quay.example"}, "https://quay.example/a", None),
        ({**PROXIES, "no_proxy": "pier.example"}, "https://quay.example/a", "http://secure:1"),
        (PROXIES, "https://localhost:1/a", None),
        (PROXIES, "http://127.0.0.1:1/a", None),
        (PROXIES, "http://[::1]:1/a", None),
        ({}, "https://quay.example/a", None),
    ],
)
def test_the_proxy_of_an_address(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, proxy: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert _proxy(url) == proxy


def test_pauses_get_longer_and_differ_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("newsletter.targets.client.asyncio.sleep", sleep)
    monkeypatch.setattr("newsletter.targets.client.PAUSES", (1.0, 2.0, 4.0))
    for _ in range(20):
        for attempt in range(3):
            asyncio.run(pause(attempt, None))
    for attempt, seconds in enumerate((1.0, 2.0, 4.0)):
        own = slept[attempt::3]
        assert 0.8 * seconds <= min(own) < max(own) <= 1.2 * seconds
    asyncio.run(pause(0, 7.0))
    asyncio.run(pause(2, 0.0))
    assert slept[-2:] == [7.0, 0.0]


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (Request("GET", "/a"), "GET /a"),
        (Request("GET", "/a", (("x", "1 2"), ("y", "é"))), "GET /a?x=1+2&y=%C3%A9"),
        (
            Request("POST", "/a", upload=Upload("file", "a.png", "image/png", b"x" * 12345)),
            "POST /a  file=a.png (12,345 bytes)",
        ),
        (
            Request("POST", "/a", json={"a": {"b": 1, "c": None}, "d": [1, "x"], "e": []}),
            "POST /a  a.b=1, a.c=None, d=[1, 'x'], e=[]",
        ),
        (
            Request("POST", "/a", json={"posts": [{"t": "x"}, {"t": "y"}], "p": ({"q": True},)}),
            "POST /a  posts[0].t=x, posts[1].t=y, p[0].q=True",
        ),
        (Request("POST", "/a", json={"s": "é" * 48}), f"POST /a  s={'é' * 48}"),
        (Request("POST", "/a", json={"s": "é" * 600}), "POST /a  s (1,200 bytes)"),
        (Request("POST", "/a", json={"s": "é" * 49}), "POST /a  s (98 bytes)"),
        (Request("POST", "/a", json={"s": "a\nb"}), "POST /a  s (3 bytes)"),
        (Request("POST", "/a", headers={"Authorization": "hidden"}), "POST /a"),
    ],
)
def test_a_request_is_described_in_one_line(request_: Request, line: str) -> None:
    assert describe(request_) == line
