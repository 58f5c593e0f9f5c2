"""A finished email as rules see it: its bytes, its tree, and a mapping to the author's lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from lxml import html as lxml_html
from msgspec import Struct
from msgspec.structs import replace

from newsletter.markup.inline import Code, InlineImage, Link, Text
from newsletter.markup.table import Cell
from newsletter.model import Email, Issue, Location, Publication, walk
from newsletter.theme.template_loader import overriding
from newsletter.theme.theme import Theme
from newsletter.theme.theme_files import theme_file_names

KEY = 32  # leading characters of a text that identify it
_SPACE = re.compile(r"\s+")


class CheckedEmail(Struct, frozen=True, dict=True):
    """The input of email rules. The tree and the locations are computed once, on first use."""

    issue: Issue
    email: Email
    publication: Publication
    theme: Theme
    checks: EmailCheckSettings

    @cached_property
    def tree(self) -> lxml_html.HtmlElement:
        """Return the email's HTML as a tree, in which conditional comments are comment nodes."""
        return lxml_html.document_fromstring(self.email.html)

    @cached_property
    def places(self) -> Mapping[str, Location]:
        """Return source locations, keyed by the start of a text, by address and by image."""
        locations: dict[str, Location] = {}
        for key in ("title", "subject", "preheader"):
            if where := self.issue.places.get(key):
                locations.setdefault(_key(getattr(self.issue, key)), where)
        for section in self.issue.sections:
            if section.title:
                locations.setdefault(
                    _key(section.title), section.places.get("title", section.where)
                )
            for node in walk(section.blocks):
                if isinstance(node, Text | Code):
                    locations.setdefault(_key(node.words), node.where)
                elif isinstance(node, Link):
                    locations.setdefault(node.url, node.where)
                elif isinstance(node, InlineImage):
                    locations.setdefault(node.alt, node.where)
                elif not isinstance(node, Cell):
                    for attribute in ("url", "link"):
                        if isinstance(url := getattr(node, attribute, None), str):
                            locations.setdefault(url, node.where)
        locations.pop("", None)
        return locations

    def place(self, element: lxml_html.HtmlElement) -> Location:
        """Return the source location of an element, or else the theme's main template.

        Only templates of the publication's own theme count; without one the location is the issue
        as a whole.
        """
        for attribute in ("href", "alt"):
            if where := self.places.get(element.get(attribute) or ""):
                return where
        for text in element.itertext():
            if where := self.places.get(_key(text)):
                return where
        for link in element.iter("a", "img"):
            if where := self.places.get(link.get("href") or link.get("alt") or ""):
                return where
        return self.written(r"<mjml\b")

    def written(self, pattern: str) -> Location:
        """Return where the publication's own theme contains a match of a pattern.

        Without a match: the file that overrides the packaged file with a match, or else the issue.
        """
        for folder, name, text in self._templates(self.theme.own):
            if match := re.search(pattern, text):
                line = text.count("\n", 0, match.start())
                column = match.start() - text.rfind("\n", 0, match.start())
                return replace(self.theme.place(str(folder / name), line + 1), column=column)
        for _, name, text in self._templates(self.theme.folders):
            instead = overriding(name, self.theme.own)
            if instead and re.search(pattern, text):
                return replace(self.theme.place(str(instead), 1), column=1)
        return self.issue.where

    def _templates(self, folders: Iterable[Path]) -> Iterator[tuple[Path, str, str]]:
        """Yield folder, name and text of the email's templates, excluding those of the web page."""
        for folder in folders:
            for name in theme_file_names(folder):
                if name.endswith(".j2") and not name.startswith("web."):
                    yield folder, name, (folder / name).read_text("utf-8")

    def authored(self, text: str) -> Location | None:
        """Return where the author wrote a text of the email; `None` for text from the theme."""
        return self.places.get(_key(text))

    def elements(self, *tags: str) -> Iterator[lxml_html.HtmlElement]:
        """Yield the elements with the given tags, or all elements, in reading order."""
        return (element for element in self.tree.iter(*tags) if isinstance(element.tag, str))


class EmailCheckSettings(Struct, frozen=True):
    """The settings used by email rules: `[check]` with every default filled in."""

    clients: tuple[
        tuple[str, float], ...
    ] = ()  # name and weight, see `clients.py`; empty: the default clients
    reserve: int = 0  # bytes a provider adds to every link it rewrites
    delivers: bool = False  # True if a target or a subscriber list can send the email


def accessible_text(element: lxml_html.HtmlElement) -> str:
    """Return the text of an element, with whitespace collapsed and a space between text nodes."""
    return " ".join(" ".join(map(str, element.xpath(".//text()"))).split())


def _key(text: str) -> str:
    return _SPACE.sub(" ", text).strip()[:KEY]
