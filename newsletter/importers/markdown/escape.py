"""Words -> Markdown of our dialect that reads back as the same words."""

from __future__ import annotations

import re

from newsletter.markup.merge_fields import FIELD, FIELDS

# What means something wherever it stands. A `_` between letters means nothing, `<` and `&` only before certain signs.
_ANYWHERE = re.compile(r"[\\`*\[~]|:(?=::)|(?<![^\W_])_|_(?![^\W_])|<(?=\S)|&(?=#?\w+;)")
# `--` is a dash to the parser; before a letter it is the option of a command.
_OPTION = re.compile(r"(?<!\S)--(?=\w)")
# What means something at the start of a line.
_AT_START = re.compile(r"(?:#{1,6}|[-+])(?=\s|$)|>|\||[=:|#>+_-](?=[\s|:=#>+_-]*$)")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_CLOSING_HASHES = re.compile(r"(?<=\s)#(?=#*$)")
_EVERY_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
_ADDRESS = re.compile(r"https?://[^\s<>\"“”«»]+", re.IGNORECASE)
_NEVER_LAST = ".,;:!?'*_~’…"


def escape(words: str, *, start: bool = False, inside: bool = False) -> str:
    """Return words of one line as Markdown; `start` where a line begins with them, `inside` brackets of a link."""
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
    """Return words with every sign escaped: ugly, and never misread."""
    if start and (number := _NUMBER.match(words)):
        return number[1] + escape_all(words[len(number[1]) :])
    return FIELD.sub(
        _field, _EVERY_SIGN.sub(lambda match: "\\" + match[0], words).replace("\\%", "%")
    )


def escape_heading(markdown: str) -> str:
    """Return the line of a heading, whose last `#`s would be taken for its end."""
    return _CLOSING_HASHES.sub(r"\\#", markdown)


def _field(match: re.Match[str]) -> str:
    """Part the signs of what only looks like a merge field: an unknown one is an error, and was meant as words."""
    return match[0] if match[1] in FIELDS else f"%<!-- -->{match[0][1:]}"


def find_addresses(words: str) -> list[tuple[int, int]]:
    """Return where whole web addresses stand in words, without the punctuation that only follows them."""
    return [
        (match.start(), match.start() + len(_trimmed(match[0])))
        for match in _ADDRESS.finditer(words)
    ]


def _trimmed(url: str) -> str:
    while url and (
        url[-1] in _NEVER_LAST
        or (url[-1] == ")" and url.count("(") < url.count(")"))
        or (url[-1] == "]" and url.count("[") < url.count("]"))
        or url[-1] in "}>|"
    ):
        url = url[:-1]
    return url
