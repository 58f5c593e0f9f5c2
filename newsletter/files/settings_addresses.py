"""Reports settings that cannot be headers or links: line breaks, incomplete addresses."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from newsletter.diagnostics import WRONG_VALUE, Report
from newsletter.files.quotation import quoted
from newsletter.files.yaml_reader import PositionMap
from newsletter.schema.settings import SettingsFile

_SITE = r"https?://[\w.-]+(?::\d+)?"


class _Address(Struct, frozen=True):
    """A setting with an address, what it must match, and what is said if it does not."""

    path: tuple[str, ...]
    value: Callable[[SettingsFile], str | None]
    pattern: str
    expected: str
    hint: str


_WEB = "Write the full address, such as https://letters.example.org."
_ADDRESSES = (
    _Address(
        ("list_id",),
        lambda settings: settings.list_id,
        r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+",
        "a domain-like id",
        "Write it without brackets, such as weekly.example.org (RFC 2919).",
    ),
    _Address(("url",), lambda settings: settings.url, rf"{_SITE}(?:/.*)?", "a web address", _WEB),
    _Address(
        ("images", "url"),
        lambda settings: settings.images.url,
        rf"{_SITE}(?:/.*)?",
        "a web address",
        _WEB,
    ),
    _Address(
        ("unsubscribe_url",),
        lambda settings: settings.unsubscribe_url,
        rf"{_SITE}(?:[/?].*)?|mailto:[^\s@]+@[^\s@]+",
        "a web or email address",
        "Write an address with https:// or mailto:.",
    ),
    _Address(
        ("sender", "email"),
        lambda settings: settings.sender.email,
        r"[^\s@<>,;:\"()]+@[\w-]+(?:\.[\w-]+)+",
        "an email address",
        "Write the address alone, such as letter@example.org.",
    ),
)


def report_addresses(settings: SettingsFile, places: PositionMap, report: Report) -> None:
    """Report each setting that cannot be printed in a header or followed as a link."""
    headers = {
        ("name",): settings.name,
        ("sender", "name"): settings.sender.name,
        **{address.path: address.value(settings) for address in _ADDRESSES},
    }
    for path, value in headers.items():
        if value is not None and not value.isprintable():
            message = f"{path[-1]}: line break or control character in an email header"
            report.add(WRONG_VALUE, places.value(*path), message, "Write it on one line.")
    for address in _ADDRESSES:
        value = headers[address.path]
        if value is not None and not re.fullmatch(address.pattern, value, re.DOTALL):
            message = f"{address.path[-1]}: expected {address.expected}, found {quoted(value)}"
            report.add(WRONG_VALUE, places.value(*address.path), message, address.hint)
