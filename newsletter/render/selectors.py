"""CSS selectors for premailer: those made of tags and classes are matched without XPath.

premailer evaluates each selector of a style sheet over the whole document, which takes half the
time of inlining, and compiling them is a tenth of a cold build. Nearly all of them name a tag or a
class that the email has few of, or none.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

_COMPOUND = r"(?:[a-zA-Z][a-zA-Z0-9]*)?(?:\.[a-zA-Z_][\w-]*)*(?::first-child)?"
_SIMPLE = re.compile(rf"(?=[a-zA-Z.]){_COMPOUND}(?:\s+(?=[a-zA-Z.]){_COMPOUND})*", re.ASCII)


class Compound(Struct, frozen=True):
    """A tag, classes, or both, as in `td.total:first-child`; the tag is empty if any matches."""

    tag: str
    classes: tuple[str, ...]
    first: bool

    @property
    def is_tag(self) -> bool:
        return not self.classes and not self.first

    def matches(self, element: Any) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        if self.classes and not set(self.classes) <= set(element.get("class", "").split()):
            return False
        return not self.first or all(
            not isinstance(sibling.tag, str) for sibling in element.itersiblings(preceding=True)
        )


class Selector:
    """A selector, called with a document as `lxml.cssselect.CSSSelector` is.

    Raises lxml's errors for a selector that is not valid CSS.
    """

    def __init__(self, css: str) -> None:
        self.compounds = _compounds(css)
        self.other = None if self.compounds else _compiled(css)

    def __call__(self, document: Any) -> Sequence[Any]:
        """Return the elements that match; their order is not defined."""
        if self.other is not None:
            return self.other(document)  # type: ignore[no-any-return]
        index = index_of(document)
        if not all(map(index.candidates, self.compounds)):
            return ()
        first, *descendants = self.compounds
        found = _matching(first, index.candidates(first))
        for compound in descendants:
            found = _below(found, compound)
        return found


class ElementIndex:
    """The elements of one document by tag and by class."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.tags: dict[str, list[Any]] = defaultdict(list)
        self.classes: dict[str, list[Any]] = defaultdict(list)
        for element in root.iter("*"):
            self.tags[element.tag].append(element)
            if names := element.get("class"):
                for name in set(names.split()):
                    self.classes[name].append(element)

    def candidates(self, compound: Compound) -> Sequence[Any]:
        if compound.classes:
            return self.classes.get(compound.classes[0], ())
        return self.tags.get(compound.tag, ())


class _Current(threading.local):
    """The document that a thread is inlining: elements are indexed once for all selectors."""

    index: ElementIndex | None = None


_current = _Current()


def index_of(document: Any) -> ElementIndex:
    """Return the index of a document, made when its first selector is matched."""
    root = document.getroot() if hasattr(document, "getroot") else document
    index = _current.index
    if index is None or index.root is not root:
        index = _current.index = ElementIndex(root)
    return index


def forget_document() -> None:
    """Drop the index, which would keep the last document in memory and miss changes to it."""
    _current.index = None


def _matching(compound: Compound, elements: Iterable[Any]) -> list[Any]:
    if compound.is_tag:
        return list(elements)
    return [element for element in elements if compound.matches(element)]


def _below(ancestors: Iterable[Any], compound: Compound) -> list[Any]:
    """Return the elements below others that match, each once."""
    found: dict[Any, None] = {}
    for ancestor in ancestors:
        below = ancestor.iterdescendants(compound.tag or "*")
        found.update(dict.fromkeys(_matching(compound, below)))
    return list(found)


def _compounds(css: str) -> tuple[Compound, ...]:
    """Return the parts of a selector, or none if it needs more than tags and classes."""
    if not _SIMPLE.fullmatch(css):
        return ()
    return tuple(_compound(part) for part in css.split())


def _compound(css: str) -> Compound:
    names, _, pseudo = css.partition(":")
    tag, *classes = names.split(".")
    return Compound(tag, tuple(classes), bool(pseudo))


def _compiled(css: str) -> Any:
    from lxml.cssselect import CSSSelector

    return CSSSelector(css)
