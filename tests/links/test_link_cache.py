"""Results are cached at once, however the run ends and whatever other runs write."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from newsletter.links import link_cache as module
from newsletter.links.check_links import run_link_check
from newsletter.links.link_cache import LinkCache, is_fresh, read_results
from newsletter.links.options import LinkOptions, default_user_agent
from newsletter.links.result import LinkQuery, LinkResult, Verdict
from tests.links.servers import says
from tests.links.web import HOME, Visit, Web

SETTINGS = LinkOptions(
    default_user_agent("https://letters.example"), private=("127.0.0.1",), per_host=64
)
# Runs the checker in a separate process: page numbers in, one line per result out.
PROGRAM = """
import sys
from pathlib import Path

from newsletter.links.check_links import run_link_check
from newsletter.links.link_cache import LinkCache
from newsletter.links.options import LinkOptions, default_user_agent
from newsletter.links.result import LinkQuery

file, root, first, last = sys.argv[1:]
agent = default_user_agent("https://letters.example")
options = LinkOptions(agent, private=("127.0.0.1",), per_host=64)
queries = [LinkQuery(f"{root}/{number}") for number in range(int(first), int(last))]
cache = LinkCache(Path(file), "refresh")
report = run_link_check(queries, options, cache, lambda result: print(result.url, flush=True))
print(report.interrupted, len(report.results))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".newsletter" / "links.jsonl"


def answer(
    url: str = "http://a.example/",
    verdict: Verdict = "ok",
    status: int | None = 200,
    age: float = 0,
) -> LinkResult:
    """Return a result that is `age` hours old."""
    return LinkResult(
        url, verdict, "reason", status, checked_at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=age)
    )


def write(file: Path, *answers: LinkResult) -> None:
    with LinkCache(file).open() as cache:
        for one in answers:
            cache.put(one)


@contextmanager
def running(
    file: Path, web: Web, first: int = 0, last: int = 80
) -> Iterator[subprocess.Popen[str]]:
    command = [
        sys.executable,
        "-c",
        PROGRAM,
        str(file),
        f"http://{HOME}:{web.http}",
        str(first),
        str(last),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


async def half(visit: Visit) -> None:
    """Serve every other page and leave the remaining requests without a response."""
    await (visit.hang() if int(visit.target[1:]) % 2 else visit.reply("<title>Even</title>"))


# --- cached results -------------------------------------------------------------------------------

DAYS, HOURS = 24.0, 1.0


@pytest.mark.parametrize(
    ("verdict", "status", "lasts"),
    [
        ("ok", 200, 7 * DAYS),
        ("ok", 204, 7 * DAYS),
        ("moved", 200, 7 * DAYS),
        ("broken", 404, 1 * HOURS),
        ("broken", 410, 1 * HOURS),
        ("blocked", 403, 1 * HOURS),
        ("suspect", 200, 1 * HOURS),
        ("blocked", 429, 0),
        ("broken", 500, 0),
        ("broken", 503, 0),
        ("blocked", 503, 0),
        ("broken", None, 0),
        ("suspect", None, 0),
        ("timeout", None, 0),
        ("timeout", 408, 0),
    ],
)
def test_how_long_a_result_is_valid(verdict: Verdict, status: int | None, lasts: float) -> None:
    assert is_fresh(answer(verdict=verdict, status=status, age=lasts - 0.1)) is (lasts > 0)
    assert not is_fresh(answer(verdict=verdict, status=status, age=lasts + 0.1))


def test_a_result_from_the_future_is_not_used() -> None:
    assert not is_fresh(answer(age=-1))


def test_cache_modes_decide_which_results_are_used(file: Path) -> None:
    old, new = answer("http://old.example/", age=24 * 30), answer("http://new.example/")
    late = answer("http://late.example/", "timeout", None)
    write(file, old, new, late)
    wanted = [LinkQuery(one.url) for one in (old, new, late)]

    def recalled(memory: LinkCache) -> list[bool]:
        with memory.open() as cache:
            return [cache.get(one) is not None for one in wanted]

    assert recalled(LinkCache(file)) == [False, True, False]
    assert recalled(LinkCache(file, "refresh")) == [False, False, False]
    assert recalled(LinkCache(file, "offline")) == [True, True, True]
    assert recalled(LinkCache(None)) == [False, False, False]


def test_the_latest_result_counts(file: Path) -> None:
    write(file, answer(), answer(verdict="timeout", status=None))
    with LinkCache(file).open() as cache:
        assert cache.get(LinkQuery("http://a.example/")) is None


def test_a_fragment_that_was_not_checked_needs_a_new_request(file: Path) -> None:
    write(
        file,
        replace(answer(), present=("a",), missing=("b",)),
        answer("http://gone.example/", "broken", 404),
    )
    with LinkCache(file).open() as cache:
        assert cache.get(LinkQuery("http://a.example/", ("a", "b"))) is not None
        assert cache.get(LinkQuery("http://a.example/", ("a", "c"))) is None
        assert cache.get(LinkQuery("http://gone.example/", ("a",))) is not None


def test_a_second_run_makes_no_requests(file: Path) -> None:
    with Web({HOME: says()}) as web:
        wanted = [LinkQuery(f"http://{HOME}:{web.http}/{number}", ("top",)) for number in range(10)]
        first = run_link_check(wanted, SETTINGS, LinkCache(file))
        second = run_link_check(wanted, SETTINGS, LinkCache(file))
        assert web.traffic.visits.total() == 10
        assert second.results == tuple(replace(one, cached=True) for one in first.results)
        run_link_check(wanted[:3], SETTINGS, LinkCache(file, "refresh"))
        assert web.traffic.visits.total() == 13


def test_offline_makes_no_requests_and_reports_cached_results(file: Path) -> None:
    with Web({HOME: says()}) as web:
        known, unknown = (
            LinkQuery(f"http://{HOME}:{web.http}/{name}") for name in ("known", "unknown")
        )
        run_link_check([known], SETTINGS, LinkCache(file))
        asked = run_link_check([known, unknown], SETTINGS, LinkCache(file, "offline"))
        assert [(one.url, one.cached) for one in asked.results] == [(known.url, True)]
        assert web.traffic.visits.total() == 1


# --- runs that end early --------------------------------------------------------------------------


def test_a_killed_run_loses_no_result(file: Path) -> None:
    with Web({HOME: half}) as web:
        with running(file, web) as process:
            reported = lines(process, 40)
            process.send_signal(signal.SIGKILL)
        assert {one.url for one in read_results(file)} == set(reported)
        web.hosts[HOME] = says()
        wanted = [LinkQuery(f"http://{HOME}:{web.http}/{number}") for number in range(80)]
        asked = run_link_check(wanted, SETTINGS, LinkCache(file))
        assert [one.cached for one in asked.results] == [True, False] * 40
        visits = [web.traffic.visits[HOME, f"/{number}"] for number in range(0, 80, 2)]
        assert visits == [1] * 40  # by the run that was killed


def test_ctrl_c_reports_the_results_so_far_and_keeps_them(file: Path) -> None:
    with Web({HOME: half}) as web, running(file, web) as process:
        reported = lines(process, 40)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "True 40\n", "")
        assert {one.url for one in read_results(file)} == set(reported)


