"""Views of the email: the same bytes, except for what each view shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from itertools import count

from msgspec import Struct

from newsletter.check.email.color_schemes import COLOR_SCHEMES, ColorScheme
from newsletter.preview.changes import with_marks
from newsletter.preview.forced_colors import forced
from newsletter.preview.issue_cache import EmailViews
from newsletter.preview.sample_values import with_sample_values
from newsletter.preview.word_engine import as_word_shows

OUTLOOK, GMAIL = COLOR_SCHEMES[2:]


class EmailView(Struct, frozen=True):
    """One view of an email."""

    name: str  # in addresses and file names
    label: str
    medium: str  # email, web or text
    dark: bool
    show: Callable[[EmailViews], str | None]
    offered: Callable[[EmailViews], bool] = lambda views: True


_MEDIA = re.compile(r"@media\s*\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)")
_SCHEME = re.compile(r'(<meta\b[^>]*\bname="color-scheme"[^>]*\bcontent=")[^"]*(")')
_ROOT = re.compile(r":root\{color-scheme:[^;}]*")
_SHEET = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
# What a browser requests before any policy applies.
_EARLY = re.compile(
    r'<link\b[^>]*\brel="?(?:dns-prefetch|preconnect|prefetch|preload|modulepreload)\b[^>]*>',
    re.IGNORECASE,
)


def _schemed(html: str, scheme: str) -> str:
    """Return HTML fixed to a light or dark scheme, regardless of the system's preference.

    Only the rules for that scheme apply.
    """
    html = _MEDIA.sub(lambda match: "@media all" if match[1] == scheme else "@media not all", html)
    html = _SCHEME.sub(rf"\g<1>{scheme}\g<2>", html)
    return _ROOT.sub(f":root{{color-scheme:{scheme}", html)


_SRCSET = re.compile(r'\ssrcset="[^"]*"')


def _local(html: str, views: EmailViews) -> str:
    """Return HTML whose images come from here, because they are not published yet."""
    slug = views.checked_email.email.slug
    images = re.escape(views.checked_email.publication.image_url(slug, ""))
    source = rf"""((?:\s(?:src|background)=|url\()["']?)(?:{images}|images/)"""
    html = re.sub(source, rf"\g<1>/email/{slug}/images/", _EARLY.sub("", html))
    files = re.compile(rf'(?<=[\s"])(?:{images}|images/)')
    return _SRCSET.sub(lambda match: files.sub(f"/email/{slug}/images/", match[0]), html)


def light(views: EmailViews) -> str:
    """Return the email in a light scheme."""
    return _local(_schemed(views.marked.html, "light"), views)


def dark(views: EmailViews) -> str:
    """Return the email with the theme's own rules for a dark scheme."""
    return _local(_schemed(views.marked.html, "dark"), views)


def outlook_dark(views: EmailViews) -> str:
    """Return the email as Outlook.com darkens it; the theme's `[data-ogsc]` rules apply."""
    return _forced(views, OUTLOOK)


def gmail_dark(views: EmailViews) -> str:
    """Return the email as Gmail's apps darken it."""
    return _forced(views, GMAIL)


def _forced(views: EmailViews, look: ColorScheme) -> str:
    return _local(
        _schemed(forced(views.marked.html, views.tree, views.checked_email, look), "light"), views
    )


def no_styles(views: EmailViews) -> str:
    """Return the email as shown by a client that drops the head: only style attributes remain."""
    return _SHEET.sub("", light(views))


def changes(views: EmailViews) -> str | None:
    """Return the email with what was added and removed since it was published."""
    return (
        None
        if views.published is None
        else _local(_schemed(with_marks(views.published, views.marked.html), "light"), views)
    )


def web(views: EmailViews) -> str:
    """Return the archive page in a light scheme."""
    return _local(_schemed(views.page.html, "light"), views)


def web_dark(views: EmailViews) -> str:
    """Return the archive page in a dark scheme."""
    return _local(_schemed(views.page.html, "dark"), views)


def text(views: EmailViews) -> str:
    """Return the text part as a page, for a frame or a screenshot."""
    email = views.checked_email.email
    language, direction = views.checked_email.issue.language, views.checked_email.issue.direction
    style = "body{margin:16px;background:#fff;color:#111}pre{font:14px/1.45 monospace;width:72ch;white-space:pre-wrap}"
    return (
        f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>'
        f"{escape(email.subject)}</title><style>{style}</style></head><body><pre>{escape(email.text)}</pre></body></html>"
    )


def word(views: EmailViews) -> str:
    """Return the email as Outlook for Windows shows it, approximated."""
    return _local(_schemed(as_word_shows(views.marked.html), "light"), views)


def sample(views: EmailViews) -> str:
    """Return the email with sample values in place of merge fields."""
    return _local(
        _schemed(with_sample_values(views.marked.html, views.checked_email), "light"), views
    )


def links(views: EmailViews) -> str:
    """Return the email with a number after each link, as in the list of links."""
    numbers = count(1)

    def numbered(match: re.Match[str]) -> str:
        return f'{match[0]}<sup data-link-number style="{_NUMBER}">{next(numbers)}</sup>'

    return _LINK.sub(numbered, light(views))


_LINK = re.compile(r"<a\b[^>]*\shref=[^>]*>.*?</a>", re.DOTALL | re.IGNORECASE)
_NUMBER = (
    "display:inline-block;margin:0 2px;padding:0 4px;border-radius:7px;background:#0d5269;color:#ffffff;"
    "font:600 10px/14px sans-serif;vertical-align:super"
)


def _has_sample(views: EmailViews) -> bool:
    return (
        with_sample_values(views.checked_email.email.html, views.checked_email)
        != views.checked_email.email.html
    )


VIEWS: Mapping[str, EmailView] = {
    view.name: view
    for view in (
        EmailView("light", "Light", "email", False, light),
        EmailView("sample", "Light, sample merge values", "email", False, sample, _has_sample),
        EmailView("dark", "Dark, by the theme", "email", True, dark),
        EmailView("outlook", "Inverted by Outlook.com", "email", True, outlook_dark),
        EmailView("gmail", "Inverted by Gmail's apps", "email", True, gmail_dark),
        EmailView("word", "Outlook (Word engine), approximated", "email", False, word),
        EmailView("images-off", "Images off", "email", False, light),
        EmailView("no-styles", "Styles removed", "email", False, no_styles),
        EmailView("links", "Links, numbered", "email", False, links),
        EmailView("web", "Web page", "web", False, web),
        EmailView("web-dark", "Web page, dark", "web", True, web_dark),
        EmailView("text", "Plain text", "text", False, text),
        EmailView(
            "changes",
            "Changes since it was published",
            "email",
            False,
            changes,
            lambda views: views.published is not None,
        ),
    )
}
