"""The base class of all documents, and their common text types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

# At least one visible character; blanks and zero-width characters do not count as text.
Text = Annotated[str, Meta(min_length=1, pattern=r"[^\s\u200b-\u200f\u2060\ufeff]")]
Address = Annotated[
    str,
    Meta(
        pattern=r"^[^\s@<>,;:\"()]+@[\w-]+(\.[\w-]+)+$",
        extra={"expected": "an email address such as mira@example.org"},
    ),
]
# The name of an approval role, also part of a file name.
RoleName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9_]*$",
        extra={"expected": "a role such as editor: lowercase letters, digits and underscores"},
    ),
]


Level = Literal["error", "warning", "info", "information"]  # the last is a former name of info


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything read from a file: unknown keys are errors."""
