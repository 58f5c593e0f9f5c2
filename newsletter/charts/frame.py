"""The two sizes of a drawing, and the text layout shared by all chart kinds."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from newsletter.charts.fonts import FontSet
from newsletter.charts.marks import Box, Label, Mark, MarkGroup, Stroke
from newsletter.charts.numerals import is_sign, print_number
from newsletter.charts.palette import SERIES, Palette
from newsletter.charts.scales import LinearScale
from newsletter.model.chart_values import ChartPlan

LINE = 1.3  # times the text size: distance between baselines


class Frame(Struct, frozen=True):
    """A width and its text size.

    16 px at a width of 560 shrinks to about 8 px on a phone; 13 px at 320 shows as 11.
    """

    width: float  # pixels, excluding padding
    padding: float
    size: float  # of text
    fonts: FontSet
    palette: Palette
    plot: float = 240.0  # height of charts with a vertical scale
    phone: bool = False

    @property
    def line(self) -> float:
        return self.size * LINE

    def measure(self, text: str, *, bold: bool = False) -> float:
        return self.fonts.measure(text, self.size, bold=bold)

    def widest(self, texts: Sequence[str], *, bold: bool = False) -> float:
        return max((self.measure(text, bold=bold) for text in texts), default=0.0)

    def narrowed(self, width: float) -> Frame:
        """Return the frame of a panel."""
        plot = self.plot * 0.62
        return Frame(width, 0, self.size, self.fonts, self.palette, plot, self.phone)


def wide_frame(fonts: FontSet, palette: Palette, width: int = 560) -> Frame:
    """Return the frame of the email's column."""
    return Frame(width - 32.0, 16.0, 16.0, fonts, palette)


def phone_frame(fonts: FontSet, palette: Palette) -> Frame:
    """Return the frame of a phone of 320 px."""
    return Frame(320.0 - 24.0, 12.0, 13.0, fonts, palette, plot=190.0, phone=True)


def printed_label(value: Decimal, plan: ChartPlan, decimals: int | None = None) -> str:
    """Return a value as printed in the drawing: with a sign such as %, without a unit word."""
    places = plan.decimals if decimals is None else decimals
    return print_number(value, plan.language, places, plan.unit if is_sign(plan.unit) else "")


def series_color(plan: ChartPlan, index: int) -> str:
    """Return a series' color role: its own color, or grey if other series are highlighted."""
    names = {series.name for series in plan.series}
    chosen = [name for name in plan.highlight if name in names]
    if len(plan.series) == 1:
        return "accent"
    if chosen:
        name = plan.series[index].name
        if name not in chosen:
            return "context"
        return "accent" if len(chosen) == 1 else SERIES[chosen.index(name) % len(SERIES)]
    return SERIES[index % len(SERIES)]


def category_color(plan: ChartPlan, index: int, series: int = 0) -> str:
    """Return a bar's color role: grey if other categories are highlighted."""
    chosen = {name for name in plan.highlight if name in plan.axis.labels}
    if chosen and plan.axis.labels[index] not in chosen:
        return "context"
    return series_color(plan, series)


def legend(plan: ChartPlan, frame: Frame) -> MarkGroup:
    """Return the series names with their colors in a row, for charts without direct labels."""
    if len(plan.series) < 2:
        return MarkGroup((), 0.0)
    marks: list[Mark] = []
    side, x, y = frame.size * 0.75, 0.0, frame.size / 2
    for index, series in enumerate(plan.series):
        name = frame.fonts.cut(series.name, frame.size, frame.width - side - 8)
        width = side + 6 + frame.measure(name) + 18
        if x and x + width - 18 > frame.width:
            x, y = 0.0, y + frame.line
        color = series_color(plan, index)
        marks.append(Box(x, y - side / 2, side, side, color))
        marks.append(Label(x + side + 6, y, name, frame.size))
        x += width
    return MarkGroup(tuple(marks), y + frame.size / 2 + 12)


def grid(
    scale: LinearScale, plan: ChartPlan, frame: Frame, left: float, *, right: float
) -> list[Mark]:
    """Return horizontal grid lines with numbers left of `left`, and a darker line at zero."""
    marks: list[Mark] = []
    for tick in scale.ticks:
        y = scale.at(tick)
        color = "zero" if tick == 0 else "grid"
        marks.append(Stroke(((left, y), (right, y)), color))
        text = printed_label(tick, plan, scale.tick_decimals)
        marks.append(Label(left - 8, y, text, frame.size, "soft", "end"))
    return marks


def tick_room(scale: LinearScale, plan: ChartPlan, frame: Frame) -> float:
    """Return the width in pixels of the tick labels on a vertical scale."""
    texts = [printed_label(tick, plan, scale.tick_decimals) for tick in scale.ticks]
    return frame.widest(texts) + 8


def spread(
    places: Sequence[float], sizes: Sequence[float], top: float, bottom: float
) -> list[float]:
    """Return label centers moved apart, in order and as close to their targets as possible.

    After subtracting the space taken by earlier labels, targets must not decrease; violating
    neighbors are pooled and share their mean, which minimizes total movement.
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    offsets: list[float] = []
    used = 0.0
    for index in order:
        offsets.append(used + sizes[index] / 2)
        used += sizes[index]
    pools: list[tuple[float, int]] = []  # mean, members
    for index, offset in zip(order, offsets, strict=True):
        pools.append((places[index] - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (mean, count), (following, more) = pools[-2], pools[-1]
            pools[-2:] = [((mean * count + following * more) / (count + more), count + more)]
    targets = [mean for mean, count in pools for _ in range(count)]
    result = [0.0] * len(places)
    for index, target, offset in zip(order, targets, offsets, strict=True):
        result[index] = max(min(target, bottom - offsets[-1]), top - offsets[0]) + offset
    return result
