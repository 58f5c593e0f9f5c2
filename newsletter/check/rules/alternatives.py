"""Words for those who do not see the pictures, and names for what can be pressed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.email.subject import CheckedEmail
from newsletter.check.example import PICTURE
from newsletter.check.rule import Violation, rule
from newsletter.markup.figure import Figure
from newsletter.markup.inline import InlineImage
from newsletter.model import Issue, walk

QUAY = "issues/2026-03-01-example/images/quay.png"
_REMOTE = (
    "::: figure\nsrc: https://pictures.example.org/quay.jpg\nalt: {alt}\nwidth: 300\n"
    "credit: Mira Oduya\nlicence: CC BY 4.0\n{more}:::"
)
_GOOD = _REMOTE.format(alt="An empty quay at noon", more="")
_ESSAY = "templates/default/sections/essay.mjml.j2"
_CLOSING = '{{% extends "section.mjml.j2" %}}\n{{% block close %}}{}{{% endblock %}}\n'
LONG = 250  # characters; a long sentence or two, after which a caption serves everybody

# What cameras, phones, programs and banks of pictures call files, and what services put in (Buttondown's pre-flight).
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
    hint='Write alt="…" on every <img> of the theme, and alt="" on one that is decoration.',
    bad={
        _ESSAY: _CLOSING.format(
            "<p><img src='https://pictures.example.org/gull.png' width='40' /></p>"
        )
    },
    at=f"{_ESSAY}:2:21",
    good={
        _ESSAY: _CLOSING.format(
            "<p><img src='https://pictures.example.org/gull.png' width='40' alt='' /></p>"
        )
    },
)
def missing_alt(mail: CheckedEmail) -> Iterator[Violation]:
    """Without `alt` a screen reader reads the address of the picture (WCAG 1.1.1; 48 % of mails, EMC 2026)."""
    for image in mail.elements("img"):
        if image.get("alt") is None:
            name = (image.get("src") or "").rpartition("/")[2]
            yield Violation(
                mail.written(r"<(?:img|mj-image)\b(?![^>]*\balt=)"),
                f"the picture {name!r} has no alt attribute",
            )


@rule(
    "NL607",
    hint="Give the picture an alternative text that says where the link leads.",
    bad=_REMOTE.format(alt='""', more="link: https://example.org/quay\n"),
    at="1:1",
    good=_REMOTE.format(alt="An empty quay at noon", more="link: https://example.org/quay\n"),
)
def linked_picture_without_words(issue: Issue) -> Iterator[Violation]:
    """A link around nothing but a picture with an empty `alt` is announced by its address (WCAG 2.4.4, failure F89)."""
    for figure in _figures(issue):
        if figure.link and not figure.image.alt.strip():
            yield Violation(figure.where, f"nothing says where the picture leads: {figure.link}")


@rule(
    "NL608",
    severity="warning",
    hint='Write what the picture shows between the brackets; for decoration, use `::: figure` with `alt: ""`.',
    bad={"10-essay.md": "---\nkind: essay\n---\n![](images/quay.png)\n", QUAY: PICTURE},
    at="10-essay.md:4:1",
    good={"10-essay.md": f"---\nkind: essay\n---\n{_GOOD}\n"},
)
def picture_without_words(issue: Issue) -> Iterator[Violation]:
    """A picture that stands alone says something, so it needs words for those who do not see it (WCAG 1.1.1)."""
    for figure in _figures(issue):
        # `::: figure` demands `alt`: who writes an empty one there means it.
        written_short = figure.where == figure.image.where
        if written_short and not figure.link and not figure.image.alt.strip():
            yield Violation(figure.where, f"{figure.image.src} has no words")


@rule(
    "NL609",
    severity="warning",
    hint="Say what there is to see.",
    bad=_REMOTE.format(alt="IMG_2041.jpg", more=""),
    at="2:6",
    good=_GOOD,
)
def alt_is_file_name(issue: Issue) -> Iterator[Violation]:
    """A file's name tells nobody what the picture shows (WCAG failure F30), nor does what a service fills in."""
    for image in _images(issue):
        if _FILE_NAME.fullmatch(image.alt.strip()):
            what = (
                "is the name of a file"
                if _NAMED.match(image.alt)
                else "says nothing of the picture"
            )
            yield Violation(image.where, f"the alternative text {image.alt!r} {what}")


@rule(
    "NL610",
    severity="information",
    hint="Say in a sentence what there is to see, and the rest in the caption, for everybody.",
    bad=_REMOTE.format(
        alt="The quay is empty at noon." + " Nobody waits there, nothing floats there." * 6, more=""
    ),
    at="2:6",
    good=_GOOD,
)
def alt_too_long(issue: Issue) -> Iterator[Violation]:
    """An alternative text is read in one breath; there is no way back to a word of it, and no heading inside."""
    for image in _images(issue):
        if len(image.alt) > LONG:
            yield Violation(
                image.where,
                f"the alternative text has {len(image.alt)} characters; {LONG} are many",
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
    linked_picture_without_words,
    picture_without_words,
    alt_is_file_name,
    alt_too_long,
)
