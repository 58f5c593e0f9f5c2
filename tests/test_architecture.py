"""The folders are the architecture: imports point one way, and heavy packages are imported lazily.

The layers (`FLOORS`) are those of `docs/architecture.md`; a module's package is its folder.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "newsletter"

# The layers, from the top: a package may import from others in its own layer only where they are
# listed together, and from every layer below. A layer lists folders of the package, or its top-
# level modules.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli",),
    ("preview", "importers", "archive", "send"),
    ("review",),
    ("pipeline",),
    ("targets",),
    ("check",),
    ("render", "links", "charts", "load"),
    ("theme", "markup"),
    ("workspace",),
    ("files", "blueprint"),
    ("schema",),
    ("languages", "diagnostics"),
    ("model", "errors"),
)

# Package -> the modules that may import it at the top of the file; all others import it only inside
# the function that needs it. Each costs 10 ms or more, or belongs in one place by design.
AT_THE_TOP: dict[str, tuple[str, ...]] = {
    "aiohttp": (
        "links.failure",
        "links.fetch",
        "links.resolve",
        "links.request",
    ),  # below `links.check_links`, which is imported late
    "PIL": (),
    "babel": (),
    "charset_normalizer": (),
    "cssutils": (),
    "html5lib": (),
    "jinja2": (),
    "lxml": ("check.", "importers."),  # modules that read HTML: the email rules, and drafts
    "mammoth": (),
    "mjml": (),
    "premailer": (),
    "requests": (),
    "starlette": ("send.web.subscription_app",),  # imported late, by `newsletter serve`
    "urllib.request": (),
    "uvicorn": (),
    "watchfiles": (),
    "wcwidth": (),
    "click": ("cli.",),
    "pyromark": ("importers.", "markup.parse", "markup.references"),
    "yaml": ("files.yaml_reader",),
}


@dataclass(frozen=True, slots=True)
class Import:
    name: str  # our own modules without `newsletter.`; third-party ones in full
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
    """Return a file's imports; those under `if TYPE_CHECKING` do not count."""

    def visit(node: ast.AST, late: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            names = []
            if isinstance(child, ast.ImportFrom):
                assert not child.level, f"{path.name}:{child.lineno}: relative import"
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


def floor_of(module: str) -> int:
    """Return the height of the layer that contains a module: 0 is the lowest."""
    room = module.partition(".")[0]
    heights = [height for height, rooms in enumerate(reversed(FLOORS)) if room in rooms]
    assert heights, f"{module}: no layer in FLOORS contains {room!r}"
    return heights[0]


def test_few_modules_are_at_the_top() -> None:
    top = sorted(path.name for path in PACKAGE.glob("*.py"))
    assert len(top) <= 8, top


@pytest.mark.parametrize("module", [module for module in FILES if module])
def test_imports_point_down(module: str) -> None:
    for imported in imports(FILES[module]):
        if not imported.ours or not imported.name:
            continue
        place = f"{FILES[module].relative_to(PACKAGE.parent)}:{imported.line}"
        assert floor_of(imported.name) <= floor_of(module), (
            f"{place}: {module} imports {imported.name}, which is in a higher layer"
        )


def test_no_import_cycles() -> None:
    """Late imports count: a cycle hidden in a function is still a cycle."""
    below = {
        module: {used.name for used in imports(path) if used.ours and used.name in FILES}
        for module, path in FILES.items()
    }
    sorter = TopologicalSorter(below)
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' → '.join(error.args[1])}")


@pytest.mark.parametrize("module", FILES)
def test_heavy_packages_are_imported_late(module: str) -> None:
    for imported in imports(FILES[module]):
        for package, allowed in AT_THE_TOP.items():
            if imported.ours or imported.late or not f"{imported.name}.".startswith(f"{package}."):
                continue
            place = f"{FILES[module].relative_to(PACKAGE.parent)}:{imported.line}"
            assert within(module, allowed), (
                f"{place}: import {package} inside the function that needs it"
            )


@pytest.mark.parametrize(
    "module", [module for module in FILES if not within(module, ("cli.", "__main__"))]
)
def test_only_the_command_line_prints(module: str) -> None:
    """Only the top layer prints, exits or imports click, even late; all others take and return
    values.
    """
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not calls & {"print", "sys.exit", "exit", "input"}
    assert not [
        imported for imported in imports(FILES[module]) if imported.name.split(".")[0] == "click"
    ]


@pytest.mark.parametrize("module", FILES)
def test_values_are_structs(module: str) -> None:
    """One kind of value: `msgspec.Struct`, the fastest to create."""
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    others = {"NamedTuple", "namedtuple", "dataclass", "make_dataclass"}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not names & others, f"{module}: write a msgspec.Struct"


LONGEST = 50  # lines of a function; most have four to eight
MOST_PARAMETERS = 4  # by position; the others are passed by name, or together as a value
MIRRORS = {"_import"}  # has the signature of `__import__`, which it replaces


@pytest.mark.parametrize("module", FILES)
def test_functions_fit_on_a_screen(module: str) -> None:
    for function in functions_of(module):
        assert (function.end_lineno or 0) - function.lineno < LONGEST, function.name


@pytest.mark.parametrize("module", [name for name in FILES if not name.startswith("cli")])
def test_few_parameters_are_passed_by_position(module: str) -> None:
    """Outside the command line, where click passes all of them by name."""
    for function in functions_of(module):
        names = [given.arg for given in (*function.args.posonlyargs, *function.args.args)]
        count = len(names) - (names[:1] in (["self"], ["cls"]))
        assert count <= MOST_PARAMETERS or function.name in MIRRORS, function.name


@pytest.mark.parametrize("module", FILES)
def test_no_expression_holds_two_decisions(module: str) -> None:
    """No conditional expression in another, no comprehension with two conditions."""
    for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.IfExp):
            assert sum(isinstance(inner, ast.IfExp) for inner in ast.walk(node)) == 1, node.lineno
        conditions = [part.ifs for part in getattr(node, "generators", ())]
        assert sum(map(len, conditions)) <= 1, node.lineno


def functions_of(module: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.mark.parametrize("module", FILES)
def test_no_file_is_too_long(module: str) -> None:
    """Most files have 75 to 250 lines; a file of more than 400 should be split."""
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= 400


# Calls that change a setting of the whole process, which belongs to the program that imports us.
# Only commands make them, and what runs in processes that we started.
PROCESS_SETTINGS = frozenset(
    "gc.set_threshold gc.disable gc.enable gc.freeze gc.unfreeze sys.setswitchinterval"
    " sys.setrecursionlimit signal.signal os.chdir os.umask os.putenv socket.setdefaulttimeout"
    " locale.setlocale multiprocessing.set_start_method logging.basicConfig logging.disable"
    " faulthandler.enable warnings.filterwarnings".split()
)
IN_OUR_PROCESSES = {("pipeline/pool.py", "_start_worker")}


def test_library_functions_change_no_setting_of_their_process() -> None:
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith("cli/") or name == "__main__.py":
            continue
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
            if PROCESS_SETTINGS & {ast.unparse(call) for call in calls}:
                found.add((name, function.name))
    assert found == IN_OUR_PROCESSES
