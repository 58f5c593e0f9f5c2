"""`imported.json` in an issue's folder: what the last import wrote, from which a newer draft and the editors parted.

It is committed with the issue, as receipts are: whoever brings in the newer draft need not be who brought the first.
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
    """The files as they were imported: texts whole, of pictures a digest."""

    texts: Mapping[str, str]
    digests: Mapping[str, str]


def encode_record(files: Mapping[str, bytes], origin: str) -> bytes:
    """Return what to remember of files just imported; line by line, so that git shows what changed."""
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
    """Return what the last import wrote, `None` where nothing that can be read says so."""
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
