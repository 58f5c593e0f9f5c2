"""The HTML and CSS features that an email uses, in the vocabulary of the client support table.

`property gap`, `declaration display flex`, `function clamp`, `unit vh`, `keyword initial`,
`at keyframes`, `important`, `nesting`, `pseudo first-child`, `selector child`; `element video`,
`element input checkbox`, `attribute hidden`, `image webp`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from lxml import html as lxml_html

from newsletter.check.email.css import CssPart, css_text, parts_of, styles_of, tokens

FeatureUse = tuple[str, str]  # usage, and the CSS or HTML that identifies it in a template

_FORMAT = re.compile(r"\.([a-z0-9]{3,4})(?:[?#]|$)", re.IGNORECASE)
_COMBINATORS = {">": "child", "+": "adjacent-sibling", "~": "general-sibling"}
_TYPED = ("button", "input")


def used(tree: lxml_html.HtmlElement) -> Mapping[str, tuple[str, lxml_html.HtmlElement]]:
    """Return each feature usage with its source text and its first element.

    Contents of conditional rules (`@media`, `@supports`) are intended for clients that support them
    and are skipped.
    """
    uses: dict[str, tuple[str, lxml_html.HtmlElement]] = {}
    for element in tree.iter():
        if isinstance(element.tag, str):
            for feature, by in _html(element):
                uses.setdefault(feature, (by, element))
    for style in styles_of(tree):
        for feature, by in _css(style.css, style.inline):
            uses.setdefault(feature, (by, style.element))
    return uses


def _html(element: lxml_html.HtmlElement) -> Iterator[FeatureUse]:
    tag = str(element.tag)
    yield f"element {tag}", f"<{tag}"
    if tag in _TYPED and (kind := element.get("type")):
        yield f"element {tag} {kind.lower()}", f'type="{kind}"'
    for name in map(str, element.attrib):
        yield f"attribute {name}", f"{name}="
    if tag == "img" and (match := _FORMAT.search(element.get("src") or "")):
        yield f"image {match[1].lower()}", match[0]


@lru_cache(maxsize=4096)
def _css(css: str, inline: bool) -> tuple[FeatureUse, ...]:
    return tuple(dict.fromkeys(_uses(parts_of(css, inline))))


def _uses(parts: Sequence[CssPart]) -> Iterator[FeatureUse]:
    inside = 0
    for part in parts:
        node = part.node
        if {"media", "supports"} & set(part.around):
            continue
        if node.type == "declaration":
            yield from _declaration(node)
        elif node.type == "at-rule":
            yield f"at {node.lower_at_keyword}", f"@{node.at_keyword}"
        elif node.type == "qualified-rule" and not part.around:
            yield from _selector(node.prelude)
            inside += any(token.type == "{} block" for token in node.content)
    if inside:
        yield "nesting", "&"


def _declaration(node: Any) -> Iterator[FeatureUse]:
    name, value = node.lower_name, css_text(node.value)
    yield f"property {'--*' if name.startswith('--') else name}", f"{node.name}:"
    yield f"declaration {name} {value.lower()}", f"{node.name}:{value}"
    if node.important:
        yield "important", "!important"
    for token in tokens(node.value):
        if token.type == "function":
            yield f"function {token.lower_name}", f"{token.name}("
        elif token.type == "dimension":
            yield f"unit {token.lower_unit}", f"{token.representation}{token.unit}"
        elif token.type == "percentage":
            yield "unit %", f"{token.representation}%"
        elif token.type == "ident":
            yield f"keyword {token.lower_value}", token.value


def _selector(prelude: Any) -> Iterator[FeatureUse]:
    by = css_text(prelude)
    colon = False
    for token in tokens(prelude):
        if token.type == "literal" and token.value in _COMBINATORS:
            yield f"selector {_COMBINATORS[token.value]}", by
        elif token.type == "hash":
            yield "selector id", by
        elif token.type == "[] block":
            yield "selector attribute", by
        elif colon and token.type in ("ident", "function"):
            name = token.lower_value if token.type == "ident" else token.lower_name
            yield f"pseudo {name}", f":{name}"
        colon = token.type == "literal" and token.value == ":"
