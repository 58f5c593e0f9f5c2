"""How text looks and sounds: underlined links, capitals, repeated emoji, images in dark mode."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from newsletter.check.example import IMAGE
from newsletter.check.prose.graphemes import EMOJI
from newsletter.check.rule import Violation, rule
from newsletter.markup.inline import InlineImage, Text
from newsletter.markup.pullquote import PullQuote
from newsletter.markup.quote import Quote
from newsletter.model import Image, Issue, Location, Node, walk

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newsletter.check.email.checked_email import CheckedEmail
    from newsletter.theme.colors import Color

_ESSAY = "templates/default/sections/essay.mjml.j2"
_CLOSING = '{{% extends "section.mjml.j2" %}}\n{{% block close %}}{}{{% endblock %}}\n'
_LINKED = (
    "<p>{{{{ phrases.source }}}}: "
    "<a href='{{{{ web_url }}}}' style='{}'>{{{{ phrases.view_in_browser }}}}</a></p>"
)


_NO_LINE = re.compile(r"text-decoration(?:-line)?:\s*none")


@rule(
    "NL614",
    severity="warning",
    hint="Keep links in text underlined.",
    bad={_ESSAY: _CLOSING.format(_LINKED.format("text-decoration:none"))},
    at=f"{_ESSAY}:2:74",
    good={_ESSAY: _CLOSING.format(_LINKED.format("text-decoration:underline"))},
)
def link_not_underlined(checked: CheckedEmail) -> Iterator[Violation]:
    """Readers with low color vision cannot tell a link from the text around it by color alone (WCAG 1.4.1).

    A link on a line of its own, such as a button, is exempt.
    """
    for link in checked.elements("a"):
        if _NO_LINE.search(link.get("style") or "") and _in_text(link):
            yield Violation(
                checked.written(r"text-decoration(?:-line)?:\s*none"),
                f'Link without an underline: "{link.text_content().strip()}"',
            )
            return


def _in_text(link: HtmlElement) -> bool:
    """Return whether there are words before or after a link in its block."""
    block = next(link.iterancestors("p", "li", "td", "th", "div", "h1", "h2", "h3", "h4"), None)
    if block is None:
        return False
    around = str(block.text_content())
    for inner in block.iter("a"):
        around = around.replace(str(inner.text_content()), "", 1)
    return re.search(r"\w", around) is not None


_TYPED_LOUD = re.compile(r"\b[^\W\d_a-z]{2,}(?:[ ’'-][^\W\d_a-z]+){2,}")
_WORDS = re.compile(r"[^\W\d_]+")
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")


@rule(
    "NL616",
    severity="warning",
    hint="Use sentence case; write `**strong**` for emphasis, or set capitals in the theme.",
    bad="THE QUAY STOOD EMPTY ALL NIGHT and nobody came.",
    at="1:1",
    good="**The quay stood empty all night** and nobody came, said UNCTAD and NATO.",
)
def all_caps_text(issue: Issue) -> Iterator[Violation]:
    """Text in capitals is slower to read, and some screen readers spell it letter by letter.

    Quotations are exempt.
    """
    reported: set[str] = set()
    for where, words in _texts(issue):
        if words == issue.subject:
            continue  # NL903 reports it
        for match in _TYPED_LOUD.finditer(words):
            loud = (
                all(map(str.isupper, _WORDS.findall(match[0])))
                and len(_LONG_WORD.findall(match[0])) > 1
            )
            if loud and match[0] not in reported:
                reported.add(match[0])
                yield Violation(
                    _moved(where, words, match.start()), f'Text in capitals: "{match[0][:40]}"'
                )


_ROW = rf"{EMOJI}(?:\s?{EMOJI}){{2,}}"


@rule(
    "NL617",
    severity="warning",
    hint="Use one emoji.",
    bad="The quay is empty 🚢🚢🚢 at noon.",
    at="1:19",
    good="The quay is empty 🚢 at noon.",
)
def consecutive_emoji(issue: Issue) -> Iterator[Violation]:
    """A screen reader announces the name of every emoji: "ship ship ship"."""
    for where, words in _texts(issue):
        if not words.isascii():
            for match in re.finditer(_ROW, words):
                count = len(re.findall(EMOJI, match[0]))
                yield Violation(_moved(where, words, match.start()), f"{count} emoji in a row")


def _texts(issue: Issue) -> Iterator[tuple[Location, str]]:
    for key in ("title", "preheader"):
        yield issue.places.get(key, issue.where), getattr(issue, key)
    for section in issue.sections:
        if section.title:
            yield section.places.get("title", section.where), section.title
        yield from (
            (node.where, node.words) for node in _own(section.blocks) if isinstance(node, Text)
        )


def _own(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield nodes and everything in them except quotations."""
    for node in nodes:
        if not isinstance(node, Quote | PullQuote):
            yield node
            yield from _own(node.children)


