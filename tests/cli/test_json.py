"""`--json`: every command that prints facts prints them for other programs too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from newsletter.cli.commands import COMMANDS
from newsletter.cli.group import cli
from tests.desk import Desk

# Commands without `--json`, and why.
WITHOUT = {
    "preview": "runs until it is stopped, and prints its address",
    "serve": "runs until it is stopped, and prints its address",
    "worker": "runs until it is stopped, and prints its progress",
    "subscribers export": "prints a CSV file, which is for other programs",
}


def commands(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield each command that can be run, with its name as typed."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for own in command.list_commands(context):
        below = command.get_command(context, own)
        assert below
        yield from commands(below, f"{name} {own}".strip())


def test_every_command_prints_json_or_has_a_reason_not_to() -> None:
    without = [
        name
        for name, command in commands(cli)
        if not any("--json" in parameter.opts for parameter in command.params)
    ]
    assert sorted(without) == sorted(WITHOUT)
    assert {name.split()[0] for name in without} <= set(COMMANDS)


@pytest.fixture
def letters(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    assert desk.run("init", ".").code == 0
    return desk


def facts(desk: Desk, *arguments: str) -> Any:
    """Run a command with `--json`; nothing else may be on standard output."""
    ran = desk.run(*arguments, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_init_lists_the_files_it_wrote_and_those_it_left(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write(".gitattributes", "*.png binary\n")
    written = facts(desk, "init", ".")
    assert {"newsletter.toml", "credits.yaml", "AGENTS.md"} <= set(written["written"])
    assert all((tmp_path / path).is_file() for path in written["written"])
    assert written["existing"] == [".gitattributes"]
    assert "templates/schemas/issue.json" in facts(desk, "init", "--schemas")["written"]


def test_init_update_lists_changed_and_edited_files(letters: Desk) -> None:
    assert facts(letters, "init", "--update") == {"changed": [], "edited": [], "written": True}
    letters.write(".editorconfig", "root = true\n")
    (letters.root / "templates/schemas/issue.json").unlink()
    expected = {"changed": ["templates/schemas/issue.json"], "edited": [".editorconfig"]}
    assert facts(letters, "init", "--update", "--diff") == {**expected, "written": False}
    assert facts(letters, "init", "--update") == {**expected, "written": True}


def test_theme_copy_and_new_name_the_files(letters: Desk) -> None:
    assert facts(letters, "theme", "copy", "tokens.toml") == {
        "path": "templates/default/tokens.toml"
    }
    assert facts(letters, "theme", "new", "harbour", "--from", "broadsheet") == {
        "name": "harbour",
        "extends": "broadsheet",
        "path": "templates/harbour/look.toml",
    }


def test_explain_has_both_examples(letters: Desk) -> None:
    rule = facts(letters, "explain", "NL201")
    assert (rule["at"], rule["bad"], rule["good"]) == (
        "1:15",
        "The report is [here](https://sea.example/report).",
        "Read the [report of the harbour board](https://sea.example/report).",
    )
    of_files = facts(letters, "explain", "NL612")
    assert set(of_files["bad"]) == {"templates/default/lead.mjml.j2"}


def test_json_is_the_same_as_its_format_in_check(letters: Desk) -> None:
    first = letters.run("check", "--json")
    assert first == letters.run("check", "--format", "json")
    assert json.loads(first.out)["findings"]
    assert letters.run("check", "--json", "--format", "json") == first
    refused = letters.run("check", "--json", "--format", "sarif")
    assert refused.code == 2
    assert "--json and --format sarif cannot be combined" in refused.err


def test_doctor_has_the_keys_of_a_finding(letters: Desk) -> None:
    rows = json.loads(letters.run("doctor", "--json").out)
    finding = json.loads(letters.run("check", "--json").out)["findings"][0]
    keys = ["path", "line", "column", "message", "hint"]
    assert all(list(row) == ["subject", "state", *keys] for row in rows)
    assert set(keys) < set(finding)
    assert rows[0] == {
        "subject": "settings",
        "state": "missing",
        "path": "newsletter.toml",
        "line": 3,
        "column": 16,
        "message": 'Placeholder value: "example.org"',
        "hint": "Replace it with your own value.",
    }


def test_subscribers_print_what_they_did(letters: Desk) -> None:
    settings = letters.root / "newsletter.toml"
    settings.write_text(settings.read_text("utf-8") + "\n[lists.weekly]\n", "utf-8")
    reader = {"address": "mira@quay.example", "list": "weekly"}
    run = ("subscribers", "add", "mira@quay.example")
    assert facts(letters, *run) == {**reader, "state": "active"}
    run = ("subscribers", "remove", "mira@quay.example")
    assert facts(letters, *run) == {**reader, "state": "unsubscribed"}
    letters.write(
        "readers.csv", "email\nmira@quay.example\njo@quay.example\nabuse@quay.example\nno\n"
    )
    assert facts(letters, "subscribers", "import", "readers.csv", "--yes") == {
        "list": "weekly",
        "format": "CSV",
        "rows": 4,
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "kept_closed": 1,
        "erased_before": 0,
        "duplicates": 0,
        "invalid": [
            {
                "line": 5,
                "reason": '"no" is not an email address: An email address must have an @-sign',
            }
        ],
        "roles": [{"line": 4, "address": "abuse@quay.example"}],
        "ignored_columns": [],
    }
    assert facts(letters, "subscribers", "forget", "mira@quay.example", "--yes") == {"lists": 1}
