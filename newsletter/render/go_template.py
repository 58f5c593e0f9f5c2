"""Text that passes unchanged through Go's html/template, with which listmonk renders both parts.

The engine drops HTML comments, Outlook's conditional ones among them, and escapes `<` and the values
of fields by context. listmonk's function `Safe` prints a string as it is.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from newsletter.model import Email

# An action as `spell` writes it; everything else is the author's and passes unchanged.
_ACTION = re.compile(r'\{\{ (?:"\{\{"|[^{}"]*) \}\}')
_SPLIT = re.compile(r"(`|@(?=TrackLink))")  # would end a raw string, or be parsed as tracking
_ADDRESS = re.compile(r"\{\{ (UnsubscribeURL|MessageURL) \}\}")
_SAFE_ADDRESS = re.compile(r"\{\{ Safe \((\w+) \.\) \}\}")
_RAW = re.compile(r'\{\{ Safe (?:`([^`]*)`|"`") \}\}')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def for_go_template(email: Email) -> Email:
    """Return an email whose files can be pasted into listmonk.

    The text part goes through the engine only if it has a field.
    """
    text = as_literals(email.text, values_safe=True) if "{{" in email.text else None
    return replace(email, html_file=with_comments(email.html), text_file=text)


def with_comments(html: str) -> str:
    """Return HTML whose comments survive the engine; 13 bytes more for each."""
    return _COMMENT.sub(lambda match: as_literals(match[0]), html)


def as_literals(text: str, *, values_safe: bool = False) -> str:
    """Return text that Go's engine prints unchanged except for the merge fields.

    `values_safe` prints a reader's name without HTML escapes, for plain text.
    """
    pieces, end = [], 0
    for match in _ACTION.finditer(text):
        pieces += [_raw(text[end : match.start()]), _value(match[0], safe=values_safe)]
        end = match.end()
    return "".join((*pieces, _raw(text[end:])))


def _raw(text: str) -> str:
    """Return text as actions that print it as raw strings, which cannot contain a backtick."""
    pieces = filter(None, _SPLIT.split(text))
    return "".join(
        '{{ Safe "`" }}' if piece == "`" else f"{{{{ Safe `{piece}` }}}}" for piece in pieces
    )


def _value(action: str, *, safe: bool) -> str:
    if not safe:
        return action
    if action.startswith("{{ .Subscriber"):
        return action.replace("{{ ", "{{ Safe ")
    address = _ADDRESS.fullmatch(action)
    return f"{{{{ Safe ({address[1]} .) }}}}" if address else action


def without_safe(text: str) -> str:
    """Return a file of `for_go_template` as mail clients read it."""
    text = _RAW.sub(lambda match: match[1] or "`", text)
    text = text.replace("{{ Safe .Subscriber", "{{ .Subscriber")
    return _SAFE_ADDRESS.sub(r"{{ \1 }}", text)
