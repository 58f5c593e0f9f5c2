"""What a screen reader needs from the email as a document: language, title, tables.

Severities follow the Email Markup Consortium's report of 2026 on 376,348 emails, 99.88 % of which fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsletter.check.email.checked_email import CheckedEmail, accessible_text
from newsletter.check.rule import Violation, rule
from newsletter.markup.inline import plain
from newsletter.markup.table import Table
from newsletter.model import Issue, walk
from newsletter.theme.looks import BASE, PACKAGED

if TYPE_CHECKING:
    from lxml.html import HtmlElement


_OWN = "templates/default"
_PACKAGED_MAIL = (PACKAGED / BASE / "email.mjml.j2").read_text("utf-8")
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
def missing_lang_or_dir(checked: CheckedEmail) -> Iterator[Violation]:
    """A screen reader takes voice and reading order from `lang` and `dir`; 97 and 96 % of emails lack one (EMC 2026).

    Both appear twice, on `<html>` and on the element around the content: Gmail and Outlook.com drop the first.
    """
    holders = [
        checked.tree,
        *(div for div in checked.elements("div") if div.get("role") == "article"),
    ]
    for element in holders:
        lang = element.get("lang") or ""
        if lang.lower() != checked.issue.language.lower():
            expected = f'lang="{checked.issue.language}" on <{element.tag!s}>'
            message = f'Expected {expected}, found lang="{lang}"' if lang else f"Missing {expected}"
            yield Violation(checked.written(r"<mjml\b"), message)
            return
        if element.get("dir") != checked.issue.direction:
            yield Violation(
                checked.written(r"<mjml\b"),
                f'Missing dir="{checked.issue.direction}" on <{element.tag!s}>',
            )
            return


@rule(
    "NL602",
    hint="Write `<mj-title>{{ issue.subject }}</mj-title>` in the theme.",
    bad={f"{_OWN}/email.mjml.j2": _PACKAGED_MAIL.replace("{{ issue.subject }}", "")},
    at=f"{_OWN}/email.mjml.j2:5:1",
    good={f"{_OWN}/email.mjml.j2": _PACKAGED_MAIL},
)
def missing_title(checked: CheckedEmail) -> Iterator[Violation]:
    """`<title>` is what a screen reader announces first, and the name of the tab (EMC 2026; WCAG 2.4.2)."""
    if not any((title.text or "").strip() for title in checked.elements("title")):
        yield Violation(checked.written(r"<mj-title\b"), "No <title> in the email")


@rule(
    "NL603",
    hint='Add role="presentation" to layout tables.',
    bad={f"{_OWN}/credits.mjml.j2": _CREDITS},
    at=f"{_OWN}/credits.mjml.j2:3:1",
    good={f"{_OWN}/credits.mjml.j2": _CREDITS.replace("<table", '<table role="presentation"')},
)
def missing_table_role(checked: CheckedEmail) -> Iterator[Violation]:
    """A layout table must declare its role, or every cell is announced (84 % fail, EMC 2026)."""
    silent = [
        table
        for table in checked.elements("table")
        if table.get("role") not in ("presentation", "none") and not _heads(table)
    ]
    if silent:
        more = f", and {len(silent) - 1} more" if len(silent) > 1 else ""
        words = accessible_text(silent[0])[:40].rstrip()
        message = f'No role on the layout table around "{words}"{more}'
        yield Violation(checked.written(r"<table\b(?![^>]*\brole=)"), message)


@rule(
    "NL604",
    hint='Add scope="col" to column headers and scope="row" to row headers.',
    bad={"10-essay.md": f"---\nkind: essay\n---\n{_SHIPS}", f"{_OWN}/blocks/table.html.j2": _TABLE},
    at=f"{_OWN}/blocks/table.html.j2:2:33",
    good={
        "10-essay.md": f"---\nkind: essay\n---\n{_SHIPS}",
        f"{_OWN}/blocks/table.html.j2": _TABLE.replace("<th>", '<th scope="col">'),
    },
)
def missing_header_scope(checked: CheckedEmail) -> Iterator[Violation]:
    """With `scope`, a screen reader announces the header of each cell (WCAG technique H63)."""
    for table in checked.elements("table"):
        for head in _heads(table):
            if head.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                where = checked.written(r"<th\b(?![^>]*\bscope=)")
                yield Violation(where, f'No scope on the table header "{accessible_text(head)}"')
                return


def _heads(table: HtmlElement) -> list[HtmlElement]:
    """Return the header cells of a table, not those of tables inside it."""
    return [head for head in table.iter("th") if next(head.iterancestors("table")) is table]


@rule(
    "NL605",
    severity="warning",
    hint="Add a header for each column.",
    bad="| | |\n| --- | --- |\n| Lisbon | 12 |",
    at="1:1",
    good=_SHIPS,
)
def missing_table_header(issue: Issue) -> Iterator[Violation]:
    """Without headers, columns cannot be told apart: on screen, in a screen reader or in the text part (WCAG 1.3.1)."""
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Table) and not any(
                plain(cell.children).strip() for cell in node.head
            ):
                yield Violation(node.where, "Empty table header")


RULES = (
    missing_lang_or_dir,
    missing_title,
    missing_table_role,
    missing_header_scope,
    missing_table_header,
)
