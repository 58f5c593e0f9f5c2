"""The command itself: help, version, wrong usage, and what it does not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from newsletter import __version__
from newsletter.cli.commands import COMMANDS
from newsletter.cli.group import cli
from tests.desk import Desk, Ran


def test_version(desk: Desk) -> None:
    for flag in ("--version", "-V"):
        assert desk.run(flag).out == f"newsletter, version {__version__}\n"
    assert desk.process("--version").out == f"newsletter, version {__version__}\n"


def test_help_names_every_command(desk: Desk) -> None:
    ran = desk.run("--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "Usage: newsletter [OPTIONS] COMMAND [ARGS]...\n"
        "\n"
        "  Write a newsletter as files in git; publish it as email that arrives well.\n"
    )
    rows = ran.out.partition("Commands:\n")[2].splitlines()
    shown = [
        row.split()[0] for row in rows if row[2:3].strip()
    ]  # long help text continues on the next line
    assert shown == list(COMMANDS)
    assert desk.run("-h") == ran


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(desk: Desk, command: str) -> None:
    ran = desk.run(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: newsletter {command} ")
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["bild"], "Error: No such command 'bild'. Write \"build\" if that is what you meant.\n"),
        (["frobnicate"], "Error: No such command 'frobnicate'.\n"),
        (["--frobnicate"], "Error: No such option '--frobnicate'.\n"),
    ],
)
def test_wrong_usage(desk: Desk, arguments: list[str], expected: str) -> None:
    ran = desk.run(*arguments)
    usage = "Usage: newsletter [OPTIONS] COMMAND [ARGS]...\nTry 'newsletter --help' for help.\n\n"
    assert (ran.code, ran.out, ran.err) == (2, "", usage + expected)


def test_no_command_shows_help(desk: Desk) -> None:
    ran = desk.run()
    assert ran.code == 2
    assert "Usage: newsletter [OPTIONS] COMMAND [ARGS]...\n" in ran.out + ran.err


def test_completion_suggests_slugs_and_commands(desk: Desk) -> None:
    desk.another("2026-04-05-tide")
    slugs = "2026-04-05-tide\nplain,2026-03-01-quay"
    for words, offered in (("newsletter build ", slugs), ("newsletter pub", "publish")):
        ran = desk.process(
            _NEWSLETTER_COMPLETE="bash_complete",
            COMP_WORDS=words,
            COMP_CWORD=str(len(words.split(" ")) - 1),
        )
        assert ran.code == 0
        assert ran.out == f"plain,{offered}\n"


def test_an_internal_error_shows_its_traceback(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """User errors never show a traceback; internal errors do, so that they can be fixed."""

    def broken(start: Path) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("newsletter.cli.issue_argument.find", broken)
    with pytest.raises(ZeroDivisionError):
        desk.run("build")


def imported(*arguments: str, cwd: Path) -> set[str]:
    """Return the top-level packages a command has imported when it ends."""
    program = (
        "import sys\n"
        "from newsletter.__main__ import main\n"
        f"sys.argv = {['newsletter', *arguments]!r}\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, check=True
    )
    return set(ran.stderr.splitlines()[-1].split())


HEAVY = {
    "PIL",
    "aiohttp",
    "babel",
    "cssutils",
    "jinja2",
    "lxml",
    "mjml",
    "premailer",
    "requests",
    "wcwidth",
}


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def test_help_imports_almost_nothing(desk: Desk) -> None:
    modules = imported("--help", cwd=desk.root)
    ours = {module for module in modules if module.startswith("newsletter")}
    places = ("__main__", "cli", "cli.commands", "cli.help_page")
    assert ours == {"newsletter", *(f"newsletter.{place}" for place in places)}
    assert not packages(modules) & (
        HEAVY | {"click", "msgspec", "yaml", "pyromark", "json", "asyncio", "email", "shutil"}
    )


@pytest.mark.parametrize("columns", ["60", "80", "200", "", "no number"])
def test_the_help_page_matches_clicks_own(
    desk: Desk, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    written = Ran(0, f"{click.Context(cli, info_name='newsletter').get_help()}\n", "")
    assert desk.run("--help") == written
    assert desk.run("-h") == written


def test_a_build_imports_no_more_than_the_issue_needs(desk: Desk) -> None:
    # The first build fills the cache of style sheets on disk: other tests may have left them in memory only.
    imported("build", cwd=desk.root)
    modules = imported("build", "--force", cwd=desk.root)
    assert not packages(modules) & {"babel", "PIL", "requests", "cssutils", "aiohttp", "asyncio"}
    assert not modules & {
        "importlib.metadata",
        "newsletter.charts.draw",
        "newsletter.render.charts",
    }


def test_list_does_not_import_the_renderers(desk: Desk) -> None:
    assert not packages(imported("list", cwd=desk.root)) & {
        "mjml",
        "premailer",
        "cssutils",
        "PIL",
        "requests",
    }


def test_a_build_without_images_and_wide_characters_imports_neither_library(desk: Desk) -> None:
    assert (
        packages(imported("build", cwd=desk.root))
        & {"PIL", "wcwidth", "requests", "click_completion"}
        == set()
    )


@pytest.mark.parametrize("command", ["check", "build", "publish"])
def test_no_http_client_is_imported_without_requests(command: str, desk: Desk) -> None:
    arguments = (command, "--dry-run") if command == "publish" else (command,)
    assert not packages(imported(*arguments, cwd=desk.root)) & {"aiohttp", "yarl", "asyncio"}


def test_build_with_nothing_to_do_imports_no_engine(desk: Desk) -> None:
    import os

    for path in [*desk.issue.rglob("*"), desk.issue]:
        os.utime(path, (1_700_000_000, 1_700_000_000))
    desk.run("build")
    assert not packages(imported("build", cwd=desk.root)) & (HEAVY - {"jinja2", "babel"})
