"""Locate the workspace, its settings and its issues."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from newsletter.diagnostics import WRONG_VALUE, Report
from newsletter.errors import IssueRejected, WrongUsage
from newsletter.files.find import real_path
from newsletter.files.host_keys import report_repeated_hosts
from newsletter.files.quotation import quoted
from newsletter.files.secret_text import is_secret, looks_secret
from newsletter.files.settings_addresses import report_addresses
from newsletter.files.suggest import spelling_hint
from newsletter.files.toml_reader import read_toml, toml_places
from newsletter.files.typed_values import convert
from newsletter.files.yaml_reader import PositionMap
from newsletter.model import Location, Publication
from newsletter.schema.look import ThemeSettings
from newsletter.schema.settings import (
    ChartSettings,
    CheckSettings,
    LinkSettingsTable,
    ListEntry,
    MergeSample,
    PreviewSettings,
    SendSettings,
    SettingsFile,
    SmtpSettings,
)
from newsletter.schema.sign_off import ApprovalSettings, SentSettings
from newsletter.schema.site import ArchiveSettings

SETTINGS = "newsletter.toml"
SLUG = re.compile(r"\d{4}-\d{2}-\d{2}-[a-z0-9][a-z0-9-]*")


class Workspace(Struct, frozen=True):
    """A folder with a settings file, a masthead and issues."""

    root: Path
    settings: Path
    publication: Publication
    check: CheckSettings
    links: LinkSettingsTable = field(default_factory=LinkSettingsTable)
    preview: PreviewSettings = field(default_factory=PreviewSettings)
    lists: Mapping[str, ListEntry] = field(default_factory=dict)
    send: SendSettings = field(default_factory=SendSettings)
    approval: ApprovalSettings = field(default_factory=ApprovalSettings)
    sent: SentSettings = field(default_factory=SentSettings)
    smtp: SmtpSettings = field(default_factory=SmtpSettings)
    archive: ArchiveSettings = field(default_factory=ArchiveSettings)
    charts: ChartSettings = field(default_factory=ChartSettings)
    look: ThemeSettings = field(default_factory=ThemeSettings)
    tried_theme: str | None = None  # instead of the one that an issue would have
    lent_state: Path | None = None  # of the workspace that this one is a former version of
    look_places: PositionMap = field(default_factory=lambda: PositionMap(Location(SETTINGS)))

    @property
    def has_look_settings(self) -> bool:
        """Return whether `[theme]` says more than a name."""
        return self.look != ThemeSettings(name=self.look.name)

    @property
    def issues(self) -> Path:
        return self.root / "issues"

    @property
    def masthead(self) -> Path:
        return self.root / "credits.yaml"

    @property
    def lexicon(self) -> Path:
        return self.root / "lexicon.yaml"

    @property
    def pages(self) -> Path:
        """Return the folder of the archive's own pages and files: about.md, CNAME, favicon.svg."""
        return self.root / "pages"

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def dist(self) -> Path:
        return self.root / "dist"

    @property
    def state(self) -> Path:
        """Return the folder for caches, which can be deleted at any time."""
        return self.lent_state or self.root / ".newsletter"

    def display_path(self, path: Path) -> str:
        """Return a path for display: relative to the workspace, with forward slashes."""
        shown, prefix = str(path), f"{self.root}{os.sep}"
        if not shown.startswith(prefix):
            return "." if path == self.root else shown
        return shown[len(prefix) :].replace(os.sep, "/")

    def place(self, path: Path) -> Location:
        return Location(self.display_path(path))

    def folders(self) -> list[Path]:
        """Return all issue folders, oldest first (their names start with the date)."""
        try:
            return sorted(
                path
                for path in self.issues.iterdir()
                if path.is_dir() and SLUG.fullmatch(path.name)
            )
        except FileNotFoundError:
            return []


