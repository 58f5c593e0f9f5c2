"""`newsletter images`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from msgspec import Struct, field
from msgspec.structs import asdict

from newsletter.check.formats.text import sanitize_terminal
from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.model import Issue
from newsletter.workspace import Workspace, select


class ImageRow(Struct):
    """One image file, in all issues that use it."""

    name: str
    width: int  # pixels of the file
    height: int
    size: int  # bytes of the file
    sent: int  # bytes as sent
    issues: list[str] = field(default_factory=list)
    credit: str = ""
    licence: str = ""
    source: str = ""
    expires: str = ""
    uses: int | None = None
    unwilling: list[str] = field(default_factory=list)
    embedded: dict[str, str] = field(default_factory=dict)  # proposals, never trusted


@click.command("images")
@issue_argument(required=False)
@click.option("--all", "all_", is_flag=True, help="List the images of every issue.")
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def command(issue: str | None, all_: bool, json_: bool) -> None:
    """List images with sizes, issues, credit and licence.

    Credits embedded in a file (Exif, IPTC, XMP) are shown as proposals: check them, then write them into
    images.yaml.
    """
    workspace = current_workspace()
    if all_ and issue:
        raise click.UsageError("--all cannot be combined with ISSUE")
    folders = workspace.folders() if all_ else [select(workspace, issue, here())]
    rows = _rows(workspace, folders)
    if json_:
        click.echo(
            json.dumps({"images": [asdict(row) for row in rows]}, ensure_ascii=False, indent=2)
        )
        return
    if not rows:
        click.echo("No images.", err=True)
        return
    for row in rows:
        _print(row)


def _rows(workspace: Workspace, folders: list[Path]) -> list[ImageRow]:
    """Return a row for each file; equal files of several issues share a row."""
    rows: dict[bytes, ImageRow] = {}
    for folder in folders:
        for key, row in _of_issue(workspace, folder):
            if key in rows:
                rows[key].issues += [slug for slug in row.issues if slug not in rows[key].issues]
            else:
                rows[key] = row
    return list(rows.values())


def _of_issue(workspace: Workspace, folder: Path) -> Iterator[tuple[bytes, ImageRow]]:
    import hashlib

    from newsletter.diagnostics import Report
    from newsletter.files.cache import BuildCache
    from newsletter.load import load
    from newsletter.render.embedded import embedded_credits
    from newsletter.render.images import prepare

    loaded = load(workspace, folder)
    if loaded.issue is None or loaded.theme is None:
        return
    column = loaded.theme.tokens["width"]["text"]
    cache = BuildCache(workspace.state / "cache")
    images = prepare(loaded.issue, workspace.root, column, cache, report=Report())
    for src, image in images.items():
        path = folder / src
        if image.data is None or image.variant_of or not path.is_file():
            continue
        data = path.read_bytes()
        row = ImageRow(src, *_pixels(data), len(data), len(image.data), [folder.name])
        _add_rights(row, loaded.issue)
        row.embedded = embedded_credits(data)
        yield hashlib.sha256(data).digest(), row


def _pixels(data: bytes) -> tuple[int, int]:
    import io

    from PIL import Image as Pillow

    with Pillow.open(io.BytesIO(data)) as image:
        return image.width, image.height


def _add_rights(row: ImageRow, issue: Issue) -> None:
    """Add the rights stated in the figure's block or in images.yaml."""
    from newsletter.load.rights import rights_of
    from newsletter.markup.figure import Figure
    from newsletter.model import walk

    if rights := rights_of(row.name, issue.images):
        row.credit = rights.credit_line or rights.credit or ""
        row.licence, row.source = rights.licence or "", rights.source or ""
        row.expires = str(rights.expires or "")
        row.uses, row.unwilling = rights.uses, list(rights.unwilling)
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Figure) and node.image.src == row.name:
                row.credit = row.credit or node.credit or ""
                row.licence = row.licence or node.licence or ""


def _print(row: ImageRow) -> None:
    size = f"{row.width} × {row.height}, {row.size / 1024:.0f} KB, sent as {row.sent / 1024:.0f} KB"
    click.echo(f"{click.style(sanitize_terminal(row.name), bold=True)}  {size}")
    uses = f" of {row.uses}" if row.uses else ""
    proposal = "; ".join(f"{key}: {words}" for key, words in row.embedded.items())
    details: tuple[tuple[str, Any], ...] = (
        ("issues", f"{len(row.issues)}{uses}: {', '.join(row.issues)}"),
        ("credit", row.credit or "none"),
        ("licence", row.licence or "unknown"),
        ("source", row.source),
        ("expires", row.expires),
        ("consent", f"missing: {', '.join(row.unwilling)}" if row.unwilling else ""),
        ("in the file", f"{proposal} (unchecked)" if proposal else ""),
    )
    for name, words in details:
        if words:
            click.echo(f"  {name:<12}{sanitize_terminal(words)}")
