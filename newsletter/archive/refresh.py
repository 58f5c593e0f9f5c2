"""Re-read changed issues in parallel and use the record for the others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from newsletter.archive.issue_parts import IssueParts, make_parts
from newsletter.archive.page_frame import SiteContext
from newsletter.archive.public_issues import PublishedState, approval_error, published_state
from newsletter.archive.site_findings import same_addresses
from newsletter.archive.site_record import KnownIssue
from newsletter.diagnostics import NOT_ARCHIVED, Report
from newsletter.errors import NewsletterError
from newsletter.files import cache
from newsletter.pipeline.pool import map_parallel

FEW = 3  # issues below which starting processes costs more than it saves


def refresh(
    site: SiteContext,
    issues: dict[str, KnownIssue],
    jobs: int | None,
    report: Report,
    *,
    on_done: Callable[[IssueParts], None],
) -> int:
    """Update the issue records and return how many issues were read."""
    workspace = site.workspace
    report.findings.extend(same_addresses(workspace))
    states = list(_visible(site, report))
    for slug in issues.keys() - {state.folder.name for state in states}:
        del issues[slug]
    rendered = {path.name for path in site.parts.iterdir()} if site.parts.is_dir() else set()
    stale, stamps = [], {}
    for state in states:
        slug = state.folder.name
        stamps[slug] = (cache.fingerprint(state.folder), time.time_ns())
        known = issues.get(slug)
        if known and slug in rendered and known.draft != state.published:
            known = _reviewed(site, known, state, stamps[slug])
        else:
            known = None
        if known:
            issues[slug] = known
        else:
            stale.append(state)
    by_slug = {state.folder.name: state for state in stale}
    for parts in _run(site, stale, jobs):
        on_done(parts)
        slug = parts.slug
        _record(parts, by_slug[slug], stamps[slug], issues, report=report, site=site)
    return len(stale)


def _reviewed(
    site: SiteContext,
    known: KnownIssue,
    state: PublishedState,
    stamp: tuple[cache.Fingerprint, int],
) -> KnownIssue | None:
    """Return the record of an issue if its files are unchanged, otherwise `None`.

    Files saved within the last seconds before the record, or touched since (as git does), are
    compared by content.
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
    site: SiteContext, stale: Sequence[PublishedState], jobs: int | None
) -> Iterator[IssueParts]:
    most = 1 if len(stale) <= FEW else jobs or os.cpu_count() or 1
    return map_parallel(partial(_make_parts, site), stale, most, prepare=_import_early)


def _make_parts(site: SiteContext, state: PublishedState) -> IssueParts:
    draft = not state.published
    if not draft and not site.drafts and state.receipts:
        error = approval_error(site.workspace, state.folder)
        if error is not None:
            return IssueParts(state.folder.name, error=error)
    content = cache.content_key(state.folder, site.shared)
    return replace(make_parts(site, state.folder, draft=draft), content=content)


def _import_early() -> None:
    import babel.dates  # noqa: F401
    import PIL.Image  # noqa: F401
    import resvg_py  # noqa: F401


def _record(
    parts: IssueParts,
    state: PublishedState,
    stamp: tuple[cache.Fingerprint, int],
    issues: dict[str, KnownIssue],
    *,
    report: Report,
    site: SiteContext,
) -> None:
    issues.pop(parts.slug, None)
    if parts.summary is not None:
        summary = replace(parts.summary, receipts=state.receipts)
        inputs, when = stamp
        issues[parts.slug] = KnownIssue(
            inputs, when, parts.content, not state.published, summary, parts.findings
        )
        return
    findings = list(parts.findings)
    if parts.error is not None:
        where = parts.error.where or site.workspace.place(state.folder)
        findings.append(NOT_ARCHIVED.finding(where, parts.error.message, parts.error.hint))
    if state.published:
        report.findings.extend(findings)
    else:  # a draft that cannot be rendered yet does not block the preview
        report.findings.extend(finding.with_severity("warning") for finding in findings)
