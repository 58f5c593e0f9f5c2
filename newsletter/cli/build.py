"""`newsletter build`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from newsletter.cli.garbage import collect_often
from newsletter.cli.issue_argument import current_workspace, here, issue_argument, report_misnamed
from newsletter.cli.json_output import print_json
from newsletter.cli.progress import Progress
from newsletter.cli.report import show_error, show_findings
from newsletter.files.find import real_path
from newsletter.model import Finding
from newsletter.pipeline.batch import BuildOutcome, build_all
from newsletter.workspace import Workspace, select


@click.command("build")
@issue_argument(nargs=-1)
@click.option("--all", "all_", is_flag=True, help="Build all issues of the workspace.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write to this folder instead of dist/.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Number of processes; by default the number of cores.",
)
@click.option("--force", is_flag=True, help="Rebuild issues that have not changed.")
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(
    issue: tuple[str, ...], all_: bool, out: Path | None, jobs: int | None, force: bool, json_: bool
) -> None:
    """Write dist/SLUG/: email.html, email.txt, message.eml, web.html, images/ and manifest.json.

    An issue with errors keeps its last good output; the others are built.
    """
    if all_ and issue:
        raise click.UsageError("--all cannot be combined with ISSUE")
    workspace = current_workspace()
    if all_:
        report_misnamed(workspace)
        folders = workspace.folders()
    else:
        folders = list(dict.fromkeys(select(workspace, name, here()) for name in issue or [None]))
    target = real_path(here() / out) if out else workspace.dist
    started = time.perf_counter()
    if len(folders) > 1:
        collect_often()
    progress = Progress(len(folders), quiet=json_)

    def on_done(outcome: BuildOutcome) -> None:
        progress.advance(outcome.slug, failed=outcome.state == "failed")

    outcomes = build_all(workspace, folders, target, jobs=jobs, force=force, on_done=on_done)
    progress.close()
    for outcome in outcomes:
        show_findings(outcome.findings)
        if outcome.error:
            show_error(outcome.error)
    if json_:
        _print_json(outcomes, workspace, target)
    elif not folders:
        click.echo("No issues yet. Create one with `newsletter new TITLE`.", err=True)
    else:
        _print(outcomes, workspace, target, time.perf_counter() - started)
        if all(outcome.state != "failed" for outcome in outcomes):
            show_findings(_about_look(workspace))
    if any(outcome.state == "failed" for outcome in outcomes):
        sys.exit(1)


def _about_look(workspace: Workspace) -> tuple[Finding, ...]:
    """Return the findings about the settings of the look, such as an adjusted accent."""
    if not workspace.has_look_settings:
        return ()
    from newsletter.theme.theme import open_theme

    return open_theme(workspace, workspace.publication.theme).findings


def _print(outcomes: list[BuildOutcome], workspace: Workspace, out: Path, seconds: float) -> None:
    good = [outcome for outcome in outcomes if outcome.state != "failed"]
    if len(outcomes) <= 3:
        for outcome in good:
            note = {
                "built": f"{outcome.html / 1024:.1f} KB of HTML",
                "restored": "restored from the cache",
                "fresh": "unchanged",
            }
            click.echo(f"{workspace.display_path(out / outcome.slug)}/  {note[outcome.state]}")
        return
    counts = {
        state: sum(o.state == state for o in outcomes)
        for state in ("built", "restored", "fresh", "failed")
    }
    words = {
        "built": "built",
        "restored": "restored from the cache",
        "fresh": "unchanged",
        "failed": "failed",
    }
    parts = ", ".join(f"{count} {words[state]}" for state, count in counts.items() if count)
    click.echo(
        f"{len(outcomes)} issues in {workspace.display_path(out)}/: {parts} ({seconds:.1f} s)"
    )


def _print_json(outcomes: list[BuildOutcome], workspace: Workspace, out: Path) -> None:

    from newsletter.check.formats.json_ import error_json, finding_json

    rows = [
        {
            "slug": outcome.slug,
            "state": outcome.state,
            "path": workspace.display_path(out / outcome.slug),
            "findings": [finding_json(finding) for finding in outcome.findings],
            "error": error_json(outcome.error) if outcome.error else None,
        }
        for outcome in outcomes
    ]
    print_json(rows)
