"""Email addresses: validation, comparison, and the form passed to the mail server."""

from __future__ import annotations

import unicodedata

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.files.quotation import quoted

# Role mailboxes read by machines and administrators (RFC 2142 §4–§5, and the usual "do not answer"
# names). `info`, `office` and the like belong to people, and may subscribe.
ROLE_NAMES = frozenset(
    "abuse postmaster hostmaster webmaster mailer-daemon root noc security spam "
    "noreply no-reply donotreply do-not-reply nobody bounce bounces devnull".split()
)


class InvalidAddress(NewsletterError):
    """The input is not a valid email address."""


class ListAddress(Struct, frozen=True):
    """An address of a subscriber."""

    normalized: str  # as used in RCPT and To: NFC, domain in ASCII
    key: str  # as it is compared: the same in lower case
    domain: str  # of the key

    @property
    def is_role(self) -> bool:
        return self.key.partition("@")[0].partition("+")[0] in ROLE_NAMES


def parse_address(text: str) -> ListAddress:
    """Return a normalized address. Raises `InvalidAddress`.

    The local part is compared in lower case: servers may distinguish `Ana@` from `ana@` (RFC 5321
    §2.4), but none in common use does, and writing to both would reach one person twice. Tags
    (`ana+news@`) and dots are preserved, because their meaning differs between providers.
    """
    stripped = unicodedata.normalize("NFC", text.strip().removeprefix("mailto:").strip("<>"))
    if _is_plain(stripped):
        local, _, domain = stripped.rpartition("@")
        domain = domain.lower()
        return ListAddress(f"{local}@{domain}", f"{local}@{domain}".lower(), domain)
    return _parse_thoroughly(stripped)


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-")
_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-")


def _is_plain(text: str) -> bool:
    """Return whether an address has the common simple form, which needs no library."""
    local, at, domain = text.partition("@")
    labels = domain.lower().split(".")
    return bool(
        at
        and 0 < len(local) <= 64
        and len(domain) <= 253
        and set(local) <= _PLAIN
        and local[0] != "."
        and local[-1] != "."
        and ".." not in local
        and len(labels) > 1
        and all(_is_label(label) for label in labels)
        and labels[-1].isalpha()
        and labels[-1] not in _RESERVED
    )


def _is_label(label: str) -> bool:
    fits = 0 < len(label) <= 63 and set(label) <= _HOST
    return fits and not label.startswith(("-", "xn--")) and not label.endswith("-")


_RESERVED = {"localhost", "local", "invalid", "arpa"}  # never delivered to (RFC 6761)


def _parse_thoroughly(text: str) -> ListAddress:
    """Parse an address with quotes, other scripts or a punycode domain, using the library."""
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(
            text,
            check_deliverability=False,
            strict=True,  # at most 64 characters before the @ (RFC 5321 §4.5.3.1.1)
            allow_smtputf8=True,
            allow_quoted_local=False,
            test_environment=True,  # allow example.test and the like for testing
        )
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        raise InvalidAddress(f"{quoted(text)} is not an email address: {reason}") from error
    domain = valid.ascii_domain.lower()
    if domain.rpartition(".")[2] in _RESERVED:
        raise InvalidAddress(f"{quoted(text)} is not an email address: no email reaches {domain}")
    local = unicodedata.normalize("NFC", valid.local_part)
    return ListAddress(f"{local}@{domain}", f"{local.casefold()}@{domain}", domain)
