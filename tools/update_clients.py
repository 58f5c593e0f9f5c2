"""Derive newsletter/check/email/clients.json (unsupported features) from the npm package caniemail.

    .venv/bin/python tools/update_clients.py [VERSION]

Needs npm. For each feature the file has: how to detect that an email uses it, and the clients that
had no support at all when last tested (`n`; partial and unknown support are left out). The baseline
is what the packaged theme itself writes around the author's text and works without: the CSS of the
expected emails in tests/issues/, which does not come from authors, and the HTML in the theme's own
files.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "newsletter" / "check" / "email" / "clients.json"
STOCK = sorted(ROOT.glob("tests/issues/*/expected/email.html"))
THEME = [
    path
    for path in sorted(ROOT.glob("newsletter/theme/packaged/base/**/*.j2"))
    if not path.name.endswith((".css.j2", ".txt.j2"))
]

# Left out, because …
ELSEWHERE = """html-base html-form html-object html-link html-svg css-at-import css-at-font-face image-base64 image-svg
    html-anchor-links html-mailto-links""".split()  # … other rules cover them
GUARDS = (
    "css-at-media",
    "css-at-supports",
)  # … content in a condition is meant for clients that support it
ANSWERS = """css-pseudo-class-active css-pseudo-class-focus css-pseudo-class-focus-visible css-pseudo-class-target
    css-pseudo-class-focus-within css-pseudo-class-hover css-pseudo-class-link css-pseudo-class-visited css-cursor
    css-resize css-user-select css-transition""".split()  # … they only matter for pointer and keyboard input
# … every style sheet has them; what the email cannot do without is in its style attributes
SHEETS = """css-selector-class css-selector-type css-selector-grouping css-selector-descendant css-selector-chaining
    css-selector-universal""".split()
UNMISSED = """amp bimi html-abbr html-acronym html-aria-describedby html-aria-hidden html-aria-label html-body
    html-aria-labelledby html-aria-live html-bdi html-comments html-dir html-doctype html-lang html-loading-attribute
    html-meta-color-scheme html-picture html-role html-semantics html-srcset html-style html-target html-wbr
    css-color-scheme css-comments css-font-kerning css-hyphens css-hyphenate-character css-hyphenate-limit-chars
    css-orphans css-widows css-text-decoration-skip-ink css-text-decoration-thickness css-text-underline-offset
    css-text-underline-position css-text-wrap""".split()  # … without them everything is still readable

SEVERAL = {
    "css-block-inline-size": "block-size inline-size",
    "css-border-inline-block": "border-inline border-block",
    "css-border-inline-block-individual": "border-block-end border-block-start border-inline-end border-inline-start",
    "css-border-inline-block-longhand": """border-block-color border-block-style border-block-width
        border-inline-color border-inline-style border-inline-width""",
    "css-border-radius-logical": """border-end-end-radius border-end-start-radius border-start-end-radius
        border-start-start-radius""",
    "css-column-layout-properties": "column-fill column-rule column-span column-width columns",
    "css-gap": "gap column-gap row-gap",
    "css-grid-template": "grid-template grid-template-areas grid-template-columns grid-template-rows",
    "css-left-right-top-bottom": "left right top bottom",
    "css-margin-block-start-end": "margin-block-start margin-block-end",
    "css-margin-inline-block": "margin-inline margin-block",
    "css-margin-inline-start-end": "margin-inline-start margin-inline-end",
    "css-padding-block-start-end": "padding-block-start padding-block-end",
    "css-padding-inline-block": "padding-inline padding-block",
    "css-padding-inline-start-end": "padding-inline-start padding-inline-end",
    "css-inert-attribute": "",
}
KEYWORDS = {
    "css-intrinsic-size": "fit-content max-content min-content",
    "css-sytem-ui": "system-ui ui-monospace ui-rounded ui-sans-serif ui-serif",
    "css-unit-initial": "initial",
}
ELEMENTS = {
    "html-address": "address",
    "html-h1-h6": "h1 h2 h3 h4 h5 h6",
    "html-image-maps": "map",
    "html-lists": "ul ol dl",
}
FORMATS = {
    "image-jpg": "jpg jpeg",
    "image-heif": "heif heic",
    "image-tiff": "tif tiff",
    "image-hdr": "",
}

NOTICE = " ".join(
    """From the data of caniemail.com, MIT License, Copyright (c) Rémi Parmentier, by way of the npm package
    caniemail, MIT License, Copyright (c) Avi Goldman, Copyright (c) Andrew Powell. Permission is hereby
    granted, free of charge, to any person obtaining a copy of this software and associated documentation
    files (the "Software"), to deal in the Software without restriction, including without limitation the
    rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software,
    and to permit persons to whom the Software is furnished to do so, subject to the following conditions:
    The above copyright notice and this permission notice shall be included in all copies or substantial
    portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
    IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR
    PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
    DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR
    IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.""".split()
)


def shown(slug: str, title: str) -> Iterator[str]:
    """Yield how to detect a feature, in the terms of `newsletter/check/email/features.py`."""
    kind, _, name = slug.partition("-")
    if slug in KEYWORDS:
        yield from _each("keyword", KEYWORDS[slug])
    elif slug in SEVERAL:
        yield from _each("property", SEVERAL[slug])
    elif slug == "css-variables":
        yield from ("function var", "property --*")
    elif slug == "css-important":
        yield "important"
    elif slug == "css-nesting":
        yield "nesting"
    elif name.startswith("pseudo-"):
        yield f"pseudo {title.strip(':()')}"
    elif name.startswith("selector-"):
        yield f"selector {name.removeprefix('selector-')}"
    elif name.startswith("at-"):
        yield f"at {title.removeprefix('@')}"
    elif functions := re.findall(r"([a-z-]+)\(\)", title):
        yield from _each("function", " ".join(functions))
    elif unit := re.fullmatch(r"(\S+) unit", title):
        yield f"unit {unit[1]}"
    elif pair := re.fullmatch(r"([a-z-]+):\s*([a-z-]+)", title):
        yield f"declaration {pair[1]} {pair[2]}"
    elif kind == "css":
        yield f"property {title.split()[0]}"
    elif slug in ELEMENTS:
        yield from _each("element", ELEMENTS[slug])
    elif typed := re.match(r'<(\w+) type="(\w+)">', title):
        yield f"element {typed[1]} {typed[2]}"
    elif element := re.match(r"<(\w+)>", title):
        yield f"element {element[1]}"
    elif title.endswith(" attribute"):
        yield f"attribute {title.removesuffix(' attribute')}"
    elif kind == "image":
        yield from _each("image", FORMATS.get(slug, name))


def _each(kind: str, names: str) -> Iterator[str]:
    return (f"{kind} {name}" for name in names.split())


def derive(data: dict[str, Any], version: str) -> dict[str, Any]:
    """Return the facts that the rules need."""
    platforms = sorted(
        {
            f"{family}.{name}"
            for entry in data["data"]
            for family, names in entry["stats"].items()
            for name in names
        }
    )
    numbers = {platform: number for number, platform in enumerate(platforms)}
    features = {}
    for entry in data["data"]:
        if entry["slug"] in {*ELSEWHERE, *ANSWERS, *SHEETS, *UNMISSED} or entry["slug"].startswith(
            GUARDS
        ):
            continue
        without = list(_without(entry))
        ways = list(shown(entry["slug"], entry["title"]))
        if without and ways:
            features[entry["slug"]] = {
                "title": entry["title"].strip(),
                "shown": ways,
                "without": [numbers[platform] for platform, _ in without],
                "notes": _notes(entry, numbers, without),
            }
    return {
        "notice": NOTICE,
        "source": f"caniemail {version}",
        "date": data["last_update_date"][:10],
        "clients": {platform: _named(platform, data["nicenames"]) for platform in platforms},
        "features": features,
        "baseline": [],
    }


def _without(entry: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the client-platforms that do not support a feature, with its note numbers.

    The last version as stored is the latest: sorted as text, "2016" would come after "16.80".
    """
    for family, names in entry["stats"].items():
        for name, versions in names.items():
            support, *notes = (list(versions.values()) or ["u"])[-1].split()
            if support == "n":
                yield f"{family}.{name}", [note.strip("#") for note in notes]


