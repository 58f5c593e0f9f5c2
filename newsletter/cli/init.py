"""`newsletter init`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from newsletter.blueprint import workspace_files as blueprints
from newsletter.blueprint.install_line import InstallLine, install_line
from newsletter.cli.init_update import print_update, update_workspace, workspace_schemas
from newsletter.cli.issue_argument import here
from newsletter.cli.json_output import json_option, print_json
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.find import real_path
from newsletter.files.output import write_file
from newsletter.files.portable_names import unportable
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.schema.json_schema import schemas
from newsletter.theme.looks import DEFAULT, packaged_looks
from newsletter.workspace import SETTINGS

if TYPE_CHECKING:
    from newsletter.blueprint.workspace_files import WorkspacePlace

CHOSEN = """[theme]
name = "{name}"
"""
LATER = """# [theme]
# name = "broadsheet"
# accent = "#86331f"
"""


@click.command("init")
@click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False)
)
@click.option("--name", help="The publication's name; by default the folder's name.")
@click.option(
    "--install",
    "install",
    metavar="REQUIREMENT",
    help="How CI installs newsletter, as a line of a requirements file.",
)
@click.option(
    "--theme", "look", metavar="LOOK", help="The look; if omitted, asked for on a terminal."
)
@click.option(
    "--schemas",
    "only_schemas",
    is_flag=True,
    help="Only update templates/schemas/, with the names this workspace defines.",
)
@click.option(
    "--update",
    is_flag=True,
    help="Bring workflows, schemas and editor settings up to date; show the changes.",
)
@click.option("--diff", is_flag=True, help="With --update: only show what would change.")
@click.option("--overwrite", is_flag=True, help="With --update: also replace files you edited.")
@json_option
def command(
    folder: Path | None,
    name: str | None,
    install: str | None,
    look: str | None,
    only_schemas: bool,
    update: bool,
    diff: bool,
    overwrite: bool,
    json_: bool,
) -> None:
    """Create a workspace in DIR (default: the current directory) with a first issue.

    Existing files are never overwritten. Inside a repository, the workflows are written to its top
    folder. LOOK is one of `newsletter theme list`; docs/looks.md shows them.

    With --update, the files that newsletter maintains in an existing workspace are brought to this
    version. Files that you edited are not changed, only listed.
    """
    root = real_path(here() / (folder or "."))
    if (diff or overwrite) and not update:
        raise WrongUsage(f"--{'diff' if diff else 'overwrite'} requires --update")
    if update:
        files = update_workspace(root, repository_place(root), diff=diff, overwrite=overwrite)
        print_update(files, diff=diff, json_=json_)
        return
    if only_schemas:
        _write_schemas(root, json_=json_)
        return
    title = name or root.name.replace("-", " ").replace("_", " ").strip().title() or "Letter"
    line = InstallLine(install) if install else install_line()
    refuse_unknown_look(look)
    _refuse_unportable(root)
    written = _create(root, title, line, look)
    if json_:
        print_json({"written": written.paths, "existing": written.existing})
        return
    _print_created(written)
    go = "" if root == real_path(here()) else f"cd {folder} && "
    if not line.is_complete:
        click.echo("Before you push, edit requirements-newsletter.txt: CI installs it.", err=True)
    click.echo(f"Next: {go}newsletter build", err=True)


def _refuse_unportable(root: Path) -> None:
    """Raise `WrongUsage` for a new folder with a name that not every system can have."""
    reason = None if root.exists() else unportable(root.name)
    if reason:
        raise WrongUsage(f"Folder name {quoted(root.name)}: {reason}", hint="Choose another name.")


def _write_schemas(root: Path, *, json_: bool) -> None:
    written = workspace_schemas(root)
    for path, data in written.items():
        write_file(root / path, data)
    if json_:
        print_json({"written": list(written)})
    else:
        click.echo(f"{len(written)} schemas in templates/schemas/")


def repository_place(root: Path) -> WorkspacePlace:
    """Return where a folder is in its git repository; outside of one it is taken for the top."""
    for top in (root, *root.parents):
        if (top / ".git").exists():
            relative = root.relative_to(top).as_posix()
            return blueprints.WorkspacePlace("" if relative == "." else relative)
    return blueprints.WorkspacePlace()


class WrittenFiles(Struct, frozen=True):
    """The files of a new workspace, and those that were there before and are unchanged."""

    paths: tuple[str, ...]
    existing: tuple[str, ...]


def _create(root: Path, title: str, line: InstallLine, look: str | None) -> WrittenFiles:
    today = dt.date.today()  # noqa: DTZ011 - local date
    files = blueprints.workspace_files(title, repository_place(root), line.line)
    files |= {f"templates/schemas/{file}": data for file, data in schemas().items()}
    files |= blueprints.first_issue(today)
    if line.wheel is not None:
        files[f"wheels/{line.wheel.name}"] = line.wheel.read_bytes()
    existing = [path for path in files if _is_kept(path) and (root / path).exists()]
    for path in existing:
        del files[path]
    if conflicts := sorted(path for path in files if (root / path).exists()):
        names = ", ".join(conflicts[:5]) + (" …" if len(conflicts) > 5 else "")
        message = f"{root} already contains {names}"
        raise NewsletterError(
            message,
            hint="Choose an empty folder, as in `newsletter init letters`; nothing was changed.",
        )
    files[SETTINGS] += _look_settings(look or _asked_look()).encode()
    files[blueprints.RECORD] = blueprints.record(blueprints.maintained(files))
    # The settings are written last, so that an interrupted run leaves no partial workspace.
    paths = sorted(files, key=lambda path: (path == SETTINGS, path))
    for path in paths:
        write_file(real_path(root / path), files[path])
    for path, data in workspace_schemas(root).items():
        write_file(root / path, data)
    return WrittenFiles(tuple(paths), tuple(existing))


def _print_created(written: WrittenFiles) -> None:
    for path in written.paths:
        if path.startswith("../") or not path.startswith(_QUIET):
            click.echo(path)
    click.echo("Also written: settings for git, CI and editors, templates/, AGENTS.md", err=True)
    for path in written.existing:
        click.echo(f"{path}: left unchanged{_ADD.get(Path(path).name, '')}", err=True)


# What is missing where a repository has its own file already.
_ADD = {
    ".pre-commit-config.yaml": "; add a local hook with entry: newsletter check --drafts",
    ".gitattributes": "; add: * text=auto eol=lf, and issues/*/sent/** -text",
    ".prettierrc.yaml": "; set proseWrap: preserve",
}
_QUIET = (".", "templates/", "AGENTS.md")  # files that need not be read first


def _is_kept(path: str) -> bool:
    return path.rpartition("../")[2] in blueprints.NEVER_REPLACED


def refuse_unknown_look(look: str | None) -> None:
    """Raise `WrongUsage` if there is no packaged look of this name."""
    if look is not None and look not in packaged_looks():
        hint = spelling_hint(look, list(packaged_looks()), what="packaged looks")
        raise WrongUsage(f"Unknown look {quoted(look)}", hint=hint)


def _asked_look() -> str:
    """Ask for the look on a terminal; elsewhere it is the default one."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return DEFAULT
    looks = list(packaged_looks().values())
    click.echo("Looks:", err=True)
    for number, look in enumerate(looks, 1):
        click.echo(f"  {number}  {look.name:<11} {look.about}", err=True)
    numbers = click.IntRange(1, len(looks))
    chosen: int = click.prompt("Which look?", default=1, type=numbers, err=True)
    return looks[chosen - 1].name


def _look_settings(look: str) -> str:
    """Return `[theme]` of the settings, as a comment for the default look."""
    table = LATER if look == DEFAULT else CHOSEN.format(name=look)
    return f"\n# The look: colors, fonts and logo are settings too. See: newsletter theme list\n{table}"
