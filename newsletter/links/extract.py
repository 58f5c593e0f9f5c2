"""Every use of every link of an issue: its URL, its location and its visible text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from newsletter.diagnostics import Report
from newsletter.files.text import read_text
from newsletter.files.toml_reader import toml_places
from newsletter.links.result import LinkQuery, without_fragment
from newsletter.markup.button import Button
from newsletter.markup.figure import Figure
from newsletter.markup.inline import InlineImage, Link, plain
from newsletter.markup.merge_fields import FIELD
from newsletter.model import Edit, Holder, Issue, Location, Section, Source, walk
from newsletter.theme.theme import Theme
from newsletter.workspace import Workspace

Kind = Literal["link", "button", "figure", "image", "source", "credit", "publication", "theme"]


class LinkUse(Struct, frozen=True):
    """One use of a URL."""

    url: str
    where: Location  # of the URL itself if known, otherwise of the enclosing element
    text: str  # as visible to the reader
    kind: Kind
    editable: bool = (
        False  # written at `where` character for character, in a file of this issue alone
    )

    @property
    def fragment(self) -> str:
        return self.url.partition("#")[2]

    @property
    def is_web(self) -> bool:
        """Return whether the URL can be requested: not `mailto:`, nor different for each reader."""
        return bool(_WEB.match(self.url)) and not FIELD.search(self.url)


_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def link_uses(workspace: Workspace, issue: Issue, theme: Theme | None) -> tuple[LinkUse, ...]:
    """Return all uses in reading order.

    The order is sections, sources, credits, the theme's own links, the publication's.
    """
    own = f"{workspace.display_path(issue.folder)}/"
    lines = cache(_lines)
    by_place: dict[tuple[str, Location], LinkUse] = {}
    for use in _all(workspace, issue, theme):
        exact = _exact(use, lines(workspace.root / use.where.path))
        editable = exact is not None and use.where.path.startswith(own)
        located = LinkUse(use.url, exact or use.where, use.text, use.kind, editable)
        by_place.setdefault((located.url, located.where), located)
    return tuple(by_place.values())


def requestable(workspace: Workspace, issue: Issue, uses: Iterable[LinkUse]) -> tuple[LinkUse, ...]:
    """Return the uses that can be requested, without the issue's own page, not yet published."""
    page = workspace.publication.web_url(issue.slug)
    return tuple(
        use for use in uses if use.is_web and not f"{without_fragment(use.url)}/".startswith(page)
    )


def link_queries(uses: Iterable[LinkUse]) -> tuple[LinkQuery, ...]:
    """Return each URL once, with all its fragments in use."""
    fragments: dict[str, dict[str, None]] = {}
    for use in uses:
        fragments.setdefault(without_fragment(use.url), {})[use.fragment] = None
    return tuple(LinkQuery(url, tuple(filter(None, names))) for url, names in fragments.items())


# --- where links are written ------------------------------------------------------------------------------------


def _all(workspace: Workspace, issue: Issue, theme: Theme | None) -> Iterator[LinkUse]:
    for section in issue.sections:
        yield from _of_section(section)
    for source in issue.sources:
        yield from _of_source(source)
    holders = [holder for section in issue.sections for holder in section.by]
    holders += [holder for credit in issue.credits.roles for holder in credit.holders]
    for holder in (*holders, *issue.credits.produced_by):
        yield from _of_holder(holder)
    if theme:
        for folder in theme.folders:
            if folder.is_relative_to(workspace.templates):
                yield from (
                    LinkUse(url, where, "", "theme")
                    for url, where in _of_templates(folder, workspace)
                )
    yield from _of_settings(
        workspace, theme.phrases_for(issue.language)["unsubscribe"] if theme else ""
    )


