"""Merging: changes of one side are applied; conflicts are reported and keep our version."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.importers.issue.three_way import Conflict, merge

BASE = "one\n\ntwo\n\nthree\n\nfour\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        pytest.param("ONE two three four", "one two three FOUR", "ONE two three FOUR", id="ends"),
        pytest.param(
            "two three four", "one two three four five", "two three four five", id="cut and grown"
        ),
        pytest.param("one two four", "one two four", "one two four", id="the same"),
        pytest.param("one 2 three four", "one 2 three 4", "one 2 three 4", id="the same and more"),
    ],
)
def test_changes_of_both_sides_are_merged(ours: str, theirs: str, merged: str) -> None:
    found = merge(BASE, paragraphs(ours), paragraphs(theirs))
    assert (found.text, found.conflicts) == (paragraphs(merged), ())


def paragraphs(words: str) -> str:
    return words.replace(" ", "\n\n") + "\n"


def test_changes_in_neighbouring_lines_conflict() -> None:
    found = merge(BASE, paragraphs("one two three 4"), paragraphs("one two 3 four"))
    assert found.text == paragraphs("one two three 4")
    assert found.conflicts == (Conflict(5, "three\n\n4", "3\n\nfour"),)


def test_a_conflict_has_its_position_and_keeps_our_version() -> None:
    found = merge(BASE, "one\n\ntwo, ours\n\nthree\n\nfour\n", "one\n\ntwo, theirs\n\nthree\n\n4\n")
    assert found.text == "one\n\ntwo, ours\n\nthree\n\n4\n"
    assert found.conflicts == (Conflict(3, "two, ours", "two, theirs"),)


def test_a_deletion_conflicts_with_a_change() -> None:
    found = merge(BASE, "one\n\nthree\n\nfour\n", "one\n\n2\n\nthree\n\nfour\n")
    assert found.text == "one\n\nthree\n\nfour\n"
    assert found.conflicts == (Conflict(3, "", "2"),)


def test_a_paragraph_is_not_joined_to_one_that_the_other_side_deleted() -> None:
    assert merge("one\n\ntwo\n", "one\n\ntwo\n\nthree\n", "one\n").text == "one\n\ntwo\n\nthree\n"


MERGES: dict[str, tuple[str, str, str, str, tuple[Conflict, ...]]] = {
    "spaces at the start of a line": (
        "  a\n\nb\n", "  a\n\nb\n\nc\n", "  x\n\nb\n", "  x\n\nb\n\nc\n", (),
    ),
    "empty lines at the start": ("\n\na\nb\n", "a\nb\nc\n", "\nx\nb\n", "x\nb\nc\n", ()),
    "lines of a list": ("a: 1\nb: 2\n", "a: 1\nb: 2\nc: 3\n", "a: 9\nb: 2\n", "a: 9\nb: 2\nc: 3\n", ()),
    "no end of line": ("a\n\nb", "a\n\nb\n\nc", "x\n\nb", "x\n\nb\n\nc\n", ()),
    "other spaces between lines": (
        "a\n\nb\n\nc\n", "a\nb\n\nc\n", "a\n\nb\n\nx\n", "a\n\nb\n\nx\n", (),
    ),
    "everything deleted here, changed there": (
        "a\n\nb\n", "", "a\n\nx\n", "", (Conflict(1, "", "a\n\nx"),),
    ),
    "two conflicts": (
        "a\n\nb\n\nc\n\nd\n", "1\n\nb\n\nc\n\n2\n", "3\n\nb\n\nc\n\n4\n", "1\n\nb\n\nc\n\n2\n",
        (Conflict(1, "1", "3"), Conflict(7, "2", "4")),
    ),
    "a conflict below an addition": (
        "a\n\nb\n", "a\n\n1\n", "x\n\ny\n\na\n\n2\n", "x\n\ny\n\na\n\n1\n", (Conflict(7, "1", "2"),),
    ),
    "the same lines in another order": (
        "a\n\nb\n\nc\n", "b\n\na\n\nc\n", "a\n\nb\n\nc\n\nd\n", "b\n\na\n\nc\n\nd\n", (),
    ),
}  # fmt: skip


def test_texts_are_merged_line_by_line() -> None:
    merged = {}
    for name, (base, ours, theirs, _, _) in MERGES.items():
        found = merge(base, ours, theirs)
        merged[name] = (base, ours, theirs, found.text, found.conflicts)
    assert merged == MERGES


texts = st.lists(st.sampled_from("abcdefg"), max_size=8).map(
    lambda lines: "".join(f"{line}\n\n" for line in lines)[:-1]
)


@given(texts, texts)
def test_changes_of_one_side_alone_are_all_applied(base: str, other: str) -> None:
    assert merge(base, base, other).text == other
    assert merge(base, other, base).text == other
    assert merge(base, other, other).text == other
    assert not merge(base, base, other).conflicts


@given(texts, texts, texts)
def test_no_added_line_of_either_side_is_lost(base: str, ours: str, theirs: str) -> None:
    found = merge(base, ours, theirs)
    kept = found.text.split() + [line for clash in found.conflicts for line in clash.theirs.split()]
    for line in set(ours.split()) - set(base.split()):
        assert line in found.text
    for line in set(theirs.split()) - set(base.split()):
        assert line in kept
