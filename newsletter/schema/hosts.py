"""Host names in settings, options and links are compared after IDNA normalisation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit


def normalized_host(name: str) -> str:
    """Return a host in lower-case ASCII without brackets, `*.` or its last dot.

    `Bücher.example.`, `*.bücher.example` and `xn--bcher-kva.example` are one host (UTS 46, as
    browsers map names). Anything that is not a host is returned unchanged.
    """
    while not _PLAIN.fullmatch(name) and (simpler := _simplified(name)) != name:
        name = simpler  # which may contain another escape or dot: `%252e`, `․`
    return name


_PLAIN = re.compile(r"(?:[a-z\d-]+\.)*[a-z\d-]+")


def _simplified(name: str) -> str:
    name = unquote(name.strip()).removeprefix("*.").strip("[]").rstrip(".。").lower()
    if name.isascii():
        return name
    import idna  # 10 ms; only for names outside ASCII

    try:
        return idna.encode(name, uts46=True).decode()
    except idna.IDNAError:
        return _with_idna_2003(name)


def _with_idna_2003(name: str) -> str:
    """Return a name forbidden by IDNA 2008 as browsers resolve it: `i❤.ws` is `xn--i-7iq.ws`."""
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return name


def host_covers(hosts: Iterable[str], host: str) -> bool:
    """Return whether a host is one of these normalised hosts, or a subdomain of one."""
    host = normalized_host(host)
    return any(host == name or host.endswith(f".{name}") for name in hosts)


def host_of(url: str) -> str:
    """Return the normalised host of a URL, or an empty string if it has none."""
    try:
        address = re.sub(r"[\t\r\n]", "", url.strip()).replace("\\", "/")
        return normalized_host(urlsplit(address).hostname or "")
    except ValueError:
        return ""
