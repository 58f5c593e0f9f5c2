"""Titles and first headings of pages that do not exist, by language.

Sources: `CATALOGUE` is "Page not found" and the sentence below it as translated in Django 5.2's own
catalogues (django/contrib/admin/locale/*/LC_MESSAGES/django.po), which its sites show by default;
`NOUNS` and `FATES` are the words of the error pages of WordPress, Drupal, MediaWiki, Shopify,
YouTube, Vimeo and cPanel (English) and of their translations (others). All are compared as a whole,
without punctuation and filler words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

CATALOGUE: Mapping[str, tuple[str, ...]] = {
    "ar": ("تعذر العثور على الصفحة", "الصفحة غير موجودة"),
    "bg": ("Страница не е намерена", "Страницата не е намерена"),
    "ca": ("No s'ha pogut trobar la pàgina", "Pàgina no trobada"),
    "cs": (
        "Stránka nenalezena",
        "Požadovaná stránka nebyla bohužel nalezena",
        "Stránka neexistuje",
    ),
    "da": ("Siden blev ikke fundet", "Siden findes ikke", "Siden kunne ikke findes"),
    "de": ("Seite nicht gefunden", "Seite wurde nicht gefunden", "Diese Seite existiert nicht"),
    "el": ("Η σελίδα δεν βρέθηκε",),
    "es": (
        "Página no encontrada",
        "La página no existe",
        "No se pudo encontrar la página solicitada",
    ),
    "et": ("Lehte ei leitud", "Lehekülge ei leitud"),
    "eu": ("Ez da orririk aurkitu", "Orria ez da aurkitu"),
    "fa": ("صفحه یافت نشد", "صفحه مورد نظر یافت نشد"),
    "fi": ("Sivua ei löydy", "Sivua ei löytynyt", "Pyydettyä sivua ei löytynyt"),
    "fr": (
        "Page non trouvée",
        "Page introuvable",
        "La page demandée est introuvable",
        "Page inexistante",
    ),
    "he": ("דף לא קיים", "הדף לא נמצא", "העמוד לא נמצא"),
    "hi": ("पृष्ठ लापता", "पृष्ठ नहीं मिला", "पेज नहीं मिला"),
    "hr": ("Stranica nije pronađena", "Tražena stranica nije pronađena"),
    "hu": ("Nincs ilyen oldal", "Az oldal nem található", "A keresett oldal nem található"),
    "id": ("Laman tidak ditemukan", "Halaman tidak ditemukan"),
    "is": ("Síða fannst ekki", "Síðan fannst ekki"),
    "it": ("Pagina non trovata", "La pagina richiesta non è stata trovata", "La pagina non esiste"),
    "ja": (
        "ページが見つかりません",
        "お探しのページは見つかりませんでした",
        "ページが見つかりませんでした",
    ),
    "ko": ("페이지를 찾을 수 없습니다", "요청한 페이지를 찾을 수 없습니다"),
    "lt": ("Puslapis nerastas",),
    "lv": ("Lapa nav atrasta", "Pieprasītā lapa nav atrodama"),
    "nb": ("Fant ikke siden", "Siden ble ikke funnet", "Siden finnes ikke"),
    "nl": ("Pagina niet gevonden", "De pagina kon niet worden gevonden", "Pagina bestaat niet"),
    "nn": ("Fann ikkje sida", "Sida finst ikkje"),
    "pl": ("Strona nie została znaleziona", "Nie znaleziono strony", "Strona nie istnieje"),
    "pt": ("Página não encontrada", "A página solicitada não foi encontrada", "Página não existe"),
    "ro": ("Pagină inexistentă", "Pagina nu a fost găsită", "Pagina nu există"),
    "ru": (
        "Страница не найдена",
        "Запрашиваемая вами страница не найдена",
        "Страница не существует",
    ),
    "sk": ("Stránka nenájdená", "Stránka nebola nájdená"),
    "sl": ("Strani ni mogoče najti", "Stran ne obstaja"),
    "sr": ("Страница није пронађена", "Stranica nije pronađena"),
    "sv": ("Sidan kunde inte hittas", "Sidan hittades inte", "Sidan finns inte"),
    "th": ("ไม่พบหน้านี้", "ไม่พบหน้า", "ไม่พบหน้าที่คุณต้องการ"),
    "tr": ("Sayfa bulunamadı", "İstediğiniz sayfa bulunamadı"),
    "uk": ("Сторінка не знайдена", "Сторінку не знайдено", "Запрошену сторінку не знайдено"),
    "vi": ("Không tìm thấy trang nào", "Không tìm thấy trang"),
    "zh": (
        "页面没有找到",
        "请求的页面不存在",
        "页面不存在",
        "页面未找到",
        "找不到页面",
        "找不到頁面",
    ),
    "zh-TW": ("請求頁面不存在", "頁面不存在"),
}

NOUNS: Mapping[str, str] = {
    "en": "page file article story post document content video image photo episode podcast event product listing "
    "property user profile account member channel group job position vacancy site url link resource item project "
    "repository recipe course collection category topic thread question",
    "de": "Seite Artikel Beitrag Datei Dokument Video Veranstaltung Produkt Profil Stellenanzeige Inhalt Benutzer",
    "fr": "page article fichier document vidéo événement produit profil contenu utilisateur",
    "es": "página artículo archivo documento vídeo video evento producto perfil contenido usuario",
    "pt": "página artigo arquivo ficheiro documento vídeo evento produto perfil conteúdo usuário",
    "it": "pagina articolo file documento video evento prodotto profilo contenuto utente",
    "nl": "pagina artikel bestand document video evenement product profiel vacature inhoud gebruiker",
    "sv": "sidan artikeln filen dokumentet videon evenemanget produkten profilen innehållet användaren",
}
FATES: Mapping[str, str] = {
    "en": "not found, was not found, cannot be found, cant be found, can not be found, could not be found, "
    "couldnt be found, does not exist, doesnt exist, no longer exists, not available, "
    "is not available, isnt available, isnt available right now, isnt available anymore, "
    "is no longer available, no longer available, unavailable, is unavailable, missing, is missing, "
    "removed, was removed, has been removed, deleted, was deleted, "
    "has been deleted, expired, has expired, is gone",
    "de": "nicht gefunden, wurde nicht gefunden, existiert nicht, existiert nicht mehr, nicht verfügbar, "
    "ist nicht verfügbar, nicht mehr verfügbar, ist nicht mehr verfügbar, wurde gelöscht, wurde entfernt",
    "fr": "introuvable, non trouvé, non trouvée, nexiste pas, nexiste plus, nest plus disponible, supprimé, supprimée",
    "es": "no encontrado, no encontrada, no existe, ya no existe, no disponible, no está disponible, "
    "ya no está disponible, eliminado, eliminada",
    "pt": "não encontrado, não encontrada, não existe, indisponível, não está disponível, removido, removida",
    "it": "non trovato, non trovata, non esiste, non esiste più, non disponibile, non è più disponibile, rimosso",
    "nl": "niet gevonden, bestaat niet, bestaat niet meer, niet beschikbaar, niet meer beschikbaar, verwijderd",
    "sv": "hittades inte, kunde inte hittas, finns inte, finns inte längre, är inte tillgänglig, har tagits bort",
}
WITHOUT_NOUN: Mapping[str, str] = {
    "en": "not found, file or directory not found, cant find page, cannot find page, couldnt find page, "
    "could not find page, page you requested could not be found, nothing here, nothing found, "
    "page cannot be displayed, there is nothing here",
    "de": "nicht gefunden",
    "fr": "introuvable, non trouvé",
    "es": "no encontrado",
    "pt": "não encontrado",
    "nl": "niet gevonden",
}
# Filler words; `1` is from Google's "Error 404 (Not Found)!!1".
FILLERS = (
    "oops ooops oh uh hmm sorry whoops ups hoppla error http https status code 404 410 1 the this "
    "that these we you your requested are were was looking for thats an a its has been tried to reach "
    "fehler leider diese die der das angeforderte gesuchte erreur désolé la le cette lo sentimos esta el errore erro "
    "desculpe a esta questa spiacenti fout helaas de deze fel tyvärr denna den fejl feil ошибка извините błąd hata"
)
# Takedown notices of services, as regular expressions for one sentence of a short page.
REMOVED = (
    r"(?:this )?video (?:is )?(?:unavailable|private|no longer available)(?: .*)?",
    r"(?:this )?video (?:has been|was) (?:removed|deleted|taken down)(?: by .*| for .*)?",
    r"(?:this |your )?(?:account|user|profile|channel) (?:is |has been |was )?"
    r"(?:suspended|terminated|deactivated|disabled|banned)(?: .*)?",
    r"(?:this |the )?(?:account|profile|channel) doesnt exist",
    r"(?:this )?(?:post|tweet|photo|reel|status) is "
    r"(?:unavailable|from a suspended account|no longer available)",
    r"(?:this )?(?:job|position|vacancy|listing|ad|event) (?:is closed|has been filled|has expired"
    r"|is no longer available|is no longer accepting applications|has ended)",
)
PARKED = (
    r"(?:(?:(?:this |the )?(?:premium )?domain(?: name)? ?)?(?:[\w-]+\.)+[a-z]{2,}"
    r"|(?:this |the )?(?:premium )?domain(?: name)?) (?:is|may be) "
    r"(?:for sale|parked|available).*",
    r"(?:this |the )?(?:domain|site|website)(?: name)? (?:is|has been|was) "
    r"(?:parked|expired|suspended|disabled).*",
    r"(?:this |the )?domain(?: name)? (?:has )?expired.*",
    r"(?:parked|domain) (?:domain|parking|for sale)(?: .*)?",
    r"future home of .*|welcome to nginx|apache2? (?:\w+ )?default page.*|default web site page",
    r"iis windows server|index of /?|website coming soon|hugedomains.*|sedo domain parking",
    r"buy this domain.*|account suspended",
)


def phrases() -> Iterator[str]:
    """Yield every phrase that names a missing page, or a missing thing with its noun."""
    for translations in CATALOGUE.values():
        yield from translations
    for language, nouns in NOUNS.items():
        fates = FATES[language].split(", ")
        yield from (f"{noun} {fate}" for noun, fate in product(nouns.split(), fates))


def short_phrases() -> Iterator[str]:
    """Yield the phrases without a noun, which also occur in titles of works."""
    for text in WITHOUT_NOUN.values():
        yield from text.split(", ")
