"""A saved email or page -> a proposed `[theme]` table, with what could not be read."""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.link_cleanup import clean_url
from newsletter.importers.look.seen_page import SeenImage, SeenPage, SeenText, see_page
from newsletter.theme.colors import Color, contrast
from newsletter.theme.look_settings import STACKS
from newsletter.theme.oklch import to_oklch

COLORED = 0.045  # OKLCH chroma below which a color reads as gray
FOOT = 0.75  # share of the text after which links count as the foot's
NARROWEST, WIDEST = 400, 680  # pixels; what `width` accepts
GUTTER = 40  # pixels of padding that a box of the page usually has next to its text
MOST_LINKS = 8
MOST_BYTES = 10_000_000  # of a page with images in it; its text is a hundredth of that

# Unsubscribe links and the like: every email of ours has them anyway.
_STANDARD = re.compile(
    r"unsubscri|subscription|opt.?out|preferen|manage|view (?:it |this )?(?:email )?(?:in|online)|in (?:your )?browser"
    r"|web version|read online|abmelden|abbestellen|d[ée]sabonn|d[ée]sinscri|cancelar|darse de baja",
    re.IGNORECASE,
)
_FORWARDED = re.compile(r"forwarded|someone sent|weitergeleitet|transf[ée]r|reenvi", re.IGNORECASE)
# Hosts and paths that only count a click before leading on; where to cannot be read without asking.
_REDIRECT = re.compile(
    r"//(?:click|clicks|links?|track|trk|email|e|go|ct|ls|url\d+)\d*\.|list-manage\.com/track"
    r"|/(?:ls/click|track/click|c/eJ|CL0/|f/a/)|substack\.com/redirect|mailchi\.mp/.+/click",
    re.IGNORECASE,
)
_SANS = (
    "helvetica arial sans-serif roboto segoe verdana tahoma system-ui inter lato montserrat".split()
)
_SLAB = ("slab", "rockwell", "courier prime", "clarendon")
_MONO = ("mono", "courier", "consolas", "menlo")
_PLACEHOLDER = re.compile(r"\{\{|\*\||%%|\[%|^#?$|^javascript:", re.IGNORECASE)


class ProposedLink(Struct, frozen=True):
    """A link of the footer, as the settings would have it."""

    text: str
    url: str


class ProposedLogo(Struct, frozen=True):
    """The image that looks like the logo; its file has to be saved by hand."""

    file: str
    alt: str
    width: int | None


class LookProposal(Struct, frozen=True):
    """Settings that come near to how a publication looks now."""

    source: str
    look: str
    why: str  # the nearest look
    accent: str | None
    font: str | None
    width: int | None
    density: str
    logo: ProposedLogo | None
    links: tuple[ProposedLink, ...]
    forwarded: ProposedLink | None
    notes: tuple[str, ...]  # what could not be read

    def facts(self) -> dict[str, Any]:
        import msgspec

        facts: dict[str, Any] = msgspec.to_builtins(self)
        return facts


def propose_look(data: bytes, name: str) -> LookProposal:
    """Return a proposal from a saved page (HTML) or email (HTML or .eml). Nothing is fetched.

    Raises `NewsletterError` if there is no HTML or no text in it.
    """
    if len(data) > MOST_BYTES:
        message = f"{name} has {len(data) / 1e6:,.0f} MB; the limit is {MOST_BYTES / 1e6:.0f} MB"
        raise NewsletterError(message, hint="Save the page without its images.")
    page = see_page(_html(data, name))
    if not page.texts:
        hint = "Save the email as HTML from the mail program, or as a page from its web version."
        raise NewsletterError(f"No text in {name}", hint=hint)
    notes: list[str] = []
    accent = _accent(page, notes)
    font = _font(page, notes)
    logo = _logo(page, notes)
    width = _width(page, notes)
    links, forwarded = _links(page, notes)
    look, why = _nearest(page, font)
    if font in STACKS and font == ("sans" if look in ("signal", "digest") else "serif"):
        font = None  # what the look has already
    return LookProposal(
        name, look, why, accent, font, width, _density(page), logo, links, forwarded, tuple(notes)
    )


def _html(data: bytes, name: str) -> str:
    """Return the HTML of a page, or of the HTML part of an email."""
    head = data[:4096].lstrip()
    if not head.startswith(b"<") and re.match(rb"[\w-]+:[ \t]|From ", head):
        message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
        part = message.get_body(("html",))
        if part is None:
            hint = "Save an email that has one, or its web version."
            raise NewsletterError(f"No HTML part in {name}", hint=hint)
        payload = part.get_payload(decode=True)
        charset = part.get_content_charset("")
        return decode_draft(payload if isinstance(payload, bytes) else b"", name, charset)[0]
    text = decode_draft(data, name)[0]
    if not re.search(r"<(?:html|body|table|div|p|a)\b", text, re.IGNORECASE):
        raise NewsletterError(f"No HTML in {name}", hint="Save the email or page as HTML first.")
    return text


