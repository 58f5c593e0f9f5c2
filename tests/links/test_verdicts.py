"""All hard cases in one run, each classified correctly: no false alarms and no misses."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from unittest import mock

import pytest

from newsletter.links import resolve
from newsletter.links.check_links import run_link_check
from newsletter.links.link_cache import LinkCache
from newsletter.links.options import LinkOptions, default_user_agent
from newsletter.links.private import is_public
from newsletter.links.result import LinkQuery, LinkResult
from newsletter.links.tls import browser_like_context
from tests.links.case import Case
from tests.links.cases import CASES, servers
from tests.links.web import HOME, Certificates, Directory, Web

TIMEOUT = 10.0  # seconds; a busy machine needs some for three requests and the pauses between
NAMES = {
    "intranet.example": ("192.168.1.7",),
    "adverts.example": ("0.0.0.0", "::"),
    "nobody.example": socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
    "no-names.example": socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
    "slow-names.example": None,
}


@dataclass(frozen=True)
class Page:
    """All cases, checked in one run."""

    web: Web
    results: dict[str, LinkResult]
    seconds: float

    def url(self, case: Case) -> str:
        return _filled(case.url, case, self.web)


def _filled(text: str, case: Case, web: Web) -> str:
    return text.format(
        host=case.host, HOST=case.host.upper(), http=web.http, https=web.https, refused=web.refused
    )


def at_home(address: str) -> bool:
    """Treat this test's servers as public; other private addresses are still refused."""
    return address == HOME or is_public(address)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    certificates = Certificates()
    settings = LinkOptions(
        default_user_agent("https://letters.example"),
        timeout=TIMEOUT,
        connect=3.0,
        body=1.0,
        in_flight=len(CASES),  # nothing waits, so the longest request is measured
        lookup=Directory(NAMES),
        tls=certificates.client(browser_like_context()),
    )
    with (
        Web(dict(servers()), certificates) as web,
        mock.patch.object(resolve, "is_public", at_home),
    ):
        for case in CASES:  # the ports are known only now
            assert "{" not in _filled(case.url, case, web)
        wanted = [LinkQuery(_filled(case.url, case, web), (case.fragment,)) for case in CASES]
        began = time.monotonic()
        asked = run_link_check(
            wanted, settings, LinkCache(tmp_path_factory.mktemp("cache") / "links.jsonl")
        )
        yield Page(web, {answer.url: answer for answer in asked.results}, time.monotonic() - began)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_gets_its_verdict(page: Page, case: Case) -> None:
    answer = page.results[page.url(case)].for_fragment(case.fragment)
    assert (answer.verdict, answer.reason) == (case.verdict, answer.reason)
    assert answer.fixable is case.fixable
    assert case.reason in answer.reason
    assert answer.final.endswith(_filled(case.ends, case, page.web))
    assert (answer.moved_to == answer.final) is (case.verdict == "moved")


def test_no_link_takes_longer_than_the_timeout(page: Page) -> None:
    """A link that hangs at every step is given up within 1.2 times the timeout.

    The whole run has more room, for a busy machine; `seconds` is measured around the run.
    """
    assert max(answer.seconds for answer in page.results.values()) <= 1.2 * TIMEOUT
    assert page.seconds <= 2 * TIMEOUT


def test_requests_identify_the_tool_and_the_publication(page: Page) -> None:
    headers = page.web.traffic.headers["plain.test"][0]
    assert headers["user-agent"].startswith("newsletter/")
    assert headers["user-agent"].endswith("(link check; +https://letters.example)")


def test_links_are_requested_once_and_retried_at_most_twice(page: Page) -> None:
    """A link with a definite result is requested once, with GET."""
    assert page.web.traffic.visits["no-content.test", "/page"] == 1
    assert page.web.traffic.visits["not-found.test", "/page"] == 1
    assert page.web.traffic.visits["busy-an-hour.test", "/page"] == 1
    assert page.web.traffic.visits["always-503.test", "/page"] == 3
    assert page.web.traffic.visits["always-resets.test", "/page"] == 3


def test_cookies_stay_with_their_link(page: Page) -> None:
    assert [headers.get("cookie") for headers in page.web.traffic.headers["cookie-wall.test"]] == [
        None,
        "seen=yes",
    ]
    others = set(page.web.traffic.headers) - {
        "cookie-wall.test",
        "cookie-gate.test",
        "cookie-circle.test",
    }
    assert not [
        host
        for host in others
        if any("cookie" in headers for headers in page.web.traffic.headers[host])
    ]


def test_results_have_titles_statuses_and_hops(page: Page) -> None:
    by_name = {case.name: page.results[page.url(case)] for case in CASES}
    plain, chain, latin = (by_name[name] for name in ("plain", "chain-15", "latin"))
    assert (plain.title, plain.status, plain.hops) == ("The quiet port", 200, 0)
    assert (chain.title, chain.status, chain.hops) == ("The quiet port", 200, 15)
    assert latin.title == "Café"
    assert by_name["gzip"].title == by_name["hangs-in-body"].title == "The quiet port"
    assert by_name["hangs"].status is None