def _moved(where: Location, words: str, offset: int) -> Location:
    """Return the location of a character, or that of the text unless both are on the same line."""
    if where.column is None or "\n" in words[:offset]:
        return where
    return replace(where, column=where.column + offset)


# 16 × 16 pixels: a dark square on a transparent background.
_DARK = (
    b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x01\x03\0\0\0%=m"\0\0\0\x06PLTE\xff\xff\xff\x1e\x1e\x1em4_\xb8'
    b"\0\0\0\x01tRNS\0@\xe6\xd8f\0\0\0\x14IDATx\xdac`@\x02\xfc\x1f\x98\x18\x180\x112\0\0#m\x01\x0e\x87\xc8\xfe9\0\0\0\0IEND\xaeB`\x82"
)
_LOGO = "::: figure\nsrc: images/logo.png\nalt: A dark square\ncredit: Mira Oduya\nlicence: CC BY 4.0\n:::\n"
SEEN_THROUGH = 0.2  # the part of an image that must be transparent: less is a rounded corner
VISIBLE = 3  # contrast that graphics need (WCAG 1.4.11)


@rule(
    "NL621",
    severity="warning",
    hint="Add an opaque background, or a light outline around the dark parts.",
    bad={
        "10-essay.md": f"---\nkind: essay\n---\n{_LOGO}",
        "issues/2026-03-01-example/images/logo.png": _DARK,
    },
    at="10-essay.md:5:6",
    good={
        "10-essay.md": f"---\nkind: essay\n---\n{_LOGO}",
        "issues/2026-03-01-example/images/logo.png": IMAGE,
    },
)
def image_invisible_in_dark_mode(checked: CheckedEmail) -> Iterator[Violation]:
    """Dark lines on a transparent background disappear in dark mode."""
    from newsletter.theme.colors import contrast, parse_color

    dark = parse_color(str(checked.theme.tokens.get("dark", {}).get("paper", ""))) or parse_color(
        "#1e1e1e"
    )
    nodes = [node for section in checked.issue.sections for node in walk(section.blocks)]
    places = {node.src: node.where for node in nodes if isinstance(node, InlineImage)}
    for image in checked.email.images:
        color = _mean_color(image) if image.variant_of is None else None
        if color and dark and image.src in places and contrast(color, dark[0]) < VISIBLE:
            message = f"Image invisible in dark mode: {image.src} is dark ({color}) on transparent"
            yield Violation(places[image.src], message)


def _mean_color(image: Image) -> Color | None:
    """Return the mean color of the opaque pixels of a partly transparent image."""
    if image.data is None or image.type not in ("png", "gif"):
        return None
    import io

    from PIL import Image as Pillow

    from newsletter.theme.colors import Color

    opened = Pillow.open(io.BytesIO(image.data))
    if opened.mode not in ("RGBA", "LA", "PA") and "transparency" not in opened.info:
        return None
    small = opened.convert("RGBA")
    small.thumbnail((64, 64), Pillow.Resampling.NEAREST)
    data = small.tobytes()
    opaque = [data[at : at + 3] for at in range(0, len(data), 4) if data[at + 3] > 127]
    if not opaque or len(opaque) > (1 - SEEN_THROUGH) * len(data) / 4:
        return None
    return Color(*(sum(pixel[part] for pixel in opaque) / len(opaque) / 255 for part in range(3)))


RULES = (
    link_not_underlined,
    all_caps_text,
    consecutive_emoji,
    image_invisible_in_dark_mode,
)
