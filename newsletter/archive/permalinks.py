"""Addresses of the site: path segments, links between pages, and absolute page addresses.

A page is a folder with an `index.html`, which every static host serves without configuration. Links
between pages are relative, so the site works below any path; feeds, sitemap and metadata use
absolute addresses.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import quote, urlsplit

from newsletter.model import Publication

_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})

# A Latin, Greek or Cyrillic letter with diacritics; in other scripts, a mark changes the letter.
_LATIN_MARKS = re.compile("([A-Za-z\u0370-\u03ff\u0400-\u04ff])[\u0300-\u036f]+")


def path_word(text: str) -> str:
    """Return text as one path segment: `Trade & Ports` -> `trade-ports`.

    Latin letters lose their diacritics; letters of other scripts are preserved. Text without
    letters or digits gives a short digest, so the result is never empty.
    """
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    plain = _LATIN_MARKS.sub(r"\1", re.sub("['’]", "", folded))
    words = re.findall(r"(?:[^\W_]|[\u0900-\u0dff])+", unicodedata.normalize("NFKC", plain))
    joined = "-".join(words)[:80].rstrip("-")
    return joined or hashlib.sha256(text.encode()).hexdigest()[:8]


def page_path(*parts: str) -> str:
    """Return the path of a page below the site: `("topics", "ports")` -> `topics/ports/`."""
    return "".join(f"{part}/" for part in parts if part)


def absolute(publication: Publication, path: str) -> str:
    """Return the absolute address of a page or file of the site; IRIs are percent-encoded."""
    return f"{publication.url}/{quote(path)}"


def root_of(path: str) -> str:
    """Return the relative path from a page to the site root.

    For example `../../`, or `./` on the front page.
    """
    return "../" * path.count("/") or "./"


def site_host(publication: Publication) -> str:
    """Return the host name of the publication's address."""
    return urlsplit(publication.url).hostname or "localhost"


def base_path(publication: Publication) -> str:
    """Return the path at which the site is served, with a leading and trailing slash."""
    return f"{urlsplit(publication.url).path.rstrip('/')}/"
