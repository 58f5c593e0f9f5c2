"""Obsidian's Markdown -> plain Markdown: wikilinks, embeds, callouts, comments.

Names are resolved to the vault's files as Obsidian does: by path, else by the shortest path that
ends in the name. Text between `%%` marks is never imported.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping

from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.sibling_files import SiblingFiles
from newsletter.markup.merge_fields import FIELDS

_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".avif")
_LINK = re.compile(r"(!?)\[\[([^\[\]\n]+?)\]\]")
_COMMENT = re.compile(r"%%(.*?)(?:%%|\Z)", re.DOTALL)
_CODE = re.compile(
    r"^(`{3,}|~{3,})[^\n]*\n.*?(?:^\1[`~]*[ \t]*$|\Z)|`[^`\n]+`", re.DOTALL | re.MULTILINE
)
_CALLOUT = re.compile(r"^((?:> ?)+)\[!([\w-]+)\][+-]?[ \t]*(.*)$", re.MULTILINE)
_HIGHLIGHT = re.compile(r"==(?=\S)([^=\n]+?)(?<=\S)==")
_BLOCK_ID = re.compile(r"[ \t]\^[A-Za-z0-9-]+[ \t]*$", re.MULTILINE)
_ADDRESS = re.compile(
    r"^(?:url|link|source|permalink):[ \t]*[\"']?(https?://[^\s\"']+)", re.MULTILINE
)
_FRONT = re.compile(r"---[ \t]*\n.*?^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def is_obsidian(text: str, files: Mapping[str, bytes] | None) -> bool:
    """Return whether Markdown was written in Obsidian, by its links or the vault it is in."""
    if isinstance(files, SiblingFiles) and files.vault is not None:
        return True
    return bool(_LINK.search(text))


def plain_markdown(text: str, collector: DraftCollector, first_line: int = 1) -> str:
    """Return Markdown without Obsidian's syntax; line numbers before each embed are preserved."""
    return _VaultReader(collector, first_line).resolved(text, embeds=True)


class _VaultReader:
    """Resolves the references of a note; `images` are those of the vault, by the path written."""

    def __init__(self, collector: DraftCollector, first_line: int) -> None:
        self.collector, self.first_line = collector, first_line
        self.files = collector.files
        self.images: dict[str, bytes] = {}
        collector.files = ChainMap(self.images, collector.files)  # type: ignore[arg-type]

    def resolved(self, text: str, *, embeds: bool) -> str:
        code: list[str] = []

        def keep(match: re.Match[str]) -> str:
            code.append(match[0])
            return f"\x00{len(code) - 1}\x00"

        text = _CODE.sub(keep, text)
        text = self.without_comments(text)
        text = _CALLOUT.sub(_callout, text)
        text = _HIGHLIGHT.sub(r"<mark>\1</mark>", text)
        text = _BLOCK_ID.sub("", text)
        text = _LINK.sub(lambda match: self.link(match, text, embeds), text)
        return re.sub(r"\x00(\d+)\x00", lambda match: code[int(match[1])], text)

    def without_comments(self, text: str) -> str:
        def removed(match: re.Match[str]) -> str:
            if match[1].strip() in FIELDS and match[0].endswith("%%") and len(match[0]) > 4:
                return match[0]
            self.note("omitted", "Obsidian comment", match[1], self.line(text, match.start()))
            return "\n" * match[0].count("\n")

        return _COMMENT.sub(removed, text)

    def line(self, text: str, offset: int) -> int:
        return self.first_line + text.count("\n", 0, offset)

    def note(self, kind: str, message: str, words: str, line: int) -> None:
        if words.strip():
            self.collector.add_note(kind, message, " ".join(words.split()), line)  # type: ignore[arg-type]

    def link(self, match: re.Match[str], text: str, embeds: bool) -> str:
        target, _, alias = match[2].replace("\\|", "|").partition("|")
        name, _, heading = target.strip().partition("#")
        line = self.line(text, match.start())
        if match[1] and name.lower().endswith(_IMAGES):
            return self.image(name, alias, line)
        if match[1] and embeds and (note := self.find(f"{name}.md", name)):
            return self.embedded(note, heading)
        return self.words(name, heading, alias.strip(), line)

    def words(self, name: str, heading: str, alias: str, line: int) -> str:
        heading = heading.lstrip("^")
        shown = alias or " > ".join(part for part in (name.rpartition("/")[2], heading) if part)
        note = self.find(f"{name}.md", name) if name else None
        if note and (address := _ADDRESS.search(note.decode("utf-8", "replace")[:2000])):
            return f"[{shown}]({address[1]})"
        target = f"{name}#{heading}" if heading else name
        message = "link to another note of the vault; the text was kept"
        self.note("omitted", message, target, line)
        return shown

    def image(self, name: str, alias: str, line: int) -> str:
        data = self.find(name)
        if data is None:
            self.note("omitted", "image missing from the vault", name, line)
            return alias if alias and not _is_size(alias) else ""
        path = f"vault/{name}"
        self.images[path] = data
        alt = "" if _is_size(alias) else alias.partition("|")[0]
        return f"![{alt}](<{path}>)"

    def embedded(self, note: bytes, heading: str) -> str:
        """Return the text of an embedded note, or of one section of it."""
        text = _FRONT.sub("", note.decode("utf-8", "replace").replace("\r\n", "\n"), count=1)
        if heading:
            text = _section(text, heading)
        return "\n\n" + self.resolved(text, embeds=False).strip("\n") + "\n\n"

    def find(self, *names: str) -> bytes | None:
        for name in names:
            if isinstance(self.files, SiblingFiles):
                if (data := self.files.in_vault(name)) is not None:
                    return data
            elif path := next((path for path in self.files if _ends_in(path, name)), None):
                return self.files[path]
        return None


def _ends_in(path: str, name: str) -> bool:
    return path == name or path.endswith(f"/{name}")


def _is_size(alias: str) -> bool:
    return re.fullmatch(r"\d+(?:x\d+)?", alias.strip()) is not None


def _callout(match: re.Match[str]) -> str:
    title = match[3].strip() or match[2].replace("-", " ").capitalize()
    return f"{match[1]}**{title}**\n{match[1].rstrip()}"


def _section(text: str, heading: str) -> str:
    """Return the section of a note below a heading, or the block marked `^name`."""
    if heading.startswith("^"):
        blocks = re.split(r"\n\s*\n", text)
        return next((block for block in blocks if block.rstrip().endswith(f" {heading}")), text)
    title = heading.rpartition("#")[2].strip()
    start = re.search(rf"^(#{{1,6}})[ \t]+{re.escape(title)}[ \t]*$", text, re.MULTILINE)
    if start is None:
        return text
    rest = text[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}}[ \t]", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest
