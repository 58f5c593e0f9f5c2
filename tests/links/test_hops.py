"""One link from its first request to its verdict: hops, retries and pauses, on a clock of its own.

The replies are scripted and no time passes, so that each pause can be compared.
"""

from __future__ import annotations

import asyncio
import selectors
import ssl
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from yarl import URL

from newsletter.links import request
from newsletter.links.classify import Classification
from newsletter.links.fetch import HttpReply
from newsletter.links.options import HostOptions, LinkOptions
from newsletter.links.page_text import PageText
from newsletter.links.rate_limiter import RateLimiter
from newsletter.links.request import LinkChecker, LinkRequest

TURNS = 5000  # of the loop in one test; the longest needs a tenth
START = URL("https://quay.example/page")


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time passes at once where nothing is left to do."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.now


class _Selector(selectors.SelectSelector):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.turns = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.turns += 1
        if self.turns > TURNS:
            raise RuntimeError("the loop waits for nothing, or never rests")
        self.clock.now += timeout or 0.0
        return super().select(0)


@dataclass(frozen=True)
class Answer:
    """One reply of the server, or an error instead."""

    status: int = 200
    location: str = ""
    after: str = ""  # Retry-After
    cookie: str = ""
    body: str = ""
    error: Exception | None = None
    seconds: float = 0.0  # until it arrives


@dataclass
class Script:
    """Serves answers in turn, and records when each request came, what for and with which cookie."""

    answers: list[Answer]
    asked: list[tuple[float, str, str]] = field(default_factory=list)
    allowed: list[float] = field(default_factory=list)  # seconds left for each request

    async def fetch(
        self, network: Any, url: URL, *, headers: Mapping[str, str], seconds: float, **more: Any
    ) -> HttpReply:
        time = asyncio.get_running_loop().time()
        self.asked.append((round(time, 3), str(url), headers.get("Cookie", "")))
        self.allowed.append(round(seconds, 3))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        await asyncio.sleep(answer.seconds)
        if answer.error is not None:
            raise answer.error
        given = {"Location": answer.location, "Retry-After": answer.after}
        reply = {name: value for name, value in given.items() if value}
        page = PageText(answer.body.encode(), "text/html")
        return HttpReply(url, answer.status, reply, SimpleCookie(answer.cookie), page)


def follow(
    monkeypatch: pytest.MonkeyPatch, script: Script, *, links: int = 1, **more: Any
) -> list[Classification]:
    """Return the verdicts on links to one page, checked together."""
    monkeypatch.setattr(request, "fetch", script.fetch)
    options = LinkOptions("agent", **more)

    async def run() -> list[Classification]:
        network: Any = SimpleNamespace(resolver="resolver")
        checker = LinkChecker(network, RateLimiter(options), options)
        wanted = [LinkRequest(START, False, options.timeout, START) for _ in range(links)]
        return await asyncio.gather(*map(checker.run, wanted))

    return on_a_clock(run())


def on_a_clock(work: Coroutine[Any, Any, list[Classification]]) -> list[Classification]:
    with asyncio.Runner(loop_factory=Clock) as runner:
        return runner.run(work)


OK = Answer()
RESET = Answer(error=aiohttp.ServerDisconnectedError())
BUSY = Answer(429)
CLOSED = "connection closed without a response"
TOO_MANY = "429 Too Many Requests after 3 attempts: too many requests"

# Answers -> verdict, reason, and when each request was sent.
RETRIES: dict[str, tuple[list[Answer], tuple[str, str], list[float]]] = {
    "at once": ([OK], ("ok", "200 OK"), [0]),
    "not found": ([Answer(404)], ("broken", "404 Not Found"), [0]),
    "an error once": ([Answer(503), OK], ("ok", "200 OK"), [0, 1]),
    "errors": ([Answer(500)], ("broken", "500 Internal Server Error"), [0, 1, 3]),
    "resets": ([RESET, RESET, OK], ("ok", "200 OK"), [0, 1, 3]),
    "only resets": ([RESET], ("broken", CLOSED), [0, 1, 3]),
    "an unknown host": (
        [Answer(error=aiohttp.InvalidURL("x"))],
        ("broken", "not a valid address"),
        [0],
    ),
    "busy": ([BUSY, OK], ("ok", "200 OK"), [0, 1]),
    "always busy": ([BUSY], ("blocked", TOO_MANY), [0, 1, 3]),
    "busy for a while": ([Answer(429, after="7"), OK], ("ok", "200 OK"), [0, 7]),
    "busy for less than the usual pause": ([Answer(429, after="0"), OK], ("ok", "200 OK"), [0, 1]),
    "down for a while": ([Answer(503, after="5"), OK], ("ok", "200 OK"), [0, 5]),
    "30 seconds in all": (
        [Answer(503, after="10")],
        ("blocked", "503 Service Unavailable after 3 attempts: too many requests"),
        [0, 10, 20],
    ),
    "exactly 30 seconds": ([Answer(429, after="30"), OK], ("ok", "200 OK"), [0, 30]),
    "more than 30 seconds": (
        [Answer(429, after="31")],
        ("blocked", "429 Too Many Requests: the server requests a pause of 31 seconds"),
        [0],
    ),
    "two minutes": (
        [Answer(503, after="120")],
        ("blocked", "503 Service Unavailable: the server requests a pause of 2 minutes"),
        [0],
    ),
    "two hours": (
        [Answer(429, after="7200")],
        ("blocked", "429 Too Many Requests: the server requests a pause of 2 hours"),
        [0],
    ),
    "almost two hours": (
        [Answer(429, after="7199")],
        ("blocked", "429 Too Many Requests: the server requests a pause of 120 minutes"),
        [0],
    ),
    "longer than in all": (
        [Answer(429, after="20")],
        ("blocked", "429 Too Many Requests: the server requests a pause of 20 seconds"),
        [0, 20],
    ),
    "an error and a reset": ([Answer(502), RESET, OK], ("ok", "200 OK"), [0, 1, 3]),
    "after a redirect the attempts count again": (
        [Answer(503), Answer(503), Answer(302, "/b"), Answer(503), Answer(503), OK],
        ("ok", "200 OK"),
        [0, 1, 3, 3, 4, 6],
    ),
}


@pytest.mark.parametrize("name", RETRIES)
def test_when_a_link_is_requested_again(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    answers, expected, times = RETRIES[name]
    script = Script(answers)
    (found,) = follow(monkeypatch, script)
    assert (found.verdict, found.reason) == expected
    assert [time for time, *_ in script.asked] == times


@pytest.mark.parametrize(
    ("timeout", "seconds", "left"),
    [
        (15.0, 0.5, [15.0, 13.5, 11.0]),  # each attempt, and the pause before the next
        (3.5, 0.0, [3.5, 2.5, 0.5]),
        (3.0, 0.0, [3.0, 2.0]),  # nothing would be left after the second pause
        (1.0, 0.0, [1.0]),
        (1.2, 0.3, [1.2]),
    ],
)
def test_attempts_and_their_pauses_share_the_time_of_a_link(
    monkeypatch: pytest.MonkeyPatch, timeout: float, seconds: float, left: list[float]
) -> None:
    script = Script([Answer(500, seconds=seconds)])
    (found,) = follow(monkeypatch, script, timeout=timeout)
    assert (found.verdict, script.allowed) == ("broken", left)


def test_a_pause_that_a_server_requests_takes_none_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = Script([Answer(429, after="20"), OK])
    (found,) = follow(monkeypatch, script, timeout=5.0)
    assert (found.verdict, script.allowed) == ("ok", [5.0, 5.0])


def test_after_two_long_pauses_in_a_row_a_host_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = Script([Answer(429, after="3600", seconds=1.0)])
    found = follow(monkeypatch, script, links=5, per_host=1)
    assert {(one.verdict, one.reason) for one in found} == {
        ("blocked", "429 Too Many Requests: the server requests a pause of 60 minutes")
    }
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    ("between", "verdicts"),
    [(200, ["blocked", "ok", "blocked", "ok"]), (404, ["blocked", "broken", "blocked", "blocked"])],
)
def test_a_page_that_opens_between_two_long_pauses_keeps_a_host_open(
    monkeypatch: pytest.MonkeyPatch, between: int, verdicts: list[str]
) -> None:
    away = Answer(429, after="3600")
    script = Script([away, Answer(between), away, OK])
    found = follow(monkeypatch, script, links=4, per_host=1)
    assert [one.verdict for one in found] == verdicts


def test_links_in_flight_when_a_host_is_given_up_get_its_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The third reply asks for a pause too, and would by itself be tried again."""
    away = Answer(429, after="3600")
    script = Script([away, away, Answer(503, seconds=1.0)])
    found = follow(monkeypatch, script, links=3)
    reason = "429 Too Many Requests: the server requests a pause of 60 minutes"
    assert [(one.verdict, one.reason) for one in found] == [("blocked", reason)] * 3
    assert len(script.asked) == 3


def test_a_link_at_its_next_hop_comes_before_those_that_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = Script([Answer(302, "/b"), OK])
    follow(monkeypatch, script, links=4, per_host=1)
    paths = [URL(url).path for _, url, _ in script.asked]
    assert paths == ["/page", "/page", "/b", "/page", "/page"]  # the second had its slot already


def test_a_silent_host_is_given_up_after_one_request_for_each_slot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = Script([Answer(error=TimeoutError(), seconds=15.0)])
    found = follow(monkeypatch, script, links=9, per_host=2)
    assert {(one.verdict, one.reason) for one in found} == {
        ("timeout", "no response within 15 seconds")
    }
    assert len(script.asked) == 2


def test_a_host_that_responded_once_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    hang = Answer(error=TimeoutError())
    script = Script([Answer(404), hang, hang, hang, OK])
    found = follow(monkeypatch, script, links=5, per_host=1)
    assert [one.verdict for one in found] == ["broken", "timeout", "timeout", "timeout", "ok"]


# Answers -> verdict, reason, and the addresses requested after the first.
HOPS: dict[str, tuple[list[Answer], tuple[str, str], list[str]]] = {
    "elsewhere on the site": (
        [Answer(301, "/there"), OK],
        ("moved", "moved to https://quay.example/there"),
        ["https://quay.example/there"],
    ),
    "a fragment stays over several hops": (
        [Answer(301, "/a#tides"), Answer(301, "/b"), OK],
        ("moved", "moved to https://quay.example/b#tides"),
        ["https://quay.example/a", "https://quay.example/b"],
    ),
    "the last fragment counts": (
        [Answer(301, "/a#tides"), Answer(301, "/b#moon"), OK],
        ("moved", "moved to https://quay.example/b#moon"),
        ["https://quay.example/a", "https://quay.example/b"],
    ),
    "a temporary hop": (
        [Answer(301, "/a"), Answer(302, "/b"), OK],
        ("ok", "200 OK"),
        ["https://quay.example/a", "https://quay.example/b"],
    ),
    "without an address": (
        [Answer(302)],
        ("broken", "302 Found without an address to go to"),
        [],
    ),
    "an app": (
        [Answer(302, "quayapp:tides")],
        ("suspect", "redirects to a quayapp: address, which only some programs open"),
        [],
    ),
    "an app with a long name": (
        [Answer(302, f"{'quay' * 20}:tides")],
        (
            "suspect",
            "redirects to a quayquayquayquayquayquayquayquayquayqua…: address, which only "
            "some programs open",
        ),
        [],
    ),
    "not an address": (
        [Answer(301, "https://")],
        ("broken", "301 Moved Permanently to an invalid address"),
        [],
    ),
    "20 hops": (
        [*(Answer(302, f"/{number}") for number in range(20)), OK],
        ("ok", "200 OK"),
        [f"https://quay.example/{number}" for number in range(20)],
    ),
    "21 hops": (
        [*(Answer(302, f"/{number}") for number in range(21)), OK],
        ("broken", "more than 20 redirects"),
        [f"https://quay.example/{number}" for number in range(20)],
    ),
    "a circle": (
        [Answer(302, "/page")],
        ("broken", "redirect loop"),
        ["https://quay.example/page"] * 2,
    ),
    "a page that is being made": (
        [Answer(302, "/page"), Answer(302, "/page"), OK],
        ("ok", "200 OK"),
        ["https://quay.example/page"] * 2,
    ),
    "a refresh": (
        [Answer(body='<meta http-equiv="refresh" content="0; url=/there">'), OK],
        ("ok", "200 OK"),
        ["https://quay.example/there"],
    ),
    "a refresh of the same page": (
        [Answer(body='<meta http-equiv="refresh" content="0; url=/page">')],
        ("ok", "200 OK"),
        [],
    ),
    "a refresh to an app": (
        [Answer(body='<meta http-equiv="refresh" content="0; url=quayapp:tides">')],
        ("ok", "200 OK"),
        [],
    ),
    "a page that is gone after a hop": (
        [Answer(302, "/there"), Answer(404)],
        ("broken", "404 Not Found"),
        ["https://quay.example/there"],
    ),
}


@pytest.mark.parametrize("name", HOPS)
def test_where_redirects_lead(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    answers, expected, addresses = HOPS[name]
    script = Script(answers)
    (found,) = follow(monkeypatch, script)
    assert (found.verdict, found.reason) == expected
    assert [url for _, url, _ in script.asked] == [str(START), *addresses]


@pytest.mark.parametrize(
    ("target", "cookies"),
    [
        ("/there", ["", "seen=yes", "seen=yes; tide=low"]),
        ("https://other.example/", ["", "", "tide=low"]),
    ],
)
def test_cookies_return_to_the_host_that_set_them(
    monkeypatch: pytest.MonkeyPatch, target: str, cookies: list[str]
) -> None:
    script = Script(
        [Answer(302, target, cookie="seen=yes"), Answer(302, "b", cookie="tide=low"), OK]
    )
    follow(monkeypatch, script)
    assert [cookie for *_, cookie in script.asked] == cookies


def test_a_circle_that_a_cookie_ends_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each round differs from the one before, as long as the cookie does."""
    rounds = [Answer(302, "/page", cookie=f"count={number}") for number in range(5)]
    script = Script([*rounds, OK])
    (found,) = follow(monkeypatch, script)
    assert (found.verdict, len(script.asked)) == ("ok", 6)


def test_a_status_that_the_settings_accept_is_not_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = (HostOptions("quay.example", accept=(503, 302)),)
    for status in (503, 302):
        script = Script([Answer(status, "/there"), OK])
        follow(monkeypatch, script, hosts=hosts)
        assert len(script.asked) == 1
    script = Script([Answer(500), OK])
    follow(monkeypatch, script, hosts=hosts)
    assert len(script.asked) == 2


INCOMPLETE = "incomplete certificate chain; browsers may download the missing certificate"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (True, ("suspect", INCOMPLETE)),
        (False, ("broken", "certificate from an unknown authority")),
        (OSError("gone"), ("suspect", INCOMPLETE)),
    ],
)
def test_a_certificate_chain_is_incomplete_only_if_its_authority_is_known(
    monkeypatch: pytest.MonkeyPatch, known: bool | Exception, expected: tuple[str, str]
) -> None:
    asked: list[tuple[Any, ...]] = []

    async def names_issuer(*arguments: Any) -> bool:
        asked.append(arguments)
        if isinstance(known, Exception):
            raise known
        return known

    monkeypatch.setattr(request, "names_issuer", names_issuer)
    inner = ssl.SSLCertVerificationError(1, "unable to get local issuer certificate")
    inner.verify_code, inner.verify_message = 20, "unable to get local issuer certificate"
    key: Any = ConnectionKey("quay.example", 443, True, True, None, None, None)
    script = Script([Answer(error=aiohttp.ClientConnectorCertificateError(key, inner))])
    (found,) = follow(monkeypatch, script, connect=4.0)
    assert (found.verdict, found.reason) == expected
    assert asked == [("resolver", "quay.example", 443, 4.0)]
    assert len(script.asked) == 1


def test_headers_of_the_settings_go_to_their_host_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = (HostOptions("quay.example", headers=(("Cookie", "member=yes"),)),)
    goals = ("https://www.quay.example/a", "https://pier.example/", "http://quay.example/b")
    script = Script([*(Answer(302, goal) for goal in goals), OK])
    follow(monkeypatch, script, hosts=hosts)
    assert [cookie for *_, cookie in script.asked] == ["member=yes", "member=yes", "", ""]
