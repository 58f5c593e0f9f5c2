"""`newsletter check`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from newsletter.check import baseline
from newsletter.check.formats import CheckResult, of_links, pluralize
from newsletter.check.registry import LINK_CODES
from newsletter.check.rule_settings import refuse_unknown
from newsletter.check.select import SelectionStack
from newsletter.cli.check_arguments import CheckArguments, refuse_conflicts, with_format
from newsletter.cli.check_output import FORMATS, print_diff, print_result, print_timing
from newsletter.cli.check_selection import issues_to_check
from newsletter.cli.completion import complete_rules
from newsletter.cli.file_argument import named_file
from newsletter.cli.garbage import collect_often
from newsletter.cli.image_widths import fill_widths
from newsletter.cli.issue_argument import current_workspace, here, issue_argument, start
from newsletter.cli.link_checking import (
    LinkOutcome,
    check_issue_links,
    links_to_check,
    private_option,
    report_interrupted,
)
from newsletter.cli.option_groups import GroupedCommand
from newsletter.cli.progress import Progress
from newsletter.cli.report import show_findings
from newsletter.errors import IssueRejected, WrongUsage
from newsletter.files.find import real_path
from newsletter.model import Finding, RuleSelection
from newsletter.pipeline.check_batch import (
    CheckedIssue,
    CheckOptions,
    check_all,
    check_links,
    fresh,
)
from newsletter.workspace import Workspace, locate

HEADINGS = {
    "Selection": (
        "--all",
        "--since",
        "--drafts",
        "--select",
        "--ignore",
        "--baseline",
        "--write-baseline",
    ),
    "Links": ("--links", "--offline", "--refresh", "--private"),
    "Fixing": ("--fix", "--diff"),
    "Output": ("--format", "--json", "--strict", "--timing"),
}


@click.command("check", cls=GroupedCommand, headings=HEADINGS)
@issue_argument(nargs=-1)
@click.option("--all", "all_", is_flag=True, help="Check every issue in the workspace.")
@click.option(
    "--since",
    metavar="REV",
    help="Check the issues that changed since this branch left REV, a git revision.",
)
@click.option(
    "--select",
    "chosen",
    multiple=True,
    metavar="CODE",
    shell_complete=complete_rules,
    help="Run only these rules: codes, prefixes of codes, or names.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE",
    shell_complete=complete_rules,
    help="Skip these rules: codes, prefixes of codes, or names.",
)
@click.option(
    "--links",
    is_flag=True,
    help="Check links on the network, too; with --since, only added links.",
)
@click.option(
    "--offline",
    is_flag=True,
    help="With --links: use cached results only; make no requests.",
)
@click.option("--refresh", is_flag=True, help="With --links: ignore cached results.")
@private_option
@click.option("--fix", is_flag=True, help="Apply all safe fixes.")
@click.option(
    "--diff",
    is_flag=True,
    help="Show what --fix would change, or with --fix, what it changed.",
)
@click.option(
    "--drafts",
    is_flag=True,
    help="Report placeholders and missing text as warnings until the issue is published.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings, too.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", *FORMATS]),
    default="text",
    help="Output format.",
)
@click.option("--json", "json_", is_flag=True, help="The same as --format json.")
@click.option(
    "--baseline",
    "known",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Ignore findings recorded in FILE.",
)
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Record all findings in the baseline.",
)
@click.option(
    "--timing",
    is_flag=True,
    help="Show how long each rule takes.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Number of processes; default: one per core.",
)
def command(issue: tuple[str, ...], **options: Any) -> None:
    """Check issues for errors and fix what can be fixed automatically.

    Checks the text, links, credits, sources and images of each issue, and its finished email.

    Exits with 1 if there are errors, with --strict also if there are warnings. `newsletter explain CODE` explains a
    rule.
    """
    arguments = CheckArguments(**with_format(options))
    refuse_conflicts(arguments)
    with _settings_reported(arguments.format_, issue):
        workspace = current_workspace(*issue)
        folders = issues_to_check(workspace, issue, all_=arguments.all_, since=arguments.since)
        path, known = _baseline(workspace, arguments)
        outcome, widths = None, 0
        if arguments.links:
            outcome, widths = _check_links(workspace, folders, arguments, known)
        checked = _check(workspace, folders, arguments, outcome)
    all_links = outcome is not None and arguments.since is None and not outcome.not_checked
    if path and arguments.write_baseline:
        _write(workspace, path, tuple(fresh(checked)), folders, all_links=all_links)
        return
    if arguments.diff:
        changes = [change for issue_ in checked for change in issue_.changes]
        print_diff(changes, to_stderr=arguments.format_ != "text")
    result = _result(workspace, checked, arguments.choice, path, known, all_links=all_links)
    fixed = widths + sum(issue_.fixed for issue_ in checked) if arguments.fix else 0
    counts = outcome.counts if outcome else None
    print_result(replace(result, fixed=fixed, links=counts), arguments.format_)
    if arguments.timing:
        print_timing(checked)
    if result.count("error") or (arguments.strict and result.count("warning")):
        sys.exit(1)


def _check_links(
    workspace: Workspace,
    folders: Sequence[Path],
    arguments: CheckArguments,
    known: baseline.KnownFindings,
) -> tuple[LinkOutcome, int]:
    """Return the results of the links, and how many image widths were filled in.

    Exits after printing the results so far if the check is interrupted.
    """
    refuse_unknown(workspace)  # before a minute of requests
    pending = links_to_check(workspace, folders, arguments.since, quiet=arguments.quiet)
    outcome = check_issue_links(
        workspace, pending, arguments.mode, arguments.private, quiet=arguments.quiet
    )
    if outcome.interrupted:
        _print_partial(workspace, outcome, arguments.choice, known, arguments.format_)
        sys.exit(1)
    if arguments.fix and arguments.mode != "offline":
        return outcome, fill_widths(workspace, folders, arguments.private)
    return outcome, 0


def _check(
    workspace: Workspace,
    folders: Sequence[Path],
    arguments: CheckArguments,
    outcome: LinkOutcome | None,
) -> Sequence[CheckedIssue]:
    """Check the issues, with progress on standard error."""
    options = CheckOptions(
        arguments.choice,
        fix=arguments.fix,
        diff=arguments.diff,
        timing=arguments.timing,
        drafts=arguments.drafts,
        link_results=outcome.by_issue if outcome else None,
    )
    if len(folders) > 1:
        collect_often()
    progress = Progress(len(folders), quiet=arguments.quiet)

    def advance(issue: CheckedIssue) -> None:
        progress.advance(issue.slug, failed=issue.failed)

    checked = check_all(workspace, folders, options, arguments.jobs, on_done=advance)
    progress.close()
    return checked


@contextmanager
def _settings_reported(format_: str, names: Sequence[str]) -> Iterator[None]:
    """Print a document in the requested format even if invalid settings prevent the check."""
    try:
        yield
    except IssueRejected as error:
        if format_ == "text":
            raise
        print_result(CheckResult(locate(start(*names))[0], (), error.findings), format_)
        sys.exit(1)


# --- the baseline ------------------------------------------------------------------------------------


def _baseline(
    workspace: Workspace, arguments: CheckArguments
) -> tuple[Path | None, baseline.KnownFindings]:
    """Return the baseline's file and the findings recorded in it; none if it is to be written."""
    path = (
        real_path(here() / arguments.known) if arguments.known else baseline.of_settings(workspace)
    )
    if not arguments.write_baseline:
        if arguments.known:
            hint = "Create it with `newsletter check --all --baseline FILE --write-baseline`."
            named_file(arguments.known, hint=hint)
        return path, baseline.read_baseline(workspace, path)
    if not path:
        hint = 'Add --baseline FILE, or set baseline = "baseline.json" under [check].'
        raise WrongUsage("No baseline file given for --write-baseline", hint=hint)
    return path, baseline.KnownFindings()


