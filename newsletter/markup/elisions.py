"""Words written with an apostrophe for letters left out, by language: 'tis, 's ochtends, po'.

An apostrophe without a partner in its paragraph needs no list. These decide where another single
quote of the paragraph could be its partner.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from msgspec import Struct


class Elisions(Struct, frozen=True):
    """The elided words of a language, in lower case and without their apostrophe."""

    leading: frozenset[str] = frozenset()  # never begin a quotation of several words
    leading_words: frozenset[str] = frozenset()  # also words of their own, so they may begin one
    trailing: frozenset[str] = frozenset()  # rarely end a quotation
    genitive: str = ""  # letters after which a name's genitive is a bare apostrophe: James'


# Language -> words whose first letters are left out. Ordinary words are in the second table.
_LEADING: Mapping[str, str] = {
    "en": "n tis twas twere twill twould twasn twon twouldn twixt em til nother nuff gainst ere ow"
    " im er e ave ad appen s kay scuse specially ello neath pon twain bout cept fraid merican"
    " murican lectric rithmetic ospital zactly spose splain erself isself imself elp ouse orse"
    " undred eard tude shrooms burbs nam t d ll ve",
    "af": "n k s t",
    "br": "n",
    "ca": "na n ns ls nar nem nam s t m",
    "cs": "dyž ště",
    "cy": "dw dwi dwy dyw dyn dyna dych dach r n w ch m u i sdim sgen sneb swn sa nhad",
    "da": "n na ka",
    "de": "s n ne nen nem ner nes nauf nunter nüber naus nab m türlich tschuldigung tschuldige"
    " schuldigung ch nich nn",
    "el": "ν ς στον στην κει δω πα χω χεις χει χα χαμε χουν ρθω ρθει ρθε μαι σαι ταν",
    "eo": "l",
    "es": "ta tá tás tamos toy taba tábamos tuve ñor ñora ñorita pérate pérense spérate horita"
    " apá amá ámonos onde nga ora",
    "fr": "y tain chuis scusez scuse tit tite tits tites tention spèce lut videmment turellement"
    " vec core z",
    "fy": "t k s n",
    "ga": "s sea ur un",
    "gd": "s sann n na ga",
    "it": "ndrangheta ndranghetista ndranghetisti nduja ntoni ndo nnammurato nnanze ngiulina"
    " mmiezo azz mbè nziria ncoppa nfame gnorsì gnornò u",
    "lb": "d t n s",
    "lt": "s",
    "nb": "n na kke",
    "nds": "n t s ne nen",
    "nl": "s t n k m r ns ie ier et ne nen nes dr tis",
    "no": "n na kke",
    "pt": "tá tás tão tamos tava tavam tou bora peraí inda cê cês fessor fessora brigado brigada"
    " guenta bigado té",
    "sv": "n na nte",
}
_LEADING_WORDS: Mapping[str, str] = {
    "en": "till cause cos cuz round member cross tween fore course flu phone plane hood sup less"
    " mid gator gators possum rents net bus ard eads ead ome alf appy",
    "ca": "l en nhi",
    "de": "ran rein raus rauf runter rüber rum drauf drunter drüber drum dran draus drin mal gen"
    " naus rin nein",
    "el": "ναι στο στη να πες πε λα λες",
    "es": "ira amos mano mana buelo buela",
    "fr": "faut jour soir sais man gars demain",
    "ga": "sé sí",
    "it": "sto sta sti ste na nu no o e a l sera giorno notte spetta",
    "pt": "pera sora miga xa",
}
# Language -> words whose last letters are left out.
_TRAILING: Mapping[str, str] = {
    "en": "o ol an th lil wi fo mo po t ha gi d' wha",
    "ca": "pa",
    "de": "hab geh komm könnt wär hätt würd möcht müsst sollt sag mach glaub denk seh steh werd"
    " lass nehm geb bleib find wollt kunnt heut gern nich is",
    "el": "απ γι σ μ τ ν κι αλλ κατ παρ επ υπ μετ αφ καθ ό",
    "es": "pa to na ca mu pue pues usté verdá",
    "gd": "a mi",
    "it": "po mo di fa va sta da be to vo de ne co que a su pe ca mica te ve",
    "mt": "ta ma sa fi bi",
    "nl": "da",
    "pt": "pra pa",
    "sco": "wi o an a ha",
}
_GENITIVE: Mapping[str, str] = {
    "en": "sxz",
    "af": "sxz",
    "da": "sxz",
    "de": "sßxz",
    "nb": "sxz",
    "nds": "sßxz",
    "nl": "sxz",
    "no": "sxz",
    "sco": "sxz",
    "sv": "sxz",
}


@cache
def elisions(language: str) -> Elisions:
    """Return the elided words of a language tag; without a region, and none if unknown."""
    name = language.lower().split("-")[0]
    return Elisions(
        frozenset(_LEADING.get(name, "").split()),
        frozenset(_LEADING_WORDS.get(name, "").split()),
        frozenset(_TRAILING.get(name, "").split()),
        _GENITIVE.get(name, ""),
    )
