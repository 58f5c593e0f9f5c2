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
from newsletter.check.formats import CheckResult, pluralize, summary
from newsletter.check.formats.text import written
from newsletter.check.git import changed_since
from newsletter.check.registry import LINK_CODES, catalogue
from newsletter.check.select import SelectionStack, unknown_words
from newsletter.check.settings import refuse_unknown
from newsletter.cli.issue_argument import here, issue_argument, open_workspace, start
from newsletter.cli.link_checking import (
    LinkOutcome,
    ask_about,
    links_to_ask,
    mode_of,
    private_option,
    tell_stopped,
)
from newsletter.cli.progress import Progress
from newsletter.cli.report import COLOURS
from newsletter.errors import IssueRejected, WrongUsage
from newsletter.model import Finding, RuleSelection
from newsletter.pipeline.check_batch import (
    CheckedIssue,
    CheckOptions,
    check_all,
    check_links,
    fresh,
)
from newsletter.workspace import Workspace, locate, select

FORMATS = {"json": "json_", "github": "github", "sarif": "sarif"}  # beside text -> module


@click.command("check")
@issue_argument(nargs=-1)
@click.option("--all", "all_", is_flag=True, help="Check every issue of the workspace.")
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
    help="Use these rules only; a code, its start, or a name.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE",
    help="Leave these rules out; a code, its start, or a name.",
)
@click.option(
    "--links",
    is_flag=True,
    help="Ask the network about every link too; with --since, about added ones.",
)
@click.option(
    "--offline",
    is_flag=True,
    help="With --links: take what earlier runs were answered, and ask nothing.",
)
@click.option(
    "--refresh", is_flag=True, help="With --links: ask anew, whatever was answered before."
)
@private_option
@click.option("--fix", is_flag=True, help="Mend what is safe to mend.")
@click.option(
    "--diff",
    is_flag=True,
    help="Show what --fix would change; with --fix, what it changed. Beside a --format for machines on standard error.",
)
@click.option("--strict", is_flag=True, help="End with 1 for warnings too.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", *FORMATS]),
    default="text",
    help="How to write findings.",
)
@click.option(
    "--baseline",
    "known",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Do not tell what FILE knows.",
)
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Write all findings into the baseline; goes with no --select, --ignore or --format.",
)
@click.option(
    "--timing",
    is_flag=True,
    help="Say what each rule takes; what rules share counts with the first.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="How many processes; as many as there are cores by default.",
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
    strict: bool,
    format_: str,
    known: Path | None,
    write_baseline: bool,
    timing: bool,
    jobs: int | None,
) -> None:
    """Find what would embarrass: in the text, its links, credits, sources and pictures, and in the finished mail.

    Errors end with code 1; warnings do with --strict. `newsletter explain CODE` says more of a finding.
    """
    choice = RuleSelection(_codes(chosen), _codes(ignore))
    _refuse_unknown(choice)
    if write_baseline:
        _refuse_beside_baseline(choice, format_)
    mode = mode_of(offline=offline, refresh=refresh)
    if mode != "fresh" and not links:
        raise click.UsageError(f"--{mode} goes with --links")
    with _settings_told(format_, issue):
        workspace = open_workspace(*issue)
        folders = _folders(workspace, issue, all_=all_, since=since)
        path = _baseline(workspace, known, needed=write_baseline)
        kept = baseline.Known() if write_baseline else baseline.read_baseline(workspace, path)
        told = None
        if links:
            refuse_unknown(workspace)  # before a minute of asking, not after
            quiet = format_ != "text"
            asking = links_to_ask(workspace, folders, since, quiet=quiet)
            told = ask_about(workspace, asking, mode, private, quiet=quiet)
            if told.stopped:
                _print_known(workspace, told, choice, kept, format_)
                sys.exit(1)
        progress = Progress(len(folders), quiet=format_ != "text")
        order = CheckOptions(
            choice, fix=fix, diff=diff, timing=timing, link_results=told.by_issue if told else None
        )
        checked = check_all(
            workspace, folders, order, jobs, lambda one: progress.tell(one.slug, failed=one.failed)
        )
        progress.close()
    asked = told is not None and since is None and not told.unasked  # about every link
    if path and write_baseline:
        _write(workspace, path, tuple(fresh(checked)), folders, asked=asked)
        return
    if diff:
        _print_diff([change for one in checked for change in one.changes], aside=format_ != "text")
    result = _result(workspace, checked, choice, path, kept, asked=asked)
    mended = sum(one.fixed for one in checked) if fix else 0
    _print(replace(result, mended=mended, links=told.counts if told else None), format_)
    if timing:
        _print_timing(checked)
    if result.count("error") or (strict and result.count("warning")):
        sys.exit(1)


def _codes(words: Sequence[str]) -> tuple[str, ...]:
    """Return codes, also of several in one word: `--select NL2,NL3`."""
    return tuple(code.strip() for word in words for code in word.split(",") if code.strip())


def _refuse_unknown(choice: RuleSelection) -> None:
    for key, word, hint in unknown_words(choice):
        raise WrongUsage(f"--{key}: no rule has the code or name {word!r}", hint=hint)


@contextmanager
def _settings_told(format_: str, names: Sequence[str]) -> Iterator[None]:
    """Write a machine's document too where the settings are at fault, and no issue was looked at."""
    try:
        yield
    except IssueRejected as error:
        if format_ == "text":
            raise
        _print(CheckResult(locate(start(*names))[0], (), error.findings), format_)
        sys.exit(1)


