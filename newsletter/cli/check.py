"""`newsletter check`."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import click
from msgspec.structs import replace

from newsletter.check import baseline
from newsletter.check.fix import FixedFile
from newsletter.check.formats import CheckResult, of_links, pluralize, summary
from newsletter.check.registry import LINK_CODES, catalogue
from newsletter.check.rule_settings import refuse_unknown
from newsletter.check.select import SelectionStack, unknown_words
from newsletter.cli.check_selection import issues_to_check
from newsletter.cli.completion import complete_rules
from newsletter.cli.image_widths import fill_widths
from newsletter.cli.issue_argument import current_workspace, here, issue_argument, start
from newsletter.cli.link_checking import (
    LinkOutcome,
    cache_mode,
    check_issue_links,
    links_to_check,
    private_option,
    report_interrupted,
)
from newsletter.cli.option_groups import GroupedCommand
from newsletter.cli.progress import Progress
from newsletter.cli.report import show_findings
from newsletter.errors import IssueRejected, WrongUsage
from newsletter.model import Finding, RuleSelection
from newsletter.pipeline.check_batch import (
    CheckedIssue,
    CheckOptions,
    check_all,
    check_links,
    fresh,
)
from newsletter.workspace import Workspace, locate

FORMATS = {"json": "json_", "github": "github", "sarif": "sarif"}  # other than text -> module
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
    "Output": ("--format", "--strict", "--timing"),
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
def command(
    issue: tuple[str, ...],
    all_: bool,
    since: str | None,
    chosen: tuple[str, ...],
    ignore: tuple[str, ...],
    links: bool,
    offline: bool,
    refresh: bool,
    private: tuple[str, ...],
    fix: bool,
    diff: bool,
    drafts: bool,
    strict: bool,
    format_: str,
    known: Path | None,
    write_baseline: bool,
    timing: bool,
    jobs: int | None,
) -> None:
    """Check issues for errors and fix what can be fixed automatically.

    Checks the text, links, credits, sources and images of each issue, and its finished email.

    Exits with 1 if there are errors, with --strict also if there are warnings. `newsletter explain CODE` explains a
    rule.
    """
    choice = RuleSelection(_codes(chosen), _codes(ignore))
    _refuse_unknown(choice)
    if write_baseline:
        _refuse_beside_baseline(choice, format_)
    mode = cache_mode(offline=offline, refresh=refresh)
    if mode != "fresh" and not links:
        raise click.UsageError(f"--{mode} requires --links")
    with _settings_reported(format_, issue):
        workspace = current_workspace(*issue)
        folders = issues_to_check(workspace, issue, all_=all_, since=since)
        path = _baseline(workspace, known, needed=write_baseline)
        known_findings = (
            baseline.Known() if write_baseline else baseline.read_baseline(workspace, path)
        )
        outcome, widths = None, 0
        if links:
            refuse_unknown(workspace)  # before a minute of requests
            quiet = format_ != "text"
            pending = links_to_check(workspace, folders, since, quiet=quiet)
            outcome = check_issue_links(workspace, pending, mode, private, quiet=quiet)
            if outcome.interrupted:
                _print_partial(workspace, outcome, choice, known_findings, format_)
                sys.exit(1)
            if fix and mode != "offline":
                widths = fill_widths(workspace, folders, private)
        progress = Progress(len(folders), quiet=format_ != "text")
        options = CheckOptions(
            choice,
            fix=fix,
            diff=diff,
            timing=timing,
            drafts=drafts,
            link_results=outcome.by_issue if outcome else None,
        )
        checked = check_all(
            workspace,
            folders,
            options,
            jobs,
            lambda issue: progress.advance(issue.slug, failed=issue.failed),
        )
        progress.close()
    all_links = outcome is not None and since is None and not outcome.not_checked
    if path and write_baseline:
        _write(workspace, path, tuple(fresh(checked)), folders, all_links=all_links)
        return
    if diff:
        _print_diff(
            [change for issue_ in checked for change in issue_.changes], to_stderr=format_ != "text"
        )
    result = _result(workspace, checked, choice, path, known_findings, all_links=all_links)
    fixed = widths + sum(issue_.fixed for issue_ in checked) if fix else 0
    _print(replace(result, fixed=fixed, links=outcome.counts if outcome else None), format_)
    if timing:
        _print_timing(checked)
    if result.count("error") or (strict and result.count("warning")):
        sys.exit(1)


def _codes(words: Sequence[str]) -> tuple[str, ...]:
    """Return codes, splitting arguments with several: `--select NL2,NL3`."""
    return tuple(code.strip() for word in words for code in word.split(",") if code.strip())


def _refuse_unknown(choice: RuleSelection) -> None:
    for key, word, hint in unknown_words(choice):
        raise WrongUsage(f'--{key}: unknown rule "{word}"', hint=hint)


@contextmanager
def _settings_reported(format_: str, names: Sequence[str]) -> Iterator[None]:
    """Print a document in the requested format even if invalid settings prevent the check."""
    try:
        yield
    except IssueRejected as error:
        if format_ == "text":
            raise
        _print(CheckResult(locate(start(*names))[0], (), error.findings), format_)
        sys.exit(1)


# --- the baseline ------------------------------------------------------------------------------------


def _baseline(workspace: Workspace, given: Path | None, *, needed: bool) -> Path | None:
    if given:
        return (here() / given).resolve()
    path = baseline.of_settings(workspace)
    if needed and not path:
        hint = 'Add --baseline FILE, or set baseline = "baseline.json" under [check].'
        raise WrongUsage("--write-baseline: no baseline file given", hint=hint)
    return path


def _refuse_beside_baseline(choice: RuleSelection, format_: str) -> None:
    """Reject options that conflict with a baseline, which records all findings, printing none."""
    if choice.select or choice.ignore:
        hint = "Omit --select and --ignore, or set select and ignore under [check]."
        raise WrongUsage("--write-baseline records the findings of all rules", hint=hint)
    if format_ != "text":
        raise WrongUsage(f"--write-baseline prints no findings; omit --format {format_}")


def _result(
    workspace: Workspace,
    checked: Sequence[CheckedIssue],
    choice: RuleSelection,
    path: Path | None,
    known: baseline.Known,
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

    gone = baseline.gone(left, workspace, set(slugs).difference(without_email), ran)
    shown = workspace.display_path(path) if path else ""
    return CheckResult(
        workspace.root,
        slugs,
        tuple(new),
        tuple(old),
        allowed,
        shown,
        gone,
        without_email=without_email,
        docs_url=workspace.check.docs_url or "",
    )


def _write(
    workspace: Workspace,
    path: Path,
    found: Sequence[Finding],
    folders: Sequence[Path],
    *,
    all_links: bool,
) -> None:
    """Record findings; those of unchecked issues and of unchecked links stay."""
    checked = tuple(f"{workspace.display_path(folder)}/" for folder in folders)
    issues = f"{workspace.display_path(workspace.issues)}/"
    known = baseline.Known()
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
            known |= baseline.Known({key: n for key, n in old.items() if key[1] in LINK_CODES})
    known |= baseline.as_recorded(found)
    baseline.write_baseline(path, known)
    click.echo(f"{workspace.display_path(path)}: {pluralize(known.total(), 'recorded finding')}")


# --- output ---------------------------------------------------------------------------------


def _print(result: CheckResult, format_: str) -> None:
    """Write findings to standard output and the summary to standard error."""
    if format_ == "text":
        show_findings(result.findings, result.root, to_stdout=True)
    else:
        module = import_module(f"newsletter.check.formats.{FORMATS[format_]}")
        click.echo(module.render(result), nl=False)
    click.echo(summary(result), err=True)


def _print_partial(
    workspace: Workspace,
    outcome: LinkOutcome,
    choice: RuleSelection,
    known: baseline.Known,
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
        _print(result, format_)
    report_interrupted(outcome, ", and no other rules have run")


def _print_diff(changes: Sequence[FixedFile], *, to_stderr: bool) -> None:
    """Write changes to standard output, or to standard error if a document is printed there."""
    for change in changes:
        before, after = (
            data.decode().splitlines(keepends=True) for data in (change.before, change.after)
        )
        for line in difflib.unified_diff(before, after, f"a/{change.path}", f"b/{change.path}"):
            whole = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            click.echo(whole, nl=False, err=to_stderr)


def _print_timing(checked: Sequence[CheckedIssue]) -> None:
    """Write the time of each rule in seconds to standard error, the slowest first."""
    total: dict[str, float] = {}
    for issue in checked:
        for key, seconds in issue.timing.items():
            total[key] = total.get(key, 0.0) + seconds
    for key, seconds in sorted(total.items(), key=lambda row: -row[1]):
        name = f" {catalogue()[key].name}" if key in catalogue() else ""
        click.echo(f"{seconds * 1000:9.1f} ms  {key}{name}", err=True)
