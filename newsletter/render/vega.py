"""Vega-Lite files as images, for charts that the built-in kinds cannot draw."""

from __future__ import annotations

import json
from pathlib import Path

from newsletter.errors import NewsletterError
from newsletter.files.extra_command import install_command
from newsletter.files.find import real_path
from newsletter.files.quotation import quoted

DENSITY = 2


def is_vega(name: str) -> bool:
    """Return whether a file name is that of a Vega-Lite chart, such as `ships.vl.json`."""
    return name.endswith(".json")


def vega_png(data: bytes, path: Path) -> bytes:
    """Return a Vega-Lite chart as PNG, with two pixels per CSS pixel.

    Its `data.url` may name a file in the same folder; no request is made. Raises `NewsletterError`
    if the extra `vega` is not installed, or if the file is not a chart.
    """
    try:
        import vl_convert
    except ImportError as error:
        hint = f"Run `{install_command('vega')}`, or save the chart as PNG."
        raise NewsletterError("Vega-Lite charts need the extra `vega`", hint=hint) from error
    try:
        spec = json.loads(data)
        _inline_data(spec, path.parent)
        png: bytes = vl_convert.vegalite_to_png(spec, scale=DENSITY, allowed_base_urls=[])
    except NewsletterError:
        raise
    except Exception as error:  # the converter's error types are not exported
        first = str(error).strip().split("\n")[0][:200]
        message = f"{path.name} is not a Vega-Lite chart: {first}"
        raise NewsletterError(message, hint="Check it in the Vega editor.") from error
    return png


def _inline_data(spec: object, folder: Path) -> None:
    """Embed the rows of data files in a chart: the converter must read no files and no URLs."""
    if not isinstance(spec, dict):
        raise NewsletterError("Expected a Vega-Lite object")
    data = spec.get("data")
    if not isinstance(data, dict) or "url" not in data:
        return
    name = str(data["url"])
    path = folder / name
    inside = "://" not in name and real_path(path).is_relative_to(real_path(folder))
    if not inside or not path.is_file():
        raise NewsletterError(f"Data file not found next to the chart: {quoted(name)}")
    text = path.read_text("utf-8-sig")
    kind = "csv" if path.suffix == ".csv" else "json"
    values: object = text if kind == "csv" else json.loads(text)
    spec["data"] = {"values": values, "format": {"type": kind}}
