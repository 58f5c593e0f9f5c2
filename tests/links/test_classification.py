"""Individual decisions of the link checker, as tables: addresses, dates, titles, fragments."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import datetime as dt
import gzip
import itertools
import time
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from newsletter.links.anchors import missing_anchors
from newsletter.links.bot_wall import is_bot_wall
from newsletter.links.check_links import merge_queries, with_settings
from newsletter.links.options import HostOptions, LinkOptions
from newsletter.links.page_phrases import missing_pages
from newsletter.links.page_text import ROOM_FOR_ANCHORS, UNPACKED, PageText, unpacked
from newsletter.links.private import is_public, is_unspecified_address, printed_address
from newsletter.links.response_head import LARGEST, ResponseHead, corrected_head
from newsletter.links.result import LinkQuery, LinkResult, Verdict
from newsletter.links.retry import retry_after
from newsletter.links.soft_404 import missing_page_reason
from newsletter.links.url import (
    NotWebAddress,
    canonical_url,
    location_fragment,
    resolve_location,
)
from newsletter.schema.hosts import host_covers, host_of, normalized_host

# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTPS://Example.ORG:443/A", "https://example.org/A"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org./a", "http://example.org/a"),
        ("http://example.org/a b", "http://example.org/a%20b"),
        ("http://example.org/a%20b%2Fc%2fd", "http://example.org/a%20b%2Fc%2fd"),
        ("http://example.org/%7emira/~x", "http://example.org/%7emira/~x"),
        ("http://example.org/é?q=é&r=a+b%2B", "http://example.org/%C3%A9?q=%C3%A9&r=a+b%2B"),
        (
            "http://example.org/?u=http://x.y/?a=1&b=[2]",
            "http://example.org/?u=http://x.y/?a=1&b=[2]",
        ),
        ("http://example.org/a?b#c", "http://example.org/a?b"),
        ("http://example.org/a?", "http://example.org/a?"),
        ("http://example.org/a?#c", "http://example.org/a?"),
        ("http://example.org/a#c?d", "http://example.org/a"),
        ("http://example.org/a\nb", "http://example.org/ab"),
        ("ht\ntp:/\r/exam\tple.org/a", "http://example.org/a"),
        ("http://example.org\\a\\b?c\\d", "http://example.org/a/b?c\\d"),
        ("http://example.org/a\\b", "http://example.org/a/b"),
        ("http://example.org/a/../b/./c", "http://example.org/b/c"),
        ("http://example.org/web/https://x.y//z", "http://example.org/web/https://x.y//z"),
        ("http://example.org//evil.example/a", "http://example.org//evil.example/a"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://港.example/", "http://xn--j6w.example/"),
        ("http://i❤.ws/", "http://xn--i-7iq.ws/"),
        ("http://under_score.example/", "http://under_score.example/"),
        ("http://[2606:2800::1]:81/a", "http://[2606:2800::1]:81/a"),
        ("http://[::ffff:8.8.8.8]/", "http://[::ffff:808:808]/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0177.0.0.1/", "http://127.0.0.1/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://1.2.3.4.5/", None),
        ("http://xn--/", None),
        ("http://xn--a/", None),
        ("http://example.org/\ud800", None),
        ("http://a b.example/", None),
        ("http://", None),
        ("http:///path", None),
        ("http://example.org:99999/", None),
        ("http://mira:a%20b@example.org/", "http://mira:a%20b@example.org/"),
        ("http://mira@example.org/", "http://mira@example.org/"),
        (
            "http://example.org/a!$%&'()*+,-./:;=@[]_|~b",
            "http://example.org/a!$%&'()*+,-./:;=@[]_|~b",
        ),
        ('http://example.org/<"`{}^>', "http://example.org/%3C%22%60%7B%7D%5E%3E"),
        (
            "http://example.org/?!$%&()*+,-./:;=?@[]\\^_`{|}~",
            "http://example.org/?!$%&()*+,-./:;=?@[]\\^_`{|}~",
        ),
        ("http://example.org/?'<\">", "http://example.org/?%27%3C%22%3E"),
        (" http://example.org/a ", "http://example.org/a"),
        ("http://1.0x/", None),
        ("http://a.0xg/", "http://a.0xg/"),
        ("http://[::1/", None),
        ("mailto:desk@example.org", None),
        ("example.org/a", None),
    ],
)
def test_addresses_are_converted_to_their_request_form(typed: str, asked: str | None) -> None:
    if asked is None:
        with pytest.raises(NotWebAddress):
            canonical_url(typed)
    else:
        assert str(canonical_url(typed)) == asked


@pytest.mark.parametrize(
    ("location", "goal"),
    [
        ("/b", "http://e.example/b"),
        ("b", "http://e.example/x/b"),
        ("../b", "http://e.example/b"),
        ("?q=1", "http://e.example/x/y?q=1"),
        ("/b?", "http://e.example/b?"),
        ("", "http://e.example/x/y?z=%2F"),
        ("#part", "http://e.example/x/y?z=%2F"),
        ("//f.example/b", "http://f.example/b"),
        ("https://f.example/a%2Fb", "https://f.example/a%2Fb"),
        ("/a%2Fb?u=https%3A%2F%2Fx", "http://e.example/a%2Fb?u=https%3A%2F%2Fx"),
        ("http:/b", "http://e.example/b"),
        ("HTTP:/b", "http://e.example/b"),
        ("http:b", "http://e.example/x/b"),
        ("http:", "http://e.example/x/y?z=%2F"),
        ("http://f.example/b", "http://f.example/b"),
        ("http:\\\\f.example\\b", "http://f.example/b"),
        ("\\\\f.example/b", "http://f.example/b"),
        ("/\\f.example/b", "http://f.example/b"),
        ("\\b\\c", "http://e.example/b/c"),
        ("b\\c?d\\e", "http://e.example/x/b/c?d\\e"),
        ("/a/\tb\r\nc", "http://e.example/a/bc"),
        ("/a?b?c#d?e#f", "http://e.example/a?b?c"),
        ("/a#b?c", "http://e.example/a"),
        ("/a?#b", "http://e.example/a?"),
        ("?", "http://e.example/x/y?"),
        ("//", None),
        ("https:/b", None),
        ("mailto:desk@e.example", None),
        ("/time/10:30", "http://e.example/time/10:30"),
        (
            "/caf\udce9",
            "http://e.example/caf%E9",
        ),  # a byte that is not UTF-8, as decoded from a header
        (" /b ", "http://e.example/b"),
    ],
)
def test_a_location_header_is_resolved(location: str, goal: str | None) -> None:
    base = URL("http://e.example/x/y?z=%2F", encoded=True)
    if goal is None:
        with pytest.raises(NotWebAddress):
            resolve_location(base, location)
    else:
        assert str(resolve_location(base, location)) == goal


@pytest.mark.parametrize(
    ("location", "fragment"),
    [
        ("/a", ""),
        ("/a#", ""),
        ("/a#b", "b"),
        ("/a?b#c?d#e", "c?d#e"),
        ("#a b", "a%20b"),
        ("#%41é", "%41%C3%A9"),
        ("#a\udce9", "a%E9"),
        ('#a`<>"b', "a%60%3C%3E%22b"),
        ("#!$&'()*+,-./:;=?@[]^_{|}~\\", "!$&'()*+,-./:;=?@[]^_{|}~\\"),
    ],
)
def test_the_fragment_of_a_location_header(location: str, fragment: str) -> None:
    assert location_fragment(location) == fragment


@pytest.mark.parametrize(
    ("typed", "scheme"),
    [("MailTo:desk@example.org", "mailto"), ("git+ssh://x", "git+ssh"), ("/a", ""), ("1a:b", "")],
)
def test_what_is_no_web_address_is_named_by_its_scheme(typed: str, scheme: str) -> None:
    with pytest.raises(NotWebAddress) as caught:
        canonical_url(typed)
    assert (caught.value.scheme, str(caught.value)) == (scheme, scheme)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_rejected(text: str) -> None:
    for typed in (text, f"http://{text}", f"http://example.org/{text}"):
        try:
            url = canonical_url(typed)
        except NotWebAddress:
            continue
        assert str(url).isascii()
        assert canonical_url(str(url)) == url


# Bytes of a header that are not UTF-8 are decoded as U+DC80 to U+DCFF.
HEADER = st.characters(exclude_categories=["Cs"]) | st.characters(
    min_codepoint=0xDC80, max_codepoint=0xDCFF
)


@given(st.text(HEADER, max_size=60))
def test_any_location_header_is_resolved_or_rejected(text: str) -> None:
    with contextlib.suppress(NotWebAddress):
        assert str(resolve_location(URL("http://e.example/x/y"), text)).isascii()


def test_queries_for_one_address_are_merged_with_all_fragments() -> None:
    wanted = [
        LinkQuery("http://a.example/#x"),
        LinkQuery("http://a.example/", ("y", "x")),
        LinkQuery("tel:1"),
    ]
    assert merge_queries(wanted, ()) == [LinkQuery("http://a.example/", ("x", "y"))]
    assert merge_queries([LinkQuery("https://www.a.example/")], ("a.example",)) == []
    others = [LinkQuery("HTTPS://B.example/"), LinkQuery("https://b.example/#", ("", "z"))]
    assert merge_queries([*others, wanted[0], others[0]], ("b.example.org",)) == [
        LinkQuery("HTTPS://B.example/"),
        LinkQuery("https://b.example/", ("z",)),
        LinkQuery("http://a.example/", ("x",)),
    ]


SETTINGS = LinkOptions(
    "agent",
    blocked_is_fine=("wall.example",),
    broken_is_fine=("odd.example",),
    hosts=(
        HostOptions("wiki.example", accept=(404, 503)),
        HostOptions("closed.example", missing_token="NEWSLETTER_TOKEN_CLOSED_EXAMPLE"),
    ),
)
FINE = "; allowlisted in the settings"
UNSET = "; NEWSLETTER_TOKEN_CLOSED_EXAMPLE is not set"


@pytest.mark.parametrize(
    ("host", "verdict", "status", "expected", "added"),
    [
        ("wall.example", "blocked", 403, "ok", FINE),
        ("a.wall.example", "blocked", 403, "ok", FINE),
        ("wall.example", "broken", 404, "broken", ""),
        ("odd.example", "broken", 404, "ok", FINE),
        ("odd.example", "blocked", 403, "blocked", ""),
        ("odd.example", "timeout", None, "timeout", ""),
        ("wiki.example", "broken", 404, "ok", FINE),
        ("a.wiki.example", "timeout", 503, "ok", FINE),
        ("wiki.example", "moved", 404, "moved", ""),
        ("wiki.example", "broken", 410, "broken", ""),
        ("closed.example", "blocked", 401, "blocked", UNSET),
        ("closed.example", "broken", 404, "broken", UNSET),
        ("closed.example", "ok", 200, "ok", ""),
        ("quay.example", "broken", 404, "broken", ""),
    ],
)
def test_the_settings_of_a_host_apply_to_its_results(
    host: str, verdict: Verdict, status: int | None, expected: str, added: str
) -> None:
    for result in (
        LinkResult(f"https://{host}/a", verdict, "reason", status),
        LinkResult("https://short.example/", verdict, "reason", status, f"https://{host}/a#b"),
    ):
        found = with_settings(result, SETTINGS)
        assert (found.verdict, found.reason) == (expected, f"reason{added}")
        assert (found.url, found.status, found.final) == (result.url, status, result.final)


def test_a_host_covers_its_subdomains() -> None:
    assert host_covers(("example.org",), "example.org")
    assert host_covers(("example.org",), "www.example.org")
    assert not host_covers(("example.org",), "notexample.org")
    assert not host_covers(("www.example.org",), "example.org")


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("BÜCHER.example", "https://bücher.example/a"),
        ("bücher.example", "https://xn--bcher-kva.example/a"),
        ("xn--bcher-kva.example", "https://www.BÜCHER.example./a"),
        ("*.example.org", "https://www.example.org"),
        ("example.org.", "https://EXAMPLE.org:8443/a"),
        ("例え.jp", "https://xn--r8jz45g.jp/"),
        ("i❤.ws", "https://xn--i-7iq.ws/"),
        ("straße.example", "https://stra%C3%9Fe.example/"),
        ("10.0.0.7", "http://10.0.0.7/admin"),
        ("2001:db8::7", "http://[2001:DB8::7]/"),
    ],
)
def test_one_host_has_one_spelling(written: str, link: str) -> None:
    assert host_covers((normalized_host(written),), host_of(link))


@given(st.text(max_size=30) | st.text("%25aA.․*[]。Üß", max_size=12))
def test_any_text_is_accepted_as_a_host(text: str) -> None:
    once = normalized_host(text)
    assert normalized_host(once) == once
    assert isinstance(host_of(f"https://{text}/"), str)


# --- heads of responses ---------------------------------------------------------------------------

HEADS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\nX: a\r\n b\r\nodd\r\n\r\nhi",
    b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\nServer: x\n\nhi",
    b"SSH-2.0-OpenSSH_9.6\r\n",
    b"HTTP/1.1 200 OK\r\nServer: unfinished",
)


@pytest.mark.parametrize("data", HEADS)
@given(cuts=st.lists(st.integers(0, 120), max_size=6))
def test_a_response_head_is_the_same_however_it_is_split(data: bytes, cuts: list[int]) -> None:
    def read(pieces: list[bytes]) -> bytes:
        head = ResponseHead()
        return b"".join(part for piece in pieces for part in head.feed(piece)) + b"".join(
            head.flush()
        )

    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(bounds)]
    assert read(pieces) == read([data])


def test_what_is_not_http_passes_unchanged() -> None:
    head = ResponseHead()
    assert head.feed(b"\r\n") == []
    assert head.feed(b"\nSSH-2.0\r\n") == [b"SSH-2.0\r\n"]
    assert head.feed(b"HTTP/1.1 200OK\n\n") == [b"HTTP/1.1 200OK\n\n"]
    assert head.flush() == []


def test_a_head_is_complete_without_its_last_line() -> None:
    for data, passed in (
        (b"HTTP/1.1 200OK\nA: X", b"HTTP/1.1 200 OK\r\nA: X\r\n\r\n"),
        (b"ICY 200 OK\r\n", b"HTTP/1.0 200 OK\r\n\r\n"),
        (b"HTTP/1.1 200OK", b"HTTP/1.1 200OK"),
        (b"HTTP/1.1 ok\n", b"HTTP/1.1 ok\n"),
    ):
        head = ResponseHead()
        assert head.feed(data) == []
        assert head.flush() == [passed]
        assert head.flush() == []
        assert head.feed(b"more") == [b"more"]


def test_a_head_without_end_passes_unchanged() -> None:
    start = b"HTTP/1.1 200OK\nA: "
    most = start + b"a" * (LARGEST - len(start))
    head = ResponseHead()
    assert head.feed(most) == []
    assert head.feed(b"a") == [most + b"a"]
    head = ResponseHead()
    assert head.feed(most) == []
    assert head.flush() == [b"HTTP/1.1 200 OK\r\nA: " + most[len(start) :] + b"\r\n\r\n"]


def test_an_interim_response_is_followed_by_another() -> None:
    head = ResponseHead()
    first = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    assert head.feed(first) == [first]
    assert head.feed(first + b"HTTP/1.1 200OK\n\nbody") == [
        first,
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"body",
    ]
    assert head.feed(b"more") == [b"more"]


@pytest.mark.parametrize(
    ("lines", "corrected"),
    [
        (b"Content-Length: 2\r\ncontent-length: 2", b"Content-Length: 2"),
        (b"Content-Length: 2, 2", b"Content-Length: 2"),
        (b"Content-Length: 2\r\nContent-Length: 3", b"Content-Length: 2\r\nContent-Length: 3"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 3", b"Transfer-Encoding: chunked"),
        (b"Content-Length: many", b""),
        (b"A: 7\r\nContent-Length: 2\r\nContent-Length: 2", b"A: 7\r\nContent-Length: 2"),
        (b"A: 7, 8\r\nContent-Length: 0", b"A: 7, 8\r\nContent-Length: 0"),
        (b"Content-Length: 002\r\nContent-Length: 2", b"Content-Length: 2"),
        (b"A: b\n c\nno colon\n: empty\nB : c\x00d", b"A: b c\r\nB: c d"),
    ],
)
def test_malformed_response_heads_are_corrected(lines: bytes, corrected: bytes) -> None:
    expected = b"\r\n".join(filter(None, (b"HTTP/1.1 200 OK", corrected)))
    assert corrected_head(b"HTTP/1.1 200 OK\r\n" + lines) == expected + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("line", "corrected"),
    [
        ("HTTP/1.1 200OK", "HTTP/1.1 200 OK"),
        ("HTTP/1.1  200  OK", "HTTP/1.1 200 OK"),
        ("http/1.1 200 ok", "HTTP/1.1 200 ok"),
        ("HTTP/2 200", "HTTP/1.1 200"),
        ("ICY 200 OK", "HTTP/1.0 200 OK"),
        ("HTTP/1.0 404 Not Found", "HTTP/1.0 404 Not Found"),
        ("HTTP/1.1 2000 OK", "HTTP/1.1 2000 OK"),
        (" HTTP/1.1 2000 OK ", " HTTP/1.1 2000 OK"),
        ("HTTP/1.0 200 OK ", "HTTP/1.0 200 OK"),
        ("HTTP/1.1 200", "HTTP/1.1 200"),
        ("    HTTP/1.1 200 OK", "HTTP/1.1 200 OK"),
    ],
)
def test_malformed_status_lines_are_corrected(line: str, corrected: str) -> None:
    assert corrected_head(line.encode()) == f"{corrected}\r\n\r\n".encode()


def test_an_unknown_aiohttp_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checker uses private attributes of aiohttp, so untested versions must be refused."""
    import aiohttp

    from newsletter.errors import NewsletterError
    from newsletter.links.fetch import open_network
    from newsletter.links.options import LinkOptions

    async def run() -> None:
        async with open_network(LinkOptions("test")):
            pass

    monkeypatch.setattr(aiohttp, "__version__", "3.99.0")
    with pytest.raises(NewsletterError, match=r"Unsupported aiohttp 3\.99\.0"):
        asyncio.run(run())


