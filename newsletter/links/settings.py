"""How the network is asked: limits, patience, and which hosts are spared."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from newsletter import __version__

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

    from newsletter.workspace import Workspace

    # A host's name -> its addresses as text; raises `OSError` (`socket.gaierror`) where there are none.
    Lookup = Callable[[str], Awaitable[tuple[str, ...]]]


def agent(site: str) -> str:
    """Return who we say we are: honest, with an address where somebody who minds can find us."""
    return f"newsletter/{__version__} (link check; +{site})"


class LinkSettings(Struct, frozen=True):
    user_agent: str
    skip: tuple[str, ...] = ()  # hosts that are never asked; a host covers its subdomains
    blocked_is_fine: tuple[str, ...] = ()  # hosts known to turn checks away: `blocked` is ok there
    pace: tuple[tuple[str, float], ...] = ()  # host -> at most so many requests a second
    timeout: float = 15.0  # seconds for one link, all hops and retries; waiting for our own limits is not counted
    connect: float = 5.0  # seconds until a connection stands, name resolution and TLS included
    body: float = 3.0  # seconds for reading what comes after the headers
    in_flight: int = 64
    per_host: int = 6
    private: tuple[
        str, ...
    ] = ()  # hosts that may be asked at a private address; whoever runs the check names them
    # For tests only: a network of their own, with names and an authority that nobody else knows.
    lookup: Lookup | None = None
    tls: ssl.SSLContext | None = None


def covers(hosts: tuple[str, ...], host: str) -> bool:
    """Tell whether a host is one of these, or a subdomain of one."""
    return any(host == name or host.endswith(f".{name}") for name in hosts)


def host_of(url: str) -> str:
    """Return the host of an address as settings name it; nothing where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def of_workspace(workspace: Workspace, private: tuple[str, ...] = ()) -> LinkSettings:
    """Return what `[links]` of the settings says; by default we say who we are with the publication's address.

    It has no say about private addresses: settings come with a draft, which may come from anyone.
    """
    links = workspace.links
    who = links.user_agent or agent(workspace.publication.url)
    return LinkSettings(
        user_agent="".join(filter(str.isprintable, who)),  # a line break would begin another header
        skip=tuple(map(str.lower, links.skip)),
        blocked_is_fine=tuple(map(str.lower, links.blocked_is_fine)),
        pace=tuple((host.lower(), often) for host, often in links.pace.items()),
        timeout=links.timeout,
        in_flight=links.in_flight,
        per_host=links.per_host,
        private=private,
    )
