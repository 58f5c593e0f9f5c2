"""A web address as an author typed it, as it goes over the wire.

Browsers (WHATWG URL) leave what is percent-encoded alone and encode what cannot stand in a request: `%2F` is not `/`,
`%7E` may be signed, a space becomes `%20`, and a host in letters of any script becomes `xn--`.
"""

from __future__ import annotations

import re
import socket
from urllib.parse import quote, unquote, urlsplit

from yarl import URL

# All of printable ASCII but the sets that WHATWG encodes in paths, in queries and in fragments.
_PATH = "!$%&'()*+,-./:;=@[]_|~"
_QUERY = "!$%&()*+,-./:;=?@[]\\^_`{|}~"
_FRAGMENT = "!#$%&'()*+,-./:;=?@[\\]^_{|}~"
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


class NotWeb(ValueError):
    """The address is no web address, or none at all; `scheme` is empty for the latter."""

    def __init__(self, scheme: str = "") -> None:
        super().__init__(scheme)
        self.scheme = scheme


def wire(text: str) -> URL:
    """Return an address as it is asked for, without its fragment. Raises `NotWeb`."""
    text = re.sub(r"[\t\r\n]", "", text.strip())
    text = re.sub(r"^[^?#]*", lambda found: found[0].replace("\\", "/"), text)
    scheme = _SCHEME.match(text)
    if not scheme or scheme[1].lower() not in ("http", "https"):
        raise NotWeb(scheme[1].lower() if scheme else "")
    try:
        parts = urlsplit(text)
        root = URL.build(
            scheme=parts.scheme.lower(),
            user=parts.username and unquote(parts.username),
            password=parts.password and unquote(parts.password),
            host=_host(URL.build(scheme="http", host=parts.hostname or "").raw_host or ""),
            port=parts.port,
        )
        if (
            not root.host
        ):  # which raises as well: where `xn--` is followed by what stands for no letters
            raise ValueError(text)
        return _below(root, parts.path or "/", parts.query if "?" in text else None)
    except (ValueError, OSError) as error:
        raise NotWeb from error


def _host(name: str) -> str:
    """Return a host without its last dot; one that ends in a number is an IPv4 address, in whatever spelling."""
    name = name.rstrip(".")
    if not re.fullmatch(r"[\w.-]+|[\da-f:.]+", name, re.ASCII | re.IGNORECASE):
        raise ValueError(name)
    if ":" not in name and re.fullmatch(r"\d+|0x[0-9a-f]*", name.rpartition(".")[2]):
        return socket.inet_ntoa(socket.inet_aton(name))
    return name


def follow(base: URL, location: str) -> URL:
    """Return where a `Location` leads from an address. Raises `NotWeb`."""
    location = re.sub(r"[\t\r\n]", "", location.strip())
    if _SCHEME.match(location):
        return wire(location)
    if re.match(r"[/\\]{2}", location):
        return wire(f"{base.scheme}://{location[2:]}")
    path, mark, query = location.partition("#")[0].partition("?")
    return _below(base, path, query if mark else None)


def fragment(location: str) -> str:
    """Return the fragment that a `Location` names, in letters that can be kept and printed."""
    return quote(location.partition("#")[2], safe=_FRAGMENT, errors="surrogateescape")


def _below(base: URL, path: str, query: str | None) -> URL:
    """Join a path to a base: dots are walked, and everything that is encoded stays so."""
    path = path.replace("\\", "/")
    if path.startswith("/"):  # the dot keeps `//` from meaning a host
        base, path = base.with_path("/"), f".{path}"
    target = quote(path, safe=_PATH, errors="surrogateescape")
    if query is not None:
        target += "?" + quote(query, safe=_QUERY, errors="surrogateescape")
    return base.join(URL(target, encoded=True)) if target else base
