"""`newsletter theme`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.file_argument import named_file
from newsletter.cli.issue_argument import current_workspace, here
from newsletter.cli.json_output import json_option, print_json
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.quotation import quoted

if TYPE_CHECKING:
    from newsletter.theme.own_files import OwnFile
    from newsletter.theme.theme import Theme
    from newsletter.workspace import Workspace


@click.group("theme")
def command() -> None:
    """Choose a look, and make it your own: settings first, then single files.

    Settings are in `[theme]` of newsletter.toml; files of your own in templates/<theme>/.
    """


def _theme(workspace: Workspace, name: str | None) -> Theme:
    from newsletter.files.suggest import spelling_hint
    from newsletter.theme.theme import open_theme
    from newsletter.theme.theme_list import theme_list

    known = [entry.name for entry in theme_list(workspace)]
    if name is not None and name not in known:
        raise WrongUsage(
            f"Unknown theme {quoted(name)}", hint=spelling_hint(name, known, what="themes")
        )
    return open_theme(workspace, name or workspace.publication.theme)


theme_option = click.option(
    "--theme", "name", metavar="NAME", help="A theme other than the publication's."
)


@command.command("list")
@json_option
def list_looks(json_: bool) -> None:
    """List the packaged looks and your own themes, with what each is for."""
    from newsletter.theme.theme_list import theme_list

    try:
        workspace = current_workspace()
    except WrongUsage:
        workspace = None  # the packaged looks can be seen anywhere
    entries = theme_list(workspace)
    if json_:
        print_json([entry.facts() for entry in entries])
        return
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        mark = "*" if entry.current else " "
        own = f" (your own, extends {entry.extends})" if entry.extends else ""
        click.echo(f"{mark} {entry.name:<{width}}  {entry.about or entry.title}{own}")
    click.echo("Try one: newsletter theme try NAME", err=True)


@command.command("show")
@theme_option
@json_option
def show_theme(name: str | None, json_: bool) -> None:
    """Show what your settings and files change in the look."""
    from newsletter.check.formats.json_ import finding_json
    from newsletter.theme.look_facts import contrast_rows, setting_rows
    from newsletter.theme.own_files import own_theme_files

    workspace = current_workspace()
    theme = _theme(workspace, name)
    files, rows, pairs = own_theme_files(theme), setting_rows(workspace.look), contrast_rows(theme)
    if json_:
        facts = {
            "theme": theme.name,
            "extends": theme.folders[-2].name if len(theme.folders) > 1 else None,
            "settings": dict(rows),
            "files": [_file_facts(file) for file in files],
            "contrast": [row.facts() for row in pairs],
            "findings": [finding_json(finding) for finding in theme.findings],
        }
        print_json(facts)
        return
    look = next(folder.name for folder in theme.folders if folder not in theme.own)
    click.echo(f"{theme.name}" if look == theme.name else f"{theme.name}, which extends {look}")
    click.echo("\nSettings" if rows else "\nNo settings besides the name.")
    for key, value in rows:
        click.echo(f"  {key:<20} {value}")
    click.echo("\nFiles" if files else "\nNo files of your own.")
    for file in files:
        click.echo(f"  {file.name:<28} {_file_line(file)}")
    click.echo("\nContrast, lowest first")
    for row in pairs[:5]:
        click.echo(f"  {row.ratio:5.2f}:1  {row.text}")
    for finding in theme.findings:
        click.echo(str(finding), err=True)


def _file_facts(file: OwnFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "use": file.use,
        "changes": list(file.changes),
        "reaches": file.reaches,
    }


_USES = {
    "replaces": "replaces the packaged file",
    "extends": "extends the packaged file",
    "adds": "is new",
    "merges": "is merged",
    "image": "is an image",
}


def _file_line(file: OwnFile) -> str:
    changes = f": {', '.join(file.changes)}" if file.changes else ""
    reaches = f" ({file.reaches})" if file.reaches else ""
    return f"{_USES[file.use]}{changes}{reaches}"


@command.command("files")
@theme_option
@json_option
def list_theme_files(name: str | None, json_: bool) -> None:
    """List the packaged files that can be copied, and which of them you have."""
    from newsletter.theme.own_files import packaged_files

    listed = packaged_files(_theme(current_workspace(), name))
    if json_:
        print_json(
            [
                {"name": f.name, "look": f.look, "about": f.about, "overridden": f.overridden}
                for f in listed
            ]
        )
        return
    for file in listed:
        mark = "*" if file.overridden else " "
        click.echo(f"{mark} {file.name:<28} {file.about}".rstrip())
    click.echo("* you have your own copy. Copy one: newsletter theme copy NAME", err=True)


@command.command("copy")
@click.argument("file", metavar="FILE")
@theme_option
@json_option
def copy_theme_file(file: str, name: str | None, json_: bool) -> None:
    """Copy a packaged FILE into your theme, with its origin noted in the first line."""
    from newsletter.theme.theme_copies import copy_file

    workspace = current_workspace()
    shown = workspace.display_path(copy_file(workspace, _theme(workspace, name), file))
    if json_:
        print_json({"path": shown})
    else:
        click.echo(shown)


@command.command("diff")
@theme_option
@json_option
def diff_copies(name: str | None, json_: bool) -> None:
    """Show what changed in packaged files since you copied them."""
    from newsletter.theme.theme_copies import compare_copies

    copies = compare_copies(_theme(current_workspace(), name))
    if json_:
        print_json(
            [
                {
                    "name": copy.name,
                    "state": copy.state,
                    "version": copy.origin.version if copy.origin else None,
                    "diff": copy.diff,
                }
                for copy in copies
            ]
        )
        return
    if not copies:
        click.echo("No copies of packaged files.", err=True)
    words = {
        "same": "unchanged since {version}",
        "changed": "changed since {version}",
        "gone": "no longer in the package; was there in {version}",
        "unknown": "replaces the packaged file; its origin is not recorded",
    }
    for copy in copies:
        version = copy.origin.version if copy.origin else ""
        click.echo(f"{copy.name}: {words[copy.state].format(version=version)}")
        if copy.diff:
            click.echo(f"{copy.diff}\n")


@command.command("new")
@click.argument("name", metavar="NAME")
@click.option(
    "--from", "look", metavar="LOOK", help="The look it extends; default: the one in use."
)
@json_option
def create_theme(name: str, look: str | None, json_: bool) -> None:
    """Create a theme NAME of your own that holds only what differs from a look."""
    from newsletter.theme.looks import PACKAGED
    from newsletter.theme.theme_copies import new_theme

    workspace = current_workspace()
    if look is None:
        folders = _theme(workspace, None).folders
        look = next(folder.name for folder in folders if folder.parent == PACKAGED)
    shown = workspace.display_path(new_theme(workspace, name, look))
    if json_:
        print_json({"name": name, "extends": look, "path": shown})
        return
    click.echo(shown)
    click.echo(f'Next: set the theme\'s name in the settings to "{name}".', err=True)


@command.command("try")
@click.argument("look", metavar="LOOK")
@click.argument("issue", required=False)
@click.option("--no-open", is_flag=True, help="Print the page's path without opening a browser.")
@json_option
def try_theme(look: str, issue: str | None, no_open: bool, json_: bool) -> None:
    """Build the current issue in LOOK next to its present look, without changing anything."""
    from newsletter.check.formats.json_ import finding_json
    from newsletter.pipeline.trial import try_look
    from newsletter.workspace import select

    workspace = current_workspace()
    if issue is None and not workspace.folders():
        raise WrongUsage("No issues yet", hint="Create one with `newsletter new TITLE`.")
    trial = try_look(workspace, select(workspace, issue, here()), look)
    if json_:
        print_json(
            {
                "look": look,
                "issue": trial.slug,
                "page": str(trial.page),
                "bytes": {"present": trial.present, "tried": trial.tried},
                "findings": [finding_json(finding) for finding in trial.findings],
            }
        )
    else:
        kilobytes = f"{trial.tried / 1024:.1f} KB of HTML, {trial.present / 1024:.1f} KB now"
        click.echo(f"{trial.page}  {kilobytes}")
        for finding in trial.findings:
            click.echo(str(finding), err=True)
        click.echo(f'Keep it: name = "{look}" in [theme] of the settings.', err=True)
    if not no_open and sys.stdout.isatty():
        import webbrowser

        webbrowser.open(trial.page.as_uri())


@command.command("from")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def propose_theme(file: Path, json_: bool) -> None:
    """Propose a [theme] table from a saved email or page (HTML or .eml) of a publication.

    Makes no requests and writes nothing; reads only colors, fonts, sizes, link texts and addresses.
    """
    from newsletter.importers.look.look_proposal import propose_look
    from newsletter.importers.look.look_toml import proposal_toml

    path = named_file(file, hint="Save the email or page as HTML first.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NewsletterError(
            f"Cannot read {file}: {error.strerror}", hint="Save the email or page as HTML first."
        ) from error
    proposal = propose_look(data, file.name)
    if json_:
        print_json(proposal.facts())
        return
    click.echo(proposal_toml(proposal))
    for note in proposal.notes:
        click.echo(f"Not read: {note}", err=True)
