"""Issue + Theme -> MJML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from newsletter.context import html_sections
from newsletter.errors import NewsletterError
from newsletter.model import Issue, Picture, Publication
from newsletter.theme import Theme

MAX_DEPTH = 200  # about 12,000 nested elements crash the MJML engine; a mail has some forty


def assemble(
    issue: Issue, publication: Publication, theme: Theme, values: Mapping[str, Any], pictures: Mapping[str, Picture]
) -> str:
    """Return the mail as MJML, known to be well formed.

    The MJML engine checks nothing: a tag left open in a template swallows what follows it and still succeeds.
    """
    images = publication.image_url(issue.slug, "")
    sections = html_sections(issue, theme, values, pictures, "email", images)
    mjml = theme.render("email.mjml.j2", {**values, "medium": "email", "sections": sections})
    _check(mjml, theme)
    return mjml


def _check(mjml: str, theme: Theme) -> None:
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise NewsletterError(f"the mail is nested more than {MAX_DEPTH} elements deep")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(mjml, True)
    except expat.ExpatError as error:
        lines = mjml.split("\n")
        line = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
        near = line[max(error.offset - 30, 0) : error.offset + 30].strip()
        where = theme.place(theme.environment.get_template("email.mjml.j2").filename or "email.mjml.j2", None)
        message = f"the theme writes MJML that is not well formed: {expat.ErrorString(error.code)} near {near!r}"
        hint = "Close every tag, quote every attribute, write < and & as &lt; and &amp;. Look at your own files first."
        raise NewsletterError(message, where=where, hint=hint) from error