def _clean(text: str, longest: int = 60) -> str:
    """Return a text as one printable line, cut to a length."""
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return words[:longest].strip()


# --- colors ------------------------------------------------------------------------------------------


def _accent(page: SeenPage, notes: list[str]) -> str | None:
    """Return the color that marks links, buttons and headings most; grays do not count."""
    votes: Counter[Color] = Counter()
    for color, weight in _colored(page):
        if to_oklch(color).chroma >= COLORED:
            votes[color] += weight
    if not votes:
        notes.append("an accent: links, buttons and headings are black, gray or the browser's blue")
        return None
    color, best = votes.most_common(1)[0]
    second = [other for other, count in votes.most_common(4)[1:] if count > best / 2]
    different = [str(other) for other in second if _differ_in_hue(color, other)]
    if different:
        notes.append(f"which of several colors is the accent: also {', '.join(different)}")
    return str(color)


def _differ_in_hue(first: Color, second: Color) -> bool:
    hues = abs(to_oklch(first).hue - to_oklch(second).hue) % 360
    return min(hues, 360 - hues) > 25


def _colored(page: SeenPage) -> Iterator[tuple[Color, int]]:
    """Yield the colors that may be the accent, each with what it counts."""
    browser = Color(0, 0, 238 / 255)  # of a link that the page did not color
    for text in page.texts:
        if text.own_background and text.url and contrast(text.background, text.color) > 1.5:
            yield text.background, 4
        elif text.url and text.color != browser:
            yield text.color, 2
        elif text.tag.startswith("h") or (text.bold and text.size >= 18):
            yield text.color, 2
            yield text.background, 2
        else:
            yield text.background, 1


# --- type --------------------------------------------------------------------------------------------


def _font(page: SeenPage, notes: list[str]) -> str | None:
    """Return the kind of font of most text, or the list of fonts if it is an own one."""
    votes: Counter[str] = Counter()
    for text in page.texts:
        if not text.url and not text.tag.startswith("h"):
            votes[text.font] += len(text.text)
    families = votes.most_common(1)[0][0] if votes else ""
    names = [name.strip(" \"'") for name in families.split(",") if name.strip(" \"'")]
    if not names or names[0] in ("inherit", "initial"):
        notes.append("a font: most text has none of its own")
        return None
    kind = _font_kind(names)
    heads: Counter[str] = Counter(text.font for text in page.texts if text.tag.startswith("h"))
    if heads:
        first = [name.strip(" \"'") for name in heads.most_common(1)[0][0].split(",")]
        if _font_kind(first) != kind:
            notes.append(f"a second font, of headings: {_clean(first[0])} (`font` sets one)")
    return kind


def _font_kind(names: list[str]) -> str:
    """Return `serif`, `sans`, `slab` or `mono` for a list of fonts in lower case."""
    first = names[0] if names else ""
    if any(word in first for word in _MONO) or names[-1:] == ["monospace"]:
        return "mono"
    if any(word in first for word in _SLAB):
        return "slab"
    if "sans" in first or any(word in first for word in _SANS):
        return "sans"
    return "sans" if any("sans" in name for name in names[1:]) else "serif"


def _density(page: SeenPage) -> str:
    """Return the density that is nearest to the line height of most text."""
    votes: Counter[float] = Counter()
    for text in page.texts:
        if text.leading and 1 <= text.leading <= 2.5 and not text.tag.startswith("h"):
            votes[round(text.leading, 1)] += len(text.text)
    leading = votes.most_common(1)[0][0] if votes else 1.6
    if leading >= 1.8:
        return "airy"
    return "compact" if leading <= 1.35 else "regular"


def _width(page: SeenPage, notes: list[str]) -> int | None:
    """Return the width of the narrowest box that holds most of the text, without its gutters."""
    main_boxes = [width for width, share in page.widths if share > 0.5]
    if not main_boxes:
        notes.append("a width: no box of 400 to 800 pixels holds the text")
        return None
    outer = min(main_boxes)
    width = outer if outer < 560 else outer - GUTTER
    return min(max(width, NARROWEST), WIDEST)


# --- logo and links ----------------------------------------------------------------------------------


