"""Selectors match the elements that lxml matches, whichever of the two ways is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml.cssselect import CSSSelector

from newsletter.render.selectors import Selector, forget_document

PAGE = etree.HTML("""
<div class="k"><!-- a comment --><p class="a b">one<b>two</b></p><p>three</p>
<table class="t"><tr><td>1</td><td class="b r">2<div class="k a"><p class=" b ">x</p></div></td></tr>
<tr><!-- first? --><td class="k">3</td><td>4</td></tr></table></div>
<div><div class="t"><ul><li>5<ul><li class="a">6</li></ul></li></ul></div></div>
""")
COMPOUNDS = st.builds(
    lambda tag, classes, first: (tag + "".join(classes) or "p") + first,
    st.sampled_from(["", "p", "td", "div", "li", "ul", "tr", "b", "blockquote"]),
    st.lists(st.sampled_from([".a", ".b", ".k", ".t", ".r", ".missing"]), max_size=2),
    st.sampled_from(["", "", ":first-child"]),
)


def assert_same(css: str) -> None:
    forget_document()
    matched = list(Selector(css)(PAGE))
    assert len(matched) == len(set(matched)), "an element is returned once"
    assert set(matched) == set(CSSSelector(css)(PAGE))


@given(st.lists(COMPOUNDS, min_size=1, max_size=3).map(" ".join))
def test_tags_classes_and_descendants(css: str) -> None:
    assert_same(css)
    assert Selector(css).other is None


@pytest.mark.parametrize(
    "css",
    ["div > p", "p + p", "*", "#k", "[class]", "td:last-child", ".k, .t", "p:not(.a)", ".t *", "P"],
)
def test_any_other_selector_is_left_to_lxml(css: str) -> None:
    assert_same(css)


def test_a_second_document_is_not_confused_with_the_first() -> None:
    selector = Selector("p")
    assert len(selector(PAGE)) == 3
    assert [element.text for element in selector(etree.HTML("<p>other</p>"))] == ["other"]
    assert len(selector(PAGE)) == 3
