"""A public name means one thing: classes, functions and modules are unique in the package."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import newsletter

ROOT = Path(newsletter.__file__).parent
# Packages whose files are named for their subject: a verb, a rule's subject, a format.
SUBJECTS = ("cli", "check/rules", "check/formats", "importers/formats")
# `command` is the function of every file in cli/, `render` that of every output format.
EVERY_FILE = {"cli": {"command"}, "check/formats": {"render"}}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield each module of the package by its path, parsed."""
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def public_names() -> dict[str, list[str]]:
    """Return each public class, function and module with the files that define it."""
    places: dict[str, list[str]] = defaultdict(list)
    for path, tree in modules():
        room, _, file = path.rpartition("/")
        if file != "__init__.py" and room not in SUBJECTS:
            places[file].append(path)
        for node in tree.body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if not node.name.startswith("_") and node.name not in EVERY_FILE.get(room, ()):
                places[node.name].append(path)
    return places


def test_a_public_name_means_one_thing() -> None:
    assert {name: paths for name, paths in public_names().items() if len(paths) > 1} == {}
