"""What keeps an issue from becoming an email at all; a build asks for these rules too."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.check.rule import Violation, rule
from newsletter.markup.comment import Comment
from newsletter.model import Issue


@rule(
    "NL030",
    hint="Write one, such as 10-essay.md; section files end in .md.",
    bad={"10-essay.md": None},
    at="issue.yaml:1:1",
    good="The quay is empty at noon.",
)
def no_section(issue: Issue) -> Iterator[Violation]:
    """An issue without a section has nothing to say."""
    if not issue.sections:
        yield Violation(issue.where, "the issue has no section")


@rule(
    "NL031",
    hint="Write it, or delete the file.",
    bad="<!-- to be written by Friday -->",
    at="1:1",
    good="The quay is empty at noon. <!-- by Friday: and at six? -->",
)
def empty_section(issue: Issue) -> Iterator[Violation]:
    """A heading with nothing below it looks like a mistake, and is one."""
    for section in issue.sections:
        if not section.broken and all(isinstance(block, Comment) for block in section.blocks):
            yield Violation(section.where, "the section has no text")


@rule(
    "NL032",
    hint="Number them 10-, 20-, 30-: the numbers are the order in print.",
    bad={"10-note.md": "---\nkind: note\n---\nThe tide turned.\n"},
    at="10-note.md:1:1",
    good={"20-note.md": "---\nkind: note\n---\nThe tide turned.\n"},
)
def duplicate_order(issue: Issue) -> Iterator[Violation]:
    """Two sections with the same number stand in an order nobody chose."""
    first: dict[int, str] = {}
    for section in issue.sections:
        if section.order is None:
            continue
        if section.order in first:
            yield Violation(
                section.where._replace(line=1),
                f"the number {section.order} is also that of {first[section.order]}",
            )
        first.setdefault(section.order, section.where.path.rsplit("/", 1)[-1])


@rule(
    "NL103",
    hint="Name who held it, by an id of the masthead.",
    bad={
        "issues/2026-03-01-example/credits.yaml": "produced_by: tomas\nlocation: Lisbon, Portugal\n"
    },
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good={
        "issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\nlocation: Lisbon, Portugal\n"
    },
)
def missing_role(issue: Issue) -> Iterator[Violation]:
    """The masthead says which roles every issue must fill; a reader is owed the names."""
    held = {credit.role.id for credit in issue.credits.roles if credit.holders}
    for role in issue.masthead.roles:
        if role.required and role.id not in held and not issue.credits.broken:
            yield Violation(
                issue.credits.where, f"nobody is credited with {role.label!r} ({role.id})"
            )


@rule(
    "NL104",
    hint="Add a line such as `location: Lisbon, Portugal`, or one under defaults in the masthead.",
    bad={"issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\n"},
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good={
        "issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\nlocation: Porto, Portugal\n"
    },
)
def missing_location(issue: Issue) -> Iterator[Violation]:
    """Where an issue was produced is part of its credits."""
    if not issue.credits.location and not issue.credits.broken:
        yield Violation(issue.credits.where, "the issue does not say where it was produced")


RULES = (
    no_section,
    empty_section,
    duplicate_order,
    missing_role,
    missing_location,
)
