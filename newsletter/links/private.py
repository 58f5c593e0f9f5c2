"""Which internet addresses a link of a newsletter may lead to: those that its readers can reach too.

A draft may come from anyone, and what this machine can reach need not be anybody else's: routers, metadata services
of clouds, the desk's own printers.
"""

from __future__ import annotations

import ipaddress

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")  # RFC 3056: one in bits 16 to 48
_GLOBAL = ipaddress.IPv6Network("2000::/3")  # RFC 4291: all that is handed out so far


def is_public(address: str) -> bool:
    """Tell whether an address, spelled as `inet_ntop` does, is one that everybody reaches; odd spellings are not."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return _is_public_v4(parsed)
    if inner := _inside(parsed):
        return _is_public_v4(inner)
    return parsed in _GLOBAL and parsed.is_global and not parsed.teredo


def is_nowhere(address: str) -> bool:
    """Tell whether it is 0.0.0.0 or ::, which filters that block advertisers put in place of the true address."""
    try:
        return ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return address.ipv4_mapped
