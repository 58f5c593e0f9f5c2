"""Where `publish` delivers.

A target is a frozen value created by `from_config` from its table in the settings. It has three
methods:

    plan(email)     what it would do; makes no network requests. `--dry-run` prints it.
    deliver(email)  creates a draft for a person to release; can be repeated after any failure.
    status(email)   what the destination has for this issue; read-only.

`folder` is the simplest one. Email services share one workflow, so each module has only what
differs:

    targets/
      __init__.py   this page: the protocol, and opening the targets of the settings
      folder.py     `type = "folder"`
      service.py    `ServiceTarget`: find, compare, upload, write, read back, for every service
      draft.py      its values: `Content` (wanted), `ServiceDraft` (present), and their comparison
      client.py     `Request`, `Reply`, `Client`: the HTTP client
      secrets.py    environment, netrc, keyring
      preflight.py  checks before mailing: sender, unsubscribe link, merge style
      receipts.py   `published.json`
      listmonk.py buttondown.py mailchimp.py brevo.py resend.py ghost.py
      smtp.py       a connection to a mail server
      marked_message.py  a message visibly marked as a test

A service implements these methods and knows nothing of retries, receipts or output:

    compose(email) -> Content          the fields to write, in the service's template syntax; pure
    create(content), update(id, …)     -> Request; pure, so the plan prints what will be sent
    find(client, key) -> [ServiceDraft]  everything in the service with our key, in any state
    upload(client, image) -> address   where the service hosts images
    render(client, draft) -> html      what it will send, if it has a call for that
    test_request(…)                    its own test call, if it sends the draft's real content

A delivery first finds drafts by key. If there is none, it creates one. If there is one draft, it
compares and writes only what differs, and refuses if someone edited it since our last write. If it
is scheduled or sent, or there is more than one, it refuses and names them. Then it reads back the
result. A create whose reply is lost is never repeated blindly: it finds by key again. Our key is
the slug; a fingerprint of what we wrote is stored with it, so edits are detected even without the
receipt.

No request may contain a field or path that starts, dates or triggers a sending: `client.py` blocks
each service's `forbidden` ones before they are sent, and the fakes in `tests/targets/fakes/` fail
the test on any that arrives. A fake is a stateful loopback server for one service: it checks the
token and every field, stores drafts and media, and can be configured to drop the connection, to
stall, to reply 429 or 500, or to simulate a person editing, scheduling or deleting a draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any, Protocol

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.model import Email, Plan, Receipt
from newsletter.workspace import Workspace

GROUP = "newsletter.targets"
DEFAULT = {"folder": {"type": "folder"}}  # the default of a workspace without targets


class Target(Protocol):
    """One destination. `plan` makes no network requests; secrets come from the environment only."""

    @classmethod
    def from_config(cls, name: str, table: Mapping[str, Any], workspace: Workspace) -> Target: ...
    def plan(self, email: Email) -> Plan: ...
    def deliver(self, email: Email) -> Receipt: ...


def target_names(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of all configured targets."""
    return tuple(workspace.publication.targets or DEFAULT)


def open_targets(
    workspace: Workspace, names: tuple[str, ...], *, overwrite: bool = False
) -> list[Target]:
    """Return the named targets, or all configured ones. Raises `WrongUsage` for an unknown name."""
    tables: Mapping[str, Mapping[str, Any]] = workspace.publication.targets or DEFAULT
    for name in names:
        if name not in tables:
            raise WrongUsage(
                f"Unknown target {quoted(name)}",
                hint=spelling_hint(name, tables, what="targets"),
            )
    targets = [_open(name, tables[name], workspace) for name in names or tables]
    return [_overwriting(target) for target in targets] if overwrite else targets


def _overwriting(target: Target) -> Target:
    """Return a target that overwrites edits made in the service, if it supports that option."""
    overwriting = getattr(target, "overwriting", None)
    replaced: Target = overwriting() if overwriting else target
    return replaced


def _open(name: str, table: Mapping[str, Any], workspace: Workspace) -> Target:
    kinds = {entry.name: entry for entry in entry_points(group=GROUP)}
    kind = table.get("type")
    if not isinstance(kind, str) or kind not in kinds:
        hint = spelling_hint(str(kind), kinds, what="types")
        what = "No type" if kind is None else f"Unknown type {quoted(kind)}"
        raise NewsletterError(f"{what} for target {quoted(name)}", hint=hint)
    target: Target = kinds[kind].load().from_config(name, table, workspace)
    return target
