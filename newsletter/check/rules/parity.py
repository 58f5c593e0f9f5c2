"""HTML and text part have the same content: everything in the section files, in order, and nothing else.

An email is read in either part (RFC 2046 §5.1.4: parts of `multipart/alternative` hold the same information). Nobody
proofreads the text part, yet people read it for whom the HTML works worst.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.parity import Loss, parity
from newsletter.check.rule import Violation, rule
from newsletter.markup.button import Button
from newsletter.markup.figure import Figure
from newsletter.markup.inline import Link
from newsletter.model import Location, walk

_HINT = "Correct the template that prints it, or delete it to use the packaged one."
_ESSAY = "templates/default/sections/essay.mjml.j2"
_BLOCKS = "templates/default/blocks"
_CREDITS = "templates/default/credits.mjml.j2"
_FRONT = "---\nkind: essay\ntitle: The Quiet Port\nby: mira\n---\n"
_CALLOUT = "::: callout Why it matters\nThe quay is empty at noon.\n:::\n"
_BUTTON = "::: button\nlabel: Read the report\nurl: https://sea.example/report\n:::\n"
_FIGURE = (
    "::: figure\nsrc: https://pictures.sea.example/quay.jpg\nalt: An empty quay\nwidth: 300\n"
    "caption: The quay at noon, in March\ncredit: Mira Oduya\nlicence: CC BY 4.0\n:::\n"
)
_FIGURE_PARTIAL = """<img src="{{ block.src }}" alt="{{ block.alt }}" width="300" />
<p>{{ block.caption }} {{ block.credit }}, {{ block.licence }}</p>
"""
_TABLE = "| Port | Tonnes |\n| --- | ---: |\n| Lisbon | 1,204 |\n"
_TABLE_PARTIAL = """<table border="0" cellpadding="0" cellspacing="0">
<tr>{% for cell in block.head %}<th scope="col">{{ cell.html }}</th>{% endfor %}</tr>
{% for row in block.rows %}
<tr>{% for cell in row %}<td>{{ cell.html | replace(",", "") }}</td>{% endfor %}</tr>
{% endfor %}
</table>
"""
_NOTES = "The quay is empty.[^a]\n\n[^a]: At noon, that is.\n"
_SOURCED = _FRONT.replace(
    "by:", "source: {title: The Count of Berths, publisher: Harbour Board, date: 2026-02-01}\nby:"
)
_LINES = """<mj-text padding="36px 0 0">
{% for line in credits | reverse %}
<p>{{ line.html }}</p>
{% endfor %}
</mj-text>
"""


def _shown(markdown: str, template: str, text: str) -> dict[str, str]:
    return {"10-essay.md": _FRONT + markdown, template: text}


def _lost(checked: CheckedEmail, *kinds: str) -> Iterator[Loss]:
    return (loss for loss in parity(checked).lost if loss.kind in kinds)


def _message(loss: Loss, name: str) -> str:
    instead = f', found "{loss.instead}" instead' if loss.instead else ""
    count = f" ({len(loss.words)} words)" if len(loss.words) > 8 else ""
    return f"Missing {name} in the {loss.part}: {loss.text}{count}{instead}"


@rule(
    "NL951",
    hint=_HINT,
    bad=_shown(_CALLOUT, f"{_BLOCKS}/callout.html.j2", "<p>{{ block.title }}</p>\n"),
    at="10-essay.md:7:1",
    good=_shown(
        _CALLOUT, f"{_BLOCKS}/callout.html.j2", "<p>{{ block.title }}</p>\n{{ block.body }}\n"
    ),
)
def text_lost(checked: CheckedEmail) -> Iterator[Violation]:
    """Every word of the section files appears in the HTML and in the text part."""
    for loss in _lost(checked, "words", "table"):
        yield Violation(loss.where, _message(loss, "words"))


@rule(
    "NL952",
    hint=_HINT,
    bad={_ESSAY: '{% extends "section.mjml.j2" %}\n{% block heading %}{% endblock %}\n'},
    at="10-essay.md:3:8",
    good={_ESSAY: '{% extends "section.mjml.j2" %}\n'},
)
def heading_lost(checked: CheckedEmail) -> Iterator[Violation]:
    """Every heading appears in the HTML and in the text part."""
    for loss in _lost(checked, "heading"):
        yield Violation(loss.where, _message(loss, "heading"))


@rule(
    "NL953",
    hint=_HINT,
    bad=_shown(
        _BUTTON,
        f"{_BLOCKS}/button.html.j2",
        '<p><a href="{{ web_url }}">{{ block.label }}</a></p>\n',
    ),
    at="10-essay.md:6:1",
    good=_shown(
        _BUTTON,
        f"{_BLOCKS}/button.html.j2",
        '<p><a href="{{ block.url }}">{{ block.label }}</a></p>\n',
    ),
)
def link_lost(checked: CheckedEmail) -> Iterator[Violation]:
    """Every address that a section links to appears in the HTML behind its words, and unchanged in the text part."""
    reported = set()
    for loss in _lost(checked, "link"):
        reported.add(loss.where)
        yield Violation(loss.where, _message(loss, "link"))
    hrefs = {unquote(link.get("href") or "") for link in checked.elements("a")}
    for where, url in _links(checked):
        if where in reported or "%%" in url:
            continue
        if url.removeprefix("mailto:") not in checked.email.text:
            yield Violation(where, f"Missing link in the text part: {url}")
        if unquote(url) not in hrefs:
            yield Violation(where, f"Missing link in the HTML: {url}")


def _links(checked: CheckedEmail) -> Iterator[tuple[Location, str]]:
    for section in checked.issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Link | Button):
                yield node.where, node.url
            elif isinstance(node, Figure) and node.link:
                yield node.where, node.link


@rule(
    "NL954",
    hint=_HINT,
    bad=_shown(
        _FIGURE, f"{_BLOCKS}/figure.html.j2", _FIGURE_PARTIAL.replace("{{ block.caption }} ", "")
    ),
    at="10-essay.md:10:10",
    good=_shown(_FIGURE, f"{_BLOCKS}/figure.html.j2", _FIGURE_PARTIAL),
)
def figure_lost(checked: CheckedEmail) -> Iterator[Violation]:
    """Every image's alternative text and caption appear in the HTML and in the text part."""
    for loss in _lost(checked, "figure"):
        yield Violation(loss.where, _message(loss, "words of a figure"))


