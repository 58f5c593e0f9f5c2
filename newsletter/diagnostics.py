"""Problems found while a folder is read, in one list; rules that need the whole issue live in `check/rules/`.

Codes are grouped by hundreds: 0 files and structure, 1 credits, 5 images.
"""

from __future__ import annotations

from collections.abc import Iterable

from newsletter.model import Diagnostic, Finding, Location

UNREADABLE = Diagnostic(
    "NL001",
    "unreadable-file",
    "A file that is missing, may not be read, is not UTF-8 or lacks its front matter says nothing.",
)
BROKEN_YAML = Diagnostic(
    "NL002",
    "broken-yaml",
    "Text that is not YAML cannot be read; usual causes are a bare colon in a value and tabs.",
)
UNKNOWN_KEY = Diagnostic(
    "NL003",
    "unknown-key",
    "A key nobody reads is a misspelled one, and what it says would be lost.",
)
MISSING_KEY = Diagnostic(
    "NL004",
    "missing-key",
    "Without this key a mail cannot be made.",
)
WRONG_VALUE = Diagnostic(
    "NL005",
    "wrong-value",
    "A value of another kind than its key asks for would be guessed at.",
)
REPEATED_KEY = Diagnostic(
    "NL006",
    "repeated-key",
    "Of two lines with one key only one can hold, and nobody knows which was meant.",
)
TOO_LARGE = Diagnostic(
    "NL007",
    "file-too-large",
    "Mail is clipped at about 102 KB: a text file of this size never arrives whole.",
)
UNKNOWN_KIND = Diagnostic(
    "NL008",
    "unknown-kind",
    "A section's kind says how it looks; the theme has one template for each.",
)
UNKNOWN_SOURCE = Diagnostic(
    "NL009",
    "unknown-source",
    "A source that sources.yaml does not have cannot be printed.",
)
BROKEN_TOML = Diagnostic(
    "NL010",
    "broken-toml",
    "Settings and tokens that cannot be parsed say nothing.",
)
BROKEN_THEME = Diagnostic(
    "NL011",
    "broken-theme",
    "A theme that is missing or fails makes no mail.",
)

RAW_HTML = Diagnostic(
    "NL020",
    "raw-html",
    "Mail clients disagree on HTML: only a few tags of a line are the same in all of them.",
)
BROKEN_BLOCK = Diagnostic(
    "NL021",
    "broken-block",
    "A `:::` block that is unknown, unclosed or empty would be printed as its marks.",
)
TOO_DEEP = Diagnostic(
    "NL022",
    "markup-too-deep",
    "Nobody follows lists thirty levels deep, and mail clients give up.",
)
LOST_TEXT = Diagnostic(
    "NL023",
    "text-would-be-lost",
    "Something was written that would not be printed.",
)
BROKEN_NOTE = Diagnostic(
    "NL024",
    "broken-note",
    "A note without its mark, or a mark without its note, leaves the reader searching.",
)
UNKNOWN_FIELD = Diagnostic(
    "NL025",
    "unknown-merge-field",
    "A merge field no service knows would reach the reader as it is written.",
)
BROKEN_LINK = Diagnostic(
    "NL026",
    "broken-link",
    "A mail has no page around it: an address is whole and of a scheme that clients open.",
)
BROKEN_TABLE = Diagnostic(
    "NL027",
    "broken-table",
    "Cells beyond the head, or rows of different lengths, would be lost or stand under the wrong head.",
)

UNKNOWN_PERSON = Diagnostic(
    "NL101",
    "unknown-person",
    "Credits name people of the masthead, so that one spelling serves every issue.",
)
UNKNOWN_ROLE = Diagnostic(
    "NL102",
    "unknown-role",
    "Roles stand in the masthead, which gives them their label and order in print.",
)

MISSING_IMAGE = Diagnostic(
    "NL501",
    "missing-image",
    "A picture that is not there is a hole in the mail.",
)
BROKEN_IMAGE = Diagnostic(
    "NL502",
    "broken-image",
    "A damaged picture is shown as a hole, or not at all.",
)
HUGE_IMAGE = Diagnostic(
    "NL503",
    "huge-image",
    "Over 50 megapixels or 40 MB a picture is a mistake; 1,200 pixels across are plenty.",
)
OUTSIDE_IMAGE = Diagnostic(
    "NL504",
    "image-outside-workspace",
    "An issue holds all it needs: what lies outside its folder can change unseen.",
)
WRONG_IMAGE = Diagnostic(
    "NL505",
    "image-type",
    "Mail clients show JPEG, PNG and GIF from https addresses, with a width; little else everywhere.",
)


FOUND_LOADING = frozenset(
    value.code for value in tuple(globals().values()) if isinstance(value, Diagnostic)
)


def blocks_build(finding: Finding) -> bool:
    """Return whether a finding blocks the build: no setting and no allow comment lifts it."""
    return finding.severity == "error" and finding.code in FOUND_LOADING


class Report:
    """Collects findings while a file is read, so that all of them are told at once."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self.findings: list[Finding] = list(findings)

    def add(
        self, fault: Diagnostic, where: Location, message: str, hint: str | None = None
    ) -> None:
        self.findings.append(fault.finding(where, message, hint))

    @property
    def errors(self) -> int:
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def failed(self) -> bool:
        return self.errors > 0
