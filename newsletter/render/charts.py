"""Drawings of an issue's charts: images for the email, SVG for the web page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from newsletter.charts.draw import ChartLook, Size, chart_png, draw_chart
from newsletter.charts.fonts import FontSet
from newsletter.charts.palette import Scheme
from newsletter.charts.png import renderer_version
from newsletter.charts.svg import inline_svg
from newsletter.markup.chart import VARIANTS, Chart
from newsletter.model import Image, Issue, walk
from newsletter.model.chart_values import ChartPlan
from newsletter.render.images import BlobCache


def charts_of(issue: Issue) -> Iterator[Chart]:
    """Yield the charts of an issue in reading order."""
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Chart):
                yield node


def prepare_charts(
    issue: Issue, tokens: Mapping[str, Any], fonts: FontSet, blobs: BlobCache
) -> dict[str, Image]:
    """Return every drawing of every chart as an image, keyed as the chart's node looks it up."""
    look = ChartLook(tokens, fonts, tokens["width"]["text"])
    images: dict[str, Image] = {}
    for chart in charts_of(issue):
        main = ""
        for size, scheme, density in VARIANTS:
            image = _image(chart, look, size, scheme, density=density, blobs=blobs, main=main)
            main = main or image.name
            images[chart.key(size, scheme, density)] = image
    return images


def _image(
    chart: Chart,
    look: ChartLook,
    size: Any,
    scheme: Any,
    *,
    density: int,
    blobs: BlobCache,
    main: str,
) -> Image:
    state = f"{size} {scheme} {density} {renderer_version()}\n".encode() + look_key(
        chart.plan, look
    )
    key = f"{hashlib.sha256(state).hexdigest()}.chart"
    png = blobs.get(key)
    if png is None:
        png = chart_png(chart.plan, look, size, scheme, density=density)
        blobs.put(key, png)
    stem = (
        re.sub(r"[^a-z0-9]+", "-", chart.plan.title.lower()).strip("-")[:40].strip("-") or "chart"
    )
    digest = hashlib.sha256(png).hexdigest()[:8]
    width, height = png_size(png)
    name = f"{stem}-{size}-{scheme}-{density}x-{digest}.png"
    return Image(
        chart.anchor, name, width // density, height // density, "png", png, variant_of=main or None
    )


def png_size(png: bytes) -> tuple[int, int]:
    """Return the width and height in pixels, read from the header (PNG 3, 11.2.1)."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def look_key(plan: ChartPlan, look: ChartLook) -> bytes:
    """Return everything that a drawing depends on, as bytes for a cache key."""
    import msgspec

    tokens = {name: look.tokens[name] for name in ("light", "dark", "chart_light", "chart_dark")}
    fonts = [(font.path.name, font.family, len(font.glyphs)) for font in look.fonts.files]
    return msgspec.json.encode((plan, tokens, fonts, look.width))


def web_drawing(tokens: Mapping[str, Any], fonts: FontSet) -> Callable[[ChartPlan, str, str], str]:
    """Return a function that draws a chart for a web page, once for desktops and once for phones.

    The page's style sheet shows one of the two.
    """
    look = ChartLook(tokens, fonts, tokens["width"]["text"])
    sizes: tuple[tuple[Size, str], ...] = (("wide", "cw"), ("phone", "cp"))
    scheme: Scheme = "light"  # positions are the same in both; colors are variables of the page

    def draw(plan: ChartPlan, name: str, alt: str) -> str:
        return "".join(
            inline_svg(
                draw_chart(plan, look, size, scheme),
                name=f"{name}-{size}",
                title=plan.title or plan.measure or alt.partition(".")[0],
                description=alt,
                style=style,
            )
            for size, style in sizes
        )

    return draw
