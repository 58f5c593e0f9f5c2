"""Sanitise and shorten text from servers for messages."""

from __future__ import annotations

SHOWN = 80  # characters of a title in a reason


def shortened(text: str, most: int = SHOWN) -> str:
    """Return text cut to a number of characters, without control and direction characters."""
    text = "".join(character if character.isprintable() else " " for character in text)
    return text if len(text) <= most else f"{text[: most - 1]}…"
