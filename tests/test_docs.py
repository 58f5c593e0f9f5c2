"""Documentation checks: generated parts are current, everything has its page, links resolve,
commands run.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click
import jinja2
import pytest
from msgspec.structs import fields
from PIL import Image

import newsletter
from newsletter import __version__
from newsletter.cli.commands import COMMANDS
from newsletter.cli.group import cli
from newsletter.files.cache import BuildCache
from newsletter.markup.fences import KINDS
from newsletter.markup.merge_fields import FIELDS
from newsletter.markup.rawhtml import ALLOWED
from newsletter.model import Publication
from newsletter.pipeline.build import build
from newsletter.render import context
from newsletter.schema import block_tables as block_schema
from newsletter.schema import documents as schema
from newsletter.schema import look, sign_off, site
from newsletter.schema import settings as settings_schema
from newsletter.targets import open_targets
from newsletter.theme.looks import BASE, DEFAULT, PACKAGED
from newsletter.theme.theme import open_theme
from newsletter.workspace import find

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    [ROOT / "README.md", *(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)]
)
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def titled(text: str) -> set[str]:
    """A page's anchors, as forges and Sphinx derive them from headings."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- everything is current and documented ---------------------------------------------------------


def test_generated_parts_are_current(generate: ModuleType) -> None:
    stale = [
        path.relative_to(ROOT)
        for path, text in generate.pages().items()
        if text != path.read_text("utf-8")
    ]
    assert not stale, "run .venv/bin/python docs/generate.py"


def test_every_type_of_file_and_key_has_its_page() -> None:
    """Every type an author fills in is part of a generated section, so each of its keys is
    documented.
    """
    parts = re.findall(
        r"<!-- generated: (keys|block) (\w+) -->",
        page("reference/files.md") + page("reference/markdown.md"),
    )
    reported = {f"{name.title()}Block" if part == "block" else name for part, name in parts}
    types = {
        name
        for room in (schema, settings_schema, block_schema, look, sign_off, site)
        for name, value in vars(room).items()
        if isinstance(value, type) and issubclass(value, schema.Document)
    }
    assert types - {"Document"} == reported


def test_every_command_and_option_has_its_page() -> None:
    text = page("reference/commands.md")
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command
        assert f"\n## {name}\n" in text
        assert f"newsletter {name}" in (ROOT / "README.md").read_text("utf-8")
        for parameter in command.params:
            for spelled in parameter.opts if isinstance(parameter, click.Option) else ():
                assert f"`{spelled}`" in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_block_has_its_page(kind: str) -> None:
    assert f"\n### {kind}\n" in page("reference/markdown.md")
    assert f"::: {kind}" in page("how-to/blocks.md")


def test_every_tag_and_merge_field_has_its_page() -> None:
    assert all(f"`<{tag}>`" in page("reference/markdown.md") for tag in ALLOWED)
    assert all(f"`%%{field}%%`" in page("how-to/merge-fields.md") for field in FIELDS)


def test_every_code_has_its_heading(generate: ModuleType) -> None:
    headings = re.findall(r"^### (NL\d+ \S+)$", page("reference/problems.md"), re.MULTILINE)
    known = [
        f"{reported.code} {reported.name}"
        for reported in (*generate.all_faults(), *generate.all_rules())
    ]
    assert sorted(headings) == sorted(known)


def test_every_file_of_the_theme_has_its_page() -> None:
    packaged = PACKAGED / BASE
    files = [
        path.relative_to(packaged).as_posix() for path in packaged.rglob("*") if path.is_file()
    ]
    assert [file for file in files if f"`{file}`" not in page("reference/theme.md")] == []


def test_every_value_and_filter_of_templates_has_its_page() -> None:
    workspace = find(ROOT)
    theme = open_theme(workspace, DEFAULT)
    views = (context.IssueView, context.SectionView, context.SourceView, context.CreditView)
    names = {field.name for view in views for field in fields(view)}
    names |= {field.name for field in fields(Publication)} - {
        "merge",
        "images_url",
        "inline_images",
        "own_web_url",
        "targets",
        "merge_sample",
    }
    names |= {
        name for name in theme.environment.filters if name not in jinja2.Environment().filters
    }
    text = page("reference/theme.md")
    assert [name for name in sorted(names) if not re.search(rf"`{name}[`(]", text)] == []


def test_every_output_and_key_of_the_manifest_has_its_page(tmp_path: Path) -> None:
    workspace = find(ROOT)
    email = build(workspace, workspace.folders()[-1], BuildCache(tmp_path))
    text = page("reference/outputs.md")
    keys = set(json.loads(email.manifest))
    assert [
        name for name in (*email.files(), *keys) if f"`{name.split('/')[0].rstrip('/')}" not in text
    ] == []


