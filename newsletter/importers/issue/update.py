"""Merges a newer draft into an issue section by section, keeping edits made since."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field

from newsletter.errors import NewsletterError
from newsletter.importers.issue.import_record import (
    RECORD_NAME,
    TEXT,
    ImportBase,
    encode_record,
    load_record,
    sha256_of,
)
from newsletter.importers.issue.three_way import Conflict, merge

THEIRS = ".theirs"  # suffix of files to merge by hand; ignored by all commands
ALIKE = 0.4  # share of words in common above which two sections are versions of one


class FileConflict(Struct, frozen=True):
    """A file of the issue that both sides changed.

    `conflicts` is empty if the whole file is in conflict.
    """

    name: str
    reason: str
    conflicts: tuple[Conflict, ...] = ()


class IssueUpdate(Struct):
    """The changes of a newer draft to a folder: file -> new bytes, `None` for a removed file."""

    changes: dict[str, bytes | None] = field(default_factory=dict)
    conflicts: list[FileConflict] = field(default_factory=list)
    files: dict[str, str] = field(
        default_factory=dict
    )  # section of the newer draft -> its file in the issue
    known: bool = True  # whether the editors' changes since the last import can be determined

    def put(self, name: str, data: bytes, before: bytes | None) -> None:
        if data != before:
            self.changes[name] = data

    def add_conflict(
        self, name: str, reason: str, theirs: bytes, conflicts: tuple[Conflict, ...] = ()
    ) -> None:
        self.changes[name + THEIRS] = theirs
        self.conflicts.append(FileConflict(name, reason, conflicts))


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return an issue's files.

    Raises `NewsletterError` if conflicts of an earlier update are unresolved.
    """
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    if waiting := sorted(name for name in files if name.endswith(THEIRS)):
        raise NewsletterError(
            f"Unresolved files of an earlier update in {folder.name}: {', '.join(waiting)}",
            hint="Merge what you want to keep, then delete them.",
        )
    return files


def plan_update(
    folder: Path, ours: Mapping[str, bytes], theirs: Mapping[str, bytes], origin: str
) -> IssueUpdate:
    """Return the changes that the files of a newer draft make to an issue.

    Three versions are compared: the last import, the current files, and the newer draft. If the
    last import is unknown, every difference is a conflict.
    """
    base = load_record(folder)
    result = IssueUpdate(known=base is not None)
    _sections(base, ours, theirs, result)
    for name in [name for name in theirs if not _is_section(name)]:
        if name.endswith(TEXT):
            _text(
                name,
                base.texts.get(name) if base else None,
                ours.get(name),
                theirs[name],
                result=result,
            )
        else:
            _image_entry(name, base, ours.get(name), theirs[name], result=result)
    base_next = {result.files.get(name, name): data for name, data in theirs.items()}
    result.put(RECORD_NAME, encode_record(base_next, origin), ours.get(RECORD_NAME))
    return result


# --- one file -------------------------------------------------------------------------------------


def _text(
    name: str, base: str | None, ours: bytes | None, theirs: bytes, *, result: IssueUpdate
) -> None:
    own = _decoded(ours)
    if own is None:
        if base is None:
            result.put(name, theirs, ours)
        elif base.encode() != theirs:
            result.add_conflict(name, "deleted here, changed in the newer draft", theirs)
        return
    if base is None:
        if own.encode() != theirs:
            result.add_conflict(name, "differs, and no record shows who changed it", theirs)
        return
    merged = merge(base, own, theirs.decode())
    if merged.conflicts:
        result.add_conflict(name, "changed on both sides", theirs, merged.conflicts)
    if merged.text != own:
        result.put(name, merged.text.encode(), ours)


def _decoded(data: bytes | None) -> str | None:
    return (
        None if data is None else data.decode("utf-8-sig", "surrogateescape").replace("\r\n", "\n")
    )


def _image_entry(
    name: str, base: ImportBase | None, ours: bytes | None, theirs: bytes, *, result: IssueUpdate
) -> None:
    before = base.digests.get(name) if base else None
    if ours is None and before is None:
        result.put(name, theirs, ours)
    elif ours == theirs or before == sha256_of(theirs):
        return
    elif ours is not None and before == sha256_of(ours):
        result.put(name, theirs, ours)
    else:
        result.add_conflict(name, "changed on both sides", theirs)


# --- sections -------------------------------------------------------------------------------------


def _is_section(name: str) -> bool:
    return name.endswith(".md") and "/" not in name


def _sections(
    base: ImportBase | None,
    ours: Mapping[str, bytes],
    theirs: Mapping[str, bytes],
    result: IssueUpdate,
) -> None:
    old = {name: text for name, text in (base.texts if base else {}).items() if _is_section(name)}
    own = {name: _decoded(data) or "" for name, data in ours.items() if _is_section(name)}
    new = {name: data.decode() for name, data in theirs.items() if _is_section(name)}
    was = _paired(new, old, names=False)  # section of the newer draft -> of the last import
    is_ = _paired(old, own, names=True)  # section of the last import -> file of the issue
    free = {name: text for name, text in own.items() if name not in is_.values()}
    neighbor = _paired(
        {name: text for name, text in new.items() if name not in was}, free, names=False
    )
    last = 0
    for name, text in new.items():
        before = was.get(name)
        file = is_.get(before) if before else neighbor.get(name)
        if file is None and before is None:
            file = _between(last, {**own, **dict.fromkeys(result.changes, "")}, name)
            result.put(file, text.encode(), None)
        else:
            _text(
                file or before or name,
                old.get(before) if before else None,
                ours.get(file or ""),
                text.encode(),
                result=result,
            )
        result.files[name] = file or before or name
        last = _number(result.files[name])
    for before, file in is_.items():
        if before in was.values():
            continue
        if own[file] == old[before]:
            result.changes[file] = None
        else:
            result.conflicts.append(FileConflict(file, "removed in the newer draft, edited here"))


def _paired(some: Mapping[str, str], others: Mapping[str, str], *, names: bool) -> dict[str, str]:
    """Return the most similar section among `others` for each of `some`; each is used only once."""
    scores = sorted(
        (
            (_likeness(text, other, same=names and name == key), name, key)
            for name, text in some.items()
            for key, other in others.items()
        ),
        key=lambda row: (-row[0], _number(row[1]), _number(row[2])),
    )
    result: dict[str, str] = {}
    for score, name, key in scores:
        if score >= ALIKE and name not in result and key not in result.values():
            result[name] = key
    return result


def _likeness(text: str, other: str, *, same: bool) -> float:
    """Return the share of common words, 0 to 1, plus a bonus for the same title or file name."""
    words, others = Counter(text.split()), Counter(other.split())
    shared = 2 * (words & others).total() / ((words.total() + others.total()) or 1)
    title = re.search(r"^title: .+$", text, re.MULTILINE)
    return shared + (1 if title and f"{title[0]}\n" in other else 0) + same


def _between(last: int, taken: Iterable[str], name: str) -> str:
    """Return a file name for a new section.

    It is numbered after the previous section, and before the next one if there is room.
    """
    numbers = {_number(name) for name in taken if _is_section(name)}
    after = min((number for number in numbers if number > last), default=last + 20)
    number = last + max((after - last) // 2, 1)
    while number in numbers:
        number += 1
    return f"{number}-{name.partition('-')[2]}"


def _number(name: str) -> int:
    digits = re.match(r"\d{1,9}", name)
    return int(digits[0]) if digits else 0
