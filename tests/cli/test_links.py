"""`check --links` and `links` against local web servers: complete output and requests made."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter.cli.link_checking import LinkProgress, cut_to_width
from newsletter.links.result import LinkResult
from tests.desk import SLUG, Desk, Ran
from tests.links.servers import hangs, leads, says
from tests.links.web import HOME, Visit, Web

HERE = Path(__file__).parent / "links"
ISSUE = f"issues/{SLUG}"
ESSAY = f"{ISSUE}/10-essay.md"
HEAD = "---\nkind: essay\n---\n"
ONLY = ("--select", "NL27")
STOPPED = "Interrupted: 1 link not checked, and no other rules have run. Results so far are cached."


def page(title: str, body: str = "") -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


async def quay(visit: Visit) -> None:
    path = visit.target.partition("?")[0]
    if path == "/gone":
        await visit.reply(page("Not here"), "404 Not Found")
    elif path == "/old":
        await visit.redirect("/log", "301 Moved Permanently")
    elif path == "/crumbs":
        await visit.redirect("/log", "302 Found", "Set-Cookie: \xff\x1b[31m=1; Path=/")
    elif path == "/wall":
        await visit.reply("no", "403 Forbidden")
    elif path == "/soft":
        await visit.reply(page("404 Page not found"))
    elif path == "/slow":
        await visit.hang()
    else:
        await visit.reply(
            page(
                "The harbour\x1b[31m log" if path == "/log" else "The Quay",
                '<h2 id="noon">Noon</h2>',
            )
        )


@pytest.fixture
def web() -> Iterator[Web]:
    with Web({HOME: quay, "localhost": quay}) as web:
        yield web


@pytest.fixture
def linked(desk: Desk, web: Web, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a workspace with one working link to the local web servers."""
    monkeypatch.setenv("NEWSLETTER_PRIVATE", f"{HOME} localhost")
    settle(desk, web)
    write(desk, web, "Read [the log](/log#noon).\n")
    return desk


def settle(desk: Desk, web: Web, more: str = "") -> None:
    head = f'name = "The Quay"\nurl = "{site(web)}"\ncheck.ignore = ["NL92", "NL910"]\n'
    desk.write("newsletter.toml", f"{head}[links]\ntimeout = 10\n{more}")


def site(web: Web) -> str:
    return f"http://{HOME}:{web.http}"


def write(desk: Desk, web: Web, body: str, path: str = ESSAY, head: str = HEAD) -> None:
    """Write Markdown in which `(/path)` becomes an address of the local web servers."""
    desk.write(path, head + body.replace("(/", f"({site(web)}/"))


def requested_paths(web: Web) -> list[str]:
    """Return the targets requested since the last call, in alphabetical order."""
    targets = sorted(
        target for (_, target), count in web.traffic.visits.items() for _ in range(count)
    )
    web.traffic.visits.clear()
    return targets


def still(text: str, web: Web) -> str:
    """Return the text without the parts that differ from run to run."""
    text = text.replace(str(web.http), "PORT")
    text = re.sub(r'"checked_at": "[^"]+"', '"checked_at": "TIME"', text)
    return re.sub(r'"seconds": [\d.]+', '"seconds": 0.1', text)


def codes(ran: Ran) -> list[str]:
    pattern = r"^\S+: (?:error|warning|information) (NL\d+)"
    return re.findall(pattern, ran.out + ran.err, re.MULTILINE)


# --- everything at once ---------------------------------------------------------------------------

EVERYTHING = """\
Read [the *log*](/log#noon), [a page that went](/gone) and [one that moved](/old#noon), or [the log][log].

A [wall](/wall), a [soft one](/soft), [no such place](/log#midnight), and <mailto:log@quay.example>; leave
[here](%%unsubscribe_url%%), or see [this letter](/2026-03-01-quay/) again, or [the desk's own](https://a.desk.example/).

[log]: WEB/gone 'An old one'
"""
SOURCES = "log: {title: The log, publisher: The harbour, url: WEB/gone}\n"
MASTHEAD = """\
people:
  mara: {name: Mara, url: WEB/old}
roles:
  essay: {label: Essay}
"""


