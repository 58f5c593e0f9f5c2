"""Detects footnotes by structure, not origin: a mark links to a note that links back.

This covers Google Docs (`#ftnt1`, `#ftnt_ref1`), Word (`#_ftn1`, `#_ftnref1`), LibreOffice
(`#sdfootnote1sym`, `…anc`), Substack (`#footnote-1`, `#footnote-anchor-1`), pandoc, kramdown,
GitHub and mammoth. Comments of Google Docs (`#cmnt1`) and Word (`#_msocom_1`) have the same
structure.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from newsletter.importers.html.elements import element_text, remove_element

_COMMENT = re.compile(r"cmnt|_msocom|_cmt|comment", re.IGNORECASE)
_SAYS_SO = re.compile(r"footnote|endnote|noteref|fnref", re.IGNORECASE)
_MARK = re.compile(
    r"[\[({]?\s*(?:note\s*)?(?:\d{1,4}|[a-z]{1,4}|[ivxlc]+|[*†‡§¶#]{1,4})\s*[\])}.]?", re.IGNORECASE
)
_BACK = re.compile(
    r"[\s\[\]()↩↑^︎\ufe0e\ufe0f↵⏎←]*\d*[\s\[\]()↩↑^\ufe0e\ufe0f.]*|jump up|back|return"
)


class FoundNotes(Struct, frozen=True):
    """A footnote or comment, and the places in the text that refer to it."""

    marks: tuple[Any, ...]  # elements in the text that refer to the note
    body: Any  # the element that contains the note's text
    label: str
    comment: bool


def find_notes(root: Any) -> tuple[FoundNotes, ...]:
    """Return footnotes and comments in the order of their marks.

    Their back links are removed from the tree; everything else is left unchanged.
    """
    named = _named(root)
    if not named:
        return ()
    marks: dict[Any, list[Any]] = {}
    order = {element: number for number, element in enumerate(root.iter())}
    for anchor in root.iter("a"):
        target = named.get(_fragment(anchor))
        if (
            target is None
            or target is anchor
            or order[target] < order[anchor]
            or not _is_mark(anchor)
        ):
            continue
        body = _body(target)
        if (
            body is None
            or anchor in body.iterdescendants("a")
            or not (_leads_back(body, anchor) or _is_labelled(anchor))
        ):
            continue
        marks.setdefault(body, []).append(anchor)
    result = []
    for number, (body, anchors) in enumerate(marks.items(), 1):
        comment = bool(_COMMENT.search(_fragment(anchors[0])))
        for anchor in anchors:
            _remove_back_links(body, anchor)
        _remove_number(body)
        result.append(FoundNotes(tuple(map(_whole_mark, anchors)), body, str(number), comment))
    return _numbered(result)


def _numbered(notes: list[FoundNotes]) -> tuple[FoundNotes, ...]:
    """Return notes labeled from 1; comments are not counted."""
    result, number = [], 0
    for note in notes:
        number += not note.comment
        result.append(FoundNotes(note.marks, note.body, str(number), note.comment))
    return tuple(result)


def _named(root: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if next((True for anchor in root.iter("a") if _fragment(anchor)), False):
        for element in root.iter():
            if isinstance(element.tag, str):
                for name in (
                    element.get("id"),
                    element.get("name") if element.tag == "a" else None,
                ):
                    if name:
                        result.setdefault(name, element)
    return result


def _fragment(anchor: Any) -> str:
    href = str(anchor.get("href", ""))
    return href[1:] if href.startswith("#") else ""


def _is_mark(anchor: Any) -> bool:
    words = element_text(anchor)
    return len(words) <= 10 and (bool(_MARK.fullmatch(words)) or _is_labelled(anchor))


def _is_labelled(anchor: Any) -> bool:
    hints = [anchor.get(name, "") for name in ("class", "role", "rel", "id")]
    parent = anchor.getparent()
    return bool(
        _SAYS_SO.search(" ".join([*hints, parent.get("class", "") if parent is not None else ""]))
    )


def _body(target: Any) -> Any:
    """Return the element around a note's target that contains the whole note and nothing else."""
    body = target
    while body is not None and body.tag not in ("p", "li", "dd", "div", "aside", "td", "section"):
        body = body.getparent()
    while (
        body is not None
        and body.getparent() is not None
        and body.getparent().tag in ("div", "li", "aside")
    ):
        outer = body.getparent()
        others = [child for child in outer if isinstance(child.tag, str) and child is not body]
        if any(
            child.get("id") or next(child.iter("a", "h1", "h2", "h3"), None) is not None
            for child in others
        ):
            numbers = [child for child in others if child.tag == "a" and _is_mark(child)]
            if len(numbers) != len(others):
                break
        if (
            len(others) > 8
            or (outer.text or "").strip()
            or any(child.tag in ("hr", "br") for child in others)
        ):
            break
        body = outer
    return None if body is None or body.tag in ("body", "html") else body


def _leads_back(body: Any, anchor: Any) -> bool:
    return next(_back_links(body, anchor), None) is not None


def _back_links(body: Any, anchor: Any) -> Any:
    names = set()
    element = anchor
    for _ in range(3):
        if element is None:
            break
        names |= {element.get("id"), element.get("name")}
        names |= {child.get("id") or child.get("name") for child in element.iterchildren("a")}
        before = element.getprevious()
        if before is not None and before.tag == "a" and not before.get("href"):
            names |= {before.get("id"), before.get("name")}
        element = (
            element.getparent()
            if element.getparent() is not None and element.getparent().tag in _INSIDE
            else None
        )
    return (link for link in body.iter("a") if _fragment(link) and _fragment(link) in names)


_INSIDE = ("sup", "span", "a", "b", "font")


def _remove_back_links(body: Any, anchor: Any) -> None:
    for link in list(_back_links(body, anchor)):
        if _BACK.fullmatch(element_text(link).lower()) or _is_mark(link):
            remove_element(link)


def _remove_number(body: Any) -> None:
    """Remove an unlinked number before a note."""
    for element in body.iter("sup", "a", "span"):
        if re.search(r"label|number", element.get("class", "")) and _is_mark(element):
            remove_element(element)
            return


def _whole_mark(anchor: Any) -> Any:
    """Return the `sup` around a mark if it contains nothing else."""
    parent = anchor.getparent()
    while parent is not None and parent.tag in ("sup", "span", "font") and len(parent) == 1:
        if (parent.text or "").strip(" [(") or (anchor.tail or "").strip(" ])"):
            break
        anchor, parent = parent, parent.getparent()
    return anchor
