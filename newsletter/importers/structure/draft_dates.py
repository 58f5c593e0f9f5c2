"""Dates in drafts: in a name, in a header, on a line of their own, at the end of a tag line."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from collections.abc import Collection

from msgspec import Struct

from newsletter.importers.structure.topics import split_topics

# Names of the months as dates write them, January first; the first eight are the languages of the
# packaged theme in Latin script. Source: CLDR.
_MONTHS = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "januar februar mars april mai juni juli august september oktober november desember",
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου "
    "δεκεμβρίου",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "januar februar marec april maj junij julij avgust september oktober november december",
    "januari februari maret april mei juni juli agustus september oktober november desember",
)
_WEEKDAYS = (
    "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|"
    "dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|segunda-feira|terça-feira|quarta-feira|"
    "quinta-feira|sexta-feira|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|maandag|dinsdag|"
    "woensdag|donderdag|vrijdag|zaterdag|zondag"
)
_NUMBERS = {name: number for names in _MONTHS for number, name in enumerate(names.split(), 1)} | {
    name[:3]: number for number, name in enumerate(_MONTHS[0].split(), 1)
}
_MONTH = "|".join(sorted(_NUMBERS, key=len, reverse=True)) + "|sept"
_DAYS = (
    r"(?:(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|"
    rf"(?:le |el )?(?:{_WEEKDAYS})),?\s+)?(?:den |le |el )?"
)
_FORMS = (
    re.compile(r"(?P<year>\d{4})[-/._](?P<month>\d{1,2})[-/._](?P<day>\d{1,2})(?:[T ]\d\d?:.*)?"),
    re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)"),
    re.compile(
        rf"{_DAYS}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|[º°])?[-. ]+(?:of |de )?(?P<month>{_MONTH})"
        r"\.?,?[-. ]+(?:de )?(?P<year>\d{4})",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_DAYS}(?P<month>{_MONTH})\.? +(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? +(?P<year>\d{{4}})",
        re.IGNORECASE,
    ),
)
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\d{4}")
LONGEST_DATE = 60  # characters
_IN_NAME = re.compile(r"(?<!\d)(?:\d{4}[-_.]\d{2}[-_.]\d{2}|(?:19|20)\d{6})(?!\d)")


def parse_date(words: str) -> dt.date | None:
    """Return the date if the text is a date and nothing else.

    For a timestamp, its date as written, without conversion to another time zone.
    """
    text = " ".join(words.split()).strip("()[]*_ ").removesuffix(".")
    if len(text) > LONGEST_DATE or not _DIGIT.search(text):
        return None
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _day(match)
    try:
        return email.utils.parsedate_to_datetime(text).date()  # RFC 5322 §3.3: email header
    except (ValueError, TypeError, IndexError):
        return None


def _day(match: re.Match[str]) -> dt.date | None:
    month = match["month"]
    named = _NUMBERS.get(month.lower()) or _NUMBERS.get(month[:3].lower(), 0)
    number = int(month) if month.isdecimal() else named
    try:
        return dt.date(int(match["year"]), number, int(match["day"]))
    except ValueError:
        return None


def date_in_name(name: str) -> dt.date | None:
    """Return the date in a file name: `2026-03-01-ports.md`, `letter_20260301.docx`."""
    match = _IN_NAME.search(name)
    return parse_date(match[0].replace("_", "-").replace(".", "-")) if match else None


class TagLine(Struct, frozen=True):
    """A tag line of a digest: topics, a date, the site."""

    tags: tuple[str, ...]
    date: dt.date
    site: str | None


_TAGGED = re.compile(
    rf"(?P<tags>.*?)[\s,|·•/–—-]*(?P<date>\d{{1,2}}[- ](?:{_MONTH})[- ]\d{{4}}|\d{{4}}-\d\d-\d\d)"
    r"(?:\s+by\s+(?P<site>\S.*))?",
    re.IGNORECASE,
)


LONGEST = 1000  # characters of a tag line


def parse_tag_line(words: str, known: Collection[str] = ()) -> TagLine | None:
    """Parse a tag line with a date: `ports, trade 02-March-2025 by SITE`.

    `known` are the topics of the workspace.

    The date and `by SITE` at the end identify the line, regardless of the length of the topics.
    """
    text = " ".join(words.split())
    match = _TAGGED.fullmatch(text) if len(text) <= LONGEST and _YEAR.search(text) else None
    date = parse_date(match["date"]) if match else None
    if match is None or date is None or not (match["tags"] or match["site"]):
        return None
    listed = match["tags"].lstrip("#").removeprefix("Tags:").removeprefix("Topics:").strip()
    tags = split_topics(listed, known)
    if not match["site"] and (len(text) > SHORT or any(len(tag.split()) > 5 for tag in tags)):
        return None  # a sentence that ends with a date
    return TagLine(tags, date, match["site"])


SHORT = 200  # characters of a tag line without a site
