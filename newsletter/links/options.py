"""Options of the link check: limits, timeouts, and exceptions for individual hosts."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from newsletter import __version__
from newsletter.schema.hosts import host_covers, normalized_host

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

    from newsletter.schema.settings import LinkHostTable
    from newsletter.workspace import Workspace

    # A host name -> its addresses as text; raises `OSError` (`socket.gaierror`) if there are none.
    Lookup = Callable[[str], Awaitable[tuple[str, ...]]]

TOKEN = "{token}"  # in a header of the settings: replaced from the environment


def default_user_agent(site: str) -> str:
    """Return an honest user agent, with a URL at which site owners can find the publication."""
    return f"newsletter/{__version__} (link check; +{site})"


class HostOptions(Struct, frozen=True):
    """The settings for one host and its subdomains."""

    host: str  # normalised
    accept: tuple[int, ...] = ()  # statuses that count as ok
    headers: tuple[
        tuple[str, str], ...
    ] = ()  # sent to this host only, over https or to `private` hosts
    missing_token: str = ""  # the environment variable that a header needs and that is not set


class LinkOptions(Struct, frozen=True):
    """All options of a run of the link check."""

    user_agent: str
    skip: tuple[str, ...] = ()  # hosts that are never requested; a host covers its subdomains
    blocked_is_fine: tuple[str, ...] = ()  # hosts known to block automated requests
    broken_is_fine: tuple[str, ...] = ()  # hosts whose `broken` is known to be false
    pace: tuple[tuple[str, float], ...] = ()  # host -> maximum requests per second
    timeout: float = 15.0  # seconds per link with all hops and retries; rate limits excluded
    connect: float = 5.0  # seconds for a connection, name resolution and TLS included
    body: float = 3.0  # seconds for reading the body
    in_flight: int = 64
    per_host: int = 6
    private: tuple[
        str, ...
    ] = ()  # hosts that may be requested at a private address, named on the command line
    hosts: tuple[HostOptions, ...] = ()
    # For tests only: a private network with its own names and certificate authority.
    lookup: Lookup | None = None
    tls: ssl.SSLContext | None = None

    def of_host(self, host: str) -> HostOptions | None:
        """Return the options of the most specific entry that covers a host."""
        covering = [options for options in self.hosts if host_covers((options.host,), host)]
        return max(covering, key=lambda options: len(options.host), default=None)

    def headers_for(self, scheme: str, host: str) -> dict[str, str]:
        """Return the extra headers for one request; none over http, which can be intercepted."""
        options = self.of_host(host)
        if options is None or not (scheme == "https" or host_covers(self.private, host)):
            return {}
        return dict(options.headers)


def link_options(workspace: Workspace, private: Iterable[str] = ()) -> LinkOptions:
    """Return the options from `[links]`; the default user agent contains the publication's URL.

    Settings cannot allow private addresses: they come with a draft, which may come from anyone.
    """
    links = workspace.links
    user_agent = links.user_agent or default_user_agent(workspace.publication.url)
    return LinkOptions(
        user_agent="".join(
            filter(str.isprintable, user_agent)
        ),  # a line break would start another header
        skip=normalized_hosts(links.skip),
        blocked_is_fine=normalized_hosts(links.blocked_is_fine),
        broken_is_fine=normalized_hosts(links.broken_is_fine),
        pace=tuple((normalized_host(host), rate) for host, rate in links.pace.items()),
        timeout=links.timeout,
        in_flight=links.in_flight,
        per_host=links.per_host,
        private=normalized_hosts(private),
        hosts=tuple(_host_options(host, table, os.environ) for host, table in links.hosts.items()),
    )


def normalized_hosts(hosts: Iterable[str]) -> tuple[str, ...]:
    """Return hosts normalised for comparison."""
    return tuple(map(normalized_host, hosts))


def token_variable(host: str) -> str:
    """Return the variable with the token for a host, such as `NEWSLETTER_TOKEN_WIKI_EXAMPLE_ORG`.

    The name derives from the host, so that a draft's settings cannot send one host's token to
    another.
    """
    return "NEWSLETTER_TOKEN_" + re.sub(r"[^A-Z0-9]", "_", normalized_host(host).upper())


def _host_options(host: str, table: LinkHostTable, environment: Mapping[str, str]) -> HostOptions:
    variable = token_variable(host)
    token = environment.get(variable, "").strip()
    headers, missing = [], ""
    for name, value in table.headers.items():
        if TOKEN in value and not token:
            missing = variable
            continue
        filled = value.replace(TOKEN, token)
        headers.append((name, "".join(filter(str.isprintable, filled))))
    return HostOptions(normalized_host(host), tuple(table.accept), tuple(headers), missing)
