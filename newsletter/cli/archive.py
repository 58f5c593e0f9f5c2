"""`newsletter archive`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from newsletter.archive.build_site import SiteOptions, SiteResult, build_site
from newsletter.archive.issue_parts import IssueParts
from newsletter.cli.completion import complete_target
from newsletter.cli.garbage import collect_often
from newsletter.cli.issue_argument import current_workspace, here, report_misnamed
from newsletter.cli.json_output import print_json
from newsletter.cli.progress import Progress
from newsletter.cli.report import show_findings
from newsletter.errors import WrongUsage
from newsletter.files.find import real_path
from newsletter.files.quotation import quoted
from newsletter.workspace import Workspace


@click.command("archive")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the site into DIR; site/ by default.",
)
@click.option(
    "--to",
    "target",
    metavar="TARGET",
    shell_complete=complete_target,
    help="Deliver the site to this folder target.",
)
@click.option(
    "--drafts",
    is_flag=True,
    help="Include drafts; every page is marked as a draft and hidden from search engines.",
)
@click.option(
    "--jobs", type=click.IntRange(1), help="Number of processes; one per core by default."
)
@click.option("--force", is_flag=True, help="Render everything again.")
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(
    out: Path | None,
    target: str | None,
    drafts: bool,
    jobs: int | None,
    force: bool,
    json_: bool,
) -> None:
    """Build the public web archive: pages, topics, people, feeds, search.

    Published issues only: those with a receipt and, where required, approvals. The site is replaced
    as a whole, and pages of removed issues are removed. Only what has changed is rendered again.
    """
    workspace = current_workspace()
    report_misnamed(workspace)
    folder = _folder(workspace, out, target, drafts=drafts)
    collect_often()
    progress = Progress(len(workspace.folders()), quiet=json_)

    def on_done(parts: IssueParts) -> None:
        progress.advance(parts.slug, failed=parts.summary is None)

    started = time.perf_counter()
    try:
        result = build_site(workspace, SiteOptions(folder, drafts, jobs, force), on_done)
    finally:
        progress.close()
    show_findings(result.findings)
    if json_:
        _print_json(workspace, result)
    else:
        _print(workspace, result, time.perf_counter() - started)


def _folder(workspace: Workspace, out: Path | None, target: str | None, *, drafts: bool) -> Path:
    if out is not None and target is not None:
        raise click.UsageError("--out and --to cannot be combined")
    if out is not None:
        folder = real_path(here() / out)
    elif target is not None:
        folder = _target_folder(workspace, target)
    else:
        name = Path(workspace.archive.out).expanduser()
        folder = workspace.root / name
        if drafts:  # never over the public site
            folder = folder.with_name(f"{folder.name}-drafts")
    if workspace.root.is_relative_to(folder) or folder in (workspace.issues, workspace.templates):
        raise WrongUsage(
            f"The site cannot be written to {folder}: it contains the workspace",
            hint="Choose a folder of its own, such as site.",
        )
    return folder


def _target_folder(workspace: Workspace, name: str) -> Path:
    from newsletter.targets import open_targets

    (target,) = open_targets(workspace, (name,))
    path = getattr(target, "path", None)
    if not isinstance(path, Path):
        hint = 'Name a target of type = "folder".'
        raise WrongUsage(f"Target {quoted(name)} cannot receive a site", hint=hint)
    return path


def _print(workspace: Workspace, result: SiteResult, seconds: float) -> None:
    where = workspace.display_path(result.out)
    if not result.issues:
        click.echo("No published issue yet: the site has no issues.", err=True)
    if not result.changed and not result.removed:
        click.echo(f"{where}/: unchanged, {_counted(result.issues, 'issue')} ({seconds:.1f} s)")
        return
    removed = f", {result.removed:,} removed" if result.removed else ""
    click.echo(
        f"{where}/: {_counted(result.issues, 'issue')}, {_counted(result.topics, 'topic')}, "
        f"{_counted(result.people, 'contributor')}; "
        f"{result.changed:,} of {result.files:,} files written{removed} ({seconds:.1f} s)"
    )


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _print_json(workspace: Workspace, result: SiteResult) -> None:

    data: dict[str, Any] = {
        "out": workspace.display_path(result.out),
        "issues": result.issues,
        "topics": result.topics,
        "people": result.people,
        "files": result.files,
        "rendered": result.rendered,
        "changed": result.changed,
        "removed": result.removed,
        "search": result.searchable,
        "findings": [str(finding) for finding in result.findings],
    }
    print_json(data)
