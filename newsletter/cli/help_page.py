"""The first page of help, as click lays it out, without importing click.

click and what it imports take four times as long as Python itself, and this page is what people
and completion scripts ask for most. `tests/cli/test_main.py` compares it with click's.
"""

from __future__ import annotations

import os
import sys

from newsletter.cli.commands import ABOUT, COMMANDS, OPTIONS

COLUMNS = 80  # click uses no more; narrower terminals get its own page


def help_page() -> str | None:
    """Return the page that `newsletter --help` prints, or `None` if it is for click to lay out."""
    if _columns() < COLUMNS:
        return None
    about = "\n\n".join(_wrapped(part, "  ") for part in ABOUT.split("\n\n"))
    commands = {name: line for name, (_, line) in COMMANDS.items()}
    parts = (
        "Usage: newsletter [OPTIONS] COMMAND [ARGS]...",
        about,
        f"Options:\n{_table(OPTIONS)}",
        f"Commands:\n{_table(commands)}",
    )
    return "\n\n".join(parts)


def _columns() -> int:
    """Return the width of the terminal as `shutil.get_terminal_size` does, without importing it."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or COLUMNS  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return COLUMNS


def _table(rows: dict[str, str]) -> str:
    width = max(map(len, rows)) + 2
    return "\n".join(
        _wrapped(line, " " * (width + 2), f"  {name:<{width}}") for name, line in rows.items()
    )


def _wrapped(text: str, indent: str, first: str | None = None) -> str:
    lines: list[str] = []
    line = indent if first is None else first
    for word in text.split():
        if len(line) + len(word) > COLUMNS - 2 and line.strip():
            lines.append(line.rstrip())
            line = indent
        line += f"{word} "
    return "\n".join((*lines, line.rstrip()))
