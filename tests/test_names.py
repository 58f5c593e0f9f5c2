"""A public name means one thing: classes, functions and modules are unique in the package."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import newsletter

ROOT = Path(newsletter.__file__).parent
# Rooms whose files are named by their subject: a verb, a rule's subject, a format, a destination.
SUBJECTS = ("cli", "check/rules", "check/formats", "importers/formats", "targets")
# `command` is the function of every file in cli/, `render` that of every output format.
EVERY_FILE = {"cli": {"command"}, "check/formats": {"render"}}
# Names that still mean two things, in other rooms. The list only shrinks.
NOT_YET: frozenset[str] = frozenset(
    """
    Draft Reply anchors app.py authors blocks.py chart.py charts.py check_links comment
    confirm contrast count_words files.py fill fingerprint finish frame.py host_of in_order
    issue_files key limits.py lines.py luminance main make_app marked notes.py open_workspace
    printable printed read_copy read_table redirects.py request.py rule.py script sender_line
    table.py undrawable write_copy
    """.split()
)


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
    twice = {name: paths for name, paths in public_names().items() if len(paths) > 1}
    assert {name: twice[name] for name in twice if name not in NOT_YET} == {}


def test_what_means_one_thing_by_now_is_off_the_list() -> None:
    names = public_names()
    assert sorted(name for name in NOT_YET if len(names.get(name, ())) < 2) == []
