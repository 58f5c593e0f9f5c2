"""A request in one line for `--dry-run`: method, path, fields and sizes; never a header, so never a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.targets.client import Request

SHORT = 48  # characters of a value shown unabridged


def describe(request: Request) -> str:
    """Return a readable description of a request."""
    parts = [f"{request.method} {request.target}"]
    if request.upload is not None:
        upload = request.upload
        parts.append(f"{upload.field}={upload.name} ({len(upload.data):,} bytes)")
    if request.json is not None:
        parts.append(", ".join(_fields(request.json)))
    return "  ".join(parts)


def _fields(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _fields(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        for number, item in enumerate(value):
            yield from _fields(item, f"{name}[{number}]")
    else:
        text = str(value)
        shown = text if len(text) <= SHORT and "\n" not in text else None
        yield f"{name}={shown}" if shown is not None else f"{name} ({len(text.encode()):,} bytes)"