@pytest.mark.parametrize("name", ["architecture.md", "adding-a-rule.md", "adding-a-target.md"])
def test_files_named_on_the_inside_pages_exist(name: str) -> None:
    named = re.findall(r"`([\w/]+(?:\.py|/))`", page(name))
    packages = (ROOT, ROOT / "newsletter")
    ours = [file for file in named if not any((folder / file).exists() for folder in packages)]
    assert ours == []


TRADE = "masthead deck dek preheader byline brief essay section issue postscript".split()


def test_every_term_of_the_glossary_is_used() -> None:
    """In a page other than the glossary, or in the package: a glossary explains no unused words."""
    rows = re.findall(r"^\| (\*\*.+?\*\*) \|", page("reference/glossary.md"), re.MULTILINE)
    terms = [term for row in rows for term in re.findall(r"\*\*(.+?)\*\*", row)]
    assert [word for word in TRADE if word not in terms] == []
    files = [path for path in PAGES if path.name != "glossary.md"]
    files += [path for path in (ROOT / "newsletter").rglob("*.py") if path.is_file()]
    text = "\n".join(path.read_text("utf-8") for path in files)
    used = [term for term in terms if re.search(rf"\b{term}s?\b", text, re.IGNORECASE)]
    assert used == terms


def test_classes_named_with_their_file_are_defined_there() -> None:
    """Architecture's tables: a row that starts with a file names classes of that file."""
    for files, rest in re.findall(
        r"^\| (`\w+/[^|]*\.py`) \|([^|\n]*)\|$", page("architecture.md"), re.MULTILINE
    ):
        named = re.findall(r"`([A-Z][a-z]\w+)`", rest)
        sources = [ROOT / "newsletter" / file for file in re.findall(r"`([\w/]+\.py)`", files)]
        text = "\n".join(path.read_text("utf-8") for path in sources)
        assert [name for name in named if f"class {name}" not in text] == []


