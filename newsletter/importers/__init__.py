"""Drafts of any format -> `Draft` values."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import cast

from newsletter.importers.draft import Draft

Reader = Callable[[bytes, str, Mapping[str, bytes] | None], tuple[Draft, ...]]


def read_drafts(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the drafts in a file; an archive of posts or a mailbox contains several.

    The content decides the format; `name` is only a hint and is shown in messages. `files` are the
    files next to the draft, keyed by the path the draft uses for them. Raises `NewsletterError` if
    the file cannot be read, with a hint on what to do instead.
    """
    from newsletter.importers.formats.detect import detect_format

    module, _, function = detect_format(data, name).reader.partition(":")
    reader = importlib.import_module(f"newsletter.importers.formats.{module}")
    return cast(Reader, getattr(reader, function))(data, name, files)
