"""Emphasis that nests and overlaps in any way is kept, and split where necessary."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.importers import read_drafts
from newsletter.importers.markdown.inline_writer import _signs, markdown, read_back
from newsletter.importers.markdown.spans import TextSpan, normalize_spans
from tests.importers.reading import parsed, section

WORDS = st.sampled_from(
    [
        "the pilots ",
        " and the cook",
        ", wait",
        " “x” ",
        "a",
        "b.",
        "(c)",
        " d ",
        "*e*",
        "1",
        "!",
        "日本",
    ]
)
SPANS = st.builds(
    TextSpan,
    WORDS,
    st.frozensets(st.sampled_from(["strong", "em", "del", "code"])),
    st.sampled_from(["", "", "https://e.example/1", "https://e.example/2"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(SPANS, min_size=1, max_size=6))
def test_overlapping_emphasis_is_kept(spans: list[TextSpan]) -> None:
    line = normalize_spans(spans)
    found = [
        (sign, url, marks)
        for words, url, marks in read_back(markdown(line))
        for sign in words
        if sign.isalnum()
    ]
    wanted = [
        (sign, url, marks) for words, url, marks in _signs(line) for sign in words if sign.isalnum()
    ]
    assert found == wanted


def test_overlapping_emphasis_is_split_at_the_boundary() -> None:
    page = "<p><b>the pilots </b><b><i>and the cook</i></b><i> wait</i></p>"
    (draft,) = read_drafts(page.encode(), "a.html")
    assert section(draft) == "**the pilots *and the cook*** *wait*\n"
    assert parsed(section(draft)) == ("the pilots and the cook wait", ())


OVERLAPS = {
    "<b>the pilots <i>and the cook</b> wait</i>": "**the pilots *and the cook*** *wait*",
    "<s>old <b>new</s> both</b>": "~~old **new**~~ **both**",
    "<b><i>x <s>y </b>z </i>w</s>": "***x ~~y~~** ~~z~~* ~~w~~",
    "<b>a <!-- </b> --><i>b</b> c</i>": "**a *b*** *c*",
}


@pytest.mark.parametrize(("page", "wanted"), OVERLAPS.items())
def test_tags_that_overlap_are_read_as_browsers_do(page: str, wanted: str) -> None:
    (draft,) = read_drafts(f"<body><p>{page}</p></body>".encode(), "a.html")
    assert section(draft) == f"{wanted}\n"


def test_emphasis_around_blocks_is_left_to_the_parser() -> None:
    page = b"<body><b>one<p>two</b> three</p></body>"
    (draft,) = read_drafts(page, "a.html")
    assert " ".join(block.words for block in draft.blocks) == "one two three"
