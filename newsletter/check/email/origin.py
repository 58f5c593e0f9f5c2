"""Source locations for parts of a finished email: a template line or the author's text next to it.

Locations are never in the packaged theme, which editors cannot change and whose output is valid.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape

from lxml.html import HtmlElement

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.object_cache import cached_for_object
from newsletter.model import Location
from newsletter.theme.theme import Theme

_TOKEN = re.compile(r"[\w%#.-]+|\S")
_TAG = re.compile(r"</?([A-Za-z][\w:-]*)[^>]*>|[^<]+")
_OTHER_MEDIA = ("web.", "text.", "phrases.")


@cached_for_object
def _templates(theme: Theme) -> Sequence[tuple[str, str]]:
    """Return path and text of the publication's own templates that the email is built from."""
    files: dict[str, tuple[str, str]] = {}
    for folder in theme.own:
        for path in sorted(folder.rglob("*.*")):
            name = path.relative_to(folder).as_posix()
            if (
                name not in files
                and name.endswith((".j2", ".toml"))
                and not name.startswith(_OTHER_MEDIA)
            ):
                files[name] = (f"{theme.shown[str(folder)]}/{name}", path.read_text("utf-8"))
    return tuple(files.values())


def in_theme(theme: Theme, words: str) -> Location | None:
    """Return where a template of the publication's own contains `words`, ignoring whitespace."""
    pieces = _TOKEN.findall(words)
    spaced = r"\s*".join(map(re.escape, pieces))
    start = r"(?<![\w-])" if pieces and pieces[0][0].isalnum() else ""
    end = r"(?![\w-])" if pieces and pieces[-1][-1].isalnum() else ""
    return (
        _matching(theme, re.compile(f"{start}(?P<here>{spaced}){end}", re.IGNORECASE))
        if pieces
        else None
    )


def _matching(theme: Theme, pattern: re.Pattern[str]) -> Location | None:
    for shown, text in _templates(theme):
        if match := pattern.search(text):
            at = match.start("here")
            return Location(shown, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    return None


def of_tag(checked: CheckedEmail, offset: int) -> Location:
    """Return the source location of the tag that ends at an offset of the HTML.

    Attributes of the final tag differ from the template's, so it is found by the preceding tags and
    words: four if they are unique, at least two.
    """
    before = list(_TAG.finditer(checked.email.html, max(offset - 2000, 0), offset))[-4:]
    for count in range(len(before), 1, -1):
        *others, last = map(_loosely, before[-count:])
        pattern = r"\s*".join([*others, f"(?P<here>{last})"])
        if where := _matching(checked.theme, re.compile(pattern)):
            return where
    return by_words(checked, offset)


def _loosely(match: re.Match[str]) -> str:
    if match[1] is None:
        return r"\s*".join(map(re.escape, match[0].split()))
    return f"</{match[1]}\\s*>" if match[0].startswith("</") else f"<{match[1]}\\b[^>]*>"


def by_words(checked: CheckedEmail, offset: int) -> Location:
    """Return the author's line for the text before an offset, or the theme's main template."""
    for match in reversed(list(_TAG.finditer(checked.email.html, max(offset - 4000, 0), offset))):
        if match[1] is None and (where := checked.authored(unescape(match[0]))):
            return where
    return checked.written(r"<mjml\b")


def of_style(checked: CheckedEmail, element: HtmlElement, *properties: str) -> Location | None:
    """Return where the publication's own files style an element or what it inherits from.

    Else where they have its words; `None` if both are of the packaged theme or of the author.
    """
    styled = (
        declaration.strip()
        for ancestor in (element, *element.iterancestors())
        for declaration in (ancestor.get("style") or "").split(";")
        if declaration.partition(":")[0].strip() in properties
    )
    declaration = next(styled, "")
    words = " ".join((element.text or "").split())[:60]
    if where := declaration and in_own_files(checked, declaration):
        return where
    return None if not words or checked.authored(words) else in_own_files(checked, words)


_EVERY_MEDIUM = (".j2", ".toml")


@cached_for_object
def _own_files(checked: CheckedEmail) -> Sequence[tuple[str, str]]:
    """Return path and text of templates, phrases, settings and masthead."""
    files: list[tuple[str, str]] = []
    for folder in checked.theme.own:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.suffix in _EVERY_MEDIUM and path.is_file() and not name.startswith("web."):
                shown = f"{checked.theme.shown[str(folder)]}/{name}"
                files.append((shown, path.read_text("utf-8", "replace")))
    root = checked.issue.folder.parent.parent
    shared = (root / name for name in ("newsletter.toml", "pyproject.toml", "credits.yaml"))
    texts = (
        (path.name, path.read_text("utf-8-sig", "replace")) for path in shared if path.is_file()
    )
    return (*files, *texts)


def in_own_files(checked: CheckedEmail, words: str) -> Location | None:
    """Return where `words` occur outside the issue: templates, phrases, settings or masthead."""
    pieces = _TOKEN.findall(words)
    if not pieces:
        return None
    pattern = re.compile(r"\s*".join(map(re.escape, pieces)), re.IGNORECASE)
    for shown, text in _own_files(checked):
        if match := pattern.search(_without_comments(text)):
            at = match.start()
            return Location(shown, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    return None


_COMMENT = re.compile(r"\{#.*?#\}|<!--(?!\[if).*?-->", re.DOTALL)


def _without_comments(text: str) -> str:
    """Return a template with its comments, which readers never see, replaced by blanks."""
    return _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def place_of_href(checked: CheckedEmail, href: str) -> Location | None:
    """Return where a template or the settings contain a link's address."""
    if len(href) > 1:
        location = in_own_files(checked, href) or in_own_files(checked, escape(href))
        site = checked.publication.url
        if location is None and site and href.startswith(site):
            return in_own_files(checked, site)  # derived from the setting
        return location
    pattern = re.compile(rf"""href\s*=\s*(?P<quote>["'])(?P<here>{re.escape(href)})(?P=quote)""")
    for shown, text in _own_files(checked):
        if match := pattern.search(_without_comments(text)):
            at = match.start()
            return Location(shown, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    return None
