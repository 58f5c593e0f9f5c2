"""Theme lookup: a publication's own files first, then the packaged ones."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.files.cache import fingerprint
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.text import leads_out
from newsletter.files.yaml_reader import PositionMap
from newsletter.languages import isolate_text, long_date
from newsletter.markup.headline import hold_last_word
from newsletter.markup.page import COLUMNS, isolate_html, wrap
from newsletter.markup.width import display_width
from newsletter.model import Direction, Finding, Image, Location
from newsletter.schema.look import ThemeSettings
from newsletter.theme.applied import apply_settings
from newsletter.theme.looks import BASE, DEFAULT, PACKAGED, lookup_folders, packaged_looks
from newsletter.theme.template_loader import escapes, plain_name, referred_name, theme_loader
from newsletter.theme.theme_files import (
    merged,
    merged_phrases,
    refuse_misspelt,
    refuse_unreadable,
)
from newsletter.theme.time_limit import SECONDS, TemplateTimeout, limited_range

if TYPE_CHECKING:
    import jinja2

    from newsletter.workspace import Workspace

NOT_THEMES = {"blueprint", "schemas"}  # other folders in templates/

PARTS = ("masthead.*", "lead.*", "section.*", "sections/*.j2", "credits.*", "foot.*")
# #rgb or #rrggbb, but not an entity such as &#183;; rgb(…); a color's name.
_OWN_COLOR = re.compile(
    r"(?<!&)#[0-9a-fA-F]{3,8}\b|\brgba?\(|(?:color|background)\s*[:=]\s*[\"']?\s*[a-z]+\b"
)


class Theme(Struct, frozen=True):
    """A theme: its folders, and its tokens merged with the publication's own."""

    name: str
    folders: tuple[Path, ...]  # in lookup order
    tokens: Mapping[str, Any]
    phrases: Mapping[str, Mapping[str, str]]  # language -> phrase
    kinds: frozenset[str]  # section kinds, one file of sections/ each
    digest: str  # of every file, because the theme is an input
    environment: jinja2.Environment
    shown: Mapping[str, str]  # folder -> path for display
    images: Mapping[str, Image] = {}  # file name -> image of the theme's images/ folders
    settings: ThemeSettings = ThemeSettings()  # already applied to tokens, phrases and kinds
    places: PositionMap = PositionMap(Location("newsletter.toml"))  # of the settings
    findings: tuple[Finding, ...] = ()  # about the settings; none of them is an error
    has_own_colors: bool = False  # whether a part of the publication's own has other colors

    @property
    def own(self) -> tuple[Path, ...]:
        """Return the publication's own folders, which can be edited."""
        return tuple(folder for folder in self.folders if folder.parent != PACKAGED)

    def phrases_for(self, language: str) -> Mapping[str, str]:
        """Return the phrases of a language, or the English ones if the theme has none."""
        result = dict(self.phrases["en"])
        for tag in _tables(language):
            result |= self.phrases.get(tag, {})
        return result

    def has_phrases(self, language: str) -> bool:
        """Return whether the theme has phrases for a language or for its base language."""
        return any(tag in self.phrases for tag in _tables(language))

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """Render one template. Raises `NewsletterError` at the template's line."""
        import jinja2

        try:
            rendered = self.environment.get_template(template).render(values)
            rendered.encode()  # fails for a lone surrogate, which no email can contain
            return rendered
        except TemplateTimeout as error:
            where = self.place(*_innermost(error, template))
            message = f"Template did not finish within {SECONDS} seconds"
            hint = "Look for an infinite loop."
            raise NewsletterError(message, where=where, hint=hint) from error
        except jinja2.TemplateSyntaxError as error:
            where = self.place(error.filename or error.name or template, error.lineno)
            raise NewsletterError(
                f"Broken theme: {error.message}", where=where, hint=_HINT
            ) from error
        except jinja2.TemplateNotFound as error:
            # The loader's own message lists local folders.
            where = self.place(*_innermost(error, template))
            raise NewsletterError(
                f"Theme file not found: {quoted(plain_name(str(error.name)))}",
                where=where,
                hint="Check the name in the include.",
            ) from error
        except NewsletterError as error:  # of what a template calls, such as `theme_image`
            where = self.place(*_innermost(error, template))
            raise NewsletterError(error.message, where=where, hint=error.hint) from error
        except RecursionError as error:
            where = self.place(*_innermost(error, template))
            raise NewsletterError("Theme file includes itself", where=where, hint=_HINT) from error
        except Exception as error:  # anything that a template calls can raise
            where = self.place(*_innermost(error, template))
            raise NewsletterError(
                f"Broken theme: {_readable(error)}", where=where, hint=_HINT
            ) from error

    def place(self, file: str, line: int | None) -> Location:
        for folder, shown in self.shown.items():
            if file.startswith(folder):
                return Location(shown + file[len(folder) :].replace("\\", "/"), line)
        return Location(file, line)


def _tables(language: str) -> tuple[str, ...]:
    """Return the tables of phrases that apply to a language, the most specific last."""
    base = language.split("-")[0]
    general = ("nb",) if base == "no" else ()  # Norwegian without a variety means Bokmål
    return (*general, base, language)


_HINT = "Fix the template, or delete it to use the packaged one."


def _readable(error: Exception) -> str:
    """Return Jinja's message without internal class names: `publication has no 'nme'`."""
    pattern = r"'newsletter\.[\w.]*?(\w+?)(?:View)? object' has no attribute"
    return re.sub(pattern, lambda match: f"{match[1].lower()} has no", str(error))


