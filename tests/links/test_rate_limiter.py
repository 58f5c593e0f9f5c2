"""Rate limits: concurrency, pace and when a host is given up, counted by the servers."""

from __future__ import annotations

import asyncio
import time

import pytest
from msgspec.structs import replace

from newsletter.links.check_links import run_link_check
from newsletter.links.link_cache import LinkCache
from newsletter.links.options import LinkOptions, default_user_agent
from newsletter.links.rate_limiter import RateLimiter
from newsletter.links.result import LinkQuery, LinkReport
from tests.links.servers import says
from tests.links.web import Directory, Handler, Visit, Web

SETTINGS = LinkOptions(
    default_user_agent("https://letters.example"), lookup=Directory(), private=("test",)
)


def slowly(seconds: float) -> Handler:
    async def serve(visit: Visit) -> None:
        await asyncio.sleep(seconds)
        await visit.reply("<title>Slow</title>")

    return serve


def pages(web: Web, host: str, count: int) -> list[LinkQuery]:
    return [LinkQuery(f"http://{host}:{web.http}/{number}") for number in range(count)]


def run(wanted: list[LinkQuery], settings: LinkOptions = SETTINGS) -> LinkReport:
    asked = run_link_check(wanted, settings, LinkCache(None))
    assert len(asked.results) == len(wanted)
    return asked


def verdicts(asked: LinkReport) -> set[str]:
    return {answer.verdict for answer in asked.results}


# --- concurrency ----------------------------------------------------------------------------------


def test_never_more_than_six_requests_to_a_host() -> None:
    with Web({"busy.test": slowly(0.02), "other.test": slowly(0.02)}) as web:
        assert verdicts(run(pages(web, "busy.test", 60) + pages(web, "other.test", 20))) == {"ok"}
        assert (web.traffic.most["busy.test"], web.traffic.most["other.test"]) == (6, 6)


def test_never_more_than_64_requests_in_total() -> None:
    hosts = [f"host-{number}.test" for number in range(40)]
    with Web({host: slowly(0.05) for host in hosts}) as web:
        assert verdicts(run([one for host in hosts for one in pages(web, host, 5)])) == {"ok"}
        assert 32 < web.traffic.most[""] <= 64


def test_redirects_count_for_the_host_that_receives_them() -> None:
    """Thirty hosts redirect to one host, as short links do."""
    hosts = [f"short-{number}.test" for number in range(30)]

    async def leads(visit: Visit) -> None:
        await visit.redirect(f"http://goal.test:{visit.ports['http']}/{visit.host}")

    with Web({**dict.fromkeys(hosts, leads), "goal.test": slowly(0.05)}) as web:
        assert verdicts(run([one for host in hosts for one in pages(web, host, 1)])) == {"ok"}
        assert web.traffic.most["goal.test"] == 6


def test_a_slow_host_does_not_delay_the_others() -> None:
    """Links waiting for a slow host do not occupy the shared slots."""
    with Web({"slow.test": slowly(0.3), "quick.test": says()}) as web:
        asked = []
        settings = replace(SETTINGS, in_flight=12)
        run_link_check(
            pages(web, "slow.test", 24) + pages(web, "quick.test", 24),
            settings,
            LinkCache(None),
            asked.append,
        )
        hosts = ["slow" if "slow" in answer.url else "quick" for answer in asked]
        assert set(hosts[:24]) == {"quick"}


def test_one_address_is_requested_once() -> None:
    """Fragments and spellings of one address share a request; each has a result."""
    with Web({"once.test": says("<p id=a>")}) as web:
        root = f"http://once.test:{web.http}"
        asked = run_link_check(
            [
                LinkQuery(f"{root}/#a"),
                LinkQuery(f"{root}/", ("b",)),
                LinkQuery(root),
                LinkQuery(f"HTTP://ONCE.test:{web.http}/#a"),
            ],
            SETTINGS,
            LinkCache(None),
        )
        assert web.traffic.visits == {("once.test", "/"): 1}
        assert [(answer.url, answer.present, answer.missing) for answer in asked.results] == [
            (f"{root}/", ("a",), ("b",)),
            (root, (), ()),
            (f"HTTP://ONCE.test:{web.http}/", ("a",), ()),
        ]


