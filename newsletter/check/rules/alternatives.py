"""Alternative text: words for readers who do not see the images."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.example import IMAGE
from newsletter.check.prose.graphemes import graphemes
from newsletter.check.rule import Violation, rule
from newsletter.markup.figure import Figure
from newsletter.markup.inline import InlineImage
from newsletter.model import Issue, walk

QUAY = "issues/2026-03-01-example/images/quay.png"
_REMOTE = (
    "::: figure\nsrc: https://pictures.sea.example/quay.jpg\nalt: {alt}\nwidth: 300\n"
    "credit: Mira Oduya\nlicence: CC BY 4.0\n{more}:::"
)
_GOOD = _REMOTE.format(alt="An empty quay at noon", more="")
_ESSAY = "templates/default/sections/essay.mjml.j2"
_CLOSING = '{{% extends "section.mjml.j2" %}}\n{{% block close %}}{}{{% endblock %}}\n'
LONG = 250  # characters; a long sentence or two, after which a caption serves everybody

# File names given by cameras, phones and programs, and what services fill in (Buttondown's pre-flight).
_FILE_NAME = re.compile(
    r".*\.(?:png|jpe?g|gif|webp|svg|heic|tiff?|bmp)"
    r"|(?:img|dsc[nf]?|pxl|screen ?shot|unnamed|untitled|image|picture|photo|download|alt(?: text)?"
    r"|placeholder|description|caption)(?:[\d\s_.,:()-]|at )*"
    r"|uploaded by .*|(?:image|photo|this) may (?:contain|be) .*|(?:no alt(?:ernative)? text|alt text here).*",
    re.IGNORECASE,
)


_NAMED = re.compile(
    r"\S*\.\w{3,4}\b|(?:img|dsc|pxl|screen|un|image|picture|photo|download)", re.IGNORECASE
)


@rule(
    "NL606",
    hint='Add alt="…" to every <img> of the theme, or alt="" to a decorative one.',
    bad={
        _ESSAY: _CLOSING.format(
            "<p><img src='https://pictures.sea.example/gull.png' width='40' /></p>"
        )
    },
    at=f"{_ESSAY}:2:21",
    good={
        _ESSAY: _CLOSING.format(
            "<p><img src='https://pictures.sea.example/gull.png' width='40' alt='' /></p>"
        )
    },
)
def missing_alt(checked: CheckedEmail) -> Iterator[Violation]:
    """Without `alt`, a screen reader reads out the image's address (WCAG 1.1.1; 48 % of emails, EMC 2026)."""
    for image in checked.elements("img"):
        if image.get("alt") is None:
            name = (image.get("src") or "").rpartition("/")[2]
            yield Violation(
                checked.written(r"<(?:img|mj-image)\b(?![^>]*\balt=)"),
                f'No alt attribute on the image "{name}"',
            )


@rule(
    "NL607",
    hint="Add an alternative text that describes where the link goes.",
    bad=_REMOTE.format(alt='""', more="link: https://sea.example/quay\n"),
    at="1:1",
    good=_REMOTE.format(alt="An empty quay at noon", more="link: https://sea.example/quay\n"),
)
def linked_image_without_alt(issue: Issue) -> Iterator[Violation]:
    """A link around an image with an empty `alt` is announced by its address (WCAG 2.4.4, failure F89)."""
    for figure in _figures(issue):
        if figure.link and not figure.image.alt.strip():
            yield Violation(figure.where, f"No alternative text on the linked image: {figure.link}")


@rule(
    "NL608",
    severity="warning",
    hint='Describe the image between the brackets; for decoration, use `::: figure` with `alt: ""`.',
    bad={"10-essay.md": "---\nkind: essay\n---\n![](images/quay.png)\n", QUAY: IMAGE},
    at="10-essay.md:4:1",
    good={"10-essay.md": f"---\nkind: essay\n---\n{_GOOD}\n"},
)
def empty_alt(issue: Issue) -> Iterator[Violation]:
    """An image on its own carries meaning, so it needs words for readers who do not see it (WCAG 1.1.1)."""
    for figure in _figures(issue):
        # `::: figure` requires `alt`: an empty one there is deliberate.
        written_short = figure.where == figure.image.where
        if written_short and not figure.link and not figure.image.alt.strip():
            yield Violation(figure.where, f"Empty alternative text for {figure.image.src}")


@rule(
    "NL609",
    severity="warning",
    hint="Describe what the image shows.",
    bad=_REMOTE.format(alt="IMG_2041.jpg", more=""),
    at="2:6",
    good=_GOOD,
)
def file_name_as_alt(issue: Issue) -> Iterator[Violation]:
    """A file name does not describe the image (WCAG failure F30), nor does the text a service fills in."""
    for image in _images(issue):
        if _FILE_NAME.fullmatch(image.alt.strip()):
            problem = "Generic alternative text"
            if _NAMED.match(image.alt):
                problem = "File name as alternative text"
            yield Violation(image.where, f'{problem}: "{image.alt}"')


@rule(
    "NL610",
    severity="info",
    hint="Describe the image in one sentence, and move the rest to the caption.",
    bad=_REMOTE.format(
        alt="The quay is empty at noon." + " Nobody waits there, nothing floats there." * 6, more=""
    ),
    at="2:6",
    good=_GOOD,
)
def alt_too_long(issue: Issue) -> Iterator[Violation]:
    """A screen reader reads alternative text in one go, without headings or a way to go back to a word."""
    for image in _images(issue):
        if (length := len(graphemes(image.alt))) > LONG:
            yield Violation(
                image.where,
                f"Alternative text of {length} characters; keep it under {LONG}",
            )


def _figures(issue: Issue) -> list[Figure]:
    return [
        node
        for section in issue.sections
        for node in walk(section.blocks)
        if isinstance(node, Figure)
    ]


def _images(issue: Issue) -> list[InlineImage]:
    return [
        node
        for section in issue.sections
        for node in walk(section.blocks)
        if isinstance(node, InlineImage)
    ]


RULES = (
    missing_alt,
    linked_image_without_alt,
    empty_alt,
    file_name_as_alt,
    alt_too_long,
)
