"""Servers with difficult behavior, each in a few lines; `cases.py` has the expected verdicts."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from time import time

from tests.links.web import Handler, Visit

PAGE = "<!doctype html><title>The quiet port</title><h1>The quiet port</h1><p id=tides>Tides.</p>"


# --- servers in one line --------------------------------------------------------------------------


def says(
    body: bytes | str = PAGE, status: str = "200 OK", *headers: str, kind: str | None = "text/html"
) -> Handler:
    async def serve(visit: Visit) -> None:
        await visit.reply(body, status, *headers, kind=kind)

    return serve


def raw(data: bytes, *, close: bool = True) -> Handler:
    async def serve(visit: Visit) -> None:
        await visit.send(data)
        if close:
            visit.close()

    return serve


def then(first: Handler, times: int, last: Handler) -> Handler:
    """Serve the first handler `times` times, and the last handler from then on."""

    async def serve(visit: Visit) -> None:
        await (first if visit.nth <= times else last)(visit)

    return serve


def leads(
    location: str | bytes, status: str = "302 Found", *, to: Handler | None = None
) -> Handler:
    """Redirect from the requested page, and serve all other addresses."""

    async def serve(visit: Visit) -> None:
        if visit.target.startswith("/page"):
            place = location.format(**visit.ports) if isinstance(location, str) else location
            await visit.redirect(place, status)
        else:
            await (to or says())(visit)

    return serve


def chain(*statuses: str) -> Handler:
    """Redirect once per status, then serve the page."""

    async def serve(visit: Visit) -> None:
        step = int(visit.target.rpartition("/")[2]) if visit.target != "/page" else 0
        if step < len(statuses):
            await visit.redirect(f"/step/{step + 1}", statuses[step])
        else:
            await visit.reply(PAGE)

    return serve


def titled(title: str, heading: str = "", body: str = "", status: str = "200 OK") -> Handler:
    return says(f"<title>{title}</title><h1>{heading}</h1>{body}", status)


def moves(place: str, to: Handler | None = None, status: str = "301 Moved Permanently") -> Handler:
    """Redirect from the first requested address, and serve every other."""
    first: list[str] = []

    async def serve(visit: Visit) -> None:
        first[:] = first or [visit.target]
        if visit.target == first[0]:
            await visit.redirect(place.format(**visit.ports), status)
        else:
            await (to or says())(visit)

    return serve


def refreshes(place: str, to: Handler | None = None, page: str = "{refresh}") -> Handler:
    """Redirect from `/page` by the page's own content instead of by a status."""
    refresh = f'<meta http-equiv="refresh" content="0; url={place}">'

    async def serve(visit: Visit) -> None:
        if visit.target.startswith("/page"):
            await visit.reply(page.replace("{refresh}", refresh))
        else:
            await (to or says())(visit)

    return serve


async def hangs(visit: Visit) -> None:
    await visit.hang()


async def resets(visit: Visit) -> None:
    visit.reset()


async def leaves(visit: Visit) -> None:
    visit.close()


# --- servers that take more -----------------------------------------------------------------------


async def head_lies(visit: Visit) -> None:
    await visit.reply(*(("", "404 Not Found") if visit.method == "HEAD" else (PAGE,)))


async def hangs_in_the_body(visit: Visit) -> None:
    await visit.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n"
        + PAGE.encode()
    )
    await visit.hang()


async def hangs_in_the_headers(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/ht")
    await visit.hang()


async def drips_headers(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        await visit.send(b"X-%d: 1\r\n" % number)
        await asyncio.sleep(0.2)


async def never_ends(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE.encode())
    while True:
        await visit.send(b"<p>And on it goes.</p>" * 500)


async def drips_for_ever(visit: Visit) -> None:
    await visit.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    while True:
        await visit.send(b"1\r\n.\r\n")
        await asyncio.sleep(0.1)


async def wants_a_cookie(visit: Visit) -> None:
    if "seen=yes" in visit.headers.get("cookie", ""):
        await visit.reply(PAGE)
    else:
        await visit.redirect(visit.target, "302 Found", "Set-Cookie: seen=yes; Path=/")


async def wants_a_cookie_from_elsewhere(visit: Visit) -> None:
    """Redirect every client to a gate, which sets two cookies and redirects back."""
    if visit.target == "/gate":
        await visit.redirect(
            "/page", "302 Found", "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2; Path=/; HttpOnly"
        )
    elif {"a=1", "b=2"} <= set(visit.headers.get("cookie", "").split("; ")):
        await visit.reply(PAGE)
    else:
        await visit.redirect("/gate", "307 Temporary Redirect")


async def counts_in_cookies(visit: Visit) -> None:
    """Set a different cookie each time: a redirect loop in which no two requests are alike."""
    await visit.redirect(visit.target, "302 Found", f"Set-Cookie: n={visit.nth}; Path=/")


async def checks_host(visit: Visit) -> None:
    """Serve only requests whose Host header has the ASCII form of the name."""
    fine = visit.headers["host"].startswith("xn--")
    await visit.reply(*((PAGE,) if fine else ("", "404 Not Found")))


def only(target: str) -> Handler:
    """Serve one target, byte for byte."""

    async def serve(visit: Visit) -> None:
        await visit.reply(*((PAGE,) if visit.target == target else (visit.target, "404 Not Found")))

    return serve


async def redirects_once_to_itself(visit: Visit) -> None:
    await (visit.reply(PAGE) if visit.nth > 1 else visit.redirect(visit.target))


async def comes_back(visit: Visit) -> None:
    """Keep the connection open and close it at its second request, as proxies do with idle ones."""
    if visit.nth == 1:
        await visit.reply("", "302 Found", "Location: /page")
    elif visit.nth == 2:
        visit.close()
    else:
        await visit.reply(PAGE)


def later(seconds: float) -> Handler:
    """Respond with 429 and a date in `Retry-After`."""

    async def serve(visit: Visit) -> None:
        await visit.reply(
            "", "429 Too Many Requests", f"Retry-After: {formatdate(time() + seconds, usegmt=True)}"
        )

    return serve


async def later_by_its_own_clock(visit: Visit) -> None:
    """Send a `Retry-After` date two seconds ahead, by a clock that is a day slow."""
    now = time() - 86400
    dates = (
        f"Date: {formatdate(now, usegmt=True)}",
        f"Retry-After: {formatdate(now + 2, usegmt=True)}",
    )
    await visit.reply("", "429 Too Many Requests", *dates)
