"""Every key and array item of a TOML file has a line and column."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
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


MORE = [
    "a = [[1], [[2, 3]], []]\nb = 1\n",
    "a = {b = [1], c = {d = [{e = 1}]}}\nf.g = [ [ ] , [1 ,] ]# x ]\nh = 2",
    'a = \'x # y\'  # \'z\nb = "it\'s"\nc = \'"\'\nd = "\\"]" # "\ne = 1979-05-27 07:32:00\n',
    "a = \"\"\"x\"\"y\"\"\"\"\"\nb = '''x''y'''''\nc = [\"\"\"a]\n\"\"\", '''\n]''']\nd = 1\n",
    '[ a . "b.c" ]\nd = 1\n[[ e ]]\n[[ e . f ]]\ng = 1\n[[e.f]]\nh = 2\n[[e]]\n[e.f]\n',
    "\"a b\".'c'.d = 1\n\t'' = 2 \n\"\\u0061\" . x = 3\r\nz = 4\r\n",
]


@pytest.mark.parametrize("text", [TEXT, *MORE])
def test_what_tomllib_reads_has_a_position_and_nothing_else_has(text: str) -> None:
    assert_positions(text)


@given(st.text(alphabet="ab=[]{}.,\"'\\\n #1", max_size=60))
def test_any_document_that_tomllib_reads_has_positions(text: str) -> None:
    with contextlib.suppress(tomllib.TOMLDecodeError):
        assert_positions(text)


def assert_positions(text: str) -> None:
    parsed = tomllib.loads(text)
    found = toml_positions(text, "t.toml")
    assert set(found) == set(paths(parsed))
    lines = text.split("\n")
    for path, where in found.items():
        assert where.path == "t.toml"
        rest = lines[(where.line or 0) - 1][(where.column or 0) - 1 :]
        assert rest, path
        assert rest[0] not in " \t=,.]}#", "a key or a value starts there"
        if isinstance(path[-1], str) and path[-1].isalpha() and "." not in rest.partition("=")[0]:
            key = rest.partition("=")[0].partition("]")[0].strip()
            assert key.strip("\"'") in (path[-1], "\\u0061")
