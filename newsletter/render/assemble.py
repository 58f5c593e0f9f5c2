"""Issue + Theme -> MJML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.errors import NewsletterError
from newsletter.model import Image, Issue, Publication, Section
from newsletter.render.context import html_sections
from newsletter.theme import wellformed
from newsletter.theme.look_view import look_values
from newsletter.theme.theme import Theme


def assemble(
    issue: Issue,
    publication: Publication,
    theme: Theme,
    values: Mapping[str, Any],
    *,
    prepared: Mapping[str, Image],
) -> str:
    """Return the email as MJML. Raises `NewsletterError` at a template that is not well formed."""
    prefix = publication.image_url(issue.slug, "")
    sections = html_sections(issue, theme, values, prepared, medium="email", prefix=prefix)
    look = look_values(theme, publication, prefix)
    given = {**values, **look, "medium": "email", "sections": sections}
    mjml = theme.render("email.mjml.j2", given)
    if fault := wellformed.error(mjml):
        raise _located(fault, issue, theme, given)
    return mjml


def _located(fault: str, issue: Issue, theme: Theme, given: Mapping[str, Any]) -> NewsletterError:
    """Return the error located at its template: render each one until one is not well formed."""
    template, during = "email.mjml.j2", ""
    for name, section, values in _parts(issue, theme, given):
        if alone := wellformed.error(f"<mj>{theme.render(name, values)}</mj>"):
            template, fault = name, alone
            during = f", for {section.where.path}" if section else ""
            break
    where = theme.place(theme.environment.get_template(template).filename or template, None)
    message = f"Malformed MJML in the theme{during}: {fault}"
    return NewsletterError(
        message, where=where, hint=f"{wellformed.HINT} Check your own files first."
    )


def _parts(
    issue: Issue, theme: Theme, given: Mapping[str, Any]
) -> Iterator[tuple[str, Section | None, Mapping[str, Any]]]:
    """Yield each template of an email with its values."""
    for name in ("masthead", "lead", "credits", "foot"):
        yield f"{name}.mjml.j2", None, given
    for section, view in zip(issue.sections, given["sections"], strict=True):
        alone = {**given, "section": view, "run": False, "run_ends": True}
        yield _template(section.kind, theme), section, alone


def _template(kind: str, theme: Theme) -> str:
    """Return the template of a kind; one that only the settings define has the general one."""
    names = (f"{kind}.mjml.j2", f"{kind}.j2")
    paths = [folder / "sections" / name for folder in theme.folders for name in names]
    return (
        f"sections/{kind}.mjml.j2" if any(path.is_file() for path in paths) else "section.mjml.j2"
    )
