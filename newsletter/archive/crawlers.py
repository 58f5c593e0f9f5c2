"""Machine-readable files: sitemap, robots.txt, llms.txt, index.json and `_redirects`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import msgspec

from newsletter.archive.feeds import entry_id
from newsletter.archive.json_ld import day
from newsletter.archive.permalinks import absolute, base_path, page_path
from newsletter.archive.site_model import SiteModel
from newsletter.model import Publication

MOST = 50_000  # addresses in one sitemap (sitemaps.org protocol)
_XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap_files(
    pages: Sequence[tuple[str, dt.date | None]], publication: Publication
) -> dict[str, bytes]:
    """Return `sitemap.xml`; above 50,000 addresses it is an index of several files.

    `lastmod` is the day of an issue's latest correction or of its publication, never of the build.
    """
    chunks = [pages[start : start + MOST] for start in range(0, len(pages), MOST)] or [[]]
    if len(chunks) == 1:
        return {"sitemap.xml": _urls(chunks[0], publication)}
    names = [f"sitemap-{number}.xml" for number in range(1, len(chunks) + 1)]
    index = "".join(
        f"<sitemap><loc>{escape(absolute(publication, name))}</loc></sitemap>\n" for name in names
    )
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<sitemapindex xmlns="{_XMLNS}">\n{index}</sitemapindex>\n'
    files = {name: _urls(chunk, publication) for name, chunk in zip(names, chunks, strict=True)}
    return {"sitemap.xml": text.encode(), **files}


def _urls(pages: Sequence[tuple[str, dt.date | None]], publication: Publication) -> bytes:
    lines = []
    for path, date in pages:
        lastmod = f"<lastmod>{date.isoformat()}</lastmod>" if date else ""
        lines.append(f"<url><loc>{escape(absolute(publication, path))}</loc>{lastmod}</url>\n")
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{_XMLNS}">\n'
    return f"{head}{''.join(lines)}</urlset>\n".encode()


def robots(publication: Publication, *, drafts: bool) -> bytes:
    """Return robots.txt; it is effective only if the site is at the root of its host."""
    if drafts:
        return b"User-agent: *\nDisallow: /\n"
    sitemap = absolute(publication, "sitemap.xml")
    return f"User-agent: *\nAllow: /\n\nSitemap: {sitemap}\n".encode()


def llms(model: SiteModel, publication: Publication, description: str | None) -> bytes:
    """Return llms.txt: the publication and every issue's Markdown twin (llmstxt.org)."""
    lines = [f"# {publication.name}", ""]
    if description:
        lines += [f"> {' '.join(description.split())}", ""]
    lines += ["## Issues", ""]
    for issue in model.listed:
        url = absolute(publication, f"{page_path(issue.slug)}index.md")
        title = issue.title.replace("[", "(").replace("]", ")")
        lines.append(f"- [{title}]({url}): {issue.date.isoformat()}. {issue.deck}")
    return ("\n".join(lines) + "\n").encode()


def index_json(model: SiteModel, publication: Publication, host: str | None) -> bytes:
    """Return index.json: every listed issue with its addresses and digests.

    `digest` is a SHA-256 over the issue's text and images as published on the site; `receipts` are
    the digests recorded by `publish`.
    """
    lines = []
    for issue in model.listed:
        url = absolute(publication, page_path(issue.slug))
        lines.append(
            {
                "slug": issue.slug,
                "title": issue.title,
                "date": issue.date.isoformat(),
                "updated": day(issue.updated),
                "language": issue.language,
                "id": entry_id(issue, publication, host),
                "url": url,
                "markdown": f"{url}index.md",
                "digest": f"sha256:{issue.digest}",
                "receipts": list(issue.receipts),
            }
        )
    encode = msgspec.json.encode
    head = encode({"publication": publication.name, "url": f"{publication.url}/"})
    issues = b",\n".join(encode(line) for line in lines)  # one per line, for readable diffs
    return head[:-1] + b',"issues":[\n' + issues + b"\n]}\n"


def redirects_file(moves: Mapping[str, str], publication: Publication) -> bytes:
    """Return `_redirects` (Netlify, Cloudflare Pages): one `from to 301` per line."""
    base = base_path(publication)
    lines = []
    for old, new in moves.items():
        target = new if "://" in new else f"{base}{new}"
        lines.append(f"{base}{old.rstrip('/')} {target} 301\n")
    return "".join(lines).encode()
