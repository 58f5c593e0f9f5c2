"""The publishing gate: nothing is sent without every required approval of exactly these bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from newsletter import __version__
from newsletter.errors import NewsletterError
from newsletter.model import Email, Issue
from newsletter.render.digest import reader_digest, sender_name
from newsletter.review.approval_records import (
    APPROVALS,
    Approval,
    ApprovalState,
    CheckedApproval,
    approval_state,
    piece_digests,
)
from newsletter.review.email_copies import copied_sender, copies_in, read_sent_copy
from newsletter.review.redline import redline
from newsletter.review.redline_text import redline_text
from newsletter.review.redline_values import EmailVersion
from newsletter.workspace import Workspace

LINES = 40  # lines of a redline in a message; `newsletter diff` shows all


def refuse_unapproved(workspace: Workspace, folder: Path, issue: Issue, email: Email) -> None:
    """Raise `NewsletterError` if a required approval of these bytes is missing.

    The message names the roles without one, each approval that does not count and why, and what
    changed since an approval was given. Does nothing if the settings require no approval.
    """
    if not workspace.approval.required:
        return
    state = approval_state(workspace, issue, reader_digest(email, workspace.publication))
    if not state.complete:
        raise _refusal(workspace, folder, issue, email, state=state)


def _refusal(
    workspace: Workspace, folder: Path, issue: Issue, email: Email, *, state: ApprovalState
) -> NewsletterError:
    """Return the error that describes what an email lacks."""
    lines = [f"{issue.slug} is not approved"]
    lines += [f"  missing: {role}" for role in state.missing]
    if state.one_person:
        roles = " and ".join(state.required)
        lines.append(f"  one person approved as {roles}; the settings require different people")
    lines += [f"  {line}" for line in _rejected(workspace, issue, email, state)]
    lines += [f"  {APPROVALS}/{name} cannot be read" for name in state.unreadable]
    stale = next((entry.approval for entry in state.rejected if entry.stale), None)
    if stale is not None:
        lines += _redline(workspace, folder, issue, email, approval=stale)
    role = next(iter(state.missing), state.required[0])
    hint = f"Ask for approval with `newsletter approve {issue.slug} --role {role}`."
    if stale is not None:
        hint = (
            f"Read `newsletter diff {issue.slug} approved`, then approve again with "
            f"`newsletter approve {issue.slug} --role {role}`."
        )
    return NewsletterError("\n".join(lines), hint=hint)


def describe_rejected(issue: Issue, entry: CheckedApproval) -> str:
    """Return one line about an approval that does not count."""
    person = issue.masthead.people.get(entry.approval.person)
    name = person.name if person else entry.approval.person
    return f"{entry.approval.role}, by {name}: the approval {entry.problem}"


def _rejected(
    workspace: Workspace, issue: Issue, email: Email, state: ApprovalState
) -> Iterator[str]:
    now = piece_digests(email, workspace.publication)
    for entry in state.rejected:
        line = describe_rejected(issue, entry)
        if entry.stale:
            before = entry.approval.pieces
            changed = [name for name in now if now[name] != before.get(name)]
            changed += [f"{name} (gone)" for name in before if name not in now]
            line += f"; changed since: {', '.join(changed)}"
        yield line


def _redline(
    workspace: Workspace, folder: Path, issue: Issue, email: Email, *, approval: Approval
) -> list[str]:
    """Return the redline since an approval, and whether a newer tool version made the bytes."""
    copy = next(
        (copy for copy in copies_in(folder / APPROVALS) if copy.digest == approval.digest), None
    )
    if copy is None:
        return []
    publication = workspace.publication
    after = EmailVersion(
        "now",
        email,
        copied_sender(sender_name(publication), publication.sender_email),
        tool=f"newsletter {__version__}",
    )
    person = issue.masthead.people.get(approval.person)
    label = f"approved by {person.name if person else approval.person}"
    lines = redline_text(redline(read_sent_copy(copy, label), after)).rstrip().splitlines()
    left_out = len(lines) - LINES
    shown = [f"  {line}" for line in lines[:LINES]]
    return ["", *shown, *([f"  … {left_out} more lines"] if left_out > 0 else [])]
