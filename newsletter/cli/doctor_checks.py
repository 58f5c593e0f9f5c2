"""What a workspace lacks before its first real send: one function for each subject.

Nothing here opens a connection: DNS records and rights in a service are named, not looked up.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from msgspec import Struct

from newsletter import __version__
from newsletter.blueprint.install_line import EDIT
from newsletter.blueprint.workspace_files import RECORD
from newsletter.check.placeholder_values import placeholder_values
from newsletter.errors import NewsletterError
from newsletter.files.extra_command import EXTRA_MODULES, install_command
from newsletter.model import Location
from newsletter.targets import open_targets
from newsletter.targets.receipts import read_receipts
from newsletter.targets.service import ServiceTarget
from newsletter.targets.smtp import smtp_password, smtp_server
from newsletter.workspace import Workspace

DoctorState = Literal["ok", "missing", "to do", "optional"]

# The least rights a service's token needs; each service's page says where they are set.
RIGHTS: Mapping[str, str] = {
    "listmonk": "campaigns:get, campaigns:manage, media:get, media:manage, list:get; not campaigns:send",
    "buttondown": "write emails and images; nothing else",
    "mailchimp": "a user with the role Author, who edits campaigns and may not send them",
    "brevo": "a key has every right: limit it to this machine's address (Security, Authorized IPs)",
    "resend": "Full access: a key for sending only may not make broadcasts",
    "ghost": "the Admin API key of a custom integration",
}
EXTRAS: Mapping[str, str] = {  # extra -> what it is for
    "preview": "the preview and screenshots",
    "archive": "the search of the web archive",
    "import": "drafts from Word and Google Docs",
    "send": "an own list in PostgreSQL, `serve` and `worker`",
    "sheets": "charts and tables from .xlsx and .ods",
    "vega": "charts from Vega-Lite files",
    "keyring": "tokens from the system's keyring",
}


class DoctorRow(Struct, frozen=True):
    """One thing that a first send needs, with the keys of a finding."""

    subject: str
    state: DoctorState
    message: str
    hint: str | None = None
    where: Location | None = None  # if it is in a file


def diagnose(workspace: Workspace) -> Iterator[DoctorRow]:
    """Yield everything a first send needs, in the order in which a desk does it."""
    for check in (
        _placeholders,
        _settings,
        _services,
        _mail_server,
        _dns,
        _extras,
        _programs,
        _repository,
    ):
        yield from check(workspace)


def _placeholders(workspace: Workspace) -> Iterator[DoctorRow]:
    placeholders = list(placeholder_values(workspace.root))
    for value in placeholders:
        hint = "Replace it with your own value."
        yield DoctorRow("settings", "missing", value.message, hint, value.where)
    if not placeholders:
        yield DoctorRow("settings", "ok", "No example value of `newsletter init` is left")


def _settings(workspace: Workspace) -> Iterator[DoctorRow]:
    publication = workspace.publication
    settings = (
        (publication.sender_email, "sender address", '[sender] email = "letter@YOUR-DOMAIN"'),
        (publication.list_id, "list id", 'list_id = "letter.YOUR-DOMAIN"'),
        (publication.postal_address, "postal address", 'postal_address = "STREET, TOWN, COUNTRY"'),
    )
    where = Location(workspace.display_path(workspace.settings))
    for value, label, line in settings:
        if not value:
            yield DoctorRow("settings", "missing", f"No {label}", f"Add `{line}`.", where)
    if not publication.unsubscribe_url and publication.merge == "plain":
        hint = 'Add `unsubscribe_url = "https://…"`, or `[merge] style` of the service that sends.'
        yield DoctorRow("settings", "missing", "No way to unsubscribe", hint, where)


def _services(workspace: Workspace) -> Iterator[DoctorRow]:
    try:
        targets = open_targets(workspace, ())
    except NewsletterError as error:
        yield DoctorRow("targets", "missing", error.message, error.hint, error.where)
        return
    services = [target for target in targets if isinstance(target, ServiceTarget)]
    for target in services:
        yield from _service(workspace, target)
    if not services and not workspace.lists:
        message = "No service and no own list: publish writes files only"
        hint = 'Add `[targets.NAME] type = "listmonk"`, or `[lists.NAME]` for an own list.'
        yield DoctorRow("targets", "optional", message, hint)


def _service(workspace: Workspace, target: ServiceTarget) -> Iterator[DoctorRow]:
    service = target.service
    style = workspace.publication.merge
    if service.style is not None and service.style != style:
        message = f'Merge style "{style}" for {service.title}, which needs "{service.style}"'
        hint = f'Write `[merge] style = "{service.style}"`.'
        yield DoctorRow(f"target {target.name}", "missing", message, hint)
    try:
        service.connection()
    except NewsletterError as error:
        yield DoctorRow(f"target {target.name}", "missing", error.message, error.hint)
    else:
        yield DoctorRow(f"target {target.name}", "ok", f"{service.title}: token found")
    if rights := RIGHTS.get(service.type):
        message = f"Rights of the token in {service.title}: {rights}"
        hint = f"Set them there, then run `newsletter status --to {target.name}`."
        yield DoctorRow(f"target {target.name}", "to do", message, hint)


def _mail_server(workspace: Workspace) -> Iterator[DoctorRow]:
    if workspace.smtp.host is None:
        state: DoctorState = "missing" if workspace.lists else "optional"
        line = '[smtp] host = "mail.YOUR-DOMAIN", user = "…", test_to = ["you@YOUR-DOMAIN"]'
        message = "No mail server: no tests and no own list"
        yield DoctorRow("mail server", state, message, f"Add `{line}`.")
        return
    try:
        server = smtp_server(workspace)
        smtp_password(server)
    except NewsletterError as error:
        yield DoctorRow("mail server", "missing", error.message, error.hint)
    else:
        hint = "Run `newsletter test --to you@YOUR-DOMAIN`."
        yield DoctorRow("mail server", "ok", f"{server}: settings are complete", hint)


def _dns(workspace: Workspace) -> Iterator[DoctorRow]:
    """Yield the records that large mailbox providers require of bulk senders (Gmail, Yahoo, 2024)."""
    address = workspace.publication.sender_email or ""
    is_example = any(value.text in address for value in placeholder_values(workspace.root))
    domain = "YOUR-DOMAIN" if is_example or not address else address.rpartition("@")[2]
    records = (
        (f"{domain} TXT", "v=spf1 include:… -all", "SPF: who may send for the domain"),
        (
            f"SELECTOR._domainkey.{domain} TXT",
            "from your sending service",
            "DKIM: the key that signs emails",
        ),
        (
            f"_dmarc.{domain} TXT",
            "v=DMARC1; p=none; rua=mailto:…",
            "DMARC: what to do with emails that fail",
        ),
    )
    for name, value, purpose in records:
        hint = f"Set it, then run `dig +short {name}`."
        yield DoctorRow("DNS", "to do", f"{purpose}: {name} = {value}", hint)


def _extras(workspace: Workspace) -> Iterator[DoctorRow]:
    needed = _needed_extras(workspace)
    for extra, purpose in EXTRAS.items():
        if find_spec(EXTRA_MODULES[extra]) is not None:
            continue
        state: DoctorState = "missing" if extra in needed else "optional"
        hint = f"Run `{install_command(extra)}`."
        yield DoctorRow("extras", state, f"Not installed: {extra}, for {purpose}", hint)


def _needed_extras(workspace: Workspace) -> set[str]:
    """Return the extras that the settings and the data files call for."""
    needed = set()
    if workspace.lists and str(workspace.send.database or "").startswith("postgres"):
        needed.add("send")
    suffixes = {path.suffix for path in workspace.issues.glob("*/data/*")}
    if suffixes & {".xlsx", ".ods"}:
        needed.add("sheets")
    if any(workspace.issues.glob("*/data/*.vl.json")):
        needed.add("vega")
    return needed


def _programs(workspace: Workspace) -> Iterator[DoctorRow]:
    from newsletter.preview.chromium import find_browser

    try:
        yield DoctorRow("programs", "ok", f"Chromium for screenshots: {find_browser()}")
    except NewsletterError as error:
        yield DoctorRow("programs", "optional", error.message, error.hint)
    if shutil.which("git") is None:
        hint = "Install git: apt install git, brew install git, winget install Git.Git."
        yield DoctorRow("programs", "missing", "No git: no redline, no approvals", hint)


def _repository(workspace: Workspace) -> Iterator[DoctorRow]:
    root = workspace.root
    top = next((path for path in (root, *root.parents) if (path / ".git").exists()), None)
    if top is None:
        message = "The workspace is not in a git repository"
        yield DoctorRow("repository", "missing", message, "Run `git init`.")
    elif not (top / ".git" / "hooks" / "pre-commit").exists():
        hint = "Run `pip install pre-commit && pre-commit install`."
        yield DoctorRow("repository", "optional", "The pre-commit hook is not installed", hint)
    yield from _install_line(root)
    yield from _version(root)
    yield from _last_built(workspace)


def _install_line(root: Path) -> Iterator[DoctorRow]:
    path = root / "requirements-newsletter.txt"
    text = path.read_text("utf-8", "replace") if path.is_file() else ""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if EDIT in line:
            message = "CI does not know how to install newsletter"
            hint = "Write the wheel, repository or index that you install it from."
            yield DoctorRow("repository", "missing", message, hint, Location(path.name, number, 1))


def _version(root: Path) -> Iterator[DoctorRow]:
    import json

    try:
        written = str(json.loads((root / RECORD).read_bytes())["tool"])
    except (OSError, ValueError, KeyError, TypeError):
        written = "an older version"
    if written != f"newsletter {__version__}":
        message = f"Workflows and schemas are from {written}; this is newsletter {__version__}"
        yield DoctorRow("repository", "to do", message, "Run `newsletter init --update --diff`.")


def _last_built(workspace: Workspace) -> Iterator[DoctorRow]:
    """Yield the latest published issue if another version published it."""
    for folder in reversed(workspace.folders()):
        receipts = read_receipts(folder, workspace.display_path(folder))
        if not receipts:
            continue
        tool = str(receipts[-1].get("tool", "an older version"))
        if tool != f"newsletter {__version__}":
            message = f"{folder.name} was published by {tool}; this is newsletter {__version__}"
            yield DoctorRow("repository", "to do", message, f"Run `newsletter diff {folder.name}`.")
        return