# --- private addresses ----------------------------------------------------------------------------

PUBLIC = "8.8.8.8 93.184.215.14 1.1.1.1 2606:2800:21f::1 2001:4860:4860::8888 64:ff9b::808:808 2002:808:808::1"
PRIVATE = (
    "127.0.0.1 127.8.9.1 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 0.1.2.3 "
    "192.0.2.1 198.18.0.1 203.0.113.9 224.0.0.1 239.1.2.3 240.0.0.1 255.255.255.255 :: ::1 ::2 ::7f00:1 fe80::1 "
    "fe80::1%eth0 fec0::1 fc00::1 fd12:3456::1 ff02::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a00:1 "
    "64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b:1::1 2002:7f00:1::1 2002:a00:1::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 "
    "127.1 0x7f.1 2130706433 017700000001 0177.0.0.1 8.8.8.8.8 localhost 1.1 8.8.8"
)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", ["", " 8.8.8.8", *PRIVATE.split()])
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_unspecified_addresses_are_recognized() -> None:
    assert is_unspecified_address("0.0.0.0")
    assert is_unspecified_address("::")
    assert not is_unspecified_address("127.0.0.1")
    assert not is_unspecified_address("example.org")


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        ("::ffff:808:808", "::ffff:8.8.8.8"),
        ("::ffff:8.8.8.8", "::ffff:8.8.8.8"),
        ("2001:db8::7", "2001:db8::7"),
        ("8.8.8.8", "8.8.8.8"),
        ("quay", "quay"),
    ],
)
def test_an_address_is_printed_in_one_way(address: str, printed: str) -> None:
    assert printed_address(address) == printed


