"""The folder listing is the diagram: imports point one way, and heavy packages are imported where they are needed.

Rooms stand in the order of `docs/architecture.md`. A file may import from rooms below its own, never from above;
rooms marked `apart` hold files that do not know each other either.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "newsletter"

# (room, its modules, apart: whether its files must not import each other). A name ending in `.` is a whole folder.
ROOMS: list[tuple[str, tuple[str, ...], bool]] = [
    ("values", ("errors", "model", "model.", "faults"), False),
    ("reading", ("textfile", "yamlfile", "tomlfile", "languages", "merge", "schema"), False),
    ("markup", ("markup.",), False),
    (
        "ground",
        (
            "workspace",
            "output",
            "cache",
            "credits",
            "theme",
            "themefiles",
            "context",
            "stylesheets",
            "schemas",
            "pool",
            "wellformed",
        ),
        False,
    ),
    ("links", ("links.",), False),
    (
        "stages",
        ("load.", "pictures", "assemble", "render", "plaintext", "webpage", "message", "manifest"),
        True,
    ),
    ("rules", ("check.",), False),
    ("line", ("build", "validate", "receipts", "listing"), False),
    ("ends", ("batch", "check.desk", "importers.", "preview.", "targets."), True),
    ("command line", ("cli.", "__main__"), False),
]

# Package -> the modules that may import it at their top; everywhere else only inside the function that needs it.
# Each costs 10 ms or more, or belongs to one place by design.
AT_THE_TOP: dict[str, tuple[str, ...]] = {
    "aiohttp": (
        "links.failure",
        "links.fetch",
        "links.resolve",
        "links.trip",
    ),  # below `ask`, which is imported late
    "PIL": (),
    "babel": (),
    "charset_normalizer": (),
    "cssutils": (),
    "html5lib": (),
    "jinja2": (),
    "lxml": ("check.", "importers."),  # what reads HTML: the rules on the mail, and drafts
    "mammoth": (),
    "mjml": (),
    "premailer": (),
    "requests": (),
    "starlette": (),
    "urllib.request": (),
    "uvicorn": (),
    "watchfiles": (),
    "wcwidth": (),
    "click": ("cli.",),
    "msgspec": ("yamlfile", "schema"),
    "pyromark": ("importers.", "markup.parse", "markup.references"),
    "yaml": ("yamlfile",),
}


@dataclass(frozen=True, slots=True)
class Import:
    name: str  # of our own modules without `newsletter.`; of others whole
    line: int
    late: bool  # inside a function
    ours: bool


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] + ((parts[-1],) if parts[-1] != "__init__" else ()))


FILES = {
    module_of(path): path for path in sorted(PACKAGE.rglob("*.py")) if "blueprint" not in path.parts
}


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """Return what a file imports; what stands under `if TYPE_CHECKING` is no import at all."""

    def visit(node: ast.AST, late: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            names = []
            if isinstance(child, ast.ImportFrom):
                assert not child.level, f"{path.name}:{child.lineno}: imports are absolute"
                module = child.module or ""
                below = [f"{module}.{alias.name}" for alias in child.names]
                names = [
                    name
                    if (PACKAGE.parent / name.replace(".", "/")).with_suffix(".py").exists()
                    else module
                    for name in below
                ]
            elif isinstance(child, ast.Import):
                names = [alias.name for alias in child.names]
            for name in dict.fromkeys(names):
                ours = name.split(".")[0] == "newsletter"
                yield Import(name.partition(".")[2] if ours else name, child.lineno, late, ours)
            yield from visit(
                child,
                late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda),
            )

    return tuple(visit(ast.parse(path.read_text(encoding="utf-8")), late=False))


def within(module: str, names: tuple[str, ...]) -> bool:
    return any(
        module == name.rstrip(".") or (name[-1] == "." and module.startswith(name))
        for name in names
    )


def room_of(module: str) -> int | None:
    """Return the room's place in the order; a file named by itself is not in its folder's room."""
    fitting = [
        (len(name), index)
        for index, (_, names, _) in enumerate(ROOMS)
        for name in names
        if within(module, (name,))
    ]
    return max(fitting)[1] if fitting else None


def test_every_file_has_a_room() -> None:
    assert [module for module in FILES if module and room_of(module) is None] == []


def test_every_room_has_its_files() -> None:
    for room, names, _ in ROOMS:
        for name in names:
            assert any(within(module, (name,)) for module in FILES), f"{room}: there is no {name}"


@pytest.mark.parametrize("module", [module for module in FILES if module])
def test_imports_point_one_way(module: str) -> None:
    own = room_of(module)
    assert own is not None
    for found in imports(FILES[module]):
        other = room_of(found.name) if found.ours and found.name else None
        if other is None:
            continue
        place = f"{FILES[module].relative_to(PACKAGE.parent)}:{found.line}"
        names = f"{module} ({ROOMS[own][0]}) imports {found.name} ({ROOMS[other][0]})"
        assert other <= own, f"{place}: {names}, which stands above it"
        if other == own and ROOMS[own][2]:
            together = [
                name
                for name in ROOMS[own][1]
                if within(module, (name,)) and within(found.name, (name,))
            ]
            assert together, f"{place}: {names}, and the two should not know each other"


@pytest.mark.parametrize("module", FILES)
def test_heavy_packages_are_imported_late(module: str) -> None:
    for found in imports(FILES[module]):
        for package, allowed in AT_THE_TOP.items():
            if found.ours or found.late or not f"{found.name}.".startswith(f"{package}."):
                continue
            place = f"{FILES[module].relative_to(PACKAGE.parent)}:{found.line}"
            assert within(module, allowed), (
                f"{place}: import {package} inside the function that needs it"
            )


@pytest.mark.parametrize(
    "module", [module for module in FILES if not within(module, ("cli.", "__main__"))]
)
def test_only_the_command_line_speaks(module: str) -> None:
    """Values go in, values come out: no room but the first prints, exits or imports click, even late."""
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not calls & {"print", "sys.exit", "exit", "input"}
    assert not [found for found in imports(FILES[module]) if found.name.split(".")[0] == "click"]


@pytest.mark.parametrize("module", FILES)
def test_no_file_holds_everything(module: str) -> None:
    """Most files have 75 to 250 lines; past 400 there is a second idea in it."""
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= 400
