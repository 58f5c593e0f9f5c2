"""The language of a text: guessed when it is long enough and clear, and otherwise not at all."""

from __future__ import annotations

from newsletter.importers.structure.language_guess import guess_language

# Sentences whose most common words are those of one language; the rest are names.
TEXTS = {
    "en": "the crane and the ship are at the quay in the harbour of Porto and it is not for them",
    "de": "der Kran und das Schiff sind nicht in dem Hafen von Porto und es ist auch nicht für sie",
    "fr": "la grue et le navire ne sont pas dans le port de Porto et ce est pour les quais que il",
    "es": "la grúa y el barco no están en el puerto de Oporto y se lo da para que los muelles con",
    "pt": "a grua e o navio não estão no porto da cidade e é para os cais que se fala com mais uma",
    "it": "la gru e il battello non sono nel porto di Oporto e si è per gli scali che una nave con",
    "nl": "de kraan en het schip zijn niet in de haven van Porto en dat is er ook voor ze die aan op",
    "pl": "żuraw i statek nie są w porcie na rzece i to jest dla nich jak się o tym mówi po co do za",
    "ar": "الرافعة والسفينة ليستا في ميناء المدينة وهذا هو الرصيف الذي لا يتحرك فيه شيء قبل السادسة صباحا",
    "he": "המנוף והאונייה אינם בנמל של העיר וזה הרציף שבו שום דבר לא זז לפני שש בבוקר בכל יום",
    "fa": "جرثقیل و کشتی در بندر شهر نیستند و این جایی است که پیش از شش صبح چیزی در آن نیست",
}


def repeated(text: str, count: int) -> str:
    """Return so many words of a text that begins again at its end."""
    words = text.split()
    return " ".join(words[index % len(words)] for index in range(count))


def test_a_clear_text_of_sixty_words_has_a_language() -> None:
    assert {name: guess_language(repeated(text, 60)) for name, text in TEXTS.items()} == {
        name: name for name in TEXTS
    }


def test_a_shorter_text_has_none() -> None:
    assert {guess_language(repeated(text, 59)) for text in TEXTS.values()} == {None}


def test_numbers_are_no_words() -> None:
    text = repeated(TEXTS["en"], 59)
    assert guess_language(f"{text} 2026 _ 7") is None
    assert guess_language(f"{text.upper()} 2026 THE") == "en"


def test_names_alone_have_no_language() -> None:
    """At least twelve of a hundred words must be among the most common of the language."""
    names = repeated("Porto", 88)
    assert guess_language(f"{names} {'the ' * 12}") == "en"
    assert guess_language(f"{names} Porto {'the ' * 11}") is None
    assert guess_language(repeated("Porto", 100)) is None


def test_two_languages_in_one_text_are_unclear() -> None:
    """The first must have 1.6 times as many common words as the second."""
    names = repeated("Porto", 60)
    assert guess_language(f"{names} {'the ' * 16} {'der ' * 10}") == "en"
    assert guess_language(f"{names} {'the ' * 15} {'der ' * 10}") is None
    assert guess_language(f"{names} {'der ' * 16} {'the ' * 10}") == "de"


def test_half_of_the_letters_must_be_of_a_script() -> None:
    latin, arabic = "ab " * 30, "من " * 30
    assert guess_language(f"{latin} {arabic}") is None
    assert guess_language(f"{latin} {arabic} من") == "ar"
    assert guess_language(f"{latin} {'שב ' * 31}") == "he"
