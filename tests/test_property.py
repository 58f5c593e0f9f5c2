"""For any text: an error with its location, or every word, link and number in both parts, in order.

Nothing here uses our parser. One property builds documents from known words, another breaks such a
document at a known line, and a third takes arbitrary text and looks for the words of the source in
what html5lib reads from the email and in the lines of the text part.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import html5lib
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from newsletter.errors import IssueRejected
from newsletter.model import Email, Finding
from newsletter.pipeline.build import build
from newsletter.workspace import Workspace, find

SECTION = "issues/2026-03-01-words/10-essay.md"
HEAD = "---\nkind: essay\ntitle: Section\n---\n"
FIRST = HEAD.count("\n") + 1  # the line of the file on which the Markdown starts
MARK = re.compile(r"q\d+z")  # part of every word: found again whatever markup surrounds it
CJK = "\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
LIMIT = (
    5.0  # seconds for 100 KB: three times what the slowest takes here, and far below quadratic time
)

# CI runs four times as many examples as a developer's machine, where the tests must finish in a
# minute.
THOROUGH = os.environ.get("CI") == "true"
quick = settings(
    max_examples=100 if THOROUGH else 25,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)


class NoCache:
    """Every image is generated again, so that no example depends on another."""

    def get(self, key: str) -> bytes | None:
        return None

    def put(self, key: str, data: bytes) -> None:
        pass


@dataclass(frozen=True)
class Desk:
    """A workspace with one issue of one section, rewritten for each example."""

    workspace: Workspace

    def build(self, markdown: str) -> Email | tuple[Finding, ...]:
        """Return the result for the section: an email, or the reasons for the failure."""
        path = self.workspace.root / SECTION
        # Lone surrogates come from editors that save bytes no decoder accepts.
        path.write_bytes((HEAD + markdown).encode("utf-8", "surrogatepass"))
        try:
            return build(self.workspace, path.parent, NoCache())
        except IssueRejected as error:
            return error.findings


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root = tmp_path_factory.mktemp("desk")
    folder = (root / SECTION).parent
    (folder / "images").mkdir(parents=True)
    Image.new("RGB", (40, 30), (9, 90, 90)).save(folder / "images" / "quay.png")
    for path, text in {
        root / "newsletter.toml": 'name = "Words"\nurl = "https://words.example"\n',
        root / "credits.yaml": "roles: {essay: {label: Essay}}\npeople: {mira: {name: Mira}}\n",
        folder / "credits.yaml": "essay: mira\nlocation: Lisbon\n",
        folder / "issue.yaml": "title: Title\npreheader: Deck\ndate: 2026-03-01\n",
    }.items():
        path.write_text(text, encoding="utf-8")
    return Desk(find(root))


# --- reading the two parts ------------------------------------------------------------------------

# In the text part these are surrounded by signs or spaces; the others do not split a word.
_INSIDE_A_WORD = frozenset("span bdi code kbd mark small sub abbr".split())


@dataclass(frozen=True)
class Read:
    """The section as a reader of one part sees it."""

    words: str
    links: list[str]  # each address once, in order


def read_html(html: str) -> Read:
    """Read the section from an email with html5lib: any parse error fails."""
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    (section,) = [td for td in document.iter("td") if "s" in (td.get("class") or "").split()]
    _, _, words = "".join(_reported(section)).partition("Section")
    return Read(words, list(dict.fromkeys(a.get("href") for a in section.iter("a"))))


def _reported(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str):  # a comment
        return
    gap = "" if element.tag in _INSIDE_A_WORD else " "
    yield gap + element.get("alt", "") + (element.text or "")
    for child in element:
        yield from _reported(child)
        yield child.tail or ""
    yield (" " + element.get("title") if element.get("title") else "") + gap


def read_text(text: str) -> Read:
    """Read the section from a text part: its body, and the list of links below it."""
    lines = text.split("\n")
    start = lines.index("Section") + 2
    end = len(lines) - lines[::-1].index("*" * 72) - 1
    end = len(lines) - lines[::-1].index("*" * 72, len(lines) - end) - 1
    body = lines[start:end]
    while body and not body[-1]:
        body.pop()
    links: list[str] = []
    while body and (entry := re.fullmatch(r"\[\d+\] +(\S+)", body[-1])):
        links.insert(0, entry[1])
        body.pop()
    words = "\n".join(re.sub(r"^(?:[>|](?: |$)| )+", "", line) for line in body)
    return Read(re.sub("[\u2066-\u2069]", "", words), links)


# --- documents made of known words ----------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """Words of a table: a page may draw it or list it, so only their position in the section is
    known.
    """

    words: tuple[str, ...]


@dataclass
class Document:
    """Markdown as it is typed, and what a reader must then find."""

    markdown: str = ""
    expected: list[str | Row] | None = None
    links: list[str] | None = None  # those that the text part lists
    refs: list[int] | None = None  # the numbers next to words
    hidden: list[str] | None = None


# What is typed before or after a word, and how it reads.
AFFIXES = [
    ("", ""), ("", ""), ("é", "é"), ("&amp;", "&"), ("&lt;", "<"), ("\\*", "*"), ("\\_", "_"), ("\\<", "<"),
    ("\\|", "|"), ("1,234.5", "1,234.5"), ("7%", "7%"), ("€", "€"), ("שלום", "שלום"), ("مرحبا", "مرحبا"),
    ("Ж", "Ж"), ("🚢", "🚢"),
    ("👩🏽‍🚀", "👩🏽‍🚀"), ("&copy;", "©"), ("&#8212;", "—"), ("\u00a0", ""), ("می‌خواهم", "می‌خواهم"),
    ("{{x}}", "{{x}}"), ("{%x%}", "{%x%}"), ("&nbsp;", ""),
]  # fmt: skip
WIDE = [("漢字と", "漢字と"), ("한국", "한국"), ("。", "。")]  # a line may end inside these
AROUND = [("", "")] * 6 + [
    ('"', '"'),
    ("'", "'"),
    ("(", ")"),
    ("[", "]"),
    ("", "..."),
    ("", "--"),
    ("", ","),
    ("", "!"),
]


class Writer:
    """Generates a document front to back, keeping its expected text."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw
        self.numbers = itertools.count(1)
        self.expected: list[str | Row] = []
        self.links: list[str] = []
        self.refs: list[int] = []
        self.hidden: list[str] = []
        self.definitions: list[str] = []
        self.pending: list[str] = []  # notes referenced and not yet written

    def pick(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def pluralize(self, least: int, most: int) -> range:
        return range(self.draw(st.integers(least, most)))

    def mark(self) -> str:
        return f"q{next(self.numbers)}z"

    def word(self, *, drawn: bool = False) -> str:
        """Type a word; `drawn` ones are in a table, where a broken word would be interleaved with
        its neighbours.
        """
        affixes = AFFIXES if drawn else AFFIXES + WIDE
        mark = self.mark()
        (before, read_before), (after, read_after) = self.pick(*affixes), self.pick(*affixes)
        opening, closing = self.pick(*AROUND)
        self.expected.append(read_before + mark + read_after)
        return opening + before + mark + after + closing

    def words(self, *, drawn: bool = False) -> str:
        return " ".join(self.word(drawn=drawn) for _ in self.pluralize(1, 3))

    def plain_word(self) -> str:
        """Type a word for YAML and attributes."""
        self.expected.append(mark := self.mark())
        return mark

    def address(self) -> str:
        """Type an address that the text part lists."""
        if self.links and self.pick(True, False, False, False):
            url = self.pick(*self.links)
        else:
            url = f"https://example.org/u{next(self.numbers)}?a=1&b=%20"
            self.links.append(url)
        self.refs.append(self.links.index(url) + 1)
        return url

    # --- inside a line ---

    def line(self, depth: int = 2, *, drawn: bool = False, within: str = "") -> str:
        gaps = (" ",) if drawn or "heading" in within else (" ", " ", "\n", "  \n", "\\\n")
        pieces = [self.piece(depth, drawn, within) for _ in self.pluralize(1, 4)]
        return "".join(
            piece if not index else self.pick(*gaps) + piece for index, piece in enumerate(pieces)
        )

    def piece(self, depth: int, drawn: bool, within: str) -> str:
        kinds = ["word", "word", "code", "field", "comment", "auto", "image", "break", "note"]
        if depth:
            kinds += [
                kind for kind in ("_", "**", "~~", "link", "reference", "tag") if kind not in within
            ]
        kind = self.pick(*kinds)
        inside = f"{within} {kind}"
        if kind in ("_", "**", "~~"):
            return f"{kind}{self.line(depth - 1, drawn=True, within=inside)}{kind}"
        if kind == "tag":
            opening = self.pick(
                "sup", "sub", "small", "kbd", "mark", "bdi", 'span lang="fr"', 'span dir="rtl"'
            )
            return f"<{opening}>{self.line(depth - 1, drawn=True, within=inside)}</{opening.split()[0]}>"
        if kind in ("link", "reference"):
            return self.link(kind, depth, within + " link reference auto note")
        if kind == "note" and "note" not in within:
            self.pending.append(label := f"note{next(self.numbers)}")
            return f"{self.word(drawn=drawn)}[^{label}]"
        if kind == "auto" and "auto" not in within:
            self.expected.append(url := f"https://example.org/{self.mark()}")
            return f"<{url}>"
        if kind == "image":
            return f"![{self.plain_word()} {self.plain_word()}](images/quay.png)"
        if kind == "code":
            return f"`` {self.plain_word()} <b> &amp; ` ``"
        if kind == "field":
            mark = self.mark()
            self.expected.append(f"%%first_name|{mark}%%")
            return f"%%first_name|{mark}%%"
        if kind == "comment":
            self.hidden.append(hidden := f"h{next(self.numbers)}z")
            return f"{self.word(drawn=drawn)} <!-- {hidden} **not** <b> -->"
        if kind == "break":
            return f"{self.word(drawn=drawn)}<br>{self.word(drawn=drawn)}"
        return self.word(drawn=drawn)

    def link(self, kind: str, depth: int, within: str) -> str:
        # The number follows the words, so links inside (there are none) could not be numbered
        # first.
        words = self.line(depth - 1, drawn=True, within=within)
        title = f' "{self.plain_word()}"' if self.pick(True, False, False) else ""
        url = self.address()
        if kind == "link":
            return f"[{words}]({self.pick(url, f'<{url}>')}{title})"
        label = f"label {next(self.numbers)}"
        self.definitions.append(f"[{label}]: {url}{title}")
        return f"[{words}][{self.pick(label, label.upper())}]"

    # --- blocks ---

    def blocks(self, depth: int, least: int = 1, *, top: bool = False) -> str:
        # Two lists, or a list and indented code, would run together without something between them.
        return "\n\n<!-- -->\n\n".join(self.block(depth, top) for _ in self.pluralize(least, 4))

    def block(self, depth: int, top: bool) -> str:
        kinds = ["paragraph"] * 4 + ["heading", "rule", "fence", "table", "picture"]
        kinds += ["bullets", "numbers", "quote"] if depth else []
        kinds += ["callout", "pullquote", "figure", "button", "comment"] if top else []
        kind: str = self.pick(*kinds)
        typed: str = getattr(self, f"type_{kind}")(depth)
        return typed

    def type_paragraph(self, depth: int) -> str:
        return self.line()

    def type_heading(self, depth: int) -> str:
        return f"{self.pick('#', '##', '###', '######')} {self.line(within='heading')}"

    def type_rule(self, depth: int) -> str:
        return self.pick("---", "* * *", "___")

    def type_fence(self, depth: int) -> str:
        fence = self.pick("```", "~~~", "````")
        lines = [
            self.pick("", "    ", "> ", "::: ") + f"{self.plain_word()} *a* <b> &amp; \\"
            for _ in self.pluralize(1, 3)
        ]
        return "\n".join((fence, *lines, fence))

    def type_table(self, depth: int) -> str:
        columns, before = self.draw(st.integers(1, 4)), len(self.expected)

        def row() -> str:
            return "| " + " | ".join(self.words(drawn=True) for _ in range(columns)) + " |"

        rule = "|" + "|".join(self.pick("---", ":--", "--:", ":-:") for _ in range(columns)) + "|"
        typed = "\n".join([row(), rule, *(row() for _ in self.pluralize(0, 3))])
        words = tuple(word for word in self.expected[before:] if isinstance(word, str))
        self.expected[before:] = [Row(words)]
        return typed

    def type_picture(self, depth: int) -> str:
        title = f' "{self.plain_word()}"' if self.pick(True, False) else ""
        words = [] if title else [self.plain_word()]
        return f"![{' '.join(words)}](images/quay.png{title})"

    def listed(self, depth: int, marks: list[str]) -> str:
        items = []
        for mark in marks:
            inside = self.blocks(depth - 1) if self.pick(True, False) else self.line()
            items.append(mark + inside.replace("\n", "\n" + " " * len(mark)))
        return self.pick("\n", "\n\n").join(items)

    def type_bullets(self, depth: int) -> str:
        return self.listed(depth, [self.pick("- ") for _ in self.pluralize(1, 3)])

    def type_numbers(self, depth: int) -> str:
        start = self.pick(1, 1, 7, 98)
        return self.listed(depth, [f"{start + index}. " for index in self.pluralize(1, 4)])

    def type_quote(self, depth: int) -> str:
        return "> " + self.blocks(depth - 1).replace("\n", "\n> ")

    def type_callout(self, depth: int) -> str:
        title = f" {self.plain_word()} & <b>" if self.pick(True, False) else ""
        return f"::: callout{title}\n{self.blocks(1)}\n:::"

    def type_pullquote(self, depth: int) -> str:
        inside = self.line()
        by = f" {self.plain_word()} & <b>" if self.pick(True, False) else ""
        return f"::: pullquote{by}\n{inside}\n:::"

    def type_figure(self, depth: int) -> str:
        rows = ["src: images/quay.png", f'alt: "{self.plain_word()} & <b> \\""']
        rows += (
            [f"caption: {self.plain_word()} **{self.plain_word()}**"]
            if self.pick(True, False)
            else []
        )
        rows += [f"credit: {self.plain_word()}"] if self.pick(True, False) else []
        rows += [f"licence: {self.plain_word()}"] if self.pick(True, False) else []
        rows += [f'link: "{self.address()}"'] if self.pick(True, False) else []
        return "\n".join(("::: figure", *rows, ":::"))

    def type_button(self, depth: int) -> str:
        return f"::: button\nlabel: {self.plain_word()} & <b>\nurl: https://example.org/b{next(self.numbers)}\n:::"

    def type_comment(self, depth: int) -> str:
        self.hidden.append(hidden := f"h{next(self.numbers)}z")
        return f"<!-- {hidden}\n\n::: <div> -- {hidden} -->"

    def notes(self) -> list[str]:
        """Write the referenced notes; they are printed in that order, wherever they are."""
        written = [
            f"[^{label}]: {self.line(within='note')}".replace("\n", "\n    ")
            for label in self.pending
        ]
        order: list[str] = self.draw(st.permutations(written))
        return order


@st.composite
def documents(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Document:
    writer = Writer(draw)
    body = writer.blocks(2, top=True)
    if not writer.expected:
        body += "\n\n" + writer.words()
    markdown = "\n\n".join([body, *writer.notes(), *writer.definitions]) + "\n"
    return Document(markdown, writer.expected, writer.links, writer.refs, writer.hidden)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def check_order(expected: list[str | Row], text: str) -> None:
    """Find every word once and after the previous one."""
    text, position = squeezed(text), 0
    for entry in expected:
        if isinstance(entry, Row):
            starts = [text.find(word, position) for word in map(squeezed, entry.words)]
            assert -1 not in starts, (
                f"a word of {entry} is missing after {text[max(position - 40, 0) : position]!r}"
            )
            position = max([position, *(start + 1 for start in starts)])
        else:
            start = text.find(squeezed(entry), position)
            assert start >= 0, (
                f"{entry!r} is missing after {text[max(position - 40, 0) : position]!r}"
            )
            (mark,) = MARK.findall(entry)
            assert MARK.findall(text).count(mark) == 1, f"{entry!r} appears twice"
            position = start + 1


@quick
@given(document=documents())
def test_every_word_link_and_number_is_in_both_parts_in_order(
    desk: Desk, document: Document
) -> None:
    email = desk.build(document.markdown)
    assert isinstance(email, Email), "\n".join(map(str, email))  # type: ignore[arg-type]
    html, text = read_html(email.html), read_text(email.text)
    assert document.expected is not None
    check_order(document.expected, html.words)
    check_order(document.expected, text.words)
    listed = [url for url in html.links if "/u" in url]
    assert listed == document.links == text.links
    assert [int(number) for number in re.findall(r"(?<=\s)\[(\d+)\]", text.words)] == document.refs
    for hidden in document.hidden or ():
        assert hidden not in email.html + email.text + email.web + email.message.decode()


# --- documents with one error at a known line -----------------------------------------------------

FAULTS = {
    "block HTML": "<div>words</div>",
    "a script": "<script>alert(1)</script>",
    "inline HTML": 'words <font color="red">red</font>',
    "an event handler": '<span onclick="x()">words</span>',
    "a tag left open": "words <sup>th",
    "a tag never opened": "words</sup>",
    "words after a comment": "<!-- note --> words",
    "a comment never closed": "words <!-- words",
    "a reference to nothing": "[words][nowhere-to-be-found]",
    "a note that is nowhere": "words[^nowhere]",
    "a note nobody refers to": "[^lonely]: words",
    "a definition nobody uses": "[lonely]: https://example.org/",
    "a block of no known kind": "::: pulquote\n:::",
    "a block inside nothing": ":::",
    "a figure without alt": "::: figure\nsrc: images/quay.png\n:::",
    "a picture that is missing": "![words](images/none.png)",
    "an unknown field": "words %%nmae%%",
    "a script address": "[words](javascript:alert(1))",
    "half an address": "[words](example.org)",
    "an anchor": "[words](#below)",
    "a control character": "words \x07 words",
    "a lone surrogate": "words \ud800 words",
    "too many cells": "| a |\n|---|\n| b | c |",
    "nested too deep": "> " * 40 + "words",
}


@settings(quick, max_examples=50 if THOROUGH else 15)
@given(document=documents(), fault=st.sampled_from(sorted(FAULTS)))
def test_an_error_anywhere_is_reported_at_its_line(
    desk: Desk, document: Document, fault: str
) -> None:
    findings = desk.build(f"{document.markdown}\n{FAULTS[fault]}\n")
    assert not isinstance(findings, Email), f"{fault} was not reported"
    first = FIRST + document.markdown.count("\n") + 1
    last = first + FAULTS[fault].count("\n")
    assert findings[0].where.path == SECTION
    assert first <= (findings[0].where.line or 0) <= last, findings[0]


# --- any text at all ------------------------------------------------------------------------------

# What has a meaning in Markdown, HTML, YAML, templates and email, and what breaks them.
SIGNS = (
    """
* ** _ __ ~~ ` `` ``` ~~~ [ ] ]( ) ](https://e.org/ ]( "t") ![ [^1] [^1]: [a] [a]: <https://e.org> <a@e.org>
https://e.org # ## > >> - + 1. 10) | |--- |:-: === --- *** ::: :::callout <b> <br> <br/> <sup> </sup> <sub> </sub>
<bdi> </bdi> <span </span> <kbd> </kbd> <div> </div> <!-- --> <! <? ?> <![CDATA[ ]]> </ /> & &amp; &lt; &#0; &#x41;
&nope; \\ \\* \\\\ " ' '' ... -- %% %%name%% %%name|you%% %%x%% {{ }} {% %} ${ {x} *|X|* %7B = . , : ; ! ? ( { } @ $
€ ✓ é ñ ß Ж 漢字 かな 한국 。 שלום مرحبا فارسی 👍 👩‍👩‍👧 🇵🇹
""".split()
    + list(
        "\u0301\u00a0\u200b\u200d\u200e\u200f\u202e\u2066\u2069\u2028\ufeff\x85\x00\x1b\ud800\ufffe"
    )
)
PIECES = st.one_of(
    st.just("Q"),
    st.just("Q"),
    st.sampled_from([" ", " ", "\n", "\n\n", "  \n", "    ", "\t", "\r\n"]),
    st.sampled_from(SIGNS),
    st.sampled_from(
        [
            "::: callout\n",
            "::: pullquote Q\n",
            "\n:::\n",
            "\n```\n",
            "\n| Q | Q |\n|---|--:|\n| Q | Q |\n",
        ]
    ),
    st.text(max_size=4),
)
_COUNTER = re.compile("Q")


def numbered(text: str) -> str:
    """Make each Q a separate word."""
    numbers = itertools.count(1)
    return _COUNTER.sub(lambda match: f"q{next(numbers)}z", text)


texts = st.lists(PIECES, max_size=40).map("".join).map(numbered)

_WORDS = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")


def may_vanish(markdown: str) -> set[str]:
    """Return words that Markdown interprets instead of printing: labels, code languages, comments."""
    where = [
        r"(?s)<!--.*?-->",
        r"\[[^\]]*\]:",
        r"\]\[[^\]]*\]",
        r"\[\^[^\]]*\]",
        r"\[[^\]]*\]\[\]",
        r"(?m)(?:```|~~~).*$",
    ]
    return {
        mark
        for pattern in where
        for match in re.findall(pattern, markdown)
        for mark in MARK.findall(match)
    }


@quick
@given(markdown=texts)
@example("a&#x202e;b <span dir='rtl'>q1z</span>\n")
@example("q1z\x85q2z\n")
@example("q1z\ufdd0q2z\n")
@example("<!-- a --> q1z <!-- b -->\n")
def test_any_text_is_reported_or_arrives_complete(desk: Desk, markdown: str) -> None:
    result = desk.build(markdown)
    if isinstance(result, Email):
        check_whole(markdown, result)
    else:
        check_places(markdown, result)


ONCE_LOST = {
    "a field in code": "```\n%%first_name|q1z%%\n```\n",
    "a field in an alt text": "![%%first_name|q1z%% q2z](images/quay.png)\n",
    "the title of a bare address": '[https://e.org/](https://e.org/ "q1z")\n',
    "a block after code in a list": "- ```\n  q1z\n  ```\n\n::: callout\nq2z\n:::\n",
    "a block after code in a quotation": "> ```\n> q1z\n\n::: callout\nq2z\n:::\n",
    "a block after a span of three backticks": "``` q1z ``` q2z\n\n::: callout\nq3z\n:::\n",
    "words in a cell beside a bar": "| q1z | q2z |\n|---|---|\n| q3z \\| q4z | q5z |\n",
}


@pytest.mark.parametrize("markdown", ONCE_LOST.values(), ids=ONCE_LOST)
def test_text_that_was_once_lost_arrives(desk: Desk, markdown: str) -> None:
    email = desk.build(markdown)
    assert isinstance(email, Email), email
    check_whole(markdown, email)


def check_places(markdown: str, findings: tuple[Finding, ...]) -> None:
    """Each error has a line and column that exist in the file, counted as editors count."""
    lines = (HEAD + markdown).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ours = [finding.where for finding in findings if finding.where.path == SECTION]
    assert ours, findings  # others may follow from it: an issue without a section
    for where in ours:
        assert where.line is not None
        assert 1 <= where.line <= len(lines)
        assert where.column is None or 1 <= where.column <= len(lines[where.line - 1]) + 1


def check_whole(markdown: str, email: Email) -> None:
    """Both parts have the same text, and nothing of the source is missing."""
    html5lib.HTMLParser(strict=True).parse(email.web)
    html, text = read_html(email.html), read_text(email.text)
    read = squeezed(text.words + " ".join(text.links))
    drawn = re.search(
        '<table [^>]*class="t|<table class="t', email.html
    )  # a drawn table interleaves its cells
    position = 0
    for word in _WORDS.findall(re.sub("[\u2066-\u2069]", "", html.words)):
        result = read.find(word, 0 if drawn else position)
        assert result >= 0, (
            f"the text part lacks {word!r} after {read[max(position - 40, 0) : position]!r}"
        )
        position = result + len(word)
    everything = html.words + " ".join(html.links)
    lost = set(MARK.findall(markdown)) - may_vanish(markdown) - set(MARK.findall(everything))
    assert not lost, "the author's words are in neither part"


# --- time limits ----------------------------------------------------------------------------------

LONG = [
    "[", "]", "*", "_", "~", "`", "<", ">", "> ", "&", "\\", "|", "#", "-", "- ", "1. ", "'", '"', ":::\n", "%%", "(",
    "![", "](", "[^", "<!--", "<!-- -->", "<!-- a -->\n", "-->", "</", "<a ", "<sup>", "</sup>", "a**b", "*a _b ",
    "~~a ", "`a``b", "[[a](b)", "[a]: b\n", "[a][b] ", "[^1]", "[^a]: b\n\n", "|a|b\n", "|-", "a\n=\n", "- a\n", "\n\n",
    " ", "\t", "```\n", "    a\n\n", "::: callout\n", "::: callout\na\n:::\n\n", "<https://a.b/", "<br>", "%%name|",
    "漢字", "ع a ", "*ع* ", "e\u0301", "👩‍👩‍👧", "\u00a0", "\u202e", "9", "a  \n", "---\n", "![a](images/quay.png)\n\n",
]  # fmt: skip


@pytest.mark.parametrize("piece", LONG)
def test_long_runs_do_not_take_long(desk: Desk, piece: str) -> None:
    for markdown in (
        f"a {repeat(piece, 100_000 if THOROUGH else 25_000)} b",
        f"{repeat(piece, 10_000)} b",
    ):
        started = time.process_time()  # not wall-clock time, which other processes slow down
        desk.build(markdown)
        assert time.process_time() - started < LIMIT


def repeat(piece: str, size: int) -> str:
    return piece * (size // len(piece.encode()))