def _notes(
    entry: dict[str, Any], numbers: dict[str, int], without: Iterable[tuple[str, list[str]]]
) -> dict[str, list[int]]:
    notes: dict[str, list[int]] = {}
    for platform, marks in without:
        for mark in marks:
            # Only the results; the pages they link to can be found at caniemail.com.
            note = re.sub(
                r"\s*\bSee .*", "", " ".join((entry["notes_by_num"] or {}).get(mark, "").split())
            )
            if note:
                notes.setdefault(note, []).append(numbers[platform])
    return notes


def _named(platform: str, names: dict[str, dict[str, str]]) -> str:
    family, name = platform.split(".")
    place = names["platform"].get(name, name)
    known = {"desktop-webmail": "webmail", "mobile-webmail": "mobile webmail"}
    return f"{names['family'].get(family, family)} ({known.get(name, place)})".replace(
        "Outlook (Outlook.com)", "Outlook.com"
    )


def baseline(facts: dict[str, Any]) -> list[str]:
    """Return which of the included features the packaged theme itself uses."""
    sys.path.insert(0, str(ROOT))
    from lxml import html

    from newsletter.check.email.features import used

    theme = "".join(path.read_text("utf-8") for path in THEME)
    ways = {
        way
        for path in STOCK
        for way, (by, _) in used(html.document_fromstring(path.read_text("utf-8"))).items()
        if not way.startswith("element ") or by in theme
    }
    return [slug for slug, feature in facts["features"].items() if ways & set(feature["shown"])]


def main(version: str = "2.0.2") -> None:
    """Fetch the package and write the facts."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"caniemail@{version}"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            file = package.extractfile("package/data/caniemail.json")
            assert file is not None
            facts = derive(json.load(file), version)
    facts["baseline"] = baseline(facts)
    TARGET.write_text(_written(facts), "utf-8")


def _written(facts: dict[str, Any]) -> str:
    """Return JSON with one feature per line, so that an update can be read as a diff."""
    lines = ",\n".join(
        f"{json.dumps(slug)}: {_short(feature)}" for slug, feature in facts["features"].items()
    )
    rest = ",\n".join(
        f"{json.dumps(key)}: {_short(value)}" for key, value in facts.items() if key != "features"
    )
    return f'{{\n{rest},\n"features": {{\n{lines}\n}}\n}}\n'


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])
