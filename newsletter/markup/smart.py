"""Quotation marks of the language; the Markdown parser distinguishes opening from closing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.languages import quotes

APOSTROPHE = "’"
BEFORE, AFTER = 8, 12  # characters of context that `sign` considers
# Words that begin with an apostrophe, because their first letters are elided.
_ELISIONS: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        "n tis twas twere twill twould em til till cause cos bout round nother nuff gainst ere ow"
        " im er e ave ad appen s".split()
    ),
    "nl": frozenset("s t n k m r ns".split()),
    "af": frozenset(["n"]),
    "de": frozenset("s n ne nen nem ner ran rein raus rauf runter rum m".split()),
    "it": frozenset("sto sta sti ste ndrangheta na o e".split()),
    "fr": frozenset(["y"]),
}
_WORD = re.compile(r"[^\W\d_]+")
_FEET = re.compile(r"\d['′’]\d{1,2}$")  # 5'10 before the sign for inches


def _ends(char: str) -> bool:
    return bool(char) and (char.isalnum() or char in ".,;:!?…؟،")


class Quotes:
    """Quotation marks for one section; tracks open quotations, to recognise apostrophes."""

    def __init__(self, language: str) -> None:
        self.open, self.close, self.inner_open, self.inner_close = quotes(language)
        self.elisions = _ELISIONS.get(language.split("-")[0], frozenset())
        self.outer = 0
        self.inner = 0

    def sign(self, parsed: str, before: str, after: str) -> str:
        """Return the mark for a straight quote parsed as “ ” ‘ or ’, given the text around it."""
        last, first = before[-1:], after[:1]
        if parsed in "“”":
            return self._double(parsed, before, last, first)
        if last.isdigit() and first.isdigit():
            return "'"  # feet and inches, hours and minutes of arc
        if parsed == "‘" or (first.isalnum() and not last.strip()):
            return self._opening(after, first)
        if (
            self.inner
            and not (last.isalnum() and first.isalnum())
            and not self._ends_elision(before)
        ):
            self.inner -= 1
            return self.inner_close
        if last.isdigit() and not first.isalpha():
            return "'"
        return APOSTROPHE

    def _double(self, parsed: str, before: str, last: str, first: str) -> str:
        if _FEET.search(before) or (last.isdigit() and not self.outer and not first.isalnum()):
            return '"'
        # The parser reports a second opening if a word is joined to the quotation, such as "and"
        # in Arabic and Hebrew.
        closes = parsed == "”" or (_ends(last) and not first.isalnum())
        self.outer = max(self.outer - 1, 0) if closes else self.outer + 1
        return self.close if closes else self.open

    def _opening(self, after: str, first: str) -> str:
        """Return the mark for a quote parsed as opening; elisions are parsed as opening too."""
        word = _WORD.match(after)
        if first.isdigit() or (word and self._elided(word[0], after[word.end() :])):
            return APOSTROPHE
        self.inner += 1
        return self.inner_open

    def _elided(self, word: str, rest: str) -> bool:
        quoted = rest.startswith("'") and word.lower() != "n"
        return word.lower() in self.elisions and not quoted

    def _ends_elision(self, before: str) -> bool:
        """Return whether the mark ends the `'n'` of rock 'n' roll, which has two apostrophes."""
        return "n" in self.elisions and bool(re.search(r"(?:^|\s)['’][nN]$", before))