def test_an_error_in_the_report_loses_no_result(file: Path) -> None:
    def fails(one: LinkResult) -> None:
        raise RuntimeError(one.url)

    with Web({HOME: says()}) as web:
        with pytest.raises(RuntimeError, match=f"http://{HOME}"):
            run_link_check(
                [LinkQuery(f"http://{HOME}:{web.http}/{number}") for number in range(9)],
                SETTINGS,
                LinkCache(file),
                fails,
            )
        assert {one.verdict for one in read_results(file)} == {"ok"}


# --- two at once ----------------------------------------------------------------------------------


def test_two_simultaneous_runs_keep_all_results(file: Path) -> None:
    """Both runs find a file that is due for compaction, and both write to it."""
    write(
        file, *[answer(f"http://old.example/{number % 10}") for number in range(module.SLACK + 100)]
    )
    with Web({HOME: says()}) as web:
        with running(file, web, 0, 300) as one, running(file, web, 200, 500) as other:
            ends = [process.communicate(timeout=60) for process in (one, other)]
        assert [out.splitlines()[-1] for out, _ in ends] == ["False 300", "False 300"]
        assert [err for _, err in ends] == ["", ""]
        kept = [json.loads(line)["url"] for line in file.read_text().split("\n") if line]
        root = f"http://{HOME}:{web.http}"
        assert {url for url in kept if url.startswith(root)} == {
            f"{root}/{number}" for number in range(500)
        }
        assert {url for url in kept if not url.startswith(root)} == {
            f"http://old.example/{n}" for n in range(10)
        }


def test_the_file_is_compacted_only_by_its_sole_user(file: Path) -> None:
    with LinkCache(file).open() as cache:
        cache.put(answer("http://forgotten.example/", age=24 * 90))
        for _ in range(module.SLACK + 100):
            cache.put(answer())
        module.compact(file)  # simulates another run
        assert len(list(read_results(file))) == module.SLACK + 101
    with LinkCache(file).open() as cache:
        cache.put(answer("http://new.example/"))
    assert [one.url for one in read_results(file)] == ["http://a.example/", "http://new.example/"]


# --- files that are damaged -----------------------------------------------------------------------


def test_a_truncated_line_does_not_affect_the_others(file: Path) -> None:
    first, second, third = (
        answer(f"http://{name}.example/") for name in ("first", "second", "third")
    )
    write(file, first)
    whole = file.stat().st_size
    write(file, second)
    data = file.read_bytes()
    for end in range(whole, len(data)):
        file.write_bytes(data[:end])
        write(file, third)
        assert list(read_results(file)) == [first, third]


@given(st.binary(max_size=200))
def test_any_file_content_is_accepted(
    tmp_path_factory: pytest.TempPathFactory, rubbish: bytes
) -> None:
    file = tmp_path_factory.mktemp("memory") / "links.jsonl"
    file.write_bytes(rubbish)
    one = answer()
    write(file, one)
    assert one in read_results(file)


@pytest.mark.parametrize(
    "asked", ["2026-03-01T12:00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
)
def test_results_with_dates_written_by_hand_are_not_used(asked: str, file: Path) -> None:
    file.parent.mkdir(parents=True)
    written = msgspec.to_builtins(answer())
    line = json.dumps({**written, "checked_at": asked})
    file.write_text(f"{line}\n" * 2000)
    with LinkCache(file).open() as cache:
        assert cache.get(LinkQuery(written["url"])) is None
    file.write_text(json.dumps(written))
    with LinkCache(file).open() as cache:
        assert cache.get(LinkQuery(written["url"])) is not None


def test_a_file_that_cannot_be_written_loses_no_result(file: Path) -> None:
    file.parent.parent.joinpath(".newsletter").write_text("in the way")
    with Web({HOME: says()}) as web:
        asked = run_link_check([LinkQuery(f"http://{HOME}:{web.http}/")], SETTINGS, LinkCache(file))
        assert [one.verdict for one in asked.results] == ["ok"]