# --- pace -----------------------------------------------------------------------------------------


def test_the_pace_of_a_host_is_limited() -> None:
    with Web({"www.calm.test": says(), "plain.test": says()}) as web:
        settings = replace(SETTINGS, pace=(("calm.test", 10.0),))
        assert verdicts(
            run(pages(web, "www.calm.test", 6) + pages(web, "plain.test", 6), settings)
        ) == {"ok"}
        calm, plain = (web.traffic.times[host] for host in ("www.calm.test", "plain.test"))
        assert calm[-1] - calm[0] > 0.4  # five gaps; the first request may itself be late
        assert plain[-1] < calm[-1]


def test_retry_after_delays_the_whole_host() -> None:
    async def busy_at_first(visit: Visit) -> None:
        first = time.monotonic() - web.traffic.times["held.test"][0] < 0.5
        await visit.reply(
            *(
                ("", "429 Too Many Requests", "Retry-After: 1")
                if first
                else ("<title>Fine</title>",)
            )
        )

    with Web({"held.test": busy_at_first, "plain.test": says()}) as web:
        assert verdicts(run(pages(web, "held.test", 20) + pages(web, "plain.test", 20))) == {"ok"}
        times = web.traffic.times["held.test"]
        assert not [when for when in times if 0.5 < when - times[0] < 0.95]
        assert max(web.traffic.times["plain.test"]) - times[0] < 0.95


def test_a_host_that_asks_for_an_hour_is_left_alone() -> None:
    with Web({"closed.test": says("", "429 Too Many Requests", "Retry-After: 3600")}) as web:
        asked = run(pages(web, "closed.test", 40))
        assert verdicts(asked) == {"blocked"}
        assert {answer.reason for answer in asked.results} == {
            "429 Too Many Requests: the server requests a pause of 60 minutes"
        }
        assert len(web.traffic.times["closed.test"]) <= 12


def test_a_page_that_asks_for_an_hour_does_not_block_the_others() -> None:
    """A limit may apply to one page; the host is given up after two such responses in a row."""
    away = says("", "429 Too Many Requests", "Retry-After: 3600")

    async def searches(visit: Visit) -> None:
        await (away if visit.target == "/0" else says())(visit)

    with Web({"search.test": searches}) as web:
        asked = run(pages(web, "search.test", 20), replace(SETTINGS, per_host=1))
        assert [answer.verdict for answer in asked.results] == ["blocked", *["ok"] * 19]


def test_an_unresponsive_host_is_given_up() -> None:
    """Of forty links to a dead host, a few are requested, so that they take as long as one."""

    async def hangs(visit: Visit) -> None:
        await visit.hang()

    with Web({"dead.test": hangs}) as web:
        assert verdicts(run(pages(web, "dead.test", 40), replace(SETTINGS, timeout=0.5))) == {
            "timeout"
        }
        assert len(web.traffic.times["dead.test"]) <= 12


def test_a_host_that_hangs_sometimes_is_still_checked() -> None:
    async def sometimes(visit: Visit) -> None:
        await (visit.hang() if int(visit.target[1:]) % 2 else visit.reply())

    with Web({"half.test": sometimes}) as web:
        asked = run(pages(web, "half.test", 24), replace(SETTINGS, timeout=1.0))
        assert [answer.verdict for answer in asked.results] == ["ok", "timeout"] * 12


# --- DNS ------------------------------------------------------------------------------------------


def test_a_name_is_looked_up_once() -> None:
    names = Directory()
    with Web({"named.test": slowly(0.01)}) as web:
        run(pages(web, "named.test", 30), replace(SETTINGS, lookup=names))
    assert names.asked == {"named.test": 1}


