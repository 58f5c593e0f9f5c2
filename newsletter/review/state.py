"""The state of an issue: draft, approved, published, sent or corrected; and who approved it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct, field

from newsletter.errors import NewsletterError
from newsletter.load.corrections import CORRECTIONS
from newsletter.model import Issue
from newsletter.render.digest import reader_digest
from newsletter.review.approval_records import APPROVALS, ApprovalState, approval_state
from newsletter.targets.receipts import read_receipts
from newsletter.workspace import Workspace

StateName = Literal["draft", "approved", "published", "sent", "corrected"]
SENT_TYPES = frozenset({"send", "smtp"})  # receipt types for sending to an own list


class IssueState(Struct, frozen=True):
    """The state of an issue, and of the approvals of its current content."""

    name: StateName
    approvals: ApprovalState | None = None  # None if none are required and none are given
    people: Mapping[str, str] = field(default_factory=dict)  # role -> name of who approved

    @property
    def approval_text(self) -> str:
        """Return who approved and who is missing, e.g. `editor: Mira Oduya; data: missing`."""
        if self.approvals is None:
            return ""
        parts = [f"{role}: {name}" for role, name in self.people.items()]
        stale = {entry.approval.role for entry in self.approvals.rejected if entry.stale}
        parts += [
            f"{role}: {'changed since' if role in stale else 'missing'}"
            for role in self.approvals.missing
        ]
        if self.approvals.one_person:
            parts.append("an approval by a second person is missing")
        return "; ".join(parts)


def issue_state(workspace: Workspace, folder: Path) -> IssueState:
    """Return the state of an issue; builds it only if it is unpublished and approvals count."""
    published = _published(workspace, folder)
    if published is not None:
        return IssueState(published)
    if not (workspace.approval.required or (folder / APPROVALS).is_dir()):
        return IssueState("draft")
    from newsletter.pipeline.check_batch import check_issue  # all rules: only where they count

    checked = check_issue(workspace, folder) if (folder / APPROVALS).is_dir() else None
    if checked is None or checked.email is None or checked.loaded.issue is None:
        required = tuple(workspace.approval.required)
        return IssueState("draft", ApprovalState(required, (), required) if required else None)
    digest = reader_digest(checked.email, workspace.publication)
    return state_of_approvals(workspace, checked.loaded.issue, digest)


def state_of_approvals(workspace: Workspace, issue: Issue, digest: str) -> IssueState:
    """Return whether an email with this digest is approved, and by whom."""
    state = approval_state(workspace, issue, digest)
    people = {
        approval.role: issue.masthead.people[approval.person].name for approval in state.valid
    }
    approved = state.complete and bool(state.valid)
    return IssueState("approved" if approved else "draft", state, people)


def _published(workspace: Workspace, folder: Path) -> StateName | None:
    """Return the state according to the receipts, or `None` if the issue was not published."""
    try:
        receipts = read_receipts(folder, workspace.display_path(folder))
    except NewsletterError:
        return "published"  # damaged receipts are reported separately; prevents publishing twice
    if not receipts:
        return None
    if (folder / CORRECTIONS).exists():
        return "corrected"
    sent = any(receipt.get("type") in SENT_TYPES for receipt in receipts)
    return "sent" if sent else "published"


def approvals_row(issue: Issue, state: ApprovalState) -> dict[str, Any]:
    """Return what is required, who approved it and when, and what is missing, for a machine."""
    return {
        "required": list(state.required),
        "approved": [
            {
                "role": approval.role,
                "person": approval.person,
                "name": issue.masthead.people[approval.person].name,
                "at": approval.at.isoformat(),
            }
            for approval in state.valid
        ],
        "missing": list(state.missing),
        "complete": state.complete,
    }


def state_row(workspace: Workspace, folder: Path) -> dict[str, Any]:
    """Return state and approvals as plain values, for a list or JSON."""
    state = issue_state(workspace, folder)
    if state.approvals is None:
        return {"state": state.name}
    return {
        "state": state.name,
        "approvals": state.approval_text,
        "approved_by": dict(state.people),
        "missing": list(state.approvals.missing),
    }
