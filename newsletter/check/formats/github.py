"""GitHub Actions: workflow commands that become annotations in a pull request.

Escapes are those of actions/toolkit (`packages/core/src/command.ts`): data and properties differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from newsletter.check.formats import CheckResult
from newsletter.model import Finding

COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
SHOWN = 10  # annotations per kind and step that GitHub shows (docs.github.com, usage limits)


def render(result: CheckResult) -> str:
    """Return one command per line; the last annotation of a kind states the total number."""
    return "".join(f"{command}\n" for command in _commands(result))


def _commands(result: CheckResult) -> Iterator[str]:
    prefix = result.prefix
    written: Counter[str] = Counter()
    for finding in result.findings:
        kind = finding.severity
        written[kind] += 1
        total = result.count(kind)
        note = ""
        if written[kind] == SHOWN and total > SHOWN:
            note = f"\n{SHOWN} of {total:,} {COMMANDS[kind]}s are shown here; the log lists all."
        yield _command(finding, prefix, note)


def _command(finding: Finding, prefix: str, note: str) -> str:
    properties = {
        "file": prefix + finding.where.path,
        "line": finding.where.line,
        "col": finding.where.column,
        "title": f"{finding.code} {finding.name}",
    }
    pairs = ",".join(
        f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None
    )
    text = finding.message + (f"\n{finding.hint}" if finding.hint else "") + note
    return f"::{COMMANDS[finding.severity]} {pairs}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
