"""Restrict links to IP addresses that readers can reach too.

A draft may come from anyone, and this machine may reach what others cannot: routers, cloud metadata
services, the editors' own printers.
"""

from __future__ import annotations

import ipaddress

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")  # RFC 3056: an IPv4 address in bits 16 to 48
_GLOBAL = ipaddress.IPv6Network("2000::/3")  # RFC 4291: everything allocated so far


def is_public(address: str) -> bool:
    """Return whether an address, in the format of `inet_ntop`, is reachable from everywhere.

    Returns False for other formats.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return _is_public_v4(parsed)
    if embedded := _embedded_v4(parsed):
        return _is_public_v4(embedded)
    return parsed in _GLOBAL and parsed.is_global and not parsed.teredo


def is_unspecified_address(address: str) -> bool:
    """Return whether it is 0.0.0.0 or ::, which ad filters return instead of the real address."""
    try:
        return ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False


def printed_address(address: str) -> str:
    """Return an address as RFC 5952 writes it: an IPv4-mapped one ends in decimals.

    Python writes it so only from version 3.13 on.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return f"::ffff:{mapped}" if mapped else address


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _embedded_v4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address embedded in an IPv6 address."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return address.ipv4_mapped
