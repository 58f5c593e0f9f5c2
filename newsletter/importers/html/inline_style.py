"""Inline style of text: emphasis and link target."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from newsletter.importers.html.styles import TextStyle
from newsletter.importers.markdown.spans import TextSpan

MARKS: Mapping[str, str] = {
    **dict.fromkeys(("b", "strong", "dt"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), "em"),
    **dict.fromkeys(("s", "del", "strike"), "del"),
    **dict.fromkeys(("code", "tt", "samp"), "code"),
    **{name: name for name in ("sub", "sup", "mark", "small", "kbd")},
}


class InlineStyle(Struct, frozen=True):
    marks: frozenset[str] = frozenset()
    url: str = ""
    title: str = ""  # link title

    def span(self, words: str) -> TextSpan:
        return TextSpan(words, self.marks, self.url, title=self.title)

    def without(self, mark: str) -> InlineStyle:
        return replace(self, marks=self.marks - {mark})

    def inside(self, name: str, css: TextStyle, *, block: bool) -> InlineStyle:
        """Return the inline style inside an element, from its tag and its CSS."""
        marks = self.marks | {MARKS[name]} if name in MARKS else self.marks
        declared = {
            "strong": css.bold,
            "em": css.italic,
            "del": css.deleted,
            "code": None if block else css.code,
        }
        for mark, value in declared.items():
            if value is not None:
                marks = marks | {mark} if value else marks - {mark}
        if css.raised:
            marks = (marks - {"sub", "sup"}) | ({css.raised} & {"sub", "sup"})
        return self if marks == self.marks else replace(self, marks=marks)


PLAIN = InlineStyle()
