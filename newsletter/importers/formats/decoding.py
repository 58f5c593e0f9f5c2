"""Decodes bytes in any encoding, and removes characters that no email can contain."""

from __future__ import annotations

import codecs
import re
from functools import cache

from newsletter.errors import NewsletterError
from newsletter.files.extra_command import install_command

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


def decode_draft(
    data: bytes, name: str, declared: str = "", *, first: bool = False
) -> tuple[str, str]:
    """Return text with LF line endings, and the encoding it was read as.

    In order of precedence: a byte-order mark, zero bytes that only UTF-16 has, UTF-8 if it is
    valid, the encoding declared in the file, a guess. `first` is for declarations that are part of
    the format (RFC 2045): one that fits the bytes takes precedence over UTF-8. Raises
    `NewsletterError` if the data is not text.
    """
    text, encoding = (
        (_as_declared(data, declared) if first else None) or _decoded(data, declared) or ("", "")
    )
    if not encoding or _binary(text):
        raise NewsletterError(
            f"No text in a known encoding: {name}",
            hint="Save the draft as UTF-8 text, .docx or HTML and import that.",
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\u2028", "\n").replace("\u2029", "\n\n"), encoding


def _as_declared(data: bytes, declared: str) -> tuple[str, str] | None:
    """Return text in its declared encoding, `None` if the bytes do not match it.

    ASCII and Latin-1 are ignored: they fit any bytes, and programs declare them without checking.
    """
    try:
        declared = declared.lower().removeprefix("x-")
        name = codecs.lookup(declared).name
        if name in ("ascii", "iso8859-1", "cp1252") or any(
            data.startswith(mark) for mark, _ in _MARKS
        ):
            return None
        if name not in _MULTIBYTE and _is_utf8(data):
            return None  # valid UTF-8 is unlikely by chance; single-byte encodings fit anything
        if not name.startswith("iso2022") and _ISO_2022.search(data):
            return None  # escape sequences, which no other encoding has
        text = data.decode(_as_browsers_do(declared))
    except (LookupError, UnicodeDecodeError, ValueError):
        return None
    return None if "\x00" in text else (text, name)


def _is_utf8(data: bytes) -> bool:
    try:
        return not data.decode().isascii()
    except UnicodeDecodeError:
        return False


def _decoded(data: bytes, declared: str) -> tuple[str, str] | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    if encoding := _wide(data):
        return data.decode(encoding, "replace"), encoding
    if _ISO_2022.search(data) and (shifted := _shifted(data)):
        return shifted
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        pass
    for name in (declared, _in_page(data)):
        try:
            if name and codecs.lookup(name).name not in ("utf-8", "ascii"):
                text = data.decode(_as_browsers_do(name))
                if not (codecs.lookup(name).name in _WESTERN_NAMES and _is_garbled(text)):
                    return text, _as_browsers_do(name)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return _guessed(data)


_WESTERN_NAMES = ("iso8859-1", "iso8859-15", "cp1252")


def _is_garbled(text: str) -> bool:
    """Return whether most letters have accents, as in no language of Western Europe."""
    letters = [sign for sign in text[:20_000] if sign.isalpha()]
    beyond = sum(not sign.isascii() for sign in letters)
    return beyond * 2 > len(letters) and not _reads_western(text)


# Multi-byte encodings, which only decode bytes that were written in them.
_MULTIBYTE = frozenset(
    "utf-8 utf-16 utf-16-le utf-16-be utf-32 gb2312 gbk gb18030 hz big5 big5hkscs cp950 euc_kr cp949 johab "
    "shift_jis cp932 euc_jp iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_ext iso2022_kr utf-7".split()
)
# Escape sequences of ISO-2022, which otherwise looks like ASCII (RFC 1468, RFC 1557).
_ISO_2022 = re.compile(rb"\x1b(?:\$[@AB]|\$\(D|\([BJI]|\$\)C)")


def _shifted(data: bytes) -> tuple[str, str] | None:
    for encoding in ("iso2022_jp_2", "iso2022_jp_ext", "iso2022_kr"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None


def _wide(data: bytes) -> str:
    """Return the UTF-16 variant if zero bytes are mostly on one side of the pairs, else ""."""
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


# Encoding names as browsers read them: the superset actually used (WHATWG Encoding Standard §4.2).
_WIDER = {
    "iso8859-1": "windows-1252",
    "ascii": "windows-1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859-9": "cp1254",
    "tis_620": "cp874",
}


def _as_browsers_do(name: str) -> str:
    return _WIDER.get(codecs.lookup(name).name, name)


# Encodings a guess may return: those of Windows and the web before UTF-8. Others can score higher
# but are never the right ones.
_KNOWN = "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp932 gb18030 big5 cp949 euc_jp koi8_r".split()


def _guessed(data: bytes) -> tuple[str, str] | None:
    """Return the most likely decoding.

    Windows-1252 if the result reads like Western text, else the result of statistical detection.
    """
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
            "Detecting the encoding requires charset-normalizer",
            hint=f"Run `{install_command('import')}`.",
        ) from None
    best = charset_normalizer.from_bytes(data[:200_000], cp_isolation=_KNOWN).best()
    if best is None:
        return (western, "windows-1252") if western else None
    return data.decode(best.encoding, "replace"), best.encoding


# A letter next to letters; one that is a word in French, Portuguese or Italian; typographic
# characters. In Windows-1250 the bytes of ¿ ³ ¹ œ £ are letters, so they only count in positions
# where Western text has them.
_WESTERN = re.compile(
    r"(?<=[A-Za-zß-ÿ])[ß-öø-ÿžš]|[À-ÖØ-ÞŠŽß-öø-ÿžš](?=[A-Za-zß-ÿ’])|(?<!\w)[àáèéìíòóùúÀÁÈÉÓ](?!\w)|[œŒ](?=u)"
    r"|[‘’“”–—…•€§©°«»½·\xa0™®´×±µ]|[£](?=\d)|(?<=[\dkcm])[²³]|(?<=\d)[ºª¹]|(?<!\w)[¿¡](?=\w)"
)


def _reads_western(text: str) -> bool:
    """Return whether non-ASCII characters occur where Western European text has them."""
    beyond = sum(sign > "\x7f" for sign in text)
    if text.count("¿") > text.count("?") or re.search(r"[À-ÿ]{4}", text):
        return False
    return len(_WESTERN.findall(text)) >= 0.9 * beyond


def _binary(text: str) -> bool:
    """Return whether text was decoded from binary data.

    Text contains no zeros and few other control characters.
    """
    head = text[:20_000]
    controls = len(re.findall(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head))
    return ("\x00" in head and controls > 8) or controls > len(head) / 50 + 2


def printable(text: str) -> str:
    """Return text without the characters that HTML parsers reject.

    These are control characters, lone surrogates and non-characters.
    """
    return text if text.replace("\n", "").isprintable() else _refused().sub("", text)


@cache
def _refused() -> re.Pattern[str]:
    ends = "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    return re.compile(
        f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{ends}\ufeff]"
    )
