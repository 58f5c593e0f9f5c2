"""`newsletter fmt`."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from newsletter.check.formats import pluralize
from newsletter.cli.check_selection import issues_to_check
from newsletter.cli.issue_argument import current_workspace, issue_argument
from newsletter.files.output import write_file
from newsletter.files.text import leads_out
from newsletter.markup.block_spelling import Spelling, respelled
from newsletter.workspace import Workspace


@click.command("fmt")
@issue_argument(nargs=-1)
@click.option("--all", "all_", is_flag=True, help="Convert every issue in the workspace.")
@click.option(
    "--blocks",
    type=click.Choice(["portable", "colons"]),
    default="portable",
    help="The spelling of blocks; portable is the default.",
)
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Change nothing; exit with 1 if a block would be converted.",
)
@click.option("--diff", is_flag=True, help="Only show what would change.")
@click.option("--json", "json_", is_flag=True, help="Print the changed files as JSON.")
def command(
    issue: tuple[str, ...],
    all_: bool,
    blocks: Spelling,
    only_check: bool,
    diff: bool,
    json_: bool,
) -> None:
    """Convert the blocks of an issue to one spelling; the email stays the same.

    Portable blocks are code blocks such as ```figure, and quotations that start with [!NOTE] or
    [!QUOTE]: GitHub, VS Code and Obsidian show them, and no formatter folds them. The other
    spelling is three colons: ::: figure. Both build the same email.

    Blocks that a formatter has folded are unfolded, too.
    """
    workspace = current_workspace(*issue)
    folders = issues_to_check(workspace, issue, all_=all_, since=None)
    changed = [
        workspace.display_path(path)
        for path in sorted(path for folder in folders for path in folder.glob("*.md"))
        if _convert(
            workspace, path, blocks, write=not (only_check or diff), diff=diff and not json_
        )
    ]
    if json_:
        import json

        click.echo(json.dumps({"blocks": blocks, "changed": changed}, indent=2))
    elif not diff:
        for name in changed:
            click.echo(name)
    verb = "to convert" if only_check or diff else "converted"
    click.echo(f"{pluralize(len(changed), 'section')} {verb}", err=True)
    if only_check and changed:
        sys.exit(1)


def _convert(
    workspace: Workspace, path: Path, blocks: Spelling, *, write: bool, diff: bool
) -> bool:
    """Convert one section; return whether it changes. One that is not UTF-8 is left alone."""
    if leads_out(path, workspace.root):
        return False
    data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    ending = "\r\n" if "\r\n" in text else "\n"
    plain = text.replace("\r\n", "\n")
    head, body = _parted(plain)
    after = head + respelled(body, blocks)
    if after == plain:
        return False
    if diff:
        name = workspace.display_path(path)
        lines = difflib.unified_diff(
            plain.splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"a/{name}",
            f"b/{name}",
        )
        click.echo("".join(lines), nl=False)
    if write:
        write_file(path, after.replace("\n", ending).encode())
    return True


def _parted(text: str) -> tuple[str, str]:
    """Return the front matter and the Markdown below it."""
    if not text.removeprefix("\ufeff").startswith("---\n"):
        return "", text
    end = text.find("\n---\n", 3)
    return (text[: end + 5], text[end + 5 :]) if end >= 0 else ("", text)