def test_every_hundred_of_codes_is_named_for_contributors(generate: ModuleType) -> None:
    """And each half of a hundred that has a subject of its own: NL05 and NL85."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    codes = {entry.code for entry in (*generate.all_faults(), *generate.all_rules())}
    named = {f"NL{code[2]}" for code in codes} | {
        f"NL{code[2:4]}" for code in codes if code[2:4] in ("05", "85", "86")
    }
    assert [name for name in sorted(named) if not re.search(rf"\b{name}\b", text)] == []


def test_files_named_for_contributors_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:newsletter|tests)/[\w/.-]+)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert "newsletter/cli/commands.py" in named


def test_security_names_what_opens_the_preview() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    preview = cli.get_command(click.Context(cli), "preview")
    assert preview
    assert any("--host" in parameter.opts for parameter in preview.params)
    assert "`--host`" in text
    assert "`allow_hosts`" in text


# --- links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_links_between_pages_resolve(name: str) -> None:
    path = ROOT / name
    text = re.sub(
        r"^```.*?^```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file) if file else path
        assert target.is_file(), link
        if anchor:
            assert anchor in titled(target.read_text("utf-8")), link


def test_images_have_alt_text_and_stay_small() -> None:
    for path in PAGES:
        for alt, file in re.findall(r"^!\[(.*)\]\((.+)\)$", path.read_text("utf-8"), re.MULTILINE):
            if file.endswith(".png") and path.parent.joinpath(file).exists():
                assert len(alt) > 20
                assert path.parent.joinpath(file).stat().st_size <= 150_000


def test_make_targets_and_the_wheel_named_on_pages_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for path in PAGES:
        text = path.read_text("utf-8")
        for target in re.findall(r"(?:^|`)make (\w+)", text, re.MULTILINE):
            assert f"\n{target}:" in makefile, path
        assert set(re.findall(r"newsletter-([\d.]+)-py3", text)) <= {__version__}, path


# --- instructions on pages work -------------------------------------------------------------------

# A file to write, or commands with their output. The comment is invisible on the page.
STEP = re.compile(
    r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```$|^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE
)


def follow(text: str, folder: Path) -> None:
    """Follow a page from the top: write its files, run its commands, compare their output."""
    for match in STEP.finditer(text):
        file, content, session = match.groups()
        if file:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(content, "utf-8")
            continue
        for command, expected in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE):
            if command.startswith("cd "):
                folder = folder / command.removeprefix("cd ")
                continue
            printed = run(command, folder, fails=": error " in expected)
            if expected:
                assert alike(printed) == alike(expected), command
                assert sizes(printed) == pytest.approx(sizes(expected), rel=0.01, abs=0.15), command


def run(command: str, folder: Path, *, fails: bool = False) -> str:
    command = re.sub(r"^newsletter ", f"'{sys.executable}' -m newsletter ", command + " ").strip()
    # Unbuffered, so that results and problems appear in the order a terminal shows them.
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
    )
    assert bool(done.returncode) is fails, done.stdout
    return done.stdout


def alike(text: str) -> list[str]:
    """The lines, without the dates, sizes and counts that may vary from day to day."""
    lines = (line for line in text.splitlines() if not line.endswith(" from now."))  # of a date
    return [" ".join(re.sub(r"\d[\d.,]*", "0", line).split()) for line in lines]


def sizes(text: str) -> list[float]:
    """The sizes in kilobytes: dates in an email change them a little from day to day."""
    return [float(size) for size in re.findall(r"([\d.]+) KB\b", text)]


def test_the_tour_in_the_readme_works(tmp_path: Path) -> None:
    follow((ROOT / "README.md").read_text("utf-8"), tmp_path)


def test_the_finding_in_the_readme_is_what_check_prints(desk: Path) -> None:
    """Its section, with the link text that the page names, in an issue of its own."""
    text = (ROOT / "README.md").read_text("utf-8")
    section = re.findall(r"```markdown\n(---\n.*?)```", text, re.DOTALL)[0]
    shown = re.findall(r"```text\n(issues/.*?)```", text, re.DOTALL)[0]
    issue = desk / "issues" / shown.split("/")[1]
    (desk / "issues/2026-03-01-ports").rename(issue)
    wrong = section.replace("by: mira", "by: editor").replace("[the port authority]", "[here]")
    (issue / "10-essay.md").write_text(wrong, "utf-8")
    printed = run("newsletter check --select NL201 2>/dev/null", desk)
    assert printed == shown


def test_the_tutorial_works(tmp_path: Path) -> None:
    text = page("tutorial.md")
    follow(text, tmp_path)
    email = next((tmp_path / "harbour-letter" / "dist").glob("*-cranes-*/email.txt")).read_text(
        "utf-8"
    )
    block = next(
        block
        for block in re.findall(r"```text\n(.*?)```", text, re.DOTALL)
        if "Produced by" in block
    )
    assert block in email


@pytest.fixture(scope="module")
def workspace_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    for command in (
        "newsletter init .",
        "rm -r issues/*",
        "newsletter new Ports --date 2026-03-01",
    ):
        run(command, folder)
    for path in (folder / "issues/2026-03-01-ports").iterdir():  # replace placeholders
        text = path.read_text("utf-8").replace("TK", "So")
        path.write_text(text.replace("example.org", "harbour.example"), "utf-8")
    return folder


@pytest.fixture
def desk(workspace_template: Path, tmp_path: Path) -> Path:
    """A workspace with one issue, `2026-03-01-ports`, as `init` and `new` create it."""
    return shutil.copytree(workspace_template, tmp_path / "desk")


@pytest.mark.parametrize(
    "name",
    [
        "own-look",
        "check",
        "import",
        "publishing",
        "ci",
        "links",
        "charts",
        "facts",
        "review",
        "archive",
        "sending",
        "upgrading",
        "adopting",
        "editors",
    ],
)
def test_a_how_to_works(name: str, desk: Path) -> None:
    follow(page(f"how-to/{name}.md"), desk)


def test_the_own_look_is_applied(desk: Path) -> None:
    text = page("how-to/own-look.md")
    essay = desk / "issues/2026-03-01-ports/10-essay.md"
    follow(text.partition("## See the result")[0], desk)
    essay.write_text(essay.read_text("utf-8").replace("kind: essay", "kind: interview"), "utf-8")
    (settings,) = re.findall(r"<!-- settings: all -->\n```toml\n(.*?)```", text, re.DOTALL)
    with (desk / "newsletter.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + settings)
    (desk / "templates/default/images").mkdir()
    Image.new("RGB", (240, 240), "teal").save(desk / "templates/default/images/pilot.png")
    follow(text.partition("## See the result")[2], desk)
    email = (desk / "dist/2026-03-01-ports/email.html").read_text("utf-8")
    for piece in ("#b3261e", ">In conversation<", "About us", "Forwarded to you?", "Rockwell"):
        assert piece in email
    assert len(list((desk / "dist/2026-03-01-ports/images").glob("pilot-*.png"))) == 1
    run("newsletter check", desk)


def test_the_credits_print_as_the_how_to_shows(desk: Path) -> None:
    text = page("how-to/credits.md")
    follow(text, desk)
    essay = desk / "issues/2026-03-01-ports/10-essay.md"
    essay.write_text(essay.read_text("utf-8").replace("by: editor", "by: mira"), "utf-8")
    run("newsletter build", desk)
    printed = re.findall(r"```text\n(.*?)```", text, re.DOTALL)[0]
    assert printed in (desk / "dist/2026-03-01-ports/email.txt").read_text("utf-8")


def test_the_blocks_of_the_how_to_render_as_it_shows(desk: Path) -> None:
    issue = desk / "issues/2026-03-01-ports"
    text = page("how-to/blocks.md")
    blocks = re.findall(r"```markdown\n(.*?)```", text, re.DOTALL)
    source = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)[0]
    (issue / "10-essay.md").write_text(
        "---\nkind: essay\ntitle: Blocks\nby: editor\n" + source + "---\n" + "\n".join(blocks),
        "utf-8",
    )
    (issue / "data").mkdir()
    data = re.findall(r"<!-- data: .* -->\n```text\n(.*?)```", text, re.DOTALL)[0]
    (issue / "data/ports.csv").write_text(data, "utf-8")
    (issue / "images").mkdir()
    Image.new("RGB", (40, 30), "teal").save(issue / "images/quay.png")
    run("newsletter build", desk)
    email = (desk / "dist/2026-03-01-ports/email.txt").read_text("utf-8")
    assert re.findall(r"```text\n(.*?)```", text, re.DOTALL)[1] in email


def test_the_settings_shown_in_pages_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "newsletter.toml").touch()
    shown = [
        block
        for path in PAGES
        for block in re.findall(r"(?<!-->\n)```toml\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
        if re.match(
            r"\[(archive|check|images|links|merge|targets|theme|tool\.newsletter)|theme = ", block
        )
    ]
    assert len(shown) >= 6
    for block in shown:
        block = block.replace("[tool.newsletter]", "")
        head = (
            ""
            if re.match(r"\s*name =", block)
            else 'name = "Letter"\nurl = "https://example.org"\n'
        )
        (tmp_path / "newsletter.toml").write_text(head + block, "utf-8")
        assert find(tmp_path).publication.name


@pytest.mark.parametrize(
    "name", ["listmonk", "buttondown", "mailchimp", "brevo", "resend", "ghost"]
)
def test_the_service_shown_in_its_page_opens_and_every_key_is_there(
    name: str, tmp_path: Path
) -> None:
    text = page(f"how-to/{name}.md")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    head = 'name = "Letter"\nurl = "https://letter.example"\n'
    (tmp_path / "newsletter.toml").write_text(head + block, "utf-8")
    (target,) = open_targets(find(tmp_path), ("desk",))
    settings = target.service.settings  # type: ignore[attr-defined]
    keys = {field.name for field in fields(type(settings))} - {"type", "token_env", "ca"}
    assert [key for key in sorted(keys) if f"| `{key}` |" not in text] == []
    assert "## Rights" in text


def test_the_library_works_as_its_page_shows(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.parent / "letters").symlink_to(desk)
    monkeypatch.chdir(desk.parent)
    first, second = re.findall(
        r"<!-- python: library[a-z ]* -->\n```python\n(.*?)```", page("library.md"), re.DOTALL
    )
    exec(compile(first, "library.py", "exec"), {})
    assert "characters of HTML" in capsys.readouterr().out
    assert (desk.parent / "out" / "2026-03-01-ports" / "email.html").is_file()
    exec(compile(second, "errors.py", "exec"), {})
    assert capsys.readouterr().out == ""


def test_the_library_page_names_the_interface() -> None:
    functions = [name for name in newsletter.__all__ if callable(getattr(newsletter, name))]
    assert all(name in page("library.md") for name in functions if name.islower())


def test_the_target_shown_in_its_page_works(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.findall(
        r"<!-- python: outbox.py -->\n```python\n(.*?)```", page("adding-a-target.md"), re.DOTALL
    )[0]
    outbox = ModuleType("outbox")
    monkeypatch.setitem(sys.modules, "outbox", outbox)  # dataclasses look up their module
    exec(compile(code, "outbox.py", "exec"), outbox.__dict__)
    workspace = find(desk)
    target = outbox.OutboxTarget.from_config(
        "desk", {"type": "outbox", "path": "outbox"}, workspace
    )
    email = build(workspace, workspace.folders()[-1], BuildCache(desk / "cache"))
    assert target.plan(email).changes
    receipt = target.deliver(email)
    assert Path(receipt.place).read_bytes() == email.message
    assert not target.plan(email).changes


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_the_first_command_names_the_latest_issue(tmp_path: Path) -> None:
    """In a fresh clone every sample issue is unpublished, and `publish` without a name requires
    one.
    """
    shutil.copy(ROOT / "Makefile", tmp_path)
    for slug in ("2026-01-02-early", "2026-01-09-late"):
        (tmp_path / "issues" / slug).mkdir(parents=True)
        (tmp_path / "issues" / slug / "issue.yaml").touch()
    for stamp in ("run", "dev"):
        (tmp_path / ".venv").mkdir(exist_ok=True)
        (tmp_path / ".venv" / f"{stamp}.stamp").touch()
    done = subprocess.run(
        ["make", "-n", "-o", ".venv/run.stamp", "issue"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "newsletter publish 2026-01-09-late\n" in done.stdout
