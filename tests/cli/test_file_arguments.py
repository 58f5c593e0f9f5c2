"""A file named on the command line that does not exist is wrong usage: exit code 2, in every command."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from newsletter.cli.group import cli
from tests.desk import Desk

# Command and parameter -> a call with a file that does not exist, and one with a wrong kind of file.
CALLS = {
    ("import", "file"): (("import", "none.md"), ("import", "issues")),
    ("check", "--baseline"): (("check", "--baseline", "none.json"), ("check", "--baseline", ".")),
    ("chart", "file"): (("chart", "none.csv"), ("chart", "issues")),
    ("theme copy", "file"): (("theme", "copy", "none.j2"), ("theme", "copy", ".")),
    ("theme from", "file"): (("theme", "from", "none.html"), ("theme", "from", "issues")),
    ("correct", "--section"): (("correct", "--section", "none.md"), ("correct", "--section", ".")),
    ("subscribers import", "file"): (
        ("subscribers", "import", "none.csv"),
        ("subscribers", "import", "issues"),
    ),
}
OTHERS = [
    ("import", "--all", "none"),
    ("import", "--all", "newsletter.toml"),
    ("bounces", "--mailbox", "none"),
    ("bounces", "--mailbox", "newsletter.toml"),
    ("build", "issues/none"),
    ("check", "issues/none/10-essay.md"),
    ("fmt", "none.md"),
    ("diff", "none"),
]
# Files and folders that a command writes, so that they need not exist.
WRITTEN = {
    ("init", "folder"),
    ("chart", "--out"),
    ("preview", "--shots"),
    ("build", "--out"),
    ("diff", "--html"),
    ("review", "--out"),
    ("show", "--out"),
    ("archive", "--out"),
    ("subscribers export", "--out"),
}


def parameters(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    """Yield command and parameter of everything that can be a file."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from parameters(found, f"{name} {child}".strip())
        return
    for parameter in command.params:
        words = f"{parameter.metavar} {parameter.name}".lower().split()
        if "file" in words or isinstance(parameter.type, click.Path):
            yield name, parameter.opts[0]


def test_each_command_with_a_file_is_in_the_table() -> None:
    assert set(parameters(cli, "")) == CALLS.keys() | WRITTEN


@pytest.mark.parametrize("call", [call for pair in CALLS.values() for call in pair] + OTHERS)
def test_a_file_that_does_not_exist_is_wrong_usage(call: tuple[str, ...], desk: Desk) -> None:
    ran = desk.run(*call)
    assert (ran.code, ran.out) == (2, "")
    assert "rror: " in ran.err


def test_the_message_names_the_file_as_typed(desk: Desk) -> None:
    assert desk.run("import", "drafts/none.md").err == (
        "error: No such file: drafts/none.md\n"
        "    hint: Name a draft, or add --all to import a folder.\n"
    )
    assert desk.run("import", "issues").err.startswith("error: Not a file, but a folder: issues\n")
    assert desk.run("import", "--all", "newsletter.toml").err == (
        "error: Not a folder, but a file: newsletter.toml\n"
        "    hint: Name a folder, or remove --all.\n"
    )
