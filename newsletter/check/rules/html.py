"""Whether mail clients agree on how to read the finished HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import accumulate

from lxml import html as lxml_html

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.nesting import nested_in_order
from newsletter.check.email.origin import by_words, in_theme, of_tag
from newsletter.check.email.residue import RESIDUE, field, typed
from newsletter.check.prose.passages import passages
from newsletter.check.rule import Violation, rule
from newsletter.markup.merge_fields import FIELDS
from newsletter.model import Location
from newsletter.render.merge import spell

ESSAY = "templates/default/sections/essay.mjml.j2"
OPENING = '{% extends "section.mjml.j2" %}\n{% block close %}'


def closing(html: str) -> dict[str, str]:
    """Return the example with HTML at the end of its essay, as a publication's own template would write it."""
    return {ESSAY: f"{OPENING}{html}{{% endblock %}}\n"}


def at(line: int = 2, column: int = 1 + len(OPENING.split("\n")[1])) -> str:
    """Return where that HTML starts."""
    return f"{ESSAY}:{line}:{column}"


@rule(
    "NL701",
    hint="Nest the template's tags as HTML requires: only rows in a table, only text in a heading.",
    bad=closing('<table role="presentation"><hr /></table>'),
    at=at(column=45),
    good=closing('<table role="presentation"><tr><td><hr /></td></tr></table>'),
)
def html_parse_error(checked: CheckedEmail) -> Iterator[Violation]:
    """Every mail client repairs invalid HTML in its own way: misplaced elements are moved or lost.

    Parsed by html5lib, which follows the standard exactly (WHATWG HTML §13.2). A missing doctype, which triggers
    quirks mode, is one of its errors.
    """
    if nested_in_order(checked.email.html):
        return
    from newsletter.check.email.html5 import errors

    starts = [0, *accumulate(len(line) + 1 for line in checked.email.html.split("\n"))]
    reported = set()
    for (line, column), message in errors(checked.email.html):
        where = of_tag(checked, starts[line - 1] + column)
        if (
            where.whole_line not in reported
        ):  # a tag in the wrong place has an end in the wrong place too
            reported.add(where.whole_line)
            words = message.replace(" caused voodoo mode", "").rstrip(".")
            position = f"line {line}, column {column} of the HTML"
            yield Violation(where, f"Invalid HTML: {words[0].lower()}{words[1:]} ({position})")


# --- conditional comments ------------------------------------------------------------------------------

_CONDITION = re.compile(
    r"<!--\[if\b[^\]]*\]>(?P<shown><!-->|-->)?|(?P<end><!--<!\[endif\]-->)|(?P<hidden><!\[endif\]-->)|-->"
)


@rule(
    "NL702",
    hint="Close <!--[if mso]> with <![endif]-->, and <!--[if !mso]><!--> with <!--<![endif]-->.",
    bad=closing("<!--[if mso]><b>Outlook</b>-->"),
    at=at(),
    good=closing("<!--[if mso]><b>Outlook</b><![endif]-->"),
)
def unbalanced_conditional_comment(checked: CheckedEmail) -> Iterator[Violation]:
    """An unclosed condition for Outlook hides everything up to the next one, or to the end."""
    for match in _unbalanced(checked.email.html):
        where = in_theme(checked.theme, match[0]) or by_words(checked, match.start())
        yield Violation(where, f"Unmatched conditional comment: {match[0]}")


def _unbalanced(html: str) -> Iterator[re.Match[str]]:
    opened: re.Match[str] | None = None
    for match in _CONDITION.finditer(html):
        if match[0].startswith("<!--[if"):
            if opened:
                yield opened
            opened = match
        elif match["end"] or match["hidden"]:
            # What is shown to others ends in a comment of its own; what is hidden ends the comment it is in.
            if opened is None or bool(opened["shown"]) is not bool(match["end"]):
                yield opened or match
            opened = None
        elif opened and not opened["shown"]:
            yield opened
            opened = None
    if opened:
        yield opened