def misnamed(workspace: Workspace) -> list[Path]:
    """Return folders in issues/ that commands ignore, because their names lack a date or topic."""
    try:
        paths = sorted(path for path in workspace.issues.iterdir() if path.is_dir())
    except OSError:
        return []
    return [
        path for path in paths if not SLUG.fullmatch(path.name) and not path.name.startswith(".")
    ]


def find(start: Path) -> Workspace:
    """Find the workspace in a folder or its parents, and read its settings.

    Raises `WrongUsage` if there is none, and `IssueRejected` if its settings are invalid.
    """
    return _read(*locate(start))


def locate(start: Path) -> tuple[Path, Path, tuple[str, ...]]:
    """Return the workspace's folder, its settings file, and the table in it.

    Raises `WrongUsage` if there is none.
    """
    try:
        start = start.resolve(strict=True)
    except OSError as error:
        raise WrongUsage(
            f"{start}: {error.strerror}", hint="Change to a folder that exists."
        ) from error
    for folder in (start, *start.parents):
        if (folder / SETTINGS).is_file():
            return folder, folder / SETTINGS, ()
        project = folder / "pyproject.toml"
        if project.is_file() and b"[tool.newsletter" in project.read_bytes():
            return folder, project, ("tool", "newsletter")
    raise WrongUsage(
        f"No workspace found: neither {start} nor a folder above it has a newsletter.toml",
        hint="Create one with `newsletter init`, or change to its folder.",
    )


def _read(root: Path, path: Path, table: tuple[str, ...]) -> Workspace:
    report = Report()
    settings = None
    if read := read_toml(path, path.name, report):
        value: Any = read[0]
        for name in table:
            value = value[name]
        places = toml_places(read[1], path.name, table)
        value = _without_secrets(value, places, report)
        settings = convert(value, SettingsFile, places, report)
        if settings is not None:
            report_addresses(settings, places, report)
            report_repeated_hosts(settings.links, places, report)
    if settings is None or report.failed:
        raise IssueRejected(path.name, tuple(report.findings))
    return Workspace(
        root,
        path,
        _publication(settings),
        settings.check,
        settings.links,
        settings.preview,
        lists=settings.lists,
        send=settings.send,
        charts=settings.charts,
        look=_look(settings),
        look_places=toml_places(read[1], path.name, (*table, "theme")) if read else _NOWHERE,
        approval=settings.approval,
        sent=settings.sent,
        smtp=settings.smtp,
        archive=settings.archive,
    )


def _without_secrets(value: Any, places: PositionMap, report: Report, path: Keys = ()) -> Any:
    """Report each secret with its line, and return the settings without secrets.

    Later code therefore cannot print one.
    """
    if isinstance(value, dict):
        kept = {}
        for key, item in value.items():
            if isinstance(item, str) and is_secret(key, item):
                _report_secret(places, report, (*path, key))
            else:
                kept[key] = _without_secrets(item, places, report, (*path, key))
        return kept
    if isinstance(value, list):
        if any(isinstance(item, str) and looks_secret(item) for item in value):
            _report_secret(places, report, path)
            return []
        return [
            _without_secrets(item, places, report, (*path, index))
            for index, item in enumerate(value)
        ]
    return value


Keys = tuple[str | int, ...]


def _report_secret(places: PositionMap, report: Report, path: Keys) -> None:
    name = ".".join(part for part in path if isinstance(part, str))
    message = f"Secret in the settings file: {name}"
    hint = (
        "Remove it, revoke it at the service, and keep the new one in the environment, "
        "in ~/.netrc or in the keyring."
    )
    report.add(WRONG_VALUE, places.value(*path), message, hint)


_NOWHERE = PositionMap(Location(SETTINGS))


def _look(settings: SettingsFile) -> ThemeSettings:
    """Return `[theme]`, of which a name is the short form."""
    theme = settings.theme
    return ThemeSettings(name=theme) if isinstance(theme, str) else theme


