"""Straight quotes of a paragraph -> quotation marks of the language, apostrophes or primes.

All quotes of a paragraph are decided together: an opening single quote without a partner is an
apostrophe, and a double quote after a figure without one is a sign for inches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from newsletter.languages import quotes
from newsletter.markup.elisions import Elisions, elisions

APOSTROPHE = "’"
GERSHAYIM = "״"  # before the last letter of a Hebrew acronym
SIZE = 12  # characters around a quote in which a measure or an elided word is looked for
_CLOSING = frozenset(")]}.!?%»”’،؟")  # after these a letter continues a word: Yahoo!'s
_ENDING = frozenset(".,;:!?…؟،")
_SHORT = re.compile(r"[^\W\d_]+|\d+(?: [^\W\d_]+)?")
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+(?:s|ers?)?\b")
_FEET = re.compile(r"\d['′’][ -]?\d{1,2}\s?[½¼¾⅛⅜⅝⅞]?$")  # 5'10 before the sign for inches
_BY = re.compile(r"\s?[x×]\s?\d|-\w")  # 7"x5", 12"-wide
_INCHES = re.compile(r"[ -]?\d{1,2}\s?[½¼¾⅛⅜⅝⅞]?[\"″”]|\s?[x×]\s?\d|-\w")  # 6' 2", 6'x4'
_ACRONYM = re.compile(r"[א-ת]\"[א-ת](?![א-ת\"])")
_TWO_SIDED = re.compile(r"'(?:[nN](?='(?:\W|$))|R(?=' Us\b))'")  # rock 'n' roll, Toys 'R' Us
_NAMES_OF_LETTERS = re.compile(r"(?:\b(?:an?|the|letters?|called|silent|and|or|with) |[(\"“])$")


class StraightQuote(Struct, frozen=True):
    """A straight quote that the parser would replace."""

    at: int  # index in the paragraph's text
    parsed: str  # the parser's “ ” ‘ or ’


class QuotedText(Struct, frozen=True):
    """The text of a paragraph as it is read, without markup."""

    text: str  # straight quotes as typed
    quotes: Sequence[StraightQuote] = ()


def marks(paragraphs: Sequence[QuotedText], language: str) -> Iterator[Sequence[str]]:
    """Yield the marks for the quotes of each paragraph, in order."""
    for paragraph, following in pairwise([*paragraphs, QuotedText("")]):
        yield _Marks(paragraph, language).decided(_starts_quotation(following))


def _starts_quotation(paragraph: QuotedText) -> bool:
    """Return whether a paragraph begins with a single quote: each one of a long quotation does."""
    return bool(paragraph.quotes) and paragraph.text.startswith("'") and not paragraph.quotes[0].at


def _is_figure(char: str) -> bool:
    return char.isnumeric() and not char.isalpha()


class _Closers:
    """How many sure closing quotes follow each place, up to the next opening one."""

    def __init__(self, roles: Sequence[str]) -> None:
        self.ahead = [0] * (len(roles) + 1)
        for index in range(len(roles) - 1, -1, -1):
            if roles[index] == "close":
                self.ahead[index] = self.ahead[index + 1] + 1
            elif roles[index] != "open":
                self.ahead[index] = self.ahead[index + 1]

    def after(self, index: int) -> int:
        return self.ahead[index + 1]


class _Marks:
    """The marks of one paragraph, by the index of the quote in its text."""

    def __init__(self, paragraph: QuotedText, language: str) -> None:
        self.text, self.quotes = paragraph.text, paragraph.quotes
        self.words: Elisions = elisions(language)
        self.language = language.split("-")[0]
        self.open, self.close, self.inner_open, self.inner_close = quotes(language)
        self.double: dict[int, str] = {}
        self.opening: set[int] = set()  # double quotes that open a quotation
        self.single: dict[int, str] = {}

    def decided(self, goes_on: bool) -> list[str]:
        """Return the marks in order; `goes_on` if the next paragraph starts with a quote."""
        self._decide_doubles([quote for quote in self.quotes if quote.parsed in "“”"])
        singles = [quote.at for quote in self.quotes if quote.parsed in "‘’"]
        for scope in self._scopes(singles):
            self._pair(scope, self._roles(scope))
        first = singles[0] if singles else -1
        if goes_on and first == 0 and self.single[0] == APOSTROPHE and self._role(0) == "open":
            self.single[0] = self.inner_open
        signs = self.double | self.single
        return [signs[quote.at] for quote in self.quotes]

    def _before(self, at: int) -> str:
        return self.text[max(at - SIZE, 0) : at]

    def _after(self, at: int) -> str:
        return self.text[at + 1 : at + 1 + SIZE]

    def _neighbours(self, at: int) -> tuple[str, str]:
        return self.text[max(at - 1, 0) : at], self.text[at + 1 : at + 2]

    # --- double quotes ---

    def _decide_doubles(self, doubles: Sequence[StraightQuote]) -> None:
        """Decide each double quote; one after a figure closes only if no other quote does."""
        roles = [self._double_role(quote) for quote in doubles]
        closers, depth = _Closers(roles), 0
        for index, (quote, role) in enumerate(zip(doubles, roles, strict=True)):
            if role == "figure":
                role = "close" if depth > closers.after(index) else "inches"
            depth += {"open": 1, "close": -1}.get(role, 0)
            depth = max(depth, 0)
            if role == "open":
                self.opening.add(quote.at)
            signs = {"open": self.open, "close": self.close, "gershayim": GERSHAYIM}
            self.double[quote.at] = signs.get(role, '"')

    def _double_role(self, quote: StraightQuote) -> str:
        last, first = self._neighbours(quote.at)
        if self.language in ("he", "yi") and _ACRONYM.match(self.text, max(quote.at - 1, 0)):
            return "gershayim"
        if _is_figure(last) and _BY.match(self._after(quote.at)):
            return "inches"
        if _FEET.search(self._before(quote.at)):
            return "inches"
        # The parser reports a second opening if a word is joined to the quotation, such as "and"
        # in Arabic and Hebrew.
        ends = bool(last) and (last.isalnum() or last in _ENDING)
        if quote.parsed == "“" and not (ends and not first.isalnum()):
            return "open"
        return "figure" if _is_figure(last) and not first.isalnum() else "close"

    # --- single quotes ---

    def _scopes(self, singles: Sequence[int]) -> Iterator[Sequence[int]]:
        """Yield single quotes by the double quotation that they are in: pairs do not cross it."""
        scopes: list[tuple[int, list[int]]] = [(-1, [])]
        wanted = set(singles)
        closed = self._closed_doubles()
        for quote in self.quotes:
            if quote.at in wanted:
                scopes[-1][1].append(quote.at)
            elif quote.at in closed:
                scopes.append((closed[quote.at], []))
            elif len(scopes) > 1 and scopes[-1][0] == quote.at:
                yield scopes.pop()[1]
        for _, rest in scopes:
            yield rest

    def _closed_doubles(self) -> Mapping[int, int]:
        """Return the double quotes that open a quotation, with the one that closes it."""
        pairs: dict[int, int] = {}
        opened: list[int] = []
        for quote in self.quotes:
            if quote.at in self.opening:
                opened.append(quote.at)
            elif opened and self.double.get(quote.at) == self.close:
                pairs[opened.pop()] = quote.at
        return pairs

    def _roles(self, scope: Sequence[int]) -> list[str]:
        roles = [self._role(at) for at in scope]
        for index, (at, following) in enumerate(pairwise(scope)):
            if self._is_two_sided(at, following):
                roles[index : index + 2] = ["apostrophe", "apostrophe"]
            elif roles[index] in ("elision", "word") and self._encloses_word(at, following):
                roles[index] = "open"
        return roles

    def _role(self, at: int) -> str:
        """Return what a single quote could be.

        "open" or "close", "word" for an elision that may also be a quoted word, "weak" for a close
        that may also be an apostrophe, or for certain "elision", "apostrophe" or "prime".
        """
        last, first = self._neighbours(at)
        if last.isdigit() and first.isdigit():
            return "prime"  # feet and inches, hours and minutes of arc
        if _is_figure(last) and _INCHES.match(self._after(at)):
            return "prime"
        if last.isalnum() and (first.isalnum() or at + 1 in self.opening):
            return "apostrophe"
        if not last.strip() or (first.strip() and self._may_open(at, last)):
            return self._opening(at, first) if first.strip() else "apostrophe"
        return "apostrophe" if first.isalnum() else self._closing(at)

    def _may_open(self, at: int, last: str) -> bool:
        if last in "\"'":
            return at - 1 in self.opening or self.text[at - 2 : at - 1].isspace()
        if last.isalnum() or last in _ENDING - {"…", ":"}:
            return False
        return last not in _CLOSING

    def _opening(self, at: int, first: str) -> str:
        if first.isdigit():
            return self._opening_figure(at)
        word = _LETTERS.match(self.text, at + 1)
        if not word:
            return "open"
        joined = self.text[word.end() : word.end() + 2]
        in_word = joined[:1] in ("'", "’") and joined[1:].isalpha()
        if len(word[0]) == 1 and in_word:
            return "open"  # an article joined to its noun, 'l'amico', does not lose letters twice
        if word[0].lower() in self.words.leading:
            return "elision"
        return "word" if word[0].lower() in self.words.leading_words else "open"

    def _opening_figure(self, at: int) -> str:
        """Return the role of a quote before a figure: '68 and '90s are years, '39 Steps' a title."""
        figures = _DIGITS.match(self.text, at + 1)
        if not figures or sum(map(str.isdigit, figures[0])) != 2:
            return "open"
        rest = self.text[figures.end() : figures.end() + 2]
        is_title = figures[0].isdigit() and rest[:1] == " " and rest[1:].isalpha()
        return "word" if is_title else "elision"

    def _closing(self, at: int) -> str:
        before = self._before(at)
        if before and _is_figure(before[-1]):
            return "weak"
        word = re.search(r"[^\W\d_]+$", before)
        if not word:
            return "close"
        name = word[0].lower()
        shortened = self.language == "en" and len(name) > 3 and name.endswith("in")
        if shortened or name in self.words.trailing or name[-1] in self.words.genitive:
            return "weak"
        return "close"

    def _encloses_word(self, at: int, following: int) -> bool:
        """Return whether two quotes enclose a word, a figure or both: 'em', '68', '39 Steps'."""
        return (
            bool(_SHORT.fullmatch(self.text, at + 1, following))
            and not self.text[following + 1 : following + 2].isalnum()
        )

    def _is_two_sided(self, at: int, following: int) -> bool:
        """Return whether two quotes both stand for letters: rock 'n' roll, but not the 'n' key."""
        if following != at + 2 or self.language != "en":
            return False
        return bool(_TWO_SIDED.match(self.text, at)) and not _NAMES_OF_LETTERS.search(
            self._before(at)
        )

    def _pair(self, scope: Sequence[int], roles: Sequence[str]) -> None:
        """Decide the single quotes of one scope; those without a partner are apostrophes."""
        closers = _Closers(["open" if role == "word" else role for role in roles])
        opened: list[int] = []  # indexes in `scope`
        plain = 0  # those of them that are no elided words
        for index, (at, role) in enumerate(zip(scope, roles, strict=True)):
            is_prime = role == "prime" or (role == "weak" and _is_figure(self.text[at - 1]))
            self.single[at] = "'" if is_prime else APOSTROPHE
            if role in ("open", "word"):
                opened.append(index)
                plain += role == "open"
            elif role == "close" or (role == "weak" and plain > closers.after(index)):
                while opened and roles[opened[-1]] == "word":
                    if role == "close" and closers.after(index) >= plain:
                        break
                    opened.pop()
                if opened:
                    partner = opened.pop()
                    plain -= roles[partner] == "open"
                    self.single[scope[partner]] = self.inner_open
                    self.single[at] = self.inner_close
