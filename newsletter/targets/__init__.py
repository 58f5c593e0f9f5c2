"""Where `publish` delivers. A target is a frozen value with `from_config`, `plan` and `deliver`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any, Protocol

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.suggest import did_you_mean
from newsletter.model import Email, Plan, Receipt
from newsletter.workspace import Workspace

GROUP = "newsletter.targets"
DEFAULT = {"folder": {"type": "folder"}}  # what a workspace without targets publishes to


class Target(Protocol):
    """One destination. `plan` touches no network; secrets come from the environment only."""

    @classmethod
    def from_config(cls, name: str, table: Mapping[str, Any], workspace: Workspace) -> Target: ...
    def plan(self, email: Email) -> Plan: ...
    def deliver(self, email: Email) -> Receipt: ...


def open_targets(workspace: Workspace, names: tuple[str, ...]) -> list[Target]:
    """Return the targets of these names, or all of the settings. Raises `WrongUsage` for one that is not there."""
    tables: Mapping[str, Mapping[str, Any]] = workspace.publication.targets or DEFAULT
    for name in names:
        if name not in tables:
            raise WrongUsage(
                f"the settings have no target {name!r}",
                hint=did_you_mean(name, tables, what="There are"),
            )
    return [_open(name, tables[name], workspace) for name in names or tables]


def _open(name: str, table: Mapping[str, Any], workspace: Workspace) -> Target:
    kinds = {entry.name: entry for entry in entry_points(group=GROUP)}
    kind = table.get("type")
    if not isinstance(kind, str) or kind not in kinds:
        hint = did_you_mean(str(kind), kinds, what="There are")
        raise NewsletterError(f"target {name!r}: no target is of type {kind!r}", hint=hint)
    target: Target = kinds[kind].load().from_config(name, table, workspace)
    return target
