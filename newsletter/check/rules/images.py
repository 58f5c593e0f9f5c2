"""Whether images arrive, at the intended size."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from lxml import html as lxml_html

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.origin import in_theme
from newsletter.check.example import FRONT, SLUG
from newsletter.check.rule import Violation, rule
from newsletter.check.rules.html import at, closing
from newsletter.markup.inline import InlineImage
from newsletter.model import Image, Location, walk

HEAVY = 200 * 1024  # bytes of one image
HEAVY_IN_ALL = 1024 * 1024
TALLEST = 1728  # pixels on the page
WIDEST = 600

FIGURE = "src: images/quay.gif\nalt: The north quay without ships\ncredit: Tomás Leal\nlicence: CC BY 4.0\n"
ESSAY = f"{FRONT}::: figure\n{FIGURE}:::\n"
QUAY = f"issues/{SLUG}/images/quay.gif"
RIGHTS = "<div>{{ phrases.photo.format(name=block.credit) }}, {{ block.licence }}</div>\n"
PARTIAL = "templates/default/blocks/figure.html.j2"


def gif(width: int, height: int, weight: int = 0) -> bytes:
    """Return an animated GIF of one color, which is sent unchanged, padded by a comment of `weight` bytes."""
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


def two_frames(*, blank_first: bool) -> bytes:
    """Return an animation of 2 × 1 pixels with one blank frame."""
    # LZW codes of two pixels each (GIF89a, appendix F): clear, both white, end; clear, white and black, end.
    head = b"GIF89a" + struct.pack("<HH", 2, 1) + b"\x80\0\0\xff\xff\xff\0\0\0"
    frame = b",\0\0\0\0\2\0\1\0\0\2\2"
    blank, full = frame + b"\x04\x0a\0", frame + b"\x44\x0a\0"
    frames = (blank, full) if blank_first else (full, blank)
    return head + b"".join(frames) + b";"


@rule(
    "NL510",
    severity="warning",
    hint="Save it smaller, as JPEG, or with fewer frames.",
    bad={"10-essay.md": ESSAY, QUAY: gif(40, 30, HEAVY + 1024)},
    at="10-essay.md:7:6",
    good={"10-essay.md": ESSAY, QUAY: gif(40, 30, HEAVY // 2)},
)
def image_too_heavy(checked: CheckedEmail) -> Iterator[Violation]:
    """Large images load slowly on phones: keep each under 200 KB and all of them under 1 MB."""
    # Of the files of one image, a reader loads one.
    images = [image for image in checked.email.images if image.data and image.variant_of is None]
    for image in images:
        if (weight := _weight(image)) > HEAVY:
            yield Violation(
                _author(checked, image),
                f"Image of {weight // 1024:,} KB, over {HEAVY // 1024} KB: {image.src}",
            )
    if (whole := sum(map(_weight, images))) > HEAVY_IN_ALL:
        heaviest = max(images, key=_weight)
        where = _author(checked, heaviest)
        yield Violation(
            where,
            f"Images of {whole // 1024:,} KB in total, over {HEAVY_IN_ALL // 1024:,} KB; the largest is {heaviest.src}",
        )


def _weight(image: Image) -> int:
    return len(image.data or b"")


def _author(checked: CheckedEmail, image: Image) -> Location:
    for section in checked.issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, InlineImage) and node.src == image.src:
                return node.where
    return checked.issue.where


@rule(
    "NL511",
    severity="warning",
    hint="Split it in two, or reduce its `width:`.",
    bad={"10-essay.md": ESSAY, QUAY: gif(40, 1800)},
    at="10-essay.md:7:6",
    good={"10-essay.md": ESSAY, QUAY: gif(40, 1700)},
)
def image_too_tall(checked: CheckedEmail) -> Iterator[Violation]:
    """Outlook for Windows cuts off images taller than 1,728 pixels: Word lays emails out on pages of 18 inches."""
    heights = {image.name: image.height for image in checked.email.images if image.height}
    for image in checked.elements("img"):
        given = image.get("height") or ""
        height = (
            int(given)
            if given.isdecimal()
            else heights.get((image.get("src") or "").rpartition("/")[2], 0)
        )
        if height > TALLEST:
            yield Violation(
                checked.place(image),
                f"Image {height:,} pixels tall; Outlook cuts it off at {TALLEST:,}",
            )


@rule(
    "NL512",
    hint='Add width="…" in pixels, at most 600, in addition to any width in CSS.',
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
def missing_image_width(checked: CheckedEmail) -> Iterator[Violation]:
    """Outlook for Windows reads only the width attribute, and shows an image without one at its full size.

    That is twice the intended size, because images are saved for high-density screens.
    """
    for image in checked.elements("img"):
        given = (image.get("width") or "").strip()
        if not (given.isdecimal() and 1 <= int(given) <= WIDEST):
            message = "Image without a width attribute"
            if given:
                message = f'Expected a width from 1 to {WIDEST} pixels, found "{given}"'
            yield Violation(_template(checked, image), message)


@rule(
    "NL513",
    hint="Move the image to the issue's images/ folder, or to a server with https.",
    bad=closing('<img src="http://sea.example/line.png" alt="" width="560" />'),
    at=at(column=28),
    good=closing('<img src="https://sea.example/line.png" alt="" width="560" />'),
)
def unsupported_image_source(checked: CheckedEmail) -> Iterator[Violation]:
    """Gmail shows no data: addresses and no SVG, many clients show nothing without https or from relative addresses.

    An address in the issue's images folder needs a file there, in `srcset` as in `src`.
    """
    images = checked.publication.image_url(checked.issue.slug, "")
    names = {image.name for image in checked.email.images}
    for element in checked.elements("img", "source"):
        for address in _addresses(element):
            name = address.removeprefix(images)
            if name != address and name not in names:
                message = f"No file for this image address: {address[-60:]}"
                yield Violation(_template(checked, element), message)
    for image in checked.elements("img"):
        src = image.get("src") or ""
        if what := next(_wrong(src), None):
            ours = src.startswith(checked.publication.image_url(checked.issue.slug, ""))
            whose = " (`url` or `[images] url` of the settings)" if ours else ""
            where = checked.place(image) if ours else _template(checked, image)
            yield Violation(where, f"{what}: {src[:60]}{'…' if len(src) > 60 else ''}{whose}")


def _addresses(element: lxml_html.HtmlElement) -> Iterator[str]:
    """Yield the address of an image and those of its files for other screens."""
    if src := element.get("src"):
        yield src
    for candidate in (element.get("srcset") or "").split(", "):
        yield candidate.strip().partition(" ")[0]


_SVG = re.compile(r"\.svgz?(?:[?#]|$)", re.IGNORECASE)


def _wrong(src: str) -> Iterator[str]:
    scheme = src.partition(":")[0].lower()
    if scheme == "data":
        yield "Embedded image, which Gmail does not show"
    elif scheme not in ("https", "cid"):
        yield "Image address without https" if src else "Image without an address"
    elif _SVG.search(src):
        yield "SVG image, which Gmail and Outlook do not show"


def _template(checked: CheckedEmail, image: lxml_html.HtmlElement) -> Location:
    src = image.get("src") or ""
    return (
        (in_theme(checked.theme, src) if src else None)
        or in_theme(checked.theme, "<img")
        or checked.place(image)
    )


@rule(
    "NL514",
    severity="warning",
    hint="Start the animation with its most informative frame; Outlook for Windows shows only the first.",
    bad={"10-essay.md": ESSAY, QUAY: two_frames(blank_first=True)},
    at="10-essay.md:7:6",
    good={"10-essay.md": ESSAY, QUAY: two_frames(blank_first=False)},
)
def blank_first_frame(checked: CheckedEmail) -> Iterator[Violation]:
    """An animated GIF whose first frame is empty is an empty image where animation is not shown."""
    for image in checked.email.images:
        if image.type == "gif" and image.data and _starts_blank(image.data):
            message = f"The first frame of {image.src} has one color only"
            yield Violation(_author(checked, image), message)


def _starts_blank(data: bytes) -> bool:
    """Return whether the first frame is of one color and a later one is not."""
    import io

    from PIL import Image as Pillow
    from PIL import ImageSequence

    with Pillow.open(io.BytesIO(data)) as image:
        frames = (frame.convert("RGB").getcolors(1) for frame in ImageSequence.Iterator(image))
        first, *others = (colors is not None for colors in frames)
    return first and not all(others)


RULES = (
    blank_first_frame,
    image_too_heavy,
    image_too_tall,
    missing_image_width,
    unsupported_image_source,
)
