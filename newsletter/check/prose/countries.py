"""Names of countries and of international bodies at the start of a sentence, where every word has a capital."""

from __future__ import annotations

import re
from functools import cache

from newsletter.languages import locale

_OTHERS = (
    "America|Britain|England|Scotland|Wales|Europe|Africa|Asia|Russia|Washington|Beijing|Brussels|Moscow|London|Berlin|"
    "Paris|Tokyo|Delhi|Americans|Europeans|Britons|Germans|Russians|Chinese|American|European|British|French|German|"
    "Russian|Indian|Japanese|NATO|OPEC|UNCTAD|ASEAN|OECD|IMF|WHO|Congress|Parliament|Ministers|Economists"
)


@cache
def _pattern(language: str) -> re.Pattern[str]:
    names = [name for code, name in locale(language).territories.items() if len(code) == 2]
    return re.compile(rf"(?:The )?(?:{_OTHERS}|{'|'.join(map(re.escape, names))})\b")


def starts_with_country(words: str, language: str) -> bool:
    """Return whether a sentence begins with a country, its people, its capital or an international body."""
    return bool(words) and bool(_pattern(language).match(words))
