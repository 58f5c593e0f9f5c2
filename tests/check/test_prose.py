"""Sentences, figures, addresses and names, as tables of inputs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from newsletter.check.prose.addresses import address_key, strip_tracking, tracking_parameters
from newsletter.check.prose.figures import agree, figures
from newsletter.check.prose.names import same_person
from newsletter.check.prose.passages import split
from newsletter.check.prose.vague_links import is_vague


@pytest.mark.parametrize(
    ("words", "language", "sentences"),
    [
        ("One. Two.", "en", ["One.", "Two."]),
        (
            "Dr. Leal met J. R. Oduya at No. 5. They left.",
            "en",
            ["Dr. Leal met J. R. Oduya at No. 5.", "They left."],
        ),
        ("It grew 2.2 per cent, e.g. in Lisbon. Then it fell.", "en", None),
        ("“We had closed.” The foreman left.", "en", ["“We had closed.”", "The foreman left."]),
        ("“Closed?” he asked. Nobody knew.", "en", ["“Closed?” he asked.", "Nobody knew."]),
        ("Wait… what? Yes!", "en", ["Wait… what?", "Yes!"]),
        ("Am 2. März war der Hafen leer, d. h. still. Niemand kam.", "de", None),
        ("M. Leal est parti. Qui vient ?", "fr", ["M. Leal est parti.", "Qui vient ?"]),
        ("港は静かだ。船が来た。", "ja", ["港は静かだ。", "船が来た。"]),
        ("", "en", []),
    ],
)
def test_text_is_split_into_sentences(
    words: str, language: str, sentences: list[str] | None
) -> None:
    parts = [words[start:end] for start, end in split(words, language)]
    assert parts == sentences if sentences is not None else len(parts) == 2


@pytest.mark.parametrize(
    ("words", "language", "found"),
    [
        ("It grew by 2.2 per cent, or 5%.", "en", [("2.2 per cent", "%", "2.2"), ("5%", "%", "5")]),
        ("It cost £3.4 million.", "en", [("£3.4 million", "£ million", "3.4")]),
        ("It cost $500M in all.", "en", [("$500M", "$ million", "500")]),
        ("It carried 12,720 boxes in 2024.", "en", [("12,720", "", "12720")]),
        (
            "Sie trug 12.720 Kisten und 2,5 Prozent.",
            "de",
            [("12.720", "", "12720"), ("2,5 Prozent", "%", "2.5")],
        ),
        ("12 720 conteneurs, 3,5 milliards d’euros", "fr", None),
        ("On 2 March 2026 at 10.30, page 10.603, version 2.11.4, $3.50/month, 500 m.", "en", []),
    ],
)
def test_figures_are_distinguished_from_other_numbers(
    words: str, language: str, found: list[tuple[str, str, str]] | None
) -> None:
    got = [(figure.text, figure.unit, str(figure.value)) for figure in figures(words, language)]
    assert got == found if found is not None else len(got) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12.72", "12.7", True),
        ("12.72", "13", True),
        ("12.72", "12", True),
        ("12.72", "12.8", False),
        ("2", "3", False),
    ],
)
def test_rounded_figures_agree(one: str, other: str, same: bool) -> None:
    assert agree(Decimal(one), Decimal(other)) is same
    assert agree(Decimal(other), Decimal(one)) is same


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("https://a.org/?utm_source=x", "https://a.org/"),
        (
            "https://a.org/?a=1&utm_source=x&b=%20+c;d#n?o=utm_x",
            "https://a.org/?a=1&b=%20+c;d#n?o=utm_x",
        ),
        ("https://a.org/#utm_source=x&utm_medium=y", "https://a.org/"),
        ("https://a.org/?a=1#noon&utm_source=x", "https://a.org/?a=1#noon"),
        ("https://a.org/#utm_source=x&noon", "https://a.org/#noon"),
        ("https://a.org/#/page?utm_source=x&b=1", "https://a.org/#/page?b=1"),
        ("https://a.org/docs#utm_source", "https://a.org/docs#utm_source"),
        ("https://a.org/#", "https://a.org/#"),
        (
            "https://a.org/?u=https://b.org/?utm_source=x&c=1",
            "https://a.org/?u=https://b.org/?utm_source=x&c=1",
        ),
        ("https://a.org/?fbclid=1&a=1#n", "https://a.org/?a=1#n"),
        ("https://a.org/?a&&b=&gclid=1", "https://a.org/?a&&b="),
        ("https://a.org/?", "https://a.org/?"),
        ("https://a.org/?gclid=1&amp;a=2&amp;utm_medium=b", "https://a.org/?amp;a=2"),
        ("https://a.org/utm_source=x?UTM_Campaign=y", "https://a.org/utm_source=x"),
    ],
)
def test_only_tracking_is_removed(url: str, left: str) -> None:
    assert strip_tracking(url) == left
    assert tracking_parameters(left) == ()
    assert strip_tracking(left) == left


def test_addresses_of_the_same_page_have_one_key() -> None:
    same = (
        "https://a.org/b",
        "http://www.A.org/b/",
        "https://a.org/b#c",
        "https://a.org/b?utm_source=x",
    )
    assert {address_key(url) for url in same} == {"a.org/b"}
    assert address_key("mailto:a@b.org") is None
    assert address_key("https://a.org/B") != address_key("https://a.org/b")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Tomás Leal", "Tomas Leal", True),
        ("Kim Jong-un", "Kim Jong Un", True),
        ("Jürgen Müller", "Juergen Mueller", True),
        ("Søren Ærø", "Soeren Aeroe", True),
        ("Đorđe Łuka", "Dorde Luka", True),
        ("Manuel Michel", "Manul Michl", False),
        ("Ines Varga", "Ines Vargas", True),
        ("Ines Varga", "Ines Vagra", True),
        ("Mira Oduya", "Mira Oduya", False),
        ("Ana Reis", "Ann Reis", False),
        ("Ines Varga", "Inez Varges", False),
        ("Ines", "Inés", True),
        ("The Harbour Desk", "The Harbour Disk", True),
    ],
)
def test_two_spellings_of_one_name_are_reported(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same


@pytest.mark.parametrize(
    ("words", "language", "vague"),
    [
        ("here", "en", True),
        ("Read more…", "en", True),
        ("→", "en", True),
        ("hier", "de", True),
        ("En savoir plus", "fr", True),
        ("Aquí.", "es", True),
        ("the report", "en", False),
        ("Here lies Lisbon", "en", False),
        ("2026", "en", False),
        ("", "en", False),
    ],
)
def test_vague_link_texts_are_recognized(words: str, language: str, vague: bool) -> None:
    assert is_vague(words, language) is vague
