"""Recognise pages that scripts fill, so that nothing is concluded from what they lack."""

from __future__ import annotations

import re

from newsletter.links.page_text import PageText

SHELL = 200  # visible letters below which a page that has scripts counts as empty
ARTICLE = 1500  # visible letters from which only an application's own element counts as empty

_FLAGS = re.DOTALL | re.IGNORECASE
_SCRIPT = re.compile(
    r"""<script\b[^<>]*\s(?:src\b|type\s*=\s*["']?module)|<link\b[^<>]*\bmodulepreload\b|\bimport\(["'/]""",
    re.IGNORECASE,
)
_CONTAINER = re.compile(
    r"<(?P<name>div|main|section|article|[a-z][a-z\d]{0,30}-[\w-]{1,60})(?P<attributes>(?:\s[^<>]{0,500})?)>",
    re.IGNORECASE,
)
# No content, or a notice that something comes.
_EMPTY = re.compile(
    r"""\s{0,200}(?:<noscript\b.{0,4000}?</noscript\s*>\s{0,200})?(?:<(?:div|p|span)\b[^<>]{0,200}>\s{0,200})?
    (?:<svg\b.{0,2000}?</svg>\s{0,200})?(?:loading|please\ wait|one\ moment|laden|wird\ geladen|chargement
    |cargando|carregando)?[\s.…]{0,200}(?:</(?:div|p|span)>\s{0,200})?</""",
    _FLAGS | re.VERBOSE,
)
# The elements that React, Vue, Angular, Svelte, Next, Nuxt, Gatsby and Ember applications fill.
_ROOT = re.compile(
    r"""\b(?:id|class)\s*=\s*["']?[^"'<>]{0,80}(?<![a-z])(?:root|app|next|nuxt|gatsby|svelte|react|vue|ember|mount|main
        |content|page|container)(?![a-z])|\bdata-(?:react|vue|svelte|v-app|app)""",
    _FLAGS | re.VERBOSE,
)
_ROOT_NAME = re.compile(r"(?:\w+-)*(?:app|root|application|shell|page)(?:-\w+)*", re.IGNORECASE)
# Parts of a page that are requested later: GitHub's fragments and React apps, GitLab's Vue apps,
# Turbo frames, htmx, lazy containers.
_LOADED_LATER = re.compile(
    r"""<include-fragment\b|<(?:react-app|react-partial)\b|<turbo-frame\b[^<>]*\ssrc\s*=|\bhx-trigger\s*=\s*["']?
        (?:load|revealed|intersect)|<(?:poll|batch-deferred)[\w-]{0,40}include-fragment\b|\bdata-deferred-src\s*=
        |<details-dialog\b[^<>]*\ssrc\s*=|\bid\s*=\s*["']?js-vue-
        |<(?:div|section|article|main|ul|ol)\b[^<>]*\sdata-(?:lazy|async|remote|load|fetch)-?(?:src|url|load|content)?\s*=""",
    _FLAGS | re.VERBOSE,
)
_CODE_HOST = re.compile(
    r"""<meta\b[^<>]{0,300}\bcontent\s*=\s*["']?(?:github(?:\.com)?|gitlab|bitbucket|gitea|forgejo|codeberg(?:\.org)?)["'\s>]
    |\bgithub\.githubassets\.com|\bwindow\.gon\b|\bgiteaVersion\b""",
    re.IGNORECASE | re.VERBOSE,
)


def is_filled_by_scripts(page: PageText) -> bool:
    """Return whether scripts add content: an application shell, or parts that load later.

    Pages of GitHub, GitLab, Bitbucket and Gitea count, wherever they run.
    """
    if _LOADED_LATER.search(page.markup) or _CODE_HOST.search(page.source):
        return True
    letters = len(page.words.replace(" ", ""))
    if not _SCRIPT.search(page.source):
        return False
    return letters < SHELL or _has_empty_part(page, only_root=letters >= ARTICLE)


def _has_empty_part(page: PageText, *, only_root: bool) -> bool:
    """Return whether an element for content has none: an application's root, or any with a name."""
    for container in _CONTAINER.finditer(page.markup):
        name, attributes = container["name"], container["attributes"]
        is_root = bool(_ROOT.search(attributes)) or ("-" in name and _is_root_name(name))
        is_named = "-" in name or " id" in attributes.lower()
        if (is_root or (is_named and not only_root)) and _EMPTY.match(page.markup, container.end()):
            return True
    return False


def _is_root_name(name: str) -> bool:
    return bool(_ROOT_NAME.fullmatch(name))
