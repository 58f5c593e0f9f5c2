"""Pages that say they are not there, with a status that says all is well."""

from __future__ import annotations

import re
from itertools import product

from yarl import URL

from newsletter.links.page import PageStart

# What the whole of a title's part says, or of the first heading: "404 Media" and "Lost and Not Found" are names.
_NOUNS = "page file article story post document content video site url resource item".split()
_FATES = (
    "not found, was not found, cannot be found, cant be found, can not be found, could not be found, couldnt be found, "
    "does not exist, doesnt exist, no longer exists, not available, is not available, isnt available, "
    "isnt available right now, no longer available, is no longer available, unavailable, missing, removed, "
    "was removed, has been removed, deleted, was deleted, has been deleted"
).split(", ")
_ELSEWHERE = (
    "seite nicht gefunden, seite wurde nicht gefunden, seite existiert nicht, nicht gefunden, page introuvable, "
    "page non trouvée, page inexistante, introuvable, página no encontrada, pagina no encontrada, página no existe, "
    "no encontrado, página não encontrada, pagina nao encontrada, página não existe, não encontrado, "
    "pagina non trovata, pagina non esiste, pagina non disponibile, pagina niet gevonden, niet gevonden, "
    "sidan kunde inte hittas, sidan hittades inte, sidan finns inte, siden blev ikke fundet, siden findes ikke, "
    "siden ble ikke funnet, siden finnes ikke, sivua ei löytynyt, sivua ei löydy, nie znaleziono strony, "
    "strona nie istnieje, strona nie została znaleziona, stránka nenalezena, страница не найдена, "
    "сторінку не знайдено, sayfa bulunamadı, ページが見つかりません, ページが見つかりませんでした, "
    "お探しのページは見つかりませんでした, 页面不存在, 页面未找到, 找不到页面, 找不到頁面, 페이지를 찾을 수 없습니다, "
    "الصفحة غير موجودة, הדף לא נמצא"
).split(", ")
_PHRASES = frozenset(
    [
        *(f"{noun} {fate}" for noun, fate in product(_NOUNS, _FATES)),
        *_ELSEWHERE,
        "not found",
        "file or directory not found",
        "cant find page",
        "cannot find page",
        "couldnt find page",
        "could not find page",
    ]
)
# Words that say nothing beside those; `1` is Google's "!!1".
_FILLERS = frozenset(
    "oops ooops sorry whoops ups hoppla hmm uh oh error http status code 404 1 the this that we you requested "
    "are were looking for thats an a fehler erreur errore erro fout fel feil fejl ошибка".split()
)
_PARTS = re.compile(r"\s+[-–—|·•»«:/]+\s+|\s*[|·•»«]\s*|:\s+")
_FOR_SALE = re.compile(
    r"(?:(?:[\w-]+\.)+[a-z]{2,}|(?:this|the) domain(?: name)?) (?:is|may be) for sale.*",
    re.IGNORECASE,
)
_ABOUT_IT = re.compile(r"404|not-?_?found|missing", re.IGNORECASE)
_ERROR_PAGE = re.compile(
    r"(?:error|page|err)?[-_]?(?:404|not[-_]?found)(?:[-_]?(?:error|page))?(?:\.\w+)?",
    re.IGNORECASE,
)


def says_missing(asked: URL, final: URL, page: PageStart) -> str | None:
    """Return why the page looks like none, in words; `None` where it does not.

    An address that itself speaks of 404 leads to a page about it.
    """
    if _ABOUT_IT.search(asked.raw_path):
        return None
    if _ERROR_PAGE.fullmatch(final.raw_path.rstrip("/").rpartition("/")[2]):
        return f"it leads to {final.raw_path}, a page for addresses that are not there"
    for words in (page.title, page.heading):
        if any(map(_is_missing, (words, *_PARTS.split(words)))):
            return f'the page says "{words[:80]}"'
        if _FOR_SALE.fullmatch(words):
            return "the domain is for sale"
    return None


def _is_missing(part: str) -> bool:
    words = re.findall(r"\w+", part.lower().replace("'", "").replace("’", ""))
    said = " ".join(word for word in words if word not in _FILLERS)
    return said in _PHRASES or (not said and "404" in words)
