"""Bytes -> text, from whatever encoding, without the signs that no mail can hold."""

from __future__ import annotations

import codecs
import re
from functools import cache

from newsletter.errors import NewsletterError

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,200}encoding=["']([\w.:-]+)""",
    re.IGNORECASE,
)


def decode_draft(data: bytes, name: str, declared: str = "") -> tuple[str, str]:
    """Return text with LF line ends, and the encoding it was read as.

    A byte-order mark decides, then zeros that only UTF-16 has, then UTF-8 if it is UTF-8, then what the file declares,
    then a guess. Raises `NewsletterError` for what is no text.
    """
    text, encoding = _decoded(data, declared) or ("", "")
    if not encoding or _binary(text):
        raise NewsletterError(
            f"{name} is not text in any encoding",
            hint="Save the draft as UTF-8 text, .docx or HTML, and import that.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace(
        "\u2029", "\n\n"
    ), encoding


def _decoded(data: bytes, declared: str) -> tuple[str, str] | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    if encoding := _wide(data):
        return data.decode(encoding, "replace"), encoding
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        pass
    for name in (declared, _in_page(data)):
        try:
            if name and codecs.lookup(name).name not in ("utf-8", "ascii"):
                return data.decode(_as_browsers_do(name)), _as_browsers_do(name)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return _guessed(data)


def _wide(data: bytes) -> str:
    """Return UTF-16 with its order where most characters have a zero byte on the same side."""
    head = data[:4000]
    if len(head) < 4 or b"\x00" not in head:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) / 8 and odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) / 8 and even > 4 * odd else ""


def _in_page(data: bytes) -> str:
    match = _DECLARED.search(data[:4000])
    return (match[1] or match[2]).decode("ascii", "ignore") if match else ""


def _as_browsers_do(name: str) -> str:
    """Return windows-1252 for Latin-1, as the WHATWG Encoding Standard §4.2 has it."""
    return "windows-1252" if codecs.lookup(name).name in ("iso8859-1", "ascii") else name


# What a guess may be: what Windows and the web had before UTF-8. Others are closer by statistics and never meant.
_KNOWN = "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp932 gb18030 big5 cp949 euc_jp koi8_r".split()


def _guessed(data: bytes) -> tuple[str, str] | None:
    """Return the likeliest reading: Windows-1252 where it reads like Western text, else what statistics say."""
    try:
        western = data.decode("windows-1252")
        if _reads_western(western):
            return western, "windows-1252"
    except UnicodeDecodeError:
        western = ""
    try:
        import charset_normalizer
    except ImportError:
        raise NewsletterError(
            "its encoding cannot be told without charset-normalizer",
            hint="Install it: pip install 'newsletter[import]'",
        ) from None
    best = charset_normalizer.from_bytes(data[:200_000], cp_isolation=_KNOWN).best()
    if best is None:
        return (western, "windows-1252") if western else None
    return data.decode(best.encoding, "replace"), best.encoding


# A letter beside letters; one that is a word in French, Portuguese or Italian; signs of print. In Windows-1250 the
# bytes of ¿ ³ ¹ œ £ are letters, so they count only where Western writing has them.
_WESTERN = re.compile(
    r"(?<=[A-Za-zß-ÿ])[ß-öø-ÿžš]|[À-ÖØ-ÞŠŽß-öø-ÿžš](?=[A-Za-zß-ÿ’])|(?<!\w)[àáèéìíòóùúÀÁÈÉÓ](?!\w)|[œŒ](?=u)"
    r"|[‘’“”–—…•€§©°«»½·\xa0™®´×±µ]|[£](?=\d)|(?<=[\dkcm])[²³]|(?<=\d)[ºª¹]|(?<!\w)[¿¡](?=\w)"
)


def _reads_western(text: str) -> bool:
    """Tell whether signs beyond ASCII stand where Western European writing has them."""
    beyond = sum(sign > "\x7f" for sign in text)
    if text.count("¿") > text.count("?") or re.search(r"[À-ÿ]{4}", text):
        return False
    return len(_WESTERN.findall(text)) >= 0.9 * beyond


def _binary(text: str) -> bool:
    """Tell bytes that only happened to decode from text: it has no zeros, and few other control characters."""
    head = text[:20_000]
    controls = len(re.findall(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head))
    return ("\x00" in head and controls > 8) or controls > len(head) / 50 + 2


def printable(text: str) -> str:
    """Return text without what HTML parsers refuse: control characters, lone surrogates, non-characters."""
    return text if text.replace("\n", "").isprintable() else _refused().sub("", text)


@cache
def _refused() -> re.Pattern[str]:
    ends = "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    return re.compile(
        f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{ends}\ufeff]"
    )
