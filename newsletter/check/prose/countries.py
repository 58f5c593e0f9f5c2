"""Countries and international bodies at the start of a sentence, where words are capitalized."""

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
    """Return whether a sentence starts with a country, people, capital or international body."""
    return bool(words) and bool(_pattern(language).match(words))
