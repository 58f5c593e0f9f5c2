"""Headings: the outline by which readers with a screen reader navigate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from newsletter.check.email.checked_email import CheckedEmail, accessible_text
from newsletter.check.rule import Violation, rule
from newsletter.markup.heading import Heading
from newsletter.markup.inline import plain
from newsletter.model import Edit, Issue, Section, walk

_LEAD = """<mj-text padding="36px 0 0">
<p>{{ issue.title }}</p>
<p class="e">{{ issue.preheader }}</p>
<p class="o">{{ phrases.minutes.format(minutes=issue.minutes) }}</p>
</mj-text>
"""


@rule(
    "NL611",
    severity="warning",
    hint="Start with ## below the section's title and go one level deeper at a time.",
    bad="The quay is empty.\n\n#### At noon\n\nNobody is there.",
    at="3:1",
    good="The quay is empty.\n\n## At noon\n\nNobody is there.\n\n### In the east\n\nOr there.",
)
def skipped_heading_level(issue: Issue) -> Iterator[Violation]:
    """Screen readers list headings as an outline; a skipped level suggests that something is missing (WCAG 1.3.1)."""
    for section in issue.sections:
        for heading, level in _levels(section):
            if level != heading.level:
                edit = Edit(heading.where, "#" * heading.level + " ", "#" * level + " ")
                message = f"Expected a heading of level {level}, found level {heading.level}"
                yield Violation(heading.where, message, edit)


def _levels(section: Section) -> Iterator[tuple[Heading, int]]:
    """Yield a section's headings, each with the level that skips none and keeps equal levels equal."""
    above: list[tuple[int, int]] = []  # as written, as it should be
    for node in walk(section.blocks):
        if isinstance(node, Heading):
            while above and above[-1][0] >= node.level:
                above.pop()
            level = above[-1][1] + 1 if above else 2
            if node.level == 1:  # the section's title
                level = 1
            above.append((node.level, level))
            yield node, level


@rule(
    "NL612",
    hint="Use one <h1>, for the issue's title, and give every section a title.",
    bad={"templates/default/lead.mjml.j2": _LEAD},
    at="templates/default/lead.mjml.j2:1:1",
    good={
        "templates/default/lead.mjml.j2": _LEAD.replace("<p>", "<h1>", 1).replace(
            "</p>", "</h1>", 1
        )
    },
)
def heading_order(checked: CheckedEmail) -> Iterator[Violation]:
    """The title is the only `<h1>`, sections are `<h2>`, and no level is skipped (WCAG 1.3.1, EMC 2026)."""
    headings = list(checked.elements("h1", "h2", "h3", "h4", "h5", "h6"))
    if (count := sum(heading.tag == "h1" for heading in headings)) != 1:
        yield Violation(checked.written(r"<h1\b|<mjml\b"), f"Expected one <h1>, found {count}")
        return
    reported = {
        violation.where.whole_line for violation in skipped_heading_level.find(checked.issue)
    }
    for above, heading in pairwise(headings):
        if (
            int(str(heading.tag)[1]) > int(str(above.tag)[1]) + 1
            and (where := checked.place(heading)).whole_line not in reported
        ):
            message = f'Skipped heading level: <{heading.tag!s}> "{accessible_text(heading)}" below <{above.tag!s}>'
            yield Violation(where, message)


@rule(
    "NL613",
    severity="warning",
    hint="Add the text, or delete the line.",
    bad="The quay is empty.\n\n##\n\nNobody is there.",
    at="3:1",
    good="The quay is empty.\n\n## At noon\n\nNobody is there.",
)
def empty_heading(issue: Issue) -> Iterator[Violation]:
    """A heading without text is an empty entry in the outline (WCAG 2.4.6)."""
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Heading) and not plain(node.children).strip():
                yield Violation(node.where, "Empty heading")


RULES = (
    skipped_heading_level,
    heading_order,
    empty_heading,
)
