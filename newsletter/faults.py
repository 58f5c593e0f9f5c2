"""Problems found while a folder is read, in one list; rules that need the whole issue live in `check/rules/`.

Codes are grouped by hundreds: 0 files and structure, 1 credits, 5 images.
"""

from __future__ import annotations

from collections.abc import Iterable

from newsletter.model import Fault, Finding, Location

UNREADABLE = Fault("NL001", "unreadable-file")
BROKEN_YAML = Fault("NL002", "broken-yaml")
UNKNOWN_KEY = Fault("NL003", "unknown-key")
MISSING_KEY = Fault("NL004", "missing-key")
WRONG_VALUE = Fault("NL005", "wrong-value")
REPEATED_KEY = Fault("NL006", "repeated-key")
TOO_LARGE = Fault("NL007", "file-too-large")
UNKNOWN_KIND = Fault("NL008", "unknown-kind")
UNKNOWN_SOURCE = Fault("NL009", "unknown-source")
BROKEN_TOML = Fault("NL010", "broken-toml")
BROKEN_THEME = Fault("NL011", "broken-theme")

RAW_HTML = Fault("NL020", "raw-html")
BROKEN_BLOCK = Fault("NL021", "broken-block")
TOO_DEEP = Fault("NL022", "markup-too-deep")
LOST_TEXT = Fault("NL023", "text-would-be-lost")
BROKEN_NOTE = Fault("NL024", "broken-note")
UNKNOWN_FIELD = Fault("NL025", "unknown-merge-field")
BROKEN_LINK = Fault("NL026", "broken-link")
BROKEN_TABLE = Fault("NL027", "broken-table")

UNKNOWN_PERSON = Fault("NL101", "unknown-person")
UNKNOWN_ROLE = Fault("NL102", "unknown-role")

MISSING_IMAGE = Fault("NL501", "missing-image")
BROKEN_IMAGE = Fault("NL502", "broken-image")
HUGE_IMAGE = Fault("NL503", "huge-image")
OUTSIDE_IMAGE = Fault("NL504", "image-outside-workspace")
WRONG_IMAGE = Fault("NL505", "image-type")


class Report:
    """Collects findings while a file is read, so that all of them are told at once."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self.findings: list[Finding] = list(findings)

    def add(self, fault: Fault, where: Location, message: str, hint: str | None = None) -> None:
        self.findings.append(Finding(*fault, where, message, hint))

    @property
    def errors(self) -> int:
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def failed(self) -> bool:
        return self.errors > 0
