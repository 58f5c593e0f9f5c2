"""Quotation marks of the language. The Markdown parser tells opening from closing ones."""

from __future__ import annotations

from newsletter.languages import quotes

APOSTROPHE = "’"


def _ends(char: str) -> bool:
    return bool(char) and (char.isalnum() or char in ".,;:!?…؟،")


class Quotes:
    """The signs for one section; remembers whether an inner quotation is open, for `'` is an apostrophe otherwise."""

    def __init__(self, language: str) -> None:
        self.open, self.close, self.inner_open, self.inner_close = quotes(language)
        self.inner = 0

    def sign(self, parsed: str, before: str, after: str) -> str:
        """Return the sign for a straight quote parsed as “ ” ‘ or ’, given its neighbours."""
        if parsed in "“”":
            # The parser opens a second time where a word is joined to the quotation, as Arabic and Hebrew join "and".
            closes = parsed == "”" or (_ends(before) and not after.isalnum())
            return self.close if closes else self.open
        if parsed == "‘":
            # The parser opens a quotation before an elision as well: '90s, 'tis.
            if after.isdigit():
                return APOSTROPHE
            self.inner += 1
            return self.inner_open
        if self.inner and not (before.isalnum() and after.isalnum()):
            self.inner -= 1
            return self.inner_close
        return APOSTROPHE
