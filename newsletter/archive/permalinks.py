"""Addresses of the site: words in paths, links between pages, and the absolute address of a page.

A page is a folder with an `index.html`: every static host serves that without rules. Links between pages
are relative, so that a site works below any path; feeds, sitemap and metadata are absolute.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import quote, urlsplit

from newsletter.model import Publication

_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})

# A Latin, Greek or Cyrillic letter with its marks; elsewhere a mark makes another letter.
_LATIN_MARKS = re.compile("([A-Za-z\u0370-\u03ff\u0400-\u04ff])[\u0300-\u036f]+")


def path_word(text: str) -> str:
    """Return words as one part of a path: `Trade & Ports` -> `trade-ports`.

    Latin letters lose their marks; letters of other scripts stay. Text without a letter or a digit
    gives a short digest, so that the result is never empty.
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
    """Return the absolute address of a page or file of the site (IRIs are percent-encoded)."""
    return f"{publication.url}/{quote(path)}"


def root_of(path: str) -> str:
    """Return what leads from a page back to the site's root: `../../`, or `./` on the front page."""
    return "../" * path.count("/") or "./"


def site_host(publication: Publication) -> str:
    """Return the host name of the publication's address."""
    return urlsplit(publication.url).hostname or "localhost"


def base_path(publication: Publication) -> str:
    """Return the path below which the site is served, with a slash at both ends."""
    return f"{urlsplit(publication.url).path.rstrip('/')}/"
