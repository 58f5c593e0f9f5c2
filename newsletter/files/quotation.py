"""An author's words in messages."""

from __future__ import annotations


def quoted(value: object) -> str:
    """Return text in quotation marks, and any other value as YAML and TOML write it.

    Characters that do not print are escaped, so that the message stays on one line.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return str(value)
    printed = value if value.isprintable() else "".join(map(_printed, value))
    return f'"{printed}"'


def _printed(sign: str) -> str:
    return sign if sign.isprintable() else repr(sign)[1:-1]
