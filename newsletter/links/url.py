"""Convert web URLs as typed by authors to the form in which they are requested.

Like browsers (WHATWG URL), leave what is percent-encoded unchanged and encode what a request cannot
contain: `%2F` is not `/`, `%7E` may be signed, a space becomes `%20`, and a host in any script
becomes `xn--`.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import quote, unquote, urlsplit

from yarl import URL

from newsletter.schema.hosts import normalized_host

# All printable ASCII except the sets that WHATWG encodes in paths, in queries and in fragments.
_PATH = "!$%&'()*+,-./:;=@[]_|~"
_QUERY = "!$%&()*+,-./:;=?@[]\\^_`{|}~"
_FRAGMENT = "!#$%&'()*+,-./:;=?@[\\]^_{|}~"
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


class NotWebAddress(ValueError):
    """The text is not a web URL; `scheme` is empty if it is not a URL at all."""

    def __init__(self, scheme: str = "") -> None:
        super().__init__(scheme)
        self.scheme = scheme


def canonical_url(text: str) -> URL:
    """Return a URL as it is requested, without its fragment. Raises `NotWebAddress`."""
    text = re.sub(r"[\t\r\n]", "", text.strip())
    text = re.sub(r"^[^?#]*", lambda match: match[0].replace("\\", "/"), text)
    scheme = _SCHEME.match(text)
    if not scheme or scheme[1].lower() not in ("http", "https"):
        raise NotWebAddress(scheme[1].lower() if scheme else "")
    try:
        parts = urlsplit(text)
        root = URL.build(
            scheme=parts.scheme.lower(),
            user=parts.username and unquote(parts.username),
            password=parts.password and unquote(parts.password),
            host=_host(parts.hostname or ""),
            port=parts.port,
        )
        if not root.host:  # raises as well, if `xn--` is followed by an invalid encoding
            raise ValueError
        query = parts.query if _has_query(text) else None
        return _joined(_with_hex_host(root), parts.path or "/", query)
    except (ValueError, OSError) as error:
        raise NotWebAddress from error


def _has_query(text: str) -> bool:
    return "?" in text.partition("#")[0]


def _host(name: str) -> str:
    """Return a normalised host; a name that ends in a number is an IPv4 address in any format."""
    name = normalized_host(name)
    if not re.fullmatch(r"[\w.-]+|[\da-f:.]+", name, re.ASCII | re.IGNORECASE):
        raise ValueError
    if ":" not in name and re.fullmatch(r"\d+|0x[0-9a-f]*", name.rpartition(".")[2]):
        return socket.inet_ntoa(socket.inet_aton(name))
    return name


def _with_hex_host(url: URL) -> URL:
    """Return a URL whose host is spelled as in browsers (WHATWG URL, "IPv6 serializer").

    Since Python 3.13, an IPv4 address mapped to IPv6 is written as `::ffff:8.8.8.8`.
    """
    host = url.raw_host or ""
    if ":" not in host or "." not in host:
        return url
    address = ipaddress.IPv6Address(host).packed
    groups = (int.from_bytes(address[start : start + 2], "big") for start in (12, 14))
    spelled = "::ffff:" + ":".join(f"{group:x}" for group in groups)
    return URL(str(url).replace(f"[{host}]", f"[{spelled}]", 1), encoded=True)


def resolve_location(base: URL, location: str) -> URL:
    """Return the target URL of a `Location` header. Raises `NotWebAddress`."""
    location = re.sub(r"[\t\r\n]", "", location.strip())
    if scheme := _SCHEME.match(location):
        rest = location[scheme.end() :]
        if scheme[1].lower() != base.scheme or re.match(r"[/\\]{2}", rest):
            return canonical_url(location)
        location = rest  # `http:/there` is relative (WHATWG URL, "special relative" state)
    if re.match(r"[/\\]{2}", location):
        return canonical_url(f"{base.scheme}://{location[2:]}")
    path, mark, query = location.partition("#")[0].partition("?")
    return _joined(base, path, query if mark else None)


def location_fragment(location: str) -> str:
    """Return the fragment of a `Location` header, percent-encoded for storage and display."""
    return quote(location.partition("#")[2], safe=_FRAGMENT, errors="surrogateescape")


def _joined(base: URL, path: str, query: str | None) -> URL:
    """Join a path to a base: dot segments are resolved, everything encoded stays encoded."""
    path = path.replace("\\", "/")
    if path.startswith("/"):  # the dot prevents `//` from naming a host
        base, path = base.with_path("/"), f".{path}"
    target = quote(path, safe=_PATH, errors="surrogateescape")
    if query:
        target += "?" + quote(query, safe=_QUERY, errors="surrogateescape")
    url = base.join(URL(target, encoded=True))
    if query == "":  # yarl drops a trailing `?`; some servers return 404 without it
        return url.with_path(f"{url.raw_path.removesuffix('?')}?", encoded=True)
    return url
