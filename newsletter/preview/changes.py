"""What changed in an email since it was last published, computed by the redline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from newsletter.errors import NewsletterError
from newsletter.review.marked_email import compared, with_marks
from newsletter.review.redline_values import BlockChange, EmailVersion, FieldChange
from newsletter.review.versions import kept_version
from newsletter.review.word_diff import RedlineRun
from newsletter.targets.receipts import read_receipts
from newsletter.workspace import Workspace

__all__ = ["change_list", "published", "published_email", "with_marks"]


def published(workspace: Workspace, folder: Path) -> dict[str, Any] | None:
    """Return the date, subject and target of the last publication, or `None` if there is none."""
    try:
        receipts = read_receipts(folder, workspace.display_path(folder))
    except NewsletterError:
        return None  # `check` and `publish` report it
    if not receipts:
        return None
    return {key: receipts[-1].get(key) for key in ("at", "subject", "target", "place")}


def published_email(workspace: Workspace, folder: Path) -> EmailVersion | None:
    """Return the email as last published, if its copy or a target's folder still exists."""
    try:
        return kept_version(workspace, folder)
    except NewsletterError:
        return None


def change_list(
    last: Mapping[str, Any] | None,
    old: str | None,
    new: str | None,
    fields: Iterable[FieldChange] = (),
) -> dict[str, Any]:
    """Return the response of `/api/issues/{slug}/changes`.

    `last` is the last receipt, `old` the published HTML and `new` the HTML with source marks;
    `fields` are changes around it.
    """
    since = last["at"] if last else None
    if old is None or new is None:
        why = _why_not(last) if new is not None else "No email to compare."
        return {"available": False, "why": why, "since": since, "changes": []}
    changes = [entry for entry in compared(old, new) if isinstance(entry, BlockChange)]
    return {
        "available": True,
        "why": None,
        "since": since,
        "changes": [*map(_field, fields), *map(_listed, changes)],
    }


def _why_not(last: Mapping[str, Any] | None) -> str:
    if last is None:
        return "Not published yet."
    return f"The published files are no longer in {last['place']}, and no copy was kept."


def _field(change: FieldChange) -> dict[str, Any]:
    return {"kind": change.name, "target": None, "details": [], **_sides(change.runs)}


def _listed(change: BlockChange) -> dict[str, Any]:
    target = change.after.at if change.after else None
    details = list(_details(change))
    return {"kind": change.what, "target": target, "details": details, **_sides(change.runs)}


def _sides(runs: Iterable[RedlineRun]) -> dict[str, list[list[str]]]:
    """Return words before and after as lists of `[mark, words]` with mark `=`, `-` or `+`."""
    lists: dict[str, list[list[str]]] = {"before": [], "after": []}
    for run in runs:
        text = run.text.strip()
        for side, other in (("before", "+"), ("after", "-")):
            if run.op == other or not text:
                continue
            rows = lists[side]
            if rows and rows[-1][0] == run.op:
                rows[-1][1] += f"{' ' if run.text[0].isspace() else ''}{text}"
            else:
                rows.append([run.op, text])
    return lists


def _details(change: BlockChange) -> Iterator[str]:
    """Yield what changed apart from the words, one sentence each."""
    if change.moved_from:
        yield f"Moved from “{change.moved_from}”"
    if change.image_replaced:
        yield "Another image"
    for link in change.links:
        if link.before and link.after:
            yield f"Link “{link.text}”: {link.before} → {link.after}"
        else:
            verb = "added" if link.after else "removed"
            yield f"Link {verb}: “{link.text}”, {link.after or link.before}"
    for style in change.styles:
        about = f"“{style.text}”: " if style.text else ""
        yield f"{about}{style.before} → {style.after}"
