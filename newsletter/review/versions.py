"""Versions to compare: published, approved, at a git revision, or of another issue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsletter import __version__
from newsletter.errors import IssueRejected, NewsletterError, WrongUsage
from newsletter.files.find import real_path
from newsletter.files.quotation import quoted
from newsletter.model import Email, Finding, Location
from newsletter.model.outputs import OUTPUT_NAMES
from newsletter.pipeline.check_batch import check_issue
from newsletter.pipeline.validate import ValidatedIssue
from newsletter.render.digest import reader_digest, sender_name
from newsletter.review.approval_records import APPROVALS, last_approved
from newsletter.review.email_copies import CopiedEmail, copied_sender, copies_in, read_sent_copy
from newsletter.review.git_history import (
    commit_of,
    commits_of,
    git_line,
    is_repository,
    workspace_at,
)
from newsletter.review.redline_values import EmailVersion
from newsletter.targets.receipts import matches, read_receipts
from newsletter.workspace import Workspace

SENT = "sent"  # folder of an issue: copies of what was sent
PUBLISHED, APPROVED = "published", "approved"


def working_version(workspace: Workspace, folder: Path) -> EmailVersion:
    """Return the email built from the working files. Raises `IssueRejected` if that fails."""
    return checked_version(workspace, check_issue(workspace, folder), "working files")


def checked_version(workspace: Workspace, checked: ValidatedIssue, label: str) -> EmailVersion:
    """Return the email of a checked issue. Raises `IssueRejected` if there is none."""
    if checked.email is None:
        raise IssueRejected(checked.loaded.folder.name, checked.findings)
    return email_version(workspace, checked.email, checked.findings, label)


def email_version(
    workspace: Workspace, email: Email, findings: tuple[Finding, ...], label: str
) -> EmailVersion:
    """Return a newly built email as one side of a redline."""
    publication = workspace.publication
    return EmailVersion(
        label,
        email,
        copied_sender(sender_name(publication), publication.sender_email),
        reader_digest(email, publication),
        findings,
        f"newsletter {__version__}",
    )


def empty_version(slug: str) -> EmailVersion:
    """Return an empty email, to which a new issue is compared."""
    return EmailVersion(
        "nothing", Email(slug, "", "<html><body></body></html>", "", "", b"", b"", ())
    )


def earlier_version(workspace: Workspace, folder: Path, name: str | None) -> EmailVersion:
    """Return the version to compare an issue with.

    `name` is `published`, `approved`, the slug or folder of another issue, or a git revision;
    `None` means the latest published version, or else the approved, or else the committed one.
    Raises `WrongUsage` for any other name, and `NewsletterError` if the bytes are not available.
    """
    if name is None:
        return _default(workspace, folder)
    if name == PUBLISHED:
        return published_version(workspace, folder)
    if name == APPROVED:
        return approved_version(workspace, folder)
    if other := other_issue(workspace, name):
        return checked_version(workspace, check_issue(workspace, other), other.name)
    if commit := commit_of(workspace.root, name) if is_repository(workspace.root) else None:
        return revision_version(workspace, folder, commit, name)
    hint = "Name published, approved, a git revision or another issue."
    raise WrongUsage(f"Unknown version: {quoted(name)}", hint=hint)


def other_issue(workspace: Workspace, name: str) -> Path | None:
    """Return the folder of an issue given by its full slug or by a path."""
    folders = workspace.folders()
    path = Path.cwd() / name
    exact = [folder for folder in folders if folder.name == name or folder == real_path(path)]
    return exact[0] if exact else None


def _default(workspace: Workspace, folder: Path) -> EmailVersion:
    if read_receipts(folder, workspace.display_path(folder)) or copies_in(folder / SENT):
        return published_version(workspace, folder)
    if last_approved(folder):
        return approved_version(workspace, folder)
    if is_repository(workspace.root) and commit_of(workspace.root, "HEAD"):
        return revision_version(workspace, folder, "HEAD", "HEAD, because it was never published")
    hint = "Publish it, approve it or commit it first, or name another issue to compare with."
    raise NewsletterError(f"{folder.name} was never published, approved or committed", hint=hint)


def revision_version(workspace: Workspace, folder: Path, revision: str, name: str) -> EmailVersion:
    """Return the email built from the files of a git revision, with its findings."""
    commit = commit_of(workspace.root, revision)
    if commit is None:
        raise WrongUsage(f"Unknown git revision: {quoted(revision)}", hint=_shallow(workspace))
    with workspace_at(workspace, folder, commit) as (old_workspace, old_folder):
        return checked_version(
            old_workspace, check_issue(old_workspace, old_folder), f"{name} ({commit[:10]})"
        )


def _shallow(workspace: Workspace) -> str:
    if git_line(workspace.root, "rev-parse", "--is-shallow-repository") == "true":
        return "Fetch the whole history; in CI, set fetch-depth: 0."
    return "Name a branch, a tag or a commit."


def approved_version(workspace: Workspace, folder: Path) -> EmailVersion:
    """Return the email as last approved. Raises `NewsletterError` if it was not approved."""
    approval = last_approved(folder)
    if approval is None:
        hint = f"Run `newsletter approve {folder.name} --role ROLE`."
        raise NewsletterError(f"{folder.name} has not been approved yet", hint=hint)
    copies = copies_in(folder / APPROVALS)
    copy = next(copy for copy in copies if copy.digest == approval.digest)
    day = _day(approval.at)
    return read_sent_copy(copy, f"approved by {approval.person} as {approval.role} on {day}")


# --- published ------------------------------------------------------------------------------------


def published_version(workspace: Workspace, folder: Path) -> EmailVersion:
    """Return the email as last sent, from the copy in sent/, a target's folder, or git.

    Raises `NewsletterError` if it was never published, or the exact bytes are no longer available.
    """
    receipts = read_receipts(folder, workspace.display_path(folder))
    copies = {copy.digest: copy for copy in copies_in(folder / SENT)}
    if not receipts and not copies:
        raise NewsletterError(
            f"{folder.name} has not been published yet",
            hint="Compare with a git revision, such as HEAD.",
        )
    if version := kept_version(workspace, folder):
        return version
    last = receipts[-1] if receipts else {}
    if version := _committed(workspace, folder, last, f"published on {_day_of(last, None)}"):
        return version
    hint = f"Compare with a git revision instead. {_shallow(workspace)}"
    raise NewsletterError("No copy and no commit contains the published bytes", hint=hint)


def kept_version(workspace: Workspace, folder: Path) -> EmailVersion | None:
    """Return the email as last sent, if its copy or a target's folder still has it.

    Raises `NewsletterError` if a copy is damaged.
    """
    receipts = read_receipts(folder, workspace.display_path(folder))
    copies = {copy.digest: copy for copy in copies_in(folder / SENT)}
    last = receipts[-1] if receipts else {}
    latest = copies.get(str(last.get("digest")))
    if latest is None and copies and not receipts:
        latest = _latest(copies)
    label = f"published on {_day_of(last, latest)}"
    if latest is not None:
        return sent_version(workspace, folder, latest, label)
    return _delivered(workspace, last, label) if receipts else None


def sent_version(workspace: Workspace, folder: Path, copy: CopiedEmail, label: str) -> EmailVersion:
    """Return what was sent: the bytes of a copy, or those of the revision that it names.

    Raises `NewsletterError` if they do not match the copy's digest.
    """
    if copy.revision is None:
        return read_sent_copy(copy, label)
    version = revision_version(workspace, folder, copy.revision, label)
    if version.digest == copy.digest:
        return version
    message = f"Revision {copy.revision[:10]} no longer builds the bytes that were sent"
    hint = f'Set keep = "copy" under [sent]; these bytes were made by {copy.tool}.'
    raise NewsletterError(message, where=Location(workspace.display_path(folder)), hint=hint)


def _latest(copies: Mapping[str, CopiedEmail]) -> CopiedEmail:
    return max(copies.values(), key=lambda copy: copy.at)


def _delivered(workspace: Workspace, receipt: Mapping[str, Any], label: str) -> EmailVersion | None:
    """Return the content of a target's folder, if it still has the exact bytes of the receipt."""
    folder = workspace.root / str(receipt.get("place") or "")
    files: dict[str, bytes] = {}
    try:
        for path in folder.rglob("*") if receipt.get("place") else ():
            name = path.relative_to(folder).as_posix()
            if path.is_file() and OUTPUT_NAMES.fullmatch(name):
                files[name] = path.read_bytes()
    except (OSError, ValueError):
        return None
    if "email.html" not in files or not matches(receipt["sha256"], files):
        return None
    from newsletter.review.delivered import email_of_files

    return EmailVersion(label, email_of_files(folder.name, str(receipt["subject"]), files))


def _committed(
    workspace: Workspace, folder: Path, receipt: Mapping[str, Any], label: str
) -> EmailVersion | None:
    """Return the build of a git commit around a receipt that reproduces its exact bytes, if any."""
    if not is_repository(workspace.root):
        return None
    path = f"{workspace.display_path(folder)}/published.json"
    for commit in [*commits_of(workspace.root, path), "HEAD"]:
        try:
            with workspace_at(workspace, folder, commit) as (old_workspace, old_folder):
                checked = check_issue(old_workspace, old_folder)
                if checked.email is None:
                    continue
                if matches(receipt["sha256"], checked.email.files()):
                    return checked_version(old_workspace, checked, label)
        except NewsletterError:
            continue
    return None


def _day_of(receipt: Mapping[str, Any], copy: CopiedEmail | None) -> str:
    text = str(receipt.get("at") or (copy.at if copy else ""))
    try:
        return _day(dt.datetime.fromisoformat(text))
    except ValueError:
        return "an unknown day"


def _day(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
