"""Cases in a text file: each has a name, an input, and the whole output expected of it.

A case begins with `=== NAME`, and a line `=>` separates input and output. In an input, `{{40}}`
stands for forty words of running text. After an intended change, run the tests that read the file
with `--rewrite-expected` and read the diff.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "cases"
SENTENCE = ("Nothing", "moves", "at", "berth", "nine.")


class Case(NamedTuple):
    name: str
    given: str
    expected: str

    @property
    def text(self) -> str:
        """The input with its running text."""
        return re.sub(r"\{\{(\d+)\}\}", lambda match: running_text(int(match[1])), self.given)


def running_text(count: int) -> str:
    """Return so many words in sentences of five."""
    return " ".join(itertools.islice(itertools.cycle(SENTENCE), count))


def read_cases(name: str) -> dict[str, Case]:
    """Return the cases of a file by their names."""
    text = (FOLDER / name).read_text("utf-8")
    cases = {}
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        given, _, expected = f"{rest}\n".partition("\n=>\n")
        cases[title] = Case(title, given.rstrip("\n") + "\n", expected.strip("\n") + "\n")
    return cases


def check_case(file: str, case: Case, actual: str, *, rewrite: bool) -> None:
    """Compare an output with the expected one, or write it to the file."""
    actual = actual.strip("\n") + "\n"
    if rewrite:
        cases = read_cases(file) | {case.name: case._replace(expected=actual)}
        parts = [f"=== {c.name}\n{c.given}=>\n{c.expected}" for c in cases.values()]
        (FOLDER / file).write_text("\n".join(parts), "utf-8")
    assert actual == case.expected or rewrite
