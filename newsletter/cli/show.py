"""`newsletter show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.cli.json_output import print_json
from newsletter.errors import WrongUsage
from newsletter.files.output import write_folder
from newsletter.workspace import Workspace, select

if TYPE_CHECKING:
    from newsletter.review.email_copies import CopiedEmail
    from newsletter.review.redline_values import EmailVersion

PARTS = ("text", "html", "message")


@click.command("show")
@issue_argument(required=False)
@click.option("--as-sent", is_flag=True, help="The email as it went out, verified by its digest.")
@click.option("--digest", metavar="DIGEST", help="Which copy, by the start of its digest.")
@click.option(
    "--part", type=click.Choice(PARTS), default="text", help="What to print; the text by default."
)
@click.option("--list", "list_", is_flag=True, help="List all copies instead.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write all files of the copy into a folder instead.",
)
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def command(
    issue: str | None,
    as_sent: bool,
    digest: str | None,
    part: str,
    list_: bool,
    out: Path | None,
    json_: bool,
) -> None:
    """Show the email of an issue as it was sent, even if the files have changed since."""
    from newsletter.review import sent

    if not as_sent:
        hint = "Add it; for the current email, use `newsletter build` or `newsletter preview`."
        raise WrongUsage("Missing option --as-sent", hint=hint)
    workspace = current_workspace()
    folder = select(workspace, issue, here())
    if list_:
        _print_list(workspace, folder, json_=json_)
        return
    copy = sent.find_sent(folder, digest)
    version = sent.read_sent(workspace, folder, copy)
    if out is not None:
        write_folder(out, {name: data for name, data in version.email.files().items() if data})
        click.echo(str(out), err=True)
    elif json_:
        row = _row(copy) | {"text": version.email.text, "html": version.email.html}
        print_json(row)
    else:
        _print_part(copy, version, part)


def _print_part(copy: CopiedEmail, version: EmailVersion, part: str) -> None:
    email = version.email
    if part == "message":
        click.echo(email.message, nl=False)
        return
    if part == "html":
        click.echo(email.html, nl=False)
        return
    click.echo(f"Subject: {copy.subject}")
    click.echo(f"From: {version.sender}")
    click.echo(f"Saved: {copy.at}")
    click.echo(f"Digest: {copy.digest}")
    click.echo()
    click.echo(email.text, nl=False)


def _print_list(workspace: Workspace, folder: Path, *, json_: bool) -> None:
    from newsletter.review.email_copies import copies_in
    from newsletter.review.versions import SENT

    copies = copies_in(folder / SENT)
    if json_:
        rows = [_row(copy) for copy in copies]
        print_json(rows)
        return
    if not copies:
        click.echo(f"{folder.name} has not been sent yet.", err=True)
    for copy in copies:
        click.echo(f"{copy.at}  {copy.digest.removeprefix('sha256:')[:12]}  {copy.subject}")


def _row(copy: CopiedEmail) -> dict[str, Any]:
    return {
        "slug": copy.slug,
        "at": copy.at,
        "digest": copy.digest,
        "subject": copy.subject,
        "sender": copy.sender,
        "tool": copy.tool,
        "revision": copy.revision,
    }
