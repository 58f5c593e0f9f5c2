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
    """One way to look at an email."""

    name: str  # in addresses and file names
    label: str
    medium: str  # email, web or text
    dark: bool
    show: Callable[[EmailViews], str | None]
    offered: Callable[[EmailViews], bool] = lambda made: True


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


def _local(html: str, made: EmailViews) -> str:
    """Return HTML whose images come from here, because they are not published yet."""
    slug = made.mail.email.slug
    images = re.escape(made.mail.publication.image_url(slug, ""))
    source = rf"""((?:\s(?:src|background)=|url\()["']?)(?:{images}|images/)"""
    html = re.sub(source, rf"\g<1>/email/{slug}/images/", _EARLY.sub("", html))
    files = re.compile(rf'(?<=[\s"])(?:{images}|images/)')
    return _SRCSET.sub(lambda match: files.sub(f"/email/{slug}/images/", match[0]), html)


def light(made: EmailViews) -> str:
    """Return the email in a light scheme."""
    return _local(_schemed(made.marked.html, "light"), made)


def dark(made: EmailViews) -> str:
    """Return the email with the theme's own rules for a dark scheme."""
    return _local(_schemed(made.marked.html, "dark"), made)


def outlook_dark(made: EmailViews) -> str:
    """Return the email as Outlook.com darkens it; the theme's `[data-ogsc]` rules apply."""
    return _forced(made, OUTLOOK)


def gmail_dark(made: EmailViews) -> str:
    """Return the email as Gmail's apps darken it."""
    return _forced(made, GMAIL)


def _forced(made: EmailViews, look: ColorScheme) -> str:
    return _local(_schemed(forced(made.marked.html, made.tree, made.mail, look), "light"), made)


def no_styles(made: EmailViews) -> str:
    """Return the email as shown by a client that drops the head: only style attributes remain."""
    return _SHEET.sub("", light(made))


def changes(made: EmailViews) -> str | None:
    """Return the email with what was added and removed since it was published."""
    return (
        None
        if made.published is None
        else _local(_schemed(with_marks(made.published, made.marked.html), "light"), made)
    )


def web(made: EmailViews) -> str:
    """Return the archive page in a light scheme."""
    return _local(_schemed(made.page.html, "light"), made)


def web_dark(made: EmailViews) -> str:
    """Return the archive page in a dark scheme."""
    return _local(_schemed(made.page.html, "dark"), made)


def text(made: EmailViews) -> str:
    """Return the text part as a page, for a frame or a screenshot."""
    email = made.mail.email
    language, direction = made.mail.issue.language, made.mail.issue.direction
    style = "body{margin:16px;background:#fff;color:#111}pre{font:14px/1.45 monospace;width:72ch;white-space:pre-wrap}"
    return (
        f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>'
        f"{escape(email.subject)}</title><style>{style}</style></head><body><pre>{escape(email.text)}</pre></body></html>"
    )


def word(made: EmailViews) -> str:
    """Return the email as Outlook for Windows shows it, approximated."""
    return _local(_schemed(as_word_shows(made.marked.html), "light"), made)


def sample(made: EmailViews) -> str:
    """Return the email with sample values in place of merge fields."""
    return _local(_schemed(with_sample_values(made.marked.html, made.mail), "light"), made)


def links(made: EmailViews) -> str:
    """Return the email with a number after each link, as in the list of links."""
    numbers = count(1)

    def numbered(match: re.Match[str]) -> str:
        return f'{match[0]}<sup data-link-number style="{_NUMBER}">{next(numbers)}</sup>'

    return _LINK.sub(numbered, light(made))


_LINK = re.compile(r"<a\b[^>]*\shref=[^>]*>.*?</a>", re.DOTALL | re.IGNORECASE)
_NUMBER = (
    "display:inline-block;margin:0 2px;padding:0 4px;border-radius:7px;background:#0d5269;color:#ffffff;"
    "font:600 10px/14px sans-serif;vertical-align:super"
)


def _has_sample(made: EmailViews) -> bool:
    return with_sample_values(made.mail.email.html, made.mail) != made.mail.email.html


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
            lambda made: made.published is not None,
        ),
    )
}
