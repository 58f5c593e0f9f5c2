"""Imports every file of a folder of foreign drafts and counts words that went nowhere.

    python benchmarks/imports.py FOLDER [--jobs N] [--list]

The words of each file are read a second time by the few lines below, which share nothing with the
readers: `w:t` elements by a regular expression, tags of HTML and OpenDocument cut out, parts of an
email decoded by Python's library. A word is lost if it stands in that text more often than in the
files of the issue and the notes of the import together. Prints one row a format; `--list` names the
files with lost words, and every traceback.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import email
import email.policy
import html
import io
import json
import re
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from newsletter.errors import NewsletterError
from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.import_line import (
    ImportContext,
    ImportPlan,
    apply_outline,
    load_context,
    outline_draft,
    plan_issue,
)
from newsletter.workspace import find

DAY = dt.date(2026, 3, 1)
SLOW = 2.0  # seconds, from which a file is named
_WORD = re.compile(r"[^\W_]+")
_TEXT_PART = re.compile(r"word/(?:document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml")
_ADDRESS = re.compile(r"[\[\]]|(?<=\])\([^)\s]*(?: \"[^\"]*\")?\)|\[\^\w+\]")
_INLINE = frozenset("a b i em strong span font u s del sup sub code mark small tt wbr".split())


@dataclass
class Outcome:
    """What became of one file."""

    name: str
    kind: str
    refused: str = ""
    crashed: str = ""
    words: int = 0
    lost: list[str] = field(default_factory=list)
    seconds: float = 0.0


def oracle(data: bytes, kind: str) -> str:
    """Return the text of a file, by means that share nothing with the readers."""
    if kind == "docx":
        return "\n".join(_word_texts(data))
    if kind == "odt":
        content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode("utf-8", "replace")
        body = content.partition("<office:text")[2]
        body = re.sub(r"<dc:(?:creator|date)>.*?</dc:(?:creator|date)>", " ", body)
        body = re.sub(r"<text:note-citation\b.*?</text:note-citation>", " ", body)
        body = re.sub(r"</?text:(?:span|a|bookmark\S*|change\S*|soft-page-break)\b[^>]*>", "", body)
        return html.unescape(re.sub(r"<[^>]*>", " ", f"<{body}"))
    if kind == "email":
        return "\n".join(_email_texts(data))
    if kind == "mailbox":
        mails = re.split(rb"(?:\A|\n\n)From \S+ [^\n]*\n", data)
        return "\n".join(text for mail in mails if mail for text in _email_texts(mail))
    if kind in ("wordpress", "ghost", "beehiiv"):
        return "\n".join(map(_page_text, _export_texts(data, kind)))
    text = decode_draft(data, "file")[0]
    if kind in ("html", "google"):
        return _page_text(text)
    text = re.sub(r"</?[A-Za-z][^<>]*>", " ", text)
    return re.sub(r"[\\`*_#>~|\[\](){}!<-]|https?://\S+|&#?\w+;", " ", text)


def _word_texts(data: bytes) -> Iterator[str]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    seen = set()
    for name in archive.namelist():
        if not _TEXT_PART.fullmatch(name):
            continue
        xml = archive.read(name).decode("utf-8", "replace")
        xml = re.sub(r"<mc:Fallback>.*?</mc:Fallback>", "", xml, flags=re.DOTALL)
        xml = re.sub(r"<w:moveFrom\b.*?</w:moveFrom>", "", xml, flags=re.DOTALL)
        xml = re.sub(r"<w:(?:tab|br|cr|noBreakHyphen)\b[^>]*/>", "<w:t> </w:t>", xml)
        paragraphs = re.split(r"</w:p>", xml)
        text = "\n".join(
            html.unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", paragraph)))
            for paragraph in paragraphs
        )
        if text not in seen:
            seen.add(text)
            yield text


def _page_text(text: str) -> str:
    """Return the text that html5lib, the parser of the HTML standard, finds in a page."""
    import html5lib

    body = html5lib.parse(text, namespaceHTMLElements=False).find("body")
    pieces: list[str] = []

    def walk(element: object, unseen: bool) -> None:
        tag = getattr(element, "tag", "")
        if not isinstance(tag, str):
            return
        tag = tag.rpartition("}")[2]
        attributes = getattr(element, "attrib", {})
        mark = tag == "a" and attributes.get("href", "").startswith("#")
        unseen = unseen or tag in ("script", "style", "template", "title") or mark
        pieces.append("" if tag in _INLINE else " ")
        text = getattr(element, "text", None) or ""
        pieces.append("" if unseen else text)
        for child in element:  # type: ignore[attr-defined]
            walk(child, unseen)
            pieces.append("" if unseen else child.tail or "")
        pieces.append("" if tag in _INLINE else " ")

    if body is not None:
        walk(body, False)
    return "".join(pieces)


def _email_texts(data: bytes) -> Iterator[str]:
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    rich = [part for part in parts if part.get_content_type() == "text/html"]
    for part in (rich or parts)[:1]:
        raw = part.get_payload(decode=True)
        text = _decoded(raw if isinstance(raw, bytes) else b"", part.get_content_charset() or "")
        yield _page_text(text) if part in rich else text


def _decoded(raw: bytes, charset: str) -> str:
    for name in ("utf-8", charset, "cp1252"):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("latin-1")


def _export_texts(data: bytes, kind: str) -> Iterator[str]:
    text = data.decode("utf-8", "replace")
    if kind == "wordpress":
        for item in re.findall(r"<item>.*?</item>", text, re.DOTALL):
            if re.search(r"post_type>(?:<!\[CDATA\[)?(?:post|page)\b", item):
                yield from re.findall(
                    r"<content:encoded><!\[CDATA\[(.*?)\]\]></content:encoded>", item, re.DOTALL
                )
    elif kind == "ghost":
        yield from (
            json.loads(f'"{found}"') for found in re.findall(r'"html":\s*"((?:\\.|[^"\\])*)"', text)
        )
    else:
        for row in csv.DictReader(io.StringIO(text)):
            yield next((row[key] for key in row if key and "html" in key.lower() and row[key]), "")


def run(path: Path, context: ImportContext) -> Outcome:
    """Import one file into memory; return what became of it."""
    data = path.read_bytes()
    outcome = Outcome(path.name, path.suffix.lower().lstrip(".") or "none")
    started = time.perf_counter()
    try:
        drafts = read_drafts(data, path.name)
        outcome.kind = drafts[0].kind
        texts = []
        for draft in drafts:
            plan = _planned(draft, context)
            texts.append(_written(draft, plan))
        kind = "email" if path.suffix.lower() == ".eml" else outcome.kind
        if path.suffix.lower() == ".mbox":
            kind = "mailbox"
        outcome.lost, outcome.words = compare(oracle(data, kind), "\n".join(texts))
    except NewsletterError as error:
        outcome.refused = error.message
    except Exception:  # noqa: BLE001 - what the benchmark counts
        outcome.crashed = traceback.format_exc()
    outcome.seconds = time.perf_counter() - started
    return outcome


def _planned(draft: Draft, context: ImportContext) -> ImportPlan | None:
    if not draft.blocks:
        return None
    draft, outline = outline_draft(draft, context)
    return plan_issue(apply_outline(draft, outline, context), context, date=DAY)


def _written(draft: Draft, plan: ImportPlan | None) -> str:
    """Return everything a person sees of a draft afterwards: files and notes."""
    notes = plan.folder.notes if plan else draft.notes
    texts = [note.words for note in notes]
    if plan:
        texts += [name for _, name in (*plan.people.people, *plan.people.teams, *plan.people.roles)]
    if plan:
        texts += [
            data.decode()
            for name, data in plan.folder.files.items()
            if name.endswith((".md", ".yaml", ".csv"))
        ]
    text = re.sub(r"</?(?:sub|sup|mark|small|kbd)>|<!-- -->", "", "\n".join(texts))
    text = re.sub(r"\\(?=\W)|[*_`~]", "", html.unescape(text))
    return f"{text}\n{_ADDRESS.sub('', text)}"  # once more without what stands between words


def compare(source: str, written: str) -> tuple[list[str], int]:
    """Return the words that the source has more often than what was written, and its size."""
    wanted = Counter(word.casefold() for word in _WORD.findall(source))
    missing = wanted - Counter(word.casefold() for word in _WORD.findall(written))
    letters = "".join(_WORD.findall(written)).casefold()
    lost = [word for word in missing.elements() if word not in letters or len(word) > 12]
    return [word for word in lost if word not in letters], wanted.total()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    paths = sorted(path for path in options.folder.rglob("*") if path.is_file())
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "newsletter.toml").write_text(
            'name = "Words"\nurl = "https://words.example"\nlanguage = "en"\n'
        )
        (Path(folder) / "credits.yaml").write_text("people: {}\nteams: {}\nroles: {}\n")
        (Path(folder) / "issues").mkdir()
        context = load_context(find(Path(folder)))
    with ProcessPoolExecutor(options.jobs) as pool:
        outcomes = list(pool.map(partial(run, context=context), paths, chunksize=8))
    report(outcomes, names=options.list)


def report(outcomes: list[Outcome], *, names: bool) -> None:
    """Print one row a format."""
    head = ("format", "files", "imported", "refused", "words", "lost", "tracebacks", "slowest s")
    rows = [head]
    for kind in sorted({outcome.kind for outcome in outcomes}):
        group = [outcome for outcome in outcomes if outcome.kind == kind]
        refused = sum(bool(outcome.refused) for outcome in group)
        crashed = sum(bool(outcome.crashed) for outcome in group)
        rows.append(
            (
                kind,
                f"{len(group):,}",
                f"{len(group) - refused - crashed:,}",
                f"{refused:,}",
                f"{sum(outcome.words for outcome in group):,}",
                f"{sum(len(outcome.lost) for outcome in group):,}",
                f"{crashed:,}",
                f"{max(outcome.seconds for outcome in group):.1f}",
            )
        )
    for row in rows:
        print("| " + " | ".join(row) + " |")
        if row is head:
            print("|" + " --- |" * len(head))
    for outcome in outcomes if names else ():
        if outcome.crashed:
            print(f"\n{outcome.name}\n{outcome.crashed}")
        if outcome.lost:
            print(f"{outcome.name}: {len(outcome.lost)} lost: {' '.join(outcome.lost[:12])}")
        if outcome.seconds > SLOW:
            print(f"{outcome.name}: {outcome.seconds:.1f} s")
        if outcome.refused:
            print(f"{outcome.name}: refused: {outcome.refused}")


if __name__ == "__main__":
    main()
