"""Untrusted zip archives: every entry is validated, and nothing is written to disk."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO

from newsletter.errors import NewsletterError

LIMIT = 64 * 1024 * 1024  # bytes of an input file; the longest issue with its images has a tenth
ENTRIES = 20_000
UNPACKED = 256 * 1024 * 1024  # bytes of all entries, unpacked
RATIO = 200  # ratio of unpacked to packed size; text has 5 to 20, a zip bomb 1,000
SMALL = 1024 * 1024  # bytes; the ratio of smaller entries is not checked


class ZipArchive(Mapping[str, bytes]):
    """The files of an archive by path; each is unpacked on demand, up to a size limit."""

    def __init__(self, data: bytes, name: str) -> None:
        """Raise `NewsletterError` if the archive is broken, encrypted, or unpacks too large."""
        self.name = name
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
            hint = "Export or download it again."
            raise NewsletterError(f"Damaged archive {name}: {error}", hint=hint) from None
        hint = "Extract the draft by hand and import that."
        if len(entries) > ENTRIES:
            raise NewsletterError(
                f"Too many files in {name} ({len(entries):,}, limit {ENTRIES:,})", hint=hint
            )
        total = sum(entry.file_size for entry in entries)
        if total > UNPACKED:
            size = f"{total / 1024 / 1024:,.0f} MB; at most {UNPACKED // 1024 // 1024} MB are read"
            raise NewsletterError(f"{name} unpacks to {size}", hint=hint)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if entry.flag_bits & 1:
                raise NewsletterError(
                    f"{name} is password-protected",
                    hint="Save it without a password and import that.",
                )
            if entry.file_size > SMALL and entry.file_size > RATIO * max(entry.compress_size, 1):
                message = f"{name} unpacks {entry.filename} to {entry.file_size // max(entry.compress_size, 1):,} times"
                raise NewsletterError(f"{message} its size", hint=hint)
            path = inside(entry.filename)
            if path and not entry.filename.endswith("/"):
                self._entries.setdefault(path, entry)

    def __getitem__(self, path: str) -> bytes:
        entry = self._entries[path]
        try:
            with self._zip.open(entry) as file:
                data = file.read(entry.file_size + 1)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            OSError,
            EOFError,
            RuntimeError,
            ValueError,
        ) as error:
            raise NewsletterError(
                f"Damaged archive {self.name}: cannot unpack {path} ({error})"
            ) from None
        except Exception as error:  # noqa: BLE001 -- zlib, lzma and bz2 differ
            raise NewsletterError(
                f"Damaged archive {self.name}: cannot unpack {path} ({error})"
            ) from None
        if len(data) > entry.file_size:
            raise NewsletterError(
                f"Damaged archive {self.name}: wrong size of {path}", hint="Download it again."
            )
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def below(self, folder: str) -> Mapping[str, bytes]:
        """Return the files with paths relative to a folder of the archive."""
        return _Below(self, folder)


class _Below(Mapping[str, bytes]):
    """An archive seen from one of its folders."""

    def __init__(self, archive: ZipArchive, folder: str) -> None:
        self.archive, self.folder = archive, folder

    def __getitem__(self, path: str) -> bytes:
        return self.archive[posixpath.normpath(posixpath.join(self.folder, path))]

    def __iter__(self) -> Iterator[str]:
        return iter(self.archive)

    def __len__(self) -> int:
        return len(self.archive)


def inside(path: str) -> str:
    """Return an entry's normalized path.

    Returns "" if it points outside the archive or is an operating system's metadata.
    """
    path = posixpath.normpath(path.replace("\\", "/"))
    parts = path.split("/")
    if (
        path.startswith("/")
        or ".." in parts
        or ":" in parts[0]
        or parts[0] == "__MACOSX"
        or parts[-1] == ".DS_Store"
    ):
        return ""
    return path
