"""When a link to a page ends at a home page, and how fast a host is asked."""

from __future__ import annotations

import asyncio

import pytest
from yarl import URL

from newsletter.links.one_visit import is_for_one_visit
from newsletter.links.options import LinkOptions
from newsletter.links.rate_limiter import RateLimiter
from newsletter.links.redirects import leads_home

OLD = "https://old.example"
# Requested, final, whether the redirect is permanent -> whether the page was lost.
HOMES = [
    ("https://quay.example/a", "https://quay.example/", False, True),
    ("https://quay.example/a", "https://www.quay.example/", False, True),
    ("https://news.quay.example/a", "https://quay.example/", False, True),
    ("https://quay.example/a", "https://quay.example/b", False, False),
    ("https://quay.example/", "https://www.quay.example/", False, False),
    (f"{OLD}/letters", "https://quay.example/", True, False),
    (f"{OLD}/2019/ports", "https://quay.example/", True, True),
    (f"{OLD}/2019/ports", "https://quay.example/", False, False),
]


@pytest.mark.parametrize(("requested", "final", "permanent", "lost"), HOMES)
def test_a_page_that_ends_at_a_home_page(
    requested: str, final: str, permanent: bool, lost: bool
) -> None:
    assert leads_home(URL(requested), URL(final), permanent=permanent) is lost


def test_the_slowest_pace_of_a_host_and_those_above_it_counts() -> None:
    pace = (("quay.example", 2.0), ("slow.quay.example", 0.5), ("pier.example", 4.0))

    async def gaps() -> list[float]:
        limiter = RateLimiter(LinkOptions("agent", pace=pace))
        names = ("quay.example", "www.quay.example", "a.slow.quay.example", "other.example")
        return [limiter.host(name).gap for name in names]

    assert asyncio.run(gaps()) == [0.5, 0.5, 2.0, 0.0]


# Requested and final -> whether the final address will expire.
VISITS = [
    ("/a", "/a", False),
    ("/a", "/a;jsessionid=0123456789ABCDEF0123456789ABCDEF", True),
    ("/a", "/a?PHPSESSID=0123456789abcdef", True),
    ("/a?PHPSESSID=1", "/a?phpsessid=0123456789abcdef", False),
    ("/a", "/a?X-Amz-Signature=0123456789abcdef", True),
    ("/a", "/a?page=2", False),
    ("/a", "/a?utm_source=letter", False),
]


@pytest.mark.parametrize(("requested", "final", "expires"), VISITS)
def test_an_address_for_one_visit_is_not_suggested(
    requested: str, final: str, expires: bool
) -> None:
    one, two = (URL(f"https://quay.example{path}") for path in (requested, final))
    assert is_for_one_visit(one, two) is expires
