"""The audit: a lost passage is reported even if its words occur elsewhere."""

from __future__ import annotations

import pytest

from newsletter.importers import read_drafts
from newsletter.importers.draft import DraftBlock, ImportNote
from newsletter.importers.sequence_audit import missing_text
from tests.importers.test_word import document, paragraph, run


def block(words: str, line: int = 1) -> DraftBlock:
    return DraftBlock("paragraph", words, words, line)


CASES: dict[str, tuple[list[list[str]], list[str], list[str], list[str]]] = {
    "nothing lost": ([["At six it ", "rains", "."]], ["At six it rains."], [], []),
    "a sentence whose words occur": (
        [["The crane stands. The boat sails. The boat stands."]],
        ["The crane stands. The boat sails."],
        [],
        ["The boat stands."],
    ),
    "twice there, once read": ([["Nobody knows."], ["Nobody knows."]], ["Nobody knows."], [], ["Nobody knows."]),
    "a short word inside another": ([["the"]], ["others"], [], ["the"]),
    "reported in a note": ([["Old words."], ["New."]], ["New."], ["Old words."], []),
    "another order": ([["One thing happens here."], ["Then another."]],
                      ["Then another.", "One thing happens here."], [], []),
}  # fmt: skip


@pytest.mark.parametrize(("source", "read", "notes", "lost"), CASES.values(), ids=CASES)
def test_lost_passages_are_reported(
    source: list[list[str]], read: list[str], notes: list[str], lost: list[str]
) -> None:
    found = missing_text(
        source,
        [block(words) for words in read],
        [ImportNote("omitted", "x", words) for words in notes],
    )
    assert [note.words for note in found] == lost


PAGES = {
    "text directly in the body": "<body>Stray words. <p>A paragraph.</p> And a tail.</body>",
    "tails after inline elements": "<p>One <b>two</b> three</p>four <i>five</i> six",
    "a page without a body": "<main>Words in main.</main>Words after it.",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_text_node_of_a_page_is_read(page: str) -> None:
    (draft,) = read_drafts(f"<html>{page}</html>".encode(), "a.html")
    assert not [note for note in draft.notes if note.kind == "omitted"]


@pytest.mark.parametrize("name", ["draft.html", "draft.docx"])
def test_an_address_without_its_tracking_is_not_lost(name: str) -> None:
    words = "[Reference: https://pilots.example/crane?fbclid=IwAR0x]"
    data = document(paragraph(run(words))) if name.endswith("docx") else f"<p>{words}</p>".encode()
    (draft,) = read_drafts(data, name)
    assert [note.kind for note in draft.notes] == ["changed"]


def test_two_keys_of_the_same_meaning_are_both_used_or_listed() -> None:
    page = b"---\ntag: Ports\ntags: [Trade]\nauthor: Mira\nauthors: Tomas\n---\nWords.\n"
    (draft,) = read_drafts(page, "a.md")
    assert draft.meta == {"tags": "Ports, Trade", "author": "Mira", "authors": "Tomas"}


def test_text_outside_the_elements_of_a_page_is_listed() -> None:
    words = "<p>Nothing moves at berth nine before six. The crane stands still, as it must.</p>" * 5
    page = f"<body><nav>Menu</nav><div><article>{words}</article></div><b>S</b>tray words.<footer>End</footer>"
    (draft,) = read_drafts(page.encode(), "a.html")
    assert ("omitted", "S tray words.") in [(note.kind, note.words) for note in draft.notes]
    assert "text lost in conversion" not in [note.message for note in draft.notes]


LINES: dict[str, tuple[list[list[str]], list[tuple[str, int]], list[tuple[str, int]]]] = {
    "the line of the text before it": (
        [["One here, two there."], ["Lost."], ["Three here, four there."], ["Lost too."]],
        [("One here, two there.", 3), ("Three here, four there.", 7)],
        [("Lost.", 3), ("Lost too.", 7)],
    ),
    "above the first text": ([["Lost."], ["One here, two there."]], [("One here, two there.", 3)],
                             [("Lost.", 3)]),
    "nothing read": ([["Lost", " words."]], [], [("Lost", 0), ("words.", 0)]),
    "a sentence of a node": (
        [["One here. Lost. Two there."]], [("One here. Two there.", 3)], [("Lost.", 3)],
    ),
    "a line of a node": ([["One here\nLost\nTwo there"]], [("One here Two there", 3)], [("Lost", 3)]),
    "a node of a paragraph": ([["One ", "lost", " here"]], [("One here", 3)], [("lost", 3)]),
    "sentences of a node of a paragraph": (
        [["One here.", "Lost. Two there.", "Three."]], [("One here. Two there. Three.", 3)],
        [("Lost.", 3)],
    ),
    "a space inside a word": ([["he re"], ["the"]], [("here the", 3)], []),
    "twelve letters inside a word": ([["abcdefghijkl"]], [("xabcdefghijklx", 3)], []),
    "eleven letters inside a word": (
        [["abcdefghijk"]], [("xabcdefghijkx", 3)], [("abcdefghijk", 3)],
    ),
    "a script without spaces": ([["港の"]], [("起重機港の六時", 3)], []),
    "signs and spaces": ([["“One”—here…", "\n\n", "!"]], [("'One' - here", 3)], []),
    "a short one does not take from a longer one": (
        [["the crane"], ["the crane stands still"]], [("the crane stands still", 3), ("the crane", 4)],
        [],
    ),
    "an address without its tracking": (
        [["See https://e.org/?utm_source=x&id=1 now."]], [("See https://e.org/?id=1 now.", 3)], [],
    ),
}  # fmt: skip


def test_what_is_lost_is_reported_at_the_line_of_the_text_before_it() -> None:
    found = {
        name: [
            (note.words, note.line)
            for note in missing_text(source, [block(*text) for text in read], [])
        ]
        for name, (source, read, _) in LINES.items()
    }
    assert found == {name: lost for name, (_, _, lost) in LINES.items()}


def test_an_address_of_a_link_counts_as_read() -> None:
    linked = DraftBlock("paragraph", "[it](https://e.org/a)", "it", 1, links=("https://e.org/a",))
    (lost,) = missing_text([["https://e.org/a"], ["https://e.org/a"]], [linked], [])
    assert lost == ImportNote("omitted", "text lost in conversion", "https://e.org/a", 1)


def test_each_word_is_found_in_a_long_text_and_in_any_order() -> None:
    words = [f"word{number}" for number in range(6000)]
    assert missing_text([[" ".join(words)]], [block(" ".join(words))], []) == []
    reversed_words = [[word] for word in reversed(words[:300])]
    assert missing_text(reversed_words, [block(" ".join(words))], []) == []
