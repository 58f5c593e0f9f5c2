"""The machine-readable manifest of a build."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from newsletter import __version__
from newsletter.model import Issue
from newsletter.render.context import count_words
from newsletter.render.credits import CreditLine
from newsletter.theme.theme import Theme


def manifest(
    issue: Issue,
    theme: Theme,
    lines: Sequence[CreditLine],
    files: Mapping[str, bytes],
    *,
    values: Mapping[str, Any],
) -> bytes:
    """Return `manifest.json`: sizes in bytes, hexadecimal SHA-256, reading time in minutes."""
    data = {
        "slug": issue.slug,
        "subject": issue.subject,
        "preheader": issue.preheader,
        "date": issue.date.isoformat(),
        "number": issue.number,
        "language": issue.language,
        "words": values["issue"].words,
        "minutes": values["issue"].minutes,
        "sections": [
            {"kind": section.kind, "title": section.title, "words": count_words(section)}
            for section in issue.sections
        ],
        "credits": [
            {
                "roles": list(line.roles),
                "holders": [holder.name for holder in line.holders],
                "text": line.text,
            }
            for line in lines
        ],
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
        "tool": {"name": "newsletter", "version": __version__},
        "theme": {"name": theme.name, "sha256": theme.digest},
    }
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
