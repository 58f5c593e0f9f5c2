"""Bad files, reported with location, reason and fix: the cases of `tests/bad/` as complete standard
error and exit code.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import casefile
from tests.desk import Desk

CASES = [
    param
    for name in ("files", "settings")
    for param in casefile.params(Path(__file__).parent / f"bad/{name}.txt")
]


@pytest.mark.parametrize("case", CASES)
def test_bad_files(case: casefile.Case, desk: Desk, rewrite_expected: bool) -> None:
    assert desk.run("build").code == 0
    good = desk.tree()
    for name, text in case.without("stderr", "remove").items():
        desk.write(name, text)
    for name in case["remove"].split() if "remove" in case.names else ():
        (desk.root / name).unlink()
    ran = desk.run("build")
    if rewrite_expected:
        case.rewrite(stderr=ran.err)
        return
    assert ran.err == case["stderr"]
    assert (ran.code, ran.out) == (1, "")
    assert desk.tree() == good, "the last good output is kept"
