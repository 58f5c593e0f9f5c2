"""Vega-Lite files: their data is embedded, nothing is requested, and errors name the file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from newsletter.errors import NewsletterError
from newsletter.files.extra_command import install_command
from newsletter.render.vega import is_vega, vega_png


class Converter:
    """The converter's one function, which records what it is called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, dict[str, Any]]] = []

    def vegalite_to_png(self, spec: Any, **options: Any) -> bytes:
        self.calls.append((spec, options))
        if spec.get("mark") == "zzz":
            raise ValueError("  unknown mark: zzz" + "." * 300 + "\nmore\n")
        return b"png"


@pytest.fixture
def converter(monkeypatch: pytest.MonkeyPatch) -> Converter:
    fake = Converter()
    monkeypatch.setitem(
        sys.modules, "vl_convert", SimpleNamespace(vegalite_to_png=fake.vegalite_to_png)
    )
    return fake


ROWS = [{"port": "Sines", "ships": 3}]
# The `data` of a chart -> what the converter gets instead.
DATA: list[tuple[Any, Any]] = [
    ({"url": "ports.csv"}, {"values": "port,ships\nSines,3\n", "format": {"type": "csv"}}),
    ({"url": "ports.json"}, {"values": ROWS, "format": {"type": "json"}}),
    ({"url": "more/ports.json"}, {"values": ROWS, "format": {"type": "json"}}),
    ({"values": ROWS}, {"values": ROWS}),
    ({"name": "ports"}, {"name": "ports"}),
    (None, None),
]


def folder(root: Path) -> Path:
    folder = root / "data"
    (folder / "more").mkdir(parents=True)
    (folder / "ports.csv").write_bytes(b"\xef\xbb\xbfport,ships\nSines,3\n")
    for name in ("ports.json", "more/ports.json"):
        (folder / name).write_text(json.dumps(ROWS))
    (root / "secret.csv").write_text("port,ships\n")
    return folder


@pytest.mark.parametrize(("data", "given"), DATA)
def test_data_next_to_a_chart_is_embedded(
    tmp_path: Path, converter: Converter, data: Any, given: Any
) -> None:
    spec = {"mark": "bar"} if data is None else {"mark": "bar", "data": data}
    path = folder(tmp_path) / "ships.vl.json"
    assert vega_png(json.dumps(spec).encode(), path) == b"png"
    ((sent, options),) = converter.calls
    assert sent == ({"mark": "bar"} if given is None else {"mark": "bar", "data": given})
    assert options == {"scale": 2, "allowed_base_urls": []}


MISSING = 'Data file not found next to the chart: "{}"'
EDITOR = "Check it in the Vega editor."
# A file -> the message and the hint.
ERRORS: dict[str, tuple[str, str | None]] = {
    "[1]": ("Expected a Vega-Lite object", None),
    '{"data": {"url": "missing.csv"}}': (MISSING.format("missing.csv"), None),
    '{"data": {"url": "more"}}': (MISSING.format("more"), None),
    '{"data": {"url": "../secret.csv"}}': (MISSING.format("../secret.csv"), None),
    '{"data": {"url": "https://cdn.example/a.csv"}}': (
        MISSING.format("https://cdn.example/a.csv"),
        None,
    ),
    '{"mark": "zzz"}': (
        "ships.vl.json is not a Vega-Lite chart: unknown mark: zzz" + "." * 183,
        EDITOR,
    ),
    "{": (
        "ships.vl.json is not a Vega-Lite chart: Expecting property name enclosed in double "
        "quotes: line 1 column 2 (char 1)",
        EDITOR,
    ),
}


@pytest.mark.parametrize("text", ERRORS)
def test_errors_say_what_is_wrong(tmp_path: Path, converter: Converter, text: str) -> None:
    with pytest.raises(NewsletterError) as caught:
        vega_png(text.encode(), folder(tmp_path) / "ships.vl.json")
    assert (caught.value.message, caught.value.hint) == ERRORS[text]


def test_without_the_converter_the_command_to_install_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(NewsletterError) as caught:
        vega_png(b"{}", tmp_path / "ships.vl.json")
    assert caught.value.message == "Vega-Lite charts need the extra `vega`"
    assert caught.value.hint == (f"Run `{install_command('vega')}`, or save the chart as PNG.")


def test_charts_are_recognized_by_name() -> None:
    names = ("ships.vl.json", "ships.json", "ships.png", "json", "ships.json.png")
    assert [is_vega(name) for name in names] == [True, True, False, False, False]
