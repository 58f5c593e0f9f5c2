"""The text part as its reader sees it: words without HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsletter.check.prose.passages import asides, passages
from newsletter.check.rule import Violation, rule
from newsletter.markup.code import CodeBlock
from newsletter.markup.inline import Code
from newsletter.model import Issue, walk

if TYPE_CHECKING:
    from newsletter.check.email.checked_email import CheckedEmail

_MARKUP = re.compile(
    r"&(?:#\d{2,6}|#x[\da-f]{2,5}|[a-z]{2,8}\d{0,2});"
    r"|</?(?:a|b|br|center|div|em|font|h[1-6]|i|img|li|ol|p|span|strong|sub|sup|table|td|tr|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


@rule(
    "NL963",
    hint="Type the character itself (&, –, é) and remove tags; values in YAML are printed as typed.",
    bad={
        "10-essay.md": "---\nkind: essay\ntitle: Ships &amp; cranes\nby: mira\n---\nThe quay is empty at noon.\n"
    },
    at="10-essay.md:3:8",
    good={
        "10-essay.md": "---\nkind: essay\ntitle: Ships & cranes\nby: mira\n---\nHTML writes & as `&amp;`.\n"
    },
    also_triggers=("NL321",),
)
def markup_in_text(checked: CheckedEmail) -> Iterator[Violation]:
    """Entities and tags in a title, an alternative text or a template are printed literally.

    A section's Markdown interprets them; in code, or escaped, they are deliberate.
    """
    meant = _meant(checked.issue)
    reported: set[str] = set()
    for match in _MARKUP.finditer(checked.email.text):
        if match[0] not in reported and match[0] not in meant:
            reported.add(match[0])
            places = [where for words, where in asides(checked.issue) if match[0] in words]
            for where in places or [checked.written(re.escape(match[0]))]:
                yield Violation(where, f"HTML in plain text: {match[0]}")


def _meant(issue: Issue) -> str:
    """Return all words of sections, and all code."""
    words = [passage.words for passage in passages(issue)]
    nodes = (node for section in issue.sections for node in walk(section.blocks))
    return "\n".join(
        [*words, *(node.words for node in nodes if isinstance(node, Code | CodeBlock))]
    )


RULES = (markup_in_text,)
