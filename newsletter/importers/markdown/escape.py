"""Escapes text as Markdown in our dialect, so that it is parsed back unchanged."""

from __future__ import annotations

import re

from newsletter.markup.merge_fields import FIELD, FIELDS

# Special in any position. A `_` between letters is not, and `<` and `&` only before certain
# characters.
_ANYWHERE = re.compile(r"[\\`*\[~]|:(?=::)|(?<![^\W_])_|_(?![^\W_])|<(?=\S)|&(?=#?\w+;)")
# `--` becomes a dash; before a letter it is a command-line option.
_OPTION = re.compile(r"(?<!\S)--(?=\w)")
# Special at the start of a line.
_AT_START = re.compile(r"(?:#{1,6}|[-+])(?=\s|$)|>|\||[=:|#>+_-](?=[\s|:=#>+_-]*$)")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_CLOSING_HASHES = re.compile(r"(?<=\s)#(?=#*$)")
_EVERY_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
_ADDRESS = re.compile(r"https?://[^\s<>\"“”«»]+", re.IGNORECASE)
_NEVER_LAST = ".,;:!?'*_~’…"


def escape(words: str, *, start: bool = False, inside: bool = False) -> str:
    """Return text of one line as Markdown.

    `start` if it is at the start of a line, `inside` if it is in the brackets of a link.
    """
    if words.isalpha():
        return words
    escaped = _ANYWHERE.sub(lambda match: "\\" + match[0], words)
    if inside:
        escaped = escaped.replace("]", "\\]")
    if "--" in escaped:
        escaped = _OPTION.sub(r"\\--", escaped)
    if start:
        escaped = _NUMBER.sub(r"\1\\\2", escaped, count=1) if _NUMBER.match(escaped) else escaped
        if _AT_START.match(escaped):
            escaped = "\\" + escaped
    if "%%" in escaped:
        escaped = FIELD.sub(_field, escaped)
    return escaped


def escape_all(words: str, *, start: bool = False, inside: bool = False) -> str:
    """Return text with every special character escaped: hard to read, but unambiguous."""
    if start and (number := _NUMBER.match(words)):
        return number[1] + escape_all(words[len(number[1]) :])
    return FIELD.sub(
        _field, _EVERY_SIGN.sub(lambda match: "\\" + match[0], words).replace("\\%", "%")
    )


def escape_heading(markdown: str) -> str:
    """Return the Markdown of a heading with trailing `#`s escaped, which would end it."""
    return _CLOSING_HASHES.sub(r"\\#", markdown)


def _field(match: re.Match[str]) -> str:
    """Break up text that only looks like a merge field, because an unknown field is an error."""
    return match[0] if match[1] in FIELDS else f"%<!-- -->{match[0][1:]}"


def has_unknown_field(words: str) -> bool:
    """Return whether text contains something that only looks like a merge field."""
    return any(match[1] not in FIELDS for match in FIELD.finditer(words))


def encode_unknown_fields(url: str) -> str:
    """Percent-encode what only looks like a merge field in an address (RFC 3986 §2.4)."""
    return FIELD.sub(
        lambda match: match[0] if match[1] in FIELDS else match[0].replace("%", "%25"), url
    )


def find_addresses(words: str) -> list[tuple[int, int]]:
    """Return the ranges of complete web addresses in text, without trailing punctuation."""
    return [
        (match.start(), match.start() + len(_trimmed(match[0])))
        for match in _ADDRESS.finditer(words)
    ]


def _trimmed(url: str) -> str:
    """Return an address without trailing punctuation, and without what follows a lone bracket."""
    bracket = url.find("]")
    if bracket > 0 and "[" not in url[:bracket]:
        url = url[:bracket]  # [Reference: https://example.org/]Read More
    while url and (
        url[-1] in _NEVER_LAST
        or (url[-1] == ")" and url.count("(") < url.count(")"))
        or (url[-1] == "]" and url.count("[") < url.count("]"))
        or url[-1] in "}>|"
    ):
        url = url[:-1]
    return url
