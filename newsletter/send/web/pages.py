"""Subscription pages in the publication's theme: its tokens and style sheet, no JavaScript."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from newsletter.languages import direction
from newsletter.theme.theme import open_theme
from newsletter.workspace import Workspace

HERE = Path(__file__).parent
TEMPLATE = "subscription.html.j2"  # overridden by a file of this name in the publication's theme


class ListChoice(Struct, frozen=True):
    """A list as offered on a page."""

    name: str
    title: str
    description: str
    on: bool = False


class SubscriptionPages:
    """Renders the pages of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        import jinja2
        from markupsafe import Markup

        self.workspace = workspace
        theme = open_theme(workspace, workspace.publication.theme)
        loaders = [theme.environment.loader, jinja2.FileSystemLoader(str(HERE))]
        environment = theme.environment.overlay(
            loader=jinja2.ChoiceLoader([loader for loader in loaders if loader is not None])
        )
        language = workspace.publication.language
        self.words = words_of(language)
        self.template = environment.get_template(TEMPLATE)
        self.values = {
            "publication": workspace.publication,
            "language": language,
            "dir": direction(language),
            "words": self.words,
            "stylesheet": Markup(theme.render("web.css.j2", {"t": theme.tokens, "charts": ()})),
            # values a page may omit
            "text": "",
            "kind": "",
            "button": "",
            "action": "",
            "preferences": "",
            "lists": (),
            "name": "",
        }

    def render(self, **values: Any) -> str:
        """Return a page."""
        return self.template.render(self.values | values)

    def title_of(self, list_name: str) -> str:
        """Return the display name of a list."""
        entry = self.workspace.lists.get(list_name)
        return (entry.title if entry else None) or self.workspace.publication.name

    def choices(self, on: frozenset[str] = frozenset(), *, all_: bool = False) -> list[ListChoice]:
        """Return the lists readers may join, and those they are on."""
        return [
            ListChoice(name, self.title_of(name), entry.description or "", name in on)
            for name, entry in self.workspace.lists.items()
            if entry.open or all_ or name in on
        ]


def words_of(language: str) -> Mapping[str, str]:
    """Return the page texts in a language, falling back to English."""
    known = tomllib.loads((HERE / "words.toml").read_text("utf-8"))
    words: dict[str, str] = known["en"] | known.get(language.partition("-")[0], {})
    return words
