"""Every kind of chart, light and dark, for desktop and phone, as reviewed and approved."""

from __future__ import annotations

import importlib.util
import io
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from newsletter.charts.draw import MAX_BYTES, ChartLook, chart_png, draw_chart
from newsletter.charts.fonts import font_set
from newsletter.charts.marks import Label
from newsletter.charts.palette import contrast_ratio, palette, weak_colors
from newsletter.charts.svg import inline_svg, picture_svg
from newsletter.model.chart_values import ChartPlan
from newsletter.theme.theme import packaged_theme

GOLDEN = Path(__file__).parent / "golden"
GALLERY = Path(__file__).parent.parent.parent / "docs" / "charts"


def gallery() -> Any:
    spec = importlib.util.spec_from_file_location("gallery", GALLERY / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PLANS: dict[str, ChartPlan] = dict(gallery().cases())
LOOK = ChartLook(packaged_theme().tokens, font_set())
DRAWINGS = list(product(PLANS, ("wide", "phone"), ("light", "dark")))


def test_every_kind_is_in_the_gallery() -> None:
    kinds = {plan.kind for plan in PLANS.values()}
    assert kinds == {"bar", "column", "grouped", "stacked", "line", "area", "dot", "slope", "range"}


@pytest.mark.parametrize(("name", "size", "scheme"), DRAWINGS)
def test_drawing_matches_the_approved_one(
    name: str, size: Any, scheme: Any, rewrite_expected: bool
) -> None:
    drawing = draw_chart(PLANS[name], LOOK, size, scheme)
    svg = picture_svg(drawing, palette(LOOK.tokens, scheme)).replace("><", ">\n<") + "\n"
    png = chart_png(PLANS[name], LOOK, size, scheme, density=1)
    stem = GOLDEN / f"{name}-{size}-{scheme}"
    if rewrite_expected:
        stem.with_suffix(".svg").write_text(svg, encoding="utf-8")
        stem.with_suffix(".png").write_bytes(png)
    assert svg == stem.with_suffix(".svg").read_text(encoding="utf-8")
    assert pixels(png) == pixels(stem.with_suffix(".png").read_bytes())


def pixels(png: bytes) -> tuple[tuple[int, int], bytes]:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        complete = image.convert("RGB")
        return complete.size, complete.tobytes()


@pytest.mark.parametrize(("name", "size"), list(product(PLANS, ("wide", "phone"))))
def test_labels_stay_inside_and_do_not_overlap(name: str, size: Any) -> None:
    drawing = draw_chart(PLANS[name], LOOK, size)
    fonts, boxes = LOOK.fonts, []
    for mark in drawing.marks:
        if isinstance(mark, Label):
            width = fonts.measure(mark.text, mark.size, bold=mark.bold)
            start = {"start": 0.0, "middle": width / 2, "end": width}[mark.anchor]
            boxes.append(
                (mark.x - start, mark.y - mark.size * 0.4, width, mark.size * 0.8, mark.text)
            )
    for x, y, width, height, text in boxes:
        assert x >= 4, text
        assert x + width <= drawing.width - 4, text
        assert y >= 0, text
        assert y + height <= drawing.height, text
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            across = one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
            down = one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
            assert not (across and down), f"{one[4]!r} overlaps {other[4]!r}"


@pytest.mark.parametrize(("name", "size"), list(product(PLANS, ("wide", "phone"))))
def test_text_is_readable_on_a_phone(name: str, size: Any) -> None:
    """At 320 px the image has 288; no text is smaller than 8 px there, or than 12 px on a desktop."""
    drawing = draw_chart(PLANS[name], LOOK, size)
    smallest = min(mark.size for mark in drawing.marks if isinstance(mark, Label))
    assert smallest * 288 / drawing.width >= 8
    assert smallest >= 12


@pytest.mark.parametrize(("name", "size", "scheme"), DRAWINGS[::3])
def test_images_are_small_opaque_and_available_at_both_densities(
    name: str, size: Any, scheme: Any
) -> None:
    from PIL import Image

    one, two = (chart_png(PLANS[name], LOOK, size, scheme, density=d) for d in (1, 2))
    assert max(len(one), len(two)) <= MAX_BYTES
    with Image.open(io.BytesIO(one)) as small, Image.open(io.BytesIO(two)) as large:
        assert large.width == 2 * small.width
        assert "transparency" not in small.info
        card = LOOK.tokens[f"chart_{scheme}"]["card"]
        corner = large.convert("RGB").getpixel((8, 8))
        assert "#{:02x}{:02x}{:02x}".format(*corner) == card


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors_are_distinguishable_with_every_color_vision(scheme: Any) -> None:
    colors = palette(packaged_theme().tokens, scheme)
    assert list(weak_colors(colors)) == []
    for name in [f"series{number}" for number in range(1, 7)]:
        assert contrast_ratio(colors[colors.on(name)], colors[name]) >= 3, name


def test_the_same_drawing_with_other_words_is_another_image() -> None:
    """resvg silently draws nothing where a font is missing: the pixels must change with the words."""
    from newsletter.charts.png import svg_to_png

    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" '
        'font-family="Noto Sans, sans-serif"><text x="5" y="25" font-size="16">{}</text></svg>'
    )
    images = {svg_to_png(svg.format(words)) for words in ("", "Sines", "ميناء", "נמל", "−5", "≈")}
    assert len(images) == 6


