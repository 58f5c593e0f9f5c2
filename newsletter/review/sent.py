"""Archive what was sent: the bytes themselves in sent/, or their digest and the git revision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.quotation import quoted
from newsletter.model import Email, Finding
from newsletter.review.email_copies import CopiedEmail, copies_in, folder_name, write_sent_copy
from newsletter.review.git_history import head_commit, is_clean
from newsletter.review.redline_values import EmailVersion
from newsletter.review.versions import SENT, sent_version
from newsletter.workspace import Workspace


def refuse_uncommitted(workspace: Workspace, folder: Path) -> None:
    """Raise `NewsletterError` if an issue has uncommitted changes.

    Applies only with `[sent] keep = "revision"`.
    """
    if workspace.sent.keep != "revision":
        return
    if head_commit(workspace.root) is None or not is_clean(workspace, folder):
        message = f'{folder.name} is not committed, but [sent] keep = "revision" requires a commit'
        raise NewsletterError(message, hint='Commit it first, or set keep = "copy" under [sent].')


def keep_sent(
    workspace: Workspace,
    folder: Path,
    email: Email,
    findings: Iterable[Finding],
    *,
    now: dt.datetime | None = None,
) -> Path:
    """Store what was sent and return its path; storing the same bytes again changes nothing.

    Call it after a delivery, before the receipt is written. Raises like `refuse_uncommitted`, and
    if writing fails.
    """
    refuse_uncommitted(workspace, folder)
    moment = now or dt.datetime.now(dt.UTC)
    revision = head_commit(workspace.root) if workspace.sent.keep == "revision" else None
    return write_sent_copy(
        workspace,
        folder / SENT,
        email,
        findings,
        at=moment.isoformat(timespec="milliseconds"),  # ordered even within a second
        message=True,
        revision=revision,
    )


def find_sent(folder: Path, digest: str | None) -> CopiedEmail:
    """Return a copy of what was sent: the latest, or the one whose digest has a given prefix.

    Raises `NewsletterError` if nothing was sent, and `WrongUsage` if the prefix matches no digest
    or several.
    """
    copies = copies_in(folder / SENT)
    if not copies:
        hint = "Publish it first: each `newsletter publish` keeps a copy."
        raise NewsletterError(f"{folder.name} has not been sent yet", hint=hint)
    if digest is None:
        return copies[-1]
    start = folder_name(digest)
    fitting = [copy for copy in copies if folder_name(copy.digest).startswith(start)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(folder_name(copy.digest)[:12] for copy in copies)
    raise WrongUsage(
        f"{len(fitting)} copies have the digest {quoted(digest)}",
        hint=f"Name one of the copies: {names}.",
    )


def read_sent(workspace: Workspace, folder: Path, copy: CopiedEmail) -> EmailVersion:
    """Return the email of a copy, verified against its digest."""
    return sent_version(workspace, folder, copy, f"sent on {copy.at[:10]}")
