"""Validation of `[check]` in the settings: unknown rules and mail clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from newsletter.check.email.clients import unknown_clients, weights
from newsletter.check.select import selection_of_workspace, unknown_words
from newsletter.diagnostics import WRONG_VALUE
from newsletter.errors import IssueRejected
from newsletter.files.toml_reader import toml_places
from newsletter.model import Finding, Location
from newsletter.workspace import SETTINGS, Workspace


def refuse_unknown(workspace: Workspace) -> None:
    """Raise `IssueRejected` with a finding for each unknown word in `[check]`."""
    if findings := tuple(_unknown(workspace)):
        raise IssueRejected(workspace.settings.name, findings)


def _unknown(workspace: Workspace) -> Iterator[Finding]:
    for key, word, hint in unknown_words(selection_of_workspace(workspace)):
        message = f'Unknown rule "{word}" in {key}'
        yield WRONG_VALUE.finding(_place(workspace, key, word), message, hint)
    for name, hint in unknown_clients(weights(workspace)):
        message = f'Unknown mail client "{name}" in clients'
        yield WRONG_VALUE.finding(_place(workspace, "clients", name), message, hint)


def _place(workspace: Workspace, key: str, word: str) -> Location:
    """Return the location of a word: its first occurrence after its key.

    tomllib does not record locations.
    """
    text = workspace.settings.read_text("utf-8-sig")
    table = () if workspace.settings.name == SETTINGS else ("tool", "newsletter")
    start = toml_places(text, workspace.display_path(workspace.settings), table).key("check", key)
    spelled = re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])")
    for number, line in enumerate(text.split("\n"), 1):
        if number >= (start.line or 1) and (match := spelled.search(line)):
            return replace(start, line=number, column=match.start() + 1)
    return start


SITES = ("folder", "archive")  # types of targets that publish pages and send nothing


def delivers(workspace: Workspace) -> bool:
    """Return whether the settings configure a way to send email: a service, mail server or list."""
    targets = workspace.publication.targets.values()
    if any(table.get("type") not in SITES for table in targets):
        return True
    return bool(workspace.lists or workspace.smtp.host)
