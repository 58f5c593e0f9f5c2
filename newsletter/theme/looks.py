"""The packaged looks, and which of them a publication's own theme extends."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from newsletter.diagnostics import BROKEN_THEME, Report
from newsletter.errors import IssueRejected
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.toml_reader import read_toml, toml_places

PACKAGED = Path(__file__).parent / "packaged"
BASE = "base"  # what all looks share; not a look itself
DEFAULT = "default"
LOOK_FILE = "look.toml"
_OWN_KEYS = ("title", "about", "extends")
_ORDER = (DEFAULT, "broadsheet", "signal", "digest", "plain")


class Look(Struct, frozen=True):
    """A packaged look: its name in the settings, its title, and what it is for in one sentence."""

    name: str
    title: str
    about: str


@cache
def packaged_looks() -> Mapping[str, Look]:
    """Return the packaged looks by name, in the order in which they are shown."""
    looks = {path.parent.name: _packaged(path) for path in PACKAGED.glob(f"*/{LOOK_FILE}")}
    ordered = [name for name in _ORDER if name in looks]
    return {name: looks[name] for name in dict.fromkeys((*ordered, *sorted(looks)))}


def _packaged(path: Path) -> Look:
    read = read_toml(path, path.name, Report())
    assert read, path
    return Look(path.parent.name, read[0]["title"], read[0]["about"])


def extended_look(name: str, own: Path, shown: str) -> str:
    """Return the packaged look that a theme extends: itself, the one in its `look.toml`, or `default`.

    Raises `IssueRejected` for a `look.toml` that cannot be read or names no packaged look.
    """
    path, label, report = own / LOOK_FILE, f"{shown}/{LOOK_FILE}", Report()
    fallback = name if name in packaged_looks() else DEFAULT
    if not path.is_file():
        return fallback
    read = read_toml(path, label, report)
    values, text = read or ({}, "")
    places = toml_places(text, label, ())
    for key in values.keys() - set(_OWN_KEYS):
        hint = spelling_hint(key, _OWN_KEYS, what="known keys")
        report.add(BROKEN_THEME, places.key(key), f"Unknown key {quoted(key)}", hint)
    extends = values.get("extends", fallback)
    if extends not in packaged_looks():
        hint = spelling_hint(str(extends), list(packaged_looks()), what="packaged looks")
        report.add(BROKEN_THEME, places.key("extends"), f"Unknown look {quoted(extends)}", hint)
    if report.failed:
        raise IssueRejected(label, tuple(report.findings))
    return str(extends)


def lookup_folders(name: str, own: Path, shown: str) -> tuple[Path, ...]:
    """Return the folders of a theme in lookup order: its own, the look's, what all looks share."""
    look = PACKAGED / extended_look(name, own, shown)
    return tuple(folder for folder in (own, look, PACKAGED / BASE) if folder.is_dir())
