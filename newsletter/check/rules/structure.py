"""Whether an issue has what makes it one."""

from __future__ import annotations

from newsletter.check.rule import Found, rule
from newsletter.markup.comment import Comment
from newsletter.model import Issue


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
            yield section.where._replace(line=1), f"the number {section.order} is also that of {first[section.order]}"
        first.setdefault(section.order, section.where.path.rsplit("/", 1)[-1])
