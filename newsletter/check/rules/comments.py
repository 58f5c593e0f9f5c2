"""Comments for colleagues that change what readers get."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsletter.check.prose.passages import lines
from newsletter.check.rule import Violation, rule
from newsletter.markup.comment import Comment
from newsletter.markup.paragraph import Paragraph
from newsletter.model import Issue, Node


@rule(
    "NL034",
    severity="warning",
    hint="Move it above the paragraph, or to the end of one of its lines.",
    bad="The quay is empty\n<!-- at noon? ask Tomás -->\nat noon.",
    at="2:1",
    good="The quay is empty <!-- at noon? ask Tomás -->\nat noon.\n\n<!-- and at six? -->\nNobody came.",
)
def comment_splits_paragraph(issue: Issue) -> Iterator[Violation]:
    """A comment on a line of its own ends the paragraph above it: one becomes two (CommonMark §4.6)."""
    for section in issue.sections:
        typed = lines(section)
        for comment in _between_paragraphs(section.blocks):
            first = comment.where.line or 1
            neighbors = (typed[first - 2], "".join(typed[first + comment.words.count("\n") :][:1]))
            if all(line.strip("> \t") for line in neighbors):
                yield Violation(comment.where, "Comment splits the paragraph in two")


def _between_paragraphs(nodes: Sequence[Node]) -> Iterator[Comment]:
    for before, node, after in zip(nodes, nodes[1:], nodes[2:], strict=False):
        if (
            isinstance(node, Comment)
            and isinstance(before, Paragraph)
            and isinstance(after, Paragraph)
        ):
            yield node
    for node in nodes:
        yield from _between_paragraphs(node.children)


RULES = (comment_splits_paragraph,)
