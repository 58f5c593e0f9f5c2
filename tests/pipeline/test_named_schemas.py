"""The schemas of a workspace accept the names that it defines, and editors complete them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from newsletter.pipeline.library import open_workspace
from newsletter.pipeline.named_schemas import named_schemas, workspace_names
from newsletter.schema.json_schema import schemas
from tests.desk import Desk

MASTHEAD = """people:
  mira: {name: Mira Oduya}
teams:
  desk: {name: The Desk}
roles:
  essay: {label: Essay}
  data: {label: Data}
"""
PACKAGED = ["default", "broadsheet", "signal", "digest", "plain"]


def written(desk: Desk) -> dict[str, Any]:
    return {
        name: json.loads(data) for name, data in named_schemas(open_workspace(desk.root)).items()
    }


def desk_with_names(desk: Desk) -> Desk:
    desk.write("credits.yaml", MASTHEAD)
    desk.write("templates/pier/sections/mole.j2", '{% extends "section.j2" %}\n')
    desk.write("templates/quay/sections/tide.j2", '{% extends "section.j2" %}\n')
    for slug, tags in (("2026-03-08-pier", "[ports, ships]"), ("2026-03-15-crane", "[ships, 12]")):
        folder = desk.another(slug)
        (folder / "issue.yaml").write_text(f"title: x\ntags: {tags}\n")
    (desk.another("2026-03-22-broken") / "issue.yaml").write_text("title: [")
    (desk.another("2026-03-29-list") / "issue.yaml").write_text("- a\n")
    (desk.another("2026-04-05-text") / "issue.yaml").write_text("tags: ports\n")
    (desk.another("2026-04-12-missing") / "issue.yaml").unlink()
    return desk


def test_the_names_of_a_workspace(desk: Desk) -> None:
    names = workspace_names(open_workspace(desk_with_names(desk).root))
    assert names.holders == ("mira", "desk")
    assert [role.id for role in names.masthead.roles] == ["essay", "data"]
    assert list(names.themes) == [*PACKAGED, "pier", "quay"]
    assert names.tags == ("ships", "12", "ports"), "the most frequent first"
    assert {"essay", "brief", "mole", "tide"} < set(names.kinds)
    assert list(names.kinds) == sorted(names.kinds)


def test_a_theme_that_cannot_be_read_adds_no_names(desk: Desk) -> None:
    desk.write("templates/pier/tokens.toml", "[light")
    desk.write("templates/pier/sections/pier.j2", "")
    desk.write("templates/quay/sections/tide.j2", '{% extends "section.j2" %}\n')
    names = workspace_names(open_workspace(desk.root))
    assert list(names.themes) == [*PACKAGED, "pier", "quay"]
    assert "tide" in names.kinds
    assert "pier" not in names.kinds


# Schema, document and whether it is accepted.
DOCUMENTS: list[tuple[str, Any, bool]] = [
    ("credits", {"essay": "mira"}, True),
    ("credits", {"data": ["desk", "mira"]}, True),
    ("credits", {"data": [{"name": "Ines"}, "desk"], "essay": {"name": "Ines"}}, True),
    ("credits", {"produced_by": "desk", "location": "Lisbon, Portugal"}, True),
    ("credits", {"essay": "tomas"}, False),
    ("credits", {"essay": ["mira", "tomas"]}, False),
    ("credits", {"photographs": "mira"}, False),
    ("credits", {"produced_by": "tomas"}, False),
    ("credits", {"location": ["Lisbon"]}, False),
    ("section", {"by": "mira"}, True),
    ("section", {"by": ["mira", {"name": "Ines"}]}, True),
    ("section", {"by": None, "tags": ["ships", "cranes"]}, True),
    ("section", {"by": "tomas"}, False),
    ("section", {"kind": "tide"}, True),
    ("section", {"kind": "esay"}, False),
    ("section", {"tags": [["ships"]]}, False),
    ("issue", {"theme": "quay"}, True),
    ("issue", {"theme": None, "tags": ["ships", "new one"]}, True),
    ("issue", {"theme": "qay"}, False),
    ("issue", {"tags": [3]}, False),
    ("masthead", {"defaults": {"data": "mira", "produced_by": "desk", "location": "Lisbon"}}, True),
    ("masthead", {"defaults": {"photographs": "mira"}}, False),
    ("settings", {"theme": "quay"}, True),
    ("settings", {"theme": {"name": "signal", "accent": "#123456"}}, True),
    ("settings", {"theme": {"accent": "#123456"}}, True),
    ("settings", {"theme": "qay"}, False),
    ("settings", {"theme": {"name": "qay"}}, False),
]
REQUIRED = {
    "section": {"kind": "essay"},
    "issue": {"title": "The Quay", "date": "2026-03-01", "preheader": "One ship."},
    "settings": {"name": "The Quay", "url": "https://quay.example"},
}


def test_names_that_do_not_exist_are_marked(desk: Desk) -> None:
    named = written(desk_with_names(desk))
    judged = []
    for name, document, _ in DOCUMENTS:
        validator = jsonschema.Draft202012Validator(named[f"{name}.json"])
        accepted = validator.is_valid({**REQUIRED.get(name, {}), **document})
        judged.append((name, document, accepted))
    assert judged == DOCUMENTS


def test_known_tags_are_completed_and_roles_described(desk: Desk) -> None:
    named = written(desk_with_names(desk))
    tags = {"anyOf": [{"enum": ["ships", "12", "ports"]}, {"type": "string"}]}
    assert named["issue.json"]["$defs"]["IssueFile"]["properties"]["tags"]["items"] == tags
    front = named["section.json"]["$defs"]["FrontMatter"]["properties"]
    assert front["tags"]["items"] == tags
    assert front["kind"]["description"].startswith("essay, brief, data")
    roles = named["credits.json"]["properties"]
    described = {name: role["description"] for name, role in roles.items()}
    assert described == {
        "essay": "Essay",
        "data": "Data",
        "produced_by": "Who produced the issue.",
        "location": "Where, such as Lisbon, Portugal.",
    }


def test_without_names_the_schemas_are_those_of_every_workspace(desk: Desk) -> None:
    desk.write("credits.yaml", "people: 3\n")
    found = written(desk)
    general = {name: json.loads(data) for name, data in schemas().items()}
    changed = {name for name in general if found[name] != general[name]}
    assert changed == {"issue.json", "section.json", "settings.json"}, "themes and kinds"
    properties = found["issue.json"]["$defs"]["IssueFile"]["properties"]
    assert properties["tags"]["items"] == {"type": "string"}


def test_schemas_are_readable_files(desk: Desk) -> None:
    desk.write("credits.yaml", "roles:\n  ensaio: {label: Crônica}\n")
    data = named_schemas(open_workspace(desk.root))["credits.json"].decode()
    assert data.startswith("{\n  ")
    assert data.endswith("}\n")
    assert "Crônica" in data
