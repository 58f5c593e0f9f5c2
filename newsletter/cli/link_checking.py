"""Checking links over the network, with a progress line on a terminal."""

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

from newsletter.check.added_links import added_links
from newsletter.check.formats import pluralize
from newsletter.check.subjects import LinkResults, links_of
from newsletter.cli.progress import Progress
from newsletter.files.quotation import quoted
from newsletter.links.extract import LinkUse, link_queries
from newsletter.links.link_cache import CacheMode, LinkCache
from newsletter.links.options import link_options
from newsletter.links.result import LinkResult, without_fragment
from newsletter.markup.width import display_width
from newsletter.schema.hosts import host_covers, host_of, normalized_host
from newsletter.workspace import Workspace

VERDICTS = (
    "broken",
    "suspect",
    "moved",
    "blocked",
    "timeout",
    "ok",
)  # problems first
NOT_CHECKED, SKIPPED = "not_checked", "skipped"


def _hosts(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    for value in values:
        if not re.fullmatch(r"[^\s/:@*?#]+|[\da-f]*:[\da-f]*:[\da-f:]*", value, re.IGNORECASE):
            message = f"Expected a host such as wiki.example.org or 10.0.0.7, found {quoted(value)}"
            raise click.BadParameter(message)
    return tuple(map(normalized_host, values))


private_option = click.option(
    "--private",
    multiple=True,
    metavar="HOST",
    envvar="NEWSLETTER_PRIVATE",
    show_envvar=True,
    callback=_hosts,
    help="Allow requests to this host and its subdomains even if they resolve to a private address.",
)


class LinkOutcome(Struct, frozen=True):
    """The results for the links of several issues."""

    links: Mapping[Path, tuple[LinkUse, ...]]  # folder -> the links to check
    results: LinkResults
    counts: Mapping[
        str, int
    ]  # verdict, not_checked or skipped -> addresses without their fragments
    interrupted: bool  # by Ctrl-C

    @property
    def not_checked(self) -> int:
        return self.counts.get(NOT_CHECKED, 0)

    @property
    def with_problems(self) -> tuple[Path, ...]:
        """Return the issues with a link that is not ok."""
        bad = {url for url, result in self.results.items() if _verdict(result) != "ok"}
        return tuple(
            folder
            for folder, uses in self.links.items()
            if any(without_fragment(use.url) in bad for use in uses)
        )

    @property
    def by_issue(self) -> dict[str, LinkResults]:
        """Return slug -> the results for its links."""
        by_issue: dict[str, LinkResults] = {}
        for folder, uses in self.links.items():
            urls = dict.fromkeys(without_fragment(use.url) for use in uses)
            by_issue[folder.name] = {url: self.results[url] for url in urls if url in self.results}
        return by_issue


def cache_mode(*, offline: bool, refresh: bool) -> CacheMode:
    """Return the cache mode for two options. Raises `click.UsageError` for both together."""
    if offline and refresh:
        raise click.UsageError("--offline and --refresh cannot be combined")
    if offline:
        return "offline"
    return "refresh" if refresh else "fresh"


def links_to_check(
    workspace: Workspace, folders: Sequence[Path], since: str | None, *, quiet: bool = False
) -> dict[Path, tuple[LinkUse, ...]]:
    """Return the links of issues; with a revision, those added since."""
    progress = Progress(len(folders), quiet=quiet)
    links = {}
    for folder in folders:
        links[folder] = links_of(workspace, folder)
        progress.advance(folder.name, failed=False)
    progress.close()
    return links if since is None else added_links(workspace, links, since)


def check_issue_links(
    workspace: Workspace,
    links: Mapping[Path, tuple[LinkUse, ...]],
    mode: CacheMode,
    private: tuple[str, ...] = (),
    *,
    quiet: bool = False,
) -> LinkOutcome:
    """Check the links of issues, each address once. Ctrl-C ends it with the results so far."""
    from newsletter.links.check_links import run_link_check  # 100 ms: the HTTP client

    options = link_options(workspace, private)
    queries = link_queries(chain.from_iterable(links.values()))
    requested = [query for query in queries if not host_covers(options.skip, host_of(query.url))]
    shown = not quiet and mode != "offline" and sys.stderr.isatty()
    progress = LinkProgress([query.url for query in requested], shown=shown)
    cache = LinkCache(workspace.state / "cache" / "links.jsonl", mode)
    try:
        report = run_link_check(requested, options, cache, progress.add)
    finally:
        progress.close()
    counts = Counter(map(_verdict, report.results))
    counts[NOT_CHECKED] = len(requested) - len(report.results)
    counts[SKIPPED] = len(queries) - len(requested)
    ordered = {word: counts[word] for word in (*VERDICTS, NOT_CHECKED, SKIPPED) if counts[word]}
    results = {result.url: result for result in report.results}
    return LinkOutcome(links, results, ordered, report.interrupted)


def report_interrupted(outcome: LinkOutcome, more: str = "") -> None:
    """Report what was not checked because of Ctrl-C."""
    left = f"{pluralize(outcome.not_checked, 'link')} not checked{more}"
    click.echo(f"Interrupted: {left}. Results so far are cached.", err=True)


def _verdict(result: LinkResult) -> str:
    return "suspect" if result.missing and result.verdict in ("ok", "moved") else result.verdict


class LinkProgress:
    """A progress line: links checked, their verdicts, and the host that was waited for longest."""

    def __init__(self, urls: Iterable[str], *, shown: bool) -> None:
        self.waiting = Counter(map(host_of, urls))  # in the order in which hosts last responded
        self.total, self.shown = self.waiting.total(), shown
        self.counts: Counter[str] = Counter()
        self.draw()

    def add(self, result: LinkResult) -> None:
        host = host_of(result.url)
        count = self.waiting.pop(host, 0) - 1
        if count > 0:
            self.waiting[host] = count  # moves to the end
        self.counts[_verdict(result)] += 1
        self.draw()

    def line(self) -> str:
        line = f"{self.counts.total():,}/{self.total:,} links"
        verdicts = [f"{self.counts[word]:,} {word}" for word in VERDICTS if self.counts[word]]
        if verdicts:
            line += f": {', '.join(verdicts)}"
        host, count = next(iter(self.waiting.items()), ("", 0))
        if host:
            line += f"; waiting for {host}"
        if count > 1:
            line += f" ({count:,})"
        return line

    def draw(self) -> None:
        if self.shown and self.total:
            width = shutil.get_terminal_size().columns - 1
            click.echo(f"\r\x1b[K{cut_to_width(self.line(), width)}", nl=False, err=True)

    def close(self) -> None:
        if self.shown:
            click.echo("\r\x1b[K", nl=False, err=True)


def cut_to_width(text: str, width: int) -> str:
    """Return text truncated to a number of terminal columns."""
    if display_width(text) <= width:
        return text
    end = min(len(text), width)
    while end and display_width(text[:end]) >= width:
        end -= 1
    return f"{text[:end]}…"
