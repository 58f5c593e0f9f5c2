"""Detect passwords and tokens in settings, by their keys or by the formats of services."""

from __future__ import annotations

import re
from functools import cache

_WORDS = (
    r"(?:[a-z]+[_-])*(?:token|passwo?r?d|passwd|passphrase|secret|credentials?|"
    r"(?:api|admin|secret|private|access)[_-]?key)"
)
_KEY = re.compile(_WORDS, re.IGNORECASE)
# As issued by Brevo, Resend, Mailchimp, Ghost, SendGrid and AWS, and passwords in URLs.
_SPELLED = re.compile(
    r"\bx(?:keysib|smtpsib)-[0-9a-f]{16,}|\bre_[A-Za-z0-9]{6,}_[A-Za-z0-9]{12,}"
    r"|\b[0-9a-f]{32}-us\d+\b|\b[0-9a-f]{24}:[0-9a-f]{64}\b|\bSG\.[\w-]{16,}\.|\bAKIA[0-9A-Z]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:@]*:[^/\s@]+@"
)
_MASK = "•"


@cache
def _assigned() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])[\"']?{_WORDS}[\"']?\s*[=:]\s*(?=\S)", re.IGNORECASE)


def is_secret(key: str, value: str) -> bool:
    """Return whether a setting is a secret, by its key or by its value."""
    if key.lower() == "authorization":  # a header of a link check names its variable: {token}
        return "{token}" not in value
    return _KEY.fullmatch(key) is not None or looks_secret(value)


def looks_secret(value: str) -> bool:
    """Return whether a value has the format of a token, or is a URL with a password."""
    return _SPELLED.search(value) is not None


def masked(line: str) -> str:
    """Return a line of settings with its secrets masked, at unchanged length.

    Everything after the key of a secret is masked, since its quotes may be broken.
    """
    if match := _assigned().search(line):
        line = line[: match.end()] + _MASK * (len(line) - match.end())
    return _SPELLED.sub(lambda match: _MASK * len(match[0]), line)
