"""Every key and array item of a TOML file has a line and column."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from newsletter.files.toml_positions import TomlPath, toml_positions

TEXT = '''\
name = "A # [not] a = table"  # a comment
"quoted key" = 1
a.b.c = true
long = """
[not.a.table]
x = 1
"""
raw = \'\'\'it's [x] = "1" \'\'\'

[theme]
  font = 'serif'
foot = { links = [ {text = "A", url = "u"}, {text = "B, ]}", url = "v"} ], address = false }
many = [
    1,  # one
    "two",
    [3, 4],
]

[theme."sub table".deep]
key = 1

[[lists]]
name = "a"
[lists.inner]
x = 1
[[lists]]
name = "b"
inner.x = 2
'''

EXPECTED = {
    ("name",): (1, 1),
    ("quoted key",): (2, 1),
    ("a",): (3, 1),
    ("a", "b", "c"): (3, 1),
    ("long",): (4, 1),
    ("raw",): (8, 1),
    ("theme",): (10, 2),
    ("theme", "font"): (11, 3),
    ("theme", "foot"): (12, 1),
    ("theme", "foot", "links"): (12, 10),
    ("theme", "foot", "links", 0): (12, 20),
    ("theme", "foot", "links", 0, "url"): (12, 33),
    ("theme", "foot", "links", 1): (12, 45),
    ("theme", "foot", "links", 1, "url"): (12, 62),
    ("theme", "foot", "address"): (12, 76),
    ("theme", "many", 0): (14, 5),
    ("theme", "many", 1): (15, 5),
    ("theme", "many", 2, 1): (16, 9),
    ("theme", "sub table", "deep"): (19, 2),
    ("theme", "sub table", "deep", "key"): (20, 1),
    ("lists",): (22, 3),
    ("lists", 0, "name"): (23, 1),
    ("lists", 0, "inner", "x"): (25, 1),
    ("lists", 1): (26, 3),
    ("lists", 1, "name"): (27, 1),
    ("lists", 1, "inner", "x"): (28, 1),
}


def test_keys_and_items_have_their_position() -> None:
    found = toml_positions(TEXT, "t.toml")
    assert {path: (found[path].line, found[path].column) for path in EXPECTED} == EXPECTED


def paths(value: Any, path: TomlPath = ()) -> Iterator[TomlPath]:
    """Yield the path of every key and item in a parsed document."""
    items: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        items = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    for key, item in items:
        yield (*path, key)
        yield from paths(item, (*path, key))


def test_everything_that_tomllib_reads_has_a_position() -> None:
    assert set(paths(tomllib.loads(TEXT))) <= set(toml_positions(TEXT, "t.toml"))


@given(st.text(alphabet="ab=[]{}.,\"'\\\n #1", max_size=60))
def test_any_document_that_tomllib_reads_has_positions(text: str) -> None:
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(paths(parsed)) <= set(toml_positions(text, "t.toml"))
