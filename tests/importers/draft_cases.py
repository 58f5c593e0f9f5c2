"""Drafts in a text file of `tests.casefile`, each with the whole output expected of it.

The first part of a case is named like the draft's file, which says its format. In a draft,
`{{40}}` stands for forty words of running text. After an intended change, run the tests that read
the file with `--rewrite-expected` and read the diff.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable
from pathlib import Path

from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft
from tests import casefile
from tests.casefile import Case

FOLDER = Path(__file__).parent / "cases"
SENTENCE = ("Nothing", "moves", "at", "berth", "nine.")


def check_cases(file: str, output: Callable[[Case], str], *, rewrite: bool) -> None:
    """Compare the output of all cases of a file with the expected ones, or write it there."""
    differences: list[str] = []
    for param in casefile.params(FOLDER / file):
        case: Case = param.values[0]
        expected, actual = case["expected"], f"{output(case).strip()}\n"
        if rewrite:
            case.rewrite(expected=actual)
        elif actual != expected:
            lines = expected.splitlines(), actual.splitlines()
            differences += difflib.unified_diff(
                *lines, f"{file}: {case.title}", "actual", lineterm=""
            )
    assert not differences, "\n".join(differences)


def draft_of(case: Case) -> Draft:
    """Return the draft of a case, with its running text."""
    text = re.sub(r"\{\{(\d+)\}\}", lambda match: running_text(int(match[1])), case.texts[0])
    return read_drafts(text.encode(), case.names[0])[0]


def running_text(count: int) -> str:
    """Return so many words in sentences of five."""
    return " ".join(itertools.islice(itertools.cycle(SENTENCE), count))
