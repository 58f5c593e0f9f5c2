"""Ask the network about many links; the one door to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from newsletter.links.cache import LinkCache, OpenLinkCache
from newsletter.links.checker import ask_all
from newsletter.links.result import LinkQuery, LinkReport, LinkResult, bare
from newsletter.links.settings import LinkSettings, covers, host_of


def ask(
    wanted: Iterable[LinkQuery],
    settings: LinkSettings,
    memory: LinkCache,
    tell: Callable[[LinkResult], None] = lambda answer: None,
) -> LinkReport:
    """Ask about every address once and return the answers; tell of each as it arrives, remembered ones first.

    Ctrl-C ends it early with what is known, in `Asked.stopped`. Addresses that are not http or https, and those of
    skipped hosts, get no answer.
    """
    addresses = merged(wanted, settings.skip)
    found: dict[str, LinkResult] = {}

    def told(answer: LinkResult) -> None:
        found[answer.url] = answer = forgiven(answer, settings.blocked_is_fine)
        tell(answer)

    def learnt(notes: OpenLinkCache, answer: LinkResult) -> None:
        notes.keep(answer)
        told(answer)

    stopped = False
    try:
        with memory.open() as notes:
            unknown = []
            for one in addresses:
                answer = notes.recall(one)
                if answer is not None:
                    told(answer)
                elif memory.mode != "offline":
                    unknown.append(one)
            if unknown:
                asyncio.run(ask_all(unknown, settings, lambda answer: learnt(notes, answer)))
    except KeyboardInterrupt:
        stopped = True
    return LinkReport(tuple(found[one.url] for one in addresses if one.url in found), stopped)


def merged(wanted: Iterable[LinkQuery], skip: tuple[str, ...]) -> list[LinkQuery]:
    """Return each web address once, in order, with all fragments wanted of it."""
    fragments: dict[str, dict[str, None]] = {}
    for one in wanted:
        url, _, fragment = one.url.partition("#")
        if url.lower().startswith(("http://", "https://")) and not covers(skip, host_of(url)):
            fragments.setdefault(url, {}).update(
                dict.fromkeys(filter(None, (fragment, *one.fragments)))
            )
    return [LinkQuery(url, tuple(names)) for url, names in fragments.items()]


def forgiven(answer: LinkResult, hosts: tuple[str, ...]) -> LinkResult:
    """Return the answer of a host that is known to turn programs away as what the desk takes it for."""
    if answer.verdict != "blocked" or not covers(hosts, host_of(bare(answer.final or answer.url))):
        return answer
    return replace(answer, verdict="ok", why=f"{answer.why}; the settings say that this is fine")
