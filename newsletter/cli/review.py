"""`newsletter review`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from newsletter.check.formats import pluralize
from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.cli.json_output import print_json
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.find import real_path
from newsletter.files.output import write_file
from newsletter.workspace import Workspace, select

if TYPE_CHECKING:
    from newsletter.pipeline.validate import ValidatedIssue
    from newsletter.review.redline_values import EmailVersion, Redline
    from newsletter.review.review_report import LinkVerdict, ReviewedIssue, ReviewScreenshot


class ReviewOptions(Struct, frozen=True):
    """Command-line options of a review."""

    since: str | None
    out: Path
    shots: bool
    ask_links: bool
    private: tuple[str, ...]


@click.command("review")
@issue_argument(nargs=-1)
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where index.html, comment.md and the screenshots are written.",
)
@click.option(
    "--since",
    metavar="REV",
    help="Compare with the point where this branch left REV; without ISSUE, review all issues changed since then.",
)
@click.option("--shots/--no-shots", default=True, help="Take screenshots of every view (Chromium).")
@click.option("--links", "ask_links", is_flag=True, help="Also check links over the network.")
@click.option("--private", multiple=True, metavar="HOST", help="As in `newsletter links`.")
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(
    issue: tuple[str, ...],
    out: Path,
    since: str | None,
    shots: bool,
    ask_links: bool,
    private: tuple[str, ...],
    json_: bool,
) -> None:
    """Write a page about issues for a pull request: redline, findings, sizes, links, approvals.

    Links come with the verdicts of earlier checks unless --links checks them again. comment.md is a
    version of fewer than 60,000 characters.
    """
    from newsletter.review.review_report import review_comment, review_page

    workspace = current_workspace(*issue[:1])
    options = ReviewOptions(since, real_path(here() / out), shots, ask_links, private)
    folders = _folders(workspace, issue, since)
    reviewed = [_review(workspace, folder, options) for folder in folders]
    write_file(options.out / "index.html", review_page(reviewed).encode())
    write_file(options.out / "comment.md", review_comment(reviewed).encode())
    if json_:
        rows = [
            {"slug": issue.slug, "state": issue.state.name, "errors": issue.errors}
            | {"warnings": issue.warnings, "shots": [shot.path for shot in issue.shots]}
            for issue in reviewed
        ]
        print_json({"out": str(out), "issues": rows})
    else:
        click.echo(f"{out}/index.html and comment.md: {pluralize(len(reviewed), 'issue')}")


def _folders(workspace: Workspace, names: Sequence[str], since: str | None) -> list[Path]:
    """Return the issues to review: named, changed since a revision, or the default one."""
    if names:
        return list(dict.fromkeys(select(workspace, name, here()) for name in names))
    if since is not None:
        from newsletter.check.git import changed_since

        return changed_since(workspace, workspace.folders(), since)
    return [select(workspace, None, here())]


def _review(workspace: Workspace, folder: Path, options: ReviewOptions) -> ReviewedIssue:
    from newsletter.pipeline.check_batch import check_issue
    from newsletter.review.review_report import ReviewedIssue
    from newsletter.review.state import issue_state
    from newsletter.review.versions import checked_version

    checked = check_issue(workspace, folder)
    issue = checked.loaded.issue
    state = issue_state(workspace, folder)
    title = issue.title if issue else folder.name
    if checked.email is None:
        return ReviewedIssue(folder.name, title, state, checked.findings, None)
    after = checked_version(workspace, checked, "this version")
    redline, is_new = _redline(workspace, folder, after, options.since)
    shots, why_not = _shots(workspace, folder, options)
    return ReviewedIssue(
        slug=folder.name,
        title=title,
        state=state,
        findings=checked.findings,
        redline=redline,
        is_new=is_new,
        html_size=redline.sizes[1].html,
        clipped_before=redline.sizes[1].clipped_before,
        links=_links(workspace, folder, checked, options),
        shots=shots,
        no_shots=why_not,
    )


def _redline(
    workspace: Workspace, folder: Path, after: EmailVersion, since: str | None
) -> tuple[Redline, bool]:
    """Return the redline, and whether the issue is new, with nothing to compare it with."""
    from newsletter.check.git import branched
    from newsletter.review.redline import redline
    from newsletter.review.versions import earlier_version, empty_version, revision_version

    commit = branched(workspace.root, since) if since is not None else None
    try:
        if commit is None:
            return redline(earlier_version(workspace, folder, None), after), False
        return redline(revision_version(workspace, folder, commit, str(since)), after), False
    except NewsletterError:  # it did not exist or could not be built then: all of it is new
        return redline(empty_version(folder.name), after), True


def _links(
    workspace: Workspace, folder: Path, checked: ValidatedIssue, options: ReviewOptions
) -> tuple[LinkVerdict, ...]:
    """Return every link once, those with problems first."""
    from newsletter.cli.link_checking import cache_mode, check_issue_links, links_to_check
    from newsletter.links.result import without_fragment
    from newsletter.review.review_report import NOT_CHECKED, LinkVerdict

    links = links_to_check(workspace, [folder], None, quiet=True)
    mode = cache_mode(offline=not options.ask_links, refresh=False)
    outcome = check_issue_links(workspace, links, mode, options.private, quiet=True)
    rows: dict[str, LinkVerdict] = {}
    for use in links[folder]:
        result = outcome.results.get(without_fragment(use.url))
        verdict = result.verdict if result else NOT_CHECKED
        row = LinkVerdict(use.url, verdict, result.reason if result else "", str(use.where))
        rows.setdefault(use.url, row)
    return tuple(sorted(rows.values(), key=lambda row: row.verdict in ("ok", NOT_CHECKED)))


def _shots(
    workspace: Workspace, folder: Path, options: ReviewOptions
) -> tuple[tuple[ReviewScreenshot, ...], str]:
    """Return screenshots of every view, or the reason why there are none."""
    from newsletter.review.review_report import ReviewScreenshot

    if not options.shots:
        return (), ""
    try:
        paths = _shoot(workspace, folder, options.out / "shots" / folder.name)
    except WrongUsage:
        raise
    except NewsletterError as error:
        return (), f"No screenshots: {error.message}."
    return tuple(
        ReviewScreenshot(path.relative_to(options.out).as_posix(), _label(path.stem))
        for path in paths
    ), ""


def _shoot(workspace: Workspace, folder: Path, out: Path) -> list[Path]:
    from newsletter.cli.preview import require_extra, studio_of
    from newsletter.preview.screenshots import take_screenshots
    from newsletter.preview.server import HOST

    require_extra()
    studio = studio_of(workspace, folder, None, host=HOST, poll=False)
    written = asyncio.run(take_screenshots(studio, folder.name, out))
    return [path for path in written if path.suffix == ".png"]


def _label(stem: str) -> str:
    """Return the label of a screenshot, such as `Dark, phone`."""
    view, _, device = stem.rpartition("-")
    known = device in ("phone", "desktop")
    words = (view if known else stem).replace("-", " ").capitalize()
    return f"{words}, {device}" if known else words
