"""Cache of builds, keyed by the bytes of all inputs and never by time alone."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from newsletter import __version__
from newsletter.errors import NewsletterError
from newsletter.files.output import write_file

# What the bytes of an email depend on, besides this package's code.
ENGINES = frozenset(
    "babel cssselect cssutils jinja2 lxml mjml_python pillow premailer pyromark".split()
)
TEXTS = frozenset({".md", ".yaml", ".toml", ".csv", ".j2"})
KEEP = 30 * 24 * 3600  # seconds an entry is stored after its last use
# Nanoseconds: a file modified more recently may change again with the same timestamp.
RACY = 2_000_000_000
RECEIPTS = "published.json"  # written by publish into the issue's folder; not an input
NO_INPUT = frozenset({RECEIPTS, "approvals", "sent"})  # in an issue's folder: records, not content

Fingerprint = list[list[Any]]  # [path, size, modified in ns] of every file, sorted


class BuildCache(Struct, frozen=True):
    """A content-addressed store in `.newsletter/cache/`; an entry that cannot be read is absent."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        path = self.folder / key[:2] / key
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        body, digest = data[:-32], data[-32:]
        return body if hashlib.sha256(body).digest() == digest else None

    def put(self, key: str, data: bytes) -> None:
        # An unwritable cache only costs time; a full disk is reported when the output is written.
        with contextlib.suppress(NewsletterError):
            write_file(self.folder / key[:2] / key, data + hashlib.sha256(data).digest())

    def prune(self) -> None:
        """Remove entries that have not been used for 30 days."""
        oldest = time.time() - KEEP
        for path in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return files as one byte string: a line of names and sizes, then their contents."""
    head = json.dumps([[name, len(data)] for name, data in files.items()]).encode()
    return head + b"\n" + b"".join(files.values())


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files that `pack` joined."""
    head, _, rest = data.partition(b"\n")
    files, start = {}, 0
    for name, size in json.loads(head):
        files[name] = rest[start : start + size]
        start += size
    return files


# --- detecting changes -------------------------------------------------------------------------------


def fingerprint(folder: Path) -> Fingerprint:
    """Return the path, size and time of everything below a folder, without opening any file.

    Folders, pipes and broken links are included, because one named 20-brief.md must be reported.
    The target of a link is recorded, because it may lead out of the workspace.
    """
    own = [[f"-> {folder.readlink()}", 0, 0]] if folder.is_symlink() else []
    return sorted([*own, *_entries(str(folder), "")])


def _entries(folder: str, prefix: str) -> Iterator[list[Any]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name in NO_INPUT and not prefix:
            continue
        name = prefix + entry.name
        try:
            if entry.is_symlink():
                yield [f"{name} -> {Path(entry).readlink()}", 0, 0]
            if entry.is_dir():
                yield [f"{name}/", 0, 0]
                if not (
                    entry.is_symlink()
                    and Path(folder).resolve().is_relative_to(Path(entry).resolve())
                ):
                    yield from _entries(entry.path, f"{name}/")
            else:
                status = entry.stat(follow_symlinks=entry.is_file())
                yield [name, status.st_size, status.st_mtime_ns]
        except OSError:
            continue


def _digest(path: Path) -> bytes:
    """Return the digest of a file's bytes; for anything else, such as a pipe, that of no bytes."""
    data = path.read_bytes() if path.is_file() else b""
    if path.suffix in TEXTS:  # read as text, so line ends do not count
        data = data.replace(b"\r\n", b"\n")
    return hashlib.sha256(data).digest()


def content_key(folder: Path, shared: str) -> str:
    """Return a digest of every input of an issue.

    `shared` is the digest of the settings, masthead, theme and tool.
    """
    digest = hashlib.sha256(f"{shared}\n{folder.name}\n".encode())
    for name, _, _ in fingerprint(folder):
        with contextlib.suppress(OSError):
            digest.update(os.fsencode(f"{name}\0") + _digest(folder / name))
    return digest.hexdigest()


@cache
def engines() -> tuple[str, ...]:
    """Return names such as `premailer-3.10.0`, from the metadata folders next to each package.

    importlib.metadata returns the same 20 ms later, since it parses every package's metadata.
    """
    packages = {
        folder.name.lower() for path in sys.path for folder in Path(path).glob("*.dist-info")
    }
    return tuple(sorted(name for name in packages if name.partition("-")[0] in ENGINES))


def shared_key(settings: Path, masthead: Path, themes: Iterable[Path]) -> str:
    """Return a digest of the inputs that all issues share."""
    digest = hashlib.sha256("\n".join((__version__, *engines())).encode())
    for path in (settings, masthead):
        with contextlib.suppress(OSError):
            digest.update(_digest(path))
    for folder in themes:
        for name, _, _ in fingerprint(folder):
            if not name.startswith("__pycache__"):
                digest.update(os.fsencode(f"{name}\0") + _digest(folder / name))
    return digest.hexdigest()


class IndexEntry(Struct, frozen=True):
    """The state of one issue when it was last built."""

    inputs: Fingerprint
    outputs: Fingerprint
    when: int  # when the inputs were examined, in nanoseconds


def read_index(path: Path, shared: str) -> dict[str, IndexEntry]:
    """Return the entries of issues built with the same settings, masthead, theme and tool."""
    try:
        data = json.loads(path.read_bytes())
        return (
            {slug: IndexEntry(*entry) for slug, entry in data["issues"].items()}
            if data["shared"] == shared
            else {}
        )
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_index(path: Path, shared: str, known: Mapping[str, IndexEntry]) -> None:
    """Store entries for the next run; failing to write the index only costs time."""
    issues = {
        slug: [entry.inputs, entry.outputs, entry.when] for slug, entry in sorted(known.items())
    }
    with contextlib.suppress(NewsletterError):
        write_file(path, json.dumps({"shared": shared, "issues": issues}).encode())


def up_to_date(known: IndexEntry | None, folder: Path, output: Path) -> bool:
    """Return whether neither inputs nor outputs changed since they were last examined."""
    if known is None or any(modified > known.when - RACY for _, _, modified in known.inputs):
        return False
    return (
        fingerprint(folder) == known.inputs
        and bool(known.outputs)
        and fingerprint(output) == known.outputs
    )
