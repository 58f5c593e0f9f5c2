"""File names that Windows or macOS cannot have, or take for one another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

# "Naming Files, Paths, and Namespaces", learn.microsoft.com: reserved with any suffix, in any case.
# Unicode's superscript digits count as digits there.
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE
)
_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
LONGEST = 255  # UTF-16 units on Windows and macOS; bytes on Linux


def unportable(name: str) -> str | None:
    """Return why a file or folder cannot have a name on Windows or macOS; `None` if it can."""
    if _RESERVED.fullmatch(name):
        return "name reserved on Windows"
    if found := _ILLEGAL.search(name):
        is_shown = found[0].isprintable() and found[0] != '"'
        sign = f'"{found[0]}"' if is_shown else f"U+{ord(found[0]):04X}"
        return f"character {sign} not allowed on Windows"
    if name.endswith("."):
        return "dot at the end not allowed on Windows"
    if name.endswith(" "):
        return "space at the end not allowed on Windows"
    if len(name.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST:
        return f"more than {LONGEST} characters"
    if any("\udc80" <= char <= "\udcff" for char in name):  # bytes that are not UTF-8
        return "bytes that are not UTF-8"
    return None


def equal_names(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield names of one folder that are one file on Windows or macOS, each with the first of them.

    They differ only in case or in the normalization of Unicode.
    """
    first: dict[str, str] = {}
    for name in sorted(names):
        same = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        if same in first:
            yield name, first[same]
        first.setdefault(same, name)
