"""What a screen reader needs of the mail as a document: its language, its name, its tables.

The order of gravity is that of the Email Markup Consortium's report of 2026 on 376,348 mails, 99.88 % of which fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsletter.check.email.subject import CheckedEmail, said
from newsletter.check.rule import Violation, rule
from newsletter.markup.inline import plain
from newsletter.markup.table import Table
from newsletter.model import Issue, walk
from newsletter.theme.theme import DEFAULT, PACKAGED

if TYPE_CHECKING:
    from lxml.html import HtmlElement


_OWN = f"templates/{DEFAULT}"
_PACKAGED_MAIL = (PACKAGED / DEFAULT / "email.mjml.j2").read_text("utf-8")
_CREDITS = """{% for line in credits %}
<mj-text padding="12px 0 0">
<table border="0" cellpadding="0" cellspacing="0"><tr><td>{{ line.html }}</td></tr></table>
</mj-text>
{% endfor %}
"""
_TABLE = """<table class="t" border="0" cellpadding="0" cellspacing="0">
<tr>{% for cell in block.head %}<th>{{ cell.html }}</th>{% endfor %}</tr>
{% for row in block.rows %}
<tr>{% for cell in row %}<td>{{ cell.html }}</td>{% endfor %}</tr>
{% endfor %}
</table>
"""
_SHIPS = "| Port | Ships |\n| --- | --- |\n| Lisbon | 12 |\n"


@rule(
    "NL601",
    hint='Write `<mjml lang="{{ issue.language }}">` in the theme.',
    bad={f"{_OWN}/email.mjml.j2": _PACKAGED_MAIL.replace(' lang="{{ issue.language }}"', "")},
    at=f"{_OWN}/email.mjml.j2:3:1",
    good={f"{_OWN}/email.mjml.j2": _PACKAGED_MAIL},
)
def missing_lang_or_dir(mail: CheckedEmail) -> Iterator[Violation]:
    """A screen reader takes voice and reading order from `lang` and `dir`; 97 and 96 % of mails lack one (EMC 2026).

    Both stand twice, on `<html>` and on the element that holds the mail: Gmail and Outlook.com drop the first.
    """
    holders = [mail.tree, *(div for div in mail.elements("div") if div.get("role") == "article")]
    for element in holders:
        lang = element.get("lang") or ""
        if lang.lower() != mail.issue.language.lower():
            said = (
                f"says the language is {lang!r}, not {mail.issue.language!r}"
                if lang
                else "does not say a language"
            )
            yield Violation(mail.written(r"<mjml\b"), f"<{element.tag!s}> {said}")
            return
        if element.get("dir") != mail.issue.direction:
            yield Violation(
                mail.written(r"<mjml\b"),
                f"<{element.tag!s}> does not say the direction {mail.issue.direction!r}",
            )
            return


@rule(
    "NL602",
    hint="Write `<mj-title>{{ issue.subject }}</mj-title>` in the theme.",
    bad={f"{_OWN}/email.mjml.j2": _PACKAGED_MAIL.replace("{{ issue.subject }}", "")},
    at=f"{_OWN}/email.mjml.j2:5:1",
    good={f"{_OWN}/email.mjml.j2": _PACKAGED_MAIL},
)
def missing_title(mail: CheckedEmail) -> Iterator[Violation]:
    """`<title>` is the first thing a screen reader says of a mail, and the name of its tab (EMC 2026; WCAG 2.4.2)."""
    if not any((title.text or "").strip() for title in mail.elements("title")):
        yield Violation(mail.written(r"<mj-title\b"), "the mail has no title")


@rule(
    "NL603",
    hint='Write role="presentation" on tables that only lay things out.',
    bad={f"{_OWN}/credits.mjml.j2": _CREDITS},
    at=f"{_OWN}/credits.mjml.j2:3:1",
    good={f"{_OWN}/credits.mjml.j2": _CREDITS.replace("<table", '<table role="presentation"')},
)
def layout_table_role(mail: CheckedEmail) -> Iterator[Violation]:
    """A table without heads is taken for layout, and must say so, or every cell is announced (84 % fail, EMC 2026)."""
    silent = [
        table
        for table in mail.elements("table")
        if table.get("role") not in ("presentation", "none") and not _heads(table)
    ]
    if silent:
        more = f", and {len(silent) - 1} more" if len(silent) > 1 else ""
        words = said(silent[0])[:40].rstrip()
        message = f"a table without heads has no role: the one around {words!r}{more}"
        yield Violation(mail.written(r"<table\b(?![^>]*\brole=)"), message)


@rule(
    "NL604",
    hint='Write scope="col" on heads of columns and scope="row" on heads of rows.',
    bad={"10-essay.md": f"---\nkind: essay\n---\n{_SHIPS}", f"{_OWN}/blocks/table.html.j2": _TABLE},
    at=f"{_OWN}/blocks/table.html.j2:2:33",
    good={
        "10-essay.md": f"---\nkind: essay\n---\n{_SHIPS}",
        f"{_OWN}/blocks/table.html.j2": _TABLE.replace("<th>", '<th scope="col">'),
    },
)
def data_table_scope(mail: CheckedEmail) -> Iterator[Violation]:
    """With `scope`, a screen reader says the head of each cell it comes to (WCAG technique H63)."""
    for table in mail.elements("table"):
        for head in _heads(table):
            if head.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                where = mail.written(r"<th\b(?![^>]*\bscope=)")
                yield Violation(where, f"the head {said(head)!r} does not say what it heads")
                return


def _heads(table: HtmlElement) -> list[HtmlElement]:
    """Return the heads of a table, not those of tables inside it."""
    return [head for head in table.iter("th") if next(head.iterancestors("table")) is table]


@rule(
    "NL605",
    severity="warning",
    hint="Name what stands in each column.",
    bad="| | |\n| --- | --- |\n| Lisbon | 12 |",
    at="1:1",
    good=_SHIPS,
)
def table_without_head(issue: Issue) -> Iterator[Violation]:
    """A table whose head is empty leaves its columns nameless: to eyes, to ears, in the text part (WCAG 1.3.1)."""
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Table) and not any(
                plain(cell.children).strip() for cell in node.head
            ):
                yield Violation(node.where, "the table's head is empty")


RULES = (
    missing_lang_or_dir,
    missing_title,
    layout_table_role,
    data_table_scope,
    table_without_head,
)
