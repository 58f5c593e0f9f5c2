"""For GitHub Actions: workflow commands that become annotations of a pull request.

Escapes are those of actions/toolkit (`packages/core/src/command.ts`): data and properties differ.
"""

from __future__ import annotations

from newsletter.check.formats import CheckResult
from newsletter.model import Finding

COMMANDS = {"error": "error", "warning": "warning", "information": "notice"}


def written(result: CheckResult) -> str:
    """Return one command a line."""
    prefix = result.prefix
    return "".join(f"{_command(finding, prefix)}\n" for finding in result.findings)


def _command(finding: Finding, prefix: str) -> str:
    path, line, column = finding.where
    properties = {
        "file": prefix + path,
        "line": line,
        "col": column,
        "title": f"{finding.code} {finding.name}",
    }
    told = ",".join(
        f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None
    )
    words = finding.message + (f"\n{finding.hint}" if finding.hint else "")
    return f"::{COMMANDS[finding.severity]} {told}::{_data(words)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
