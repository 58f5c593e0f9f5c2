"""The fix of one finding: shown as a diff, and applied on request if the file is unchanged."""

from __future__ import annotations

import difflib
import hashlib
from pathlib import Path
from typing import Any

from newsletter.check.fix import apply_edits
from newsletter.errors import NewsletterError
from newsletter.files.output import write_file
from newsletter.files.text import leads_out
from newsletter.model import Edit, Finding
from newsletter.workspace import Workspace

CONTEXT = 1  # unchanged lines shown around a change


class ChangedSinceShown(NewsletterError):
    """The file differs from the one whose fix was shown."""


def fix_key(finding: Finding) -> str | None:
    """Return a key for a finding's fix, equal for equal edits; `None` if it has no fix."""
    if finding.edit is None:
        return None
    edit = finding.edit
    text = "\0".join((finding.code, str(edit.where), edit.old, edit.new))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def proposed_fix(workspace: Workspace, folder: Path, edit: Edit) -> dict[str, Any]:
    """Return the file, its digest, and the diff that `newsletter check --fix` would make.

    Raises `NewsletterError` if the edit does not apply to the file as it is.
    """
    _, before, after = _applied(workspace, folder, edit)
    return {"path": edit.where.path, "digest": _digest(before), "diff": _diff(before, after)}


def apply_fix(workspace: Workspace, folder: Path, edit: Edit, digest: str) -> None:
    """Write the fix.

    Raises `ChangedSinceShown` if the file's digest differs, otherwise as `proposed_fix`.
    """
    path, before, after = _applied(workspace, folder, edit)
    if _digest(before) != digest:
        hint = "Look at the new diff and apply it again."
        raise ChangedSinceShown(f"{edit.where.path} has changed since the fix was shown", hint=hint)
    write_file(path, after)


def _applied(workspace: Workspace, folder: Path, edit: Edit) -> tuple[Path, bytes, bytes]:
    path = workspace.root / edit.where.path
    is_own = path.is_relative_to(folder) and not leads_out(path, workspace.root)
    if not is_own:
        hint = "Edit it by hand: other issues use it too."
        raise NewsletterError(f"{edit.where.path} is shared by several issues", hint=hint)
    try:
        before = path.read_bytes()
    except OSError as error:
        raise NewsletterError(f"{edit.where.path} cannot be read") from error
    after, count = apply_edits(before, [edit])
    if not count:
        hint = "Wait until the preview has checked it again."
        raise ChangedSinceShown(f"The text to fix is no longer in {edit.where}", hint=hint)
    return path, before, after


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _diff(before: bytes, after: bytes) -> list[list[str]]:
    """Return lines as `[mark, text]` with mark `-`, `+` or a space."""
    old, new = (data.decode(errors="replace").splitlines() for data in (before, after))
    lines = list(difflib.unified_diff(old, new, n=CONTEXT, lineterm=""))[2:]
    return [[line[0], line[1:]] for line in lines if not line.startswith("@@")]
