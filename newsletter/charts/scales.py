"""Map values to pixels: readable ticks and proportional time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

from newsletter.charts.numerals import decimals_of
from newsletter.charts.periods import place_of_year, print_period, usual_gap, year_of
from newsletter.model.chart_values import ChartAxis, ChartPlan, PeriodStep

MIN_ZERO = 0.4  # of the largest value: if the smallest is below it, a line chart starts at zero


class LinearScale(Struct, frozen=True):
    """Maps values from `low` to `high` to pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[Decimal, ...] = ()

    def at(self, value: Decimal | float) -> float:
        """Return the pixel position of a value."""
        span = self.high - self.low or 1.0
        return self.start + (float(value) - self.low) / span * (self.end - self.start)

    def within(self, start: float, end: float) -> LinearScale:
        """Return the same scale mapped to other pixels."""
        return LinearScale(self.low, self.high, start, end, self.ticks)

    @property
    def tick_decimals(self) -> int:
        return max((decimals_of(tick.normalize()) for tick in self.ticks), default=0)


def value_scale(values: Iterable[Decimal], *, zero: bool, count: int = 4) -> LinearScale:
    """Return a scale over all values with about `count` ticks, starting and ending on a tick.

    `zero` includes zero, as bars and areas require because their length encodes the value.
    """
    numbers = [float(value) for value in values]
    low, high = min(numbers), max(numbers)
    if zero or 0 <= low < MIN_ZERO * high:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (low - 1, high + 1) if not zero else (0.0, 1.0)
    step = nice_step((high - low) / count)
    first, last = math.floor(low / float(step) + 1e-9), math.ceil(high / float(step) - 1e-9)
    ticks = tuple(step * index for index in range(first, last + 1))
    return LinearScale(float(ticks[0]), float(ticks[-1]), 0.0, 1.0, ticks)


def nice_step(rough: float) -> Decimal:
    """Return the next larger 1, 2, 2.5 or 5 times a power of ten."""
    exponent = math.floor(math.log10(rough)) if rough > 0 else 0
    for factor in ("1", "2", "2.5", "5", "10"):
        step = Decimal(factor).scaleb(exponent)
        if float(step) >= rough * 0.999:
            return step
    return Decimal(10).scaleb(exponent)


def bar_scale(values: Iterable[Decimal]) -> LinearScale:
    """Return a scale from zero to the longest bars; without ticks, as every bar has its value."""
    numbers = [float(value) for value in values]
    low, high = min(0.0, *numbers, 0.0), max(0.0, *numbers, 0.0)
    return LinearScale(low, high if high > low else 1.0, 0.0, 1.0)


# --- time -----------------------------------------------------------------------------------------


class TimeSlots(Struct, frozen=True):
    """Periods of a column chart; a missing period leaves a gap."""

    first: int
    count: int
    step: int

    def index(self, place: int) -> int:
        return (place - self.first) // self.step


def slots_of(axis: ChartAxis) -> TimeSlots | None:
    """Return equal slots from first to last period, or `None` if the periods are irregular."""
    step = usual_gap(axis.places) or 1
    first, last = axis.places[0], axis.places[-1]
    regular = all((place - first) % step == 0 for place in axis.places)
    count = (last - first) // step + 1
    if not regular or count > 4 * len(axis.places):
        return None
    return TimeSlots(first, count, step)


def runs_of(axis: ChartAxis, values: Sequence[Decimal | None]) -> list[list[int]]:
    """Return the indices of a line in segments, broken at missing values or periods."""
    gap = usual_gap(axis.places)
    if gap is not None and axis.step == "day":
        gap = max(gap, 7)
    runs: list[list[int]] = []
    last: int | None = None
    for index, value in enumerate(values):
        if value is None:
            last = None
            continue
        missed = gap is not None and last is not None and axis.places[index] - last > gap
        if last is None or missed:
            runs.append([])
        runs[-1].append(index)
        last = axis.places[index]
    return runs


def time_ticks(plan: ChartPlan, most: int) -> list[tuple[int, str]]:
    """Return at most `most` evenly spaced positions with labels.

    Round years, or every n-th period from the first.
    """
    axis = plan.axis
    step = axis.step or "year"
    first, last = axis.places[0], axis.places[-1]
    years = year_of(last, step) - year_of(first, step)
    if step == "year" and len(axis.places) <= most:
        return [(place, str(place)) for place in axis.places]
    if step == "year" or years >= 2:
        ticks = _round_years(first, last, step, most)
        if len(ticks) > 1:
            return ticks
    return _regular(plan, step, most)


def _round_years(first: int, last: int, step: PeriodStep, most: int) -> list[tuple[int, str]]:
    start, end = math.ceil(year_of(first, step)), math.floor(year_of(last, step))
    for every in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500):
        years = [year for year in range(start, end + 1) if year % every == 0]
        if len(years) <= most:
            return [(place_of_year(year, step), str(year)) for year in years]
    return []


def _regular(plan: ChartPlan, step: PeriodStep, most: int) -> list[tuple[int, str]]:
    """Return every n-th period from the first, or the first and last if not even two fit evenly."""
    first, last = plan.axis.places[0], plan.axis.places[-1]
    choices = {"year": (1, 2, 3, 4, 5, 10), "quarter": (1, 2, 4), "month": (1, 2, 3, 4, 6, 12)}
    for every in choices.get(step, (1, 2, 3, 5, 7, 14, 28, 56, 91, 182)):
        places = range(first, last + 1, every)
        if len(places) <= most and len(places) > 1:
            break
    else:
        places = range(first, last + 1, max(last - first, 1))
    return [(p, print_period(p, step, plan.language, short=True)) for p in places]
