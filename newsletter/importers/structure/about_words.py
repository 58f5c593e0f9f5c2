"""The words of bylines, credits, datelines and counts, by language: patterns of a whole phrase."""

from __future__ import annotations

import re

# Language -> words before the author's name. The second table's words also have other meanings,
# so that they need a known given name: "Door Number Three", "Da Vinci".
BY = {
    "en": "by",
    "de": "von|verfasst von|aufgezeichnet von",
    "fr": "par",
    "es, pt": "por",
}
BY_OR_ELSE = {
    "it": "di|a cura di|da",
    "ca": "per",
    "nl": "door|van",
    "sv, nb": "av",
    "da, is": "af|eftir",
    "fy": "fan",
    "pl": "przez|opracował|opracowała",
    "cs, sk": "od",
    "hr, sr, sl": "od|piše",
    "ro": "de",
    "ru": "от",
    "uk": "від",
    "el": "του|της|από",
    "id, ms": "oleh",
    "vi": "bởi",
    "ar": "بقلم",
    "he": "מאת",
    "fa": "نوشته",
}
# Language -> what an author wrote; with a word of `BY` after it, the line is a byline.
WORKS = {
    "en": "opinion|guest (?:post|column|article|essay)|blog post|"
    "story|report|reportage|article|essay|column|analysis|feature|commentary|comment|dispatch|"
    "text|words|written|reported|reporting|compiled|contributed|posted|review|interview|an? (?:story|"
    "report|article|essay|column|analysis|feature|commentary|dispatch|review)",
    "de": "(?:ein )?(?:beitrag|text|bericht|artikel|essay|kommentar|gastbeitrag|interview)|"
    "eine (?:reportage|analyse|kolumne|rezension|glosse)|reportage|analyse|kolumne|rezension|"
    "geschrieben|protokolliert|autor",
    "fr": "(?:un )?(?:article|texte|reportage|essai|billet|récit|entretien)|(?:une )?(?:analyse|chronique|"
    "enquête|tribune)|écrit|rédigé|propos recueillis|recueilli",
    "es": "(?:un )?(?:artículo|texto|reportaje|ensayo|análisis)|(?:una )?(?:crónica|columna|entrevista)|escrito",
    "pt": "(?:um )?(?:artigo|texto|ensaio)|(?:uma )?(?:reportagem|crónica|crônica|análise|coluna|entrevista)|escrito",
    "it": "(?:un )?(?:articolo|testo|reportage|saggio|commento)|(?:una? )?(?:analisi|inchiesta|rubrica|intervista)|"
    "scritto",
    "nl": "(?:een )?(?:artikel|verhaal|tekst|reportage|essay|column|bijdrage|analyse)|geschreven",
    "sv, nb, da": "tekst|text|(?:en )?(?:artikel|reportasje|reportage|kommentar|kronik|krönika)|skrevet|skriven|skrevet",
}
# Language -> labels of the author alone, after which a colon follows.
AUTHOR = {
    "en": "authors?|text|words|written by",
    "de": "autor(?:in|innen|en)?|text",
    "fr": "auteure?s?|autrices?|textes?",
    "es, pt, ca": "autor(?:a|as|es)?|textos?|texto e autoria",
    "it": "autor[ei]|autrice|testo",
    "nl": "auteurs?|tekst",
    "pl": "autor(?:ka|zy)?|tekst",
    "sv, nb, da": "författare|forfatter|text|tekst",
    "fi, hu, ro": "kirjoittaja|teksti|szerző|írta|autor",
    "cs, sk, hr, sl": "autor(?:ka|ři|i)?|avtor(?:ica)?|tekst",
    "ru, uk, bg": "авторы?|автори|авторка|текст",
    "el, tr": "συντάκτης|κείμενο|yazar|yazan|metin",
    "ar, he, fa": "الكاتب|كتب|بقلم|نویسنده|כתב|כתבה|מאת",
    "zh, ja, ko": "作者|文|撰文|著者|글",
    "id, vi": "penulis|tác giả",
}
# Language -> bylines that name nobody.
STAFF = {
    "en": r"(?:(?:written|reported) )?(?:by|from) (?:an? |our |the )?(?:own |staff |special |foreign )?"
    r"(?:correspondents?|staff|writers?|reporters?|editors?|editorial team)",
    "de": r"von (?:unser(?:em|er|en)|der|einem) (?:\w+)?(?:korrespondent\w*|redaktion|mitarbeiter\w*|reporter\w*)",
    "fr": r"(?:par|de) (?:notre|nos|la) (?:correspondante?s?|rédaction|envoyée?s? spéciale?s?)",
    "es, pt": r"(?:por|de) (?:nuestr[oa]|noss[oa]|la|a|el|o) "
    r"(?:corresponsal|correspondente|redacción|redação|enviad[oa] especial)",
    "pt": r"(?:por|da|pela|de la|par la|la) (?:redac?ção|redação|redacción|rédaction)",
    "it": r"(?:dal nostro|dalla nostra|della|a cura della) (?:inviat[oa]|corrispondente|redazione)",
    "nl": r"(?:door|van) (?:onze|de) (?:\w+)?(?:correspondente?|redactie|verslaggever|redacteur)",
}
# Language -> the parts of a work that a credit line names, after which a colon may follow.
CREDITED = {
    "en": "words?|texts?|author|authors|writer|writers|written|photos?|photographs?|photography|"
    "photographer|pictures?|images?|illustrations?|illustrator|illustrated|graphics?|drawings|maps?|editing|"
    "editor|editors|edited|reporting|reported|additional reporting|research|translation|translated|"
    "translator|design|layout|production|producer|produced|video|videos|film|story|data|charts?",
    "de": "texte?|autor(?:in|innen|en)?|protokoll|aufzeichnung|fotos?|"
    "fotografie|fotograf(?:in)?|bilder|bild|illustration(?:en)?|"
    "grafik(?:en)?|redaktion|recherche|mitarbeit|übersetzung|übersetzt|gestaltung|zeichnungen|karten?",
    "fr": "textes?|auteure?s?|autrices?|photos?|photographies?|images|illustrations?|dessins|"
    "infographies?|édition|rédaction|enquête|recherche|traduction|traduit|montage|cartes?",
    "es": "textos?|autor(?:a|as|es)?|fotos?|fotografías?|imágenes|ilustraci(?:ón|ones)|gráficos?|"
    "edición|redacción|investigación|traducción|traducido|mapas?",
    "pt": "textos?|autor(?:a|as|es)?|fotos?|fotografias?|imagens|ilustraç(?:ão|ões)|gráficos?|edição|"
    "redação|redacção|investigação|tradução|traduzido|mapas?",
    "it": "test[oi]|autor[ei]|autrice|foto|fotografie|immagini|illustrazioni?|disegni|grafica|"
    "redazione|ricerca|traduzione|a cura|mappe",
    "nl": "tekst(?:en)?|auteurs?|foto['’]?s?|fotografie|beeld|illustraties?|redactie|onderzoek|"
    "vertaling|vertaald|vormgeving|kaarten",
    "pl": "tekst|autor(?:ka|zy)?|zdjęci[ae]|fot\\.?|ilustracj[ae]|grafika|redakcja|tłumaczenie|opracowanie",
    "sv, nb, da": "text|tekst|författare|forfatter|foto|bild(?:er)?|bilde(?:r)?|billeder|illustration(?:er)?|"
    "illustrasjon(?:er)?|grafik|grafikk|redaktör|redaktør|översättning|oversettelse|oversættelse",
    "fi": "teksti|kirjoittaja|kuvat?|valokuvat|kuvitus|toimitus|käännös",
    "cs, sk": "text|autor(?:ka|ři|i)?|foto(?:grafie)?|ilustrace|ilustrácie|redakce|redakcia|překlad|preklad",
    "hu": "szöveg|szerző|írta|fotók?|fényképezte|illusztráció|szerkesztette|fordította",
    "ro": "text|autor|foto|fotografii|ilustrații|traducere",
    "hr, sr, sl": "tekst|besedilo|autor|avtor|foto(?:grafije)?|ilustracije|prijevod|prevod",
    "ru": "текст|авторы?|фото(?:графии)?|иллюстрации|редактор|перевод",
    "uk": "текст|автори?|авторка|фото|ілюстрації|редактор|переклад",
    "bg": "текст|автор|снимки|превод",
    "el": "κείμενο|συντάκτης|φωτογραφίες|εικονογράφηση|μετάφραση",
    "tr": "metin|yazı|yazan|yazar|fotoğraf(?:lar)?|çizim|çeviri|haber",
    "ar": "نص|الكاتب|كتب|كتبت|بقلم|تصوير|صور|ترجمة|تحرير",
    "he": "טקסט|כתב|כתבה|מאת|צילום|צילומים|איורים|תרגום|עריכה",
    "fa": "متن|نویسنده|عکس|ترجمه",
    "zh": "文字?|作者|撰文|记者|記者|摄影|攝影|图|圖|编辑|編輯|翻译|翻譯",
    "ja": "文|著者|筆者|取材|写真|撮影|編集|翻訳",
    "ko": "글|기자|사진|그림|편집|번역",
    "id, ms": "teks|penulis|foto|penerjemah",
    "vi": "bài|tác giả|ảnh|biên tập|dịch",
}
# With a colon and nothing else on the line, these also begin titles: "Story: Ports Are Closing".
AMBIGUOUS = re.compile(
    r"words?|story|film|video|videos|maps?|data|charts?|images?|pictures?|photos?|reporting|research|"
    r"haber|bild|beeld|karten?|cartes?|mapas?|mappe|kaarten|ricerca|recherche|enquête|design|production"
)
AND = r"(?:\s*[&+,/]\s*|\s+(?:and|und|et|y|e|en|i|og|och|ja|a|és|și|и|і|та|και|ve|dan|và)\s+|\s+و\s?|\s+ו)"
IN = r"(?:\s*,|\s+(?:in|aus|à|au|en|em|da|a|uit|te|w|z|i|från|fra|в|из|у|στο))\s+(?P<place>\S.*)"
# Words of any language that count or date a text: its reading time, its number, its publication.
READING = (
    r"(?:est(?:imated|\.) )?read(?:ing)?[- ]time|lesezeit|lesedauer|temps de lecture|durée de lecture|"
    r"tiempo (?:estimado )?de lectura|tempo (?:estimado )?de leitura|tempo di lettura|temps de lectura|leestijd|"
    r"czas czytania|lästid|læsetid|lesetid|lukuaika|doba čtení|čas čítania|olvasási idő|timp de (?:citire|lectură)|"
    r"vrijeme čitanja|čas branja|время чтения|час читання|χρόνος ανάγνωσης|okuma süresi|"
    r"وقت القراءة|مدة القراءة|זמן קריאה|زمان مطالعه|阅读时间|閱讀時間|読了時間|읽는 시간|waktu baca|thời gian đọc"
)
MINUTES = (
    r"(?:an? |about |approx\. |ca\. |etwa |environ |unos |cerca de |circa )?\d+(?:\s?[-–]\s?\d+)?[\s-]*"
    r"(?:min(?:\.|s|utes?|uten|utos?|uti?|ut(?:er|ter)?|uuttia|uty?)?|мин(?:\.|ут[аы]?)?|хв\.?|דקות|دقائق|دقيقة|"
    r"分钟|分鐘|分|분|dk\.?|dakika|perc|phút|menit|λεπτά)"
)
READ = r"read|lesezeit|de lecture|de lectura|de leitura|di lettura|leestijd|czytania|läsning|lesing|чтения|קריאה|阅读"
COUNT = {
    "en": r"(?:newsletter )?(?:issue|edition)|newsletter|vol\.|volume|no\.?|#",
    "de": r"(?:newsletter[- ])?(?:ausgabe|heft)|nr\.|rundbrief|jahrgang",
    "fr": r"numéro|édition|n[°º]|lettre n[°º]|bulletin",
    "es": r"número|edición|n\.?[°º]|núm\.|boletín",
    "pt": r"número|edição|boletim|n\.[°º]",
    "it": r"numero|edizione|n\.|uscita",
    "nl": r"nummer|editie|uitgave|nieuwsbrief",
    "sv, nb, da": r"nummer|utgåva|utgave|udgave|nyhetsbrev|nyhedsbrev|nro|numero",
    "pl, cs, sk": r"numer|wydanie|číslo|vydání|nr",
    "hu, ro, hr": r"szám|numărul|ediția|broj|številka",
    "ru, uk, bg": r"выпуск|номер|випуск|число|брой|№",
    "el, tr": r"τεύχος|αριθ\.|sayı",
    "ar, he, fa": r"العدد|عدد|גיליון|שماره|شماره",
    "id, vi": r"edisi|số",
}
COUNT_AFTER = (
    r"第\s?\d+\s?[期号號]|제?\s?\d+\s?호|\d+\.\s?(?:szám|sayı|ausgabe|utgåva|udgave|utgave)"
)
PUBLISHED = (
    r"(?:first |last )?(?:published|posted|updated)(?: on)?|date(?:d)?|release date|"
    r"(?:veröffentlicht|erschienen|aktualisiert)(?: am)?|datum|stand|(?:publié|paru|mis à jour)(?: le)?|"
    r"(?:publicado|actualizado|atualizado)(?: el| em| a)?|fecha|data|(?:pubblicato|aggiornato)(?: il)?|"
    r"(?:gepubliceerd|bijgewerkt)(?: op)?|opublikowano|publicerad|publisert|udgivet|julkaistu|vydáno|опубликовано"
)
HEADER = (
    r"tags?|topics?|keywords?|categor(?:y|ies)|filed under|slug|word count|schlagw[oö]rter|kategorien?|"
    r"stichw[oö]rter|mots[- ]clés|catégories?|etiquetas|categorías?|categorias?|palabras clave|palavras-chave|"
    r"categorie|parole chiave|trefwoorden|słowa kluczowe|метки|теги"
)
WORDS = r"(?:about |ca\. )?[\d.,]+ (?:words|wörter|zeichen|mots|palabras|palavras|parole|woorden|słów|characters)"
RELEASE = r"for immediate release|embargoed until .*|draft(?: \d+)?|first draft|entwurf|brouillon|borrador|rascunho|bozza"
DAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    r"sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|"
    r"sábado|domingo"
)
AGENCIES = frozenset(
    "afp anp ansa ap apa belga dpa efe epa getty imago keystone lusa ntb pap reuters ritzau tass tt".split()
)
