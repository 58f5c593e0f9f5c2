"""The survivors of `make mutants` that stay: each names code that exists, and says why."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text("utf-8"))
KEPT: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "tests" / "mutants-kept.yaml").read_text("utf-8")
)


OWN = [f"{place}*" for places in SETTINGS["own"].values() for place in places]


@pytest.mark.parametrize("pattern", [*SETTINGS["code"], *SETTINGS["tests"], *OWN])
def test_each_pattern_matches_a_file(pattern: str) -> None:
    assert list(ROOT.glob(pattern))


def test_each_survivor_is_of_code_that_exists_and_has_a_reason() -> None:
    changed = {path for pattern in SETTINGS["code"] for path in ROOT.glob(pattern)}
    for entry in KEPT:
        assert list(entry) == ["file", "function", "was", "now", "reason"]
        path = ROOT / entry["file"]
        assert path in changed, entry
        assert squeezed(entry["was"]) in functions(path)[entry["function"]], entry
        kind, _, reason = entry["reason"].partition(": ")
        assert kind in ("equivalent", "not worth a test"), entry
        assert len(reason) > 20, entry


def functions(path: Path) -> dict[str, str]:
    """Return the source of each function and method of a module."""
    text = path.read_text("utf-8")
    found: dict[str, str] = {}
    for node in ast.parse(text).body:
        owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for child in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                name = owner + child.name
                found[name] = squeezed(ast.get_source_segment(text, child) or "")
    return found


def squeezed(text: str) -> str:
    return " ".join(text.split())
