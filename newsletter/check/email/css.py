"""The CSS of a finished email, parsed once for all rules that use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from lxml import html as lxml_html
from msgspec import Struct

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.object_cache import cached_for_object

# At-rules that contain style rules; all others contain declarations or nothing.
GUARDS = (
    "media",
    "supports",
    "layer",
    "container",
    "document",
    "scope",
    "keyframes",
    "-webkit-keyframes",
)


class CssPart(Struct, frozen=True):
    """A rule, a declaration or an error, with its enclosing at-rules, outermost first."""

    node: Any
    around: tuple[str, ...]


class StyleSource(Struct, frozen=True):
    """A `style` element of the head, or a `style` attribute."""

    element: lxml_html.HtmlElement
    css: str
    inline: bool

    @property
    def nodes(self) -> Sequence[Any]:
        """Return the top-level rules or declarations, as parsed by tinycss2."""
        return _nodes(self.css, self.inline)

    @property
    def parts(self) -> tuple[CssPart, ...]:
        """Return all parts, each rule before its contents."""
        return parts_of(self.css, self.inline)


@cached_for_object
def styles(checked: CheckedEmail) -> tuple[StyleSource, ...]:
    """Return all style sheets and `style` attributes of an email."""
    return tuple(styles_of(checked.tree))


def styles_of(tree: lxml_html.HtmlElement) -> Iterator[StyleSource]:
    """Yield all CSS outside conditional comments, in document order."""
    for element in tree.iter():
        if element.tag == "style":
            yield StyleSource(element, element.text or "", inline=False)
        elif isinstance(element.tag, str) and (css := element.get("style")):
            yield StyleSource(element, css, inline=True)


def walk_css(nodes: Sequence[Any], around: tuple[str, ...] = ()) -> Iterator[CssPart]:
    """Yield nodes and their descendants, each after the rule that contains it."""
    import tinycss2

    for node in nodes:
        yield CssPart(node, around)
        if node.type == "qualified-rule":
            yield from walk_css(tinycss2.parse_blocks_contents(node.content, True, True), around)
        elif node.type == "at-rule" and node.content is not None:
            inner = (*around, node.lower_at_keyword)
            if node.lower_at_keyword in GUARDS:
                yield from walk_css(tinycss2.parse_rule_list(node.content, True, True), inner)
            else:
                yield from walk_css(tinycss2.parse_blocks_contents(node.content, True, True), inner)


def tokens(nodes: Sequence[Any]) -> Iterator[Any]:
    """Yield the tokens of a value, including those inside functions and brackets."""
    for node in nodes:
        yield node
        yield from tokens(getattr(node, "arguments", None) or getattr(node, "content", None) or ())


def css_text(nodes: Sequence[Any]) -> str:
    """Serialize nodes as CSS."""
    import tinycss2

    return tinycss2.serialize(nodes).strip()


@lru_cache(maxsize=2048)  # an email repeats a few dozen styles about a hundred times
def parts_of(css: str, inline: bool) -> tuple[CssPart, ...]:
    """Return all parts of a `style` attribute (`inline`) or a `style` element."""
    return tuple(walk_css(_nodes(css, inline)))


@lru_cache(maxsize=2048)
def _nodes(css: str, inline: bool) -> tuple[Any, ...]:
    import tinycss2

    read = tinycss2.parse_blocks_contents if inline else tinycss2.parse_stylesheet
    return tuple(read(css, skip_comments=True, skip_whitespace=True))


def nested_at_rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield name and prelude of each nested at-rule, with the innermost at-rule around it."""
    if css.count("@") < 2:
        return
    for part in parts_of(css, False):
        if part.node.type == "at-rule" and part.around:
            yield f"@{part.node.at_keyword} {css_text(part.node.prelude)}".strip(), part.around[-1]


def invalid_css(css: str, *, inline: bool = False) -> Iterator[str]:
    """Yield the declarations and rules that cannot be parsed, truncated to a readable length."""
    for error in _errors(css, inline):
        yield _around(css, error)


@lru_cache(maxsize=2048)
def _errors(css: str, inline: bool) -> tuple[Any, ...]:
    errors = []
    for node in (part.node for part in parts_of(css, inline)):
        within = node.value if node.type == "declaration" else getattr(node, "prelude", ())
        errors += [token for token in (node, *tokens(within)) if token.type == "error"]
    return tuple(errors)


def _around(css: str, error: Any) -> str:
    """Return the source of the declaration or rule that contains an error."""
    lines = css.split("\n")
    offset = sum(len(line) + 1 for line in lines[: error.source_line - 1]) + error.source_column - 1
    start = max(css.rfind(sign, 0, offset) for sign in "{};") + 1
    ends = [end for sign in "};" if (end := css.find(sign, offset)) >= 0]
    return css[start : min(ends, default=len(css))].strip()[:60]
