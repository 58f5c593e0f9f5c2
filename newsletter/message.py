"""Email -> RFC 5322 bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from newsletter.model import Issue, Picture, Publication


def message(issue: Issue, publication: Publication, html: str, text: str, pictures: Iterable[Picture] = ()) -> bytes:
    """Return the message file: text first, then HTML (RFC 2046 §5.1.4), each quoted-printable UTF-8.

    `pictures` are carried inside, and this message's HTML shows those instead of the ones on the web (RFC 2392).
    Every id and date comes from the issue, so the same issue gives the same bytes.
    """
    carried = [picture for picture in pictures if picture.data is not None]
    for picture in carried:
        html = html.replace(publication.image_url(issue.slug, picture.name), f"cid:{picture.name}")
    digest = hashlib.sha256(f"{issue.slug}\n{html}\n{text}".encode()).hexdigest()
    domain = _domain(publication)
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = issue.subject
    mail["From"] = _sender(publication, domain)
    # Noon in UTC is the same day of the month nearly everywhere.
    mail["Date"] = dt.datetime.combine(issue.date, dt.time(12), dt.UTC)
    mail["Message-ID"] = f"<{issue.slug}.{digest[:16]}@{domain}>"
    mail["MIME-Version"] = "1.0"
    if publication.list_id:
        mail["List-Id"] = _list_id(publication)
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if carried:
        related = mail.get_payload()[1]  # type: ignore[index]  # the alternative just added
        for picture in carried:
            related.add_related(  # type: ignore[union-attr]
                picture.data,
                "image",
                picture.type,
                cid=f"<{picture.name}>",
                filename=picture.name,
                disposition="inline",
            )
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{digest[number * 8 : number * 8 + 24]}")
        if part is not mail and "MIME-Version" in part:
            del part["MIME-Version"]
    body = mail.as_bytes()
    return _with_unsubscribe(body, publication)


def _with_unsubscribe(body: bytes, publication: Publication) -> bytes:
    """Add the headers of RFC 2369 and RFC 8058, written plainly, before the first blank line."""
    if not publication.unsubscribe_url:
        return body
    address = publication.unsubscribe_url
    lines = f"List-Unsubscribe: <{address}>\r\n"
    if address.startswith("https:"):
        lines += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    head, blank, rest = body.partition(b"\r\n\r\n")
    return head + b"\r\n" + lines.encode("ascii", "xmlcharrefreplace").rstrip(b"\r\n") + blank + rest


def _sender(publication: Publication, domain: str) -> Address:
    """Return who the mail is from; From is one of the two headers RFC 5322 §3.6 demands, so there is always one."""
    user, _, host = (publication.sender_email or f"newsletter@{domain}").rpartition("@")
    return Address(publication.sender_name or publication.name, user, host)


def _list_id(publication: Publication) -> str:
    """Return the List-Id (RFC 2919 §2): the publication's name as a phrase where it is plain ASCII."""
    name = publication.name
    phrase = f'"{name}" ' if name.isascii() and not set('"\\') & set(name) else ""
    return f"{phrase}<{(publication.list_id or '').strip('<>')}>"


def _domain(publication: Publication) -> str:
    if publication.sender_email and "@" in publication.sender_email:
        return publication.sender_email.rpartition("@")[2]
    return publication.url.partition("://")[2].partition("/")[0] or "localhost"
