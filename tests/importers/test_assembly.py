"""What an outline makes of a draft: the values of the issue, its sections, and each note.

The cases are drafts with their detected outline, or an edited one.
"""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.importers.issue.assembly import KnownNames, assemble_issue
from newsletter.importers.issue.imported_issue import ImportedIssue, ImportedSection, Reference
from newsletter.importers.structure import detect_outline
from newsletter.importers.structure.outline_file import parse_outline
from newsletter.importers.structure.split import split_blocks
from tests.casefile import Case
from tests.importers.draft_cases import check_cases, draft_of

KNOWN = KnownNames(
    labels=("Essay", "Data", "Postscript"),
    people=("Mira Oduya", "Tomás Leal", "The Harbour Desk"),
    topics=("ports", "trade", "sea levels and the long tide"),
)
KINDS = ("essay", "brief", "note", "data", "links", "postscript")


def test_outlines_make_these_issues(rewrite_expected: bool) -> None:
    check_cases("issues.txt", issue_of, rewrite=rewrite_expected)


def issue_of(case: Case) -> str:
    draft = split_blocks(draft_of(case))
    outline = detect_outline(draft, KNOWN.labels, KNOWN.people)
    if "outline" in case.names:
        outline = parse_outline(case["outline"], draft, KINDS, "outline.txt") or outline
    return "\n".join(shown(assemble_issue(draft, outline, KNOWN)))


def shown(issue: ImportedIssue) -> Iterator[str]:
    """Yield the lines of an issue that has been read from a draft."""
    for name in ("title", "deck", "date", "slug", "number", "subject", "language", "tags"):
        if value := getattr(issue, name):
            yield f"{name}: {', '.join(value) if name == 'tags' else value}"
    for section in issue.sections:
        yield from shown_section(section)
    for label, names in issue.credits:
        yield f"credit {label}: {', '.join(names)}"
    if issue.produced_by:
        yield f"produced by: {', '.join(issue.produced_by)}"
    if issue.location:
        yield f"location: {issue.location}"
    yield from (f"image {image.name}" for image in issue.images)
    for note in issue.notes:
        yield f"{note.kind} {note.line}: {note.message}: {note.words}".rstrip()


def shown_section(section: ImportedSection) -> Iterator[str]:
    yield f"[{section.kind}] {section.title or ''}".rstrip()
    if section.by:
        yield f"by: {', '.join(section.by)}"
    if section.tags:
        yield f"tags: {', '.join(section.tags)}"
    if section.date:
        yield f"date: {section.date}"
    for source in section.sources:
        yield f"source: {shown_source(source)}"
    for block in section.blocks:
        level = f" {block.level}" if block.level else ""
        yield f"  {block.kind}{level}: {block.markdown[:60]}"


def shown_source(source: Reference) -> str:
    return " ".join(filter(None, (source.title, f"<{source.url}>" if source.url else "")))
