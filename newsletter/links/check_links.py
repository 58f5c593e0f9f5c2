"""Check many links; the only entry point of the network check."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from newsletter.links.batch_requests import request_all
from newsletter.links.link_cache import LinkCache, OpenLinkCache
from newsletter.links.options import LinkOptions, token_variable
from newsletter.links.result import LinkQuery, LinkReport, LinkResult, without_fragment
from newsletter.schema.hosts import host_covers, host_of


def run_link_check(
    queries: Iterable[LinkQuery],
    options: LinkOptions,
    cache: LinkCache,
    report: Callable[[LinkResult], None] = lambda result: None,
) -> LinkReport:
    """Check every URL once; `report` receives each result as it arrives, cached ones first.

    Ctrl-C ends the run early with the results so far and `interrupted`. URLs that are not http or
    https, and those of skipped hosts, get no result.
    """
    merged = merge_queries(queries, options.skip)
    results: dict[str, LinkResult] = {}

    def add(result: LinkResult) -> None:
        results[result.url] = result = with_settings(result, options)
        report(result)

    interrupted = False
    try:
        with cache.open() as opened:
            unknown = _cached(merged, opened, add)
            if unknown and cache.mode != "offline":

                def arrived(result: LinkResult) -> None:
                    opened.put(result)
                    add(result)

                asyncio.run(request_all(unknown, options, arrived))
    except KeyboardInterrupt:
        interrupted = True
    ordered = (results[query.url] for query in merged if query.url in results)
    return LinkReport(tuple(ordered), interrupted)


def _cached(
    queries: Iterable[LinkQuery], cache: OpenLinkCache, add: Callable[[LinkResult], None]
) -> list[LinkQuery]:
    """Add the cached results and return the queries that have none."""
    unknown = []
    for query in queries:
        result = cache.get(query)
        if result is None:
            unknown.append(query)
        else:
            add(result)
    return unknown


def merge_queries(queries: Iterable[LinkQuery], skip: tuple[str, ...]) -> list[LinkQuery]:
    """Return each web URL once, in order, with all its requested fragments."""
    fragments: dict[str, dict[str, None]] = {}
    for query in queries:
        url, _, fragment = query.url.partition("#")
        is_web = url.lower().startswith(("http://", "https://"))
        if is_web and not host_covers(skip, host_of(url)):
            named = filter(None, (fragment, *query.fragments))
            fragments.setdefault(url, {}).update(dict.fromkeys(named))
    return [LinkQuery(url, tuple(names)) for url, names in fragments.items()]


def with_settings(result: LinkResult, options: LinkOptions) -> LinkResult:
    """Return a result after applying the settings.

    It becomes `ok` for accepted statuses and for hosts whose verdict is known to be false.
    """
    host = host_of(without_fragment(result.final or result.url))
    entry = options.of_host(host)
    allowlisted = {"blocked": options.blocked_is_fine, "broken": options.broken_is_fine}
    is_accepted = entry is not None and result.status in entry.accept and result.verdict != "moved"
    if is_accepted or host_covers(allowlisted.get(result.verdict, ()), host):
        return replace(result, verdict="ok", reason=f"{result.reason}; allowlisted in the settings")
    if entry and entry.missing_token and result.verdict in ("blocked", "broken"):
        variable = token_variable(entry.host)
        return replace(result, reason=f"{result.reason}; {variable} is not set")
    return result
