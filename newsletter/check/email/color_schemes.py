"""The color, background and size that readers see: in light mode and each kind of dark mode."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from lxml import html as lxml_html
from msgspec import Struct
from msgspec.structs import astuple

from newsletter.check.email import css
from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.object_cache import cached_for_object
from newsletter.theme.colors import BLACK, WHITE, Color, gmail, outlook, over, parse_color

Styles = Mapping[str, str]  # property -> value
Change = Callable[[Color], Color]


def _same(color: Color) -> Color:
    return color


class ColorScheme(Struct, frozen=True):
    """One way in which clients display an email: light mode, or one kind of dark mode."""

    name: str
    dark: bool = False  # whether the style sheet's dark-mode rules apply
    change: Change = _same  # the client's color transformation
    marks: str = (
        ""  # attributes the client marks changed elements with; the theme's rules for them win
    )


COLOR_SCHEMES = (
    ColorScheme("the light"),
    ColorScheme("the theme's own dark", dark=True),
    ColorScheme("Outlook.com's dark", change=outlook, marks=r"\[data-ogs[bc]\]\s*"),
    ColorScheme("the dark of Gmail's apps", change=gmail),
)


class TextColors(Struct, frozen=True):
    """A text of the email as displayed; the background is `None` if it is an image."""

    element: lxml_html.HtmlElement
    text: str
    color: Color
    background: Color | None
    written: tuple[Color, Color | None]  # color and background before the client changed them
    size: float  # CSS pixels
    bold: bool


class _State(Struct, frozen=True):
    color: Color
    background: Color | None
    written: tuple[Color, Color | None]
    size: float
    bold: bool


@cached_for_object
def text_colors(checked: CheckedEmail) -> Mapping[str, tuple[TextColors, ...]]:
    """Return all texts of an email, by the name of the color scheme."""
    return {look.name: tuple(_in_scheme(checked, look)) for look in COLOR_SCHEMES}


def _in_scheme(checked: CheckedEmail, look: ColorScheme) -> Iterator[TextColors]:
    if look.dark and not any(
        _DARK.search(style.css) for style in css.styles(checked) if not style.inline
    ):
        return
    color, background = (WHITE, Color(0.12, 0.12, 0.12)) if look.dark else (BLACK, WHITE)
    start = _State(look.change(color), look.change(background), (color, background), 16, False)
    texts: list[TextColors] = []
    _collect(next(checked.elements("body")), start, look, _overriding(checked, look), texts=texts)
    yield from texts


def _collect(
    element: lxml_html.HtmlElement,
    above: _State,
    look: ColorScheme,
    overriding: Mapping[lxml_html.HtmlElement, Styles],
    *,
    texts: list[TextColors],
) -> None:
    """Append the texts of an element and its descendants to `texts`.

    A list is passed down because nested generators, thirty levels deep, would yield each text
    thirty times.
    """
    inline = _declared(element.get("style") or "")
    if inline.get("display") == "none":
        return
    state = _state(element, above, inline, overriding.get(element, {}), look=look)
    if element.text and not element.text.isspace():
        texts.append(TextColors(element, element.text, *astuple(state)))
    for child in element:
        if isinstance(child.tag, str):
            _collect(child, state, look, overriding, texts=texts)
        if child.tail and not child.tail.isspace():
            texts.append(TextColors(element, child.tail, *astuple(state)))


class ElementColors(Struct, frozen=True):
    """An element and the colors a client displays it in; `None` where it sets none itself."""

    element: lxml_html.HtmlElement
    color: Color | None
    background: Color | None


def painted(checked: CheckedEmail, look: ColorScheme) -> Iterator[ElementColors]:
    """Yield each element of the email's body in reading order, with its displayed colors."""
    start = _State(look.change(BLACK), look.change(WHITE), (BLACK, WHITE), 16, False)
    yield from _painted(next(checked.elements("body")), start, look, _overriding(checked, look))


def _painted(
    element: lxml_html.HtmlElement,
    above: _State,
    look: ColorScheme,
    overriding: Mapping[lxml_html.HtmlElement, Styles],
) -> Iterator[ElementColors]:
    inline, winning = _declared(element.get("style") or ""), overriding.get(element, {})
    state = _state(element, above, inline, winning, look=look)
    declared = {**_attributes(element), **inline, **winning}
    colored = "color" in declared or (element.tag == "a" and element.get("href"))
    filled = parse_color(declared.get("background", "")) is not None or element.tag == "body"
    yield ElementColors(
        element,
        state.color if colored or element.tag == "body" else None,
        state.background if filled else None,
    )
    for child in element:
        if isinstance(child.tag, str):
            yield from _painted(child, state, look, overriding)


_BOLD = frozenset("b strong th h1 h2 h3 h4 h5 h6".split())
_TELLING = _BOLD | {"a", "font"}  # tags that change color or weight by themselves
_PROPERTIES = frozenset("background color display font-size font-weight".split())


def _state(
    element: lxml_html.HtmlElement,
    above: _State,
    inline: Styles,
    winning: Styles,
    *,
    look: ColorScheme,
) -> _State:
    """Return the text style of an element, from its own and its ancestors' styles."""
    if not (inline or winning or element.tag in _TELLING or element.get("bgcolor")):
        return above
    written_color, written_background = above.written
    color, background, size, bold = (
        above.color,
        above.background,
        above.size,
        above.bold or element.tag in _BOLD,
    )
    link = "#9e9eff" if look.dark else "#0000ee"
    own = {
        **({"color": link} if element.tag == "a" and element.get("href") else {}),
        **_attributes(element),
        **inline,
    }
    for styles, change in ((own, look.change), (winning, _same)):
        if "background" in styles:
            written_background = _background(styles["background"], written_background)
            background = _background(styles["background"], background, change)
        if (parsed := parse_color(styles.get("color", ""))) is not None:
            written_color = over(*parsed, written_background or WHITE)
            color = over(change(parsed[0]), parsed[1], background or WHITE)
        size = _size(styles.get("font-size", ""), size if styles is winning else above.size, size)
        bold = _bold(styles.get("font-weight", ""), bold)
    return _State(color, background, (written_color, written_background), size, bold)


