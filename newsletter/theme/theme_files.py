"""The files of a theme: a publication's own merged over the packaged ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from newsletter.diagnostics import BROKEN_THEME, Report
from newsletter.errors import IssueRejected
from newsletter.files.suggest import nearest
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
            if close := _meant(name, known):
                where = Location(f"{shown[str(folder)]}/{name}")
                report.add(
                    BROKEN_THEME,
                    where,
                    "Unused theme file",
                    f"Did you mean {close!r}?",
                )
    if report.failed:
        raise IssueRejected("the theme", tuple(report.findings))


def _meant(name: str, known: Collection[str]) -> str | None:
    """Return the packaged file that a file was probably meant to replace."""
    folder, _, file = name.rpartition("/")
    if file.rpartition(".")[2] in _SUFFIXES:
        base = f"{folder}/{file.split('.')[0]}" if folder else file.split(".")[0]
        if same := next((path for path in sorted(known) if path.split(".")[0] == base), None):
            return same
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
    path: tuple[str, ...] = (),
) -> None:
    """Merge `over` into `under`; new names are allowed unless they look like misspellings."""
    for key, value in over.items():
        below = under.get(key)
        where = places.key(*path, key)
        if isinstance(below, dict) and isinstance(value, dict):
            _lay_over(below, value, places, report, (*path, key))
        elif below is None and (close := nearest(key, under, cutoff=0.8)):
            report.add(BROKEN_THEME, where, f"Unknown key {key!r}", f"Did you mean {close!r}?")
        elif below is not None and isinstance(below, int | float) is not isinstance(
            value, int | float
        ):
            message = f"{key}: expected the type of {below!r}, found {value!r}"
            report.add(BROKEN_THEME, where, message, "Write a value of the same type.")
        elif isinstance(below, str) and below.startswith("#") and not _is_colour(value):
            report.add(
                BROKEN_THEME,
                where,
                f"{key}: expected a color, found {value!r}",
                "Write it as #rrggbb.",
            )
        else:
            under[key] = value


def _is_colour(value: Any) -> bool:
    if re.fullmatch(r"#(?:[0-9a-fA-F]{3}){1,2}", str(value)):
        return True
    from tinycss2.color3 import parse_color  # names, rgb(…), hsl(…); rarely used

    return parse_color(str(value)) is not None