def _logo(page: SeenPage, notes: list[str]) -> ProposedLogo | None:
    """Return the image near the top that looks like a logo."""
    for image in page.images:
        if image.at > 0.2 or not _can_be_logo(image):
            continue
        stem = re.sub(r"[^a-z0-9]+", "-", urlsplit(image.src).path.rpartition("/")[2].lower())
        known = re.search(r"[a-z]{3}[a-z0-9-]*-(?:png|jpe?g|gif)$", stem)
        file = "logo.png" if not known else re.sub(r"-(png|jpe?g|gif)$", r".\1", known[0])
        if len(file) > 40:
            file = "logo.png"
        notes.append(f"the logo's file: save the image as templates/<theme>/images/{file}")
        return ProposedLogo(file, _clean(image.alt), image.width)
    notes.append("a logo: no image near the top looks like one")
    return None


def _can_be_logo(image: SeenImage) -> bool:
    width, height = image.width or 0, image.height or 0
    if 0 < width < 24 or 0 < height < 12:
        return False  # a tracking pixel or a spacer
    named = re.search(r"logo|brand|masthead|header", f"{image.src} {image.alt}", re.IGNORECASE)
    return bool(named) or (0 < width <= 320 and (not height or width >= height))


def _links(
    page: SeenPage, notes: list[str]
) -> tuple[tuple[ProposedLink, ...], ProposedLink | None]:
    """Return the links of the footer and the line for readers to whom the email was forwarded."""
    links: dict[str, ProposedLink] = {}
    unusable: list[str] = []
    forwarded = None
    for text, url in _foot_links(page):
        words, clean = _clean(text, 40), clean_url(url.strip())
        if _FORWARDED.search(words) and _usable(clean):
            forwarded = forwarded or ProposedLink(words, clean)
        if not words or _STANDARD.search(words) or _STANDARD.search(clean):
            continue
        if not _usable(clean):
            unusable.append(words)
        elif clean not in links and len(links) < MOST_LINKS:
            links[clean] = ProposedLink(words, clean)
    if unusable:
        some = ", ".join(dict.fromkeys(unusable[:4]))
        subject = "1 footer link leads (a placeholder or a tracker)"
        if len(unusable) > 1:
            subject = f"{len(unusable)} footer links lead (placeholders or trackers)"
        notes.append(f"where {subject}: {some}")
    if not links and not unusable:
        notes.append("footer links: only links such as those to unsubscribe")
    return tuple(links.values()), forwarded


def _usable(url: str) -> bool:
    return bool(re.fullmatch(r"https?://[\w.-]+\.\w+[^\s\"<>]*", url)) and not (
        _REDIRECT.search(url) or _PLACEHOLDER.search(url)
    )


def _foot_links(page: SeenPage) -> Iterator[tuple[str, str]]:
    """Yield words and address of the links near the end, also of images."""
    joined: list[tuple[float, str, str]] = [
        (text.at, text.text, text.url)
        for text in page.texts
        if text.url and text.at >= FOOT and not text.own_background
    ]
    joined += [
        (image.at, image.alt if len(image.alt) > 2 else _service(image.url), image.url)
        for image in page.images
        if image.url and image.at >= FOOT
    ]
    for _, words, url in sorted(joined, key=lambda link: link[0]):
        yield words, url


def _service(url: str) -> str:
    """Return what a link without words leads to: the name of its host."""
    host = urlsplit(url).hostname or ""
    return host.removeprefix("www.").partition(".")[0].capitalize()


# --- the nearest look --------------------------------------------------------------------------------


def _nearest(page: SeenPage, font: str | None) -> tuple[str, str]:
    """Return the packaged look that is nearest in structure, and why."""
    length = sum(len(text.text) for text in page.texts)
    large_images = [image for image in page.images if (image.width or 200) >= 100]
    reading = sum(_prose(page.texts))
    if page.boxes >= 3:
        return "digest", f"{page.boxes} boxes with a link and some text each"
    if page.headings <= 2 and not large_images and not page.widths and page.tables <= 1:
        return "plain", "hardly any layout: text and a few links"
    if font == "serif" or font == "slab":
        many = page.headings >= 6 and reading / max(page.headings, 1) < 900
        if many:
            return "broadsheet", f"a serif font and {page.headings} headings over short texts"
        return "default", "a serif font and long texts"
    if len(large_images) >= 5 and length / len(large_images) < 700:
        return "digest", f"{len(large_images)} images with short texts"
    return "signal", "a sans serif font with headings"


def _prose(texts: Iterable[SeenText]) -> Iterator[int]:
    return (len(text.text) for text in texts if not text.url and not text.tag.startswith("h"))
