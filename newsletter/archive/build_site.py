"""Build the site of a workspace: folders -> summaries -> SiteModel -> plans -> files."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from newsletter.archive import search_index
from newsletter.archive.issue_parts import IssueParts
from newsletter.archive.moved_pages import all_redirects
from newsletter.archive.own_pages import read_own_pages
from newsletter.archive.page_frame import SiteContext
from newsletter.archive.page_plan import Planner
from newsletter.archive.public_issues import (
    future_issues,
    today,
)
from newsletter.archive.refresh import refresh
from newsletter.archive.site_findings import (
    changed_ids,
    doubtful_people,
    doubtful_topics,
    pages_gone,
)
from newsletter.archive.site_model import SiteModel, site_model
from newsletter.archive.site_record import KnownIssue, SiteRecord, read_record, write_record
from newsletter.archive.site_writer import (
    own_files,
    scan,
)
from newsletter.archive.write_site import refuse_collisions, write_site
from newsletter.diagnostics import SEARCH_MISSING, Report
from newsletter.errors import IssueRejected
from newsletter.files import cache
from newsletter.files.extra_command import install_command
from newsletter.files.toml_reader import read_toml, toml_places
from newsletter.files.yaml_reader import PositionMap
from newsletter.model import Finding
from newsletter.theme.looks import PACKAGED
from newsletter.theme.theme import open_theme
from newsletter.workspace import Workspace, locate

ICONS = ("favicon.svg", "favicon.png", "favicon.ico")


class SiteOptions(Struct, frozen=True):
    """Options of a build."""

    out: Path
    drafts: bool = False
    jobs: int | None = None
    force: bool = False


class SiteResult(Struct, frozen=True):
    """The result of a build."""

    out: Path
    issues: int = 0
    topics: int = 0
    people: int = 0
    files: int = 0
    rendered: int = 0  # issues read and rendered in this run
    changed: int = 0  # files written
    removed: int = 0  # files deleted
    searchable: bool = False
    findings: tuple[Finding, ...] = ()


def build_site(
    workspace: Workspace,
    options: SiteOptions,
    on_done: Callable[[IssueParts], None] = lambda parts: None,
) -> SiteResult:
    """Build the public archive and replace the old one as a whole, reusing unchanged files.

    Raises `IssueRejected` with all findings if a published issue, a page or a redirect has errors,
    and `NewsletterError` if the output folder was not created by newsletter. The existing site is
    left untouched in both cases.
    """
    existing = scan(options.out)
    earlier = own_files(options.out, existing)
    report = Report()
    theme = open_theme(workspace, workspace.publication.theme)
    own = read_own_pages(workspace, theme, report)
    icon = next((name for name in ICONS if name in own.files), None)
    site = _context(workspace, options, icon, report)
    record_path = site.parts.parent / "record.msgpack"
    record = SiteRecord() if options.force else read_record(record_path, site.shared)
    issues = dict(record.issues)
    try:
        rendered = refresh(site, issues, options.jobs, report, on_done=on_done)
    finally:
        write_record(record_path, replace(record, shared=site.shared, issues=issues))
    if report.failed:
        raise IssueRejected("the archive", tuple(dict.fromkeys(report.findings)))
    model = _model(issues, report)
    planner = Planner(site, theme, model, own)
    redirects = _redirects(workspace, planner, report, options, earlier=earlier)
    if report.failed:
        raise IssueRejected("the archive", tuple(dict.fromkeys(report.findings)))
    plans = list(planner.plans(redirects))
    refuse_collisions(plans, own.files)
    pages, changed, removed = write_site(site, plans, record.pages, options.out, existing=existing)
    if changed or removed:
        write_record(record_path, SiteRecord(site.shared, issues, pages))
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


# --- shared by all pages ---


def _context(
    workspace: Workspace, options: SiteOptions, icon: str | None, report: Report
) -> SiteContext:
    searchable = workspace.archive.search and search_index.available()
    if workspace.archive.search and not searchable:
        message = "No search index: Pagefind is not installed"
        hint = f"Run `{install_command('archive')}`, or set search = false under [archive]."
        report.add(SEARCH_MISSING, workspace.place(workspace.settings), message, hint)
    themes = (PACKAGED, workspace.templates)
    shared = cache.shared_key(workspace.settings, workspace.masthead, themes)
    flags = f"{shared} {options.drafts} {searchable} {icon}"
    name = hashlib.sha256(workspace.display_path(options.out).encode()).hexdigest()[:12]
    folder = workspace.state / "cache" / "archive" / name
    return SiteContext(
        workspace,
        folder / "parts",
        hashlib.sha256(flags.encode()).hexdigest(),
        options.drafts,
        searchable,
        icon,
    )


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
    *,
    earlier: frozenset[str],
) -> dict[str, str]:
    places = _settings_places(workspace)
    redirects = all_redirects(workspace, planner.model, planner.paths, places, report=report)
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
