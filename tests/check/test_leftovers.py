"""Leftovers of drafts, programs and encodings, one table per kind: text reported and accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check.rules.leftovers import (
    draft_subject,
    garbled_characters,
    invisible_character,
    leftover_markup,
    replacement_character,
)
from newsletter.check.rules.typography import mixed_script_word
from newsletter.check.rules.writing import placeholder_text
from tests.check.checking import issue, titled

MARKUP = """
A **“bold”**word here.                        | Leftover Markdown emphasis: "**"
Text ** bold ** text.                         | Leftover Markdown emphasis: "** bold **"
##Heading                                     | Leftover Markdown heading: "##"
[text] (https://harbour.example/a)            | Leftover Markdown link: "[text] ("
[caption id=1]A ship[/caption]                | Leftover shortcode: "[caption id=1]"
[gallery ids=1]                               | Leftover shortcode: "[gallery ids=1]"
A {++new++} word.                             | Leftover critic mark: "{++"
A {--gone--} word.                            | Leftover critic mark: "{–"
A {>>why<<} word.                             | Leftover critic mark: "{>>"
See [[Quay]].                                 | Leftover Obsidian embed or link: "[[Quay]]"
See ![[quay.png]].                            | Leftover Obsidian embed or link: "![[quay.png]]"
%% a note to myself %%                        | Leftover Obsidian comment: "%%"
A ==marked== word.                            | Leftover highlight mark: "==marked=="
> [!abstract] Mind the gap                    | Leftover callout mark: "[!abstract]"
I :rocket: it.                                | Leftover emoji short name: ":rocket:"
$$x^2$$                                       | Leftover TeX markup: "$$x^2$$"
He said so.[a]                                | Leftover comment anchor: "[a]"
2**3, f**k, C++, a == b, 100%% sure           |
Write `**`, `[[x]]` and `{--`.                |
#harbour is issue #1; see [1] and (a).        |
“[I felt] a call,” she said; [Video call].    |
Ask in ##harbour, or call __assert_fail.      |
Dear %%first_name|reader%%, hello.            |
The quay.^[A note.]                           | Leftover inline note: "^[A note.]"
The quay.{.lead}                              | Leftover attribute list: "{.lead}"
- [ ] call the pilot                          | Leftover checkbox: "[ ]"
12:30:45, a::b, ~10 and 5*6*7                 |
"""


def rows(table: str) -> list[tuple[str, list[str]]]:
    """Return the text and messages of each row; messages are separated by semicolons."""
    cells = (line.rpartition("|") for line in table.strip().split("\n"))
    return [
        (text.strip(), [message.strip() for message in messages.split(" ;") if message.strip()])
        for text, _, messages in cells
    ]


@pytest.mark.parametrize(("words", "messages"), rows(MARKUP))
def test_markup_of_other_programs_is_reported(
    words: str, messages: list[str], tmp_path: Path
) -> None:
    assert [finding.message for finding in leftover_markup.find(issue(tmp_path, words))] == messages


@pytest.mark.parametrize(
    "words",
    [
        "---\ntitle: Old\ndate: 2020-01-01\n---\n\nText.",
        "Text.\n\n---\nlayout: post\ntags: [a]\n---\n\nMore.",
        "title: Old\nauthor: Mira\ndate: 2020-01-01\n\nText.",
        "+++\ntitle = 'Old'\n+++\n\nText.",
    ],
)
def test_front_matter_in_a_body_is_reported(words: str, tmp_path: Path) -> None:
    (finding,) = leftover_markup.find(issue(tmp_path, words))
    assert finding.message.startswith("Front matter inside the body: ")


@pytest.mark.parametrize(
    "words", ["---\n\nText.", "Title: a play\n\nText.", "```\n---\na: b\n---\n```"]
)
def test_text_that_resembles_front_matter_is_not_reported(words: str, tmp_path: Path) -> None:
    assert not list(leftover_markup.find(issue(tmp_path, words)))


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("Ship\tBuilt\nLark\t1931", 6),
        ("## Ships\nShip\tBuilt\tTons\nLark\t1931\t220\nTern\t1908\t95", 7),
        ("The fleet.\n\n> Ship\tBuilt\n> Lark\t1931", 8),
        ("The fleet:\nShip \t Built\nLark \t 1931", 7),
    ],
)
def test_a_table_pasted_from_a_word_processor_is_reported(
    words: str, line: int, tmp_path: Path
) -> None:
    (finding,) = leftover_markup.find(issue(tmp_path, words))
    assert finding.message.startswith('Table pasted as text: "')
    assert finding.where.line == line


@pytest.mark.parametrize(
    "words",
    [
        "One tab\tin a line.\nNone here.",
        "```\na\tb\nc\td\n```",
        "\tIndented\n\tcode",
        "-\tThe first.\n-\tThe second.",
        "1.\tThe first.\n2.\tThe second.",
        "::: data\n```\nShip\tBuilt\nLark\t1931\n```\n:::",
    ],
)
def test_other_tabs_are_not_reported(words: str, tmp_path: Path) -> None:
    assert not list(leftover_markup.find(issue(tmp_path, words)))


PLACEHOLDERS = """
Insert title here                             | Insert title here
Please replace me.                            | Please replace me
Replace me with a quote.                      | Replace me with
A placeholder text of the form.               |
Machines will replace me; to date go [here](https://sea.example).|
You cannot replace this with a link to follow.|
Enter your email here, or click here to change your preferences.|
The number to come down, and the story goes here.|
He said “[name] of [city] came”.              |
A TODO list; see `TODO`.                      |
Your headline here                            | Your headline here
Add your text here.                           | Add your text here
Title goes here                               | Title goes here
Click or tap here to enter text.              | Click or tap here to enter text
Error! Reference source not found.            | Error! Reference source not found
Dear [Your Name],                             | [Your Name]
© [year] [Company Name]                       | [year] ;[Company Name]
Caption to come                               | Caption to come
It cost $XX million.                          | $XX
See page ???.                                 | page ???
DO NOT PUBLISH                                | DO NOT PUBLISH
<insert link>                                 | <insert link>
Hier Text einfügen                            | Hier Text einfügen
Insérez le titre ici                          | Insérez le titre ici
Texto de relleno                              | Texto de relleno
Insira o título aqui                          | Insira o título aqui
TK Maxx opened.                               | TK
“TK” is what editors write.                   |
The title goes to Porto.                      |
A sample text of the treaty was found.        |
The text here is clear; a link to the past.   |
"""


@pytest.mark.parametrize(("words", "marks"), rows(PLACEHOLDERS))
def test_placeholders_are_reported(words: str, marks: list[str], tmp_path: Path) -> None:
    findings = list(placeholder_text.find(issue(tmp_path, words.replace("<", "\\<"))))
    assert [finding.message for finding in findings] == [
        f'Placeholder "{mark}" left in the text' for mark in marks
    ]


def test_a_placeholder_that_may_be_a_name_is_a_warning(tmp_path: Path) -> None:
    findings = placeholder_text.find(issue(tmp_path, "TK Maxx opened. TK ships came."))
    assert [finding.severity for finding in findings] == ["warning", "error"]


@pytest.mark.parametrize(
    "words",
    [
        "It grew.[citation needed]",
        "Venue: [TBC]",
        "Sample text of twenty words is enough.",
        "> For the week ending XX/XX/XX, we spent $XX.",
        "Name ____, town ____",
        "Delete this paragraph of the law.",
    ],
)
def test_text_that_may_be_intended_is_a_warning(words: str, tmp_path: Path) -> None:
    findings = list(placeholder_text.find(issue(tmp_path, words)))
    assert {finding.severity for finding in findings} <= {"warning"}


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        ("caf\ufffd", ["Lost character: U+FFFD REPLACEMENT CHARACTER"]),
        ("a\ufffcb", ["Lost character: U+FFFC OBJECT REPLACEMENT CHARACTER"]),
        ("a\ue000b", ["Lost character: U+E000"]),
        ("café, naïve, “quoted”, 5 € and ✓", []),
    ],
)
def test_lost_characters_are_reported(words: str, messages: list[str], tmp_path: Path) -> None:
    findings = replacement_character.find(issue(tmp_path, words))
    assert [finding.message for finding in findings] == messages


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        ("a\u200bb", [2]),
        ("a\u202eb", [2]),
        ("\ufeffa", [1]),
        ("a\u2060b\u00adc", [2]),
        ("a\u2066b", [2]),
        ("a\u2066b\u2069", []),
        ("👨\u200d👩\u200d👧 and 🏴\U000e0067\U000e0062\U000e007f", []),
        ("می\u200cخواهم", []),
        ("क\u094d\u200dष", []),
        ("שלום\u200f!", []),
        ("a\u200fb", [2]),
        ("`a\u200bb` in code", []),
    ],
)
def test_invisible_characters_are_reported(words: str, columns: list[int], tmp_path: Path) -> None:
    findings = invisible_character.find(issue(tmp_path, words))
    assert [finding.where.column for finding in findings] == columns


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cafÃ©", ["Ã©"]),
        ("itâ€™s", ["â€™"]),
        ("Â£5", ["Â£"]),
        ("ðŸš¢", ["ðŸš¢"]),
        ("ÐŸÐ¾Ñ€Ñ‚", ["ÐŸ"]),
        ("ï»¿Text", ["ï»¿"]),
        ("‚Äôs", ["‚Äô"]),
        ("don?t", ["don?t"]),
        ("caf=C3=A9", ["=C3=A9"]),
        ("É isto: MENÜ“ e IRMÃ” são ÂNGULO", []),
        ("Malmö, Århus, Çeşme, “ÄÖÜ”, ½ × ¼", []),
        ("Did he? Do we?", []),
    ],
)
def test_garbled_text_is_reported(words: str, found: list[str], tmp_path: Path) -> None:
    messages = [finding.message for finding in garbled_characters.find(issue(tmp_path, words))]
    assert [message.split('"')[1] for message in messages] == found


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("Test", "Test"),
        ("TEST: The port", "TEST:"),
        ("Copy of The port", "Copy of"),
        ("The port (draft)", "(draft)"),
        ("[DRAFT] The port", "[DRAFT]"),
        ("The port - copy", "- copy"),
        ("The port v2", "v2"),
        ("Untitled", "Untitled"),
        ("Entwurf: Der Hafen", "Entwurf:"),
        ("Test email", "Test email"),
        ("The test of time", None),
        ("Draft day", None),
        ("Copycats and the test harbour", None),
    ],
)
def test_subjects_of_drafts_are_reported(title: str, mark: str | None, tmp_path: Path) -> None:
    findings = [finding.message for finding in draft_subject.find(issue(tmp_path, titled(title)))]
    assert findings == ([f'Mark of a draft in the title: "{mark}"'] if mark else [])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("pоrt", ["pоrt"]),  # a Cyrillic о
        ("Ηigh", ["Ηigh"]),  # a Greek Η
        ("IL-1β, TNFα, NFκB, kΩ, ΔT and µm", []),
        ("Яndex and Порт", []),
    ],
)
def test_lookalike_letters_in_words_are_reported(
    words: str, found: list[str], tmp_path: Path
) -> None:
    messages = [finding.message for finding in mixed_script_word.find(issue(tmp_path, words))]
    assert messages == [f'Letters of two alphabets in one word: "{word}"' for word in found]


def test_titles_and_captions_are_checked_too(tmp_path: Path) -> None:
    figure = (
        "::: figure\nsrc: https://harbour.example/a.png\nalt: cafÃ©\nwidth: 300\n"
        "caption: TK caption\ncredit: TK\nlicence: CC BY 4.0\n:::\n"
    )
    text = f"---\nkind: essay\ntitle: The **port**\nby: mira\n---\n{figure}"
    loaded = issue(tmp_path, {"10-essay.md": text})
    assert [finding.where.line for finding in leftover_markup.find(loaded)] == [3]
    assert [finding.where.line for finding in placeholder_text.find(loaded)] == [11, 10]
    assert [finding.where.line for finding in garbled_characters.find(loaded)] == [8]