def test_the_system_lookup_resolves_names() -> None:
    from newsletter.links.resolve import system_lookup

    assert "127.0.0.1" in asyncio.run(system_lookup("127.0.0.1"))
    with pytest.raises((OSError, UnicodeError)):
        asyncio.run(system_lookup(f"{'a' * 70}.example"))


# --- Retry-After ----------------------------------------------------------------------------------

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("0", 0),
        (" 30 ", 30),
        ("3600", 3600),
        ("99999999999999999999", 999999999),
        (format_datetime(NOON + dt.timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOON - dt.timedelta(seconds=90), usegmt=True), 0),
        ("Sunday, 01-Mar-26 12:00:30 GMT", 30),  # RFC 850, which servers may still send
        ("Sun Mar  1 12:00:30 2026", 30),  # asctime
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_parsed(message: str, seconds: float | None) -> None:
    assert (
        retry_after({"Retry-After": message, "Date": format_datetime(NOON, usegmt=True)}) == seconds
    )


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_retry_after_value_is_accepted(message: str, date: str) -> None:
    seconds = retry_after({"Retry-After": message, "Date": date})
    assert seconds is None or seconds >= 0


# --- titles ---------------------------------------------------------------------------------------

MISSING = """
404
Error 404
404 Not Found
404: Not Found
404 - Page not found
404 | The Harbour Desk
Error 410
410 page not found
Page Not Found
Page not found – The Harbour Desk
The Harbour Desk | Page not found
The Harbour Desk: Page not found
Oops! That page can’t be found.
Oops! 404
Sorry, the page you requested was not found
The page you are looking for could not be found
This page isn't available
Sorry, this content isn't available right now
Error 404 (Not Found)!!1
HTTP Error 404
404 - File or directory not found.
Seite nicht gefunden
Fehler 404: Seite nicht gefunden
Page introuvable - Le Quai
Página no encontrada | El Muelle
Página não encontrada
Pagina non trovata
Pagina niet gevonden
Sidan kunde inte hittas
Siden blev ikke fundet
Nie znaleziono strony
Страница не найдена
ページが見つかりません
页面不存在
harbour-news.example is for sale
This domain may be for sale!
"""
THERE = """
404 Media
404 Media | Cranes and cables
The 404 that changed the port
Lost and Not Found
Not found wanting: the harbour pilots
The page that was not found for 200 years
How to design a page for a missing harbour
Error: a history
Route 404
Deleted scenes
Nothing is missing
Sorry
The Missing Page: a novel
Houses for sale in the old port
Seite an Seite
Page Not Found: a memoir
Missing: how a port vanished
Boeing 1404
Model 404
Removed
Forbidden
The account of a suspended bridge
"""
SENTENCES = """
Event not found
This event is no longer available.
Product unavailable | Quay
User not found
This profile isn't available
Job not found
This job has expired
Video unavailable
This video is private
This video has been removed by the uploader
This account has been suspended
Account suspended
This channel doesn't exist.
Profil introuvable
Artikel nicht gefunden
Producto no disponible
The domain quay-log.example is parked
This domain has expired
quay.example is for sale
Future home of quay.example
"""


