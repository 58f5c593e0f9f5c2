"""Where `publish` delivers.

A target is a frozen value made by `from_config` from its table of the settings. It has two verbs and a question:

    plan(email)     what it would do; touches no network. `--dry-run` prints it.
    deliver(email)  leaves a draft that a person releases, and can be repeated after any failure.
    status(email)   what the destination holds for this issue; reads, never writes.

`folder` is the smallest one. Services that send email share one way of working, so each is only what differs:

    targets/
      __init__.py   this page: the protocol, and opening the targets of the settings
      folder.py     `type = "folder"`
      service.py    `ServiceTarget`: find, compare, upload, write, read back, for every service
      draft.py      its values: `Content` (what we want to be there), `Draft` (what is there), their comparison
      client.py     `Request`, `Reply`, `Client`: the one small HTTP client
      secrets.py    environment, netrc, keyring
      preflight.py  what must be right before anything mails: sender, unsubscribe link, merge style
      receipts.py   `published.json`
      listmonk.py buttondown.py mailchimp.py brevo.py resend.py ghost.py
      smtp.py       a connection to a mail server; test_message.py a message that is visibly a test

A service answers these questions, and knows nothing of retries, receipts or screens:

    compose(email) -> Content          the fields to write, spelled for the service's template engine; pure
    create(content), update(id, …)     -> Request; pure, so the plan prints what will be sent
    find(client, key) -> [Draft]       everything in the service that carries our key, whatever its state
    upload(client, image) -> address   where the service hosts images
    render(client, draft) -> html      what it will mail, where it can say so
    test_request(…)                    its own test call, where it has an honest one

The order of a delivery: find by key. None: create. One that is a draft: compare, and write only what differs; refuse
if somebody edited it since our last write. Scheduled, sent, or more than one: refuse and name them. Then read back.
A create whose reply is lost is never repeated blindly: find by key again. Our key is the slug; beside it stands a
fingerprint of what we wrote, so edits are recognised even when the receipt is gone.

No request of ours may hold a field or path that starts, dates or triggers a sending: `client.py` refuses each
service's `forbidden` ones before they leave, and the fakes in `tests/targets/fakes/` fail the test on any that comes.
A fake is a stateful loopback server, one a service: it checks the token and every field, keeps drafts and media,
and can be told to drop the line, to stall, to answer 429 or 500, or to let somebody edit, schedule or delete a draft.
"""

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


def target_names(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of all targets of the settings."""
    return tuple(workspace.publication.targets or DEFAULT)


def open_targets(
    workspace: Workspace, names: tuple[str, ...], *, overwrite: bool = False
) -> list[Target]:
    """Return the targets of these names, or all of the settings. Raises `WrongUsage` for one that is not there."""
    tables: Mapping[str, Mapping[str, Any]] = workspace.publication.targets or DEFAULT
    for name in names:
        if name not in tables:
            raise WrongUsage(
                f"Unknown target {name!r}",
                hint=did_you_mean(name, tables, what="There are"),
            )
    targets = [_open(name, tables[name], workspace) for name in names or tables]
    return [_overwriting(target) for target in targets] if overwrite else targets


def _overwriting(target: Target) -> Target:
    """Return a target that replaces what somebody edited there; one without that question as it is."""
    overwriting = getattr(target, "overwriting", None)
    replaced: Target = overwriting() if overwriting else target
    return replaced


def _open(name: str, table: Mapping[str, Any], workspace: Workspace) -> Target:
    kinds = {entry.name: entry for entry in entry_points(group=GROUP)}
    kind = table.get("type")
    if not isinstance(kind, str) or kind not in kinds:
        hint = did_you_mean(str(kind), kinds, what="There are")
        raise NewsletterError(f"Target {name!r}: unknown type {kind!r}", hint=hint)
    target: Target = kinds[kind].load().from_config(name, table, workspace)
    return target
