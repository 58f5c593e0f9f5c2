"""Published newsletters: removes what the theme provides: masthead, social links and footer."""

from __future__ import annotations

import re
from typing import Any

from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.html.elements import all_text, element_text, remove_element
from newsletter.importers.structure.draft_dates import parse_date

SMALL = 64  # CSS pixels of an icon
HEAD = 120  # characters of a masthead, at most
FOOT = 900  # characters; the block around an unsubscribe link is a footer up to this length
SHARE = 0.35  # share of a newsletter's text; a larger block is more than a footer
_LEAVE = re.compile(
    r"unsubscrib|opt.?out|abmelden|abbestellen|désinscri|desinscri|darse de baja|"
    r"cancelar (?:la |a )?(?:suscripci|inscri)|"
    r"disiscri|annulla l|afmelden|uitschrijven|wypisz|отпис|إلغاء الاشتراك|להסרה|"
    r"manage (?:your )?(?:preferences|subscription)|"
    r"update your (?:profile|preferences)|list-manage\.com/unsubscribe",
    re.IGNORECASE,
)
_BROWSER = re.compile(
    r"(?:view|read|open|see)\b.{0,24}\b(?:browser|online|web)|im browser|dans (?:le|"
    r"votre) navigateur|en (?:el|tu) navegador|"
    r"no (?:seu )?navegador|nel browser|in (?:de|je) browser|w przeglądarce|в браузере",
    re.IGNORECASE,
)
_SOCIAL = re.compile(
    r"\b(?:facebook|twitter|instagram|linkedin|youtube|mastodon|bluesky|threads|"
    r"tiktok|pinterest|whatsapp|telegram|x\.com)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:#|\b(?:no|nr|num|n)\.?\s?[º°]?|\b(?:issue|ausgabe|numéro|número|numero|"
    r"nummer|edition|édition)\s+#?)\s?(\d{1,4})\b",
    re.IGNORECASE,
)
# Links that Substack and similar services add to every letter.
_SERVICE = re.compile(
    r"read in app|subscribe(?: (?:here|now))?|like|comment|restack|share|upgrade to paid|"
    r"leave a comment|start writing|get the app|refer a friend|pledge your support",
    re.IGNORECASE,
)
_SERVICE_HOST = re.compile(
    r"substack(?:cdn)?\.com|beehiiv\.com|ghost\.(?:io|org)|buttondown\.|mailchi\.mp|campaign-archive",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display:none|visibility:hidden|max-height:0(?![.\d]*[1-9])")
_FILLER = re.compile(r"[\u034f\u00ad\u200b-\u200f\u2007\ufeff\u00a0]+")  # between preview and text
_PIECE = re.compile(r"\s*[·|•–—]\s*")
SHORTEST, LONGEST = 12, 300  # characters of a preview text
_SILENT = ("style", "script", "title", "head", "meta", "link")
_BLOCKS = ("tr", "table", "div", "td", "p", "section", "footer", "center", "body")


def is_letter(root: Any) -> bool:
    """Return whether HTML is a published newsletter.

    It is laid out in tables and contains an unsubscribe link.
    """
    tables = sum(1 for _ in root.iter("table"))
    return tables >= 2 and _leave_link(root) is not None


def _leave_link(root: Any) -> Any:
    anchors = [
        anchor
        for anchor in root.iter("a")
        if _LEAVE.search(f"{element_text(anchor)} {anchor.get('href', '')}")
    ]
    return anchors[-1] if anchors else None


def drop_letter_frame(root: Any, collector: DraftCollector, title: str) -> dict[str, str]:
    """Remove what the theme provides; return the number, date and preview text of the head."""
    body = root.find("body") if root.find("body") is not None else root
    number = letter_number(_head_text(body))
    deck = _preview(body, collector)
    _drop_foot(body, collector)
    _drop_lines(body, collector)
    _drop_icons(body, collector)
    _drop_masthead(body, collector)
    date = _drop_name(body, collector, title)
    values = {"number": number, "date": date, "description": deck}
    return {key: value for key, value in values.items() if value}


def letter_number(text: str) -> str:
    """Return the issue number in a title or masthead: `#16`, `No. 16`."""
    match = _NUMBER.search(text)
    return match[1] if match else ""


def _head_text(body: Any) -> str:
    """Return the first text of a newsletter, including the alt text of its masthead."""
    alternatives = " ".join(image.get("alt", "") for image in list(body.iter("img"))[:3])
    return f"{alternatives} {element_text(body)[:300]}"


def _preview(body: Any, collector: DraftCollector) -> str:
    """Remove the hidden text above a letter, which mail clients show after the subject."""
    for element in body.iter():
        if not isinstance(element.tag, str) or element is body or element.tag in _SILENT:
            continue
        if _is_unseen(element):
            words = " ".join(_FILLER.sub(" ", element_text(element)).split())
            if not SHORTEST <= len(words) <= LONGEST:
                return ""
            collector.add_note("changed", "preview text moved to `preheader`", words)
            remove_element(element)
            return words
        if (element.text or "").strip():
            return ""
    return ""


def _note(element: Any, message: str, collector: DraftCollector) -> None:
    if words := all_text(element):
        collector.add_note("omitted", f"{message}, which the theme provides", words)


def _outermost(element: Any, body: Any, limit: int) -> Any:
    """Return the largest block around an element whose text is within a limit."""
    best = element
    for outer in element.iterancestors(*_BLOCKS):
        if outer is body or len(element_text(outer)) > limit:
            break
        best = outer
    return best


def _drop_foot(body: Any, collector: DraftCollector) -> None:
    link = _leave_link(body)
    if link is None:
        return
    limit = min(FOOT, int(len(element_text(body)) * SHARE))
    nearest = next(link.iterancestors(*_BLOCKS), link)
    if nearest is not body and len(element_text(nearest)) <= FOOT:
        limit = max(limit, len(element_text(nearest)))  # never a sentence without its link
    foot = _outermost(link, body, max(limit, len(element_text(link))))
    _note(foot, "footer", collector)
    remove_element(foot)


def _drop_lines(body: Any, collector: DraftCollector) -> None:
    """Remove links to the web version, and the service's own lines: read in app, like, share."""
    for anchor in list(body.iter("a")):
        words = element_text(anchor)
        if len(words) < 80 and _BROWSER.search(words):
            message = "link to the web version"
        elif _SERVICE.fullmatch(words) and _SERVICE_HOST.search(anchor.get("href", "")):
            message = "link of the newsletter service"
        else:
            continue
        line = _outermost(anchor, body, len(words) + 40)
        _note(line, message, collector)
        remove_element(line)


def _drop_icons(body: Any, collector: DraftCollector) -> None:
    """Remove rows of small linked images; a single one is kept, because it may be content."""
    icons = [image for image in body.iter("img") if _is_icon(image)]
    if len(icons) < 2:
        return
    for image in icons:
        anchor = next(image.iterancestors("a"))
        words = f"{image.get('alt', '')} {anchor.get('href', '')}".strip()
        collector.add_note("omitted", "small linked image, which the theme provides", words)
        remove_element(anchor if not element_text(anchor) else image)


def _is_icon(image: Any) -> bool:
    anchor = next(image.iterancestors("a"), None)
    if anchor is None or len(element_text(anchor)) > 20:
        return False
    width = re.match(r"\d+", image.get("width", "")) or re.search(
        r"(?<![\w-])width:\s*(\d+)px", image.get("style", "")
    )
    size = int(width[width.lastindex or 0]) if width else 0
    named = _SOCIAL.search(f"{image.get('alt', '')} {anchor.get('href', '')}")
    return 0 < size <= SMALL or bool(named and size <= 2 * SMALL)


def _drop_masthead(body: Any, collector: DraftCollector) -> None:
    """Remove the images above the first text of a newsletter."""
    for element in list(body.iter()):
        if not isinstance(element.tag, str) or element is body or _is_unseen(element):
            continue
        if element.tag == "img":
            words = f"{element.get('alt', '')} {element.get('src', '')}".strip()
            collector.add_note("omitted", "masthead image, which the theme provides", words[:300])
            remove_element(element)
            continue
        if (element.text or "").strip() or _has_words_before(element):
            return


def _drop_name(body: Any, collector: DraftCollector, title: str) -> str:
    """Remove the publication's name above the title; return the date next to it."""
    headings = [heading for heading in body.iter("h1", "h2") if element_text(heading)]
    named = [heading for heading in headings if title and element_text(heading) == title]
    heading = next(iter(named or headings), None)
    if heading is None:
        return ""
    above = []
    for element in body.iter():
        if element is heading:
            break
        if (element.text or "").strip() and not _is_unseen(element):
            above.append(element)
    words = " ".join((element.text or "").strip() for element in above)
    if not words or len(words) > HEAD or any(len(element) for element in above):
        return ""
    collector.add_note("omitted", "masthead, which the theme provides", words)
    pieces = [piece for element in above for piece in _PIECE.split(element.text or "")]
    days = [day for piece in pieces if (day := parse_date(piece))]
    for element in above:
        element.text = None
    return days[0].isoformat() if days else ""


def _is_unseen(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return True
    return any(
        _HIDDEN.search(outer.get("style", "").replace(" ", "").lower())
        for outer in (element, *element.iterancestors())
    )


def _has_words_before(element: Any) -> bool:
    before = element.getprevious()
    return before is not None and bool((before.tail or "").strip())
