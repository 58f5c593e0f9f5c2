"""Import every file in a folder of third-party drafts and count lost words.

    python benchmarks/imports.py FOLDER [--jobs N] [--list] [--mutants N]

The words of each file are extracted a second time by the few lines below, which share no code
with the readers: `w:t` elements by a regular expression, HTML and OpenDocument with the tags
removed, email parts decoded by Python's library. A word is lost if it occurs more often in that
text than in the issue's files and the import's notes together. Prints one row per format;
`--list` names the files with lost words, and every traceback. `--mutants 500` also imports 500
damaged copies per format, damaged inside their archives or as a whole.
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
import random
import re
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from email.message import Message
from functools import partial
from pathlib import Path

from newsletter.errors import NewsletterError
from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.detect import detect_format
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
LARGEST_MUTANT = 60_000  # maximum bytes of a file that is damaged, so that a run takes only minutes
TEXTS = (".xml", ".html", ".md", ".csv", ".rels")  # files in an archive worth damaging
SLOW = 2.0  # seconds after which a file is listed
_WORD = re.compile(r"[^\W_]+")
_TEXT_PART = re.compile(r"word/(?:document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml")
_ADDRESS = re.compile(r"\[\^[\w-]+\]|[\[\]]|(?<=\])\([^)\s]*(?: \"[^\"]*\")?\)")
_INLINE = frozenset("a b i em strong span font u s del sup sub code mark small tt wbr".split())


@dataclass
class Outcome:
    """The result for one file."""

    name: str
    kind: str
    refused: str = ""
    crashed: str = ""
    words: int = 0
    lost: list[str] = field(default_factory=list)
    seconds: float = 0.0


def oracle(data: bytes, kind: str) -> str:
    """Return the text of a file, by means independent of the readers."""
    if kind == "docx":
        return "\n".join(_word_texts(data))
    if kind == "odt":
        content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode("utf-8", "replace")
        body = content.partition("<office:text")[2]
        body = re.sub(r"<dc:(?:creator|date)>.*?</dc:(?:creator|date)>", " ", body)
        body = re.sub(r"<text:note-citation\b.*?</text:note-citation>", " ", body)
        body = re.sub(r"</?text:ruby(?:-base|-text)\b[^>]*>", " ", body)
        body = re.sub(r"</?text:(?:span|a|bookmark\S*|change\S*|soft-page-break)\b[^>]*>", "", body)
        return html.unescape(re.sub(r"<[^>]*>", " ", f"<{body}"))
    if kind == "email":
        return "\n".join(_email_texts(data))
    if kind == "mailbox":
        mails = re.split(rb"(?:\A|\n\n)From \S+ [^\n]*\n", data)
        return "\n".join(text for email in mails if email for text in _email_texts(email))
    if kind in _PACKED:
        return "\n".join(_packed_texts(data, kind))
    if kind in ("wordpress", "ghost", "beehiiv"):
        return "\n".join(map(_page_text, _export_texts(data, kind)))
    text = decode_draft(data, "file")[0]
    if kind == "html":
        return _page_text(text)
    return _plain_text(text)


def _plain_text(text: str) -> str:
    """Return the words of Markdown or text, without tags, addresses and keys of front matter."""
    front = re.match(r"\s*---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*\n", text, re.DOTALL)
    if front:
        text = re.sub(r"^[\w-]+:", " ", front[0], flags=re.MULTILINE) + text[front.end() :]
    text = re.sub(r"<(script|style)\b.*?</\1\s*>", " ", text, flags=re.DOTALL | re.IGNORECASE)
    text = re.sub(r"\bdata:[^\s)\"'>]*", " ", text)
    text = re.sub(r"</?[A-Za-z][^<>]*>", " ", text)
    return re.sub(r"[\\`*_#>~|\[\](){}!<-]|https?://\S+|&#?\w+;", " ", text)


# Archive format -> the files inside it that are read.
_PACKED = {
    "notion": r"[^/]*\.md",
    "medium": r".*posts/[^/]*\.html",
    "substack": r".*posts/[^/]*\.html",
    "buttondown": r".*emails/[^/]*\.(?:md|html)",
    "zipped page": r"[^/]*\.html?",
}


def _packed_texts(data: bytes, kind: str) -> Iterator[str]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    for name in archive.namelist():
        if re.fullmatch(_PACKED[kind], name):
            text = archive.read(name).decode("utf-8", "replace")
            text = re.sub(r"<footer>.*?</footer>|<!--.*?-->", " ", text, flags=re.DOTALL)
            yield _page_text(text) if name.endswith(("html", "htm")) else _plain_text(text)


def _word_texts(data: bytes) -> Iterator[str]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    seen = set()
    for name in archive.namelist():
        if not _TEXT_PART.fullmatch(name):
            continue
        xml = archive.read(name).decode("utf-8", "replace")
        xml = re.sub(r"<mc:Fallback>.*?</mc:Fallback>", "", xml, flags=re.DOTALL)
        xml = re.sub(r"<w:moveFrom\b.*?</w:moveFrom>", "", xml, flags=re.DOTALL)
        xml = re.sub(r"</?w:(?:rt|rubyBase)>", "<w:t> </w:t>", xml)
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
    """Return the text that html5lib, the HTML standard's parser, finds in a page."""
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
    yield from _part_texts(email.message_from_bytes(data, policy=email.policy.compat32))


