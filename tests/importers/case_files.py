"""Cases in a text file: each has a name, an input, and the whole output expected of it.

A case begins with `=== NAME`, and a line `=>` separates input and output. In an input, `{{40}}`
stands for forty words of running text. After an intended change, run the tests that read the file
with `--rewrite-expected` and read the diff.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "cases"
SENTENCE = ("Nothing", "moves", "at", "berth", "nine.")


class Case(NamedTuple):
    name: str
    given: str

    @property
    def path(self) -> str:
        """The file name after a bar in the name of the case, which says what format it has."""
        return self.name.partition(" | ")[2] or "draft.md"

    @property
    def text(self) -> str:
        """The input with its running text."""
        return re.sub(r"\{\{(\d+)\}\}", lambda match: running_text(int(match[1])), self.given)


def running_text(count: int) -> str:
    """Return so many words in sentences of five."""
    return " ".join(itertools.islice(itertools.cycle(SENTENCE), count))


def check_cases(file: str, output: Callable[[Case], str], *, rewrite: bool) -> None:
    """Compare the output of each case of a file with the expected one, or write it there."""
    path = FOLDER / file
    text = path.read_text("utf-8")
    parts = [f"=== {c.name}\n{c.given}=>\n{output(c).strip()}\n" for c in parsed_cases(text)]
    if rewrite:
        path.write_text("\n".join(parts), "utf-8")
    else:
        assert "\n".join(parts) == text


def parsed_cases(text: str) -> Iterator[Case]:
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        given = f"{rest}\n".partition("\n=>\n")[0]
        yield Case(title, given.rstrip("\n") + "\n")
