"""Setting keys of one table leaves every other character unchanged."""

from __future__ import annotations

import tomllib

import pytest

from newsletter.files.toml_edit import with_table_values

VALUES = {"accent": "#86331f", "width": 600, "font": None}
CASES = {
    "no table": (
        'name = "Quay"\n# end',
        'name = "Quay"\n# end\n\n[theme]\naccent = "#86331f"\nwidth = 600\n',
    ),
    "short": (
        'name = "Quay"\ntheme = "slack"  # ours\nurl = "u"\n',
        'name = "Quay"\ntheme.name = "slack"  # ours\ntheme.accent = "#86331f"\ntheme.width = 600\nurl = "u"\n',
    ),
    "header": (
        'a = 1\n\n[theme]\nname = "x"\n\n[check]\nb = 2\n',
        'a = 1\n\n[theme]\nname = "x"\naccent = "#86331f"\nwidth = 600\n\n[check]\nb = 2\n',
    ),
    "empty header": (
        "[theme] # look\n[check]\n",
        '[theme] # look\naccent = "#86331f"\nwidth = 600\n[check]\n',
    ),
    "replaced": (
        "[theme]\r\naccent = '#000'   # old\r\nfont = \"serif\"\r\nwidth=560\r\n",
        '[theme]\r\naccent = "#86331f"   # old\r\nwidth=600\r\n',
    ),
    "dotted": (
        'theme.name = "x"\ntheme.accent = "#000"\n[check]\n',
        'theme.name = "x"\ntheme.accent = "#86331f"\ntheme.width = 600\n[check]\n',
    ),
    "tables below": (
        '[theme]\naccent = "#000"\n[theme.foot]\naddress = false\n',
        '[theme]\naccent = "#86331f"\nwidth = 600\n[theme.foot]\naddress = false\n',
    ),
}
# `+` stands for the two entries that are added, below a header or with the key of the table.
ADDED = 'accent = "#86331f"\nwidth = 600\n'
DOTTED = 'theme.accent = "#86331f"\ntheme.width = 600\n'
MORE = {
    "": "\n[theme]\n+",
    "[theme]": "[theme]\n+",
    '[theme]\nname = "x"': '[theme]\nname = "x"\n+',
    "theme = 'x'": "theme.name = 'x'\n.+",
    '# theme = "x"\ntheme="theme"\n': '# theme = "x"\ntheme.name="theme"\n.+',
    '[ theme ]\nname="x"\n': '[ theme ]\nname="x"\n+',
    '[check]\ntheme = "a"\n': '[check]\ntheme = "a"\n\n[theme]\n+',
    "x.theme.width = 3\n": "x.theme.width = 3\n\n[theme]\n+",
    "[tool.theme]\nwidth = 1\n": "[tool.theme]\nwidth = 1\n\n[theme]\n+",
    "[[a]]\nb = 1\n[[a]]\nb = 2\n[theme] # look\nc = 1\n": (
        "[[a]]\nb = 1\n[[a]]\nb = 2\n[theme] # look\nc = 1\n+"
    ),
    "[theme]\n# note\nname = 'x' # n\n\n# next\n[x]\n": (
        "[theme]\n# note\nname = 'x' # n\n+\n# next\n[x]\n"
    ),
    "d = 2026-03-01\nf = 1.5\nt = [true, {u = 10:00:00}]\n[theme]\nfont = 'serif' # c\n": (
        "d = 2026-03-01\nf = 1.5\nt = [true, {u = 10:00:00}]\n[theme]\n+"
    ),
    "theme.x = 1\ntheme.font = 'serif'\na = 1\n": "theme.x = 1\n.+a = 1\n",
    "theme.font = 'serif'\na = 1\n": "a = 1\n\n[theme]\n+",
    "[theme]\naccent = 1\nfont = 2\nwidth = 3": '[theme]\naccent = "#86331f"\nwidth = 600',
    '[theme]\n  "accent"  =  "a\\"b" \t# "c"\nwidth = 1\n': (
        '[theme]\n  "accent"  =  "#86331f" \t# "c"\nwidth = 600\n'
    ),
}


@pytest.mark.parametrize("before", MORE)
def test_values_are_set_wherever_a_table_stands(before: str) -> None:
    after = MORE[before].replace(".+", DOTTED).replace("+", ADDED)
    assert with_table_values(before, ("theme",), VALUES, short="name") == after
    again = with_table_values(after, ("theme",), VALUES, short="name")
    assert again == after, "what is set is not set again"


def test_new_lines_end_like_the_first() -> None:
    text = 'name = "Quay"\r\n'
    after = with_table_values(text, ("theme",), {"width": 600}, short="name")
    assert after == f"{text}\r\n[theme]\r\nwidth = 600\r\n"


def test_the_tables_above_may_be_missing_too() -> None:
    after = with_table_values("x = 1\n", ("a", "b", "c"), {"d": 1, "e": None}, short="n")
    assert after == "x = 1\n\n[a.b.c]\nd = 1\n"


def test_a_value_may_be_of_any_type() -> None:
    values = {"b": True, "c": ["x", 1], "d": 1.5}
    after = with_table_values("[a]\nb = 1\n", ("a",), values, short="n")
    assert after == '[a]\nb = true\nc = ["x",1]\nd = 1.5\n'


@pytest.mark.parametrize("name", CASES)
def test_values_are_set(name: str) -> None:
    before, after = CASES[name]
    assert with_table_values(before, ("theme",), VALUES, short="name") == after
    assert tomllib.loads(after)["theme"].items() >= {("accent", "#86331f"), ("width", 600)}


def test_a_table_in_pyproject_is_edited() -> None:
    text = '[project]\nname = "p"\n\n[tool.newsletter]\nname = "Quay"\n'
    after = with_table_values(text, ("tool", "newsletter", "theme"), {"width": 600}, short="name")
    assert after == f"{text}\n[tool.newsletter.theme]\nwidth = 600\n"


@pytest.mark.parametrize(
    "text",
    [
        'theme = {name = "x", accent = "#000"}\n',
        '[theme]\naccent = """#000\n"""\n',
        "[theme\n",
        "theme.foot.address = false\nb = 1\n",
        "[theme]\nfonts = ['a',\n'b']\n",
        "[theme]\nfont = [1]\n",
    ],
)
def test_a_table_that_cannot_be_edited_safely_is_left_alone(text: str) -> None:
    assert with_table_values(text, ("theme",), VALUES, short="name") is None
