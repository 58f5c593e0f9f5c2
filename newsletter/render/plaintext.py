"""Issue -> the text part, rendered from the model and never from stripped HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from newsletter.model import Issue
from newsletter.render.context import text_sections
from newsletter.theme.look_view import look_values
from newsletter.theme.theme import Theme


def plaintext(issue: Issue, theme: Theme, values: Mapping[str, Any]) -> str:
    """Return the text part: 72 columns, ending in one line break."""
    look = look_values(theme, values["publication"], "")
    given = {**values, **look, "medium": "text", "sections": text_sections(issue, theme)}
    text = theme.render("text.txt.j2", given)
    lines = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    return re.sub(r"\n{4,}", "\n\n\n", lines).strip("\n") + "\n"
