"""Fixture files that read as documents: one case after another, each with a title and parts.


Two notations. `.md` files follow markdown-it's fixtures: a title, then parts, each between lines
that contain a single dot. `.txt` files contain small workspaces: `=== title`, then `--- name` above
each part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Case:
    path: Path
    title: str
    names: tuple[str, ...]
    texts: tuple[str, ...]  # each ends with a line break, unless it is empty

    def __getitem__(self, name: str) -> str:
        return self.texts[self.names.index(name)]

    def without(self, *names: str) -> dict[str, str]:
        return {
            name: text
            for name, text in zip(self.names, self.texts, strict=True)
            if name not in names
        }

    def rewrite(self, **changed: str) -> None:
        """Replace the case's parts in its file."""
        new = tuple(
            changed.get(name, text) for name, text in zip(self.names, self.texts, strict=True)
        )
        complete = self.path.read_text(encoding="utf-8")
        old, text = _written(self), _written(Case(self.path, self.title, self.names, new))
        assert complete.count(old) == 1, (
            f"{self.path.name}: {self.title!r} is not in the format this module writes"
        )
        self.path.write_text(complete.replace(old, text), encoding="utf-8")


def params(path: Path, *names: str) -> list[Any]:
    """Return the cases of a file for `pytest.mark.parametrize`; `.md` files need the names of the
    parts.
    """
    text = path.read_text(encoding="utf-8")
    cases = _dotted(path, text, names) if path.suffix == ".md" else _headed(path, text)
    titles = [case.title for case in cases]
    assert titles, f"{path.name} has no cases"
    assert len(set(titles)) == len(titles), f"{path.name}: two cases have the same title"
    return [pytest.param(case, id=case.title) for case in cases]


def _dotted(path: Path, text: str, names: tuple[str, ...]) -> list[Case]:
    pieces = re.split(r"(?m)^\.\n", text)
    size = len(names) + 1
    assert len(pieces) % size == 1, f"{path.name}: every case needs a title and {len(names)} parts"
    rows = [pieces[start : start + size] for start in range(0, len(pieces) - 1, size)]
    return [
        Case(path, title.strip().split("\n")[-1], names, tuple(texts)) for title, *texts in rows
    ]


def _headed(path: Path, text: str) -> list[Case]:
    cases = []
    for chunk in re.split(r"(?m)^=== ", text)[1:]:
        title, _, rest = chunk.partition("\n")
        pieces = re.split(r"(?m)^--- (.+)\n", rest)[1:]
        texts = tuple(f"{piece.rstrip()}\n" if piece.strip() else "" for piece in pieces[1::2])
        cases.append(Case(path, title, tuple(pieces[::2]), texts))
    return cases


def _written(case: Case) -> str:
    if case.path.suffix == ".md":
        return f"{case.title}\n.\n" + "".join(f"{text}.\n" for text in case.texts)
    parts = zip(case.names, case.texts, strict=True)
    return f"=== {case.title}\n" + "".join(f"--- {name}\n{text}" for name, text in parts)
