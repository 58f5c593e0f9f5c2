"""Full stops that do not end a sentence, by language."""

from __future__ import annotations

import re
from collections.abc import Mapping

# In lower case, without the final stop. Abbreviations that often end a sentence (etc., Inc., a.m.)
# are decided by what follows.
_TITLES: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        "mr mrs ms dr prof rev hon st sr jr gen col lt capt sgt maj adm gov sen rep pres vs e.g i.e cf fig figs no nos "
        "vol pp p ed eds ch sec art approx ca c jan feb mar apr jun jul aug sep sept oct nov dec messrs mt ft".split()
    ),
    "de": frozenset(
        "dr prof hr fr z.b d.h u.a bzw vgl nr s abb kap art abs hrsg str st ca mio mrd sog usw evtl".split()
    ),
    "fr": frozenset(
        "m mm mme mlle dr p pp art cf ex fig no n° vol éd chap env st ste av bd".split()
    ),
    "es": frozenset(
        "sr sra srta dr dra prof p pp art núm n.º fig cap vol ej p.ej ed ee uu av".split()
    ),
    "pt": frozenset("sr sra dr dra prof p pp art n.º núm fig cap vol ed ex p.ex av eng".split()),
    "it": frozenset(
        "sig sigg sig.ra dott dott.ssa prof p pp art n fig cap vol ed es ad ca cfr on avv ing".split()
    ),
    "nl": frozenset(
        "dhr mevr mw dr prof ir mr drs p pp art nr fig hfdst vgl bijv d.w.z o.a m.b.t ca jl".split()
    ),
}
_LAST = re.compile(r"[\w.°º]+$")
_OPENS = re.compile(r"[\"'“‘«„¿¡(\[\s]*(.)?")
_ORDINALS = frozenset(
    ("de", "da", "nb", "no", "cs", "pl", "fi", "hu", "sk", "sl", "hr", "et")
)  # 2. März


def ends_sentence(before: str, stop: str, rest: str, language: str) -> bool:
    """Return whether a full stop ends a sentence.

    `before` ends with the stop; `rest` is the text after the following space.
    """
    opening = _OPENS.match(rest)
    first = opening[1] if opening else None
    if first and first.islower():
        return False
    if not stop.startswith(".") or stop.startswith(".."):
        return True
    word = _LAST.search(before[: len(before) - len(stop)])
    if word is None:
        return True
    token, base = word[0].lower(), language.split("-")[0]
    if token in _TITLES.get(base, ()):
        return False
    if token.isdecimal():
        return not (base in _ORDINALS and len(token) <= 2)
    return not _initial(word[0])


def _initial(token: str) -> bool:
    """Return whether a token consists of initials: `J.`, `J.R.`; `U.S.` may end a sentence."""
    return len(token) == 1 and token.isalpha() and token.isupper() and token != "I"
