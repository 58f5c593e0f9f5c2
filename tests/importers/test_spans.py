"""A line of a draft as spans, and the parts that are spelled by themselves: code, addresses."""

from __future__ import annotations

from newsletter.importers.markdown.inline_writer import code, destination, read_back
from newsletter.importers.markdown.spans import (
    BREAK,
    TextSpan,
    normalize_spans,
    plain_words,
    with_links,
)


def span(words: str, *marks: str, url: str = "") -> TextSpan:
    return TextSpan(words, frozenset(marks), url)


A, B = "https://e.org/a", "https://e.org/b"
CODE = [
        ("a", "`a`"),
        ("`", "`` ` ``"),
        ("a``b", "```a``b```"),
        ("`a", "`` `a ``"),
        ("a`", "`` a` ``"),
        (" a ", "`  a  `"),
        (" a", "` a`"),
        ("a ", "`a `"),
        ("aba", "`aba`"),
        ("  ", "`  `"),
        ("", "``"),
]  # fmt: skip


ADDRESSES = [
        ("", "<>"),
        ("a b\n<c>", "a%20b%0A%3Cc%3E"),
        ("a\u00a0b", "a\u00a0b"),
        ("a(b", "<a(b>"),
        ("a\\b", "<a\\\\b>"),
        ("?a&b;&#1;&c", "?a&amp;b;&amp;#1;&c"),

]  # fmt: skip


def test_code_keeps_its_spaces_and_backticks_and_addresses_their_signs() -> None:
    assert [(words, code(words)) for words, _ in CODE] == CODE
    assert [(url, destination(url)) for url, _ in ADDRESSES] == ADDRESSES


IMAGE = TextSpan("a", what="image", src="images/a.png")
NORMAL = {
    "equal spans": ([span("a "), span(" b"), span("c", "em"), span("d", "em")],
                    [span("a b"), span("cd", "em")]),
    "spaces around a mark": ([span("a "), span(" b", "em"), span(" ", "em"), span(" c")],
                             [span("a "), span("b ", "em"), span("c")]),
    "a letter after a space": ([span("a "), span(" Xx")], [span("a Xx")]),
    "spaces at the ends": ([span("  a", "em"), span("b  "), span("   ")], [span("a", "em"), span("b")]),
    "only spaces": ([span("  "), span(" ", "em")], []),
    "spaces around a break": ([span("a "), BREAK, span(" b")], [span("a"), BREAK, span("b")]),
    "two breaks": ([span("a"), BREAK, span(" "), BREAK, span("b")], [span("a"), BREAK, span("b")]),
    "breaks at the ends": ([BREAK, span("a"), span(" "), BREAK, span(" "), BREAK], [span("a")]),
    "an image keeps its spaces": ([span("a "), IMAGE, span(" b")], [span("a "), IMAGE, span(" b")]),
    "an image at the end": ([span("a"), BREAK, IMAGE, span(" ")], [span("a"), BREAK, IMAGE]),
    "two links": ([span("a", url=A), span("b", url=B)], [span("a", url=A), span("b", url=B)]),
}  # fmt: skip


def test_lines_are_normalized() -> None:
    lines = {name: list(normalize_spans(spans)) for name, (spans, _) in NORMAL.items()}
    assert lines == {name: line for name, (_, line) in NORMAL.items()}


def test_addresses_in_the_words_become_links() -> None:
    line = [
        span(f"See {A}?x, ", "em"),
        span(f"{B} and {A}?x"),
        span(A, url=B),
        span(A, "code"),
        IMAGE,
        BREAK,
    ]
    assert with_links(line, lambda url: url.removesuffix("?x")) == [
        span("See ", "em"),
        span(A, "em", url=A),
        span(", ", "em"),
        span(B, url=B),
        span(" and "),
        span(A, url=A),
        span(A, url=B),
        span(A, "code"),
        IMAGE,
        BREAK,
    ]


def test_the_plain_words_of_a_line_have_no_note_marks() -> None:
    line = [span("a "), TextSpan("1", what="note"), IMAGE, BREAK, span("b", "code", url=A)]
    assert plain_words(line) == "a a\nb"


def test_what_is_read_back_shows_whether_it_is_one_paragraph() -> None:
    none: frozenset[str] = frozenset()
    assert read_back("a *b* c[^1]") == [
        ("a", "", none),
        ("b", "", frozenset({"em"})),
        ("c^1", "", none),
    ]
    assert read_back("a [b `c`](https://e.org/)\\\nd") == [
        ("a", "", none),
        ("bc", "https://e.org/", none),
        ("d", "", none),
    ]
    for written in ("# a", "- a", "> a", "    a", "| a |\n| --- |"):
        assert read_back(written)[0] != ("a", "", none), written
