"""The authorities that encrypted connections trust: the system's (or `SSL_CERT_FILE`), and one of the settings."""

from __future__ import annotations

import ssl
from pathlib import Path

from newsletter.errors import NewsletterError


def tls_context(ca: Path | None) -> ssl.SSLContext:
    """Return the TLS context. Raises `NewsletterError` if `ca` is not a certificate authority."""
    context = ssl.create_default_context()
    if ca is not None:
        try:
            context.load_verify_locations(ca)
        except (OSError, ssl.SSLError) as error:
            raise NewsletterError(
                f"{ca} cannot be read as a certificate authority",
                hint="Use a file in PEM format.",
            ) from error
    return context
