"""Secure connections, as strict as browsers make them."""

from __future__ import annotations

import asyncio
import ssl

from newsletter.links.resolve import PublicResolver

# DER of id-ad-caIssuers (RFC 5280, 4.2.2.1): where the issuer's certificate is to be had.
_CA_ISSUERS = b"\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02"


def browser_like() -> ssl.SSLContext:
    """Return how connections are secured: as strict as browsers, and no stricter.

    OpenSSL 3 refuses servers without RFC 5746, and Python 3.13 certificates without a key identifier; browsers open
    both. A link check carries no secret.
    """
    context = ssl.create_default_context()
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)  # Python 3.12 names it
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(("http/1.1",))
    return context


async def names_issuer(names: PublicResolver, host: str, port: int, seconds: float) -> bool:
    """Tell whether a server's certificate says where its issuer's is to be had.

    Public authorities always say so, and browsers go and get what the server forgot to send; who signs for himself
    does not. Nothing is verified here, and nothing asked. Raises `OSError` where the certificate is not to be had.
    """
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with asyncio.timeout(seconds):
        address = (await names.resolve(host, port))[0]["host"]
        _, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=host)
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.transport.abort()
    return _CA_ISSUERS in (certificate or b"")
