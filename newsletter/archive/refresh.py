"""Re-read changed issues in parallel and use the record for the others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from newsletter.archive.issue_parts import MadeParts, make_parts
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
    on_done: Callable[[MadeParts], None],
) -> int:
    """Update the issue records and return how many issues were read."""
    workspace = site.workspace
    report.findings.extend(same_addresses(workspace))
    states = list(_visible(site, report))
    for slug in issues.keys() - {state.folder.name for state in states}:
        del issues[slug]
    made = {path.name for path in site.parts.iterdir()} if site.parts.is_dir() else set()
    stale, stamps = [], {}
    for state in states:
        slug = state.folder.name
        stamps[slug] = (cache.fingerprint(state.folder), time.time_ns())
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
    for made_parts in _run(site, stale, jobs):
        on_done(made_parts)
        slug = made_parts.slug
        _take(made_parts, by_slug[slug], stamps[slug], issues, report, site)
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
) -> Iterator[MadeParts]:
    most = 1 if len(stale) <= FEW else jobs or os.cpu_count() or 1
    return map_parallel(partial(_made, site), stale, most, prepare=_import_early)


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
    stamp: tuple[cache.Fingerprint, int],
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
    else:  # a draft that cannot be rendered yet does not block the preview
        report.findings.extend(finding.with_severity("warning") for finding in findings)
