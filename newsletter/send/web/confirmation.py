"""The confirmation email: no content, no advertising, one link valid for seven days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formataddr, make_msgid

from newsletter.errors import NewsletterError
from newsletter.send.addressing import envelope_sender
from newsletter.targets.smtp import smtp_password, smtp_server, smtp_session, submit
from newsletter.workspace import Workspace


def confirmation_email(
    workspace: Workspace, words: Mapping[str, str], title: str, to: str, *, link: str
) -> EmailMessage:
    """Return the email that requests confirmation."""
    publication = workspace.publication
    sender = envelope_sender(publication)
    message = EmailMessage()
    message["Subject"] = words["mail_subject"].format(list=title)
    message["From"] = formataddr((publication.sender_name or publication.name, sender))
    message["To"] = to
    message["Date"] = dt.datetime.now(dt.UTC)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation replies
    paragraphs = (
        words["mail_text"].format(list=title),
        link,
        words["mail_ignore"],
        publication.postal_address,
    )
    message.set_content("\n\n".join(filter(None, paragraphs)) + "\n", cte="quoted-printable")
    return message


def send_confirmation(workspace: Workspace, message: EmailMessage, to: str) -> bool:
    """Submit a confirmation email; return `False` on failure, as the reader may retry."""
    try:
        server = smtp_server(workspace)
        with smtp_session(server, smtp_password(server)) as smtp:
            sender = envelope_sender(workspace.publication)
            refused = submit(smtp, server, sender, (to,), message=message.as_bytes())
    except NewsletterError:
        return False
    return not refused
