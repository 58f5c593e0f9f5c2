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
    ],
)
def test_a_table_that_cannot_be_edited_safely_is_left_alone(text: str) -> None:
    assert with_table_values(text, ("theme",), VALUES, short="name") is None
