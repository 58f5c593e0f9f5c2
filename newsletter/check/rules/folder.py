"""Whether an issue agrees with its folder and with the issues before it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.rule import Violation, rule
from newsletter.check.subjects import IssueHistory
from newsletter.model import Issue, Location


@rule(
    "NL033",
    severity="warning",
    hint="Rename the folder or correct `date`; issues are ordered by folder name.",
    bad={
        "issue.yaml": "title: The port\npreheader: Why the quietest port is the one to watch.\ndate: 2026-03-02\n"
    },
    at="issue.yaml:3:7",
    good={
        "issue.yaml": "title: The port\npreheader: Why the quietest port is the one to watch.\ndate: 2026-03-01\n"
    },
)
def folder_date_mismatch(issue: Issue) -> Iterator[Violation]:
    """One of the two dates is wrong: the email shows one, addresses and the order of issues use the other."""
    named = issue.slug[: len("2026-03-01")]
    if named != issue.date.isoformat():
        yield Violation(
            issue.places.get("date", issue.where),
            f"Date {issue.date} differs from the folder name, {named}",
        )


_BEFORE = "issues/2026-02-22-before"
_EARLIER = {
    f"{_BEFORE}/issue.yaml": (
        "title: The tide that came late\npreheader: Why the tide was late, and what it says of the harbour.\n"
        "date: 2026-02-22\nnumber: 7\n"
    ),
    f"{_BEFORE}/credits.yaml": "essay: mira\nlocation: Lisbon, Portugal\n",
    f"{_BEFORE}/10-essay.md": "---\nkind: essay\nby: mira\n---\nThe tide came late.\n",
}


def _issue(title: str, number: int) -> dict[str, str]:
    deck = "Why the quietest port in Europe is the one to watch."
    return {
        "issue.yaml": f"title: '{title}'\npreheader: {deck}\ndate: 2026-03-01\nnumber: {number}\n"
    }


@rule(
    "NL036",
    severity="warning",
    hint="Correct the number, date or subject of one of the issues.",
    bad=_EARLIER | _issue("The port that nobody counted", 7),
    at="issue.yaml:4:9",
    good=_EARLIER | _issue("The port that nobody counted", 8),
)
def duplicate_issue_key(archive: IssueHistory) -> Iterator[Violation]:
    """A number, date, subject or preheader that an earlier issue has: copied with its issue.yaml, and not changed.

    The last 25 issues are compared. A number below the last one is reported, too.
    """
    issue = archive.issue
    for key in ("number", "date", "subject", "preheader"):
        value = _comparable(getattr(issue, key))
        earlier = next(
            (issue for issue in archive.earlier if _comparable(getattr(issue, key)) == value), None
        )
        where = issue.places.get(key) or issue.places.get("title") or issue.where
        if value and earlier:
            yield Violation(where, f"Same {key} as in {earlier.slug}: {getattr(issue, key)}")
    last = next((issue.number for issue in archive.earlier if issue.number is not None), None)
    if issue.number is not None and last is not None and issue.number < last:
        where = issue.places.get("number", issue.where)
        yield Violation(where, f"Number {issue.number} follows number {last}")


def _comparable(value: object) -> object:
    return " ".join(value.casefold().split()) if isinstance(value, str) else value


_NUMBERED = re.compile(
    r"(?:#|№|\bn[oº°]\.?\s?|\b(?:issue|edition|number|vol(?:ume)?\.?|ausgabe|nr\.?|numéro|édition"
    r"|número|edición|edição|"
    r"numero|edizione|nummer|editie|folge|episode)\s+(?:no\.?\s|#)?)(\d{1,5})\b",
    re.IGNORECASE,
)


@rule(
    "NL037",
    severity="warning",
    hint="Correct `number` or the title.",
    bad=_issue("Issue 8: the port that nobody counted", 7),
    at="issue.yaml:4:9",
    good=_issue("Issue 7: the port that nobody counted", 7),
)
def issue_number_mismatch(issue: Issue) -> Iterator[Violation]:
    """The title or the folder names another number of the issue than `number` does."""
    if issue.number is None:
        return
    slug = issue.slug[len("2026-03-01-") :].replace("-", " ")
    for text, what in ((issue.title, "title"), (issue.subject, "subject"), (slug, "folder name")):
        match = _NUMBERED.search(text)
        if match and int(match[1]) != issue.number:
            where = issue.places.get("number", issue.where)
            yield Violation(where, f"Number {issue.number} differs from the {what}: {match[0]}")
            return


_CONFLICTS = (
    "*.theirs",
    "*.theirs.*",
    "*.orig",
    "*.rej",
    "*.BASE.*",
    "*.LOCAL.*",
    "*.REMOTE.*",
    "*conflicted copy*",
)


@rule(
    "NL035",
    severity="warning",
    hint="Merge the two versions, then delete this file.",
    bad={"10-essay.md.theirs": "---\nkind: essay\n---\nThe quay is full.\n"},
    at="10-essay.md.theirs:1:1",
    good="The quay is empty at noon.",
)
def pending_conflict(issue: Issue) -> Iterator[Violation]:
    """A file that an update or a merge left next to the original, because both versions had changed."""
    shown = issue.where.path.rpartition("/")[0]
    paths = {path for pattern in _CONFLICTS for path in issue.folder.rglob(pattern)}
    for path in sorted(paths):
        name = path.relative_to(issue.folder).as_posix()
        yield Violation(Location(f"{shown}/{name}", 1, 1), f"Unresolved conflict: {path.name}")
    root = issue.folder.parent.parent
    shared = {path for pattern in _CONFLICTS for path in root.glob(pattern)}
    shared |= {path for pattern in _CONFLICTS for path in (root / "templates").rglob(pattern)}
    for path in sorted(shared):
        name = path.relative_to(root).as_posix()
        yield Violation(Location(name, 1, 1), f"Unresolved conflict: {path.name}")


RULES = (
    folder_date_mismatch,
    pending_conflict,
    duplicate_issue_key,
    issue_number_mismatch,
)
