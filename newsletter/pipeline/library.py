"""The public Python API: `from newsletter import build_email, …`."""

from __future__ import annotations

import os
from pathlib import Path

from newsletter.errors import IssueRejected
from newsletter.files.cache import BuildCache
from newsletter.files.output import write_folder
from newsletter.load import load
from newsletter.model import Email, Finding, Issue
from newsletter.workspace import Workspace, find, select

PathLike = str | os.PathLike[str]


def open_workspace(path: PathLike = ".") -> Workspace:
    """Return the workspace that contains a folder.

    `path` may be any folder inside it. Raises `WrongUsage` if there is no workspace, and
    `IssueRejected` with the findings if its settings have errors.
    """
    return find(Path(path))


def load_issue(workspace: Workspace, issue: PathLike) -> Issue:
    """Return an issue as written: sections, credits, sources and facts, resolved.

    `issue` is a folder, a slug, or a unique part of one. Raises `WrongUsage` where it matches no
    issue or several, and `IssueRejected` where it cannot be loaded.
    """
    folder = _folder(workspace, issue)
    loaded = load(workspace, folder)
    if loaded.issue is None:
        raise IssueRejected(folder.name, loaded.findings)
    return loaded.issue


def list_findings(workspace: Workspace, issue: PathLike) -> tuple[Finding, ...]:
    """Return the findings of all rules for an issue, sorted by place, without network access.

    Settings, allow comments and the baseline apply as in `newsletter check`. Raises `WrongUsage`
    where `issue` matches no issue or several.
    """
    from newsletter.pipeline.check_batch import check_issue  # all rules, unlike a build

    return check_issue(workspace, _folder(workspace, issue)).findings


def build_email(workspace: Workspace, issue: PathLike) -> Email:
    """Return the email of an issue: HTML, text part, message, web page, images and manifest.

    Nothing is written but the cache of the workspace. Raises `IssueRejected` with all findings
    where errors block the build, and `NewsletterError` where the theme fails.
    """
    from newsletter.pipeline.build import build as build_issue  # half of a cold start

    folder = _folder(workspace, issue)
    return build_issue(workspace, folder, BuildCache(workspace.state / "cache"))


def write_email(email: Email, out: PathLike) -> Path:
    """Write an email to `out/<slug>/`, whole or not at all, and return that folder.

    Raises `NewsletterError` where it cannot be written or the folder contains other files.
    """
    folder = Path(out) / email.slug
    write_folder(folder, email.files())
    return folder


def _folder(workspace: Workspace, issue: PathLike) -> Path:
    return select(workspace, os.fspath(issue), workspace.root)