def _result(
    workspace: Workspace,
    checked: Sequence[CheckedIssue],
    choice: RuleSelection,
    path: Path | None,
    known: baseline.KnownFindings,
    *,
    all_links: bool,
) -> CheckResult:
    """Return the result of the check, without the findings in the baseline."""
    new, old, left = baseline.split_recorded(fresh(checked), known)
    slugs = tuple(issue.slug for issue in checked)
    without_email = tuple(issue.slug for issue in checked if not issue.has_email)
    allowed = tuple(dict.fromkeys(finding for issue in checked for finding in issue.allowed))
    selected = SelectionStack.of_settings(workspace, choice)

    def ran(code: str) -> bool:
        return selected.on(code) and (all_links or code not in LINK_CODES)

    resolved = baseline.count_resolved(left, workspace, set(slugs).difference(without_email), ran)
    shown = workspace.display_path(path) if path else ""
    return CheckResult(
        workspace.root,
        slugs,
        tuple(new),
        tuple(old),
        allowed,
        shown,
        resolved,
        without_email=without_email,
        docs_url=workspace.check.docs_url or "",
    )


def _write(
    workspace: Workspace,
    path: Path,
    findings: Sequence[Finding],
    folders: Sequence[Path],
    *,
    all_links: bool,
) -> None:
    """Record findings; those of unchecked issues and of unchecked links stay."""
    checked = tuple(f"{workspace.display_path(folder)}/" for folder in folders)
    issues = f"{workspace.display_path(workspace.issues)}/"
    known = baseline.KnownFindings()
    if path.exists():
        old = baseline.read_baseline(workspace, path)
        known.update(
            {
                key: n
                for key, n in old.items()
                if key[0].startswith(issues) and not key[0].startswith(checked)
            }
        )
        if not all_links:
            known |= baseline.KnownFindings(
                {key: n for key, n in old.items() if key[1] in LINK_CODES}
            )
    known |= baseline.as_recorded(findings)
    baseline.write_baseline(path, known)
    click.echo(f"{workspace.display_path(path)}: {pluralize(known.total(), 'recorded finding')}")


# --- output ---------------------------------------------------------------------------------


def _print_partial(
    workspace: Workspace,
    outcome: LinkOutcome,
    choice: RuleSelection,
    known: baseline.KnownFindings,
    format_: str,
) -> None:
    """Print the findings so far after Ctrl-C in the link check; nothing is fixed or recorded."""
    checked = check_links(
        workspace, outcome.with_problems, CheckOptions(choice, link_results=outcome.by_issue)
    )
    new, old, _ = baseline.split_recorded(fresh(checked), known)
    slugs = tuple(folder.name for folder in outcome.links)
    allowed = tuple(dict.fromkeys(finding for issue in checked for finding in issue.allowed))
    result = CheckResult(
        workspace.root, slugs, tuple(new), tuple(old), allowed, links=outcome.counts
    )
    if format_ == "text":  # no summary: "no problems" would be wrong, as no other rule has run
        show_findings(result.findings, workspace.root, to_stdout=True)
        click.echo(of_links(outcome.counts), err=True)
    else:
        print_result(result, format_)
    report_interrupted(outcome, ", and no other rules have run")
