"""Properties of any two texts: the reported changes turn the old words into the new ones."""

from __future__ import annotations

import re
from collections import Counter
from html import escape

from hypothesis import given
from hypothesis import strategies as st
from pyromark import html as rendered

from newsletter.review.marked_email import with_marks
from newsletter.review.reader_document import TableContent, plain_block, read_document, split_words
from newsletter.review.redline import compare_documents
from newsletter.review.redline_markdown import inert_markdown
from newsletter.review.redline_values import BlockChange, UnchangedBlocks
from newsletter.review.table_diff import TableChange, compare_tables
from newsletter.review.word_diff import compare_texts

WORD = st.sampled_from(
    "the port of Lisbon 37 12.7 €3 ship’s night-time “quoted” é 港 ไทย مرفأ , . ; a in".split()
) | st.text(max_size=6)
SENTENCE = st.lists(WORD, max_size=12).map(" ".join)
PARAGRAPHS = st.lists(SENTENCE, max_size=8)


def old_of(runs: tuple[object, ...]) -> str:
    return "".join(run.text for run in runs if run.op != "+")  # type: ignore[attr-defined]


def new_of(runs: tuple[object, ...]) -> str:
    return "".join(run.text for run in runs if run.op != "-")  # type: ignore[attr-defined]


@given(st.text(max_size=60))
def test_tokens_join_to_the_original_text(text: str) -> None:
    assert "".join(split_words(text)) == text


@given(SENTENCE, SENTENCE)
def test_the_changes_turn_the_old_words_into_the_new_ones(old: str, new: str) -> None:
    runs = compare_texts(old, new)
    assert (old_of(runs), new_of(runs)) == (old, new)
    assert all(run.text for run in runs)


@given(SENTENCE)
def test_equal_texts_have_no_changes(text: str) -> None:
    assert {run.op for run in compare_texts(text, text)} <= {"="}


@given(PARAGRAPHS, PARAGRAPHS)
def test_no_paragraph_is_lost_in_a_redline(old: list[str], new: list[str]) -> None:
    """Read in order, the redline is the new email; as a whole, it has every old paragraph once."""
    entries = compare_documents(
        [plain_block(text) for text in old], [plain_block(text) for text in new]
    )
    now: list[str] = []
    before: list[str] = []
    for entry in entries:
        if isinstance(entry, UnchangedBlocks):
            now += [block.text for block in entry.blocks]
            before += [block.text for block in entry.blocks]
            continue
        if entry.after:
            now.append(entry.after.text)
            assert new_of(entry.runs) == entry.after.text
        if entry.before:
            before.append(entry.before.text)
            assert old_of(entry.runs) == entry.before.text
    assert now == new
    assert Counter(before) == Counter(old)


@given(PARAGRAPHS)
def test_an_email_has_no_changes_from_itself(paragraphs: list[str]) -> None:
    blocks = [plain_block(text) for text in paragraphs]
    assert not [
        entry for entry in compare_documents(blocks, blocks) if isinstance(entry, BlockChange)
    ]


@given(PARAGRAPHS, PARAGRAPHS)
def test_marks_only_add_to_an_email(old: list[str], new: list[str]) -> None:
    html = page(new)
    marked = with_marks(page(old), html)
    without = re.sub(
        r"<(del|i) style=.*?</\1> ?|<ins style=[^>]*>|</ins>", "", marked, flags=re.DOTALL
    )
    assert "".join(without.split()) == "".join(html.split())


def page(paragraphs: list[str]) -> str:
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    return f"<html><body><div>{body}</div></body></html>"


@given(PARAGRAPHS)
def test_every_word_of_an_email_is_read(paragraphs: list[str]) -> None:
    words = " ".join(" ".join(paragraphs).split())
    read = " ".join(block.text for block in read_document(page(paragraphs)))
    assert "".join(read.split()) == "".join(words.split())


CELL = st.sampled_from(["12", "13", "Lisbon", "Porto", "", "a b"])
ROWS = st.lists(st.tuples(CELL, CELL, CELL), max_size=5)


@given(ROWS, ROWS)
def test_no_table_row_is_lost(old: list[tuple[str, ...]], new: list[tuple[str, ...]]) -> None:
    head = ("Port", "Ships", "Note")
    change = compare_tables(TableContent(head, tuple(old)), TableContent(head, tuple(new)))
    kept = len(new) - len(change.rows_added)
    assert kept == len(old) - len(change.rows_removed)
    assert not Counter(change.rows_added) - Counter(new)
    assert not Counter(change.rows_removed) - Counter(old)
    if old == new:
        assert change == TableChange()


@given(st.text(max_size=80))
def test_markdown_in_text_is_escaped(text: str) -> None:
    """No mention, no link, no tag: any text prints as itself."""
    actual = inert_markdown(text)
    assert not re.search(r"@\w", actual)
    html = rendered(f"x {actual}")
    assert not re.search(r"<(?!/?p>)[a-z]", html), html