def _of_section(section: Section) -> Iterator[LinkUse]:
    for node in walk(section.blocks):
        match node:
            case Link():
                yield LinkUse(
                    node.url, node.at or node.where, _collapsed(plain(node.children)), "link"
                )
            case Button():
                yield LinkUse(node.url, node.at or node.where, _collapsed(node.label), "button")
            case Figure(link=str()):
                yield LinkUse(
                    node.link or "",
                    node.link_at or node.where,
                    _collapsed(node.image.alt),
                    "figure",
                )
            case InlineImage() if _WEB.match(node.src):
                yield LinkUse(node.src, node.at or node.where, _collapsed(node.alt), "image")
    for source in section.sources:
        yield from _of_source(source)


def _of_source(source: Source) -> Iterator[LinkUse]:
    if source.url and (where := source.at or source.where):
        yield LinkUse(source.url, where, _collapsed(source.words), "source")


def _of_holder(holder: Holder) -> Iterator[LinkUse]:
    if holder.url and holder.at:
        yield LinkUse(holder.url, holder.at, holder.name, "credit")


_HREF = re.compile(
    r"""\b(?:href|src)\s*=\s*(["'])(?P<url>https?://[^"'{}<>\s]+)\1""", re.IGNORECASE
)
_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)


def _of_templates(folder: Path, workspace: Workspace) -> Iterator[tuple[str, Location]]:
    """Yield the URLs written literally in templates; the others come from the settings."""
    for path in sorted(folder.rglob("*.j2")):
        text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), "\n".join(_lines(path)))
        for match in _HREF.finditer(text):
            at = match.start("url")
            line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
            yield match["url"], Location(workspace.display_path(path), line, column)


def _of_settings(workspace: Workspace, unsubscribe: str) -> Iterator[LinkUse]:
    publication, path = workspace.publication, workspace.settings
    table = ("tool", "newsletter") if path.name == "pyproject.toml" else ()
    lines = _lines(path)
    places = toml_places("\n".join(lines), workspace.display_path(path), table)
    for key, url, text in (
        ("url", publication.url, publication.name),
        ("unsubscribe_url", publication.unsubscribe_url, unsubscribe),
    ):
        if url:
            where = places.value(key)
            index = lines[where.line - 1].find(url) if where.line else -1
            exact = replace(where, column=index + 1) if index >= 0 else where
            yield LinkUse(url, exact, text, "publication")


def _collapsed(words: str) -> str:
    return " ".join(words.split())


def _lines(path: Path) -> Sequence[str]:
    """Return a file's lines as locations count them; empty if unreadable, which loading reports."""
    return (read_text(path, "", Report()) or "").split("\n")


# --- editing -------------------------------------------------------------------------------------------

_AFTER = frozenset(" \t\"'),}]>")  # what may follow a whole address


def _exact(use: LinkUse, lines: Sequence[str]) -> Location | None:
    """Return where a URL is written literally, in YAML after the quotation mark.

    Returns `None` if it is escaped.
    """
    line, column = use.where.line or 0, (use.where.column or 1) - 1
    if not 0 < line <= len(lines):
        return None
    text = lines[line - 1]
    column += text[column : column + 1] in ('"', "'")
    after = text[column + len(use.url) : column + len(use.url) + 1]
    whole = text.startswith(use.url, column) and (not after or after in _AFTER)
    return replace(use.where, column=column + 1) if whole else None


# Characters without special meaning wherever a URL can be written: in Markdown and in every style
# of YAML. Brackets and commas are safe in Markdown only. A final colon would make it a key, and
# `&amp;` is an entity in Markdown.
_ANYWHERE = re.compile(r"https?://[\w.~:/?#@!$&*+;=%-]*[\w/~=+-]", re.ASCII)
_IN_MARKDOWN = re.compile(
    r"https?://(?:[\w.~:/?#@!$&*+;=%,'-]|\((?:[\w.~:/?#@!$&*+;=%,'-])*\))+", re.ASCII
)
_ENTITY = re.compile(r"&#?\w+;")


def replacement_edit(use: LinkUse, new: str) -> Edit | None:
    """Return the edit that replaces a URL, or `None` if the new one would need escaping there."""
    fits = (_IN_MARKDOWN if use.kind == "link" else _ANYWHERE).fullmatch(new)
    if not use.editable or not fits or _ENTITY.search(new) or FIELD.search(new):
        return None
    return Edit(use.where, use.url, new)
