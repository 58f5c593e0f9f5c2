"""Files that print nothing by themselves: the masthead, the sources, the theme and the settings."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from newsletter.diagnostics import Report
from newsletter.files.text import read_text
from newsletter.files.toml_reader import toml_places
from newsletter.files.yaml_reader import PositionMap
from newsletter.model import Issue, Location
from newsletter.workspace import Workspace

MASTHEAD = "credits.yaml"  # at the top of the workspace; the credits print it
NOWHERE = PositionMap(Location(""))
# Settings that the foot of the email prints, and those that an inbox shows.
FOOT = ("postal_address", "name", "url", "unsubscribe_url")
SENDER = (("sender", "name"), ("sender", "email"))


class PrintedElsewhere(Struct, frozen=True):
    """Content of one file that is marked with a location in another."""

    pattern: str  # of paths
    line: int  # from which on
    printed: Location


def settings_places(workspace: Workspace) -> PositionMap:
    """Return the positions in the settings file; those of an unreadable one are reported by loading."""
    path = workspace.settings
    table = ("tool", "newsletter") if path.name == "pyproject.toml" else ()
    text = read_text(path, "", Report()) or ""
    return toml_places(text, workspace.display_path(path), table)


# The theme's parts, by what they print: the title, the credits, or sections.
_PARTS = {
    "title": (
        "masthead*",
        "name.*",
        "lead.*",
        "*head.*",
        "email.*",
        "items.*",
        "*.css.j2",
        "*.toml",
    ),
    "credits": ("credits.*", "foot*"),
    "section": ("section.*", "sections/*", "blocks/*"),
}


def printed_elsewhere(issue: Issue) -> Iterator[PrintedElsewhere]:
    """Yield where the masthead, the sources and the theme's parts are printed."""
    credits = Location(issue.credits.where.path, 1, 1)
    yield PrintedElsewhere(MASTHEAD, 1, credits)
    for section in issue.sections:
        for source in section.sources:
            where = section.places.get("source")
            if where and source.where and source.where.path != where.path:
                yield PrintedElsewhere(source.where.path, source.where.line or 1, where)
    title = issue.places.get("title", issue.where)
    first = issue.sections[0].where.path if issue.sections else issue.where.path
    printed = {"title": title, "credits": credits, "section": Location(first, 1, 1)}
    for part, names in _PARTS.items():
        for name in names:
            yield PrintedElsewhere(f"templates/*/{name}", 1, printed[part])
