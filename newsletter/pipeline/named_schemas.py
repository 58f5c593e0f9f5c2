"""The JSON Schemas of one workspace: with its people, roles, kinds, themes, targets and tags.

Editors complete what a schema lists. Names that must exist (people, roles, kinds, themes) are the
only ones accepted; tags are suggestions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from newsletter.diagnostics import Report
from newsletter.errors import NewsletterError
from newsletter.load.masthead import read_masthead
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.model import Masthead
from newsletter.schema.json_schema import schemas
from newsletter.theme.theme import open_theme, theme_names
from newsletter.workspace import Workspace

SchemaNode = dict[str, Any]


class WorkspaceNames(Struct, frozen=True):
    """The names that a workspace defines."""

    masthead: Masthead
    themes: tuple[str, ...]
    kinds: tuple[str, ...]
    tags: tuple[str, ...]
    sources: tuple[str, ...] = ()

    @property
    def holders(self) -> tuple[str, ...]:
        return (*self.masthead.people, *self.masthead.teams)


def named_schemas(workspace: Workspace) -> dict[str, bytes]:
    """Return file name -> JSON Schema; a masthead or theme that cannot be read adds no names."""
    names = workspace_names(workspace)
    result = {}
    for file, data in schemas().items():
        schema = json.loads(data)
        if change := _CHANGES.get(file):
            change(schema, names)
        result[file] = (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
    return result


def workspace_names(workspace: Workspace) -> WorkspaceNames:
    """Return the names that a workspace defines."""
    files = WorkspaceReader(workspace, Report())
    themes = theme_names(workspace.templates)
    kinds: set[str] = set()
    for name in themes:
        try:
            kinds |= open_theme(workspace, name).kinds
        except NewsletterError:
            continue
    return WorkspaceNames(
        read_masthead(files).masthead, tuple(themes), tuple(sorted(kinds)), _tags(files)
    )


def _tags(files: WorkspaceReader) -> tuple[str, ...]:
    """Return the tags of all issues, the most frequent first."""
    count: dict[str, int] = {}
    for folder in files.workspace.folders():
        read = files.yaml(folder / "issue.yaml", Any)
        entry = read[0] if read else None
        tags = entry.get("tags") if isinstance(entry, dict) else None
        for tag in tags if isinstance(tags, list) else ():
            count[str(tag)] = count.get(str(tag), 0) + 1
    return tuple(sorted(count, key=lambda tag: (-count[tag], tag)))


# --- what changes in each schema ---------------------------------------------------------------------


def _credits(schema: SchemaNode, names: WorkspaceNames) -> None:
    holders = schema.pop("additionalProperties")
    _name_holders(holders, names)
    roles = {role.id: {"description": role.label, **holders} for role in names.masthead.roles}
    if not roles:
        schema["additionalProperties"] = holders
        return
    schema["properties"] = {
        **roles,
        "produced_by": {"description": "Who produced the issue.", **holders},
        "location": {"description": "Where, such as Lisbon, Portugal.", "type": "string"},
    }
    schema["additionalProperties"] = False


def _issue(schema: SchemaNode, names: WorkspaceNames) -> None:
    properties = _properties(schema, "IssueFile")
    properties["theme"]["anyOf"] = [_one_of(names.themes), {"type": "null"}]
    properties["tags"]["items"] = _suggested(names.tags)


def _section(schema: SchemaNode, names: WorkspaceNames) -> None:
    properties = _properties(schema, "FrontMatter")
    _name_holders(properties["by"], names)
    properties["tags"]["items"] = _suggested(names.tags)
    if names.kinds:
        properties["kind"] = {
            "description": properties["kind"]["description"],
            **_one_of(names.kinds),
        }


def _masthead(schema: SchemaNode, names: WorkspaceNames) -> None:
    properties = _properties(schema, "MastheadFile")
    if "defaults" in properties and names.masthead.roles:
        roles = [*(role.id for role in names.masthead.roles), "produced_by", "location"]
        properties["defaults"]["propertyNames"] = _one_of(roles)


def _settings(schema: SchemaNode, names: WorkspaceNames) -> None:
    """Name the themes both in the short form, `theme = "quay"`, and in the table `[theme]`."""
    theme = _properties(schema, "SettingsFile")["theme"]
    tables = [option for option in theme["anyOf"] if "$ref" in option]
    theme["anyOf"] = [_one_of(names.themes), *tables]
    _properties(schema, "ThemeSettings")["name"] |= _one_of(names.themes)


_CHANGES = {
    "credits.json": _credits,
    "issue.json": _issue,
    "masthead.json": _masthead,
    "section.json": _section,
    "settings.json": _settings,
}


def _properties(schema: SchemaNode, title: str) -> dict[str, SchemaNode]:
    properties: dict[str, SchemaNode] = schema["$defs"][title]["properties"]
    return properties


def _name_holders(node: SchemaNode, names: WorkspaceNames) -> None:
    """Replace the plain text of a holder, and of each in a list, by the ids of the masthead."""
    if not names.holders:
        return
    ids = _one_of(names.holders)
    options: list[SchemaNode] = node["anyOf"]
    for index, option in enumerate(options):
        if option == {"type": "string"}:
            options[index] = ids
        elif option.get("type") == "array":
            option["items"]["anyOf"][0] = ids


def _one_of(names: Iterable[str]) -> SchemaNode:
    return {"enum": list(names)}


def _suggested(names: Iterable[str]) -> SchemaNode:
    known = list(names)
    return {"anyOf": [{"enum": known}, {"type": "string"}]} if known else {"type": "string"}
