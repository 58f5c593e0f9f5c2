"""A saved page as its reader sees it: each text with its colors, font and box."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lxml import html as lxml_html
from msgspec import Struct

from newsletter.theme.colors import BLACK, WHITE, Color, parse_color

MOST_RULES = 1_500  # of style sheets; a web page may bring thousands that do not touch its text
_SKIPPED = frozenset("script style template noscript head title svg select option".split())
_WIDTH = re.compile(r"(\d{3,4})(?:px)?\s*$")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
Styles = dict[str, str]


class SeenText(Struct, frozen=True):
    """A text with what its reader sees."""

    text: str
    at: float  # from 0, the top of the page, to 1, by length of text
    color: Color
    background: Color
    own_background: bool  # of the surrounding link, as of a button
    font: str
    size: float
    leading: float | None
    tag: str  # the surrounding heading, link or paragraph
    url: str | None
    bold: bool


class SeenImage(Struct, frozen=True):
    """A image with its size as written, where it is."""

    src: str
    alt: str
    width: int | None
    height: int | None
    at: float
    url: str | None


class SeenPage(Struct, frozen=True):
    """What determines the look of a page."""

    texts: tuple[SeenText, ...]
    images: tuple[SeenImage, ...]
    widths: tuple[tuple[int, float], ...]  # width of a box, share of the text that is in it
    boxes: int  # bordered, rounded or tinted boxes that hold a link and some text
    headings: int
    tables: int


class _Above(Struct, frozen=True):
    """What an element inherits."""

    color: Color = BLACK
    background: Color = WHITE
    own_background: bool = False
    font: str = ""
    size: float = 16.0
    leading: float | None = None
    tag: str = ""
    url: str | None = None
    bold: bool = False


def see_page(html: str) -> SeenPage:
    """Return what a reader sees of an HTML text. Nothing is fetched or run."""
    tree = lxml_html.document_fromstring(
        html or "<p></p>", parser=lxml_html.HTMLParser(recover=True)
    )
    styles = _sheet_styles(tree)
    reader = _Reader(styles)
    body = tree.find("body")
    reader.see(tree if body is None else body, _Above(), 0)
    return reader.page()


class _Reader:
    """Walks a page once, collecting texts and images."""

    def __init__(self, styles: Mapping[Any, Styles]) -> None:
        self.styles = styles
        self.texts: list[tuple[str, _Above, int]] = []
        self.images: list[tuple[Any, _Above, int]] = []
        self.widths: list[tuple[int, int]] = []  # width, characters inside
        self.length = 0
        self.boxes = self.headings = self.tables = 0

    def see(self, element: Any, above: _Above, depth: int) -> None:
        if not isinstance(element.tag, str) or element.tag in _SKIPPED or depth > 150:
            return
        styles = {**self.styles.get(element, {}), **_declared(element.get("style") or "")}
        if styles.get("display") == "none":  # `mso-hide` hides from Outlook alone
            return
        inside = _inherited(element, above, styles)
        start = self.length
        self._count(element, inside)
        self._text(element.text, inside)
        for child in element:
            self.see(child, inside, depth + 1)
            self._text(child.tail, inside)
        letters = self.length - start
        if width := _box_width(element, styles):
            self.widths.append((width, letters))
        if _is_box(element, styles) and 40 < letters < 1_500 and element.find(".//a") is not None:
            self.boxes += 1

    def _count(self, element: Any, inside: _Above) -> None:
        self.headings += element.tag in ("h1", "h2", "h3")
        self.tables += element.tag == "table"
        if element.tag == "img" and element.get("src"):
            self.images.append((element, inside, self.length))

    def _text(self, text: str | None, inside: _Above) -> None:
        words = " ".join((text or "").split())
        if words.strip("\u200b\u200c\u034f\u2007\u00ad "):
            self.texts.append((words, inside, self.length))
            self.length += len(words)

    def page(self) -> SeenPage:
        total = max(self.length, 1)
        return SeenPage(
            tuple(_seen_text(words, above, at / total) for words, above, at in self.texts),
            tuple(_seen_image(image, above, at / total) for image, above, at in self.images),
            tuple((width, letters / total) for width, letters in self.widths),
            self.boxes,
            self.headings,
            self.tables,
        )


def _seen_text(words: str, above: _Above, at: float) -> SeenText:
    return SeenText(
        words,
        at,
        above.color,
        above.background,
        above.own_background,
        above.font,
        above.size,
        above.leading,
        above.tag,
        above.url,
        above.bold,
    )


def _seen_image(image: Any, above: _Above, at: float) -> SeenImage:
    styles = _declared(image.get("style") or "")
    return SeenImage(
        image.get("src"),
        " ".join((image.get("alt") or "").split()),
        _pixels(styles.get("width") or image.get("width") or ""),
        _pixels(styles.get("height") or image.get("height") or ""),
        at,
        above.url,
    )


def _pixels(value: str) -> int | None:
    match = re.match(r"\s*(\d{1,4})(?:\.\d+)?\s*(?:px)?\s*$", value)
    return int(match[1]) if match else None


def _inherited(element: Any, above: _Above, styles: Styles) -> _Above:
    url = element.get("href") if element.tag == "a" else above.url
    background, own = above.background, above.own_background
    if own_background := _background(element, styles):
        background = own_background
        own = element.tag == "button" or url is not None or _holds_one_link(element)
    color = parse_color(styles.get("color") or element.get("color") or "")
    default = Color(0, 0, 238 / 255) if element.tag == "a" and url else above.color
    heading = element.tag if re.fullmatch(r"h[1-6]", element.tag) else ""
    bold = styles.get("font-weight", "") in ("bold", "600", "700", "800", "900")
    return _Above(
        color[0] if color and color[1] > 0 else default,
        background,
        own,
        (styles.get("font-family") or element.get("face") or above.font).lower(),
        _size(styles.get("font-size", ""), above.size),
        _leading(styles.get("line-height", ""), above),
        heading or ("a" if url else above.tag),
        url,
        bold or above.bold or element.tag in ("b", "strong"),
    )


def _holds_one_link(element: Any) -> bool:
    """Return whether a cell is the background of a button: short, with one link."""
    if element.tag not in ("td", "table", "div"):
        return False
    words = " ".join("".join(element.itertext()).split())
    return len(words) < 40 and len(element.findall(".//a")) == 1


def _background(element: Any, styles: Styles) -> Color | None:
    for value in (styles.get("background-color"), styles.get("background"), element.get("bgcolor")):
        for part in re.findall(r"#[0-9a-fA-F]{3,8}|\w+\([^)]*\)|[a-z]+", value or ""):
            color = parse_color(part)
            if color and color[1] > 0.5:
                return color[0]
    return None


def _size(value: str, above: float) -> float:
    match = re.match(r"([\d.]+)(px|pt|r?em|%)", value)
    if not match or not match[1].strip("."):
        return above
    number, unit = float(match[1]), match[2]
    scale = {"px": 1.0, "pt": 4 / 3, "rem": 16.0, "em": above, "%": above / 100}
    return number * scale[unit]


def _leading(value: str, above: _Above) -> float | None:
    match = re.fullmatch(r"([\d.]+)(px|em|%)?", value.strip())
    if not match or not match[1].strip("."):
        return above.leading
    number = float(match[1])
    if match[2] == "px":
        return number / above.size if above.size else None
    return number / 100 if match[2] == "%" else number


def _box_width(element: Any, styles: Styles) -> int | None:
    for value in (styles.get("max-width"), styles.get("width"), element.get("width")):
        match = _WIDTH.fullmatch((value or "").strip())
        if match and 400 <= int(match[1]) <= 800:
            return int(match[1])
    return None


def _is_box(element: Any, styles: Styles) -> bool:
    if element.tag not in ("td", "div", "table", "article", "li"):
        return False
    border = styles.get("border", "")
    bordered = bool(re.search(r"\d+px\s+(solid|dashed)", border))
    return bordered or "border-radius" in styles or "box-shadow" in styles


@lru_cache(maxsize=2048)
def _parsed(declarations: str) -> tuple[tuple[str, str], ...]:
    declared = {}
    for declaration in _CSS_COMMENT.sub("", declarations).split(";"):
        name, _, value = declaration.partition(":")
        declared[name.strip().lower()] = value.replace("!important", "").strip()
    return tuple(declared.items())


def _declared(declarations: str) -> Styles:
    return dict(_parsed(declarations)) if declarations else {}


def _sheet_styles(tree: Any) -> dict[Any, Styles]:
    """Return element -> styles of the page's own style sheets, outside any media query."""
    import tinycss2
    from cssselect import HTMLTranslator, SelectorError

    by_element: dict[Any, Styles] = {}
    text = "\n".join(style.text or "" for style in tree.iter("style"))
    if text.count("{") > text.count("}") + 20:  # tinycss2 recurses into braces that never close
        return {}
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    count = 0
    for rule in rules:
        if rule.type != "qualified-rule" or count > MOST_RULES:
            continue
        styles = _declared(tinycss2.serialize(rule.content))
        for selector in tinycss2.serialize(rule.prelude).split(","):
            selector = _CSS_COMMENT.sub("", selector).replace(":link", "")
            if ":" in selector or "[" in selector:
                continue
            count += 1
            try:
                path = HTMLTranslator().css_to_xpath(selector.strip())
            except SelectorError:
                continue
            for element in tree.xpath(path):
                by_element.setdefault(element, {}).update(styles)
    return by_element