@pytest.mark.parametrize(
    "svg", ["", "<svg", '<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="9"/>']
)
def test_impossible_drawings_are_rejected(svg: str) -> None:
    from newsletter.charts.png import svg_to_png
    from newsletter.errors import NewsletterError

    with pytest.raises(NewsletterError):
        svg_to_png(svg)


def test_author_text_is_escaped() -> None:
    from newsletter.charts.chart_request import ChartRequest
    from newsletter.charts.data_table import parse_delimited
    from newsletter.charts.plan import make_plan

    hostile = "Port,Ships\n</text><image href='/etc/passwd'/>,3\n\"<script>\",2\n"
    plan = make_plan(ChartRequest("bar", title="<b>&"), parse_delimited(hostile, "x"), "en")
    drawing = draw_chart(plan, LOOK, "wide")
    svg = inline_svg(drawing, name="c", title="<i>", description='"&', style="cw")
    assert "<image" not in svg
    assert "<script" not in svg
    assert '<title id="c-title">&lt;i&gt;</title>' in svg


def test_right_to_left_is_mirrored() -> None:
    plan = PLANS["right-to-left"]
    names = [
        m
        for m in draw_chart(plan, LOOK, "wide").marks
        if isinstance(m, Label) and m.text in plan.axis.labels
    ]
    assert {mark.anchor for mark in names} == {"start"}
    assert min(mark.x for mark in names) > 400


SCRIPT = """
import hashlib, importlib.util, sys
spec = importlib.util.spec_from_file_location("gallery", sys.argv[1])
module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)
from newsletter.charts.draw import chart_png
digest = hashlib.sha256()
for name, plan in module.cases():
    digest.update(chart_png(plan, module.look(), "wide"))
print(digest.hexdigest())
"""


def test_two_fresh_environments_give_the_same_bytes(tmp_path: Path) -> None:
    """Different home, language, time zone, hash seed and folder; no system fonts."""
    digests = set()
    for index, language in enumerate(("C", "ar_EG.UTF-8")):
        home = tmp_path / str(index)
        home.mkdir()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LC_ALL": language,
            "TZ": ("UTC", "Asia/Kathmandu")[index],
            "PYTHONHASHSEED": str(index + 1),
            "FONTCONFIG_PATH": str(home),
        }
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(GALLERY / "make.py")],
            cwd=home, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        digests.add(run.stdout)
    assert len(digests) == 1


@pytest.mark.parametrize("name", PLANS)
def test_the_gallery_shows_the_current_drawings(name: str) -> None:
    shown = (GALLERY / f"{name}.png").read_bytes()
    assert pixels(shown) == pixels(chart_png(PLANS[name], LOOK, "wide", standalone=True)), (
        "run docs/charts/make.py"
    )
