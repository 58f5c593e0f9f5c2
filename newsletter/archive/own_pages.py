"""`pages/`: the publication's own Markdown pages (about, subscribe) and files copied verbatim."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from newsletter.archive.page_frame import raised
from newsletter.archive.permalinks import path_word
from newsletter.diagnostics import UNREADABLE, WRONG_VALUE, Report
from newsletter.files.cache import BuildCache
from newsletter.files.quotation import quoted
from newsletter.files.text import leads_out
from newsletter.files.typed_values import convert
from newsletter.files.yaml_reader import read_yaml
from newsletter.languages import direction
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.markup.directives import BlockContext
from newsletter.markup.heading import Heading
from newsletter.markup.inline import plain
from newsletter.markup.parse import parse
from newsletter.markup.source import SourceText
from newsletter.model import Credits, Image, Issue, Location, Masthead, Section
from newsletter.render.context import html_sections, shared
from newsletter.render.images import prepare
from newsletter.render.webpage import without_recipient
from newsletter.schema.site import PageFile
from newsletter.theme.theme import Theme
from newsletter.workspace import Workspace

_FRONT = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
# Reserved names for pages in pages/: the site generates these itself.
RESERVED = frozenset({"topics", "people", "search", "assets", "pagefind", "404", "index"})


class OwnPage(Struct, frozen=True):
    """A Markdown page, ready to render."""

    path: str
    title: str
    description: str | None
    navigation: bool
    body: str
    images: tuple[Image, ...]


class OwnFiles(Struct, frozen=True):
    """The contents of `pages/`."""

    pages: tuple[OwnPage, ...]
    files: Mapping[str, bytes]  # path below the site -> bytes


def read_own_pages(workspace: Workspace, theme: Theme, report: Report) -> OwnFiles:
    """Read `pages/` and report problems; a number prefix sets a page's navigation order."""
    folder = workspace.pages
    if not folder.is_dir():
        return OwnFiles((), {})
    pages, files = [], {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or (name.startswith(".") and not name.startswith(".well-known/")):
            continue
        if leads_out(path, workspace.root):
            report.add(
                UNREADABLE,
                workspace.place(path),
                "Symbolic link points outside the workspace",
                "Replace the link with the file itself.",
            )
        elif path.suffix == ".md" and path.parent == folder:
            if page := _read(workspace, theme, path, report):
                pages.append(page)
        elif not name.startswith("images/"):
            files[name] = path.read_bytes()
    return OwnFiles(tuple(pages), files)


def _read(workspace: Workspace, theme: Theme, path: Path, report: Report) -> OwnPage | None:
    reader = WorkspaceReader(workspace, report)
    text = reader.text(path)
    word = path_word(path.stem.lstrip("0123456789-_") or path.stem)
    if word in RESERVED or re.fullmatch(r"\d{4}", word):
        hint = "Rename the file; the archive generates a page with that name."
        report.add(WRONG_VALUE, workspace.place(path), f"Reserved page name {quoted(word)}", hint)
        return None
    if text is None:
        return None
    before = report.errors
    front = _FRONT.match(text)
    entry = _front_matter(front[1], workspace.display_path(path), report) if front else PageFile()
    language = workspace.publication.language
    start = Location(workspace.display_path(path), 1, 1)
    source = SourceText.of(start.path, text, front.end() if front else 0)
    blocks = parse(source, language, direction(language), BlockContext(), report=report)
    title = entry.title if entry else None
    if blocks and isinstance(blocks[0], Heading) and blocks[0].level == 1:
        title, blocks = title or plain(blocks[0].children).strip(), blocks[1:]
    issue = _as_issue(workspace, path, word, title or word.capitalize(), blocks=blocks)
    prepared = prepare(
        issue,
        workspace.root,
        theme.tokens["width"]["text"],
        BuildCache(workspace.state / "cache"),
        report=report,
    )
    if entry is None or report.errors > before:
        return None
    values = shared(issue, workspace.publication, theme)
    (section,) = html_sections(issue, theme, values, prepared, medium="web", prefix="images/")
    body = without_recipient(raised(str(section.body)), workspace.publication, f"{word}/")
    images = {image.name: image for image in prepared.values() if image.data is not None}
    return OwnPage(
        f"{word}/", issue.title, entry.description, entry.navigation, body, tuple(images.values())
    )


def _front_matter(text: str, shown: str, report: Report) -> PageFile | None:
    read = read_yaml(text, shown, report, first_line=2)
    if read is None:
        return None
    value, places = read
    entry: PageFile | None = convert({} if value is None else value, PageFile, places, report)
    return entry


def _as_issue(
    workspace: Workspace, path: Path, word: str, title: str, *, blocks: tuple[object, ...]
) -> Issue:
    """Return a page as an issue with one section, to be rendered by the same templates."""
    where = workspace.place(path)
    language = workspace.publication.language
    return Issue(
        slug=word,
        folder=path.parent,
        where=where,
        title=title,
        subject=title,
        preheader="",
        date=dt.date.min,
        language=language,
        direction=direction(language),
        theme="",
        sections=(Section(where, "page", blocks),),  # type: ignore[arg-type]
        credits=Credits((), (), None, where),
        masthead=Masthead({}, {}, ()),
    )
