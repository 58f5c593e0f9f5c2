"""Names as people write them in bylines and in document properties."""

from __future__ import annotations

import pytest

from newsletter.importers.structure.lines import parse_names

CASES = {
    "Oduya, Mira": ("Mira Oduya",),
    "Leal, Tomás and Oduya, Mira": ("Tomás Leal", "Mira Oduya"),
    "Oduya, Mira; Leal, Tomás": ("Mira Oduya", "Tomás Leal"),
    "de la Cruz, Ana": ("Ana de la Cruz",),
    "Smith, J. R.": ("J. R. Smith",),
    "Mira Oduya, Tomás Leal": ("Mira Oduya", "Tomás Leal"),
    "Mira Oduya, Reuters": ("Mira Oduya", "Reuters"),
    "Mira and Tomás": ("Mira", "Tomás"),
    "The Harbour Desk": ("The Harbour Desk",),
    "the crane moves at six": None,
}


@pytest.mark.parametrize(("words", "names"), CASES.items())
def test_names_are_parsed(words: str, names: tuple[str, ...] | None) -> None:
    assert parse_names(words) == names