# --- what no email may contain -----------------------------------------------------------------------------

FORBIDDEN = "script iframe frame frameset object embed applet form base".split()
_ACTIVE = re.compile(r"\s*(?:javascript|vbscript|data:text/html)", re.IGNORECASE)


@rule(
    "NL703",
    hint="Remove it, and link to a web page instead.",
    bad=closing('<form action="https://sea.example"></form>'),
    at=at(),
    good="Answer [on our page](https://sea.example/answer).",
)
def forbidden_element(checked: CheckedEmail) -> Iterator[Violation]:
    """Mail clients remove scripts, frames, forms and plug-ins, and spam filters distrust them.

    So are event attributes (`onclick`), `<base>`, refreshing, and addresses that run something (`javascript:`).
    """
    for element in checked.elements():
        for words, what in _forbidden(element):
            yield Violation(
                in_theme(checked.theme, words) or checked.place(element),
                f"Forbidden in email: {what}",
            )


def _forbidden(element: lxml_html.HtmlElement) -> Iterator[tuple[str, str]]:
    tag = str(element.tag)
    if tag in FORBIDDEN:
        yield f"<{tag}", f"<{tag}>"
    if tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
        yield 'http-equiv="refresh"', "<meta http-equiv=refresh>"
    for name in map(str, element.attrib):
        value = element.get(name, "")
        if name.startswith("on"):
            yield f"{name}=", f"the attribute {name}"
        elif name in ("href", "src", "action", "background") and (match := _ACTIVE.match(value)):
            yield match[0].strip(), f"{match[0].strip()}: address"


# --- what a template should have replaced -------------------------------------------------------------


@rule(
    "NL704",
    hint="Check the tag's name and position: MJML does not work inside mj-text or mj-raw.",
    bad=closing("<mj-divider></mj-divider>"),
    at=at(),
    good=closing("<hr />"),
)
def unprocessed_mjml(checked: CheckedEmail) -> Iterator[Violation]:
    """The MJML engine copies unknown tags, and tags inside text, to the output unchanged."""
    for element in checked.elements():
        tag = str(element.tag)
        if tag.startswith("mj-"):
            words = f"<{tag}"
            yield Violation(
                in_theme(checked.theme, words) or checked.place(element),
                f"Unprocessed MJML in the email: {words}>",
            )


_EMPTY = re.compile(r"\s*None\s*")
_FILLED = ("href", "src", "alt", "title", "width", "height", "align", "bgcolor", "aria-label")
_WORDS = "//text()[not(ancestor::style or ancestor::code or ancestor::pre or ancestor::kbd)]"


@rule(
    "NL705",
    hint="Write merge fields as %%first_name|reader%%, and characters that are meant to be read as `code`.",
    bad="Dear *|FNAME|*, the quay is empty.",
    at="1:6",
    good="Templates write `{{ first_name }}`.",
)
def unprocessed_template(checked: CheckedEmail) -> Iterator[Violation]:
    """Template code that was not replaced: `{{ … }}`, `{% … %}`, another service's merge tags, or "None".

    Those of the publication's own service are exempt, and so is code. "None" is what a template prints for a missing
    value. In an author's text all are reported, whatever the service: only `%%…%%` is replaced there. `{{ … }}` and
    `{% … %}` that name no merge field are a warning there, because they print as typed.
    """
    for where, tag in typed(checked.issue):
        name = field(tag)
        if name is None and tag.startswith(("{{", "{%")):  # it prints, and may be what is meant
            message = f"Template code is printed as typed: {tag}"
            yield Violation(where, message, severity="warning")
            continue
        instead = f"; write %%{name}%%" if name else ""
        yield Violation(where, f"Unprocessed template code: {tag}{instead}")
    own, reported = _own_fields(checked), set[tuple[Location, str]]()
    prose = {piece.node.where for passage in passages(checked.issue) for piece in passage.pieces}
    for text in checked.tree.xpath(_WORDS):
        element = text.getparent()
        if _EMPTY.fullmatch(text) and not checked.authored(text):
            yield Violation(_origin(checked, element, "None"), 'Missing value: "None" in the email')
        for match in RESIDUE.finditer(text):
            if _without_fallback(match) not in own and checked.authored(text) not in prose:
                where = checked.authored(text) or _origin(checked, element, match[0])
                reported.add((where, match[0]))
                yield Violation(where, f"Unprocessed template code: {match[0]}")
    for element in checked.elements():
        for name in _FILLED:
            value = element.get(name) or ""
            for match in RESIDUE.finditer(unescape(value)):
                where = checked.authored(value) or _origin(checked, element, match[0])
                if _without_fallback(match) not in own and (where, match[0]) not in reported:
                    yield Violation(where, f"Unprocessed template code in {name}: {match[0]}")
            if value == "None" and not checked.authored(value):
                yield Violation(
                    _origin(checked, element, f"{name}="), f'Missing value: {name} is "None"'
                )


