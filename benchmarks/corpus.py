"""Build every Markdown file in a folder and count what is built, rejected and lost.

    python benchmarks/corpus.py FOLDER [--complete] [--limit N] [--list]

Each file becomes one section of an issue, without its front matter; nothing else is changed, so
anything our dialect does not support (HTML, remote images without a width, relative links) is
rejected with an error. `--complete` replaces those images with one of the issue's own and makes
those links absolute, to reveal errors hidden behind them.

The expected content comes from another parser, markdown-it-py: the words of its page in order,
and the addresses of its links. A word is lost if the email's HTML or its text part lacks it or
has it in a different order. The last line has the number of tracebacks; it and the losses must
be 0.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import html5lib
from markdown_it import MarkdownIt
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from newsletter.errors import IssueRejected, NewsletterError
from newsletter.files.cache import BuildCache
from newsletter.pipeline.build import build
from newsletter.workspace import Workspace, find
from tests.printed_words import missing_words, texts

FILES = {
    "newsletter.toml": 'name = "Corpus"\nurl = "https://corpus.example"\n',
    "credits.yaml": "roles: {essay: {label: Essay}}\npeople: {mira: {name: Mira}}\n",
    "issues/2026-03-01-letter/credits.yaml": "essay: mira\nlocation: Lisbon\n",
    "issues/2026-03-01-letter/issue.yaml": "title: Title\npreheader: Deck\ndate: 2026-03-01\n",
}
SECTION = "issues/2026-03-01-letter/10-essay.md"
HEAD = "---\nkind: essay\ntitle: Section\n---\n"
FRONT = re.compile(r"\A(?:---\n.*?\n(?:---|\.\.\.)\n|(?:[A-Z][\w ]*: [^\n]*\n)+\n)", re.DOTALL)
WEB_IMAGE = re.compile(r"(!\[[^\]]*\]\()[^)\s]+")
HALF_LINK = re.compile(r"(?<!!)(\[[^\]]*\]\()(?!https?:|mailto:|tel:)([^)\s]+)")
WORD = re.compile(r"\w+")


@dataclass
class Totals:
    """The results for all files."""

    letters: int = 0
    built: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # by the code of the first error
    also: Counter[str] = field(default_factory=Counter)  # files that have an error with that code
    words: int = 0
    links: int = 0
    lost_words: list[str] = field(default_factory=list)
    lost_links: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--complete", action="store_true", help="complete images and links")
    parser.add_argument("--limit", type=int, help="letters at most")
    parser.add_argument("--list", action="store_true", help="name what was lost")
    options = parser.parse_args()
    paths = sorted(options.folder.rglob("*.md"))[: options.limit]
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        workspace = scratch(Path(folder))
        totals = Totals(letters=len(paths))
        for path in paths:
            letter = FRONT.sub("", path.read_text("utf-8", "replace").replace("\r\n", "\n"))
            read(workspace, path.name, completed(letter) if options.complete else letter, totals)
    report(totals, time.perf_counter() - started, named=options.list)


def scratch(root: Path) -> Workspace:
    """Return a workspace with one issue."""
    images = root / "issues/2026-03-01-letter/images"
    images.mkdir(parents=True)
    Image.new("RGB", (40, 30), (9, 90, 90)).save(images / "image.png")
    for name, text in FILES.items():
        (root / name).write_text(text, encoding="utf-8")
    return find(root)


def completed(letter: str) -> str:
    """Return a file with remote images replaced by our own, and absolute links."""
    letter = WEB_IMAGE.sub(r"\1images/image.png", letter)
    return HALF_LINK.sub(r"\1https://corpus.example/\2", letter)


def read(workspace: Workspace, name: str, letter: str, totals: Totals) -> None:
    """Build one file and record the result."""
    section = workspace.root / SECTION
    section.write_text(HEAD + letter, encoding="utf-8")
    try:
        email = build(workspace, section.parent, BuildCache(workspace.state / "cache"))
    except IssueRejected as error:
        codes = [finding.code for finding in error.findings if finding.severity == "error"]
        totals.refused[codes[0]] += 1
        totals.also.update(set(codes))
        return
    except NewsletterError as error:
        totals.refused[error.message[:40]] += 1
        return
    except Exception:  # noqa: BLE001 - a traceback is what is counted
        totals.tracebacks.append(f"{name}\n{traceback.format_exc()}")
        return
    totals.built += 1
    words, links = wanted(letter)
    totals.words += len(words)
    totals.links += len(links)
    page = " ".join(texts(html5lib.parse(email.html, namespaceHTMLElements=False)))
    addresses = unquote(unescape(email.html)), unquote(email.text)
    for part, text in (("html", squeezed(page)), ("text", squeezed(email.text))):
        missing = missing_words(words, text)
        if "|--" in letter or "| -" in letter or "|:" in letter:
            # a drawn table interleaves its cells
            missing = [word for word in missing if word not in text]
        totals.lost_words += [f"{name} {part}: {word}" for word in missing]
    for url in links:
        host = urlsplit(url).hostname or ""
        spellings = {url, url.replace(host, decoded(host))}  # the other parser encodes hosts
        if any(not any(spelling in part for spelling in spellings) for part in addresses):
            totals.lost_links.append(f"{name}: {url}")


def wanted(letter: str) -> tuple[list[str], list[str]]:
    """Return the words and links of a file as another parser reads it."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    page = html5lib.parseFragment(parser.render(letter), namespaceHTMLElements=False)
    links = [unquote(link.get("href")) for link in page.iter("a") if link.get("href")]
    words = WORD.findall(" ".join(texts(page)))
    return words, [link.removeprefix("mailto:") for link in links]


def decoded(host: str) -> str:
    """Return a host name in its Unicode form: 港.example for xn--p9r.example."""
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host


def squeezed(text: str) -> str:
    """Return a text as one line without spaces or margins, because Chinese may be broken anywhere."""
    text = re.sub(r"^(?:[>|](?: |$)| )+", "", text, flags=re.MULTILINE)
    return re.sub("[\\s\u2066-\u2069]+", "", text)


def report(totals: Totals, seconds: float, *, named: bool) -> None:
    print(f"letters     {totals.letters:>7,}  in {seconds:.0f} s")
    print(f"built       {totals.built:>7,}")
    print(f"refused     {sum(totals.refused.values()):>7,}")
    for code, number in totals.refused.most_common():
        print(f"  {code}     {number:>7,} first, {totals.also[code]:,} in all")
    print(f"words       {totals.words:>7,}  lost {len(totals.lost_words)}")
    print(f"links       {totals.links:>7,}  lost {len(totals.lost_links)}")
    print(f"tracebacks  {len(totals.tracebacks):>7,}")
    if named:
        print(*totals.lost_words, *totals.lost_links, *totals.tracebacks, sep="\n")


if __name__ == "__main__":
    main()
