"""Front matter: YAML (Jekyll, Hugo, Buttondown), TOML, JSON (Hugo), `Title: …` lines (Pelican)."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from newsletter.diagnostics import Report
from newsletter.files.yaml_reader import read_yaml
from newsletter.importers.draft_collector import DraftCollector

# Keys of other programs -> keys of issues.
NAMES: Mapping[str, str] = {
    **dict.fromkeys(("authors", "by", "byline", "creator"), "author"),
    **dict.fromkeys(
        ("publish_date", "published_at", "pubdate", "publishdate", "published_on", "created"),
        "date",
    ),
    **dict.fromkeys(
        ("summary", "excerpt", "deck", "subtitle", "preheader", "standfirst", "dek", "lead"),
        "description",
    ),
    **dict.fromkeys(("tag", "keywords", "topics"), "tags"),
    **dict.fromkeys(("lang", "locale"), "language"),
    **dict.fromkeys(("issue", "issue_number"), "number"),
}
# A header without delimiters is only recognized if it starts with one of these.
_PELICAN = frozenset(
    "title date modified category tags slug author authors summary status subtitle lang keywords subject "
    "description".split()
)
_LINE = re.compile(r"([A-Za-z][\w -]{0,30}):(?:[ \t]+(.*)|[ \t]*)$")


class ParsedFrontMatter(Struct, frozen=True):
    meta: Mapping[str, str]
    rest: str  # the text after the front matter
    lines: int  # number of lines in the front matter


def split_front(text: str, collector: DraftCollector) -> ParsedFrontMatter:
    """Return the metadata in a text's front matter, by issue keys, and the text after it."""
    for read in (_yaml, _toml, _json, _pelican):
        if front := read(text, collector):
            return ParsedFrontMatter(_known(front.meta), front.rest, front.lines)
    return ParsedFrontMatter({}, text, 0)


def _fenced(text: str, opening: str, closing: str) -> tuple[str, str] | None:
    match = re.match(
        rf"{opening}[ \t]*\n(.*?)^(?:{closing})[ \t]*(?:\n|\Z)", text, re.DOTALL | re.MULTILINE
    )
    return (match[1], text[match.end() :]) if match else None


def _front(meta: Mapping[str, Any], text: str, rest: str) -> ParsedFrontMatter:
    return ParsedFrontMatter(
        {str(key): _words(value) for key, value in meta.items()},
        rest,
        text.count("\n", 0, len(text) - len(rest)),
    )


def _yaml(text: str, collector: DraftCollector) -> ParsedFrontMatter | None:
    parts = _fenced(text, "---", r"---|\.\.\.")
    if parts is None or not (
        parts[0].strip() == "" or re.search(r"^[\w\"'-][^\n]*?:", parts[0], re.MULTILINE)
    ):
        return None
    report = Report()
    read = read_yaml(parts[0], "", report)
    value = read[0] if read and not report.findings else None
    if not isinstance(value, dict):
        value = _by_line(parts[0])
        if parts[0].strip():
            collector.add_note(
                "review",
                "invalid YAML front matter, read line by line",
                parts[0].strip(),
                1,
            )
    return _front(value, text, parts[1])


def _toml(text: str, collector: DraftCollector) -> ParsedFrontMatter | None:
    parts = _fenced(text, r"\+\+\+", r"\+\+\+")
    if parts is None:
        return None
    try:
        return _front(tomllib.loads(parts[0]), text, parts[1])
    except tomllib.TOMLDecodeError:
        collector.add_note(
            "review", "invalid TOML front matter, read line by line", parts[0].strip(), 1
        )
        return _front(_by_line(parts[0].replace(" = ", ": ")), text, parts[1])


def _json(text: str, collector: DraftCollector) -> ParsedFrontMatter | None:
    if not re.match(r"\{\s*\"", text):
        return None
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or text[end : end + 1] not in ("", "\n"):
        return None
    return _front(value, text, text[end:].removeprefix("\n"))


def _pelican(text: str, collector: DraftCollector) -> ParsedFrontMatter | None:
    head, gap, rest = text.lstrip("\n").partition("\n\n")
    lines = head.split("\n")
    first = _LINE.match(lines[0])
    if not gap or first is None or first[1].lower() not in _PELICAN or len(lines) > 30:
        return None
    known = [match[1].lower() for match in map(_LINE.match, lines) if match]
    if not ({"title", "subject"} & set(known)) or not all(
        _LINE.match(line) or line[:1] in " \t" for line in lines
    ):
        return None
    if any(name not in _PELICAN and " " in name for name in known):
        return None  # `Essay: …` lines are credits, not a header
    return _front(_by_line(head), text, rest)


def _by_line(text: str) -> dict[str, str]:
    result: dict[str, str] = {}
    key = ""
    for line in text.split("\n"):
        if (match := _LINE.match(line)) and not line[:1].isspace():
            key = match[1].strip()
            result[key] = (match[2] or "").strip().strip("\"'")
        elif key and line.strip():
            result[key] = f"{result[key]} {line.strip()}".strip()
    return result


def _words(value: Any) -> str:
    """Return a value as text: lists joined by commas, mappings reduced to their names."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value)))
    if isinstance(value, dict):
        name = value.get("name")
        return (
            _words(name)
            if name and len(value) <= 3
            else "; ".join(f"{key}: {_words(entry)}" for key, entry in value.items())
        )
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value).strip()


def _known(meta: Mapping[str, str]) -> dict[str, str]:
    """Return metadata by issue keys; if two keys mean the same, the first one wins.

    Tags are joined; any other second value keeps its own key, and is reported as unused.
    """
    result: dict[str, str] = {}
    for key, value in meta.items():
        plain = key.strip().lower().replace(" ", "_").replace("-", "_")
        name = NAMES.get(plain, plain if plain in _ISSUES else key.strip())
        if value and name == "tags" and name in result:
            result[name] = f"{result[name]}, {value}"
        elif value:
            name = name if name not in result else key.strip()
            result[name if name not in result else f"second {name}"] = value
    return result


_ISSUES = frozenset("title date author tags description slug number language subject draft".split())
