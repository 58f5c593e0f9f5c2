"""TLS connections, as strict as browsers make them."""

from __future__ import annotations

import asyncio
import ssl

from newsletter.links.resolve import PublicResolver

# DER of id-ad-caIssuers (RFC 5280, 4.2.2.1): where to get the issuer's certificate.
_CA_ISSUERS = b"\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02"


def browser_like_context() -> ssl.SSLContext:
    """Return a TLS context as strict as browsers, and no stricter.

    OpenSSL 3 rejects servers without RFC 5746, and Python 3.13 rejects certificates without a key
    identifier; browsers accept both. A link check transmits no secret.
    """
    context = ssl.create_default_context()
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)  # named from Python 3.12 on
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(("http/1.1",))
    return context


async def names_issuer(resolver: PublicResolver, host: str, port: int, seconds: float) -> bool:
    """Return whether a server's certificate contains the URL of its issuer's certificate.

    Public authorities always include it, and browsers download a certificate that the server did
    not send; self-signed certificates have none. Nothing is verified or sent here. Raises `OSError`
    if the certificate cannot be read.
    """
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with asyncio.timeout(seconds):
        address = (await resolver.resolve(host, port))[0]["host"]
        _, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=host)
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.transport.abort()
    return _CA_ISSUERS in (certificate or b"")
