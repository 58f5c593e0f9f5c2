"""JSON Schemas of the workspace's files for editors, generated from `documents.py`."""

from __future__ import annotations

import json
from typing import Any


def schemas() -> dict[str, bytes]:
    """Return file name -> JSON Schema (draft 2020-12), one for each kind of file."""
    import msgspec

    from newsletter.schema.documents import SCHEMAS

    return {
        f"{name}.json": _written(name, msgspec.json.schema(type_))
        for name, type_ in SCHEMAS.items()
    }


def _written(name: str, schema: dict[str, Any]) -> bytes:
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"newsletter: {name}",
    }
    return (json.dumps(head | schema, indent=2) + "\n").encode()
