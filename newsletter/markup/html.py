"""The little HTML an author may write inside a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from newsletter.faults import RAW_HTML, Report
from newsletter.model import Location

# Tag -> attributes it may carry.
ALLOWED: dict[str, tuple[str, ...]] = {
    "abbr": ("title",),
    "bdi": ("dir", "lang"),
    "br": (),
    "kbd": (),
    "mark": (),
    "small": (),
    "span": ("dir", "lang"),
    "sub": (),
    "sup": (),
}
HINT = f"Use Markdown; the only HTML allowed inside a line is {' '.join(ALLOWED)}."

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)(.*?)/?>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\s+([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")


@dataclass(frozen=True, slots=True)
class RawTag:
    name: str
    closing: bool
    attributes: tuple[tuple[str, str], ...]


def read_tag(html: str, where: Location, report: Report) -> RawTag | None:
    """Return an allowed tag, or `None` after reporting why it is not."""
    match = _TAG.fullmatch(html)
    name = match[2].lower() if match else ""
    if match is None or name not in ALLOWED:
        report.add(RAW_HTML, where, f"{f'<{name}>' if name else html[:20]} is not allowed", HINT)
        return None
    attributes = []
    for key, *values in _ATTRIBUTE.findall(match[3]):
        value = unescape(next(filter(None, values), ""))
        key = key.lower()
        allowed = ALLOWED[name]
        if key not in allowed:
            takes = f"It takes {' and '.join(allowed)}." if allowed else "It takes none."
            report.add(RAW_HTML, where, f"<{name}> does not take {key!r}", takes)
        elif key == "dir" and value not in ("ltr", "rtl", "auto"):
            report.add(RAW_HTML, where, f"dir is ltr, rtl or auto, not {value!r}")
        elif key == "lang" and not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value):
            report.add(RAW_HTML, where, f"lang is a language tag such as ar or pt-BR, not {value!r}")
        else:
            attributes.append((key, value))
    return RawTag(name, bool(match[1]), tuple(dict(attributes).items()))
