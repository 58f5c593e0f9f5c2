"""Recognise pages that scripts or frames fill, so that nothing is concluded from what they lack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape

from msgspec import Struct

from newsletter.links.page_text import PageText

SHELL = 200  # visible letters below which a page that has scripts counts as empty
ARTICLE = 1500  # visible letters from which only an application's own element counts as empty
LONGEST_NOTICE = 60  # letters
DEEP = 200  # elements within each other; deeper ones are ignored

_FLAGS = re.DOTALL | re.IGNORECASE
_SCRIPT = re.compile(
    r"""<script\b[^<>]*\s(?:src\b|type\s*=\s*["']?module)|<link\b[^<>]*\bmodulepreload\b|\bimport\(["'/]""",
    re.IGNORECASE,
)
_INLINE = re.compile(r"<script\b([^<>]*)>(.*?)(?:</script|\Z)", _FLAGS)
_DATA = re.compile(
    r"""\btype\s*=\s*["']?(?:application/(?!javascript)|text/(?:template|html|x-))""", re.IGNORECASE
)
# What a script within the page does to add others, or content.
_LOADER = re.compile(
    r"""createElement|\.src\s*=|appendChild|insertBefore|innerHTML|outerHTML|insertAdjacentHTML
    |replaceChildren|\.(?:append|prepend)\(|document\.write|importScripts|\bfetch\(|XMLHttpRequest
    |\$\.(?:get|ajax|load)|\.load\(|createRoot|createApp|ReactDOM|new\ Vue|\.mount\(|System\.import
    |\brequire\(""",
    re.VERBOSE,
)
_FRAME = re.compile(r"<(?:frameset\b|i?frame\b[^<>]*\s(?:src|srcdoc|data-src)\s*=)", re.IGNORECASE)
_CONTAINER = re.compile(r"div|main|section|article|[a-z][a-z\d]{0,30}-[\w-]{1,60}", re.IGNORECASE)
_TOKEN = re.compile(r"<(/?)([a-z][\w:-]{0,90})((?:\s[^<>]{0,2000})?)>|([^<]+)", re.IGNORECASE)
_UNREAD = re.compile(r"<(noscript|svg|title)\b.*?(?:</\1\s*>|\Z)", _FLAGS)
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # HTML 13.1.2
)
# Elements that are content without text; an image may be the sign of waiting.
_CONTENT = frozenset("audio canvas embed iframe img input object select textarea video".split())
_WAITING = re.compile(r"load|spin|progress|throbber|placeholder|skeleton|logo|blank", re.IGNORECASE)
# What an element says until its content comes, without punctuation; in the order of languages' codes.
_NOTICES = """
loading|please wait|wait|one moment|just a moment|initializing|starting|wird geladen|lädt|laden|bitte warten
chargement|chargement en cours|veuillez patienter|cargando|espere|espera|carregando|a carregar|aguarde
caricamento|caricamento in corso|attendere|bezig met laden|even geduld|laddar|vänta|indlæser|vent|laster
ladataan|ładowanie|wczytywanie|načítání|načítá se|načítava sa|betöltés|se încarcă|загрузка|идет загрузка
завантаження|зареждане|φόρτωση|yükleniyor|טוען|جار التحميل|جاري التحميل|در حال بارگذاری|memuat|đang tải
読み込み中|読み込み中です|로딩 중|로딩중|加载中|載入中|正在加载
"""
_LOADING = re.compile(
    r"(?:loading|initializing|starting)"
    r"(?: (?:the|your|our|page|site|content|data|app|application|more|results|items|please wait)){1,3}"
)
# The elements that React, Vue, Angular, Svelte, Next, Nuxt, Gatsby and Ember applications fill: the
# last word of a name says what the element is, so "app-banner" is a banner.
_ID = re.compile(r"\sid\s*=", re.IGNORECASE)
_NAMES = re.compile(
    r"""\s(?:id|class)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE
)
_ROOT_NAME = re.compile(
    r"(?:[^\W_]+[-_])*_*(?:root|app|application|next|nuxt|gatsby|svelte|react|vue|ember|mount|main|content|page"
    r"|container|shell)(?:[-_]?\d[\w-]*)?",
    re.IGNORECASE,
)
_ROOT_DATA = re.compile(r"\sdata-(?:react|vue|svelte|v-app|app)", re.IGNORECASE)
# Empty until they are needed, on ordinary pages too.
_ASIDE = re.compile(
    r"(?<![a-z])(?:ads?|adverts?|advertisement|banner|cookies?|consent|gdpr|modal|dialog|toast|popup|portal|overlay|notifications?|alerts?"
    r"|share|sharing|social|comments?|disqus|chat|widget|newsletter|tooltip|captcha|recaptcha|player|tracking|analytics|gtm|fb|sidebar|menu|nav|header|footer|search|signup|subscribe|map)(?![a-z])",
    re.IGNORECASE,
)
# Parts of a page that are requested later: GitHub's fragments and React apps, GitLab's Vue apps,
# Turbo frames, htmx, lazy containers.
_LOADED_LATER = re.compile(
    r"""<include-fragment\b|<(?:react-app|react-partial)\b|<turbo-frame\b[^<>]*\ssrc\s*=|\bhx-trigger\s*=\s*["']?
        (?:load|revealed|intersect)|<(?:poll|batch-deferred)[\w-]{0,40}include-fragment\b|\bdata-deferred-src\s*=
        |<details-dialog\b[^<>]*\ssrc\s*=|\bid\s*=\s*["']?js-vue-
        |<(?:div|section|article|main|ul|ol)\b[^<>]*\sdata-(?:lazy|async|remote|load|fetch|include)-?(?:src|url|load|content)?\s*=
        |<(?:div|section|article|main|ul|ol)\b[^<>]*\sdata-(?:src|href|endpoint|component)\s*=\s*(?!["']?[^\s"'<>]{0,300}\.(?:jpe?g|png|gif|webp|avif|svg|mp4)\b)""",
    _FLAGS | re.VERBOSE,
)
_CODE_HOST = re.compile(
    r"""<meta\b[^<>]{0,300}\bcontent\s*=\s*["']?(?:[^"'<>]{0,200}[\s,])?(?:github(?:\.com)?|gitlab|bitbucket|gitea|forgejo|gogs
        |gitee(?:\.com)?|sourcehut|codeberg(?:\.org)?|azure\ (?:devops|repos)|gerrit|onedev|launchpad)["'\s>]
    |\bgithub\.githubassets\.com|\bwindow\.gon\b|\bgiteaVersion\b|\bassets\.gitee\.com|\bvsassets\.io|\bvss-(?:bundles?|web|lwp)\b
    |<title\b[^<>]*>[^<]{0,300}\s[-–—|·]\s
        (?:(?:sourcehut|azure\ (?:devops|repos)|码云)\b[^<]{0,30}|gitee(?:\.com)?|gogs)\s*</title
    |\b(?:powered\ by|using)\s{0,9}(?:<a\b[^<>]{0,200}>\s{0,9})?(?:gogs|gitea|forgejo)\b
    |<meta\b[^<>]{0,99}\bname\s*=\s*["']?(?:vcs|forge)\b|\bhref\s*=\s*["']?https?://sr\.ht/?["']?[^<>]{0,99}>\s{0,9}sourcehut
    |/(?:js|css)/gogs\b|\bdev\.azure\.com/[\w%.-]{1,99}/_(?:apis|static)\b
    |\b(?:gogs|gitea)\s(?:version|版本)""",
    re.IGNORECASE | re.VERBOSE,
)


class _Open(Struct):
    """An element that has begun."""

    name: str
    attributes: str
    empty: bool = True


def is_filled_by_scripts(page: PageText) -> bool:
    """Return whether scripts or frames add content: an application shell, or parts that load later.

    Pages of GitHub, GitLab, Bitbucket, Gitea, Gogs, Gitee, sourcehut and Azure DevOps count,
    wherever they run.
    """
    if _LOADED_LATER.search(page.markup) or _CODE_HOST.search(page.source):
        return True
    letters = len(page.words.replace(" ", ""))
    inline = [body for kind, body in _INLINE.findall(page.source) if not _DATA.search(kind)]
    if len(page.content) < SHELL and _FRAME.search(page.markup):
        return True
    if not _SCRIPT.search(page.source) and not any(map(_LOADER.search, inline)):
        return False
    return letters < SHELL or _has_empty_part(page, only_root=letters >= ARTICLE)


def _has_empty_part(page: PageText, *, only_root: bool) -> bool:
    """Return whether an element for content has none: an application's root, or any with a name."""
    for element in _empty_elements(_UNREAD.sub(" ", page.markup)):
        if not _CONTAINER.fullmatch(element.name):
            continue
        names = " ".join("".join(found) for found in _NAMES.findall(element.attributes))
        if _ASIDE.search(f"{element.name} {names}"):
            continue
        has_name = "-" in element.name or _ID.search(element.attributes)
        if _is_root(element, names) or (has_name and not only_root):
            return True
    return False


def _is_root(element: _Open, names: str) -> bool:
    """Return whether an application fills an element, to judge by its names."""
    if element.name == "main" or _ROOT_DATA.search(element.attributes):
        return True
    custom = [element.name] if "-" in element.name else []
    return any(_ROOT_NAME.fullmatch(name) for name in (*custom, *names.split()))


def _empty_elements(markup: str) -> Iterator[_Open]:
    """Yield the elements that are closed and have no text but a notice that something comes."""
    opened: list[_Open] = []
    for tag in _TOKEN.finditer(markup):
        closing, name, attributes, text = tag.groups()
        if text is not None:
            if opened and not _is_notice(text):
                opened[-1].empty = False
            continue
        name = name.lower()
        if closing:
            yield from _closed(opened, name)
        elif name in _VOID or name in _CONTENT or attributes.endswith("/"):
            is_content = name in _CONTENT and not _WAITING.search(attributes)
            if opened and is_content:
                opened[-1].empty = False
        elif len(opened) < DEEP:
            opened.append(_Open(name, attributes))


def _is_notice(text: str) -> bool:
    """Return whether a text is empty or says that something comes."""
    text = unescape(text.strip())
    if len(text) > LONGEST_NOTICE:
        return False
    words = re.sub(r"[\W\d_]+", " ", text).strip().casefold()
    return not words or words in _notices() or bool(_LOADING.fullmatch(words))


@cache
def _notices() -> frozenset[str]:
    return frozenset(_NOTICES.strip().replace("\n", "|").split("|"))


def _closed(opened: list[_Open], name: str) -> Iterator[_Open]:
    """Close an element and those within it that have no end tag; yield it if it is empty."""
    at = next((at for at in reversed(range(len(opened))) if opened[at].name == name), None)
    if at is None:
        return
    element = opened[at]
    element.empty = all(each.empty for each in opened[at:])
    del opened[at:]
    if element.empty:
        yield element
    elif opened:
        opened[-1].empty = False
