"""Old addresses: former slugs, renamed topics, and `[archive.redirects]`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import unquote, urlsplit

from newsletter.archive.permalinks import base_path, page_path, path_word
from newsletter.archive.site_model import SiteModel
from newsletter.archive.summary import place_of
from newsletter.diagnostics import BROKEN_REDIRECT, Report
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.yaml_reader import PositionMap
from newsletter.model import Location
from newsletter.workspace import Workspace


def all_redirects(
    workspace: Workspace,
    model: SiteModel,
    pages: Collection[str],
    places: PositionMap,
    *,
    report: Report,
) -> dict[str, str]:
    """Return old path -> new path or address with chains resolved; report dead ends.

    `pages` are the paths of the site. Each redirect becomes a line of `_redirects` and a page with
    a refresh.
    """
    redirects = {}
    for old, new, where in _all(workspace, model, places):
        path = _old_path(old, workspace)
        if path is None:
            hint = "Write a path below the site, such as p/the-quiet-port."
            report.add(
                BROKEN_REDIRECT,
                where,
                f"Redirect from {quoted(old)}, which is not a path of this site",
                hint,
            )
        elif path in pages:
            hint = "Remove the redirect, or rename the page."
            report.add(
                BROKEN_REDIRECT,
                where,
                f"Redirect from {quoted(old)}, which is a page of the site itself",
                hint,
            )
        else:
            redirects[path] = (_new_path(new, workspace), where)
    return {
        old: target
        for old, (_, where) in sorted(redirects.items())
        if (target := _resolved(old, redirects, where, pages, report=report)) is not None
    }


def _all(
    workspace: Workspace, model: SiteModel, places: PositionMap
) -> Iterable[tuple[str, str, Location]]:
    for issue in model.issues:
        for slug in issue.formerly:
            yield slug, issue.slug, place_of(issue)
            for section in issue.sections:
                if section.slug:
                    old, new = page_path(slug, section.slug), page_path(issue.slug, section.slug)
                    yield old, new, place_of(issue)
    known = {topic.key for topic in model.topics}
    for other, topic in workspace.archive.topics.items():
        old, new = path_word(other), path_word(topic)
        if old != new and new in known and old not in known:
            where = places.key("archive", "topics", other)
            yield page_path("topics", old), page_path("topics", new), where
    for old, new in workspace.archive.redirects.items():
        where = places.key("archive", "redirects", old)
        if "{name}" not in old:
            yield old, new, where
            continue
        for issue in model.issues:  # one per issue, by its slug without the date
            name = issue.slug[len("2026-03-01-") :]
            yield old.replace("{name}", name), new.replace("{slug}", issue.slug), where


def _old_path(old: str, workspace: Workspace) -> str | None:
    """Return an old path below the site: with a trailing slash for a page, without for a file."""
    base = base_path(workspace.publication)
    path = unquote(urlsplit(old).path if "://" in old else old)
    path = path.removeprefix(base) if path.startswith(base) else path.lstrip("/")
    parts = [part for part in path.split("/") if part]
    if not parts or any(
        part in (".", "..") or re.search(r"[\\?#\x00-\x1f]", part) for part in parts
    ):
        return None
    joined = "/".join(parts)
    return joined if re.search(r"\.\w{2,5}$", parts[-1]) else f"{joined}/"


def _new_path(new: str, workspace: Workspace) -> str:
    base, url = base_path(workspace.publication), workspace.publication.url
    if new.startswith(f"{url}/"):
        new = new.removeprefix(f"{url}/")
    if "://" in new:
        return new
    new = new.removeprefix(base) if base != "/" and new.startswith(base) else new.lstrip("/")
    path, mark, anchor = new.partition("#")
    return f"{path.rstrip('/')}/{mark}{anchor}" if path else f"{mark}{anchor}"


def _resolved(
    old: str,
    redirects: Mapping[str, tuple[str, Location]],
    where: Location,
    pages: Collection[str],
    *,
    report: Report,
) -> str | None:
    seen, target = {old}, redirects[old][0]
    while target in redirects:
        if target in seen:
            hint = "Point one of them at a page."
            report.add(BROKEN_REDIRECT, where, f"Redirect loop: {quoted(old)}", hint)
            return None
        seen.add(target)
        target = redirects[target][0]
    if "://" in target:
        if re.match(r"https?://[\w.-]+", target):
            return target
        message = f"Redirect to {quoted(target)}, which is not an https address"
        report.add(
            BROKEN_REDIRECT,
            where,
            message,
            "Write the full address, such as https://example.org/page.",
        )
        return None
    if target.partition("#")[0] not in pages:
        known = [page.rstrip("/") for page in pages]
        hint = spelling_hint(target.rstrip("/"), known) if len(known) < 3000 else "Check the path."
        report.add(
            BROKEN_REDIRECT,
            where,
            f"Redirect to {quoted(target.rstrip('/'))}, which is not a page of the site",
            hint[:300],
        )
        return None
    return target
