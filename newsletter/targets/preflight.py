"""What must be right before a service gets an email: its own merge style, a way to leave, a real sender."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from newsletter import blueprint
from newsletter.diagnostics import UNREADY_TARGET
from newsletter.errors import IssueRejected
from newsletter.model import Email, Finding, MergeStyle, Publication
from newsletter.render.merge import spell
from newsletter.targets.settings import settings_place
from newsletter.workspace import Workspace

_PLACEHOLDERS = (  # key of the blueprint's settings -> display name
    (("sender", "email"), "Sender"),
    (("postal_address",), "Postal address"),
    (("url",), "Address of the web archive"),
)


def refuse_unready(
    workspace: Workspace, email: Email, title: str, style: MergeStyle | None, *, text: bool
) -> None:
    """Raise `IssueRejected` with everything that prevents mailing through a service.

    `style` is the service's merge style, `None` if it adds its own unsubscribe link; `text` is
    whether it accepts our text part.
    """
    findings = [*_unfinished(workspace)]
    if style is not None:
        findings += _style(workspace, title, style) or _unsubscribe(workspace, email, text=text)
        findings += _sender(workspace)
    if findings:
        raise IssueRejected(email.slug, tuple(sorted(findings, key=lambda finding: finding.order)))


def _style(workspace: Workspace, title: str, style: MergeStyle) -> list[Finding]:
    found = workspace.publication.merge
    if found == style:
        return []
    message = f'Merge style "{found}" for {title}, which needs "{style}"'
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


def _unfinished(workspace: Workspace) -> Iterator[Finding]:
    """Yield settings unchanged from `newsletter init`."""
    publication = workspace.publication
    template = _blueprint()
    for path, what in _PLACEHOLDERS:
        value = _value(publication, path)
        if value is not None and value == template.get(".".join(path)):
            where = settings_place(workspace, *path)
            message = f"{what} still from newsletter init: {value}"
            yield UNREADY_TARGET.finding(where, message, "Put in your own.")


def _value(publication: Publication, path: tuple[str, ...]) -> str | None:
    names = {"sender.email": publication.sender_email, "url": publication.url}
    return {**names, "postal_address": publication.postal_address}[".".join(path)]


def _blueprint() -> dict[str, str]:
    files = blueprint.fill_blueprint(blueprint.PACKAGED / "workspace", {"name": '""'})
    settings = tomllib.loads(files["newsletter.toml"].decode())
    sender = {f"sender.{key}": value for key, value in settings.get("sender", {}).items()}
    return {**{key: value for key, value in settings.items() if isinstance(value, str)}, **sender}
