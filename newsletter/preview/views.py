"""The mail as readers see it: the same bytes but for what each view is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape

from msgspec import Struct

from newsletter.check.email.color_schemes import COLOR_SCHEMES, ColorScheme
from newsletter.preview.changes import with_marks
from newsletter.preview.forced_colors import forced
from newsletter.preview.issue_cache import EmailViews

OUTLOOK, GMAIL = COLOR_SCHEMES[2:]


class EmailView(Struct, frozen=True):
    """One way to look at a mail."""

    name: str  # in addresses and file names
    label: str
    medium: str  # mail, web or text
    dark: bool
    show: Callable[[EmailViews], str | None]


_MEDIA = re.compile(r"@media\s*\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)")
_SCHEME = re.compile(r'(<meta\b[^>]*\bname="color-scheme"[^>]*\bcontent=")[^"]*(")')
_ROOT = re.compile(r":root\{color-scheme:[^;}]*")
_SHEET = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
# What a browser opens before any policy has a say.
_EARLY = re.compile(
    r'<link\b[^>]*\brel="?(?:dns-prefetch|preconnect|prefetch|preload|modulepreload)\b[^>]*>',
    re.IGNORECASE,
)


def _schemed(html: str, scheme: str) -> str:
    """Return HTML that is light or dark whatever the system says: its rules for the one apply, the others do not."""
    html = _MEDIA.sub(lambda match: "@media all" if match[1] == scheme else "@media not all", html)
    html = _SCHEME.sub(rf"\g<1>{scheme}\g<2>", html)
    return _ROOT.sub(f":root{{color-scheme:{scheme}", html)


def _local(html: str, made: EmailViews) -> str:
    """Return HTML whose pictures come from here, for they are not published yet."""
    slug = made.mail.email.slug
    images = re.escape(made.mail.publication.image_url(slug, ""))
    source = rf"""((?:\s(?:src|background)=|url\()["']?)(?:{images}|images/)"""
    return re.sub(source, rf"\g<1>/mail/{slug}/images/", _EARLY.sub("", html))


def light(made: EmailViews) -> str:
    """Return the mail by day."""
    return _local(_schemed(made.marked.html, "light"), made)


def dark(made: EmailViews) -> str:
    """Return the mail with the theme's own rules for the dark."""
    return _local(_schemed(made.marked.html, "dark"), made)


def outlook_dark(made: EmailViews) -> str:
    """Return the mail as Outlook.com darkens it; the theme's `[data-ogsc]` rules count."""
    return _forced(made, OUTLOOK)


def gmail_dark(made: EmailViews) -> str:
    """Return the mail as Gmail's apps darken it."""
    return _forced(made, GMAIL)


def _forced(made: EmailViews, look: ColorScheme) -> str:
    return _local(_schemed(forced(made.marked.html, made.tree, made.mail, look), "light"), made)


def no_styles(made: EmailViews) -> str:
    """Return the mail as a client shows it that drops the head: style attributes are all it has."""
    return _SHEET.sub("", light(made))


def changes(made: EmailViews) -> str | None:
    """Return the mail with what came and went since it was published."""
    return (
        None
        if made.published is None
        else _local(_schemed(with_marks(made.published, made.marked.html), "light"), made)
    )


def web(made: EmailViews) -> str:
    """Return the page of the archive by day."""
    return _local(_schemed(made.page.html, "light"), made)


def web_dark(made: EmailViews) -> str:
    """Return the page of the archive by night."""
    return _local(_schemed(made.page.html, "dark"), made)


def text(made: EmailViews) -> str:
    """Return the text part as a page, for a frame or a picture of it."""
    email = made.mail.email
    language, direction = made.mail.issue.language, made.mail.issue.direction
    style = "body{margin:16px;background:#fff;color:#111}pre{font:14px/1.45 monospace;width:72ch;white-space:pre-wrap}"
    return (
        f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>'
        f"{escape(email.subject)}</title><style>{style}</style></head><body><pre>{escape(email.text)}</pre></body></html>"
    )


VIEWS: Mapping[str, EmailView] = {
    view.name: view
    for view in (
        EmailView("light", "Light", "mail", False, light),
        EmailView("dark", "Dark, as the theme has it", "mail", True, dark),
        EmailView("outlook", "Inverted by Outlook.com", "mail", True, outlook_dark),
        EmailView("gmail", "Inverted by Gmail's apps", "mail", True, gmail_dark),
        EmailView("images-off", "Pictures off", "mail", False, light),
        EmailView("no-styles", "Styles stripped", "mail", False, no_styles),
        EmailView("web", "Web page", "web", False, web),
        EmailView("web-dark", "Web page, dark", "web", True, web_dark),
        EmailView("text", "Plain text", "text", False, text),
        EmailView("changes", "Changes since it was published", "mail", False, changes),
    )
}
