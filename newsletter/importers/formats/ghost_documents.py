"""The two editor formats of Ghost, Lexical and Mobiledoc, as HTML: for posts without HTML."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

_BOLD, _ITALIC, _STRIKE, _CODE = 1, 2, 4, 16  # bits of `format` in Lexical's text nodes
_TAGS = {"paragraph": "p", "quote": "blockquote", "extended-quote": "blockquote", "listitem": "li"}
_TEXTS = ("html", "markdown", "caption", "alt", "title", "content", "calloutText", "buttonText")
DEEP = 60  # levels of nodes; deeper ones are left out


def lexical_html(text: str) -> str:
    """Return a Lexical document as HTML, empty if it is none."""
    value = _parsed(text)
    root = value.get("root") if isinstance(value, dict) else None
    return _lexical(root, 0) if isinstance(root, dict) else ""


def mobiledoc_html(text: str) -> str:
    """Return a Mobiledoc document (version 0.3) as HTML, empty if it is none."""
    value = _parsed(text)
    if not isinstance(value, dict) or not isinstance(value.get("sections"), list):
        return ""
    return "".join(_section(section, value) for section in value["sections"])


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _lexical(node: dict[str, Any], depth: int) -> str:
    children = node.get("children")
    inner = ""
    if isinstance(children, list) and depth < DEEP:
        inner = "".join(_lexical(child, depth + 1) for child in children if isinstance(child, dict))
    kind = str(node.get("type", ""))
    if kind == "root":
        return inner
    if kind in ("text", "extended-text"):
        return _styled(html.escape(str(node.get("text", ""))), node.get("format"))
    if kind == "linebreak":
        return "<br>"
    if kind in ("link", "autolink"):
        return f'<a href="{html.escape(str(node.get("url", "")))}">{inner}</a>'
    if kind in ("heading", "extended-heading"):
        return f"<{_heading(node.get('tag'))}>{inner}</{_heading(node.get('tag'))}>"
    if kind == "list":
        tag = "ol" if node.get("listType") == "number" else "ul"
        return f"<{tag}>{inner}</{tag}>"
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>{inner}</{_TAGS[kind]}>"
    return inner or "".join(_card(node))


def _heading(tag: Any) -> str:
    return tag if tag in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2"


def _styled(text: str, format_: Any) -> str:
    bits = format_ if isinstance(format_, int) else 0
    for bit, tag in ((_CODE, "code"), (_STRIKE, "s"), (_ITALIC, "em"), (_BOLD, "strong")):
        if bits & bit:
            text = f"<{tag}>{text}</{tag}>"
    return text


def _card(node: dict[str, Any]) -> Iterator[str]:
    """Yield the parts of a card: its image, its rule, and every text that it shows."""
    if node.get("type") in ("horizontalrule", "hr"):
        yield "<hr>"
    source = node.get("src")
    if isinstance(source, str) and source:
        alt = html.escape(str(node.get("alt") or node.get("altText") or ""))
        yield f'<p><img src="{html.escape(source)}" alt="{alt}"></p>'
    for key in _TEXTS:
        value = node.get(key)
        if isinstance(value, str) and value and not (source and key == "alt"):
            yield (
                f"<div>{value}</div>"
                if key in ("html", "caption")
                else f"<p>{html.escape(value)}</p>"
            )


def _section(section: Any, document: dict[str, Any]) -> str:
    """Return a section: 1 is text, 2 an image, 3 a list, 10 a card."""
    if not isinstance(section, list) or len(section) < 2:
        return ""
    kind = section[0]
    if kind == 1 and len(section) > 2:
        tag = section[1] if section[1] in ("p", "h1", "h2", "h3", "h4", "blockquote") else "p"
        return f"<{tag}>{_markers(section[2], document)}</{tag}>"
    if kind == 3 and len(section) > 2 and isinstance(section[2], list):
        tag = "ol" if section[1] == "ol" else "ul"
        items = "".join(f"<li>{_markers(item, document)}</li>" for item in section[2])
        return f"<{tag}>{items}</{tag}>"
    if kind == 2:
        return f'<p><img src="{html.escape(str(section[1]))}" alt=""></p>'
    card = _entry(document.get("cards"), section[1]) if kind == 10 else None
    if not isinstance(card, list) or len(card) < 2 or not isinstance(card[1], dict):
        return ""
    return "".join(_card({"type": card[0], **card[1]}))


def _entry(rows: Any, index: Any) -> Any:
    is_row = isinstance(rows, list) and isinstance(index, int) and 0 <= index < len(rows)
    return rows[index] if is_row else None


def _markers(markers: Any, document: dict[str, Any]) -> str:
    """Return text with its markups: a marker is its kind, opened markups, closed count, text."""
    out: list[str] = []
    opened: list[str] = []
    for marker in markers if isinstance(markers, list) else ():
        if not isinstance(marker, list) or len(marker) < 4 or not isinstance(marker[1], list):
            continue
        for index in marker[1]:
            markup = _entry(document.get("markups"), index)
            tag = str(markup[0]) if isinstance(markup, list) and markup else "span"
            out.append(_opening(tag, markup))
            opened.append(tag)
        out.append(html.escape(_marker_text(marker, document)))
        closed = marker[2] if isinstance(marker[2], int) else 0
        out += [f"</{opened.pop()}>" for _ in range(min(closed, len(opened)))]
    return "".join((*out, *(f"</{tag}>" for tag in reversed(opened))))


def _marker_text(marker: list[Any], document: dict[str, Any]) -> str:
    """Return the text of a marker, or of the atom that it names."""
    if marker[0] == 0:
        return str(marker[3] or "")
    atom = _entry(document.get("atoms"), marker[3])
    return str(atom[1] or "") if isinstance(atom, list) and len(atom) > 1 else ""


def _opening(tag: str, markup: Any) -> str:
    attributes = markup[1] if isinstance(markup, list) and len(markup) > 1 else None
    pairs = attributes if isinstance(attributes, list) else []
    if tag == "a" and "href" in pairs[:-1]:
        return f'<a href="{html.escape(str(pairs[pairs.index("href") + 1]))}">'
    return f"<{tag}>"