def _attributes(element: lxml_html.HtmlElement) -> Styles:
    visible = {
        "background": element.get("bgcolor"),
        "color": element.get("color") if element.tag == "font" else None,
    }
    return {name: value for name, value in visible.items() if value}


def _background(value: str, below: Color | None, change: Change = _same) -> Color | None:
    if "url(" in value or "gradient(" in value:
        return None
    for word in re.findall(r"[\w#-]+(?:\([^)]*\))?", value):
        if parsed := parse_color(word):
            return over(change(parsed[0]), parsed[1], below or WHITE)
    return below


def _size(value: str, parent_size: float, otherwise: float) -> float:
    if match := re.fullmatch(r"([\d.]+)(px|em|%|pt)", value):
        return (
            float(match[1])
            * {"px": 1, "pt": 4 / 3, "em": parent_size, "%": parent_size / 100}[match[2]]
        )
    return otherwise


def _bold(value: str, otherwise: bool) -> bool:
    if value.isdigit():
        return int(value) >= 700
    return value == "bold" if value in ("bold", "normal") else otherwise


# --- style sheets ---------------------------------------------------------------------------------

_DECLARATION = re.compile(r"""([\w-]+)\s*:\s*((?:"[^"]*"|'[^']*'|\([^)]*\)|[^;"'(])*)""")
_FONT = re.compile(r"(?:(bold|[6-9]00)\b.*?)?([\d.]+(?:px|em|%|pt))", re.IGNORECASE)


@lru_cache(maxsize=2048)
def _declared(style: str) -> Styles:
    """Return the relevant properties of a `style` attribute, with shorthands expanded."""
    styles: dict[str, str] = {}
    for name, value in _DECLARATION.findall(style):
        _declare(styles, name.lower(), value.replace("!important", "").strip().lower())
    return {name: value for name, value in styles.items() if name in _PROPERTIES}


def _declare(styles: dict[str, str], name: str, value: str) -> None:
    if name == "font" and (match := _FONT.search(value)):
        styles["font-weight"] = match[1] or "normal"
        styles["font-size"] = match[2]
    else:
        styles["background" if name == "background-color" else name] = value


def _overriding(checked: CheckedEmail, look: ColorScheme) -> Mapping[lxml_html.HtmlElement, Styles]:
    """Return, by element, the style sheet declarations that override its `style` attribute."""
    ranked: list[tuple[tuple[int, int, int], int, list[lxml_html.HtmlElement], Styles]] = []
    for node in _rules(checked, look):
        important: dict[str, str] = {}
        for declaration in css.walk_css([node]):
            if declaration.node.type == "declaration" and declaration.node.important:
                _declare(
                    important,
                    declaration.node.lower_name,
                    css.css_text(declaration.node.value).lower(),
                )
        if important:
            for specificity, elements in _selected(checked, css.css_text(node.prelude), look):
                ranked.append((specificity, len(ranked), elements, important))
    painted: dict[lxml_html.HtmlElement, dict[str, str]] = {}
    for _, _, elements, styles in sorted(ranked, key=lambda rank: rank[:2]):
        for element in elements:
            painted.setdefault(element, {}).update(styles)
    return painted


_DARK = re.compile(r"prefers-color-scheme\s*:\s*dark")


def _rules(checked: CheckedEmail, look: ColorScheme) -> Iterator[Any]:
    import tinycss2

    for style in css.styles(checked):
        for node in () if style.inline else style.nodes:
            if node.type == "qualified-rule" and (
                not look.marks or re.search(look.marks, css.css_text(node.prelude))
            ):
                yield node
            elif look.dark and node.type == "at-rule" and _DARK.search(css.css_text(node.prelude)):
                yield from tinycss2.parse_rule_list(
                    node.content, skip_comments=True, skip_whitespace=True
                )


def _selected(
    checked: CheckedEmail, selectors: str, look: ColorScheme
) -> Iterator[tuple[tuple[int, int, int], list[lxml_html.HtmlElement]]]:
    for selector in selectors.split(","):
        unmarked = re.sub(look.marks, "", selector) if look.marks else selector
        if compiled := _compiled(unmarked):
            yield compiled[0], _finder(checked)(unmarked)


@cached_for_object
def _finder(checked: CheckedEmail) -> Callable[[str], list[lxml_html.HtmlElement]]:
    """Return a cached function from selector to elements: color schemes share most selectors."""

    def find(selector: str) -> list[lxml_html.HtmlElement]:
        compiled = _compiled(selector)
        return list(compiled[1](checked.tree)) if compiled else []

    return cache(find)


@lru_cache(maxsize=512)
def _compiled(selector: str) -> tuple[tuple[int, int, int], Callable[[Any], Any]] | None:
    from cssselect import HTMLTranslator, SelectorError
    from cssselect import parse as parse_selector
    from lxml.etree import XPath

    try:
        parsed = parse_selector(selector)[0]
        return parsed.specificity(), XPath(HTMLTranslator().selector_to_xpath(parsed))
    except SelectorError:  # pseudo-elements and the like do not color text
        return None
