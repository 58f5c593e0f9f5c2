"""The line from a workspace to its site: folders -> summaries -> SiteModel -> plans -> written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from newsletter.archive import search_index
from newsletter.archive.frame import SiteContext
from newsletter.archive.issue_parts import MadeParts, make_parts
from newsletter.archive.own_pages import read_own_pages
from newsletter.archive.page_plan import PagePlan, Planner
from newsletter.archive.redirects import all_redirects
from newsletter.archive.site_findings import (
    changed_ids,
    doubtful_people,
    doubtful_topics,
    pages_gone,
    same_addresses,
)
from newsletter.archive.site_model import SiteModel, site_model
from newsletter.archive.site_writer import (
    LISTING,
    Exchange,
    FileState,
    Staging,
    WrittenFile,
    intact,
    own_files,
    scan,
)
from newsletter.archive.summary import IssueSummary
from newsletter.archive.visible import (
    PublishedState,
    approval_error,
    future_issues,
    published_state,
    today,
)
from newsletter.diagnostics import NOT_ARCHIVED, SEARCH_MISSING, Report
from newsletter.errors import IssueRejected, NewsletterError
from newsletter.files import cache
from newsletter.files.output import write_file
from newsletter.files.toml_reader import read_toml, toml_places
from newsletter.files.yaml_reader import PositionMap
from newsletter.model import Finding
from newsletter.pipeline.pool import map_parallel
from newsletter.theme.theme import PACKAGED, open_theme
from newsletter.workspace import Workspace, locate

ICONS = ("favicon.svg", "favicon.png", "favicon.ico")
FEW = 3  # issues below which starting processes costs more than it saves


class SiteOptions(Struct, frozen=True):
    """What a run is asked for."""

    out: Path
    drafts: bool = False
    jobs: int | None = None
    force: bool = False


class SiteResult(Struct, frozen=True):
    """What a run did."""

    out: Path
    issues: int = 0
    topics: int = 0
    people: int = 0
    files: int = 0
    rendered: int = 0  # issues read and rendered anew
    changed: int = 0  # files written
    removed: int = 0  # files that are gone
    searchable: bool = False
    findings: tuple[Finding, ...] = ()


class KnownIssue(Struct, frozen=True, array_like=True):
    """What the record remembers of one issue."""

    inputs: list[list[str | int]]
    when: int  # ns: when the inputs were looked at
    content: str  # digest of the inputs' bytes
    draft: bool
    summary: IssueSummary
    findings: tuple[Finding, ...] = ()


class KnownPage(Struct, frozen=True, array_like=True):
    """The files of one plan, as they were written."""

    key: str
    files: tuple[WrittenFile, ...]


class SiteRecord(Struct, frozen=True):
    """What one run leaves for the next; losing it costs time, nothing else."""

    shared: str = ""
    issues: dict[str, KnownIssue] = field(default_factory=dict)
    pages: dict[str, KnownPage] = field(default_factory=dict)


def build_site(
    workspace: Workspace,
    options: SiteOptions,
    tell: Callable[[MadeParts], None] = lambda made: None,
) -> SiteResult:
    """Build the public archive and put it in place whole; what did not change is not made again.

    Raises `IssueRejected` with all findings where a published issue, a page or a redirect is broken, and
    `NewsletterError` where the output folder is not ours. The site that stands there stays in both cases.
    """
    there = scan(options.out)
    earlier = own_files(options.out, there)
    report = Report()
    theme = open_theme(workspace, workspace.publication.theme)
    own = read_own_pages(workspace, theme, report)
    icon = next((name for name in ICONS if name in own.files), None)
    site = _context(workspace, options, icon, report)
    record_path = site.parts.parent / "record.msgpack"
    record = SiteRecord() if options.force else _read_record(record_path, site.shared)
    issues = dict(record.issues)
    try:
        rendered = _refresh(site, issues, options, report, tell)
    finally:
        _write_record(record_path, replace(record, shared=site.shared, issues=issues))
    if report.failed:
        raise IssueRejected("the archive", tuple(report.findings))
    model = _model(issues, report)
    planner = Planner(site, theme, model, own)
    redirects = _redirects(workspace, planner, report, options, earlier)
    if report.failed:
        raise IssueRejected("the archive", tuple(report.findings))
    plans = list(planner.plans(redirects))
    _refuse_collisions(plans, own.files)
    pages, changed, removed = _write(site, plans, record.pages, options.out, there)
    if changed or removed:
        _write_record(record_path, SiteRecord(site.shared, issues, pages))
    return SiteResult(
        options.out,
        len(model.issues),
        len(model.topics),
        len(model.people),
        sum(len(page.files) for page in pages.values()),
        rendered,
        changed,
        removed,
        site.searchable,
        tuple(sorted(report.findings, key=lambda finding: finding.order)),
    )


# --- what all pages share ----------------------------------------------------------------------------


def _context(
    workspace: Workspace, options: SiteOptions, icon: str | None, report: Report
) -> SiteContext:
    searchable = workspace.archive.search and search_index.available()
    if workspace.archive.search and not searchable:
        message = "no search index: Pagefind is not installed"
        hint = f"Run: {search_index.INSTALL}; or set search = false under [archive]."
        report.add(SEARCH_MISSING, workspace.place(workspace.settings), message, hint)
    themes = (PACKAGED, workspace.templates)
    shared = cache.shared_key(workspace.settings, workspace.masthead, themes)
    flags = f"{shared} {options.drafts} {searchable} {icon}"
    name = hashlib.sha256(str(options.out).encode()).hexdigest()[:12]
    folder = workspace.state / "cache" / "archive" / name
    return SiteContext(
        workspace,
        folder / "parts",
        hashlib.sha256(flags.encode()).hexdigest(),
        options.drafts,
        searchable,
        icon,
    )


def _read_record(path: Path, shared: str) -> SiteRecord:
    try:
        record = msgspec.msgpack.decode(path.read_bytes(), type=SiteRecord)
    except (OSError, msgspec.MsgspecError):
        return SiteRecord()
    # Other settings: every issue is read again; pages have keys of their own.
    return record if record.shared == shared else SiteRecord(shared, {}, record.pages)


def _write_record(path: Path, record: SiteRecord) -> None:
    with contextlib.suppress(NewsletterError):
        write_file(path, msgspec.msgpack.encode(record))


# --- issues ------------------------------------------------------------------------------------------


def _refresh(
    site: SiteContext,
    issues: dict[str, KnownIssue],
    options: SiteOptions,
    report: Report,
    tell: Callable[[MadeParts], None],
) -> int:
    """Bring what is known of the issues up to date and return how many had to be read."""
    workspace = site.workspace
    report.findings.extend(same_addresses(workspace))
    states = list(_visible(site, report))
    for slug in issues.keys() - {state.folder.name for state in states}:
        del issues[slug]
    made = {path.name for path in site.parts.iterdir()} if site.parts.is_dir() else set()
    stale, stamps = [], {}
    for state in states:
        slug = state.folder.name
        stamps[slug] = (cache.stamp(state.folder), time.time_ns())
        known = issues.get(slug)
        if known and slug in made and known.draft != state.published:
            known = _reviewed(site, known, state, stamps[slug])
        else:
            known = None
        if known:
            issues[slug] = known
        else:
            stale.append(state)
    by_slug = {state.folder.name: state for state in stale}
    for made_parts in _run(site, stale, options):
        tell(made_parts)
        slug = made_parts.slug
        _take(made_parts, by_slug[slug], stamps[slug], issues, report, site)
    return len(stale)


def _reviewed(
    site: SiteContext, known: KnownIssue, state: PublishedState, stamp: tuple[cache.Stamp, int]
) -> KnownIssue | None:
    """Return what is known of an issue where its files are the same, else `None`.

    Files saved within the last seconds before, or touched since (as git does), are compared by their bytes.
    """
    inputs, when = stamp
    racy = any(modified > known.when - cache.RACY for _, _, modified in inputs)
    if racy or known.inputs != inputs:
        if cache.content_key(state.folder, site.shared) != known.content:
            return None
        known = replace(known, inputs=inputs, when=when)
    if known.summary.receipts == state.receipts:
        return known
    return replace(known, summary=replace(known.summary, receipts=state.receipts))


def _visible(site: SiteContext, report: Report) -> Iterator[PublishedState]:
    workspace = site.workspace
    for folder in workspace.folders():
        try:
            state = published_state(workspace, folder)
        except NewsletterError as error:
            report.add(
                NOT_ARCHIVED, error.where or workspace.place(folder), error.message, error.hint
            )
            continue
        if state.published or site.drafts:
            yield state


def _run(
    site: SiteContext, stale: Sequence[PublishedState], options: SiteOptions
) -> Iterator[MadeParts]:
    jobs = 1 if len(stale) <= FEW else options.jobs or os.cpu_count() or 1
    return map_parallel(partial(_made, site), stale, jobs, prepare=_import_early)


def _made(site: SiteContext, state: PublishedState) -> MadeParts:
    draft = not state.published
    if not draft and not site.drafts and state.receipts:
        error = approval_error(site.workspace, state.folder)
        if error is not None:
            return MadeParts(state.folder.name, error=error)
    content = cache.content_key(state.folder, site.shared)
    return replace(make_parts(site, state.folder, draft=draft), content=content)


def _import_early() -> None:
    import babel.dates  # noqa: F401
    import PIL.Image  # noqa: F401
    import resvg_py  # noqa: F401


def _take(
    made: MadeParts,
    state: PublishedState,
    stamp: tuple[cache.Stamp, int],
    issues: dict[str, KnownIssue],
    report: Report,
    site: SiteContext,
) -> None:
    issues.pop(made.slug, None)
    if made.summary is not None:
        summary = replace(made.summary, receipts=state.receipts)
        inputs, when = stamp
        issues[made.slug] = KnownIssue(
            inputs, when, made.content, not state.published, summary, made.findings
        )
        return
    findings = list(made.findings)
    if made.error is not None:
        where = made.error.where or site.workspace.place(state.folder)
        findings.append(NOT_ARCHIVED.finding(where, made.error.message, made.error.hint))
    if state.published:
        report.findings.extend(findings)
    else:  # a draft that cannot be printed yet stops nobody's preview
        report.findings.extend(finding.with_severity("warning") for finding in findings)


def _model(issues: Mapping[str, KnownIssue], report: Report) -> SiteModel:
    shown = [known for known in issues.values() if known.summary.archived]
    report.findings.extend(finding for known in shown for finding in known.findings)
    summaries, findings = future_issues([known.summary for known in shown], today())
    report.findings.extend(findings)
    model = site_model(summaries)
    report.findings.extend(doubtful_topics(model))
    report.findings.extend(doubtful_people(model))
    return model


def _redirects(
    workspace: Workspace,
    planner: Planner,
    report: Report,
    options: SiteOptions,
    earlier: frozenset[str],
) -> dict[str, str]:
    places = _settings_places(workspace)
    redirects = all_redirects(workspace, planner.model, planner.paths, places, report)
    if not options.drafts:
        with contextlib.suppress(OSError):
            before = (options.out / "index.json").read_bytes() if earlier else None
            report.findings.extend(changed_ids(workspace, planner.model, before, places))
        report.findings.extend(pages_gone(earlier, {**planner.paths, **redirects}, places))
    return redirects


def _settings_places(workspace: Workspace) -> PositionMap:
    _, path, table = locate(workspace.root)
    read = read_toml(path, path.name, Report())
    return toml_places(read[1] if read else "", path.name, table)


# --- writing -----------------------------------------------------------------------------------------


def _refuse_collisions(plans: Sequence[PagePlan], own: Mapping[str, bytes]) -> None:
    """Raise `NewsletterError` where a file of `pages/` would stand where the site has one itself."""
    folders = {plan.unit.partition(":")[2] for plan in plans if plan.unit.startswith("issue:")}
    reserved = {"index.html", "404.html", "sitemap.xml", "index.json", "atom.xml", "feed.json"}
    reserved |= {"llms.txt", "robots.txt", "_redirects", LISTING}
    for name in own:
        first = name.partition("/")[0]
        if name in reserved or ("/" in name and first in folders | {"topics", "people", "search"}):
            message = f"pages/{name} would replace a file that the archive makes itself"
            raise NewsletterError(message, hint="Rename it, or remove it.")


def _write(
    site: SiteContext,
    plans: Sequence[PagePlan],
    known: Mapping[str, KnownPage],
    out: Path,
    there: Mapping[str, FileState],
) -> tuple[dict[str, KnownPage], int, int]:
    """Write what changed; return the files of every plan, how many were written and how many went."""
    kept: dict[str, KnownPage] = {}
    todo: list[PagePlan] = []
    for plan in plans:
        page = known.get(plan.unit)
        if page is not None and page.key == plan.key and intact(page.files, there):
            kept[plan.unit] = page
        else:
            todo.append(plan)
    index_key = _index_key(plans) if site.searchable else ""
    index = known.get("pagefind")
    reindex = site.searchable and not (
        index and index.key == index_key and intact(index.files, there)
    )
    if site.searchable and index and not reindex:
        kept["pagefind"] = index
    listed = {file.path for page in kept.values() for file in page.files}
    if not todo and not reindex and there.keys() == listed | {LISTING}:
        return kept, 0, 0
    exchange = Exchange(out)
    with exchange as staging:
        pages = _stage(staging, kept, todo)
        if reindex:
            files = [_state(staging, path) for path in search_index.build_index(staging.folder)]
            staging.files.extend(file.path for file in files)
            pages["pagefind"] = KnownPage(index_key, tuple(files))
        exchange.finish()
    written = {file.path for page in pages.values() for file in page.files}
    changed = sum(len(pages[plan.unit].files) for plan in todo)
    return pages, changed, len(there.keys() - written - {LISTING})


def _stage(
    staging: Staging, kept: Mapping[str, KnownPage], todo: Sequence[PagePlan]
) -> dict[str, KnownPage]:
    pages = dict(kept)
    for page in kept.values():
        for file in page.files:
            staging.keep(file)
    for plan in todo:
        files = tuple(staging.write(path, data) for path, data in plan.make().items())
        pages[plan.unit] = KnownPage(plan.key, files)
    return pages


def _state(staging: Staging, path: str) -> WrittenFile:
    status = (staging.folder / path).stat()
    return WrittenFile(path, status.st_size, status.st_mtime_ns)


def _index_key(plans: Sequence[PagePlan]) -> str:
    keys = "".join(f"{plan.unit} {plan.key}\n" for plan in plans if plan.unit.startswith("issue:"))
    return hashlib.sha256(keys.encode()).hexdigest()
