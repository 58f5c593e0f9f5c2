"""Lines above a text that are no title: bylines, credits, datelines, counts, in any language."""

from __future__ import annotations

import pytest

from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft
from newsletter.importers.structure import detect_outline
from newsletter.importers.structure.about_lines import is_about_line
from newsletter.importers.structure.lines import parse_byline
from newsletter.importers.structure.outline import ISSUE, Outline, part_title
from newsletter.importers.structure.split import split_blocks

TEXT = (
    "The harbour was closed for nine days, and the ships waited outside in the fog.\n\nNobody came."
)
BYLINES = [
    ("Von Ana Reis", ("Ana Reis",)),
    ("Ein Beitrag von Ana Reis und Jo Li", ("Ana Reis", "Jo Li")),
    ("Par Ana Reis", ("Ana Reis",)),
    ("Propos recueillis par Ana Reis", ("Ana Reis",)),
    ("Por Ana Reis", ("Ana Reis",)),
    ("Um texto de Ana Reis", ("Ana Reis",)),
    ("Di Ana Reis", ("Ana Reis",)),
    ("Scritto da Ana Reis", ("Ana Reis",)),
    ("Door Jan de Vries", ("Jan de Vries",)),
    ("Av Kari Nordmann", ("Kari Nordmann",)),
    ("Autor: Jan Novák", ("Jan Novák",)),
    ("Автор: Анна Иванова", ("Анна Иванова",)),
    ("Story by Ana Reis", ("Ana Reis",)),
    ("By Ana Reis", ("Ana Reis",)),
]
ABOUT = """
Text und Fotos: Ana Reis
Text von Ana Reis, Fotos von Jo Li
Words: Ana Reis | Photos: Jo Li
Words by Ana Reis and photos by Jo Li
Text and pictures by Ana Reis
Texte et photos : Ana Reis
Tekst og foto: Kari Nordmann
Tekst: Jan Jansen, foto's: Piet de Boer
Текст: Анна Иванова, фото: Иван Петров
文/李明
Reporting by Ana Reis in Lisbon; editing by Jo Li
By Ana Reis in Lisbon
By our correspondent
Von unserer Redaktion
Photo: Jo Li/Reuters
Foto: dpa
Von Ana Reis (Text) und Jo Li (Fotos)
Ana Reis (Text), Jo Li (Photos)
Text & Fotos Ana Reis
Von unserer Korrespondentin Ana Reis
(By our correspondent in Lisbon)
Da redação
LISBON —
LISBON (Reuters) —
LISBON, March 12 —
Lissabon, 12. März 2026
Lisboa, 12 de março de 2026
Praha, 12. března 2026
Lisbon – Monday
Reading time: 5 minutes
5 min read
A 5-minute read
12 March 2026 | 5 min read
12.03.2026
Lesezeit: 5 Minuten
5 Minuten Lesezeit
Temps de lecture : 5 minutes
Tiempo de lectura: 5 minutos
Время чтения: 5 минут
阅读时间：5分钟
Issue 12
Issue #12
Vol. 3, No. 4
Issue 12 | 1 March 2026
Ausgabe 12
Nr. 12/2026
Edição n.º 12
Numéro 12
Выпуск 12
第12期
Veröffentlicht am 12. März 2026
Tags: ports, trade
800 words
For immediate release
© 2026 Quay Desk
""".strip().split("\n")
TITLES = """
By the sea
By and by
By land and by water
Von Hamburg nach Rom
Von Müttern und Töchtern
Von der Küste
Par amour
Par-delà les quais
Por quê?
Por amor y paz
Da Vinci Code
Door Number Three
Di notte
Av kärlek
Story: Ports Are Closing
Story of a Harbour
Interview: Ana Reis
Words Matter
Photos from the pier
Ana Reis
Paris, Texas
Berlin – Hamburg
Lisbon, Porto and the Sea
Lissabon, 25. April 1974
Issue 12: The Tides
Number Nine
Volume Control
Minutes
12 Ships
LOW TIDE
VICTORIA FALLS
THE HARBOUR
""".strip().split("\n")


def outlined(words: str) -> tuple[Draft, Outline]:
    draft = split_blocks(read_drafts(f"{words}\n\n{TEXT}".encode(), "draft.md")[0])
    return draft, detect_outline(draft)


@pytest.mark.parametrize(("line", "names"), BYLINES)
def test_a_byline_names_its_authors(line: str, names: tuple[str, ...]) -> None:
    assert parse_byline(line) == names
    _, outline = outlined(line)
    assert [row.role for row in outline.parts[0].rows] == ["by", "text", "text"]


@pytest.mark.parametrize("line", ABOUT)
def test_a_line_about_the_text_is_no_title(line: str) -> None:
    assert is_about_line(line)
    draft, outline = outlined(line)
    assert not [part for part in outline.parts if part.kind == ISSUE]
    assert [part_title(part, draft) for part in outline.sections] == [""]


@pytest.mark.parametrize("line", TITLES)
def test_a_title_of_a_similar_form_remains(line: str) -> None:
    assert parse_byline(line) is None
    draft, outline = outlined(line)
    assert (outline.parts[0].kind, part_title(outline.parts[0], draft)) == (ISSUE, line)


def test_the_heading_below_such_lines_is_the_title() -> None:
    for line in ("Issue 12", "Text und Fotos: Ana Reis", "Lissabon, 12. März 2026"):
        draft, outline = outlined(f"{line}\n\n# The Quiet Berth")
        assert part_title(outline.parts[0], draft) == "The Quiet Berth", line


@pytest.mark.parametrize("line", ["ANA REIS", "MARIA SILVA AND JO LI"])
def test_a_name_in_capitals_is_a_byline_unless_the_text_is_about_it(line: str) -> None:
    _, outline = outlined(line)
    assert [row.role for row in outline.parts[0].rows] == ["by", "text", "text"]
    draft, outline = outlined(f"{line}\n\nTo Reis, Silva owed the sea.")
    assert part_title(outline.parts[0], draft) == line
