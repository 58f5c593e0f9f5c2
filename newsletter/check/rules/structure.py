"""What keeps an issue from becoming a mail at all.

These few rules stand outside `rules/` because a build asks for them too, and need not import ninety others for it.
"""

from __future__ import annotations

from newsletter.check import run
from newsletter.check.rule import Found, Rule, rule
from newsletter.check.select import SelectionStack
from newsletter.check.suppress import divide, read_allows
from newsletter.markup.comment import Comment
from newsletter.model import Finding, Issue
from newsletter.workspace import Workspace


@rule(
    "NL030",
    structural=True,
    hint="Write one, such as 10-essay.md; section files end in .md.",
    bad={"10-essay.md": None},
    at="issue.yaml:1:1",
    good="The quay is empty at noon.",
)
def no_section(issue: Issue) -> Found:
    """An issue without a section has nothing to say."""
    if not issue.sections:
        yield issue.where, "the issue has no section"


@rule(
    "NL031",
    structural=True,
    hint="Write it, or delete the file.",
    bad="<!-- to be written by Friday -->",
    at="1:1",
    good="The quay is empty at noon. <!-- by Friday: and at six? -->",
)
def empty_section(issue: Issue) -> Found:
    """A heading with nothing below it looks like a mistake, and is one."""
    for section in issue.sections:
        if not section.broken and all(isinstance(block, Comment) for block in section.blocks):
            yield section.where, "the section has no text"


@rule(
    "NL032",
    structural=True,
    hint="Number them 10-, 20-, 30-: the numbers are the order in print.",
    bad={"10-note.md": "---\nkind: note\n---\nThe tide turned.\n"},
    at="10-note.md:1:1",
    good={"20-note.md": "---\nkind: note\n---\nThe tide turned.\n"},
)
def duplicate_order(issue: Issue) -> Found:
    """Two sections with the same number stand in an order nobody chose."""
    first: dict[int, str] = {}
    for section in issue.sections:
        if section.order is None:
            continue
        if section.order in first:
            yield (
                section.where._replace(line=1),
                f"the number {section.order} is also that of {first[section.order]}",
            )
        first.setdefault(section.order, section.where.path.rsplit("/", 1)[-1])


@rule(
    "NL103",
    structural=True,
    hint="Name who held it, by an id of the masthead.",
    bad={
        "issues/2026-03-01-example/credits.yaml": "produced_by: tomas\nlocation: Lisbon, Portugal\n"
    },
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good={
        "issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\nlocation: Lisbon, Portugal\n"
    },
)
def missing_role(issue: Issue) -> Found:
    """The masthead says which roles every issue must fill; a reader is owed the names."""
    held = {credit.role.id for credit in issue.credits.roles if credit.holders}
    for role in issue.masthead.roles:
        if role.required and role.id not in held and not issue.credits.broken:
            yield issue.credits.where, f"nobody is credited with {role.label!r} ({role.id})"


@rule(
    "NL104",
    structural=True,
    hint="Add a line such as `location: Lisbon, Portugal`, or one under defaults in the masthead.",
    bad={"issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\n"},
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good={
        "issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\nlocation: Porto, Portugal\n"
    },
)
def missing_location(issue: Issue) -> Found:
    """Where an issue was produced is part of its credits."""
    if not issue.credits.location and not issue.credits.broken:
        yield issue.credits.where, "the issue does not say where it was produced"


STRUCTURAL: tuple[Rule[Issue], ...] = (
    no_section,
    empty_section,
    duplicate_order,
    missing_role,
    missing_location,
)


def check_structure(
    workspace: Workspace, issue: Issue, selection: SelectionStack | None = None
) -> tuple[list[Finding], list[Finding]]:
    """Return what stands in the way, and what would but for its author's word."""
    found = list(run(STRUCTURAL, issue))
    if not found:
        return [], []
    selection = (selection or SelectionStack.of_settings(workspace)).over(issue.choice)
    kept, allowed, _ = divide(selection.of(found), read_allows(workspace, issue))
    return kept, allowed
