"""Every hard case at once, as on one page, and each judged rightly: no false alarm, nothing missed."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from unittest import mock

import pytest

from newsletter.links import resolve
from newsletter.links.answer import Answer, Wanted
from newsletter.links.ask import ask
from newsletter.links.memory import Memory
from newsletter.links.private import is_public
from newsletter.links.settings import LinkSettings, agent
from newsletter.links.tls import browser_like
from tests.links.cases import CASES, Case, servers
from tests.links.web import HOME, Certificates, Directory, Web

TIMEOUT = 5.0
NAMES = {
    "intranet.example": ("192.168.1.7",),
    "adverts.example": ("0.0.0.0", "::"),
    "nobody.example": socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
    "no-names.example": socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
    "slow-names.example": None,
}


@dataclass(frozen=True)
class Page:
    """All cases, asked in one run."""

    web: Web
    answers: dict[str, Answer]
    took: float

    def url(self, case: Case) -> str:
        return _filled(case.url, case, self.web)


def _filled(text: str, case: Case, web: Web) -> str:
    return text.format(host=case.host, HOST=case.host.upper(), http=web.http, https=web.https, refused=web.refused)


def at_home(address: str) -> bool:
    """Let the web of this test be public and everything else be what it is, so that the guard stands."""
    return address == HOME or is_public(address)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    certificates = Certificates()
    settings = LinkSettings(
        agent("https://letters.example"),
        timeout=TIMEOUT,
        connect=2.0,
        body=1.0,
        in_flight=len(CASES),  # nothing waits for anything: what is measured is the longest
        lookup=Directory(NAMES),
        tls=certificates.client(browser_like()),
    )
    with Web(dict(servers()), certificates) as web, mock.patch.object(resolve, "is_public", at_home):
        for case in CASES:  # ports are known only now
            assert "{" not in _filled(case.url, case, web)
        wanted = [Wanted(_filled(case.url, case, web), (case.fragment,)) for case in CASES]
        began = time.monotonic()
        asked = ask(wanted, settings, Memory(None))
        yield Page(web, {answer.url: answer for answer in asked.answers}, time.monotonic() - began)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict(page: Page, case: Case) -> None:
    answer = page.answers[page.url(case)].at(case.fragment)
    assert (answer.verdict, answer.why) == (case.verdict, answer.why)
    assert case.why in answer.why
    assert answer.final.endswith(_filled(case.ends, case, page.web))
    assert (answer.moved_to == answer.final) is (case.verdict == "moved")
