"""Ask the network about many links; the one door to it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable

from newsletter.links.answer import Answer, Asked, Wanted, bare
from newsletter.links.memory import Memory
from newsletter.links.settings import LinkSettings


def ask(
    wanted: Iterable[Wanted],
    settings: LinkSettings,
    memory: Memory,
    tell: Callable[[Answer], None] = lambda answer: None,
) -> Asked:
    """Ask about every address once and return the answers; tell of each as it arrives, remembered ones first.

    Ctrl-C ends it early with what is known, in `Asked.stopped`. Addresses that are not http or https, and those of
    skipped hosts, get no answer.
    """
    found: dict[str, Answer] = {}

    def told(answer: Answer) -> None:
        found[answer.url] = answer
        memory.keep(answer)
        tell(answer)

    wanted = list(wanted)
    stopped = False
    try:
        asyncio.run(_all(wanted, settings, told))
    except KeyboardInterrupt:
        stopped = True
    return Asked(tuple(found[bare(one.url)] for one in wanted if bare(one.url) in found), stopped)


async def _all(wanted: list[Wanted], settings: LinkSettings, told: Callable[[Answer], None]) -> None:
    import aiohttp

    async with aiohttp.ClientSession(headers={"User-Agent": settings.user_agent}) as session:
        for one in wanted:
            now = dt.datetime.now(dt.UTC)
            try:
                async with session.get(bare(one.url)) as response:
                    status = response.status
            except (aiohttp.ClientError, TimeoutError, OSError):
                told(Answer(bare(one.url), "broken", "no answer", asked=now))
                continue
            told(Answer(bare(one.url), "ok" if status < 300 else "broken", str(status), status, asked=now))