def _part_texts(part: Message) -> Iterator[str]:
    """Yield the text of parts that are not attachments; of alternatives only the richest."""
    if part.get_content_disposition() == "attachment" and part.get_content_type() != _EMBEDDED:
        return
    inner = part.get_payload()
    if part.is_multipart() and isinstance(inner, list):
        texts = [part for part in inner if part.get_content_type() in ("text/plain", "text/html")]
        is_choice = part.get_content_type() == "multipart/alternative"
        for one in inner:
            if not (is_choice and one in texts[:-1]):
                yield from _part_texts(one)
    elif part.get_content_maintype() == "text":
        raw = part.get_payload(decode=True)
        text = _decoded(raw if isinstance(raw, bytes) else b"", part.get_content_charset() or "")
        yield _page_text(text) if part.get_content_subtype() == "html" else text


_EMBEDDED = "message/rfc822"


def _decoded(raw: bytes, charset: str) -> str:
    shifted = charset if re.match(r"utf-?7|utf-?16|iso-2022|hz", charset, re.IGNORECASE) else ""
    for name in (shifted, "utf-8", charset, "cp1252"):
        try:
            return raw.decode(name or "ascii")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("latin-1")


def _export_texts(data: bytes, kind: str) -> Iterator[str]:
    text = data.decode("utf-8", "replace")
    if kind == "wordpress":
        for item in re.findall(r"<item>.*?</item>", text, re.DOTALL):
            if re.search(r"post_type>(?:<!\[CDATA\[)?(?:post|page)\b", item):
                item = re.sub(r"\[/?caption\b[^\]]*\]", " ", item)
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
    """Import one file into memory and return the result."""
    data = path.read_bytes()
    outcome = Outcome(path.name, path.suffix.lower().lstrip(".") or "none")
    started = time.perf_counter()
    try:
        outcome.kind = detect_format(data, path.name).name
        drafts = read_drafts(data, path.name)
        texts = []
        for draft in drafts:
            plan = _planned(draft, context)
            texts.append(_written(draft, plan))
        outcome.lost, outcome.words = compare(oracle(data, outcome.kind), "\n".join(texts))
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
    """Return everything a person sees of a draft after the import: files and notes."""
    notes = plan.folder.notes if plan else draft.notes
    plain = [note.words for note in notes]
    written: list[str] = []
    if plan:
        plain += [name for _, name in (*plan.people.people, *plan.people.teams, *plan.people.roles)]
        files = plan.folder.files.items()
        written = [data.decode() for name, data in files if name.endswith((".md", ".yaml", ".csv"))]
    text = re.sub(r"</?(?:sub|sup|mark|small|kbd)>|<!-- -->", "", "\n".join(written))
    text = html.unescape(text.replace("\\&", "&amp;"))
    text = "\n".join((re.sub(r"\\(?=\W)|[*_`~]", "", text), *plain))
    return f"{text}\n{_ADDRESS.sub('', text)}"  # once more without the characters between words


