"""Compare charts with matplotlib and Vega-Lite: the same data as PNG at double density.

pip install matplotlib vl-convert-python
python benchmarks/charts.py             writes data/charts.json next to this file

Each draws the gallery's CSV as bars, columns, lines and a scatter plot, 560 pixels wide. Every
renderer runs in its own process: once cold (import and first chart), then repeatedly. Times are
CPU times; ratios are theirs to ours.
"""

from __future__ import annotations

import csv
import io
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DATA = ROOT / "docs" / "charts"
TIMES = 15
CHARTS: dict[str, tuple[str, str, str, str]] = {  # name -> file, kind, x, y
    "bar": ("passages.csv", "bar", "Passage", "2023"),
    "column": ("population.csv", "column", "Year", "Urban"),
    "line": ("carbon.csv", "line", "Year", "Carbon dioxide"),
    "dot": ("planets.csv", "dot", "Distance", "Density"),
}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def ours() -> Callable[[str], bytes]:
    from newsletter.charts.chart_request import ChartRequest
    from newsletter.charts.data_table import parse_delimited
    from newsletter.charts.draw import ChartLook, chart_png
    from newsletter.charts.fonts import font_set
    from newsletter.charts.plan import make_plan
    from newsletter.theme.theme import packaged_theme

    look = ChartLook(packaged_theme().tokens, font_set())

    def draw(name: str) -> bytes:
        file, kind, x, y = CHARTS[name]
        table = parse_delimited((DATA / file).read_text("utf-8"), file)
        request: Any = ChartRequest(kind, x=x, y=(y,))  # type: ignore[arg-type]
        return chart_png(make_plan(request, table, "en"), look, "wide")

    return draw


def matplotlib() -> Callable[[str], bytes]:
    import matplotlib as library

    library.use("Agg")
    from matplotlib import pyplot

    def draw(name: str) -> bytes:
        file, kind, x, y = CHARTS[name]
        data = rows(file)
        figure, axes = pyplot.subplots(figsize=(5.6, 3.2), dpi=200)
        across, up = [row[x] for row in data], [float(row[y]) for row in data]
        if kind == "bar":
            axes.barh(across[::-1], up[::-1])
        elif kind == "column":
            axes.bar(across, up)
        elif kind == "line":
            axes.plot([int(value) for value in across], up)
        else:
            axes.scatter([float(value) for value in across], up)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", bbox_inches="tight")
        pyplot.close(figure)
        return buffer.getvalue()

    return draw


def vega() -> Callable[[str], bytes]:
    import vl_convert

    def draw(name: str) -> bytes:
        file, kind, x, y = CHARTS[name]
        mark = {"bar": "bar", "column": "bar", "line": "line", "dot": "point"}[kind]
        words = {"field": x, "type": "quantitative" if kind == "dot" else "nominal"}
        numbers = {"field": y, "type": "quantitative"}
        places = {"y": words, "x": numbers} if kind == "bar" else {"x": words, "y": numbers}
        spec = {"width": 460, "data": {"values": rows(file)}, "mark": mark, "encoding": places}
        png: bytes = vl_convert.vegalite_to_png(spec, scale=2)
        return png

    return draw


RENDERERS = {"newsletter": ours, "matplotlib": matplotlib, "vega": vega}


def measured(name: str) -> dict[str, Any]:
    started = time.process_time()
    draw = RENDERERS[name]()
    draw("bar")
    cold = time.process_time() - started
    seconds, sizes = {}, {}
    for chart in CHARTS:
        runs = []
        for _ in range(TIMES):
            started = time.process_time()
            png = draw(chart)
            runs.append(time.process_time() - started)
        seconds[chart], sizes[chart] = statistics.median(runs), len(png)
    return {"cold": cold, "seconds": seconds, "bytes": sizes}


def main() -> None:
    results = {}
    for name in RENDERERS:
        run = subprocess.run(
            [sys.executable, __file__, "--one", name], capture_output=True, text=True, check=True
        )
        results[name] = json.loads(run.stdout)
    own = results["newsletter"]
    print(f"{'':12}{'cold':>8}{'time':>8}{'bytes':>8}   beside ours")
    for name, found in results.items():
        times = [found["seconds"][chart] / own["seconds"][chart] for chart in CHARTS]
        sizes = [found["bytes"][chart] / own["bytes"][chart] for chart in CHARTS]
        cold = found["cold"] / own["cold"]
        shown = (cold, statistics.geometric_mean(times), statistics.geometric_mean(sizes))
        print(f"{name:12}" + "".join(f"{ratio:8.2f}" for ratio in shown))
    print(
        "\nours: "
        + ", ".join(f"{c} {own['seconds'][c] * 1000:.0f} ms {own['bytes'][c]:,} B" for c in CHARTS)
    )
    out = Path(__file__).parent / "data" / "charts.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2])))
    else:
        main()
