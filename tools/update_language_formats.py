"""Derive newsletter/language_formats.json, the date and list formats of languages, from Babel.

    .venv/bin/python tools/update_language_formats.py

Babel needs 15 ms to load one language, a twentieth of a build. The table has the languages of the
packaged phrases; for all others Babel is used. `tests/test_languages.py` compares both.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from newsletter.languages import locale
from newsletter.theme.theme import packaged_theme

TARGET = Path(__file__).parents[1] / "newsletter" / "language_formats.json"
MORE = ["en-GB", "en-US", "pt-PT"]
# Fields of a date pattern (Unicode TR 35, part 4) -> those of `newsletter/languages.py`
_FIELDS = {"d": "{day}", "M": "{number}", "MMMM": "{month}", "y": "{year}"}


def date_format(pattern: str) -> str:
    """Return a pattern such as `d 'de' MMMM` as a format string. Raises `KeyError` for other fields."""
    parts = re.findall(r"'([^']*)'|([A-Za-z]+)|([^'A-Za-z]+)", pattern)
    return "".join(quoted or (_FIELDS[field] if field else text) for quoted, field, text in parts)


def formats(language: str) -> dict[str, object]:
    """Return the row of a language."""
    found = locale(language)
    months = found.months["format"]["wide"]
    lists = found.list_patterns["standard"]
    return {
        "date": date_format(found.date_formats["long"].pattern),
        "months": [months[number] for number in range(1, 13)],
        "list": {part: lists[part] for part in ("start", "middle", "end", "2")},
    }


def main() -> None:
    """Write the table."""
    languages = sorted([*packaged_theme().phrases, *MORE])
    table = {language: formats(language) for language in languages}
    rows = (
        f"{json.dumps(key)}: {json.dumps(row, ensure_ascii=False)}" for key, row in table.items()
    )
    TARGET.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