@pytest.fixture
def everything(linked: Desk, web: Web) -> Desk:
    """Return every verdict but the slow one; one address is in three places, two in the essay."""
    write(
        linked,
        web,
        EVERYTHING.replace("WEB", site(web)),
        head="---\nkind: essay\nby: mara\nsource: log\n---\n",
    )
    settle(linked, web, 'skip = ["desk.example"]\n')
    linked.write(f"{ISSUE}/sources.yaml", SOURCES.replace("WEB", site(web)))
    linked.write("credits.yaml", MASTHEAD.replace("WEB", site(web)))
    linked.write(f"{ISSUE}/credits.yaml", "essay: mara\nlocation: Lisbon, Portugal\n")
    return linked


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("check", ("check", "--links", *ONLY)),
        ("check-json", ("check", "--links", *ONLY, "--format", "json")),
        ("check-github", ("check", "--links", *ONLY, "--format", "github")),
        ("links", ("links",)),
        ("links-json", ("links", "--json")),
    ],
)
def test_the_complete_output_for_every_verdict(
    name: str, arguments: tuple[str, ...], everything: Desk, web: Web, rewrite_expected: bool
) -> None:
    ran = everything.run(*arguments)
    expected = (
        f"--- standard output\n{ran.out}--- standard error\n{ran.err}--- exit code\n{ran.code}\n"
    )
    path = HERE / f"{name}.txt"
    if rewrite_expected:
        path.write_text(still(expected, web), "utf-8")
        return
    assert still(expected, web) == path.read_text("utf-8")


def test_each_address_is_requested_once_for_all_issues_of_a_run(everything: Desk, web: Web) -> None:
    for day in range(1, 10):
        everything.another(f"2026-04-0{day}-tide")
    ran = everything.run("check", "--all", "--links", *ONLY, "--jobs", "1")
    assert (
        ran.err.splitlines()[1]
        == "8 links: 1 broken, 2 suspect, 1 moved, 1 blocked, 2 ok, 1 skipped"
    )
    assert requested_paths(web) == [
        "/",
        "/2026-03-01-quay/",
        "/gone",
        "/log",
        "/log",
        "/old",
        "/soft",
        "/wall",
    ]
    assert (ran.out + ran.err).count("credits.yaml:2:27: warning NL271") == 1, (
        "shared files are reported once"
    )
    assert (ran.out + ran.err).count("NL270 dead-link") == 30


def test_publish_and_build_make_no_requests(linked: Desk, web: Web) -> None:
    assert linked.run("build").code == 0
    linked.run("publish", "--dry-run")
    linked.run("check")
    assert requested_paths(web) == []


def test_servers_cannot_control_the_terminal(linked: Desk, web: Web) -> None:
    """Cookies are not reported, and control characters are removed from page titles."""
    write(linked, web, "[a](/crumbs)\n")
    assert linked.process("check", "--links", *ONLY).err == "1 issue: no problems\n2 links: 2 ok\n"
    assert "\x1b" not in linked.process("links").out


# --- link findings are ordinary findings ----------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "body", "arguments", "found", "code"),
    [
        ("", "[a](/gone)", (), ["NL270"], 1),
        ("", "[a](/gone)", ("--ignore", "NL270"), [], 0),
        ("", "[a](/gone)", ("--ignore", "dead-link"), [], 0),
        ("", "<!-- allow NL270: kept for the record -->\n[a](/gone)", (), [], 0),
        ("", "<!-- allow NL270: mended since -->\n[a](/log)", (), ["NL040"], 0),
        ("", "[a](/wall)", (), ["NL272"], 0),
        ("", "[a](/wall)", ("--strict",), ["NL272"], 1),
        ('blocked_is_fine = ["127.0.0.1"]', "[a](/wall)", ("--strict",), [], 0),
        ('skip = ["127.0.0.1"]', "[a](/gone)", (), [], 0),
        ("", "[a](/soft) [b](/log#x)", (), ["NL273", "NL274"], 0),
        (
            "",
            "[a](/log#noon) [b](/log#top) [c](/log#) [d](/log#:~:text=noon) [e](/log#!/x)",
            (),
            [],
            0,
        ),
    ],
)
def test_a_link_finding_can_be_selected_and_allowed(
    settings: str,
    body: str,
    arguments: tuple[str, ...],
    found: list[str],
    code: int,
    linked: Desk,
    web: Web,
) -> None:
    settle(linked, web, settings)
    write(linked, web, f"{body}\n")
    ran = linked.run("check", "--links", "--select", "NL27,NL04", *arguments)
    assert (codes(ran), ran.code) == (found, code)


