"""All links of a run at once, each address asked once."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence

from msgspec.structs import replace
from yarl import URL

from newsletter.links.anchors import anchor, missing
from newsletter.links.failure import explain
from newsletter.links.fetch import network
from newsletter.links.rate_limiter import RateLimiter
from newsletter.links.request import LinkChecker, LinkRequest
from newsletter.links.result import LinkQuery, LinkResult
from newsletter.links.settings import LinkSettings
from newsletter.links.url import NotWeb, wire
from newsletter.links.verdict import Classification


async def ask_all(
    wanted: Sequence[LinkQuery], settings: LinkSettings, told: Callable[[LinkResult], None]
) -> None:
    """Ask about addresses without fragments, and tell each answer as it comes.

    Spellings of one address (`http://example.org` and with its slash) share one request.
    """
    now = dt.datetime.now(dt.UTC)
    spellings: dict[URL, list[LinkQuery]] = {}
    for one in wanted:
        try:
            spellings.setdefault(wire(one.url), []).append(one)
        except NotWeb:
            told(LinkResult(one.url, "broken", "it is not an address", asked=now))
    try:
        async with network(settings) as opened, asyncio.TaskGroup() as tasks:
            guide = LinkChecker(opened, RateLimiter(settings), settings)
            for url, group in spellings.items():
                tasks.create_task(_one(guide, url, group, told))
    except (
        ExceptionGroup
    ) as several:  # of telling, for the rest is answers: the caller knows what it raised itself
        raise several.exceptions[0] from None


async def _one(
    guide: LinkChecker, url: URL, group: list[LinkQuery], told: Callable[[LinkResult], None]
) -> None:
    now = dt.datetime.now(dt.UTC)
    fragments = tuple(fragment for one in group for fragment in one.fragments)
    trip = LinkRequest(url, any(map(anchor, fragments)), guide.settings.timeout, url)
    try:
        judged = await guide.lead(trip)
        answers = [
            _answer(one, trip, judged, now, guide.settings.timeout - trip.left) for one in group
        ]
    except Exception as error:  # noqa: BLE001 - one strange page must not end a run over nine thousand links
        failure = explain(error, guide.settings)
        answers = [
            LinkResult(one.url, failure.verdict, failure.why, final=str(trip.url), asked=now)
            for one in group
        ]
    for answer in answers:
        told(answer)


def _placed(judged: Classification, trip: LinkRequest) -> str:
    """Return why, with the host where it happened if that is not the one the link names."""
    host = trip.url.host or ""
    if judged.verdict in ("ok", "moved") or host == trip.asked.host or host in judged.why:
        return judged.why
    return f"{judged.why} (at {host})"


def _answer(
    one: LinkQuery, trip: LinkRequest, judged: Classification, asked: dt.datetime, took: float
) -> LinkResult:
    reply = trip.reply if trip.reply and trip.reply.url == trip.url else None
    answer = LinkResult(
        url=one.url,
        verdict=judged.verdict,
        why=_placed(judged, trip),
        status=reply.status if reply else None,
        final=judged.moved_to or str(trip.url),
        moved_to=judged.moved_to,
        title=reply.page.title if reply else "",
        hops=len(trip.hops),
        asked=asked,
        took=round(took, 3),
    )
    if reply is None or judged.verdict not in ("ok", "moved"):
        return answer
    lacking = missing(reply.page, one.fragments)
    present = tuple(fragment for fragment in one.fragments if fragment not in lacking)
    return replace(answer, present=present, missing=lacking)
