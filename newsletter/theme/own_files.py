"""What a publication's own theme consists of, and what can be copied into it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from newsletter.diagnostics import Report
from newsletter.files.toml_reader import read_toml
from newsletter.theme.template_loader import EMAIL, template_files
from newsletter.theme.theme import Theme
from newsletter.theme.theme_files import theme_file_names

FileUse = Literal["replaces", "extends", "adds", "merges", "image"]
MEDIA = ("email", "web", "archive", "text")
_EVERYWHERE = "email, web page, archive, text part"
_MEDIA_NAMES = {"email": "email", "web": "web page", "archive": "archive", "text": "text part"}


class OwnFile(Struct, frozen=True):
    """A file of a publication's own theme."""

    name: str
    use: FileUse
    changes: tuple[str, ...]  # blocks, or keys of tokens and phrases
    reaches: str  # the outputs it is part of
    lines: int


class PackagedFile(Struct, frozen=True):
    """A file that can be copied into an own theme."""

    name: str
    look: str  # whose it is: a look's, or the base's
    about: str
    overridden: bool


def own_theme_files(theme: Theme) -> tuple[OwnFile, ...]:
    """Return the publication's own files, with what each of them changes."""
    packaged = {name for folder in _packaged(theme) for name in theme_file_names(folder)}
    return tuple(
        _own_file(folder, name, packaged)
        for folder in theme.own
        for name in (*theme_file_names(folder), *_images(folder))
    )


def packaged_files(theme: Theme) -> tuple[PackagedFile, ...]:
    """Return the files a theme takes from its look and from the base, in order of name."""
    own = {name for folder in theme.own for name in theme_file_names(folder)}
    packaged_files: dict[str, PackagedFile] = {}
    for folder in _packaged(theme):
        for name in theme_file_names(folder):
            about = first_comment((folder / name).read_text("utf-8"))
            names = {name, *template_files(EMAIL + name)}
            packaged_files.setdefault(
                name, PackagedFile(name, folder.name, about, bool(own & names))
            )
    return tuple(packaged_files[name] for name in sorted(packaged_files) if name != "look.toml")


def packaged_path(theme: Theme, name: str) -> Path | None:
    """Return the packaged file that a theme uses under a name."""
    paths = (folder / name for folder in _packaged(theme))
    return next((path for path in paths if path.is_file()), None)


def _packaged(theme: Theme) -> tuple[Path, ...]:
    return tuple(folder for folder in theme.folders if folder not in theme.own)


def _images(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "images").glob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield f"images/{path.name}"


def _own_file(folder: Path, name: str, packaged: set[str]) -> OwnFile:
    path = folder / name
    if name.startswith("images/"):
        return OwnFile(name, "image", (), "wherever a template or a setting names it", 0)
    text = path.read_text("utf-8", "replace")
    lines = text.count("\n")
    if name.endswith(".toml"):
        read = read_toml(path, name, Report())
        keys = tuple(_keys(read[0])) if read else ()
        return OwnFile(name, "merges", keys, _EVERYWHERE if name != "look.toml" else "", lines)
    blocks = tuple(dict.fromkeys(re.findall(r"{%-?\s*block\s+(\w+)", text)))
    extends = re.search(r"{%-?\s*extends\b", text)
    known = bool(packaged & {name, *template_files(name)})
    use: FileUse = "adds"
    if known:
        use = "extends" if extends else "replaces"
    return OwnFile(name, use, blocks, _reach(name, blocks, bool(extends)), lines)


def _keys(tables: Mapping[str, Any]) -> Iterator[str]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from (f"{name}.{key}" for key in value)
        else:
            yield name


def _reach(name: str, blocks: tuple[str, ...], extends: bool) -> str:
    """Return the outputs that a template is part of."""
    single = {
        ".mjml.j2": "email",
        "text.txt.j2": "text part",
        "inline.css.j2": "email",
        "head.css.j2": "email",
        "outlook.css.j2": "email",
        "web.html.j2": "web page",
        "web.css.j2": "web page, archive",
        "archive.css.j2": "archive",
    }
    if name.startswith("archive/"):
        return "archive"
    if name.startswith("blocks/"):
        return "email, web page, archive"
    for suffix, reach in single.items():
        if name.endswith(suffix):
            return reach
    media = [_MEDIA_NAMES[block] for block in blocks if block in MEDIA]
    if extends and media and set(blocks) <= set(MEDIA):
        return ", ".join(media)
    if extends and blocks and all(block.startswith("text_") for block in blocks):
        return "text part"
    return _EVERYWHERE


def first_comment(text: str) -> str:
    """Return the first sentence of the comment that opens a template or a TOML file."""
    match = re.match(r"\s*(?:{#-?(.*?)#}|((?:#[^\n]*\n)+))", text, re.DOTALL)
    if match is None:
        return ""
    words = " ".join((match[1] or match[2].replace("#", " ")).split())
    return re.split(r"(?<=[.;])\s", words, maxsplit=1)[0].rstrip(".;")
