"""The CSS of a finished mail, read once for all rules that ask about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from lxml import html as lxml_html

from newsletter.check.mail import Mail
from newsletter.check.memo import remembered

# At-rules that hold style rules; all others hold declarations or nothing.
GUARDS = ("media", "supports", "layer", "container", "document", "scope", "keyframes", "-webkit-keyframes")


@dataclass(frozen=True, slots=True)
class Style:
    """A `style` element of the head, or a `style` attribute."""

    element: lxml_html.HtmlElement
    css: str
    inline: bool

    @property
    def nodes(self) -> Sequence[Any]:
        """Return the nodes that tinycss2 reads in it."""
        return _declarations(self.css) if self.inline else _sheet(self.css)


class Part(NamedTuple):
    """A rule, a declaration or an error, with the at-rules around it, the outermost first."""

    node: Any
    around: tuple[str, ...]


@remembered
def styles(mail: Mail) -> tuple[Style, ...]:
    """Return every piece of CSS outside conditional comments, in the order of the HTML."""
    found = []
    for element in mail.elements():
        if element.tag == "style":
            found.append(Style(element, element.text or "", inline=False))
        elif css := element.get("style"):
            found.append(Style(element, css, inline=True))
    return tuple(found)


def walk(nodes: Sequence[Any], around: tuple[str, ...] = ()) -> Iterator[Part]:
    """Yield nodes and what is in them, each after the rule that holds it."""
    import tinycss2

    for node in nodes:
        yield Part(node, around)
        if node.type == "qualified-rule":
            yield from walk(tinycss2.parse_blocks_contents(node.content, True, True), around)
        elif node.type == "at-rule" and node.content is not None:
            inner = (*around, node.lower_at_keyword)
            if node.lower_at_keyword in GUARDS:
                yield from walk(tinycss2.parse_rule_list(node.content, True, True), inner)
            else:
                yield from walk(tinycss2.parse_blocks_contents(node.content, True, True), inner)


def tokens(nodes: Sequence[Any]) -> Iterator[Any]:
    """Yield the tokens of a value, those inside functions and brackets too."""
    for node in nodes:
        yield node
        yield from tokens(getattr(node, "arguments", None) or getattr(node, "content", None) or ())


def words(nodes: Sequence[Any]) -> str:
    """Return nodes as CSS again."""
    import tinycss2

    return tinycss2.serialize(nodes).strip()


@lru_cache(maxsize=4096)  # a mail says the same few dozen styles some hundred times
def _declarations(css: str) -> tuple[Any, ...]:
    import tinycss2

    return tuple(tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True))


@lru_cache(maxsize=64)
def _sheet(css: str) -> tuple[Any, ...]:
    import tinycss2

    return tuple(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))
