"""`newsletter init`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from newsletter import blueprint
from newsletter.cli.issue_argument import here
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.output import write_file
from newsletter.files.suggest import did_you_mean
from newsletter.schema.json_schema import schemas
from newsletter.theme.looks import DEFAULT, packaged_looks
from newsletter.workspace import SETTINGS

# Files of the blueprint that would take effect in this package's own repository.
PLACES = {
    "gitignore": ".gitignore",
    "gitlab-ci.yml": ".gitlab-ci.yml",
    "workflow.yml": ".github/workflows/newsletter.yml",
    "pages.yml": ".github/workflows/archive.yml",
    "workflow-comment.yml": ".github/workflows/newsletter-comment.yml",
}
KEPT = (".gitignore", ".gitlab-ci.yml")  # unchanged if the repository already has them
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
@click.option("--theme", "look", metavar="LOOK", help="The look; on a terminal you are asked.")
@click.option("--schemas", "only_schemas", is_flag=True, help="Only update templates/schemas/.")
def command(folder: Path | None, name: str | None, look: str | None, only_schemas: bool) -> None:
    """Create a workspace in DIR (default: the current directory) with a first issue.

    Existing files are never overwritten. LOOK is one of `newsletter theme list`; docs/looks.md has
    pictures.
    """
    root = (here() / (folder or ".")).resolve()
    shipped = {f"templates/schemas/{file}": data for file, data in schemas().items()}
    if only_schemas:
        for path, data in shipped.items():
            write_file(root / path, data)
        click.echo(f"{len(shipped)} schemas in templates/schemas/")
        return
    title = name or root.name.replace("-", " ").replace("_", " ").strip().title() or "Letter"
    refuse_unknown_look(look)
    files = _files(title) | shipped
    for path in KEPT:
        if (root / path).exists():
            del files[path]
    if taken := sorted(path for path in files if (root / path).exists()):
        there = ", ".join(taken[:5]) + (" …" if len(taken) > 5 else "")
        message = f"{root} holds {there} already"
        raise NewsletterError(
            message,
            hint="Choose an empty folder, such as newsletter init letters; nothing was changed.",
        )
    files[SETTINGS] += _look_settings(look or _asked_look()).encode()
    # The settings are written last, so that an interrupted run leaves no partial workspace.
    for path in sorted(files, key=lambda path: (path == SETTINGS, path)):
        write_file(root / path, files[path])
        if not path.startswith("templates/schemas/"):
            click.echo(path)
    go = "" if root == here().resolve() else f"cd {folder} && "
    click.echo(f"Next: {go}newsletter build", err=True)


def _files(title: str) -> dict[str, bytes]:
    """Return the files of a new workspace."""
    packaged = blueprint.PACKAGED
    today = dt.date.today()  # noqa: DTZ011 - local date
    files = blueprint.fill_blueprint(
        packaged / "workspace", {"name": json.dumps(title, ensure_ascii=False)}
    )
    for name, place in PLACES.items():
        files[place] = files.pop(name)
    first = blueprint.slug("First issue", today, 1)
    issue = blueprint.issue_files(packaged / "first-issue", "Your first issue", today, 1)
    files |= {f"issues/{first}/{path}": data for path, data in issue.items()}
    files |= {
        f"templates/blueprint/{path.name}": path.read_bytes()
        for path in sorted((packaged / "issue").iterdir())
    }
    return files


def refuse_unknown_look(look: str | None) -> None:
    """Raise `WrongUsage` if there is no packaged look of this name."""
    if look is not None and look not in packaged_looks():
        hint = did_you_mean(look, list(packaged_looks()), what="Packaged looks")
        raise WrongUsage(f"Unknown look {look!r}", hint=hint)


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
