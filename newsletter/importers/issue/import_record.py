"""`imported.json` in an issue's folder: the result of the last import, used as the merge base.

It is committed with the issue, like receipts, because the person who imports a newer draft may not
be the one who imported the first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

RECORD_NAME = "imported.json"
TEXT = (".md", ".yaml", ".csv")


class ImportBase(Struct, frozen=True):
    """The files as they were imported: full text, and a digest for images."""

    texts: Mapping[str, str]
    digests: Mapping[str, str]


def encode_record(files: Mapping[str, bytes], origin: str) -> bytes:
    """Return the record of files just imported, line by line, so that git shows what changed."""
    texts = {
        name: data.decode().split("\n")
        for name, data in sorted(files.items())
        if name.endswith(TEXT)
    }
    digests = {
        name: sha256_of(data)
        for name, data in sorted(files.items())
        if not name.endswith((*TEXT, RECORD_NAME))
    }
    notes = {"draft": origin, "files": texts, "pictures": digests}
    return (json.dumps(notes, ensure_ascii=False, indent=1) + "\n").encode()


def load_record(folder: Path) -> ImportBase | None:
    """Return the record of the last import, or `None` if there is no readable record."""
    try:
        notes = json.loads((folder / RECORD_NAME).read_bytes())
        texts = {str(name): "\n".join(lines) for name, lines in notes["files"].items()}
        return ImportBase(
            texts, {str(name): str(value) for name, value in notes["pictures"].items()}
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
