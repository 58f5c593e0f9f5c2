"""What a line says by its form alone: a title, a byline, a reference, a credit, a date, a label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from newsletter.importers.structure.draft_dates import date_in_name, parse_date, parse_tag_line
from newsletter.importers.structure.labels import head_label, is_postscript, label_kind
from newsletter.importers.structure.lines import (
    ends_whole,
    in_title_case,
    is_credits_block,
    is_headline,
    is_line,
    is_read_more,
    is_sentence,
    is_short,
    parse_byline,
    parse_credit_line,
    parse_credit_lines,
    parse_reference,
)
from newsletter.importers.structure.person_names import parse_names

TESTS: dict[str, Callable[[str], bool]] = {
    "L": is_line,
    "S": is_short,
    "T": in_title_case,
    "H": is_headline,
    "s": is_sentence,
    "E": ends_whole,
}
# L line, S short title, T title case, H headline, s one sentence, E whole end.
FORMS = [
    ('', ''),
    ('   ', ''),
    ('The Quiet Berth', 'LSTs'),
    ('The Quiet\nBerth', 'Ts'),
    ('The Quiet Berth.', 'TsE'),
    ('The Quiet Berth.”', 'TsE'),
    ('The Quiet Berth.[1]', 'TsE'),
    ('The Quiet Berth…²', 'TsE'),
    ('The Quiet Berth:', 'Ts'),
    ('The Quiet Berth?', 'LSTsE'),
    ('The Quiet Berth!', 'LSTsE'),
    ('• The Quiet Berth', 'Ts'),
    ('- The Quiet Berth', 'Ts'),
    ('– The Quiet', 'Ts'),
    ('the quiet berth', 'Ls'),
    ('“The Quiet Berth”', 'LTs'),
    ('3 Berths', 'LSTs'),
    ('One two three four five six seven', 'LSs'),
    ('One two three four five six seven eight', 'LHs'),
    ('one two three four five six seven eight', 'Ls'),
    ('A berth and the crane', 'LSs'),
    ('A Berth and the Crane', 'LSTs'),
    ('A Big Berth and crane', 'LSs'),
    ('The quiet Berth of the big Port', 'LSs'),
    ('Why it is busy. And quiet.', 'E'),
    ('Why it is busy? “And quiet.', 'E'),
    ('Why it is busy... and quiet.', 'sE'),
    ('Why it is busy. and quiet', 'LSs'),
    ('St. Ives is busy.', 'E'),
]  # fmt: skip


def test_lines_have_these_forms() -> None:
    def letters(words: str) -> str:
        return "".join(letter for letter, test in TESTS.items() if test(words))

    assert [(words, letters(words)) for words, _ in FORMS] == FORMS


BYLINES = [
    ('By Mira Oduya', ('Mira Oduya',)),
    ('by: Mira Oduya', ('Mira Oduya',)),
    ('BY MIRA ODUYA', ('MIRA ODUYA',)),
    ('Author: Mira Oduya and Tomás Leal', ('Mira Oduya', 'Tomás Leal')),
    ('Authors:  Mira Oduya, Tomás Leal', ('Mira Oduya', 'Tomás Leal')),
    ('Author Mira Oduya', None),
    ('Words: Mira Oduya', ('Mira Oduya',)),
    ('Words Mira Oduya', None),
    ('Written by Mira Oduya', ('Mira Oduya',)),
    ('Text by *Mira Oduya*', ('Mira Oduya',)),
    ('By noon', None),
    ('By the sea', None),
    ('By Mira Oduya, who writes', None),
    ('Bya Reis', None),
    ('', None),
]  # fmt: skip
PERSONS = [
    ('Mira Oduya & Tomás Leal', ('Mira Oduya', 'Tomás Leal')),
    ('Mira Oduya with Ana Reis', ('Mira Oduya', 'Ana Reis')),
    ('Mira e Tomás', ('Mira', 'Tomás')),
    ('Mira Oduya, and Ana', ('Mira Oduya', 'Ana')),
    ('AT&T', None),
    ('R & D', ('R', 'D')),
    ('Jean-Luc O’Neill', ('Jean-Luc O’Neill',)),
    ('Mira One Two Three Four Five', ('Mira One Two Three Four Five',)),
    ('Mira One Two Three Four Five Six', None),
    ('Mira van der Berg', ('Mira van der Berg',)),
    ('Mira the Oduya', ('Mira the Oduya',)),
    ('van der Berg', None),
    ('2nd Desk', None),
    ('Mira Oduya; ', ('Mira Oduya',)),
    ('', None),
    (';', None),
    ('von der Leyen, Ursula and Leal, Tomás', ('Ursula von der Leyen', 'Tomás Leal')),
    ('Leal, Tomás, Reis', ('Leal', 'Tomás', 'Reis')),
    ("A" + "a" * 59, ("A" + "a" * 59,)),
    ("A" + "a" * 60, None),
]  # fmt: skip
TEASERS = [
    ('Read more', True),
    ('(Read More)', True),
    ('Continue reading →', True),
    ('Keep reading', True),
    ('More here', True),
    ('more on', True),
    ('Read the rest...', True),
    ('read full story', True),
    ('Read me', False),
    ('Read more books', False),
]  # fmt: skip
LABELS = [
    ('Essay', ('essay', '')),
    ('ESSAY', ('essay', '')),
    ('In brief', ('brief', '')),
    ('Essay: The Tide', ('essay', 'The Tide')),
    ('essay :  The  Tide ', ('essay', 'The Tide')),
    ('Essay:', ('essay', '')),
    ('The essay', ('essay', '')),
    ('Essays', None),
    ('*Data*', ('data', '')),
    ('– Links –', ('links', '')),
    ('The week in numbers', ('data', '')),
    ('P.S.', ('postscript', '')),
    ('P. S.: more', ('postscript', 'more')),
    ('In Kürze', ('brief', '')),
    ('Editor’s note', ('note', '')),
    ('A note', ('note', '')),
    ('Sponsored', ('sponsor', '')),
    ('Title', None),
    ('Data and more', None),
    ('Essay – The Tide', None),
    ('مقال', ('essay', '')),
]  # fmt: skip
POSTSCRIPTS = [
    ('P.S. More', True),
    ('P. S.: More', True),
    ('PS – more', True),
    ('PS', False),
    ('P.D. Más', True),
    ('Postscript: more', True),
    ('psalm', False),
    (' p.s. more', True),
]  # fmt: skip
HEADS = [
    ('Title: The Tide', ('title', 'The Tide')),
    ('subject line : The Tide', ('title', 'The Tide')),
    ('SUBJECT: x', ('title', 'x')),
    ('Deck: Why', ('deck', 'Why')),
    ('Preheader:Why', ('deck', 'Why')),
    ('preview text: Why', ('deck', 'Why')),
    ('Preview: x', ('deck', 'x')),
    ('Standfirst: y', ('deck', 'y')),
    (' Title:  The Tide ', ('title', 'The Tide')),
    ('Title', None),
    ('Titles: x', None),
    ('Subtitle: x', None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("parse", "table"),
    [
        (parse_byline, BYLINES),
        (parse_names, PERSONS),
        (is_read_more, TEASERS),
        (label_kind, LABELS),
        (is_postscript, POSTSCRIPTS),
        (head_label, HEADS),
    ],
)
def test_lines_are_parsed(parse: Callable[[str], Any], table: list[tuple[str, Any]]) -> None:
    assert [(words, parse(words)) for words, _ in table] == table


REFERENCES: list[tuple[str, list[str], tuple[str | None, str | None] | None]] = [
    ('[Reference: https://e.org/a]', [], (None, 'https://e.org/a')),
    ('References: The Book, https://e.org/a', [], ('The Book', 'https://e.org/a')),
    ('Source: <https://e.org/a>', [], (None, 'https://e.org/a')),
    ('via: it', [], None),
    ('via: it', ['https://e.org/b'], ('it', 'https://e.org/b')),
    ('[Source: The Book, page 3]', [], ('The Book, page 3', None)),
    ('[Reference: https://e.org/a and https://e.org/b]', [], ('and', 'https://e.org/a')),
    ('Reference The Book', ['https://e.org/a'], None),
    ('[Reference: – ]', [], None),
    ('[Reference: The\nBook]', [], ('The Book', None)),
]  # fmt: skip


def test_references_have_a_title_or_an_address() -> None:
    parsed = [(words, links, parse_reference(words, links)) for words, links, _ in REFERENCES]
    assert parsed == REFERENCES


CREDITS = [
    ('Essay: Mira Oduya', (('Essay',), ('Mira Oduya',), None)),
    ('- Essay: Mira Oduya.', (('Essay',), ('Mira Oduya',), None)),
    ('**Data and Postscript:** Tomás Leal', None),
    ('Essay & Data : Mira Oduya', (('Essay', 'Data'), ('Mira Oduya',), None)),
    ('Produced by The Harbour Desk', ((), ('The Harbour Desk',), None)),
    ('produced by The Harbour Desk in Lisbon, Portugal.', ((), ('The Harbour Desk',), 'Lisbon, Portugal')),
    ('Produced by the sea in winter', None),
    ('Essay: the sea', None),
    ('One two three four five six: Mira', (('One two three four five six',), ('Mira',), None)),
    ('One two three four five six seven: Mira', None),
    ('Essay, : Mira Oduya', (('Essay',), ('Mira Oduya',), None)),
    (': Mira', None),
    ('3: Mira', None),
    ('Essay', None),
]  # fmt: skip
RUN_TOGETHER = [
    ('Essay: Mira Oduya Data: Tomás Leal', [('Essay: Mira Oduya', True), ('Data: Tomás Leal', True)]),
    ('Essay: Mira Oduya\nPhoto: Ana Reis', [('Essay: Mira Oduya', True), ('Photo: Ana Reis', True)]),
    ('Essay: Mira Oduya Data and Postscript: Tomás Leal Produced by The Desk in Lisbon',
     [('Essay: Mira Oduya', True),
      ('Data and Postscript: Tomás Leal', True), ('Produced by The Desk in Lisbon', True)]),
    ('Data and Essay: Mira', [('Data and Essay: Mira', True)]),
    ('Essay, Data: Mira', [('Essay, Data: Mira', True)]),
    ('Layout: Mira Oduya Press: Ana Reis', [('Layout: Mira Oduya Press: Ana Reis', False)]),
    ('Words here', [('Words here', False)]),
]  # fmt: skip
BLOCKS = [
    ('Essay: Mira', True),
    ('essay: Mira', True),
    ('Layout: Mira', False),
    ('Layout: Mira\nEssay: Tomás', True),
    ('Essay: Mira\nwords', False),
    ('Produced by Mira Oduya', True),
    ('Editor: Mira', True),
    ('words', False),
]  # fmt: skip


def test_credits_have_roles_and_names() -> None:
    def values(words: str) -> tuple[tuple[str, ...], tuple[str, ...], str | None] | None:
        credit = parse_credit_line(words)
        return (credit.labels, credit.names, credit.location) if credit else None

    assert [(words, values(words)) for words, _ in CREDITS] == CREDITS


def test_credits_that_were_run_together_are_split() -> None:
    known = ("Essay", "Data", "Postscript", "Layout")
    parsed = [
        (words, [(line, credit is not None) for line, credit in parse_credit_lines(words, known)])
        for words, _ in RUN_TOGETHER
    ]
    assert parsed == RUN_TOGETHER


def test_a_block_of_credits_has_a_known_role() -> None:
    assert [(words, is_credits_block(words, ("Data",))) for words, _ in BLOCKS] == BLOCKS


DATES = [
    ('2026-03-01', '2026-03-01'),
    ('2026/3/1', '2026-03-01'),
    ('2026.03.01', '2026-03-01'),
    ('2026_03_01', '2026-03-01'),
    ('20260301', '2026-03-01'),
    ('18990301', None),
    ('2026-03-01T10:00', '2026-03-01'),
    ('2026-03-01 10:00:00 +0100', '2026-03-01'),
    ('1 March 2026', '2026-03-01'),
    ('1 March 2026.', '2026-03-01'),
    ('1st of March 2026', '2026-03-01'),
    ('2nd March, 2026', '2026-03-02'),
    ('Sunday, 1 March 2026', '2026-03-01'),
    ('Sun 1 Mar 2026', '2026-03-01'),
    ('March 1, 2026', '2026-03-01'),
    ('Mar. 1 2026', '2026-03-01'),
    ('Sept 1, 2026', '2026-09-01'),
    ('Tues, March 3rd, 2026', '2026-03-03'),
    ('1. März 2026', '2026-03-01'),
    ('Sonntag, den 1. März 2026', '2026-03-01'),
    ('le 1er mars 2026', '2026-03-01'),
    ('lundi 2 mars 2026', '2026-03-02'),
    ('1 de marzo de 2026', '2026-03-01'),
    ('el 1 de marzo de 2026', '2026-03-01'),
    ('1º de março de 2026', '2026-03-01'),
    ('1 marzo 2026', '2026-03-01'),
    ('1 maart 2026', '2026-03-01'),
    ('1 stycznia 2026', '2026-01-01'),
    ('02-March-2026', '2026-03-02'),
    ('(1 March 2026)', '2026-03-01'),
    ('*1 March 2026*.', None),
    ('Sun, 1 Mar 2026 23:30:00 -0800', '2026-03-01'),
    ('31 February 2026', None),
    ('2026-13-01', None),
    ('March 2026', None),
    ('1 Foo 2026', None),
    ('noon', None),
    ('', None),
    ('On 1 March 2026 it rained', None),
    ('1 March 2026   ', '2026-03-01'),
    (f"Sun, 1 Mar 2026 10:00:00 +0000 ({'x' * 26})", "2026-03-01"),
    (f"Sun, 1 Mar 2026 10:00:00 +0000 ({'x' * 30})", None),
    ('13', None),
]  # fmt: skip
FILES = [
    ('2026-03-01-ports.md', '2026-03-01'),
    ('letter_20260301.docx', '2026-03-01'),
    ('letter 2026.03.01 b.txt', '2026-03-01'),
    ('2026_03_01.md', '2026-03-01'),
    ('letter.md', None),
    ('12026-03-01.md', None),
    ('x-19990301-y', '1999-03-01'),
    ('2026-02-31.md', None),
    ('30001231.md', None),
]  # fmt: skip


def test_dates_are_read() -> None:
    assert [(words, str(parse_date(words))) for words, _ in DATES] == [
        (words, str(date)) for words, date in DATES
    ]
    assert [(name, str(date_in_name(name))) for name, _ in FILES] == [
        (name, str(date)) for name, date in FILES
    ]


SITE = "2026-03-02 by quay"
TAG_LINES = [
    ('ports, trade 02-March-2026 by quay.example', (('ports', 'trade'), '2026-03-02', 'quay.example')),
    ('#ports 2026-03-02', (('ports',), '2026-03-02', None)),
    ('Tags: ports, trade – 2026-03-02', (('ports', 'trade'), '2026-03-02', None)),
    ('Topics: ports | 02 March 2026 by the quay', (('ports',), '2026-03-02', 'the quay')),
    ('02-March-2026 by quay.example', ((), '2026-03-02', 'quay.example')),
    ('2026-03-02', None),
    ('ports by quay.example', None),
    ('we went there on the long way home 2026-03-02', None),
    ('one two three four five 2026-03-02', (('one two three four five',), '2026-03-02', None)),
    ('ports 31-February-2026 by quay', None),
    ("x " * 94 + "2026-03-02", None),
    ("x, " * 63 + "2026-03-02", (("x",), "2026-03-02", None)),
    ("x, " * 64 + "2026-03-02", None),
    ("x, " * 327 + SITE, (("x",), "2026-03-02", "quay")),
    ("x, " * 328 + SITE, None),
]  # fmt: skip


def test_tag_lines_have_topics_a_date_and_a_site() -> None:
    def values(words: str) -> tuple[tuple[str, ...], str, str | None] | None:
        line = parse_tag_line(words)
        return (line.tags, str(line.date), line.site) if line else None

    assert [(words, values(words)) for words, _ in TAG_LINES] == TAG_LINES
