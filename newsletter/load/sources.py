"""`sources.yaml` and `facts.yaml`: the sources and figures of an issue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from newsletter.diagnostics import UNKNOWN_SOURCE, Report
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.yaml_reader import PositionMap
from newsletter.load.cells import CellReader
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.markup.plain_title import report_markup
from newsletter.markup.urls import check_url
from newsletter.model import Fact, Source
from newsletter.schema.documents import FactEntry, SourceEntry


def read_sources(files: WorkspaceReader, path: Path) -> dict[str, Source]:
    """Return the issue's sources by id; empty if there is no such file."""
    read = files.yaml(path, dict[str, SourceEntry], optional=True)
    if read is None:
        return {}
    entries, places = read
    return {id: _source(entry, places, (id,), files.report, id=id) for id, entry in entries.items()}


def read_facts(
    files: WorkspaceReader, path: Path, sources: Mapping[str, Source], language: str
) -> tuple[Fact, ...]:
    """Return the issue's register of figures; empty if there is no such file.

    A figure stored in a cell of a data file is formatted for `language`.
    """
    read = files.yaml(path, dict[str, FactEntry], optional=True)
    if read is None:
        return ()
    entries, places = read
    for id, fact in entries.items():
        if fact.source is not None and fact.source not in sources:
            _unknown(fact.source, sources, places, (id, "source"), report=files.report)
    cells = CellReader(files, path.parent, language)
    facts = []
    for id, entry in entries.items():
        value = cells.value(id, entry, places)
        if value is not None:
            facts.append(
                Fact(
                    id,
                    value,
                    entry.unit,
                    entry.source,
                    entry.as_of,
                    places.value(id),
                    entry.cell,
                )
            )
    return tuple(facts)


def cited(
    value: Any,
    known: Mapping[str, Source],
    places: PositionMap,
    path: tuple[str | int, ...],
    *,
    report: Report,
) -> Iterator[Source]:
    """Yield the sources referred to by an id, a URL, an entry, or a list of them."""
    several = isinstance(value, list)
    for index, element in enumerate(value if several else [value]):
        at = (*path, index) if several else path
        if isinstance(element, SourceEntry):
            yield _source(element, places, at, report)
        elif element in known:
            yield known[element]
        elif re.match(r"https?://", element):
            where = places.value(*at)
            yield Source(
                title=element,
                url=check_url(element, where, report),
                where=where,
                at=places.typed(*at),
            )
        else:
            _unknown(element, known, places, at, report=report)


def _source(
    entry: SourceEntry,
    places: PositionMap,
    path: tuple[str | int, ...],
    report: Report,
    *,
    id: str | None = None,
) -> Source:
    at = places.value(*path, "url")
    url = check_url(entry.url, at, report) if entry.url else None
    where = places.key(*path) if id else places.value(*path)
    report_markup(entry.title, places.value(*path, "title"), report, "a source")
    if entry.publisher:
        report_markup(entry.publisher, places.value(*path, "publisher"), report, "a source")
    return Source(
        entry.title,
        url,
        entry.publisher,
        entry.date,
        entry.accessed,
        id,
        where,
        places.typed(*path, "url"),
        places.value(*path, "title"),
    )


def _unknown(
    id: str,
    known: Mapping[str, Source],
    places: PositionMap,
    path: tuple[str | int, ...],
    *,
    report: Report,
) -> None:
    hint = spelling_hint(id, known, what="ids in sources.yaml")
    report.add(UNKNOWN_SOURCE, places.value(*path), f"Unknown source {quoted(id)}", hint)
