"""Check which URLs a link may have."""

from __future__ import annotations

import re

from newsletter.diagnostics import BROKEN_LINK, Report
from newsletter.files.quotation import quoted
from newsletter.markup.merge_fields import FIELD
from newsletter.model import Location

SCHEMES = ("https", "http", "mailto", "tel")
# For a scheme without the rest: what is missing, and a complete example.
_INCOMPLETE = {
    "https": ("address", "https://example.org"),
    "http": ("address", "https://example.org"),
    "mailto": ("address", "mailto:name@example.org"),
    "tel": ("number", "tel:+351210000000"),
}
_CONTROL = re.compile(r"[\x00-\x20]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


def check_url(url: str, where: Location, report: Report) -> str:
    """Return a URL as printed in an email, after reporting one that cannot work there.

    Spaces and control characters are percent-encoded (RFC 3986 §2.1); the rest is unchanged.
    """
    url = _CONTROL.sub(lambda match: f"%{ord(match[0]):02X}", url.strip())
    scheme = _SCHEME.match(url)
    if FIELD.match(url) or (scheme and scheme[1].lower() in SCHEMES and len(url) > scheme.end()):
        return url
    if not url:
        report.add(
            BROKEN_LINK, where, "Link without an address", "Write the full address, with https://."
        )
    elif scheme and scheme[1].lower() in SCHEMES:
        missing, example = _INCOMPLETE[scheme[1].lower()]
        report.add(
            BROKEN_LINK,
            where,
            f"Incomplete address {url}: no {missing}",
            f"Write the full address, such as {example}.",
        )
    elif scheme:
        report.add(
            BROKEN_LINK,
            where,
            f"Unsupported link scheme {quoted(scheme[1])}",
            f"Use one of {', '.join(SCHEMES)}.",
        )
    elif url.startswith("#"):
        report.add(
            BROKEN_LINK,
            where,
            f"Link to a place inside the email: {quoted(url)}",
            "Link to a web page; anchors do not work in email.",
        )
    else:
        hint = (
            f"Write the full address, https://{url}."
            if "." in url.split("/")[0]
            else "Write the full address, with https://."
        )
        report.add(BROKEN_LINK, where, f"Incomplete address {quoted(url)}", hint)
    return url
