"""The files of a theme: a publication's own merged over the packaged ones."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from newsletter.diagnostics import BROKEN_THEME, Report
from newsletter.errors import IssueRejected
from newsletter.files.quotation import quoted
from newsletter.files.suggest import closest_hint, nearest
from newsletter.files.text import decode
from newsletter.files.toml_reader import read_toml, toml_places
from newsletter.files.yaml_reader import PositionMap
from newsletter.model import Location

# What a template or a table of the theme may be saved as by mistake
_SUFFIXES = frozenset("mjml html css txt j2 jinja jinja2 tpl toml yaml yml json".split())

ORIGINS = ".origin"  # folder of a theme: packaged files as they were when they were copied


def merged(folders: tuple[Path, ...], name: str, shown: Mapping[str, str]) -> dict[str, Any]:
    """Return a TOML file of the packaged theme merged with the publication's, key by key."""
    report = Report()
    result: dict[str, Any] = {}
    for folder in reversed(folders):
        path = folder / name
        if path.exists():
            label = f"{shown[str(folder)]}/{name}"
            if read := read_toml(path, label, report):
                _lay_over(result, read[0], toml_places(read[1], label, ()), report)
    if report.failed:
        raise IssueRejected(name, tuple(report.findings))
    return result


PHRASES = "phrases.toml"


def merged_phrases(
    folders: tuple[Path, ...], shown: Mapping[str, str]
) -> Mapping[str, Mapping[str, str]]:
    """Return the phrases of a theme by language."""
    files = [folder / PHRASES for folder in folders if (folder / PHRASES).exists()]
    if files == [folders[-1] / PHRASES]:  # the packaged ones alone, as in most publications
        return PhraseTables(files[0].read_text("utf-8"))
    return merged(folders, PHRASES, shown)


class PhraseTables(Mapping[str, Mapping[str, str]]):
    """The tables of the packaged phrases, each parsed when its language is first needed.

    An issue needs one or two of 25 languages; reading all takes a tenth of a build.
    """

    def __init__(self, text: str) -> None:
        _, *parts = re.split(r"^\[([\w-]+)\]$", text, flags=re.MULTILINE)
        self.texts = dict(zip(parts[::2], parts[1::2], strict=True))
        self.tables: dict[str, dict[str, str]] = {}

    def __getitem__(self, language: str) -> dict[str, str]:
        if language not in self.tables:
            self.tables[language] = tomllib.loads(self.texts[language])
        return self.tables[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


def refuse_unreadable(own: tuple[Path, ...], shown: Mapping[str, str]) -> None:
    """Raise `IssueRejected` for templates that are not UTF-8, or hold control characters."""
    report = Report()
    for folder in own:
        for name in _templates(folder):
            if name.endswith(".j2"):
                decode((folder / name).read_bytes(), f"{shown[str(folder)]}/{name}", report)
    if report.failed:
        raise IssueRejected("the theme", tuple(report.findings))


def refuse_misspelt(
    own: tuple[Path, ...], packaged: tuple[Path, ...], shown: Mapping[str, str]
) -> None:
    """Raise `IssueRejected` for unused files with names similar to those of packaged files."""
    known = {name for folder in packaged for name in _templates(folder)}
    known |= {f"{name[:-3]}.mjml.j2" for name in known if name.count(".") == 1}
    report = Report()
    for folder in own:
        names = _templates(folder)
        texts = "".join(
            (folder / name).read_text("utf-8", "replace") for name in names if name.endswith(".j2")
        )
        for name in names:
            # Section kinds may have similar names (link, links), and included templates are in use.
            own_kind = re.fullmatch(r"sections/[^./]+(?:\.mjml)?\.j2", name) is not None
            if name in known or own_kind or name in texts:
                continue
            if close := _intended_file(name, known):
                where = Location(f"{shown[str(folder)]}/{name}")
                report.add(
                    BROKEN_THEME,
                    where,
                    "Unused theme file",
                    closest_hint(close),
                )
    if report.failed:
        raise IssueRejected("the theme", tuple(report.findings))


def _intended_file(name: str, known: Collection[str]) -> str | None:
    """Return the packaged file that a file was probably meant to replace."""
    folder, _, file = name.rpartition("/")
    if file.rpartition(".")[2] in _SUFFIXES:
        base = f"{folder}/{file.split('.')[0]}" if folder else file.split(".")[0]
        if same_stem := next((path for path in sorted(known) if path.split(".")[0] == base), None):
            return same_stem
    elsewhere = next((path for path in known if path.endswith(f"/{name}")), None)
    return elsewhere or nearest(name, known, cutoff=0.9)


def _templates(folder: Path) -> list[str]:
    paths = (
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith("~")
    )
    names = (path.relative_to(folder).as_posix() for path in paths)
    return [name for name in names if not name.startswith((f"{ORIGINS}/", "images/"))]


def theme_file_names(folder: Path) -> list[str]:
    """Return the templates and TOML files of a theme's folder, without the originals of copies."""
    return [name for name in _templates(folder) if name.endswith((".j2", ".toml"))]


def _lay_over(
    under: dict[str, Any],
    over: dict[str, Any],
    places: PositionMap,
    report: Report,
    *,
    path: tuple[str, ...] = (),
) -> None:
    """Merge `over` into `under`; new names are allowed unless they look like misspellings."""

    def refuse(key: str, message: str, hint: str) -> None:
        report.add(BROKEN_THEME, places.key(*path, key), message, hint)

    for key, value in over.items():
        below = under.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            _lay_over(below, value, places, report, path=(*path, key))
        elif below is None and (close := nearest(key, under, cutoff=0.8)):
            refuse(key, f"Unknown key {quoted(key)}", closest_hint(close))
        elif below is not None and isinstance(below, int | float) is not isinstance(
            value, int | float
        ):
            message = f"{key}: expected the type of {quoted(below)}, found {quoted(value)}"
            refuse(key, message, "Write a value of the same type.")
        elif isinstance(below, str) and below.startswith("#") and not _is_color(value):
            refuse(key, f"{key}: expected a color, found {quoted(value)}", "Write it as #rrggbb.")
        else:
            under[key] = value


def _is_color(value: Any) -> bool:
    if re.fullmatch(r"#(?:[0-9a-fA-F]{3}){1,2}", str(value)):
        return True
    from tinycss2.color3 import parse_color  # names, rgb(…), hsl(…); rarely used

    return parse_color(str(value)) is not None
