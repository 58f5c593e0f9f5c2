"""Drafts come in: bytes of any format -> `Draft` values."""

from __future__ import annotations

from newsletter.importers.draft import Draft


def read(data: bytes, name: str) -> tuple[Draft, ...]:
    """Return what a file says; an archive of posts or a mailbox says several things.

    `name` is shown to people and only a hint to the format: the content decides. Raises `NewsletterError` for what
    cannot be read, with what to do instead.
    """
    raise NotImplementedError
