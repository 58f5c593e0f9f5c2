"""Rules that block the build; `build` and `list` run them, too."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from newsletter.check.rule import Violation, rule
from newsletter.markup.comment import Comment
from newsletter.model import Issue


@rule(
    "NL030",
    hint="Add one, such as 10-essay.md; section files end in .md.",
    bad={"10-essay.md": None},
    at="issue.yaml:1:1",
    good="The quay is empty at noon.",
)
def missing_section(issue: Issue) -> Iterator[Violation]:
    """An issue needs at least one section."""
    if not issue.sections:
        yield Violation(issue.where, "No section in the issue")


@rule(
    "NL031",
    hint="Write the section, or delete the file.",
    bad="<!-- to be written by Friday -->",
    at="1:1",
    good="The quay is empty at noon. <!-- by Friday: and at six? -->",
)
def empty_section(issue: Issue) -> Iterator[Violation]:
    """A section without text is printed as a heading with nothing below it."""
    for section in issue.sections:
        if not section.broken and all(isinstance(block, Comment) for block in section.blocks):
            yield Violation(section.where, "Section without text")


@rule(
    "NL032",
    hint="Number section files 10-, 20-, 30-, in the order of printing.",
    bad={"10-note.md": "---\nkind: note\n---\nThe tide turned.\n"},
    at="10-note.md:1:1",
    good={"20-note.md": "---\nkind: note\n---\nThe tide turned.\n"},
)
def duplicate_section_number(issue: Issue) -> Iterator[Violation]:
    """The order of two sections with the same number is undefined."""
    first: dict[int, str] = {}
    for section in issue.sections:
        if section.order is None:
            continue
        if section.order in first:
            yield Violation(
                replace(section.where, line=1),
                f"Duplicate section number {section.order}, also used by {first[section.order]}",
            )
        first.setdefault(section.order, section.where.path.rsplit("/", 1)[-1])


@rule(
    "NL103",
    hint="Add the role with the id of a person or team in the masthead.",
    bad={
        "issues/2026-03-01-example/credits.yaml": "produced_by: tomas\nlocation: Lisbon, Portugal\n"
    },
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good={
        "issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\nlocation: Lisbon, Portugal\n"
    },
)
def missing_role(issue: Issue) -> Iterator[Violation]:
    """The masthead marks roles as required; every issue must credit someone for them.

    A correction email (`corrects:`) has no essay of its own and credits none.
    """
    if issue.corrects is not None:
        return
    filled = {credit.role.id for credit in issue.credits.roles if credit.holders}
    for role in issue.masthead.roles:
        if role.required and role.id not in filled and not issue.credits.broken:
            yield Violation(
                issue.credits.where, f'No credit for the required role "{role.label}" ({role.id})'
            )


@rule(
    "NL104",
    hint="Add a line such as `location: Lisbon, Portugal`, here or under `defaults` in the masthead.",
    bad={"issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\n"},
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good={
        "issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\nlocation: Porto, Portugal\n"
    },
)
def missing_location(issue: Issue) -> Iterator[Violation]:
    """The credits state where an issue was produced."""
    if not issue.credits.location and not issue.credits.broken:
        yield Violation(issue.credits.where, "No location in the credits")


RULES = (
    missing_section,
    empty_section,
    duplicate_section_number,
    missing_role,
    missing_location,
)
