"""The files that `init` and `new` start from, with a few names to fill in."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from string import Template

PACKAGED = Path(__file__).parent


def fill_blueprint(folder: Path, values: Mapping[str, str | None]) -> dict[str, bytes]:
    """Return the files of a blueprint with `${name}` filled in.

    A line whose value is `None` is omitted. A file that is not UTF-8 is copied unchanged.
    """
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith((".py", ".pyc")):
            data = path.read_bytes()
            try:
                files[path.relative_to(folder).as_posix()] = _filled(data.decode(), values).encode()
            except UnicodeDecodeError:
                files[path.relative_to(folder).as_posix()] = data
    return files


def _filled(text: str, values: Mapping[str, str | None]) -> str:
    lines = [
        line
        for line in text.splitlines(keepends=True)
        if not any(value is None and f"${{{name}}}" in line for name, value in values.items())
    ]
    return Template("".join(lines)).safe_substitute(
        {name: value for name, value in values.items() if value is not None}
    )


def issue_files(
    folder: Path, title: str, date: dt.date, number: int | None, *, by: str = "editor"
) -> dict[str, bytes]:
    """Return the files of a new issue; the title is quoted to be safe in YAML.

    `by` is the id of the person who writes it.
    """
    quoted = json.dumps(title, ensure_ascii=False)
    values = {
        "title": quoted,
        "date": date.isoformat(),
        "number": str(number) if number is not None else None,
        "by": by,
    }
    return fill_blueprint(folder, values)


def slug(title: str, date: dt.date, number: int | None) -> str:
    """Return the name of an issue's folder: its date and the title in lower-case Latin letters."""
    plain = unicodedata.normalize(
        "NFKD", title.replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    )
    words = re.findall(
        r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower().replace("'", "")
    )
    short = "-".join(words)[:60].rstrip("-") or (
        f"issue-{number}" if number is not None else "issue"
    )
    return f"{date.isoformat()}-{short}"