@rule(
    "NL955",
    hint=_HINT,
    bad=_shown(_TABLE, f"{_BLOCKS}/table.html.j2", _TABLE_PARTIAL),
    at="10-essay.md:8:12",
    good=_shown(
        _TABLE, f"{_BLOCKS}/table.html.j2", _TABLE_PARTIAL.replace(' | replace(",", "")', "")
    ),
)
def number_lost(checked: CheckedEmail) -> Iterator[Violation]:
    """Every number appears in the HTML and in the text part as it was written."""
    for loss in _lost(checked, "number"):
        yield Violation(loss.where, _message(loss, "number"))


@rule(
    "NL956",
    hint=_HINT,
    bad=_shown(_NOTES, f"{_BLOCKS}/notes.html.j2", "<p>{{ phrases.notes }}</p>\n"),
    at="10-essay.md:8:7",
    good=_shown(
        _NOTES,
        f"{_BLOCKS}/notes.html.j2",
        '{% for item in block["items"] %}{{ item }}{% endfor %}\n',
    ),
)
def note_lost(checked: CheckedEmail) -> Iterator[Violation]:
    """Every note and every note mark appears in the HTML and in the text part."""
    for loss in _lost(checked, "note"):
        yield Violation(loss.where, _message(loss, "note"))


@rule(
    "NL957",
    hint=_HINT,
    bad={_ESSAY: '{% extends "section.mjml.j2" %}\n{% block byline %}{% endblock %}\n'},
    at="10-essay.md:4:5",
    good={_ESSAY: '{% extends "section.mjml.j2" %}\n'},
)
def credit_lost(checked: CheckedEmail) -> Iterator[Violation]:
    """Every byline, every line of the credits and every credit of an image or quotation appears in both parts."""
    for loss in _lost(checked, "credit"):
        yield Violation(loss.where, _message(loss, "credit"))


@rule(
    "NL958",
    hint=_HINT,
    bad={
        "10-essay.md": _SOURCED + "The quay is empty.\n",
        _ESSAY: '{% extends "section.mjml.j2" %}\n{% block sources %}{% endblock %}\n',
    },
    at="10-essay.md:4:9",
    good={
        "10-essay.md": _SOURCED + "The quay is empty.\n",
        _ESSAY: '{% extends "section.mjml.j2" %}\n',
    },
)
def source_lost(checked: CheckedEmail) -> Iterator[Violation]:
    """Every source appears in the HTML and in the text part."""
    for loss in _lost(checked, "source"):
        yield Violation(loss.where, _message(loss, "source"))


@rule(
    "NL961",
    hint="Keep the order of the section files in every template.",
    bad={_CREDITS: _LINES},
    at="issues/2026-03-01-example/credits.yaml:1:8",
    good={_CREDITS: _LINES.replace(" | reverse", "")},
)
def order_changed(checked: CheckedEmail) -> Iterator[Violation]:
    """Both parts follow the order of the section files: a reordered argument is another argument."""
    for loss in parity(checked).moved:
        yield Violation(loss.where, f"Changed order in the {loss.part}: {loss.text}")


@rule(
    "NL962",
    hint="Add it to both parts (`text.txt.j2` is the template of the text part), or to neither.",
    bad={
        _ESSAY: '{% extends "section.mjml.j2" %}\n{% block close %}<p>Forwarded by a friend?</p>{% endblock %}\n'
    },
    at=f"{_ESSAY}:2:21",
    good={_ESSAY: '{% extends "section.mjml.j2" %}\n'},
)
def text_in_one_part(checked: CheckedEmail) -> Iterator[Violation]:
    """Words that a template adds appear in both parts, or part of the readers never see them."""
    for part, words in parity(checked).one_sided:
        other = "text part" if part == "HTML" else "HTML"
        message = f'Words in the {part} but not in the {other}: "{words}"'
        yield Violation(_written(checked, words.split()), message)


def _written(checked: CheckedEmail, words: list[str]) -> Location:
    """Return where a template has the start of some words: as many of them as it writes as printed."""
    for count in (6, 4, 3, 2, 1):
        where = checked.written(r"(?i)\b" + r"[\W_]+".join(map(re.escape, words[:count])) + r"\b")
        if where != checked.issue.where:
            return where
    return checked.written(r"<mjml\b")


RULES = (
    text_lost,
    heading_lost,
    link_lost,
    figure_lost,
    number_lost,
    note_lost,
    credit_lost,
    source_lost,
    order_changed,
    text_in_one_part,
)
