"""The email's row in the inbox, truncated as in each client."""

from __future__ import annotations

from msgspec import Struct

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.size import HtmlOffsets
from newsletter.markup.width import display_width


class InboxRow(Struct, frozen=True):
    """How much of the subject and the preview text a client shows, in columns of average width."""

    client: str
    device: str
    subject: int
    preheader: int
    line: int = 0  # columns that both share, if they are on one line

    def preheader_after(self, subject: int) -> int:
        return min(self.preheader, max(self.line - subject, 0)) if self.line else self.preheader


# Clients truncate by pixels, which depend on the window, the font size and the letters. These are
# the columns of an ordinary sentence.
# iPhone: measured on an iPhone 14 with a pangram (emailtooltester.com, "How long can a subject line
# be", 2023), which reports 48 and 99 for Apple Mail and finds 33 letters safe in Gmail's app on
# Android. Gmail's page: a snippet has 90 to 101 letters (Google Workspace support, April 2015) and
# shares a line of about 130 with the subject on a laptop.
# The others are the middle of the ranges that guides of 2024 to 2026 agree on: Outlook 50 to 60 and
# 55 on the desktop, 35 to 45 on phones; Apple Mail 60 to 70 and 130 to 140 in its two lines on the
# desktop.
ROWS = (
    InboxRow("Gmail", "phone", 37, 40),
    InboxRow("Apple Mail", "phone", 48, 99),
    InboxRow("Outlook", "phone", 40, 80),
    InboxRow("Gmail", "desktop", 70, 100, line=130),
    InboxRow("Apple Mail", "desktop", 65, 130),
    InboxRow("Outlook", "desktop", 55, 55),
)
_PADDING = (
    "\u034f\u200b\u200c\u200d\u2060\ufeff\u00ad"  # padding that keeps the body out of the row
)


def inbox_rows(checked_email: CheckedEmail) -> list[dict[str, str]]:
    """Return a row for each client; like clients, take the first text of the HTML as snippet."""
    publication, issue = checked_email.publication, checked_email.issue
    follows = _snippet(checked_email)
    rows = []
    for row in ROWS:
        subject, subject_rest = cut_columns(issue.subject, row.subject)
        shown, _ = cut_columns(follows, row.preheader_after(display_width(subject)))
        shown = _visible(shown)
        rest = issue.preheader[len(shown) :] if issue.preheader.startswith(shown) else ""
        cut_row = {
            "client": row.client,
            "device": row.device,
            "sender": publication.sender_name or publication.name,
        }
        cut_row |= {
            "subject": subject,
            "subject_rest": subject_rest,
            "preheader": shown,
            "preheader_rest": rest,
        }
        rows.append(cut_row)
    return rows


def _snippet(checked_email: CheckedEmail) -> str:
    """Return the start of the email's text, hidden or not, with its padding."""
    html = checked_email.email.html
    outline, body = HtmlOffsets(html[: html.find("<body") + 20_000]), html.find("<body")
    return " ".join(outline.texts[run][0] for run in outline.runs if run > body)[:1000]


def _visible(text: str) -> str:
    return " ".join(text.translate(dict.fromkeys(map(ord, _PADDING))).split())


def cut_columns(text: str, columns: int) -> tuple[str, str]:
    """Return the text that fits, reserving a column for the ellipsis, and the rest."""
    if display_width(text) <= columns:
        return text, ""
    used = 0
    for index, character in enumerate(text):
        used += display_width(character)
        if used > columns - 1:
            return text[:index].rstrip(), text[index:]
    return text, ""
