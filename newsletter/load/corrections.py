"""`corrections.yaml`: errors in a published issue, with the correct text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from newsletter.diagnostics import WRONG_VALUE
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.yaml_reader import PositionMap
from newsletter.load.masthead import unknown
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.model import Correction, Masthead, Section
from newsletter.schema.sign_off import CorrectionEntry

CORRECTIONS = "corrections.yaml"


def read_corrections(
    files: WorkspaceReader, folder: Path, masthead: Masthead, sections: Iterable[Section]
) -> tuple[Correction, ...]:
    """Return the issue's corrections in the order of the file; empty if there is no file."""
    read = files.yaml(folder / CORRECTIONS, list[CorrectionEntry], optional=True)
    if read is None:
        return ()
    entries, places = read
    names = [Path(section.where.path).name for section in sections]
    return tuple(
        _correction(entry, index, places, masthead, names=names, files=files)
        for index, entry in enumerate(entries)
    )


def _correction(
    entry: CorrectionEntry,
    index: int,
    places: PositionMap,
    masthead: Masthead,
    *,
    names: list[str],
    files: WorkspaceReader,
) -> Correction:
    if entry.section is not None and entry.section not in names:
        where = places.value(index, "section")
        hint = spelling_hint(entry.section, names, what="sections")
        files.report.add(WRONG_VALUE, where, f"No section {quoted(entry.section)}", hint)
    by = masthead.people.get(entry.by) if entry.by else None
    if entry.by and by is None:
        unknown(entry.by, masthead.people, places.value(index, "by"), files.report)
    return Correction(
        entry.date,
        entry.kind,
        entry.note.strip(),
        entry.section,
        entry.was,
        entry.is_,
        by,
        places.value(index),
    )
