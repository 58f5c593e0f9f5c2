"""What must be right before a service gets an email: its own merge style, a way to leave, a real sender."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from newsletter.check.placeholder_values import placeholder_values
from newsletter.diagnostics import UNREADY_TARGET
from newsletter.errors import IssueRejected
from newsletter.model import Email, Finding, MergeStyle
from newsletter.render.merge import spell
from newsletter.targets.target_settings import settings_place
from newsletter.workspace import Workspace


def refuse_placeholders(workspace: Workspace, folder: Path) -> None:
    """Raise `IssueRejected` if a value that `newsletter init` wrote would reach a reader.

    No selection of rules lifts this, and no allow comment.
    """
    findings = tuple(_unfinished(workspace, folder))
    if findings:
        raise IssueRejected(folder.name, findings)


def refuse_unready(
    workspace: Workspace, email: Email, title: str, style: MergeStyle | None, *, text: bool
) -> None:
    """Raise `IssueRejected` with everything that prevents mailing through a service.

    `style` is the service's merge style, `None` if it adds its own unsubscribe link; `text` is
    whether it accepts our text part.
    """
    findings = [*_unfinished(workspace, workspace.issues / email.slug)]
    if style is not None:
        findings += _style(workspace, title, style) or _unsubscribe(workspace, email, text=text)
        findings += _sender(workspace)
    if findings:
        raise IssueRejected(email.slug, tuple(sorted(findings, key=lambda finding: finding.order)))


def _style(workspace: Workspace, title: str, style: MergeStyle) -> list[Finding]:
    current = workspace.publication.merge
    if current == style:
        return []
    message = f'Merge style "{current}" for {title}, which needs "{style}"'
    where = settings_place(workspace, "merge", "style")
    return [UNREADY_TARGET.finding(where, message, f'Set style = "{style}" in [merge].')]


def _unsubscribe(workspace: Workspace, email: Email, *, text: bool) -> list[Finding]:
    publication = workspace.publication
    field = spell("%%unsubscribe_url%%", publication, "", html=True)
    plain = spell("%%unsubscribe_url%%", publication, "", html=False)
    parts = [("HTML", field in email.html)] + [("text", plain in email.text)] * text
    hint = "Use the packaged foot, or write [unsubscribe](%%unsubscribe_url%%)."
    return [
        UNREADY_TARGET.finding(
            workspace.place(workspace.settings), f"No unsubscribe link in the {part} part", hint
        )
        for part, present in parts
        if not present
    ]


def _sender(workspace: Workspace) -> list[Finding]:
    if workspace.publication.sender_email:
        return []
    where = settings_place(workspace, "sender")
    hint = 'Set email = "letter@your-domain" in [sender].'
    return [UNREADY_TARGET.finding(where, "No sender address in the settings", hint)]


def _unfinished(workspace: Workspace, folder: Path) -> Iterator[Finding]:
    """Yield settings and credits unchanged from `newsletter init`."""
    hint = "Replace it with your own value; `newsletter doctor` lists what is missing."
    for value in placeholder_values(workspace.root, folder):
        if value.certain:
            yield UNREADY_TARGET.finding(value.where, value.message, hint)
