"""Plant the errors in `tests/check/planted.yaml` one by one and count by rule how many are found.

    python benchmarks/recall.py           all of them, about two minutes
    python benchmarks/recall.py NL318     one rule only

An error counts as found if its rule reports it at its own line. We wrote the errors ourselves, so
this measures the cases we anticipated, not the errors real newsletters contain.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.check.checking import check
from tests.check.planting import Planted, planted


def main(rules: list[str]) -> int:
    faults = [fault for fault in planted() if not rules or fault.rule in rules]
    total, found = Counter(fault.rule for fault in faults), Counter[str]()
    for fault in faults:
        if _is_found(fault):
            found[fault.rule] += 1
        else:
            print(f"missed: {fault.rule} at {fault.place}: {fault.words!r}")
    print("| rule | planted | found |\n| --- | --- | --- |")
    for rule in sorted(total):
        print(f"| {rule} | {total[rule]} | {found[rule]} |")
    print(f"| all | {total.total()} | {found.total()} |")
    return 0


def _is_found(fault: Planted) -> bool:
    with tempfile.TemporaryDirectory(prefix="newsletter-") as root:
        findings = check(Path(root), fault.files)
    places = {(finding.code, finding.where.path, finding.where.line) for finding in findings}
    return (fault.rule, fault.path, fault.line) in places


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