def _folders(
    workspace: Workspace, names: Sequence[str], *, all_: bool, since: str | None
) -> list[Path]:
    if names and (all_ or since is not None):
        raise click.UsageError(
            f"{'--all' if all_ else '--since'} chooses the issues: name none beside it"
        )
    if since is not None:
        return changed_since(workspace, workspace.folders(), since)
    if all_:
        return workspace.folders()
    return list(dict.fromkeys(select(workspace, name, here()) for name in names or (None,)))


# --- the baseline ------------------------------------------------------------------------------------


def _baseline(workspace: Workspace, given: Path | None, *, needed: bool) -> Path | None:
    if given:
        return (here() / given).resolve()
    path = baseline.of_settings(workspace)
    if needed and not path:
        hint = 'Give --baseline FILE, or set baseline = "baseline.json" under [check].'
        raise WrongUsage("--write-baseline: no baseline is named", hint=hint)
    return path


def _refuse_beside_baseline(choice: RuleSelection, format_: str) -> None:
    """Refuse what a baseline cannot be written with: it holds all findings, and there is no document to print."""
    if choice.select or choice.ignore:
        hint = "Leave --select and --ignore away, or set select and ignore under [check]."
        raise WrongUsage(
            "--write-baseline writes the findings of all rules, not of some", hint=hint
        )
    if format_ != "text":
        raise WrongUsage(f"--write-baseline prints no findings: leave --format {format_} away")


def _result(
    workspace: Workspace,
    checked: Sequence[CheckedIssue],
    choice: RuleSelection,
    path: Path | None,
    kept: baseline.Known,
    *,
    asked: bool,
) -> CheckResult:
    """Return what was found, but for what the baseline knows."""
    new, old, left = baseline.divide(fresh(checked), kept)
    slugs = tuple(one.slug for one in checked)
    unmailed = tuple(one.slug for one in checked if not one.has_email)
    allowed = tuple(dict.fromkeys(finding for one in checked for finding in one.allowed))
    selected = SelectionStack.of_settings(workspace, choice)

    def looked_for(code: str) -> bool:
        return selected.on(code) and (asked or code not in LINK_CODES)

    gone = baseline.gone(left, workspace, set(slugs).difference(unmailed), looked_for)
    shown = workspace.display_path(path) if path else ""
    return CheckResult(
        workspace.root, slugs, tuple(new), tuple(old), allowed, shown, gone, unmailed=unmailed
    )


def _write(
    workspace: Workspace,
    path: Path,
    found: Sequence[Finding],
    folders: Sequence[Path],
    *,
    asked: bool,
) -> None:
    """Write what was found; what is known of issues that were not looked at stays, and of links not asked about."""
    looked = tuple(f"{workspace.display_path(folder)}/" for folder in folders)
    issues = f"{workspace.display_path(workspace.issues)}/"
    kept = baseline.Known()
    if path.exists():
        old = baseline.read_baseline(workspace, path)
        kept.update(
            {
                key: n
                for key, n in old.items()
                if key[0].startswith(issues) and not key[0].startswith(looked)
            }
        )
        if not asked:
            kept |= baseline.Known({key: n for key, n in old.items() if key[1] in LINK_CODES})
    kept |= baseline.known(found)
    baseline.write_baseline(path, kept)
    click.echo(f"{workspace.display_path(path)}: {pluralize(kept.total(), 'known finding')}")


# --- what is printed ---------------------------------------------------------------------------------


def _print(result: CheckResult, format_: str) -> None:
    """Write people's findings to standard error and machines' to standard output."""
    if format_ == "text":
        click.echo(written(result, _paint), nl=False, err=True)
        click.echo(summary(result))
        return
    click.echo(
        import_module(f"newsletter.check.formats.{FORMATS[format_]}").written(result), nl=False
    )
    click.echo(summary(result), err=True)


def _print_known(
    workspace: Workspace,
    told: LinkOutcome,
    choice: RuleSelection,
    kept: baseline.Known,
    format_: str,
) -> None:
    """Write at once what is known of links when Ctrl-C ends the asking; nothing is mended, and no baseline written."""
    checked = check_links(
        workspace, told.doubtful, CheckOptions(choice, link_results=told.by_issue)
    )
    new, old, _ = baseline.divide(fresh(checked), kept)
    slugs = tuple(folder.name for folder in told.links)
    allowed = tuple(dict.fromkeys(finding for one in checked for finding in one.allowed))
    _print(
        CheckResult(workspace.root, slugs, tuple(new), tuple(old), allowed, links=told.counts),
        format_,
    )
    tell_stopped(told, ", and no other rule had its turn")


def _paint(words: str, style: str) -> str:
    if style in ("bold", "dim"):
        return click.style(words, bold=style == "bold" or None, dim=style == "dim" or None)
    return click.style(words, fg=COLOURS[style])


def _print_diff(changes: Sequence[FixedFile], *, aside: bool) -> None:
    """Write what changes to standard output, or aside where that is a machine's document."""
    for change in changes:
        before, after = (
            data.decode().splitlines(keepends=True) for data in (change.before, change.after)
        )
        for line in difflib.unified_diff(before, after, f"a/{change.path}", f"b/{change.path}"):
            whole = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            click.echo(whole, nl=False, err=aside)


def _print_timing(checked: Sequence[CheckedIssue]) -> None:
    """Say what took longest, to standard error: it differs from run to run."""
    total: dict[str, float] = {}
    for one in checked:
        for key, seconds in one.timing.items():
            total[key] = total.get(key, 0.0) + seconds
    for key, seconds in sorted(total.items(), key=lambda row: -row[1]):
        name = f" {catalogue()[key].name}" if key in catalogue() else ""
        click.echo(f"{seconds * 1000:9.1f} ms  {key}{name}", err=True)
