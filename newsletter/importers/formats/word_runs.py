"""Merges runs of a Word document, to reduce the work of the converter."""

from __future__ import annotations

from typing import Any

from newsletter.importers.formats.wordxml import W

# Run and paragraph properties that the converter reads; the others only cost time.
_RUN_PROPERTIES = frozenset(W + name for name in "rStyle b i strike dstrike vertAlign".split())
_MERGED = frozenset(W + name for name in "t tab br noBreakHyphen softHyphen".split())


def merge_runs(root: Any) -> None:
    """Merge adjacent runs with the same formatting: Word splits them at every edit."""
    for properties in root.iter(W + "rPr"):
        for child in list(properties):
            if child.tag not in _RUN_PROPERTIES:
                properties.remove(child)
    for run in list(root.iter(W + "r")):
        before = run.getprevious()
        if before is None or before.tag != W + "r" or before.tail or not _can_merge(run):
            continue
        if _can_merge(before) and _look(run) == _look(before):
            for child in list(run):
                if child.tag != W + "rPr":
                    _append(before, child)
            run.getparent().remove(run)


def _can_merge(run: Any) -> bool:
    return all(child.tag in _MERGED or child.tag == W + "rPr" for child in run)


def _look(run: Any) -> tuple[tuple[str, str], ...]:
    properties = run.find(W + "rPr")
    if properties is None:
        return ()
    return tuple((child.tag, child.get(W + "val", "")) for child in properties)


def _append(run: Any, child: Any) -> None:
    """Append a child to a run; text is merged with the text before it."""
    last = run[-1] if len(run) else None
    if last is not None and last.tag == W + "t" and child.tag == W + "t":
        last.text = (last.text or "") + (child.text or "")
        last.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    else:
        run.append(child)
