"""Drafts come in: bytes of any format -> `Draft` values."""

from __future__ import annotations

from collections.abc import Mapping

from newsletter.importers.draft import Draft


def read_drafts(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return what a file says; an archive of posts or a mailbox says several things.

    `name` is shown to people and only a hint to the format: the content decides. `files` are those beside the draft, by
    the path it has for them. Raises `NewsletterError` for what cannot be read, with what to do instead.
    """
    from newsletter.importers.formats.detect import detect_format

    kind = detect_format(data, name)
    if kind == "markdown":
        from newsletter.importers.formats.markdown_file import read_markdown

        return (read_markdown(data, name, files),)
    if kind == "text":
        from newsletter.importers.formats.plain_text import read_plain_text

        return (read_plain_text(data, name),)
    if kind == "docx":
        from newsletter.importers.formats.docx import read_docx

        return (read_docx(data, name),)
    if kind in ("mail", "mailbox"):
        from newsletter.importers.formats.eml import read_email, read_mailbox

        return (read_email(data, name),) if kind == "mail" else read_mailbox(data, name)
    if kind == "substack":
        from newsletter.importers.formats.substack import read_substack

        return read_substack(data, name)
    from newsletter.importers.formats.web_page import read_html, read_zipped

    return (read_zipped(data, name),) if kind == "web" else (read_html(data, name, files),)
