"""The looks and themes that a publication can choose from."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from newsletter.diagnostics import Report
from newsletter.files.toml_reader import read_toml
from newsletter.theme.looks import DEFAULT, LOOK_FILE, packaged_looks
from newsletter.theme.theme import NOT_THEMES
from newsletter.workspace import Workspace


class ThemeEntry(Struct, frozen=True):
    """A look or an own theme, as it is listed."""

    name: str
    title: str
    about: str
    current: bool = False
    extends: str | None = None  # the packaged look that an own theme extends

    def facts(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "about": self.about,
            "current": self.current,
            "extends": self.extends,
        }


def theme_list(workspace: Workspace | None) -> tuple[ThemeEntry, ...]:
    """Return the packaged looks, then the publication's own themes."""
    current = workspace.publication.theme if workspace else None
    looks = [
        ThemeEntry(look.name, look.title, look.about, look.name == current)
        for look in packaged_looks().values()
    ]
    return (*looks, *(_own_themes(workspace) if workspace else ()))


def _own_themes(workspace: Workspace) -> list[ThemeEntry]:
    entries = []
    for folder in sorted(workspace.templates.glob("*/")):
        name = folder.name
        if name in packaged_looks() or name in NOT_THEMES or name.startswith("."):
            continue
        path = folder / LOOK_FILE
        read = read_toml(path, LOOK_FILE, Report()) if path.is_file() else None
        settings = read[0] if read else {}
        title, about = str(settings.get("title", name)), str(settings.get("about", ""))
        extends = str(settings.get("extends", DEFAULT))
        current = name == workspace.publication.theme
        entries.append(ThemeEntry(name, title, about, current, extends))
    return entries
