"""Whether pictures arrive, and as large as they were meant to."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from lxml import html as lxml_html

from newsletter.check.email.origin import in_theme
from newsletter.check.email.subject import CheckedEmail
from newsletter.check.example import FRONT, SLUG
from newsletter.check.rule import Violation, rule
from newsletter.check.rules.html import at, closing
from newsletter.markup.inline import InlineImage
from newsletter.model import Image, Location, walk

HEAVY = 200 * 1024  # bytes of one picture
HEAVY_IN_ALL = 1024 * 1024
TALLEST = 1728  # pixels on the page
WIDEST = 600

FIGURE = "src: images/quay.gif\nalt: The north quay without ships\ncredit: Tomás Leal\nlicence: CC BY 4.0\n"
ESSAY = f"{FRONT}::: figure\n{FIGURE}:::\n"
QUAY = f"issues/{SLUG}/images/quay.gif"
RIGHTS = "<div>{{ phrases.photo.format(name=block.credit) }}, {{ block.licence }}</div>\n"
PARTIAL = "templates/default/blocks/figure.html.j2"


def gif(width: int, height: int, weight: int = 0) -> bytes:
    """Return a moving picture of one colour, which is sent as it is; `weight` bytes of comment are in it."""
    frame = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    comment = b"!\xfe" + (b"\xff" + b" " * 255) * (weight // 256) + b"\0"
    return (
        b"GIF89a"
        + struct.pack("<HH", width, height)
        + b"\x80\0\0\xff\xff\xff\0\0\0"
        + comment
        + frame
        + frame
        + b";"
    )


@rule(
    "NL510",
    severity="warning",
    hint="Save it smaller, as JPEG, or with fewer frames.",
    bad={"10-essay.md": ESSAY, QUAY: gif(40, 30, HEAVY + 1024)},
    at="10-essay.md:7:6",
    good={"10-essay.md": ESSAY, QUAY: gif(40, 30, HEAVY // 2)},
)
def image_too_heavy(mail: CheckedEmail) -> Iterator[Violation]:
    """Many read on the road: a phone loads 200 KB for a picture and 1 MB for all before its owner scrolls on."""
    pictures = [picture for picture in mail.email.images if picture.data is not None]
    for picture in pictures:
        if (weight := _weight(picture)) > HEAVY:
            yield Violation(
                _author(mail, picture),
                f"{picture.src} has {weight // 1024:,} KB, and {HEAVY // 1024} are enough",
            )
    if (whole := sum(map(_weight, pictures))) > HEAVY_IN_ALL:
        heaviest = max(pictures, key=_weight)
        where = _author(mail, heaviest)
        yield Violation(
            where,
            f"the pictures have {whole // 1024:,} KB together; the heaviest is {heaviest.src}",
        )


def _weight(picture: Image) -> int:
    return len(picture.data or b"")


def _author(mail: CheckedEmail, picture: Image) -> Location:
    for section in mail.issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, InlineImage) and node.src == picture.src:
                return node.where
    return mail.issue.where


@rule(
    "NL511",
    severity="warning",
    hint="Cut it in two, or show it smaller with `width:`.",
    bad={"10-essay.md": ESSAY, QUAY: gif(40, 1800)},
    at="10-essay.md:7:6",
    good={"10-essay.md": ESSAY, QUAY: gif(40, 1700)},
)
def image_too_tall(mail: CheckedEmail) -> Iterator[Violation]:
    """Outlook for Windows cuts what is taller than 1,728 pixels: Word lays mails out on pages of 18 inches."""
    heights = {picture.name: picture.height for picture in mail.email.images if picture.height}
    for image in mail.elements("img"):
        said = image.get("height") or ""
        height = (
            int(said)
            if said.isdecimal()
            else heights.get((image.get("src") or "").rpartition("/")[2], 0)
        )
        if height > TALLEST:
            yield Violation(
                mail.place(image),
                f"the picture is shown {height:,} pixels tall; Outlook cuts it at {TALLEST:,}",
            )


@rule(
    "NL512",
    hint='Write width="…" with the pixels on the page, at most 600, beside any width in CSS.',
    bad={
        "10-essay.md": ESSAY,
        QUAY: gif(40, 30),
        PARTIAL: '<div><img src="{{ block.src }}" alt="{{ block.alt }}" /></div>\n' + RIGHTS,
    },
    at=f"{PARTIAL}:1:6",
    good={
        "10-essay.md": ESSAY,
        QUAY: gif(40, 30),
        PARTIAL: '<div><img src="{{ block.src }}" alt="{{ block.alt }}" width="{{ block.width }}" /></div>\n'
        + RIGHTS,
    },
)
def image_without_width(mail: CheckedEmail) -> Iterator[Violation]:
    """Outlook for Windows knows no width but the attribute's, and shows a picture without one at its own size.

    That is twice the size meant, for pictures are saved for dense screens.
    """
    for image in mail.elements("img"):
        said = (image.get("width") or "").strip()
        if not (said.isdecimal() and 1 <= int(said) <= WIDEST):
            message = (
                f'width="{said}" is no number of pixels from 1 to {WIDEST}'
                if said
                else "the picture has no width"
            )
            yield Violation(_template(mail, image), message)


@rule(
    "NL513",
    hint="Put the picture in the issue's images/ folder, or on a server that is reached by https.",
    bad=closing('<img src="http://example.org/line.png" alt="" width="560" />'),
    at=at(column=28),
    good=closing('<img src="https://example.org/line.png" alt="" width="560" />'),
)
def image_source(mail: CheckedEmail) -> Iterator[Violation]:
    """Gmail shows no data: addresses and no SVG, many clients nothing without https, and none a relative address."""
    for image in mail.elements("img"):
        src = image.get("src") or ""
        if what := next(_wrong(src), None):
            ours = src.startswith(mail.publication.image_url(mail.issue.slug, ""))
            whose = " (`url` or `[images] url` of the settings)" if ours else ""
            where = mail.place(image) if ours else _template(mail, image)
            yield Violation(where, f"{what}: {src[:60]}{'…' if len(src) > 60 else ''}{whose}")


_SVG = re.compile(r"\.svgz?(?:[?#]|$)", re.IGNORECASE)


def _wrong(src: str) -> Iterator[str]:
    scheme = src.partition(":")[0].lower()
    if scheme == "data":
        yield "a picture inside the HTML is not shown by Gmail"
    elif scheme not in ("https", "cid"):
        yield "a picture needs an https address" if src else "a picture has no address"
    elif _SVG.search(src):
        yield "Gmail and Outlook show no SVG"


def _template(mail: CheckedEmail, image: lxml_html.HtmlElement) -> Location:
    src = image.get("src") or ""
    return (
        (in_theme(mail.theme, src) if src else None)
        or in_theme(mail.theme, "<img")
        or mail.place(image)
    )


RULES = (
    image_too_heavy,
    image_too_tall,
    image_without_width,
    image_source,
)
