"""Build many issues in parallel; unchanged ones are skipped or restored from the cache."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from msgspec import Struct

from newsletter.errors import IssueRejected, NewsletterError
from newsletter.files import cache
from newsletter.files.output import write_folder
from newsletter.model import Finding
from newsletter.pipeline.pool import map_parallel
from newsletter.theme.looks import PACKAGED
from newsletter.workspace import Workspace

FEW = 3  # below this number of issues, starting processes costs more than it saves


class BuildOutcome(Struct, frozen=True):
    """The outcome of one build."""

    slug: str
    state: Literal["built", "restored", "fresh", "failed"]
    findings: tuple[Finding, ...] = ()
    error: NewsletterError | None = None
    known: cache.IndexEntry | None = None
    html: int = 0  # bytes of email.html
    seconds: float = 0.0


def build_all(
    workspace: Workspace,
    folders: Sequence[Path],
    out: Path,
    *,
    jobs: int | None = None,
    force: bool = False,
    on_done: Callable[[BuildOutcome], None] = lambda outcome: None,
) -> list[BuildOutcome]:
    """Build issues into `out/<slug>/`, calling `on_done` as each is done.

    A failed issue does not stop the others.
    """
    shared = _shared(workspace)
    index = workspace.state / "cache" / f"index-{_named(out, workspace)}.json"
    known = {} if force else cache.read_index(index, shared)
    outcomes: dict[str, BuildOutcome] = {}
    stale = []
    for folder in folders:
        if cache.up_to_date(known.get(folder.name), folder, out / folder.name):
            outcomes[folder.name] = BuildOutcome(folder.name, "fresh", known=known[folder.name])
            on_done(outcomes[folder.name])
        else:
            stale.append(folder)
    try:
        for outcome in _run(
            workspace, stale, out, shared, jobs=jobs or os.cpu_count() or 1, force=force
        ):
            outcomes[outcome.slug] = outcome
            on_done(outcome)
    finally:
        if stale:
            known |= {slug: one.known for slug, one in outcomes.items() if one.known}
            cache.write_index(index, shared, known)
    if len(folders) > FEW:
        cache.BuildCache(workspace.state / "cache").prune()
    return [outcomes[folder.name] for folder in folders]


def _run(
    workspace: Workspace, folders: Sequence[Path], out: Path, shared: str, *, jobs: int, force: bool
) -> Iterator[BuildOutcome]:
    if len(folders) <= FEW:
        jobs = 1
    work = partial(build_one, workspace, out=out, shared=shared, force=force)
    return map_parallel(work, folders, jobs, prepare=_import_early)


def build_one(
    workspace: Workspace, folder: Path, *, out: Path, shared: str, force: bool
) -> BuildOutcome:
    """Build one issue, or restore its output from the cache."""
    started = time.perf_counter()
    when = time.time_ns()
    inputs = cache.fingerprint(folder)
    blobs = cache.BuildCache(workspace.state / "cache")
    key = f"{cache.content_key(folder, shared)}.issue"
    try:
        kept = None if force else blobs.get(key)
        if kept is not None:
            files = cache.unpack(kept)
        else:
            from newsletter.pipeline.build import (
                build,  # half of a cold start; only imported if there is something to build
            )

            files = build(workspace, folder, blobs).files()
            blobs.put(key, cache.pack(files))
        write_folder(out / folder.name, files)
    except IssueRejected as error:
        return BuildOutcome(folder.name, "failed", findings=error.findings)
    except NewsletterError as error:
        return BuildOutcome(folder.name, "failed", error=error)
    entry = cache.IndexEntry(inputs, cache.fingerprint(out / folder.name), when)
    state: Literal["built", "restored"] = "built" if kept is None else "restored"
    return BuildOutcome(
        folder.name, state, (), None, entry, len(files["email.html"]), time.perf_counter() - started
    )


def _shared(workspace: Workspace) -> str:
    return cache.shared_key(workspace.settings, workspace.masthead, (PACKAGED, workspace.templates))


def _named(out: Path, workspace: Workspace) -> str:
    import hashlib

    return "dist" if out == workspace.dist else hashlib.sha256(str(out).encode()).hexdigest()[:16]


def _import_early() -> None:
    import newsletter.pipeline.build  # noqa: F401
    from newsletter.render.html import preload

    preload()