def compare(source: str, written: str) -> tuple[list[str], int]:
    """Return the words that occur more often in the source than in the output, and the source's
    size.
    """
    wanted = Counter(word.casefold() for word in _WORD.findall(source))
    missing = wanted - Counter(word.casefold() for word in _WORD.findall(written))
    letters = "".join(_WORD.findall(written)).casefold()
    lost = [word for word in missing.elements() if word not in letters or len(word) > 12]
    known = {word.casefold() for word in _WORD.findall(written)}
    lost = [word for word in lost if word not in letters and not _run_together(word, known)]
    return lost, wanted.total()


def _run_together(word: str, known: set[str]) -> bool:
    """Return whether a word is several links or labels joined without a separator in the source."""
    ends = {0}
    for end in range(3, len(word) + 1):
        if any(word[start:end] in known for start in ends if end - start >= 3):
            ends.add(end)
    return len(word) in ends


def mutants(paths: list[Path], count: int) -> Iterator[tuple[str, bytes]]:
    """Yield damaged copies of small files, `count` per format, the same in every run."""
    formats: dict[str, list[Path]] = {}
    for path in paths:
        if path.stat().st_size < LARGEST_MUTANT:
            try:
                kind = detect_format(path.read_bytes(), path.name).name
            except NewsletterError:
                continue
            formats.setdefault(kind, []).append(path)
    for kind, sources in formats.items():
        chance = random.Random(kind)
        for number in range(count):
            path = sources[number % len(sources)]
            data = path.read_bytes()
            inside = data.startswith(b"PK") and number % 2
            yield path.name, _damaged_inside(data, chance) if inside else _damaged(data, chance)


def _damaged(data: bytes, chance: random.Random) -> bytes:
    result = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(max(len(result), 1))
        match chance.randrange(4):
            case 0:
                result[start : start + 1] = chance.randbytes(1)
            case 1:
                del result[start : start + chance.randint(1, 40)]
            case 2:
                result[start:start] = result[: chance.randint(1, 60)]
            case 3:
                result[start:start] = chance.randbytes(chance.randint(1, 12))
    return bytes(result)


def _damaged_inside(data: bytes, chance: random.Random) -> bytes:
    """Return a valid archive in which one file is damaged."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = archive.namelist()
        chosen = chance.choice([name for name in names if name.endswith(TEXTS)] or names)
        result = io.BytesIO()
        with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as copy:
            for name in names:
                content = archive.read(name)
                copy.writestr(name, _damaged(content, chance) if name == chosen else content)
        return result.getvalue()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, IndexError):
        return _damaged(data, chance)


def run_mutant(mutant: tuple[str, bytes], context: ImportContext) -> Outcome:
    """Import a damaged file; only exceptions count."""
    name, data = mutant
    outcome = Outcome(name, "damaged")
    started = time.perf_counter()
    try:
        outcome.kind = f"damaged {detect_format(data, name).name}"
        for draft in read_drafts(data, name):
            _planned(draft, context)
    except NewsletterError as error:
        outcome.refused = error.message
    except Exception:  # noqa: BLE001 - what the benchmark counts
        outcome.crashed = traceback.format_exc()
    outcome.seconds = time.perf_counter() - started
    return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--mutants", type=int, default=0, help="damaged copies per format")
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
        damaged = list(mutants(paths, options.mutants)) if options.mutants else []
        outcomes += pool.map(partial(run_mutant, context=context), damaged, chunksize=16)
    report(outcomes, names=options.list)


def report(outcomes: list[Outcome], *, names: bool) -> None:
    """Print one row per format."""
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