def titled(title: str) -> PageText:
    return PageText(f"<title>{title}</title>".encode(), "text/html; charset=utf-8", "", ended=True)


@pytest.mark.parametrize("title", MISSING.strip().split("\n"))
def test_a_title_that_reports_a_missing_page(title: str) -> None:
    url = URL("https://news.example/2026/ports")
    assert missing_page_reason(url, url, titled(title))


@pytest.mark.parametrize("title", SENTENCES.strip().split("\n"))
def test_a_sentence_that_reports_missing_content(title: str) -> None:
    url = URL("https://news.example/2026/ports")
    assert missing_page_reason(url, url, titled(title))


MISSING_PAGES = [
    (tongue, phrase) for tongue, group in missing_pages().catalogue.items() for phrase in group
]


@pytest.mark.parametrize(("language", "phrase"), MISSING_PAGES)
def test_missing_pages_are_recognized_in_every_language(language: str, phrase: str) -> None:
    url = URL("https://news.example/2026/ports")
    for title in (phrase, f"{phrase} | The Harbour Desk", f"404 – {phrase}", f"{phrase.upper()}!"):
        assert missing_page_reason(url, url, titled(title)), language


@pytest.mark.parametrize("title", THERE.strip().split("\n"))
def test_ordinary_titles_that_only_resemble_a_missing_page(title: str) -> None:
    url = URL("https://news.example/2026/ports")
    assert missing_page_reason(url, url, titled(title)) is None


