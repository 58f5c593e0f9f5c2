"""Values that `newsletter init` wrote as examples, in the settings, the masthead and an issue's credits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from newsletter.model import Location

# Certain: the words of `init`'s own files, and in the settings below hosts reserved for documentation
# (RFC 2606 §3). Elsewhere, as in a person's page or a target's address, such a host is only likely.
_CERTAIN = (
    r"\byour (?:name|city)\b(?=\s*$|, country)|\bstreet 1, 1000 town\b"
    r"|\bwhat this letter is about, in one sentence\b"
)
_HOST = r"\bexample\.(?:com|net|org|edu)\b"
_HOST_SETTINGS = {
    ("", "url"),
    ("", "list_id"),
    ("", "unsubscribe_url"),
    ("", "email"),  # sender = {email = …}
    ("", "sender.email"),
    ("sender", "email"),
}
_LIKELY = (
    r"\byour[ -](?:name|city|town|company|street|address|domain|email|publication)\b"
    r"|\bstreet 1\b|\b1000 town\b|\bcity, country\b|\btown, country\b|\b(?:john|jane) doe\b|\bcompany name\b"
    r"|\b123 (?:main|any|fake|example)\b|\bmy newsletter\b|\bnewsletter name\b|\b(?:first|last)name\b|\bchangeme\b"
)
_PLACEHOLDER = re.compile(f"(?P<certain>{_CERTAIN})|(?P<host>{_HOST})|{_LIKELY}", re.IGNORECASE)
_VALUE = re.compile(
    r"""(?P<key>[\w.-]+)\s*[=:]\s*(?:"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<plain>[^\s"'\[{#,][^#\n,}\]]*))"""
)


class PlaceholderValue(Struct, frozen=True):
    """An example value that was not replaced."""

    where: Location
    text: str
    certain: bool  # nothing else can be meant, so nothing may be sent with it

    @property
    def message(self) -> str:
        return f'Placeholder value: "{self.text}"'


def placeholder_values(root: Path, folder: Path | None = None) -> Iterator[PlaceholderValue]:
    """Yield placeholders in the settings and masthead of a workspace, and in the credits of an issue."""
    for setting, where, value in _values(root, folder):
        if match := _PLACEHOLDER.search(value):
            certain = match["certain"] or (match["host"] and setting in _HOST_SETTINGS)
            location = Location(where.path, where.line, (where.column or 1) + match.start())
            yield PlaceholderValue(location, match[0], bool(certain))


def _values(root: Path, folder: Path | None) -> Iterator[tuple[tuple[str, str], Location, str]]:
    """Yield the table and key, the place and the text of the values."""
    settings = root / "newsletter.toml"
    paths = [settings if settings.is_file() else root / "pyproject.toml", root / "credits.yaml"]
    if folder is not None:
        paths.append(folder / "credits.yaml")
    for path in paths:
        text = path.read_text("utf-8-sig", "replace") if path.is_file() else ""
        shown = path.relative_to(root).as_posix()
        for number, table, line in _relevant(path, text):
            for match in _VALUE.finditer(line):
                group = match.lastgroup or "plain"
                where = Location(shown, number, match.start(group) + 1)
                yield (table, match["key"]), where, match[group]


def _relevant(path: Path, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield number, table and text of the lines of our tables that are not comments."""
    own, table = path.name != "pyproject.toml", "yaml" if path.suffix == ".yaml" else ""
    for number, line in enumerate(text.split("\n"), 1):
        if path.suffix == ".toml" and (header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)):
            table = header[1]
            if path.name == "pyproject.toml":
                own = table == "tool.newsletter" or table.startswith("tool.newsletter.")
                table = table.removeprefix("tool.newsletter").removeprefix(".")
        if own and not line.lstrip().startswith("#"):
            yield number, table, line
