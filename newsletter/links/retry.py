"""When to retry a request, and how long to wait first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

PAUSES = (1.0, 2.0)  # seconds before the second and the third attempt


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait, from a number or a date in Retry-After (RFC 9110, 10.2.3).

    A date is compared with the server's own clock if it sends `Date`. Returns `None` if the value
    is missing or invalid.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    until = _date(value)
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