def _own_fields(checked: CheckedEmail) -> set[str]:
    """Return the merge tags that the publication's service replaces, in every spelling that the email may use."""
    spelled = (
        spell(f"%%{field}{rest}%%", checked.publication, "", html=False)
        for field in FIELDS
        for rest in ("", "|-")
    )
    return {_without_fallback(match) for text in spelled for match in RESIDUE.finditer(text)}


def _without_fallback(match: re.Match[str]) -> str:
    """Return a merge tag without the fallback that an author has chosen."""
    return re.sub(r"\|[^|{}]*\}\}", "|}}", re.sub(r'"[^"]*"', '""', match[0]))


def _origin(checked: CheckedEmail, element: lxml_html.HtmlElement, words: str) -> Location:
    return in_theme(checked.theme, words) or checked.place(element)


# --- the head --------------------------------------------------------------------------------

_NO_ZOOM = re.compile(
    r"user-scalable\s*=\s*(?:no|0)|maximum-scale\s*=\s*(?:0|1(?:\.\d*)?)(?![\d.])", re.IGNORECASE
)


@rule(
    "NL706",
    severity="warning",
    hint="Use only width=device-width, initial-scale=1.",
    bad=closing('<meta name="viewport" content="width=device-width, user-scalable=no" />'),
    at=at(column=69),
    good=closing('<meta name="viewport" content="width=device-width, initial-scale=1" />'),
)
def zoom_disabled(checked: CheckedEmail) -> Iterator[Violation]:
    """Readers who need larger text zoom in; an email must not prevent it (WCAG 2.2, 1.4.4; EMC 2026)."""
    for meta in checked.elements("meta"):
        if (meta.get("name") or "").lower() == "viewport" and (
            match := _NO_ZOOM.search(meta.get("content") or "")
        ):
            yield Violation(_origin(checked, meta, match[0]), f"Zoom disabled by {match[0]}")


@rule(
    "NL707",
    hint="Use UTF-8, or remove the declaration; the message header has its own.",
    bad=closing('<meta charset="iso-8859-1" />'),
    at=at(column=33),
    good=closing('<meta charset="utf-8" />'),
)
def wrong_charset(checked: CheckedEmail) -> Iterator[Violation]:
    """Emails are sent as UTF-8. Another declaration garbles the text, and Gmail clips the email at any size."""
    for meta in checked.elements("meta"):
        declared = meta.get("charset") or ""
        if (meta.get("http-equiv") or "").lower() == "content-type":
            declared = (meta.get("content") or "").lower().partition("charset=")[2].strip(" ;\"'")
        if declared and declared.lower() not in ("utf-8", "utf8"):
            yield Violation(
                _origin(checked, meta, declared),
                f"Wrong charset: expected UTF-8, found {declared}",
            )


RULES = (
    html_parse_error,
    unbalanced_conditional_comment,
    forbidden_element,
    unprocessed_mjml,
    unprocessed_template,
    zoom_disabled,
    wrong_charset,
)
