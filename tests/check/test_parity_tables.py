"""Tables in the text part, whether drawn, wrapped or listed, have no false parity findings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.check.test_parity import checked_email, lost_and_moved

ESSAY = "---\nkind: essay\ntitle: The Quiet Port\n---\nBefore the table.\n\n"
LONG = "a very long text that makes the table far too wide for the seventy-two columns of the text part"
TABLES = {
    "listed, with a slash and a link": "| Job | What |\n|---|---|\n| Mocking requests during exploration/generation | "
    f"[request-mocking](https://sea.example/x) with {LONG} |",
    "links in the head": "| Feature | [Chardet](https://sea.example/c/chardet) | Charset Normalizer | "
    "[cChardet](https://sea.example/p/cChardet) |\n|---|:-:|:-:|:-:|\n| `Fast` | x | y | y |\n"
    "| `License` | LGPL-2.1<br>_restrictive_ | MIT | MPL-1.1 _restrictive_ |",
    "notes in wide cells": f"| Year | What |\n|---|---|\n| 2024[^a] | {LONG}[^a] |\n| 2025 | {LONG}, 2 of 2 |",
    "hundreds of words": "| Name | What | Why |\n|---|---|---|\n"
    + "".join(
        f"| name{n} | {LONG} {n} | [{n} reasons](https://sea.example/{n}) of {LONG} |\n"
        for n in range(40)
    ),
    "a picture": f'| Bird | What |\n|---|---|\n| ![gull](images/gull.png "its title") | {LONG} |',
    "in a quotation": f"> | Job | What |\n> |---|---|\n> | Mocking requests | {LONG} |\n> | x/y | z |",
    "twice": f"| a | b |\n|---|---|\n| x y z | {LONG} |\n| 1 | 2 |\n\n"
    f"| a | b |\n|---|---|\n| 1 | 2 |\n| x y z | {LONG} |",
}
NOTE = "\n\nAfter the table.[^a]\n\n[^a]: Counted in spring, 2 of 1.\n"


@pytest.mark.parametrize("what", TABLES)
def test_a_wide_table_has_no_findings(what: str) -> None:
    assert lost_and_moved(checked_email(ESSAY + TABLES[what] + NOTE)) == []


@pytest.mark.parametrize("lost", ["Mocking", "request-mocking", "seventy"])
def test_text_lost_from_a_wide_table_is_reported(lost: str) -> None:
    email = checked_email(ESSAY + TABLES["listed, with a slash and a link"] + NOTE)
    assert lost in email.email.text
    tampered = replace(email, email=replace(email.email, text=email.email.text.replace(lost, "")))
    assert ("text-lost", 9) in lost_and_moved(tampered)


WORDS = st.sampled_from(
    "a the 1 2 1,204 MIT exploration/generation snake_case x^2 naïve 港は静か ל48 🚢 Incomprehensibilities_and_more"
    " LGPL-2.1 table: (note [1] **bold** _restrictive_ half**way** `code_name` `--flag=1`<br>then 10<sup>3</sup>"
    " [Chardet](https://sea.example/c) [more](https://sea.example/d?e=1) <https://sea.example/bare> [^a] [^b]".split()
)
CELLS = st.lists(WORDS, max_size=9).map(" ".join)


@st.composite
def tables(draw: st.DrawFn) -> str:
    columns = draw(st.integers(2, 6))
    rows = draw(
        st.lists(st.lists(CELLS, min_size=columns, max_size=columns), min_size=2, max_size=7)
    )
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * columns, *lines[1:]])


@settings(deadline=None)
@given(tables())
def test_any_table_has_no_findings(table: str) -> None:
    notes = "\n\nBoth notes.[^a] [^b]\n\n[^a]: Counted in spring.\n\n[^b]: Counted again.\n"
    assert lost_and_moved(checked_email.__wrapped__(ESSAY + table + notes)) == []


SAME = "\n\nThe same words stand before and after it.\n\n"


@settings(deadline=None, max_examples=50)
@given(tables(), st.data())
def test_any_two_tables_with_the_same_words_have_no_findings(
    table: str, data: st.DataObject
) -> None:
    head, ruler, *rows = table.split("\n")
    twin = "\n".join([head, ruler, *data.draw(st.permutations(rows))])
    notes = "Both notes.[^a] [^b]\n\n[^a]: Counted in spring.\n\n[^b]: Counted again.\n"
    assert (
        lost_and_moved(checked_email.__wrapped__(f"{ESSAY}{SAME}{table}{SAME}{twin}{SAME}{notes}"))
        == []
    )
