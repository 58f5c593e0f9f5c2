"""The text nodes of HTML, read with the standard library's parser, the reference for the audit.

Independent of the tree that is read: a different parser, and no semantics of elements other than
where paragraphs end.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    "address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre section select summary "
    "table tbody td textarea tfoot th thead tr ul caption img iframe video audio object button input svg noscript "
    "rp rt text tspan".split()
)
_UNSEEN = frozenset("script style template title".split())
# Footnote or comment marks, which the reader replaces: [1], a, iv, *.
_MARK = re.compile(r"\W*(?:\d{1,4}|[A-Za-z]{1,4})?\W*")
_DROPPED = re.compile(r"<!\[CDATA\[|\]\]>|<\?xml[^>]*\?>", re.IGNORECASE)


def html_text_nodes(text: str) -> list[list[str]]:
    """Return the text nodes of a page, one list per paragraph.

    Each alt text is a list of its own.
    """
    parser = _TextParser(convert_charrefs=True)
    try:
        parser.feed(_DROPPED.sub("", text))
        parser.close()
    except (AssertionError, ValueError, RecursionError):  # unparsable markup
        pass
    parser.end()
    return parser.passages


class _TextParser(HTMLParser):
    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.passages: list[list[str]] = []
        self.nodes: list[str] = []
        self.unseen = ""
        self.inside_link = False  # inside a link to the same page

    def end(self) -> None:
        if any(node.strip() for node in self.nodes):
            self.passages.append(self.nodes)
        self.nodes = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.end()
        if tag in _UNSEEN and not self.unseen:
            self.unseen = tag
        if tag == "a":
            self.inside_link = (dict(attrs).get("href") or "").startswith("#")
        if tag == "img":
            alt = dict(attrs).get("alt")
            self.nodes = [alt] if alt else []
            self.end()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.unseen == tag:
            self.unseen = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self.unseen:
            self.unseen = ""
        if tag == "a":
            self.inside_link = False
        if tag in BLOCKS:
            self.end()

    def handle_data(self, data: str) -> None:
        is_mark = self.inside_link and _MARK.fullmatch(data) is not None
        if not self.unseen and not is_mark:
            self.nodes.append(data)
