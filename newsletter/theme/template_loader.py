"""How templates find each other: by folder, by medium, and past their own override."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2

# A part such as `masthead.j2` has a block for each medium. In the email, `masthead.mjml.j2` is looked up first: an
# override of the email alone. In the text part nothing is escaped. So what a template of these two media refers to
# carries the medium in its name; the colon keeps it apart from the names of files.
EMAIL, TEXT = "email:", "text:"
PACKAGED_PREFIX = "packaged/"  # the packaged look's file, for an override that extends it
BASE_PREFIX = "base/"  # the file that all packaged looks share, for a look that extends it
_ONE_MEDIUM = (".mjml.j2", ".html.j2", ".css.j2", ".txt.j2")


def referred_name(template: str, parent: str) -> str:
    """Return the name under which `parent` loads `template`: with the medium of the parent."""
    if parent.startswith(EMAIL) or parent.endswith(".mjml.j2"):
        return EMAIL + template.removeprefix(EMAIL)
    if parent.startswith(TEXT) or parent.endswith(".txt.j2"):
        return TEXT + template.removeprefix(TEXT)
    return template


def plain_name(name: str) -> str:
    """Return a template's name as its author wrote it."""
    return name.removeprefix(EMAIL).removeprefix(TEXT)


def escapes(name: str | None) -> bool:
    """Return whether HTML is escaped in a template: not in CSS, and not in the text part."""
    return name is None or not (name.startswith(TEXT) or name.endswith((".css.j2", ".txt.j2")))


def template_files(name: str) -> tuple[str, ...]:
    """Return the files that can provide a template, in lookup order.

    A part of the email may be one of the email alone, `masthead.mjml.j2`, or one for every medium,
    `masthead.j2`; both names find both.
    """
    plain = plain_name(name)
    if plain.endswith(".mjml.j2"):
        return (plain, plain.removesuffix(".mjml.j2") + ".j2")
    if name.startswith(EMAIL) and not plain.endswith(_ONE_MEDIUM):
        return (plain.removesuffix(".j2") + ".mjml.j2", plain)
    return (plain,)


def overriding(name: str, folders: tuple[Path, ...]) -> Path | None:
    """Return the file in `folders` that replaces a packaged file in the email, if there is one."""
    names = dict.fromkeys((*template_files(EMAIL + name), name))
    paths = (folder / file for folder in folders for file in names)
    return next((path for path in paths if path.is_file()), None)


def theme_loader(folders: tuple[Path, ...], packaged: tuple[Path, ...]) -> jinja2.BaseLoader:
    """Return the loader of a theme; `packaged` are those of its folders that are packaged."""
    import jinja2

    everywhere = _find_in(folders)
    below = {PACKAGED_PREFIX: _find_in(packaged), BASE_PREFIX: _find_in(packaged[-1:])}

    def load(name: str) -> Any:
        plain = plain_name(name)
        for file in template_files(name):
            if path := everywhere(file):
                return path
        for prefix, find in below.items():
            if plain.startswith(prefix):
                medium = name[: len(name) - len(plain)]
                for file in template_files(medium + plain.removeprefix(prefix)):
                    if path := find(file):
                        return path
        raise jinja2.TemplateNotFound(plain)

    return jinja2.FunctionLoader(load)


def _find_in(folders: tuple[Path, ...]) -> Callable[[str], Any]:
    """Return a function that finds a file in the first folder that has it."""
    import jinja2

    loader = jinja2.FileSystemLoader([str(folder) for folder in folders])

    def find(name: str) -> Any:
        try:
            # Without an environment: this loader does not use it.
            return loader.get_source(None, name)  # type: ignore[arg-type]
        except jinja2.TemplateNotFound:
            return None

    return find