def test_an_allow_comment_is_not_unused_where_no_request_was_made(linked: Desk, web: Web) -> None:
    write(linked, web, "<!-- allow NL270: kept for the record -->\n[a](/log)\n")
    for arguments in ((), ("--links", "--offline")):
        assert codes(linked.run("check", "--select", "NL27,NL040", *arguments)) == []


def test_a_baseline_records_links_and_keeps_those_not_checked_again(linked: Desk, web: Web) -> None:
    write(linked, web, "[a](/gone)\n")
    known = ("--baseline", "known.json")
    assert linked.run("check", "--links", *known, "--write-baseline").code == 0
    written = (linked.root / "known.json").read_bytes()
    assert b"NL270" in written
    ran = linked.run("check", "--links", *ONLY, *known)
    assert (ran.code, ran.err.splitlines()[0]) == (0, "1 issue: no problems (1 in the baseline)")
    assert "gone:" not in linked.run("check", *known).err
    linked.run("check", *known, "--write-baseline")
    assert (linked.root / "known.json").read_bytes() == written
    write(linked, web, "[a](/log)\n")
    assert (
        linked.run("check", "--links", *ONLY, *known)
        .err.splitlines()[2]
        .startswith("1 finding in known.json no longer found: ")
    )


# --- fixes ----------------------------------------------------------------------------------------


def test_a_moved_link_is_fixed_in_its_issue_and_not_in_shared_files(
    everything: Desk, web: Web
) -> None:
    before = everything.tree("issues")
    planned = everything.run("check", "--links", "--select", "NL271", "--diff")
    assert everything.tree("issues") == before
    ran = everything.run("check", "--links", "--select", "NL271", "--fix", "--diff")
    diff = planned.out[: planned.out.index("\n\n")]
    assert "+++ b/" in diff
    assert diff.splitlines()[:4] == ran.out.splitlines()[:4], (
        "--fix makes the changes that --diff showed"
    )
    assert ran.err.startswith("1 issue: 1 warning (1 ")
    essay = (everything.root / ESSAY).read_text("utf-8")
    assert essay == before["2026-03-01-quay/10-essay.md"].decode().replace("/old#noon", "/log#noon")
    assert f"{site(web)}/old" in (everything.root / "credits.yaml").read_text("utf-8")
    assert codes(ran) == ["NL271"], "only the finding in the masthead is left"


def test_the_final_address_is_shown_if_it_differs(linked: Desk, web: Web) -> None:
    write(linked, web, "[a](/log?ü) [b](/log/../log?b) [c](/crumbs) [d](http://[::1/)\n")
    ran = linked.run("links")
    assert re.findall(r"-> (.*)", ran.out) == [f"{site(web)}/log"]


def test_a_new_address_that_differs_in_a_slash_is_shown(linked: Desk, web: Web) -> None:
    web.hosts[HOME] = moving
    write(linked, web, "[a](/c) and [b](/tracked)\n")
    ran = linked.run("links", "--only", "moved")
    assert re.findall(r"-> (.*)", ran.out) == [f"{site(web)}/c/", f"{site(web)}/log"]


def test_where_a_person_decides_on_a_new_address_it_says_so(linked: Desk, web: Web) -> None:
    web.hosts[HOME] = moving
    write(linked, web, "[a](/tracked) and [b](/doubtful)\n")
    look = "ompare the"
    ran = linked.run("links", "--only", "moved")
    assert [look in detail for detail in re.findall(r"-> .*\n(.*)", ran.out)] == [False, True]
    rows = json.loads(linked.run("links", "--only", "moved", "--json").out)["links"]
    assert [row["fixable"] for row in rows] == [True, False]
    checked = linked.run("check", "--links", "--select", "NL271")
    assert [look in hint for hint in re.findall(r"hint: (.*)", checked.out)] == [False, True]


def test_invalid_addresses_are_listed_too(linked: Desk, web: Web) -> None:
    write(linked, web, "[d](http://[::1/)\n")
    assert linked.run("links", "--offline").out.count("no result yet") == 2
    assert "not a valid address" in linked.run("links").out


# --- fixes that last ------------------------------------------------------------------------------

