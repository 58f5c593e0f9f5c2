"""How services render their templates: the parts of Go's html/template that we use, and Django
itself.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

# Rendered as in tests/targets/go_engine/main.go.
VALUES = {
    "UnsubscribeURL": "https://lists.quay.example/leave/1?a=b&c=d",
    "MessageURL": "https://lists.quay.example/view/1",
    ".Subscriber.Name": "O'Brien & <Söhne>",
    ".Subscriber.FirstName": "O'Brien",
    ".Subscriber.Email": "a@b.example",
}
_ACTION = re.compile(r'\{\{\s*((?:`[^`]*`|"[^"]*"|[^`"{}])*?)\s*\}\}', re.DOTALL)
_OPEN_TAG = re.compile(r"<[A-Za-z/][^>]*$")
_LESS = re.compile(r"<(?![A-Za-z/!])")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class TemplateError(Exception):
    """The engine rejects a template."""


def go_html(template: str) -> str:
    """Render like html/template: comments are removed, values are escaped, `Safe` is not."""
    if _OPEN_TAG.search(_COMMENT.sub("", _ACTION.sub("x", template))):
        raise TemplateError("ends in a non-text context")
    out: list[str] = []
    shown = [True]
    end = 0
    for match in _ACTION.finditer(template):
        out.append(_COMMENT.sub("", _static(template[end : match.start()])) if shown[-1] else "")
        end = match.end()
        action = match[1]
        if action.startswith("if "):
            shown.append(shown[-1] and bool(_value(action[3:])))
        elif action == "else":
            shown[-1] = not shown[-1]
        elif action == "end":
            shown.pop()
        elif shown[-1]:
            out.append(_printed(action))
    if len(shown) != 1:
        raise TemplateError("unexpected EOF")
    out.append(_COMMENT.sub("", _static(template[end:])))
    return "".join(out)


def go_text(template: str) -> str:
    """Render a subject: text/template, and only if it contains an action."""
    return go_html(template) if "{{" in template else template


def _static(text: str) -> str:
    if "{{" in text:
        raise TemplateError(f"unexpected {text[text.index('{{') :][:20]!r} in operand")
    return _LESS.sub("&lt;", text)


def _printed(action: str) -> str:
    if action.startswith("Safe "):
        return _value(action[5:])
    return escape(_value(action))


def _value(word: str) -> str:
    if call := re.fullmatch(r"\((\w+) \.\)", word):
        word = call[1]
    if word[:1] in '`"' and len(word) > 1:
        return word[1:-1]
    if word not in VALUES:
        raise TemplateError(f'function "{word}" not defined')
    return VALUES[word]


def django(template: str, context: dict[str, Any]) -> str:
    """Render with Django's own engine."""
    from django.template import Context, Engine

    return str(Engine().from_string(template).render(Context(context)))
