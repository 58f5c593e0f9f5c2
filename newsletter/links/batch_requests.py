"""Check all links of a run concurrently, requesting each URL once."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence

from msgspec.structs import replace
from yarl import URL

from newsletter.links.anchors import missing_anchors, required_anchor
from newsletter.links.classify import Classification
from newsletter.links.failure import classify_failure
from newsletter.links.fetch import open_network
from newsletter.links.options import LinkOptions
from newsletter.links.rate_limiter import RateLimiter
from newsletter.links.request import LinkChecker, LinkRequest
from newsletter.links.result import LinkQuery, LinkResult
from newsletter.links.url import NotWebAddress, canonical_url


async def request_all(
    queries: Sequence[LinkQuery], options: LinkOptions, report: Callable[[LinkResult], None]
) -> None:
    """Request addresses without fragments, and report each result as it arrives.

    Equivalent URLs (`http://example.org` with and without a slash) share one request. Raises
    whatever `report` raises.
    """
    now = dt.datetime.now(dt.UTC)
    spellings: dict[URL, list[LinkQuery]] = {}
    for query in queries:
        try:
            spellings.setdefault(canonical_url(query.url), []).append(query)
        except NotWebAddress:
            report(LinkResult(query.url, "broken", "not a valid address", checked_at=now))
    try:
        async with open_network(options) as network, asyncio.TaskGroup() as tasks:
            checker = LinkChecker(network, RateLimiter(options), options)
            for url, group in spellings.items():
                tasks.create_task(_request(checker, url, group, report))
    except ExceptionGroup as raised:  # only `report` can raise; other errors become results
        raise raised.exceptions[0] from None


async def _request(
    checker: LinkChecker, url: URL, group: list[LinkQuery], report: Callable[[LinkResult], None]
) -> None:
    now = dt.datetime.now(dt.UTC)
    anchors = any(required_anchor(fragment) for query in group for fragment in query.fragments)
    request = LinkRequest(url, anchors, checker.options.timeout, url)
    try:
        classification = await checker.run(request)
        seconds = checker.options.timeout - request.remaining
        results = [_result(query, request, classification, now, seconds=seconds) for query in group]
    except Exception as error:  # noqa: BLE001 - one odd page must not end a run over 9,000 links
        failure = classify_failure(error, checker.options)
        final = str(request.url)
        results = [
            LinkResult(query.url, failure.verdict, failure.reason, final=final, checked_at=now)
            for query in group
        ]
    for result in results:
        report(result)


def _with_host(classification: Classification, request: LinkRequest) -> str:
    """Return the reason, with the host that it concerns if it is not the link's own."""
    host = request.url.host or ""
    reason = classification.reason
    is_own = host == request.requested.host
    if classification.verdict in ("ok", "moved") or is_own or host in reason:
        return reason
    return f"{reason} (at {host})"


def _result(
    query: LinkQuery,
    request: LinkRequest,
    classification: Classification,
    now: dt.datetime,
    *,
    seconds: float,
) -> LinkResult:
    is_last = request.reply is not None and request.reply.url == request.url
    reply = request.reply if is_last else None
    result = LinkResult(
        url=query.url,
        verdict=classification.verdict,
        reason=_with_host(classification, request),
        status=reply.status if reply else None,
        final=classification.moved_to or str(request.url),
        moved_to=classification.moved_to,
        title=reply.page.title if reply else "",
        hops=len(request.hops),
        checked_at=now,
        seconds=round(seconds, 3),
        fixable=classification.fixable,
    )
    if reply is None or classification.verdict not in ("ok", "moved"):
        return result
    missing = missing_anchors(reply.page, query.fragments)
    present = tuple(fragment for fragment in query.fragments if fragment not in missing)
    return replace(result, present=present, missing=missing)