def test_a_name_cannot_change_to_a_private_address() -> None:
    """A name that resolves to a public and later to a private address is resolved only once."""
    from newsletter.links.resolve import PrivateAddress, PublicResolver

    answers = iter([("93.184.215.14",), ("127.0.0.1",)])

    async def rebinds(host: str) -> tuple[str, ...]:
        return next(answers)

    async def twice() -> None:
        names = PublicResolver(replace(SETTINGS, lookup=rebinds, private=()))
        assert [result["host"] for result in await names.resolve("x.test")] == ["93.184.215.14"]
        assert [result["host"] for result in await names.resolve("x.test")] == ["93.184.215.14"]
        other = PublicResolver(replace(SETTINGS, lookup=rebinds, private=()))
        with pytest.raises(PrivateAddress, match=r"127\.0\.0\.1"):
            await other.resolve("x.test")

    asyncio.run(twice())


def test_only_the_public_addresses_of_a_name_are_used() -> None:
    from newsletter.links.resolve import PublicResolver

    async def mixed(host: str) -> tuple[str, ...]:
        return ("10.0.0.1", "93.184.215.14", "::1", "2606:2800:21f::1")

    async def look() -> list[str]:
        names = PublicResolver(replace(SETTINGS, lookup=mixed, private=()))
        return [result["host"] for result in await names.resolve("mixed.test")]

    assert asyncio.run(look()) == ["93.184.215.14", "2606:2800:21f::1"]


def test_without_a_name_server_links_are_not_reported_as_broken() -> None:
    """Working offline must not report fifty broken links."""
    import socket

    offline = {
        host: socket.gaierror(socket.EAI_NONAME, "nodename nor servname provided")
        for host in ("a.example", "b.example", "example.com")
    }
    with Web({"known.test": says()}) as web:  # resolved locally, like `localhost`
        here = LinkQuery(f"http://known.test:{web.http}/")
        others = [LinkQuery("http://a.example/"), LinkQuery("http://b.example/")]
        asked = run([here, *others], replace(SETTINGS, lookup=Directory(offline), in_flight=1))
    assert [(answer.verdict, answer.reason) for answer in asked.results] == [
        ("ok", "200 OK"),
        *[("timeout", "no name server responded")] * 2,
    ]


# --- settings -------------------------------------------------------------------------------------


def test_skipped_hosts_and_unsupported_schemes_are_not_requested() -> None:
    with Web({"asked.test": says()}) as web:
        wanted = [
            LinkQuery(f"http://asked.test:{web.http}/"),
            LinkQuery(f"http://www.spared.test:{web.http}/"),
            LinkQuery("mailto:desk@example.org"),
        ]
        asked = run_link_check(wanted, replace(SETTINGS, skip=("spared.test",)), LinkCache(None))
        assert [answer.url for answer in asked.results] == [f"http://asked.test:{web.http}/"]
        assert set(web.traffic.headers) == {"asked.test"}


def test_hosts_can_be_allowlisted_when_blocked() -> None:
    with Web(
        {"wall.test": says("", "403 Forbidden"), "gone.test": says("", "404 Not Found")}
    ) as web:
        settings = replace(SETTINGS, blocked_is_fine=("wall.test", "gone.test"))
        wall, gone = run(pages(web, "wall.test", 1) + pages(web, "gone.test", 1), settings).results
        assert (wall.verdict, wall.status) == ("ok", 403)
        assert wall.reason.endswith("allowlisted in the settings")
        assert gone.verdict == "broken"


def test_new_hosts_and_further_hops_come_before_the_longest_queue() -> None:
    order: list[str] = []

    async def take(limiter: RateLimiter, name: str, *, begun: bool = False) -> None:
        async with limiter.slot(limiter.host(name), begun=begun):
            order.append(f"{name} again" if begun else name)
            await asyncio.sleep(0)

    async def run_all() -> None:
        limiter = RateLimiter(replace(SETTINGS, in_flight=1, per_host=1))
        await take(limiter, "long")
        await take(limiter, "longer")
        async with asyncio.TaskGroup() as tasks:
            for name in ("first", "long", "longer", "longer", "new"):
                tasks.create_task(take(limiter, name))
            tasks.create_task(take(limiter, "long", begun=True))

    asyncio.run(run_all())
    assert order[2] == "first"
    assert {*order[2:5]} == {"first", "new", "long again"}
    assert order[5:] == ["longer", "long", "longer"]