MOVES = {  # addresses where two fixes, or a fix and a redirect, could undo each other
    "/tracked": "/log?utm_source=old",
    "/tracking?utm_source=letter": "/log?utm_source=letter",
    "/a": "/b",
    "/b": "/c/",
    "/c": "/c/",
    "/here": "/here;jsessionid=7",
    "/signed": "/file?Signature=x&Expires=1",
    "/parent/page/long": "/parent",
    "/old-home/page": "/",
    "/consent-me": "/consent?to=x",
    "/quoted": "/q?a='b'",
    "/doubtful": "/log?ref=old-page",
    "/captcha-me": "/captcha",
    "/gone-too": "/seite-nicht-gefunden",
    "/punctuated": "/log.",
    "/out": "/redirect?url=https://sea.example/log",
    "/cookie-cake": "/recipes/cookies",
}


async def moving(visit: Visit) -> None:
    if goal := MOVES.get(visit.target):
        await visit.redirect(goal, "301 Moved Permanently")
    else:
        await visit.reply(page("The harbour log", '<h2 id="noon">Noon</h2>'))


def test_fixes_of_all_rules_reach_a_fixed_point(linked: Desk, web: Web) -> None:
    """Repeated `--fix` runs with every rule soon change nothing more and never undo each other."""
    web.hosts[HOME] = moving
    links = "\n".join(f'And "[link {n}]({path})" - -- ok...' for n, path in enumerate(MOVES))
    write(linked, web, f"{links}\n")
    seen = [linked.tree("issues")]
    for _ in range(6):
        linked.run("check", "--links", "--refresh", "--fix")
        seen.append(linked.tree("issues"))
        if seen[-1] == seen[-2]:
            break
    assert seen[-1] == seen[-2], "no fixed point"
    assert len({str(tree) for tree in seen}) == len(seen) - 1, "a fix was undone"
    fixed = (linked.root / ESSAY).read_text("utf-8").replace(site(web), "")
    goals = re.findall(r"\[link \d+\]\((.*?)\)", fixed)
    kept = ["/here", "/signed", "/parent/page/long", "/old-home/page", "/consent-me"]
    assert goals[:5] == ["/log", "/log", "/c/", "/c/", "/c/"]
    assert goals[5:10] == kept, "these redirects must not be followed by a fix"
    assert goals[12:] == ["/captcha-me", "/gone-too", "/punctuated", "/out", "/recipes/cookies"]


def test_a_fix_never_contradicts_the_text_of_its_link(linked: Desk, web: Web) -> None:
    web.hosts[HOME] = moving
    write(linked, web, f"[www.sea.example](/a), [the log](/b) and <{site(web)}/c>\n")
    linked.run("check", "--links", "--fix", "--select", "NL271")
    fixed = (linked.root / ESSAY).read_text("utf-8").replace(site(web), "")
    assert "[www.sea.example](/a), [the log](/c/) and </c/>" in fixed


# --- the list by verdict --------------------------------------------------------------------------


def test_the_list_can_be_limited_to_some_verdicts(everything: Desk, web: Web) -> None:
    complete = everything.run("links", "--offline")
    everything.run("links")
    ran = everything.run("links", "--only", "blocked", "--only", "suspect")
    assert ran.out.splitlines()[0] == everything.run("links").out.splitlines()[0], "all are counted"
    headings = re.findall(
        r"^(Broken|Suspect|Moved|Blocked|Not checked|OK)\b", ran.out, re.MULTILINE
    )
    assert headings == ["Suspect", "Blocked"]
    assert "Not checked" in complete.out
    assert everything.run("links", "--only", "fine").code == 2