def _innermost(error: BaseException, template: str) -> tuple[str, int | None]:
    """Return the file and line of the template that failed, from Jinja's rewritten traceback."""
    place: tuple[str, int | None] = (template, None)
    traceback = error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            place = (file, traceback.tb_lineno)
        traceback = traceback.tb_next
    return place


def open_theme(workspace: Workspace, name: str, where: Location | None = None) -> Theme:
    """Return the theme of an issue.

    Raises `IssueRejected` if its tokens cannot be read, and `NewsletterError` if there is no such
    theme.
    """
    own = workspace.templates / name
    known = theme_names(workspace.templates)
    if not re.fullmatch(r"[\w-]+", name) or name not in known:
        message = f"Unknown theme {quoted(name)}"
        raise NewsletterError(
            message, where=where, hint=spelling_hint(name, known, what="available themes")
        )
    if outside := next(
        (path for path in (own, *own.rglob("*")) if leads_out(path, workspace.root)), None
    ):
        message = "Symbolic link points outside the workspace"
        raise NewsletterError(
            message,
            where=workspace.place(outside),
            hint="Replace the link with the files themselves.",
        )
    folders = lookup_folders(name, own, workspace.display_path(own))
    shown = {str(folder): workspace.display_path(folder) for folder in folders if folder == own}
    shown |= {
        str(folder): f"newsletter/theme/packaged/{folder.name}"
        for folder in folders
        if folder != own
    }
    edited = (folder for folder in folders if folder.parent != PACKAGED)  # the package's are not
    state = tuple((*entry,) for folder in edited for entry in fingerprint(folder))
    theme = _read(
        name, folders, tuple(shown.items()), workspace.state / "cache" / "templates", state=state
    )
    return apply_settings(theme, workspace)


def theme_names(templates: Path) -> list[str]:
    """Return the names of the themes of a publication: packaged looks first, then its own."""
    own = {path.name for path in templates.glob("*/") if re.fullmatch(r"[\w-]+", path.name)}
    return [*packaged_looks(), *sorted(own - NOT_THEMES - packaged_looks().keys())]


def packaged_theme(name: str = DEFAULT) -> Theme:
    """Return a packaged look, for use outside a workspace."""
    folders = (PACKAGED / name, PACKAGED / BASE)
    shown = tuple((str(folder), f"newsletter/theme/packaged/{folder.name}") for folder in folders)
    return _read(name, folders, shown, None, state=())


@lru_cache(maxsize=8)
def _read(
    name: str,
    folders: tuple[Path, ...],
    shown: tuple[tuple[str, str], ...],
    compiled: Path | None,
    *,
    state: object,
) -> Theme:
    """Read a theme; cached by `state`, the fingerprint of its files, so that edits are noticed."""
    labels = dict(shown)
    own = tuple(folder for folder in folders if folder.parent != PACKAGED)
    refuse_unreadable(own, labels)
    refuse_misspelt(own, tuple(folder for folder in folders if folder not in own), labels)
    tokens = merged(folders, "tokens.toml", labels)
    phrases = merged_phrases(folders, labels)
    kinds = {
        path.name.split(".")[0] for folder in folders for path in (folder / "sections").glob("*.j2")
    }
    return Theme(
        name,
        folders,
        tokens,
        phrases,
        frozenset(kinds),
        _digest(folders),
        _environment(folders, compiled),
        labels,
        has_own_colors=_has_own_colors(own),
    )


def _has_own_colors(own: tuple[Path, ...]) -> bool:
    parts = (path for folder in own for name in PARTS for path in folder.glob(name))
    return any(_OWN_COLOR.search(path.read_text("utf-8", "replace")) for path in parts)


def _digest(folders: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(os.fsencode(f"{path.relative_to(folder).as_posix()}\0"))
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _environment(folders: tuple[Path, ...], compiled: Path | None) -> jinja2.Environment:
    import jinja2

    class Compiled(jinja2.FileSystemBytecodeCache):
        """Compiled templates on disk; not used if the workspace is read-only."""

        def dump_bytecode(self, bucket: Any) -> None:
            try:
                super().dump_bytecode(bucket)
            except OSError:
                return

    cache = None
    with contextlib.suppress(OSError):
        if compiled is not None:
            compiled.mkdir(parents=True, exist_ok=True)
            cache = Compiled(str(compiled))

    class Templates(jinja2.Environment):
        """Templates that hand their medium on to those they include or extend."""

        def join_path(self, template: str, parent: str) -> str:
            return referred_name(template, parent)

    packaged = tuple(folder for folder in folders if folder.parent == PACKAGED)
    environment = Templates(
        loader=theme_loader(folders, packaged),
        autoescape=escapes,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
        bytecode_cache=cache,
    )
    environment.globals["range"] = limited_range
    environment.filters |= {
        "wrap": lambda text, width=COLUMNS, first="", rest="": wrap(str(text), width, first, rest),
        "centre": lambda text, width=COLUMNS: _centred(str(text), width),
        "rule": lambda mark, width=COLUMNS: mark * width,
        "underline": lambda text, mark="-": mark * max(map(display_width, str(text).split("\n"))),
        "isolate": _isolate,
        "isolate_text": isolate_text,
        "hold_last_word": _hold_last_word,
        "long_date": long_date,
    }
    return environment


def _isolate(text: str, base: Direction) -> Any:
    from markupsafe import Markup

    return Markup(isolate_html(text, base))


def _hold_last_word(html: str) -> Any:
    from markupsafe import Markup, escape

    return Markup(hold_last_word(escape(html)))


def _centred(text: str, width: int) -> str:
    return "\n".join(
        (" " * max((width - display_width(line)) // 2, 0) + line)
        for line in wrap(text, width).split("\n")
    )