def _publication(settings: SettingsFile) -> Publication:
    return Publication(
        name=settings.name,
        url=settings.url.rstrip("/"),
        language=settings.language,
        theme=_look(settings).name,
        sender_name=settings.sender.name,
        sender_email=settings.sender.email,
        list_id=settings.list_id,
        unsubscribe_url=settings.unsubscribe_url,
        postal_address=settings.postal_address,
        merge=settings.merge.style,
        images_url=settings.images.url.rstrip("/") if settings.images.url else None,
        inline_images=settings.images.inline,
        own_web_url=settings.archive.view_in_browser == "archive",
        targets=settings.targets,
        merge_sample=_given(settings.merge.sample),
    )


def _given(sample: MergeSample) -> dict[str, str]:
    values = msgspec.structs.asdict(sample)
    return {field: value for field, value in values.items() if value is not None}


def select_one(
    workspace: Workspace, name: str | None, here: Path, done: Callable[[Path], bool]
) -> Path:
    """Return the intended issue for an irreversible action.

    Without a name, it is the issue in the current directory, or the only one for which `done` (such
    as published or sent) is false. Raises `WrongUsage` with the candidates and their dates if there
    are several or none.
    """
    folders = workspace.folders()
    if name is not None or not folders or _standing_in(workspace, folders, here):
        return select(workspace, name, here)
    waiting = [folder for folder in folders if not done(folder)]
    if len(waiting) == 1 or len(folders) == 1:
        return (waiting or folders)[0]
    count = f"{len(waiting)} issues" if waiting else "No issue"
    candidates = (waiting or folders)[-_LISTED:]
    lines = [f"    {folder.name[:10]}  {folder.name}" for folder in candidates]
    heading = f"{count} waiting; name the one you mean"
    raise WrongUsage("\n".join((heading, *lines)), hint=f"Name one, such as {candidates[-1].name}.")


_LISTED = 8  # number of candidates shown, the latest ones


def days_ahead(folder: Path, today: dt.date) -> int:
    """Return the days until the date of an issue's folder; 0 for today and the past."""
    try:
        return max((dt.date.fromisoformat(folder.name[:10]) - today).days, 0)
    except ValueError:
        return 0


def _standing_in(workspace: Workspace, folders: Sequence[Path], here: Path) -> Path | None:
    """Return the issue that contains a folder."""
    here = real_path(here)
    for folder in (here, *here.parents):
        if folder.parent == workspace.issues and folder in folders:
            return folder
    return None


def select(workspace: Workspace, name: str | None, here: Path) -> Path:
    """Return the folder of an issue, given a slug, a unique part of one, a path, or `None`.

    `None` means the issue in the current directory, or else the latest. Raises `WrongUsage`.
    """
    folders = workspace.folders()
    if name is None:
        if folder := _standing_in(workspace, folders, here):
            return folder
        if not folders:
            raise WrongUsage("No issues yet", hint="Create one with `newsletter new TITLE`.")
        return folders[-1]
    path = real_path(here / name)
    for folder in (path, *path.parents):
        if folder in folders:
            return folder
    exact = [folder for folder in folders if folder.name == name]
    matches = exact or [folder for folder in folders if name in folder.name]
    if len(matches) == 1:
        return matches[0]
    if matches:
        names = ", ".join(folder.name for folder in matches[-5:])
        raise WrongUsage(
            f"{quoted(name)} matches {len(matches)} issues: {names}", hint="Type more of the slug."
        )
    if path.is_dir() and path.parent == workspace.issues:
        raise WrongUsage(
            f"Not an issue folder: {workspace.display_path(path)}",
            hint="Name it by date and topic in lower case, such as 2026-03-01-ports.",
        )
    slugs = [folder.name for folder in folders[-50:]]
    raise WrongUsage(
        f"No issue matches {quoted(name)}", hint=spelling_hint(name, slugs, what="latest issues")
    )