def test_hosts_can_have_their_own_settings_and_token(
    linked: Desk, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token is read from an environment variable named after the host, and sent only to it."""
    write(linked, web, f"[a](http://localhost:{web.http}/wall) [b](/wall)\n")
    table = '[links.hosts.localhost]\naccept = [403]\nheaders = {Authorization = "Bearer {token}", X-Desk = "1"}\n'
    settle(linked, web, table)
    ran = linked.run("links", "--json")
    assert '"broken"' not in ran.out
    monkeypatch.setenv("NEWSLETTER_TOKEN_LOCALHOST", "s3cret")
    web.traffic.headers.clear()
    ran = linked.run("links", "--refresh")
    assert "1 blocked" in ran.out, "the token must not be sent to another host"
    assert "s3cret" not in ran.out + ran.err
    (headers,) = web.traffic.headers["localhost"]
    assert (headers["authorization"], headers["x-desk"]) == ("Bearer s3cret", "1")
    assert not [headers for headers in web.traffic.headers[HOME] if "authorization" in headers]
    assert "s3cret" not in (linked.root / ".newsletter/cache/links.jsonl").read_text("utf-8")


def test_a_missing_token_is_reported(linked: Desk, web: Web) -> None:
    write(linked, web, f"[b](http://localhost:{web.http}/wall)\n")
    settle(linked, web, '[links.hosts.localhost]\nheaders = {Authorization = "Bearer {token}"}\n')
    assert "NEWSLETTER_TOKEN_LOCALHOST is not set" in linked.run("links").out


def test_a_host_with_known_false_alarms_is_allowlisted(linked: Desk, web: Web) -> None:
    write(linked, web, "[b](/gone)\n")
    settle(linked, web, 'broken_is_fine = ["127.0.0.1"]\n')
    assert linked.run("check", "--links", *ONLY).code == 0
    assert "404 Not Found; allowlisted in the settings" in linked.run("links").out


def test_text_from_servers_is_truncated_and_has_no_direction_characters(
    linked: Desk, web: Web
) -> None:
    """Check a long `Location`, a long title, and characters that reverse the text direction."""
    web.hosts[HOME] = leads(
        f"/{'x' * 5000}", "301 Moved Permanently", to=says(page(f"\u202eLog {'y' * 5000}"))
    )
    write(linked, web, "[a](/page)\n")
    for arguments in (("links",), ("check", "--links", *ONLY)):
        ran = linked.run(*arguments)
        assert "\u202e" not in ran.out + ran.err
        assert max(map(len, (ran.out + ran.err).splitlines())) < 700


# --- the link cache -------------------------------------------------------------------------------


def test_links_with_a_result_are_not_requested_again(linked: Desk, web: Web) -> None:
    write(linked, web, "[a](/log) [b](/wall) [c](/gone)\n")
    assert (
        linked.run("check", "--links", "--offline", *ONLY).err.splitlines()[1]
        == "4 links: 4 not checked"
    )
    assert requested_paths(web) == []
    first = linked.run("check", "--links", *ONLY)
    assert set(requested_paths(web)) == {"/", "/log", "/wall", "/gone"}
    for second in (("--links",), ("--links", "--offline")):
        assert linked.run("check", *second, *ONLY) == first
        assert requested_paths(web) == []
    assert linked.run("check", "--links", "--refresh", *ONLY) == first
    assert set(requested_paths(web)) == {"/", "/log", "/wall", "/gone"}


def test_requests_identify_themselves(linked: Desk, web: Web) -> None:
    linked.run("check", "--links")
    assert {headers["user-agent"].partition("/")[0] for headers in web.traffic.headers[HOME]} == {
        "newsletter"
    }
    assert all(f"+{site(web)})" in headers["user-agent"] for headers in web.traffic.headers[HOME])
    settle(linked, web, 'user_agent = "Quay/1\\nCookie: a"\n')
    web.traffic.headers.clear()
    linked.run("check", "--links", "--refresh")
    assert {headers["user-agent"] for headers in web.traffic.headers[HOME]} == {"Quay/1Cookie: a"}


def test_private_addresses_are_refused_unless_allowed(
    linked: Desk, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSLETTER_PRIVATE")
    for others in (
        (),
        ("--private", "localhost"),
        ("--private", "harbour.example", "--private", "0.0.1"),
    ):
        ran = linked.run("check", "--links", *ONLY, *others)
        assert (ran.code, requested_paths(web)) == (1, [])
        assert (ran.out + ran.err).count("private address (127.0.0.1)") == 2
    assert linked.run("check", "--links", *ONLY, "--private", HOME).code == 0
    assert requested_paths(web) == ["/", "/log"]
    assert linked.run("links", "--refresh", "--private", HOME).out.startswith(
        "2026-03-01-quay: 2 links: 2 ok\n"
    )


def test_a_redirect_from_an_allowed_host_to_a_private_address_is_refused(
    linked: Desk, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_PRIVATE", HOME)
    web.hosts[HOME] = leads("http://127.0.0.2/inside")
    write(linked, web, "[a](/page)\n")
    ran = linked.run("check", "--links", *ONLY)
    assert "private address (127.0.0.2)" in ran.out + ran.err


def test_settings_cannot_allow_private_addresses(linked: Desk, web: Web) -> None:
    """Settings may come with a draft from an unknown author."""
    settle(linked, web, "allow_private = true\n")
    ran = linked.run("check", "--links")
    assert (ran.code, requested_paths(web)) == (1, [])
    assert 'Unknown key "allow_private"' in ran.err


# --- only what a draft added ----------------------------------------------------------------------


def test_since_a_revision_only_added_links_are_checked(linked: Desk, web: Web) -> None:
    def git(*arguments: str) -> None:
        who = (
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.org",
            "-c",
            "init.defaultBranch=main",
        )
        subprocess.run(["git", *who, *arguments], cwd=linked.root, check=True, capture_output=True)

    write(linked, web, "[a](/gone) [b](/wall)\n")
    git("init")
    git("add", "newsletter.toml", "credits.yaml", "issues")
    git("commit", "-m", "a")
    since = ("check", "--links", "--since", "HEAD", *ONLY)
    assert linked.run(*since) == Ran(0, "", "0 issues: no problems\n0 links\n")
    write(
        linked, web, "Other words over [the same](/wall).\n\n[a](/gone) [new](/log) [too](/soft)\n"
    )
    ran = linked.run(*since)
    assert requested_paths(web) == ["/log", "/soft"]
    assert (codes(ran), ran.err) == (["NL273"], "1 issue: 1 warning\n2 links: 1 suspect, 1 ok\n")
    write(
        linked, web, "[a](/gone)\n", f"issues/{linked.another('2026-04-05-tide').name}/10-essay.md"
    )
    ran = linked.run(*since)
    assert requested_paths(web) == ["/", "/gone"], "every link of a new issue is new"
    assert codes(ran) == ["NL273", "NL270"]
    settle(linked, web, 'skip = ["nobody.example"]\n')
    linked.run(*since, "--refresh")
    assert requested_paths(web) == ["/", "/gone", "/log", "/soft"], (
        "a changed setting does not make links new"
    )


# --- the terminal, and Ctrl-C ---------------------------------------------------------------------


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "condition not met in time"
        time.sleep(0.02)


def test_ctrl_c_prints_the_results_so_far_and_keeps_them(linked: Desk, web: Web) -> None:
    write(linked, web, "[a](/gone) [b](/slow)\n")
    memory = linked.root / ".newsletter/cache/links.jsonl"
    with linked.start("check", "--links", *ONLY) as process:
        wait_until(lambda: memory.exists() and memory.read_bytes().count(b'"verdict"') == 2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert codes(Ran(1, out, "")) == ["NL270"]
    assert err == f"3 links: 1 broken, 1 ok, 1 not checked\n{STOPPED}\n"
    requested_paths(web)
    second = linked.run("check", "--links", "--offline", *ONLY)
    assert "3 links: 1 broken, 1 ok, 1 not checked" in second.out + second.err
    assert requested_paths(web) == []


def test_ctrl_c_before_any_result_claims_nothing(linked: Desk, web: Web) -> None:
    """Nothing was checked, so the output must not say "no problems"."""
    write(linked, web, "[a](/slow)\n")
    linked.run("check", "--links", *ONLY, "--offline")
    web.hosts[HOME] = web.hosts["localhost"] = hangs
    with linked.start("check", "--links", *ONLY) as process:
        wait_until(lambda: web.traffic.visits.total() > 0)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert err.splitlines()[0] == "2 links: 2 not checked"
    assert "no problems" not in err


def test_ctrl_c_runs_no_other_rule_and_changes_nothing(linked: Desk, web: Web) -> None:
    write(
        linked,
        web,
        "TK [a](/old) [b](/wall) [c](/slow)\n\n<!-- allow NL272: opened on Friday -->\n[d](/wall)\n",
    )
    before = linked.tree("issues")
    memory = linked.root / ".newsletter/cache/links.jsonl"
    arguments = ("check", "--links", "--fix", "--baseline", "known.json", "--write-baseline")
    with linked.start(*arguments) as process:
        wait_until(lambda: memory.exists() and memory.read_bytes().count(b'"verdict"') == 3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert err.splitlines()[0] == "4 links: 1 moved, 1 blocked, 1 ok, 1 not checked"
    assert codes(Ran(process.returncode, out, err)) == ["NL271", "NL272"]
    assert linked.tree("issues") == before
    assert not (linked.root / "known.json").exists()


def on_terminal(desk: Desk, columns: int, *arguments: str, interrupt: str = "") -> tuple[int, str]:
    """Run a command on a terminal, with Ctrl-C once `interrupt` is printed; return code, output."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "LINES": "40", "TERM": "xterm"}
    command = [sys.executable, "-m", "newsletter", *arguments]
    written = b""
    with subprocess.Popen(
        command, cwd=desk.root, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        with contextlib.suppress(OSError):  # EIO: the other side is closed
            while data := os.read(ours, 65536):
                written += data
                if interrupt and interrupt.encode() in written:
                    process.send_signal(signal.SIGINT)
                    interrupt = ""
    os.close(ours)
    return process.returncode, written.decode("utf-8").replace("\r\n", "\n")


def plain(text: str) -> str:
    """Return the final text on the terminal, without colors and without overwritten lines."""
    text = re.sub(r"\x1b\[[\d;]*m", "", text)
    return "\n".join(line.rpartition("\r\x1b[K")[2] for line in text.split("\n"))


def test_a_terminal_shows_progress_and_the_unresponsive_host(linked: Desk, web: Web) -> None:
    write(linked, web, f"[a](/gone) [b](http://localhost:{web.http}/slow)\n")
    code, written = on_terminal(linked, 80, "check", "--links", *ONLY, interrupt="2/3 links")
    lines = written.split("\r\x1b[K")
    assert lines[1] == "0/3 links; waiting for 127.0.0.1 (2)"
    assert lines[3] == "2/3 links: 1 broken, 1 ok; waiting for localhost"
    assert code == 1
    seen = plain(written)
    assert codes(Ran(code, seen, "")) == ["NL270"]
    assert seen.endswith(f"3 links: 1 broken, 1 ok, 1 not checked\n{STOPPED}\n")


def test_a_narrow_terminal_truncates_the_progress_line() -> None:
    waiting = LinkProgress(
        ["https://harbour.example/a", "https://harbour.example/b", "https://日本.example/"],
        shown=False,
    )
    assert waiting.line() == "0/3 links; waiting for harbour.example (2)"
    waiting.add(LinkResult("https://harbour.example/a", "ok", "200 OK"))
    assert waiting.line() == "1/3 links: 1 ok; waiting for xn--wgv71a.example"
    waiting.add(LinkResult("https://日本.example/", "timeout", "no answer"))
    assert waiting.line() == "2/3 links: 1 timeout, 1 ok; waiting for harbour.example"
    assert [cut_to_width("日本 港", width) for width in (7, 6, 5, 4, 1)] == [
        "日本 港",
        "日本 …",
        "日本…",
        "日…",
        "…",
    ]


@pytest.mark.parametrize("columns", [80, 120])
def test_the_list_of_links_fits_the_terminal_width(
    columns: int, everything: Desk, web: Web
) -> None:
    everything.run("links")
    code, written = on_terminal(everything, columns, "links")
    assert code == 0
    lines = plain(written).splitlines()
    assert max(len(line) for line in lines if "://" not in line) <= columns
    piped = everything.run("links").out
    assert " ".join(" ".join(lines).split()) == " ".join(piped.split()), "no text may be truncated"


# --- wrong usage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("check", "--offline"), "--offline requires --links"),
        (("check", "--refresh"), "--refresh requires --links"),
        (
            ("check", "--links", "--offline", "--refresh"),
            "--offline and --refresh cannot be combined",
        ),
        (
            ("links", "--offline", "--refresh"),
            "--offline and --refresh cannot be combined",
        ),
        (("links", "nowhere"), 'No issue matches "nowhere"'),
        (
            ("links", "--private", "http://wiki.example/"),
            'Expected a host such as wiki.example.org or 10.0.0.7, found "http://wiki.example/"',
        ),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], expected: str, desk: Desk) -> None:
    ran = desk.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err


def test_settings_are_checked_before_any_request(linked: Desk, web: Web) -> None:
    settle(linked, web, "in_flihgt = 2\n")
    for command in (("check", "--links"), ("links",)):
        ran = linked.run(*command)
        assert (ran.code, ran.out, requested_paths(web)) == (1, "", [])
        assert 'newsletter.toml:6:1: error NL003 unknown-key: Unknown key "in_flihgt"' in ran.err
        assert 'hint: Write "in_flight" if that is what you meant.' in ran.err


def test_an_issue_that_cannot_be_read_has_no_list(linked: Desk) -> None:
    linked.write(f"{ISSUE}/issue.yaml", "title: [")
    ran = linked.run("links")
    assert (ran.code, ran.out) == (1, "")
    assert "error NL002 invalid-yaml" in ran.err