# --- pages ----------------------------------------------------------------------------------------

KINDS = st.sampled_from(
    ["", "text/html", "text/html; charset=utf-16", "text/html; charset=idna", "application/pdf"]
)


@given(
    st.binary(max_size=400),
    KINDS,
    st.sampled_from(["", "gzip", "deflate", "br", "x"]),
    st.booleans(),
)
def test_any_bytes_are_read_as_a_page(raw: bytes, kind: str, packed: str, ended: bool) -> None:
    page = PageText(raw, kind, packed, ended)
    assert isinstance(page.title + page.heading + page.words, str)
    assert isinstance(missing_anchors(page, ["a", "%ff", "L1"]), tuple)


BUSY = [
    *(
        b"<title>",
        b"<title ",
        b"<h1>",
        b"<h1 ",
        b"<!--",
        b"<script>",
        b"<script ",
        b"</script ",
        b"<",
        b"&#1",
        b" -",
    ),
    *(
        b" id ",
        b' id="',
        b" id='a",
        b"<meta",
        b"a.",
        b"<!--<script><title>",
        b"<script src></script><",
        b"z9",
    ),
]


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=punycode"])
@pytest.mark.parametrize("unit", BUSY, ids=bytes.decode)
def test_no_page_takes_long_to_parse(unit: bytes, kind: str) -> None:
    """A malicious page could otherwise delay all other links, and no timeout would stop it."""
    body = unit * (ROOM_FOR_ANCHORS // len(unit))
    began = time.process_time()
    for start in (b"", b"<title>", b"<script src></script>"):
        page = PageText(start + body, kind, "", ended=True)
        missing_page_reason(URL("http://a.example/x"), URL("http://a.example/x"), page)
        missing_anchors(page, ["a"])
    assert time.process_time() - began < 3  # seconds; each page once took a minute


NESTED = [
    b"<nav>",
    b"<nav><h1>",
    b"<div id=app>",
    b"<div id=a><p>",
    b"</div>",
    b"<li><a>",
    b"<a>.",
    b"<p>not ",
    b"(",
    "您".encode(),
    b"<script>src",
    b"<noscript>",
    b"<meta content=,",
    b"<title> - sourcehut",
]


@pytest.mark.parametrize("unit", NESTED, ids=bytes.decode)
def test_no_page_takes_long_to_classify(unit: bytes) -> None:
    page = PageText(unit * (ROOM_FOR_ANCHORS // len(unit)), "text/html", "", ended=True)
    began = time.process_time()
    is_bot_wall(503, {}, page)
    missing_page_reason(URL("http://a.example/x"), URL("http://a.example/x"), page)
    missing_anchors(page, ["a"])
    assert time.process_time() - began < 3  # seconds


def test_a_character_reference_with_thousands_of_digits_is_read() -> None:
    number = b"&#" + b"1" * 5000
    page = PageText(
        b"<title>Tides " + number + b"</title><p id='" + number + b"'><p id=noon>", "text/html"
    )
    assert page.title == "Tides \ufffd"
    assert "noon" in page.anchors


def test_a_decompression_bomb_is_not_unpacked() -> None:
    import zlib

    data, whole = unpacked(zlib.compress(bytes(50_000_000))[:ROOM_FOR_ANCHORS], "deflate")
    assert (len(data), whole) == (UNPACKED, False)


def test_the_charset_declared_in_the_page_is_used() -> None:
    page = PageText(
        '<meta charset="windows-1252"><title>Café – Quai</title>'.encode("cp1252"),
        "text/html",
        "",
        ended=True,
    )
    assert page.title == "Café – Quai"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (codecs.BOM_UTF16_LE + "<title>Café</title>".encode("utf-16-le"), "text/html"),
        (
            codecs.BOM_UTF16_BE + "<title>Café</title>".encode("utf-16-be"),
            "text/html; charset=utf-8",
        ),
        ("<title>Café</title>".encode("utf-16-le"), "text/html; charset=utf-16"),
        ('<meta charset="utf-16"><title>Café</title>'.encode(), "text/html"),
        ('<meta charset="windows-1252"><title>Café</title>'.encode(), "text/html; charset=UTF8"),
        (codecs.BOM_UTF8 + "<title>Café</title>".encode(), "text/html; charset=latin1"),
        ("<title>Café</title>".encode(), "text/html; charset=nobody-knows"),
    ],
)
def test_the_encoding_is_detected_as_browsers_do(raw: bytes, kind: str) -> None:
    assert PageText(raw, kind).title == "Café"


@pytest.mark.parametrize(
    "remark",
    ["<!-->", "<!--->", "<!-- a -->", "<!-- a --!>", "<!--[if !IE]><!-->", "<!--\n--\n-->"],
)
def test_comments_end_as_browsers_end_them(remark: str) -> None:
    page = PageText(f"{remark}<p id=noon><!-- <p id=never> -->".encode(), "text/html")
    assert page.anchors == {"noon"}


def test_a_compressed_page_with_trailing_data_is_incomplete() -> None:
    """Trailing data may be another compressed part, so the page is not fully read."""
    data = gzip.compress(b"<p id=noon>") + gzip.compress(b"<p id=night>")
    assert unpacked(data, "gzip") == (b"<p id=noon>", False)


def test_a_result_depends_on_the_fragment() -> None:
    answer = LinkResult("http://a.example/", "moved", "moved", missing=("x",))
    assert (answer.for_fragment("x").verdict, answer.for_fragment("x").reason) == (
        "suspect",
        "no anchor #x on the page",
    )
    assert answer.for_fragment("y") == answer.for_fragment("") == answer
    gone = LinkResult("http://a.example/", "broken", "404 Not Found", missing=("x",))
    assert gone.for_fragment("x") == gone
