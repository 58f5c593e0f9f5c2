"""Phrases of pages that block requests or do not exist, read from the tables next to this file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class Wording(Struct, frozen=True, forbid_unknown_fields=True):
    """How one language reports a missing page.

    Commas separate alternatives; `(a|b|)` within one stands for "a", "b" or nothing.
    """

    nouns: str = ""
    fates: str = ""  # what happened to it
    doubtful: str = ""  # more of them, less certain
    fillers: str = ""  # words and clauses that change nothing


class MissingPages(Struct, frozen=True, forbid_unknown_fields=True):
    """`missing_pages.toml`."""

    without_noun: str
    removed: tuple[str, ...]
    parked: tuple[str, ...]
    unfinished: tuple[str, ...]
    apologies: str
    ways_back: str
    works: str
    about_works: str
    catalogue: Mapping[str, tuple[str, ...]]
    languages: Mapping[str, Wording]


class WallRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What walls ask of a visitor: `what`, and a verb within `near` letters of it.

    `what` contains one of `stems`, so that texts without any are not searched.
    """

    near: int
    stems: tuple[str, ...]
    what: tuple[str, ...]
    verbs: tuple[str, ...]


class BotWalls(Struct, frozen=True, forbid_unknown_fields=True):
    """`bot_walls.toml`."""

    headers: tuple[str, ...]
    titles: tuple[str, ...]
    ordinary_titles: tuple[str, ...]
    signs: tuple[str, ...]
    stems: tuple[str, ...]
    sentences: tuple[str, ...]
    error_sentences: tuple[str, ...]
    briefs: tuple[str, ...]
    scripts: tuple[str, ...]
    widgets: tuple[str, ...]
    asks: tuple[WallRequest, ...]


@cache
def missing_pages() -> MissingPages:
    """Return the table of pages that do not exist."""
    return msgspec.toml.decode(_bytes("missing_pages.toml"), type=MissingPages)


@cache
def bot_walls() -> BotWalls:
    """Return the table of pages that block automated requests."""
    return msgspec.toml.decode(_bytes("bot_walls.toml"), type=BotWalls)


def _bytes(name: str) -> bytes:
    return (files("newsletter.links") / name).read_bytes()
