"""Values that `newsletter init` wrote as examples, in the settings, the masthead and an issue's credits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from newsletter.model import Location

# Certain: hosts reserved for documentation (RFC 2606 §3), and the words of `init`'s own files.
_CERTAIN = (
    r"\bexample\.(?:com|net|org|edu)\b|\byour (?:name|city)\b(?=\s*$|, country)|\bstreet 1, 1000 town\b"
    r"|\bwhat this letter is about, in one sentence\b"
)
_LIKELY = (
    r"\byour[ -](?:name|city|town|company|street|address|domain|email|publication)\b"
    r"|\bstreet 1\b|\b1000 town\b|\bcity, country\b|\btown, country\b|\b(?:john|jane) doe\b|\bcompany name\b"
    r"|\b123 (?:main|any|fake|example)\b|\bmy newsletter\b|\bnewsletter name\b|\b(?:first|last)name\b|\bchangeme\b"
)
_PLACEHOLDER = re.compile(f"(?P<certain>{_CERTAIN})|{_LIKELY}", re.IGNORECASE)
_VALUE = re.compile(
    r"""(?P<key>[\w.-]+)\s*[=:]\s*(?:"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<plain>[^\s"'\[{#,][^#\n,}\]]*))"""
)


class PlaceholderValue(Struct, frozen=True):
    """A value that nobody replaced."""

    where: Location
    text: str
    certain: bool  # nothing else can be meant, so nothing may be sent with it

    @property
    def message(self) -> str:
        return f'Placeholder value: "{self.text}"'


def placeholder_values(root: Path, folder: Path | None = None) -> Iterator[PlaceholderValue]:
    """Yield placeholders in the settings and masthead of a workspace, and in the credits of an issue."""
    for path, number, column, value in _values(root, folder):
        if match := _PLACEHOLDER.search(value):
            where = Location(path, number, column + match.start())
            yield PlaceholderValue(where, match[0], match["certain"] is not None)


def _values(root: Path, folder: Path | None) -> Iterator[tuple[str, int, int, str]]:
    """Yield path, line, column and text of the values."""
    settings = root / "newsletter.toml"
    paths = [settings if settings.is_file() else root / "pyproject.toml", root / "credits.yaml"]
    if folder is not None:
        paths.append(folder / "credits.yaml")
    for path in paths:
        text = path.read_text("utf-8-sig", "replace") if path.is_file() else ""
        for number, line in _relevant(path, text):
            for match in _VALUE.finditer(line):
                group = match.lastgroup or "plain"
                shown = path.relative_to(root).as_posix()
                yield shown, number, match.start(group) + 1, match[group]


def _relevant(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines that are ours and not comments."""
    relevant = path.name != "pyproject.toml"
    for number, line in enumerate(text.split("\n"), 1):
        if path.name == "pyproject.toml" and line.startswith("["):
            relevant = line.startswith("[tool.newsletter")
        if relevant and not line.lstrip().startswith("#"):
            yield number, line
