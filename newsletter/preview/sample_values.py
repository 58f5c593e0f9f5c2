"""An email as one subscriber receives it, with merge fields replaced by sample values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape, unescape

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.markup.inline import MergeField
from newsletter.markup.merge_fields import FIELD, FIELDS
from newsletter.model import walk
from newsletter.render.merge import spell

SAMPLES: Mapping[str, str] = {
    "name": "Ada Lovelace",
    "first_name": "Ada",
    "email": "ada@reader.example",
    "unsubscribe_url": "https://reader.example/unsubscribe?sample",
    "web_url": "https://reader.example/issue?sample",
}


def with_sample_values(html: str, checked: CheckedEmail) -> str:
    """Return HTML with a sample value for each merge field, in its service's syntax."""
    values = dict(_spelled(checked))
    if not values:
        return html
    longest_first = sorted(values, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return pattern.sub(lambda match: escape(values[match[0]]), html)


def _spelled(checked: CheckedEmail) -> Iterator[tuple[str, str]]:
    """Yield the merge fields that the email may contain, each with its sample value."""
    publication = checked.publication
    web_url = publication.web_url(checked.issue.slug)
    written = {f"%%{field}%%" for field in FIELDS}
    for section in checked.issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, MergeField):
                written.add(node.words)
    for text in written:
        match = FIELD.search(text)
        if match is None or match[1] not in SAMPLES:
            continue
        spelling = spell(text, publication, web_url, html=True)
        if "://" in spelling and not FIELD.search(spelling):
            continue  # has the same value for all readers
        for spelled in {text, spelling, unescape(spelling)}:
            yield spelled, SAMPLES[match[1]]
