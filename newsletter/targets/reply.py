"""What a service's reply contains: errors in its words, and how long to wait."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.links.retry import retry_after

LONGEST = 300  # characters of a service's message shown
# 429 without Retry-After: Resend and Buttondown send the seconds until their window ends.
_RESET = ("ratelimit-reset", "x-ratelimit-reset-after")


def error_text(status: int, body: bytes) -> str:
    """Return an error reply in one line: the status and the service's own message, if any.

    Reads `message`, `detail`, `errors` and `title` as listmonk, Buttondown, Resend, Mailchimp,
    Brevo and Ghost use them. An HTML page, as sent by proxies, gives the status alone.
    """
    try:
        words = list(dict.fromkeys(_words(json.loads(body))))
    except (ValueError, RecursionError):
        words = []
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\s]+", " ", "; ".join(words)).strip()
    return f"{status} {text[:LONGEST]}".strip()


def _words(value: Any) -> Iterator[str]:
    """Yield the human-readable messages of an error, general ones first."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, Mapping):
        path = ".".join(str(part) for part in value.get("loc", ()))
        named = value.get("field") or path
        for key in ("title", "message", "context", "detail", "msg", "errors"):
            for words in _words(value.get(key)):
                yield f"{named}: {words}" if named else words


def retry_pause(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a service requests to wait, or `None`.

    From Retry-After (RFC 9110 §10.2.3), or until its rate limit window ends.
    """
    if (pause := retry_after(headers)) is not None:
        return pause
    reset = next(filter(None, map(headers.get, _RESET)), "")
    return float(reset) if re.fullmatch(r"\d{1,6}", reset) else None
