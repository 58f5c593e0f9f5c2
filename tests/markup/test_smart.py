"""Straight quotes become the language's quotation marks or apostrophes, or stay straight."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.diagnostics import Report
from newsletter.languages import direction, quotes
from newsletter.markup.directives import BlockContext
from newsletter.markup.elisions import elisions
from newsletter.markup.inline import plain
from newsletter.markup.parse import parse, parse_line
from newsletter.markup.source import SourceText
from newsletter.model import Location

CASES = [
    ("en", "rock 'n' roll", "rock ’n’ roll"),
    ("en", "Rock 'n' Roll, fish 'n' chips", "Rock ’n’ Roll, fish ’n’ chips"),
    ("en", "'Tis the season, 'twas said", "’Tis the season, ’twas said"),
    ("en", "Give 'em 'til noon", "Give ’em ’til noon"),
    ("en", "The '90s and '68", "The ’90s and ’68"),
    ("en", "He said 'em' and 'round' twice", "He said ‘em’ and ‘round’ twice"),
    ("en", "She said 'rock 'n' roll' aloud", "She said ‘rock ’n’ roll’ aloud"),
    ("en", "\"It's 'fine',\" she said", "“It’s ‘fine’,” she said"),
    ("en", "He is 5'10\" tall", "He is 5'10\" tall"),
    ("en", '"He is 5\'10" tall," she said', "“He is 5'10\" tall,” she said"),
    ("en", 'a 12" pipe', 'a 12" pipe'),
    ("en", "a wall 6' high", "a wall 6' high"),
    ("en", '"the year 2010"', "“the year 2010”"),
    ("en", "the 1990s' end", "the 1990s’ end"),
    ("nl", "'s Ochtends in 't huis", "’s Ochtends in ’t huis"),
    ("de", "Wie geht's, 'ne Frage", "Wie geht’s, ’ne Frage"),
    ("de", "\"Er sagte 'nein'.\"", "„Er sagte ‚nein‘.“"),
    ("af", "Dit is 'n boot", "Dit is ’n boot"),
    ("it", "La 'ndrangheta e l'isola", "La ’ndrangheta e l’isola"),
    # Without a partner no list is needed.
    ("en", "'kay, 'Ello there, 'member 'cross", "’kay, ’Ello there, ’member ’cross"),
    ("en", "up 'pon the hill", "up ’pon the hill"),
    ("en", "She said 'twould've been", "She said ’twould’ve been"),
    ("nl", "Zo zei 'ie dat", "Zo zei ’ie dat"),
    ("fr", "'tain, 'faut voir, 'chuis, 'scusez", "’tain, ’faut voir, ’chuis, ’scusez"),
    ("it", "'l mare, 'nduja, 'a livella", "’l mare, ’nduja, ’a livella"),
    ("pt", "'Tá bem. 'Bora", "’Tá bem. ’Bora"),
    ("ca", "'na Maria", "’na Maria"),
    ("cy", "'Dw i'n hoffi", "’Dw i’n hoffi"),
    ("ga", "'Sé an fear", "’Sé an fear"),
    ("is", "'kki svona", "’kki svona"),
    # Another quote could be the partner.
    ("de", "'nauf, 'rüber, 'drauf und Hans' Haus", "’nauf, ’rüber, ’drauf und Hans’ Haus"),
    ("de", "Das Buch 'Moses' kennt Hans' Bruder", "Das Buch ‚Moses‘ kennt Hans’ Bruder"),
    ("de", "Er sagte 'ich hab' keine Lust' oft", "Er sagte ‚ich hab’ keine Lust‘ oft"),
    ("es", "'Toy aquí pa' siempre", "’Toy aquí pa’ siempre"),
    ("it", "'O sole, un po' tardi", "’O sole, un po’ tardi"),
    ("it", "Disse 'l'acqua è un po' fredda'", "Disse “l’acqua è un po’ fredda”"),
    ("it", 'dell\'"Unità" e l\'"altro"', "dell’«Unità» e l’«altro»"),
    ("en", "'Tis the boys' dog", "’Tis the boys’ dog"),
    ("en", "'Cause and effect' is a title", "‘Cause and effect’ is a title"),
    ("en", "'Cause of the boys' dog", "’Cause of the boys’ dog"),
    ("en", "He read 'Great Expectations' twice", "He read ‘Great Expectations’ twice"),
    ("en", "'1984' and '12 Angry Men' in '68", "‘1984’ and ‘12 Angry Men’ in ’68"),
    ("en", "In '68 Ana read '20 questions' twice", "In ’68 Ana read ‘20 questions’ twice"),
    ("en", "'He was there in '68 with us'", "‘He was there in ’68 with us’"),
    ("en", "the '49ers' coach", "the ’49ers’ coach"),
    ("en", "the '70s' end, the '80s", "the ’70s’ end, the ’80s"),
    ("en", "Toys 'R' Us", "Toys ’R’ Us"),
    ("en", "the letter 'n', the 'R' key", "the letter ‘n’, the ‘R’ key"),
    ("en", '"\'Tis late," he said, "the boys\' dog"', "“’Tis late,” he said, “the boys’ dog”"),
    ("en", "'She said \"no 'way' now\" twice'", "‘She said “no ‘way’ now” twice’"),
    ("en", "'It's 'fine',' she said, 'isn't it?'", "‘It’s ‘fine’,’ she said, ‘isn’t it?’"),
    ("en", "Yahoo!'s, \"x\"'s and (see 'this')", "Yahoo!’s, “x”’s and (see ‘this’)"),
    ("en", "**'bold'** and *'it*'s", "‘bold’ and ’it’s"),
    # Measures.
    ("en", '7"x5" and 7" x 5"', '7"x5" and 7" x 5"'),
    ("en", '3½" floppy, 8½"x11" paper', '3½" floppy, 8½"x11" paper'),
    ("en", '"a 12" record" and "12" wide"', '“a 12" record” and “12" wide”'),
    ("en", 'the 7" and 12" mixes of "One"', 'the 7" and 12" mixes of “One”'),
    ("en", "'a 6' 2\" man' or 6'-2\"", "‘a 6' 2\" man’ or 6'-2\""),
    ("en", "\"in 2010\" and 'class of 68'", "“in 2010” and ‘class of 68’"),
    ("he", 'ארה"ב ו"שלום"', "ארה״ב ו“שלום”"),
]


@pytest.mark.parametrize(("language", "typed", "printed"), CASES)
def test_straight_quotes_are_replaced(language: str, typed: str, printed: str) -> None:
    report = Report()
    nodes = parse_line(typed, Location("10-essay.md"), language, direction(language), report=report)
    assert plain(nodes) == printed
    assert not report.findings


def printed(markdown: str, language: str = "en") -> list[str]:
    source = SourceText.of("10-essay.md", markdown)
    blocks = parse(source, language, direction(language), BlockContext(), report=Report())
    return [plain((block,)) for block in blocks]


def test_an_unclosed_quotation_changes_no_other_paragraph() -> None:
    typed = "She said \"yes\n\nHe is 6' 2\" and the boys' dog.\n\n'kay, the '90s' end"
    assert printed(typed) == [
        "She said “yes",
        "He is 6' 2\" and the boys’ dog.",
        "’kay, the ’90s’ end",
    ]


def test_each_paragraph_of_a_long_quotation_opens() -> None:
    assert printed("'One.\n\n'Two.\n\n'Three,' he said.") == ["‘One.", "‘Two.", "‘Three,’ he said."]
    assert printed("'One.\n\nTwo.\n\n'Three,' he said.") == ["’One.", "Two.", "‘Three,’ he said."]


WORDS = st.sampled_from("tide lorry don't O'Neill 104 harbour 2010 Ana çay год l'eau".split())


@st.composite
def _quotation(draw: st.DrawFn, depth: int = 0) -> list[tuple[str, str]]:
    """Draw a balanced quotation as pairs (as typed, role); roles are open, close and text."""
    sign = "\"'"[depth % 2]
    words = draw(st.lists(WORDS, min_size=1, max_size=3))
    parts = [("".join(f"{word} " for word in words), "text")]
    if depth < 3 and draw(st.booleans()):
        parts += [*draw(_quotation(depth + 1)), (" ", "text")]
    parts.append((draw(st.sampled_from(["tide", "lorry", "sea.", "why?", "mare,"])), "text"))
    opening, closing = [("open", "close"), ("inner_open", "inner_close")][depth % 2]
    return [(sign, opening), *parts, (sign, closing)]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(_quotation() | _quotation(depth=1), min_size=1, max_size=4),
    st.sampled_from(["en", "de", "fr-CH", "es", "pl", "sv", "cs"]),
)
def test_balanced_quotations_pair(drawn: list[list[tuple[str, str]]], language: str) -> None:
    signs = dict(zip(("open", "close", "inner_open", "inner_close"), quotes(language), strict=True))
    parts = [part for quotation in drawn for part in [*quotation, (" then ", "text")]]
    typed = "".join(part for part, _ in parts)
    expected = "".join(signs.get(role, part.replace("'", "’")) for part, role in parts)
    nodes = parse_line(
        typed, Location("10-essay.md"), language, direction(language), report=Report()
    )
    assert plain(nodes) == expected.strip()


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab1 \"'.,(-n½", max_size=60), st.sampled_from(["en", "de", "fi", "he"]))
def test_only_quotes_change(typed: str, language: str) -> None:
    report = Report()
    where = Location("10-essay.md")
    line = f"x {typed} x"
    escaped = "".join(f"\\{char}" if char in "\"'" else char for char in line)
    escaped_nodes = parse_line(escaped, where, language, direction(language), report=report)
    nodes = parse_line(line, where, language, direction(language), report=report)
    marks = set("".join(quotes(language))) | set("’\"'״")
    assert len(plain(nodes)) == len(plain(escaped_nodes))
    for was, now in zip(plain(escaped_nodes), plain(nodes), strict=True):
        assert was == now or (was in "\"'" and now in marks)


def test_a_language_without_a_list_has_no_elisions() -> None:
    assert elisions("xx") == elisions("ja-JP")
    assert "tis" in elisions("en-GB").leading
