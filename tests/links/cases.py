"""The hard cases: the behavior of a server, and the expected verdict.

Each case is a separate host, `<name>.test`. Reporting a case of the first table is a false alarm;
failing to report one of the others is a miss.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from tests.links.case import Case
from tests.links.hard_pages import HARD_PAGES
from tests.links.servers import (
    PAGE,
    chain,
    checks_host,
    comes_back,
    counts_in_cookies,
    drips_for_ever,
    drips_headers,
    hangs,
    hangs_in_the_body,
    hangs_in_the_headers,
    head_lies,
    later,
    later_by_its_own_clock,
    leads,
    leaves,
    never_ends,
    only,
    raw,
    redirects_once_to_itself,
    resets,
    says,
    then,
    titled,
    wants_a_cookie,
    wants_a_cookie_from_elsewhere,
)
from tests.links.web import Handler

# --- the cases ------------------------------------------------------------------------------------

_MANY = [f"X-Header-{number}: {number}" for number in range(120)]
_GZIP = "Content-Encoding: gzip"
_PACKED = gzip.compress(PAGE.encode() * 50)
_ANCHORS = (
    '<title>Log</title><h2 id="noon">Noon</h2><a name="night">Night</a><h2 id="user-content-dawn">Dawn</h2>'
    '<h2 id="São João">S</h2><!-- <p id="never"> --><script>x = \'<p id="made">\'</script>'
)
_LONG = "<p>word</p>" * 20_000  # 220 KB

OK = (
    Case("plain", "ok", says(), reason="200 OK"),
    Case("accepted", "ok", says("", "202 Accepted")),
    Case("second-hand", "ok", says(PAGE, "203 Non-Authoritative Information")),
    Case("no-content", "ok", raw(b"HTTP/1.1 204 No Content\r\n\r\n", close=False)),
    Case("part", "ok", says(PAGE, "206 Partial Content")),
    Case("empty", "ok", says("")),
    Case("no-reason", "ok", raw(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n")),
    Case("strange-reason", "ok", says(PAGE, "200 Page Not Found")),
    Case(
        "old-http", "ok", raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE.encode())
    ),
    Case(
        "early-hints",
        "ok",
        raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
    ),
    Case("head-lies", "ok", head_lies),
    Case("no-type", "ok", says(kind=None)),
    Case(
        "bare-lines",
        "ok",
        raw(b"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 2\n\nhi"),
    ),
    Case(
        "latin",
        "ok",
        says("<title>Caf\xe9</title>".encode("latin-1"), kind="text/html; charset=ISO-8859-1"),
    ),
    Case("no-such-charset", "ok", says(kind="text/html; charset=x-nobody")),
    Case("bad-gzip", "ok", says(b"this is no gzip", "200 OK", _GZIP)),
    Case("cut-gzip", "ok", says(_PACKED[:100], "200 OK", _GZIP)),
    Case("gzip", "ok", says(_PACKED, "200 OK", _GZIP)),
    Case("gzip-bomb", "ok", says(gzip.compress(bytes(50_000_000)), "200 OK", _GZIP)),
    Case("brotli-unasked", "ok", says(b"\x0b\x02\x80hello\x03", "200 OK", "Content-Encoding: br")),
    Case(
        "truncated",
        "ok",
        raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n<p>Half"),
    ),
    Case(
        "bad-chunks",
        "ok",
        raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz"),
    ),
    Case("hangs-in-body", "ok", hangs_in_the_body),
    Case("never-ends", "ok", never_ends),
    Case("drips-for-ever", "ok", drips_for_ever),
    # headers
    Case("headers-120", "ok", says(PAGE, "200 OK", *_MANY)),
    Case("header-13k", "ok", says(PAGE, "200 OK", f"Content-Security-Policy: {'x' * 13_000}")),
    Case(
        "cookies-40",
        "ok",
        says(PAGE, "200 OK", *(f"Set-Cookie: c{n}={'y' * 300}" for n in range(40))),
    ),
    Case("bad-cookie", "ok", says(PAGE, "200 OK", "Set-Cookie: a[b]=\x01; expires=never;;; =")),
    Case("utf8-header", "ok", says(PAGE, "200 OK", "X-Place: São João")),
    # addresses
    Case("slash-encoded", "ok", only("/a%2Fb/c"), "http://{host}:{http}/a%2Fb/c"),
    Case(
        "tilde-encoded",
        "ok",
        only("/%7Emira?s=%2B%3d+x"),
        "http://{host}:{http}/%7Emira?s=%2B%3d+x",
    ),
    Case(
        "spaces",
        "ok",
        only("/the%20quiet%20port?q=a%20b"),
        "http://{host}:{http}/the quiet port?q=a b",
    ),
    Case("unicode-path", "ok", only("/caf%C3%A9/%E6%B8%AF"), "http://{host}:{http}/café/港"),
    Case("stray-percent", "ok", only("/100%/50%zz"), "http://{host}:{http}/100%/50%zz"),
    Case("brackets", "ok", only("/a%7Cb[1]?x[]=%7C|"), "http://{host}:{http}/a%7Cb[1]?x[]=%7C|"),
    Case("dots", "ok", only("/b/d"), "http://{host}:{http}/a/../b/./d"),
    Case(
        "double-slash",
        "ok",
        only("/web/2026/https://example.org//a"),
        "http://{host}:{http}/web/2026/https://example.org//a",
    ),
    Case("no-path", "ok", only("/?a=1"), "http://{host}:{http}?a=1"),
    Case("big-letters", "ok", only("/Page"), "HTTP://{HOST}:{http}/Page"),
    Case("last-dot", "ok", says(), "http://{host}.:{http}/page"),
    Case("xn--caf-dma", "ok", checks_host, "http://café.test:{http}/page"),
    Case("with_underscore", "ok", says()),
    # redirects
    Case("chain-15", "ok", chain(*["302 Found"] * 15), ends="/step/15"),
    Case("chain-20", "ok", chain(*["307 Temporary Redirect"] * 20), ends="/step/20"),
    Case("see-other", "ok", chain("303 See Other")),
    Case("mixed-chain", "ok", chain("301 Moved Permanently", "302 Found")),
    Case("choices", "ok", says(PAGE, "300 Multiple Choices")),
    Case(
        "relative",
        "ok",
        leads("../other/place?x=1#part"),
        "http://{host}:{http}/page/deep",
        ends="/other/place?x=1",
    ),
    Case(
        "protocol-relative",
        "ok",
        leads("//plain.test:{http}/over/there"),
        ends="plain.test:{http}/over/there",
    ),
    Case("raw-utf8", "ok", leads("/café d'été", to=only("/caf%C3%A9%20d'%C3%A9t%C3%A9"))),
    Case("raw-latin1", "ok", leads(b"/caf\xe9", to=only("/caf%E9"))),
    Case(
        "encoded-target",
        "ok",
        leads("/a%2Fb?u=https%3A%2F%2Fx", to=only("/a%2Fb?u=https%3A%2F%2Fx")),
    ),
    Case("cookie-wall", "ok", wants_a_cookie),
    Case("cookie-gate", "ok", wants_a_cookie_from_elsewhere),
    Case("once-to-itself", "ok", redirects_once_to_itself),
    Case("redirect-with-body", "ok", leads("/there", "302 Found", to=says())),
    Case("to-tls", "ok", leads("https://secure.test:{https}/page")),
    Case("secure", "ok", says(), "https://{host}:{https}/page"),
    # retries
    Case(
        "busy-one-second",
        "ok",
        then(says("", "429 Too Many Requests", "Retry-After: 1"), 1, says()),
    ),
    Case("busy-until", "ok", then(later(2), 1, says())),
    Case("busy-slow-clock", "ok", then(later_by_its_own_clock, 1, says())),
    Case(
        "busy-nonsense",
        "ok",
        then(says("", "429 Too Many Requests", "Retry-After: soon"), 1, says()),
    ),
    Case(
        "busy-at-once", "ok", then(says("", "503 Service Unavailable", "Retry-After: 0"), 2, says())
    ),
    Case("hiccup-500", "ok", then(says("", "500 Internal Server Error"), 1, says())),
    Case("hiccup-502", "ok", then(says("", "502 Bad Gateway"), 2, says())),
    Case("hiccup-504", "ok", then(says("", "504 Gateway Timeout"), 1, says())),
    Case("hiccup-522", "ok", then(says("", "522 Connection Timed Out"), 2, says())),
    Case("resets-twice", "ok", then(resets, 2, says())),
    Case("leaves-twice", "ok", then(leaves, 2, says())),
    Case("cut-on-reuse", "ok", comes_back),
    Case("band-404", "ok", titled("404 Media", "404 Media")),
    Case("about-404", "ok", titled("HTTP 404 - Wikipedia"), "http://{host}:{http}/wiki/HTTP_404"),
    Case("lost-and-found", "ok", titled("Lost and Not Found: a memoir", "Lost and Not Found")),
    Case("area-404", "ok", titled("Route 404 closed for repairs | County roads")),
    Case("home", "ok", leads("/en/", to=says()), "http://{host}:{http}/"),
    Case("to-route", "ok", leads("/#/article/7"), ends="/"),
    Case("short-link", "ok", leads("http://plain.test:{http}/"), "http://{host}:{http}/page7"),
    Case(
        "counted-click",
        "ok",
        leads("http://plain.test:{http}/"),
        "http://{host}:{http}/page/click/18a?u=7",
    ),
    Case("sign-in-page", "ok", leads("/login?next=1"), "http://{host}:{http}/page/login"),
    # fragments
    Case("anchor", "ok", says(_ANCHORS), fragment="noon"),
    Case("anchor-name", "ok", says(_ANCHORS), fragment="night"),
    Case("anchor-github", "ok", says(_ANCHORS), fragment="dawn"),
    Case("anchor-encoded", "ok", says(_ANCHORS), fragment="S%C3%A3o%20Jo%C3%A3o"),
    Case("anchor-utf-16", "ok", says(f"\ufeff{_ANCHORS}".encode("utf-16-le")), fragment="noon"),
    Case("anchor-late", "ok", says(f"{_LONG}<p id=end>"), fragment="end"),
    Case("anchor-unread", "ok", says(_LONG * 5), fragment="end"),
    Case(
        "anchor-cut-off",
        "ok",
        raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n<p>"),
        fragment="end",
    ),
    Case("anchor-bad-gzip", "ok", says(_PACKED[:60], "200 OK", _GZIP), fragment="end"),
    Case("anchor-pdf", "ok", says(b"%PDF-1.7", kind="application/pdf"), fragment="page"),
    Case(
        "anchor-shell",
        "ok",
        says("<title>App</title><div id=root></div><script src=app.js></script>"),
        fragment="faq",
    ),
    *(
        Case(f"fragment-{number}", "ok", says(_ANCHORS), fragment=fragment)
        for number, fragment in enumerate(
            ("", "top", "/route/7", "!deep", ":~:text=tide", "noon:~:text=x", "L12-L20", "t=30")
        )
    ),
)

MOVED = (
    Case("moved-301", "moved", chain("301 Moved Permanently"), ends="/step/1"),
    Case("moved-308", "moved", chain("308 Permanent Redirect"), ends="/step/1"),
    Case(
        "moved-twice",
        "moved",
        chain("301 Moved Permanently", "308 Permanent Redirect"),
        ends="/step/2",
    ),
    Case(
        "moved-to-tls",
        "moved",
        leads("https://secure.test:{https}/page", "301 Moved Permanently"),
        ends=":{https}/page",
    ),
    Case(
        "moved-and-hangs",
        "moved",
        leads("/slow", "301 Moved Permanently", to=hangs_in_the_body),
        ends="/slow",
    ),
    Case(
        "moved-to-anchor", "moved", leads("/all#ports", "301 Moved Permanently"), ends="/all#ports"
    ),
    Case(
        "moved-to-bytes",
        "moved",
        leads(b'/all#p\xf6rts "<`', "301 Moved Permanently"),
        ends="#p%F6rts%20%22%3C%60",
    ),
    Case("moved-query", "moved", leads("/b?x=%2F", "301 Moved Permanently"), ends="/b?x=%2F"),
)

BROKEN = (
    Case("not-found", "broken", says(PAGE, "404 Not Found"), reason="404 Not Found"),
    Case("gone", "broken", says("", "410 Gone"), reason="410 Gone"),
    Case("bad-request", "broken", says("", "400 Bad Request")),
    Case("no-get", "broken", says("", "405 Method Not Allowed")),
    Case(
        "always-500",
        "broken",
        says("", "500 Internal Server Error"),
        reason="500 Internal Server Error",
    ),
    Case("always-503", "broken", says("", "503 Service Unavailable")),
    Case("not-built", "broken", says("", "501 Not Implemented")),
    Case("origin-down", "broken", says("", "521 Web Server Is Down"), reason="521"),
    Case("always-resets", "broken", resets, reason="connection closed without a response"),
    Case("always-leaves", "broken", leaves, reason="connection closed without a response"),
    Case("ssh", "broken", raw(b"SSH-2.0-OpenSSH_9.6\r\n"), reason="the server does not speak HTTP"),
    Case(
        "moved-away",
        "broken",
        leads("/gone", "301 Moved Permanently", to=says("", "404 Not Found")),
        reason="404 Not Found",
    ),
    Case("circle", "broken", leads("/page"), reason="redirect loop"),
    Case("cookie-circle", "broken", counts_in_cookies, reason="more than 20 redirects"),
    Case("chain-21", "broken", chain(*["302 Found"] * 21), reason="more than 20 redirects"),
    Case("nowhere", "broken", says("", "302 Found"), reason="without an address to go to"),
    Case("to-no-letters", "broken", leads("http://xn--/"), reason="to an invalid address"),
    Case("to-nothing", "broken", leads("http://"), reason="to an invalid address"),
    Case(
        "to-private", "broken", leads("http://10.0.0.7/admin"), reason="private address (10.0.0.7)"
    ),
    Case(
        "to-metadata",
        "broken",
        leads("http://169.254.169.254/latest"),
        reason="private address (169.254.169.254)",
    ),
    Case(
        "to-private-number",
        "broken",
        leads("http://2130706434/"),
        reason="private address (127.0.0.2)",
    ),
    Case(
        "to-private-octal",
        "broken",
        leads("http://0177.0.0.2/"),
        reason="private address (127.0.0.2)",
    ),
    Case(
        "to-private-v6",
        "broken",
        leads("http://[::ffff:10.0.0.7]/"),
        reason="private address (::ffff:10.0.0.7)",
    ),
    Case(
        "to-private-name",
        "broken",
        leads("http://intranet.example/"),
        reason="private address (192.168.1.7)",
    ),
    Case("to-nat64", "broken", leads("http://[64:ff9b::a00:7]/"), reason="private address"),
    Case(
        "private-name",
        "broken",
        says(),
        "http://intranet.example/",
        reason="private address (192.168.1.7)",
    ),
    Case(
        "localhost",
        "broken",
        says(),
        "http://127.0.0.2:{http}/",
        reason="private address (127.0.0.2)",
    ),
    Case("no-host", "broken", says(), "http://nobody.example/", reason="host does not exist"),
    Case(
        "to-no-host",
        "broken",
        leads("http://nobody.example/"),
        reason="host does not exist (at nobody.example)",
    ),
    Case("refused", "broken", says(), "http://{host}:{refused}/", reason="connection refused"),
    Case("no-address", "broken", says(), "http://a b.example/", reason="not a valid address"),
    Case("expired", "broken", says(), "https://{host}:{https}/", reason="certificate expired"),
    Case(
        "not-yet",
        "broken",
        says(),
        "https://{host}:{https}/",
        reason="certificate not valid yet",
    ),
    Case(
        "self-signed", "broken", says(), "https://{host}:{https}/", reason="self-signed certificate"
    ),
    Case(
        "stranger",
        "broken",
        says(),
        "https://{host}:{https}/",
        reason="an unknown authority",
    ),
    Case("wrong-host", "broken", says(), "https://{host}:{https}/", reason="for another host"),
    Case("plain-as-tls", "broken", says(), "https://{host}:{http}/", reason="no secure connection"),
)

BLOCKED = (
    Case("unauthorised", "blocked", says("", "401 Unauthorized", "WWW-Authenticate: Basic")),
    Case("forbidden", "blocked", says(PAGE, "403 Forbidden"), reason="403 Forbidden"),
    Case("proxy", "blocked", says("", "407 Proxy Authentication Required")),
    Case("legal", "blocked", says("", "451 Unavailable For Legal Reasons")),
    Case("linkedin", "blocked", says("", "999 Request denied"), reason="999"),
    Case("cloudflare", "blocked", says("", "403 Forbidden", "cf-mitigated: challenge")),
    Case(
        "cloudflare-503", "blocked", says("", "503 Service Unavailable", "cf-mitigated: challenge")
    ),
    Case("cloudflare-200", "blocked", titled("Just a moment...")),
    Case("amazon-202", "blocked", says("", "202 Accepted", "x-amzn-waf-action: challenge")),
    Case("amazon-405", "blocked", says("", "405 Method Not Allowed", "x-amzn-waf-action: captcha")),
    Case("imperva", "blocked", titled("Pardon Our Interruption")),
    Case(
        "busy-an-hour",
        "blocked",
        says("", "429 Too Many Requests", "Retry-After: 3600"),
        reason="a pause of 60 minutes",
    ),
    Case("busy-until-next-hour", "blocked", later(3600), reason="a pause of"),
    Case(
        "busy-half-a-minute",
        "blocked",
        says("", "429 Too Many Requests", "Retry-After: 31"),
        reason="31 seconds",
    ),
    Case(
        "down-a-day",
        "blocked",
        says("", "503 Service Unavailable", "Retry-After: 86400"),
        reason="24 hours",
    ),
    Case("always-busy", "blocked", says("", "429 Too Many Requests"), reason="after 3 attempts"),
    Case("sign-in", "blocked", leads("/ServiceLogin?continue=%2Fpage"), reason="a sign-in page"),
    Case("hotel", "blocked", says("", "511 Network Authentication Required"), reason="511"),
    Case("filtered", "blocked", says(), "http://adverts.example/", reason="a filter"),
)

SUSPECT = (
    Case(
        "soft-404",
        "suspect",
        titled("Page not found | The Harbour Desk"),
        reason='the page says "Page not found',
    ),
    Case("soft-google", "suspect", titled("Error 404 (Not Found)!!1")),
    Case("soft-number", "suspect", titled("404")),
    Case("soft-german", "suspect", titled("Seite nicht gefunden – Hafenblatt")),
    Case("soft-japanese", "suspect", titled("ページが見つかりません")),
    Case("soft-heading", "suspect", titled("The Harbour Desk", "Sorry, this page doesn’t exist.")),
    Case(
        "soft-gzip",
        "suspect",
        says(gzip.compress(b"<title>404 - Not Found</title>"), "200 OK", _GZIP),
    ),
    Case(
        "soft-address",
        "suspect",
        leads("/error/404.html"),
        reason="an error page",
    ),
    Case("for-sale", "suspect", titled("quiet-port.example is for sale")),
    Case("to-home", "suspect", leads("/"), reason="redirects to the home page"),
    Case("to-home-for-good", "suspect", leads("/en/index.html", "301 Moved Permanently")),
    Case(
        "to-new-home",
        "suspect",
        leads("http://plain.test:{http}/", "301 Moved Permanently"),
        "http://{host}:{http}/page/2019/ports",
    ),
    Case("to-app", "suspect", leads("itms-apps://apps.example/id1"), reason="itms-apps: address"),
    Case(
        "no-anchor",
        "suspect",
        says(_ANCHORS),
        fragment="midnight",
        reason="no anchor #midnight on the page",
    ),
    Case("anchor-in-comment", "suspect", says(_ANCHORS), fragment="never"),
    Case("anchor-in-script", "suspect", says(_ANCHORS), fragment="made"),
    Case("anchor-case", "suspect", says(_ANCHORS), fragment="Noon"),
    Case(
        "incomplete",
        "suspect",
        says(),
        "https://{host}:{https}/",
        reason="browsers may download the missing certificate",
    ),
    Case(
        "header-70k",
        "suspect",
        says(PAGE, "200 OK", f"X-Long: {'x' * 70_000}"),
        reason="a header of more than 64 KB",
    ),
)

TIMEOUT = (
    Case("hangs", "timeout", hangs, reason="no response within"),
    Case("hangs-in-headers", "timeout", hangs_in_the_headers),
    Case("drips-headers", "timeout", drips_headers),
    Case("resets-then-hangs", "timeout", then(resets, 2, hangs)),
    Case("leads-then-hangs", "timeout", leads("/slow", to=hangs)),
    Case("request-timeout", "timeout", says("", "408 Request Timeout")),
    Case(
        "name-hangs", "timeout", says(), "http://slow-names.example/", reason="no connection within"
    ),
    Case(
        "name-unanswered",
        "timeout",
        says(),
        "http://no-names.example/",
        reason="no name server responded",
    ),
)

CASES = (*OK, *MOVED, *BROKEN, *BLOCKED, *SUSPECT, *TIMEOUT, *HARD_PAGES)


def servers() -> Iterator[tuple[str, Handler]]:
    for case in CASES:
        yield case.host, case.serve
    for host in ("secure.test", "consent.quay.test", "login.quay.test"):
        yield host, says()
