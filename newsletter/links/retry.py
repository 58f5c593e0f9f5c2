"""When a request is made again, and how long is waited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

PAUSES = (1.0, 2.0)  # seconds before the second and the third try


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a server asks to wait, said as a number or a date (RFC 9110, 10.2.3).

    A date is compared with the server's own clock where it tells the time; `None` where nothing sensible is said.
    """
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    until = _date(said)
    if until is None:
        return None
    now = _date(headers.get("Date", "")) or dt.datetime.now(dt.UTC)
    return max(0.0, (until - now).total_seconds())


def _date(text: str) -> dt.datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=dt.UTC)
