"""Email -> RFC 5322 bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from email.generator import BytesGenerator
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.quoprimime import body_encode
from email.utils import formataddr
from functools import lru_cache
from io import BytesIO
from urllib.parse import quote

from newsletter.model import Image, Issue, Publication


def message(
    issue: Issue, publication: Publication, html: str, text: str, *, images: Iterable[Image] = ()
) -> bytes:
    """Return the message file: text, then HTML (RFC 2046 §5.1.4), as quoted-printable UTF-8.

    `images` are embedded, and the message's HTML refers to them instead of remote images
    (RFC 2392). All ids and dates derive from the issue, so the same issue yields the same bytes.
    """
    carried = [p for p in images if p.data is not None and p.variant_of is None]
    html = with_embedded(html, carried, publication, issue.slug)
    digest = hashlib.sha256(f"{issue.slug}\n{html}\n{text}".encode()).hexdigest()
    domain = _domain(publication)
    mail = EmailMessage(policy=SMTP)
    # Noon in UTC is the same day of the month nearly everywhere.
    mail["Date"] = dt.datetime.combine(issue.date, dt.time(12), dt.UTC)
    mail["Message-ID"] = f"<{issue.slug}.{digest[:16]}@{domain}>"
    mail["MIME-Version"] = "1.0"
    if publication.list_id:
        mail["List-Id"] = _list_id(publication)
    mail.set_content("", cte="quoted-printable")
    mail.add_alternative("", subtype="html", cte="quoted-printable")
    for part, content in zip(mail.iter_parts(), (text, html), strict=True):
        part.set_payload(_quoted_printable(content))
    if carried:
        related = mail.get_payload()[1]  # type: ignore[index]  # the alternative just added
        for image in carried:
            related.add_related(  # type: ignore[union-attr]
                image.data,
                "image",
                image.type,
                cid=f"<{image.name}>",
                filename=image.name,
                disposition="inline",
            )
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{digest[number * 8 : number * 8 + 24]}")
        if part is not mail and "MIME-Version" in part:
            del part["MIME-Version"]
    return _own_headers(issue, publication, domain) + _flattened(mail)


class _WholeBodies(BytesGenerator):
    """Writes each body at once; the original writes every line of it twice, with its end."""

    def _write_lines(self, lines: str) -> None:
        self.write(lines.replace("\n", "\r\n"))


def _flattened(mail: EmailMessage) -> bytes:
    """Return what `mail.as_bytes()` returns, as long as no body contains a carriage return."""
    data = BytesIO()
    _WholeBodies(data, mangle_from_=False, policy=mail.policy).flatten(mail)
    return data.getvalue()


def _quoted_printable(text: str) -> str:
    """Return the lines of a text as `EmailMessage.set_content` encodes them."""
    lines = text.encode().splitlines()
    quoted = (_short_line(line) if len(line) <= _SHORT else _quoted_line(line) for line in lines)
    return "\n".join([*quoted, ""]) if lines else "\n"


def _quoted_line(line: bytes) -> str:
    return body_encode(line.decode("latin-1"), SMTP.max_line_length or _LONGEST)


# A text part has hundreds of lines, of which few differ from those of the last email. A line of
# HTML may be the whole email, so long ones are not stored.
_SHORT = 200  # bytes
_short_line = lru_cache(maxsize=4096)(_quoted_line)


def with_embedded(html: str, images: Iterable[Image], publication: Publication, slug: str) -> str:
    """Return HTML that refers to the embedded images instead of their addresses.

    An embedded image has one file: a second one would be received by everyone and seen by few, so
    the files for other screens are no longer named.
    """
    carried = [p for p in images if p.data is not None and p.variant_of is None]
    if not carried:
        return html
    for image in carried:
        html = html.replace(publication.image_url(slug, image.name), f"cid:{image.name}")
    own = re.escape(publication.image_url(slug, ""))
    html = re.sub(rf'<source\b[^>]*\bsrcset="[^"]*(?:{own}|cid:)[^>]*>', "", html)
    return re.sub(rf'(<img\b[^>]*?) srcset="[^"]*(?:{own}|cid:)[^"]*"', r"\1", html)


def _own_headers(issue: Issue, publication: Publication, domain: str) -> bytes:
    """Return the headers that the `email` package would damage by folding.

    It drops spaces between encoded words (CPython issue 92081), and breaks URLs that are longer
    than a line.
    """
    headers = {
        "Subject": encoded_words("Subject", issue.subject),
        "From": _sender(publication, domain),
    }
    if publication.unsubscribe_url:  # RFC 2369 and RFC 8058
        headers["List-Unsubscribe"] = f"<{quote(publication.unsubscribe_url, safe=_ADDRESS)}>"
        if publication.unsubscribe_url.startswith("https:"):
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii")


_ADDRESS = "%:/?#[]@!$&'()*+,;=~"  # characters allowed unescaped in a URL (RFC 3986 §2.2)


def encoded_words(name: str, text: str) -> str:
    """Return text as a header value, with encoded words where needed (RFC 2047)."""
    plain = text.isascii() and "=?" not in text and max(map(len, text.split())) < _LONGEST
    return Header(text, "us-ascii" if plain else "utf-8", header_name=name).encode(linesep="\r\n")


_LONGEST = 76  # a word that fills a whole line is encoded, not left unbroken


def _sender(publication: Publication, domain: str) -> str:
    """Return the From header, which RFC 5322 §3.6 requires in every message."""
    name = publication.sender_name or publication.name
    user, _, host = (publication.sender_email or f"newsletter@{domain}").rpartition("@")
    address = f"{quote(user, safe=_ATOM)}@{ascii_domain(host)}"
    plain = name.isascii() and "=?" not in name
    return (
        formataddr((name, address)) if plain else f"{encoded_words('From', name)}\r\n <{address}>"
    )


_ATOM = "!#$%&'*+/=?^_`{|}~"  # characters allowed before the @ without quotes (RFC 5322 §3.2.3)


def _list_id(publication: Publication) -> str:
    """Return the List-Id (RFC 2919 §2), with the publication's name as a phrase if it is ASCII."""
    name = publication.name
    phrase = f'"{name}" ' if name.isascii() and not set('"\\') & set(name) else ""
    return f"{phrase}<{(publication.list_id or '').strip('<>')}>"


def _domain(publication: Publication) -> str:
    """Return the domain of the sender, or else of the archive."""
    domain = publication.url.partition("://")[2].partition("/")[0]
    if publication.sender_email and "@" in publication.sender_email:
        domain = publication.sender_email.rpartition("@")[2]
    return ascii_domain(domain) or "localhost"


def ascii_domain(domain: str) -> str:
    """Return a domain as in headers and envelopes (RFC 3490)."""
    return domain if domain.isascii() else domain.encode("idna").decode()
