"""Asking the network about links, with a line that says how far it is."""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

import click
from msgspec import Struct

from newsletter.check.added_links import added
from newsletter.check.formats import pluralize
from newsletter.check.subjects import LinkResults, links_of
from newsletter.cli.progress import Progress
from newsletter.links.cache import LinkCache, Mode
from newsletter.links.extract import LinkUse, wanted
from newsletter.links.result import LinkResult, bare
from newsletter.links.settings import covers, host_of, of_workspace
from newsletter.markup.width import display_width
from newsletter.workspace import Workspace

VERDICTS = ("ok", "moved", "suspect", "blocked", "timeout", "broken")
UNASKED, SKIPPED = "unasked", "skipped"


def _hosts(
    context: click.Context, parameter: click.Parameter, said: tuple[str, ...]
) -> tuple[str, ...]:
    for host in said:
        if not re.fullmatch(r"[^\s/:@*?#]+|[\da-f]*:[\da-f]*:[\da-f:]*", host, re.IGNORECASE):
            raise click.BadParameter(f"{host!r} is no host such as wiki.example.org or 10.0.0.7")
    return tuple(map(str.lower, said))


private_option = click.option(
    "--private",
    multiple=True,
    metavar="HOST",
    envvar="NEWSLETTER_PRIVATE",
    show_envvar=True,
    callback=_hosts,
    help="Ask this host though its address is private; a host covers its subdomains.",
)


class LinkOutcome(Struct, frozen=True):
    """What is known of the links of some issues."""

    links: Mapping[Path, tuple[LinkUse, ...]]  # of each folder, those that were to be asked about
    answers: LinkResults
    counts: Mapping[
        str, int
    ]  # verdict, unasked or skipped -> links; one is an address, whatever its fragment
    stopped: bool  # by Ctrl-C

    @property
    def unasked(self) -> int:
        return self.counts.get(UNASKED, 0)

    @property
    def doubtful(self) -> tuple[Path, ...]:
        """Return the issues with a link that is anything but fine."""
        bad = {url for url, answer in self.answers.items() if _verdict(answer) != "ok"}
        return tuple(
            folder
            for folder, links in self.links.items()
            if any(bare(use.url) in bad for use in links)
        )

    @property
    def by_issue(self) -> dict[str, LinkResults]:
        """Return slug -> the answers for its links."""
        urls = {
            folder.name: dict.fromkeys(bare(use.url) for use in links)
            for folder, links in self.links.items()
        }
        return {
            slug: {url: self.answers[url] for url in own if url in self.answers}
            for slug, own in urls.items()
        }


def mode_of(*, offline: bool, refresh: bool) -> Mode:
    """Return what is meant by two options. Raises `click.UsageError` for both."""
    if offline and refresh:
        raise click.UsageError("--offline asks nothing and --refresh everything: choose one")
    return "offline" if offline else "refresh" if refresh else "fresh"


def links_to_ask(
    workspace: Workspace, folders: Sequence[Path], since: str | None, *, quiet: bool = False
) -> dict[Path, tuple[LinkUse, ...]]:
    """Return the links of issues; with a revision, those that were added since."""
    progress = Progress(len(folders), quiet=quiet)
    found = {}
    for folder in folders:
        found[folder] = links_of(workspace, folder)
        progress.tell(folder.name, failed=False)
    progress.close()
    return added(workspace, found, since) if since is not None else found


def ask_about(
    workspace: Workspace,
    links: Mapping[Path, tuple[LinkUse, ...]],
    mode: Mode,
    private: tuple[str, ...] = (),
    *,
    quiet: bool = False,
) -> LinkOutcome:
    """Ask about the links of issues, each address once. Ctrl-C ends it with what is known by then."""
    from newsletter.links.check import ask  # 100 ms: the HTTP client

    settings = of_workspace(workspace, private)
    every = wanted(chain.from_iterable(links.values()))
    addresses = [one for one in every if not covers(settings.skip, host_of(one.url))]
    waiting = LinkProgress(
        [one.url for one in addresses],
        shown=not quiet and mode != "offline" and sys.stderr.isatty(),
    )
    try:
        asked = ask(
            addresses,
            settings,
            LinkCache(workspace.state / "cache" / "links.jsonl", mode),
            waiting.tell,
        )
    finally:
        waiting.close()
    found = Counter(map(_verdict, asked.answers))
    found[UNASKED], found[SKIPPED] = (
        len(addresses) - len(asked.answers),
        len(every) - len(addresses),
    )
    counts = {word: found[word] for word in (*VERDICTS, UNASKED, SKIPPED) if found[word]}
    return LinkOutcome(
        links, {answer.url: answer for answer in asked.answers}, counts, asked.stopped
    )


def tell_stopped(told: LinkOutcome, more: str = "") -> None:
    """Say what Ctrl-C left undone."""
    left = f"{pluralize(told.unasked, 'link')} not asked about{more}"
    click.echo(f"Stopped: {left}. What was answered is kept.", err=True)


def _verdict(answer: LinkResult) -> str:
    return "suspect" if answer.missing else answer.verdict


class LinkProgress:
    """A line on a terminal: how many links have answered and how, and the host that has been silent for longest."""

    def __init__(self, urls: Iterable[str], *, shown: bool) -> None:
        self.left = Counter(map(host_of, urls))  # in the order in which hosts were last heard of
        self.total, self.shown = self.left.total(), shown
        self.found: Counter[str] = Counter()
        self.draw()

    def tell(self, answer: LinkResult) -> None:
        host = host_of(answer.url)
        count = self.left.pop(host, 0) - 1
        if count > 0:
            self.left[host] = count  # now the last
        self.found[_verdict(answer)] += 1
        self.draw()

    def line(self) -> str:
        told = ", ".join(
            f"{self.found[verdict]:,} {verdict}" for verdict in VERDICTS if self.found[verdict]
        )
        host, count = next(iter(self.left.items()), ("", 0))
        silent = f"; waiting for {host}" + (f" ({count:,})" if count > 1 else "") if host else ""
        return (
            f"{self.found.total():,}/{self.total:,} links" + (f": {told}" if told else "") + silent
        )

    def draw(self) -> None:
        if self.shown and self.total:
            click.echo(
                f"\r\x1b[K{cut(self.line(), shutil.get_terminal_size().columns - 1)}",
                nl=False,
                err=True,
            )

    def close(self) -> None:
        if self.shown:
            click.echo("\r\x1b[K", nl=False, err=True)


def cut(words: str, width: int) -> str:
    """Return words cut to so many columns of a terminal."""
    if display_width(words) <= width:
        return words
    end = min(len(words), width)
    while end and display_width(words[:end]) >= width:
        end -= 1
    return f"{words[:end]}…"
