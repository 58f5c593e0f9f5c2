"""Every word of a draft, in any format, is in a block that can be read back, or in a note.

The importers' own blocks are not trusted: they are parsed again like a section of an issue.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from html import escape

import docx
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft
from tests.importers.reading import MARK, parsed, section, typed

THOROUGH = os.environ.get("CI") == "true"
quick = settings(
    max_examples=300 if THOROUGH else 60,
    deadline=None,
    report_multiple_bugs=False,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # failing examples are short enough without shrinking
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
few = settings(quick, max_examples=100 if THOROUGH else 25)

# Characters with a meaning in our Markdown dialect, within a line and at its start.
SIGNS = [
    *"*_~`[]()<>#|+-=:!&\\\"'{}%$^@/.,;?“”’—…漢é\u00a0",
    "**", "__", "~~", "```", ":::", "::: figure", "%%", "%%name%%", "%%foo%%", "{{", "{{ x }}", "{%", "1.", "1)", "- ",
    "+ ", "* ", "> ", "# ", "## ", "&amp;", "&#42;", "<b>", "</b>", "<br>", "<!--", "-->", "[^1]", "[a](b)", "![", "](",
    "[^", "]:", "---", "===", "***", "* * *", "| --- |", "    ", "\t", "https://e.org/a_b_(c)?d=e&f=g", "--option",
    "AT&T", "3 < 4", "C#", "snake_case_word",
]  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> str:
    """Generate a line of unique words and special characters, with at least one word."""
    pieces = draw(
        st.lists(
            st.one_of(st.sampled_from(SIGNS), st.just("w"), st.just(" ")), min_size=1, max_size=9
        )
    )
    return (
        " ".join(("".join(pieces) + "w").split()) if draw(st.booleans()) else "".join(pieces) + "w"
    )


def numbered(words: list[str]) -> list[str]:
    """Return the lines with each `w` replaced by a unique word."""
    number = itertools.count()
    return [
        re.sub(r"(?<![a-z_&])w(?![a-z])", lambda _: f"q{next(number)}z", line) for line in words
    ]


documents = st.lists(lines(), min_size=1, max_size=6).map(numbered)


def check_whole(draft: Draft, words: list[str], *, exact: bool = True) -> None:
    """Check that a section has no findings and every line, or else that a note has its words."""
    text, findings = parsed(section(draft))
    assert not findings, section(draft)
    notes = " ".join(note.words for note in draft.notes) + " ".join(
        [draft.title or "", *draft.meta.values()]
    )
    printed = (
        text if exact else section(draft)
    )  # the language of a code block is only in the source
    expected = set(MARK.findall(printed)) | set(MARK.findall(notes))
    assert set(MARK.findall(" ".join(words))) <= expected, section(draft)
    ours = {mark for block in draft.blocks for mark in MARK.findall(block.words + block.markdown)}
    assert set(MARK.findall(" ".join(words))) <= ours | set(MARK.findall(notes))
    if exact:
        for line in words:
            assert spelled(line) in spelled(text), section(draft)


def spelled(words: str) -> str:
    """Return words with printed punctuation, without spaces and dashes, which vary by format."""
    return re.sub(r"[\s–—-]+", "", typed(re.sub(r"%%name%%", "%%%%", words)))


# --- the same words in each format ----------------------------------------------------------------


def word(words: list[str]) -> bytes:
    document = docx.Document()
    for index, line in enumerate(words):
        style = ("Normal", "Heading 2", "List Bullet", "List Number", "Quote", "Title")[index % 6]
        paragraph = document.add_paragraph(style=style)
        middle = len(line) // 2
        paragraph.add_run(line[:middle]).bold = index % 2 == 0
        paragraph.add_run(line[middle:]).italic = index % 3 == 0
    table = document.add_table(2, 2)
    table.cell(1, 1).text = words[-1]
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def page(words: list[str]) -> bytes:
    tags = ("p", "h2", "li", "blockquote", "td", "div")
    body = "".join(
        f"<{tag}>{_marked(line)}</{tag}>"
        for tag, line in zip(itertools.cycle(tags), words, strict=False)
    )
    return f"<!doctype html><html><body>{body}</body></html>".encode()


def _marked(line: str) -> str:
    middle = len(line) // 2
    return f"<b>{escape(line[:middle])}</b><i>{escape(line[middle:])}</i>"


def google(words: list[str]) -> bytes:
    style = "<style>.lst-kix_a-0>li:before{content:'x'}.c1{font-weight:700}.c2{font-style:italic}</style>"
    body = "".join(
        f'<p class="c3"><span class="c1">{escape(line[:3])}</span><span class="c2">{escape(line[3:])}</span></p>'
        for line in words
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "Draft.html",
            f'<html><head>{style}</head><body class="doc-content">{body}</body></html>',
        )
    return file.getvalue()


def mail(words: list[str]) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        "A draft",
        "Mira <mira@desk.example>",
        "desk@desk.example",
    )
    message.set_content("\n\n".join(words))
    message.add_alternative(page(words).decode(), subtype="html")
    return bytes(message)


def substack(words: list[str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "posts.csv", "post_id,post_date,is_published,title,subtitle\n7.a,2026-03-01,true,A,B\n"
        )
        archive.writestr("posts/7.a.html", "".join(f"<p>{_marked(line)}</p>" for line in words))
    return file.getvalue()


RICH = {"word": word, "page": page, "google": google, "mail": mail, "substack": substack}


@pytest.mark.parametrize("make", RICH.values(), ids=RICH)
def test_every_word_of_a_rich_format_is_imported(make: Callable[[list[str]], bytes]) -> None:
    @few
    @example(["q0z %%foo%% q1z"])
    @example(["q0z<b>+  %%foo%%https://e.org/a_b_(c)?d=e&f=g%%foo%%1)+ q1z"])
    @example(["::: q0z", "- q1z", "q2z:", "1. q3z", "# q4z", "q5z # #"])
    @given(documents)
    def run(words: list[str]) -> None:
        (draft,) = read_drafts(make(words), "draft")
        check_whole(draft, words)

    run()


# --- text, where characters at the start of a line are markup -------------------------------------


@quick
@example("q0z\n===\nq1z\n---\nq2z")
@example("1. q0z\n3. q1z\n  - q2z\n> q3z\n>> q4z")
@given(st.lists(lines(), min_size=1, max_size=8).map(numbered).flatmap(lambda words: st.sampled_from([
    "\n".join(words), "\n\n".join(words), "\n".join(f"- {line}" for line in words), "\n> ".join(words),
])))  # fmt: skip
def test_every_word_of_plain_text_is_imported(text: str) -> None:
    for encoding in ("utf-8", "utf-16", "utf-16-be"):
        (draft,) = read_drafts(text.encode(encoding), "draft.txt")
        check_whole(draft, text.split("\n"), exact=False)


# --- any Markdown and any HTML at all -------------------------------------------------------------

MARKDOWN = [
    "q{}z ", "\n", "\n\n", "*", "**", "_", "`", "```\n", "    ", "- ", "1. ", "> ", "# ", "===\n", "---\n", "|",
    "|-|-|\n", "[", "](", ")", "](https://e.org/x?utm_source=y)", "![", "](images/a.png)", "[^1]", "[^1]: ",
    "[a]: https://e.org 'q{}z'\n", "[a]", "][a]", "<b>", "</b>", "<div>", "</div>", "<p>", "<!-- q{}z -->", "<!--",
    "-->", "<a href='https://e.org/'>", "</a>", "<td>", "<table>", "</table>", "<script>", "&lt;", "\\", ":::\n",
    "::: callout\n", "%%foo%%", "{{ q{}z }}", "+++\n", "<br>", "~~", "\t", "<https://e.org/q{}z>",
    "<img src='https://e.org/a.png' alt='q{}z'>", "<style>", "</style>", "q{}z: ", "\\\n",
]  # fmt: skip
HTML = [
    "q{}z ", "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<div>", "</div>", "<ul>", "<li>", "</ul>", "<ol start=3>",
    "</ol>", "<blockquote>", "</blockquote>", "<table>", "<tr>", "<td>", "<th>", "</table>",
    "<td colspan=2 rowspan=2>", "<h1>", "</h1>", "<pre>", "</pre>", "<code>", "</code>", "<br>", "<hr>",
    "<a href='https://e.org/'>", "<a href='#x'>", "<a id=x>", "</a>", "<sup><a href='#n1' id=r1>1</a></sup>",
    "<p id=n1><a href='#r1'>1</a> q{}z</p>", "<img src='https://e.org/a.png' alt='q{}z'>", "<img alt='q{}z'>",
    "<figure>", "<figcaption>", "</figcaption>", "</figure>", "<span hidden>", "</span>", "<nav>", "</nav>",
    "<article>", "</article>", "<main>", "<aside>", "<footer>", "<header>", "<form>", "<button>", "<select><option>",
    "<textarea>", "</textarea>", "<iframe>", "</iframe>", "<svg><text>", "</svg>", "<noscript>", "</noscript>",
    "<details><summary>", "<dl><dt>", "<dd>", "<q>", "</q>", "<sub>", "</sub>", "<mark>", "</mark>",
    "<div class=pullquote>", "<p class=button-wrapper>", "&amp;", "<div style='display:none'>", "<caption>", "<u>",
    "<font>", "<center>", "<input value='q{}z'>", "<abbr title='q{}z'>", "<math>", "<li><h2>", "</h2>", "<dialog>",
    "<template>", "</template>", "<q{}z>",
]  # fmt: skip


def filled(pieces: list[str]) -> str:
    number = itertools.count()
    return re.sub(r"\{\}", lambda _: str(next(number)), "".join(pieces))


@quick
@example("[q0z][a]\n\n[a]: https://e.org 'q1z'\n\n[b]: https://e.org 'q2z'\n")
@example("<div>\n\n**q0z**\n\n</div>\n\nq1z[^1]\n\n[^1]: <b>q2z</b>\n")
@given(st.lists(st.sampled_from(MARKDOWN), max_size=16).map(filled))
def test_every_word_of_any_markdown_is_imported(markdown: str) -> None:
    if not markdown.strip():
        return
    (draft,) = read_drafts(markdown.encode(), "draft.md")
    check_marks(draft, markdown, may_be_none=_not_words_in_markdown(markdown))


def _not_words_in_markdown(markdown: str) -> set[str]:
    """Return words inside tags, scripts and addresses."""
    return set(
        MARK.findall(
            " ".join(re.findall(r"<(?:script|style)>.*|<[a-z/][^>]*>", markdown, re.DOTALL))
        )
    )


@quick
@example("<aside></q><form><img src='https://e.org/a.png' alt='q0z'><noscript><input value='q1z'>")
@given(st.lists(st.sampled_from(HTML), max_size=16).map(filled))
def test_every_word_of_any_page_is_imported(html: str) -> None:
    if not html.strip():
        return
    (draft,) = read_drafts(html.encode(), "draft.html")
    check_marks(draft, html, may_be_none=set(MARK.findall(" ".join(_nothing(html)))))


def _nothing(html: str) -> Iterator[str]:
    """Yield the parts that display nothing: tags, templates."""
    yield from re.findall(r"<q\d+z[^>]*>", html)
    yield from re.findall(r"<template>.*?(?:</template>|$)", html, re.DOTALL)


def check_marks(draft: Draft, source: str, may_be_none: set[str]) -> None:
    text = " ".join(parsed(section(draft))[0].split())
    notes = " ".join(f"{note.words}" for note in draft.notes) + " ".join(
        [draft.title or "", *draft.meta.values()]
    )
    expected = set(MARK.findall(text + section(draft))) | set(MARK.findall(notes))
    assert set(MARK.findall(source)) - may_be_none <= expected, (section(draft), draft.notes)
