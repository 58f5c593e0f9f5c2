"""Plant one fault in the example workspace, in any of the places that readers see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from newsletter.check.example import ESSAY, FILES, FRONT, IMAGE, SLUG
from newsletter.theme.looks import BASE, PACKAGED

TABLE = Path(__file__).with_name("planted.yaml")
SPOT = "@@"  # replaced by the text of the fault

_ISSUE = f"issues/{SLUG}/issue.yaml"
_HEAD = "title: The port that nobody counted\n"
_DECK = "preheader: Why the quietest port in Europe is the one to watch.\n"
_DATE = "date: 2026-03-01\n"
_IMAGE = f"issues/{SLUG}/images/quay.png"
_FOOT = "templates/default/foot.j2"
_PARTIAL = "templates/default/sections/essay.j2"
_FIGURE = "::: figure\nsrc: images/quay.png\nalt: {}\ncaption: {}\ncredit: {}\nlicence: CC BY 4.0\n{}:::\n"
_PLAIN = ("A crane on the quay", "The quay at noon.", "Mira Oduya", "")


def _essay(body: str) -> dict[str, str]:
    return {ESSAY: f"{FRONT}{body}\n"}


def _figure(index: int, text: str = SPOT) -> dict[str, str]:
    values = [text if place == index else plain for place, plain in enumerate(_PLAIN)]
    return _essay(_FIGURE.format(*values))


def _packaged(name: str, old: str, new: str) -> str:
    return (PACKAGED / BASE / name).read_text("utf-8").replace(old, new)


def _settings(old: str, new: str = SPOT) -> dict[str, str]:
    return {"newsletter.toml": FILES["newsletter.toml"].replace(old, new)}


PLACES: Mapping[str, Mapping[str, str]] = {
    "section": _essay(SPOT),
    "heading": _essay(f"The quay is empty.\n\n## {SPOT}\n\nThe crane stands still."),
    "item": _essay(f"- The quay is empty.\n- {SPOT}"),
    "quote": _essay(f"> {SPOT}"),
    "note": _essay(f"The quay is empty.[^1]\n\n[^1]: {SPOT}"),
    "cell": _essay(f"| Quay | State |\n| --- | --- |\n| North | {SPOT} |"),
    "callout": _essay(f"::: callout {SPOT}\nThe quay is empty.\n:::"),
    "name": _essay(f"::: pullquote {SPOT}\nThe quay is empty.\n:::"),
    "button": _essay(f'::: button\nlabel: "{SPOT}"\nurl: https://sea.example/log\n:::'),
    "alt": _figure(0, f'"{SPOT}"'),
    "caption": _figure(1, f'"{SPOT}"'),
    "credit": _figure(2, f'"{SPOT}"'),
    "title": {ESSAY: FRONT.replace("The Quiet Port", f'"{SPOT}"') + "The quay is empty.\n"},
    "issue-title": {_ISSUE: f'title: "{SPOT}"\n{_DECK}{_DATE}'},
    "subject": {_ISSUE: f'{_HEAD}subject: "{SPOT}"\n{_DECK}{_DATE}'},
    "preheader": {_ISSUE: f'{_HEAD}preheader: "{SPOT}"\n{_DATE}'},
    "source": {
        ESSAY: "---\nkind: essay\nby: mira\nsource: log\n---\nThe quay is empty.\n",
        f"issues/{SLUG}/sources.yaml": (
            f'log:\n  title: "{SPOT}"\n  publisher: Port of Lisbon\n  date: 2026-02-02\n'
        ),
    },
    "person": {"credits.yaml": FILES["credits.yaml"].replace("Mira Oduya", f'"{SPOT}"')},
    "role": {"credits.yaml": FILES["credits.yaml"].replace("label: Essay", f'label: "{SPOT}"')},
    "location": {
        f"issues/{SLUG}/credits.yaml": (f'essay: mira\nproduced_by: desk\nlocation: "{SPOT}"\n')
    },
    "publication": _settings('"Slack Water"\nurl', f'"{SPOT}"\nurl'),
    "postal": _settings("The Harbour Desk, Dock 4, Lisbon, Portugal"),
    "foot": {_FOOT: _packaged("foot.j2", "</mj-text>", f"<br />{SPOT}\n</mj-text>")},
    "partial": {
        _PARTIAL: (
            f'{{% extends "section.j2" %}}\n{{% block close %}}\n<p>{SPOT}</p>\n{{% endblock %}}\n'
        )
    },
    "masthead": {
        "templates/default/masthead.j2": _packaged("masthead.j2", "", "")
        + f"<mj-text>{SPOT}</mj-text>\n"
    },
    "phrases": {"templates/default/phrases.toml": f'[en]\nunsubscribe = "{SPOT}"\n'},
    "text-part": {
        "templates/default/text.txt.j2": _packaged("text.txt.j2", "", "") + f"\n{SPOT}\n"
    },
    # places for an address
    "link": _essay(f"Read [the log]({SPOT})."),
    "reference": _essay(f"Read [the log][1].\n\n[1]: {SPOT}"),
    "image-link": _figure(3, f"link: {SPOT}\n"),
    "button-link": _essay(f'::: button\nlabel: Read the log\nurl: "{SPOT}"\n:::'),
    "cell-link": _essay(f"| Quay | State |\n| --- | --- |\n| North | [the log]({SPOT}) |"),
    "source-link": {
        ESSAY: "---\nkind: essay\nby: mira\nsource: log\n---\nThe quay is empty.\n",
        f"issues/{SLUG}/sources.yaml": (
            "log:\n  title: The log\n  publisher: Port of Lisbon\n"
            f'  url: "{SPOT}"\n  date: 2026-02-02\n'
        ),
    },
    "person-link": {
        "credits.yaml": FILES["credits.yaml"].replace(
            "{name: Mira Oduya}", f'\n    name: Mira Oduya\n    url: "{SPOT}"'
        )
    },
    "foot-link": {
        _FOOT: _packaged(
            "foot.j2", "</mj-text>", f'<br /><a href="{SPOT}">About us</a>\n</mj-text>'
        )
    },
    "site": _settings('https://letter.sea.example"', f'{SPOT}"'),
    "unsubscribe": _settings("https://letter.sea.example/unsubscribe"),
}


# Places whose line can be repeated, so that several faults fit into one email.
REPEATABLE = frozenset(("section", "foot", "partial", "masthead", "text-part", "foot-link"))


class Planted(NamedTuple):
    """One fault: the rule that must report it, the files that contain it, and its line."""

    kind: str
    rule: str
    place: str
    words: str
    files: Mapping[str, str | bytes]
    path: str
    line: int | None

    @property
    def spot(self) -> str:
        """Return the place, or "section" for every place in a section's own file."""
        own = set(self.files) <= {ESSAY, _IMAGE}
        return "section" if own else self.place


def planted() -> Iterator[Planted]:
    """Yield the faults of `planted.yaml`."""
    for kind, rows in yaml.safe_load(TABLE.read_text("utf-8")).items():
        for row in rows:
            if isinstance(row, dict):
                path, _, digits = row["at"].rpartition(":")
                line = int(digits) if digits.isdigit() else None  # a finding about a whole file
                path = path if line else row["at"]
                yield Planted(kind, row["rule"], "files", row["at"], row["files"], path, line)
            else:
                yield from _at_places(kind, *row)


def _at_places(kind: str, rule: str, places: str, words: str) -> Iterator[Planted]:
    """Yield a fault at each of its places; `section@de` sets the issue's language to German."""
    for name in places.split():
        place, _, language = name.partition("@")
        files: dict[str, str | bytes] = {}
        path, line = "", 0
        for file, text in PLACES[place].items():
            if SPOT in text:
                path, line = file, text[: text.index(SPOT)].count("\n") + 1
            files[file] = text.replace(SPOT, words)
        if language:
            files[_ISSUE] = f"{files.get(_ISSUE, _HEAD)}{_DECK}{_DATE}language: {language}\n"
        if "images/quay.png" in str(files.get(ESSAY, "")):
            files[_IMAGE] = IMAGE
        yield Planted(kind, rule, name, words, files, path, line)


def together(faults: Sequence[Planted]) -> Sequence[Planted]:
    """Combine faults of the same place into one email, each on its own line."""
    if faults[0].spot == "section":
        return _sections(faults)
    ((path, text),) = PLACES[faults[0].place].items()
    lines = text.splitlines(keepends=True)
    spot = next(index for index, line in enumerate(lines) if SPOT in line)
    planted_lines = [lines[spot].replace(SPOT, fault.words) for fault in faults]
    files = {path: "".join((*lines[:spot], *planted_lines, *lines[spot + 1 :]))}
    return [
        fault._replace(files=files, line=spot + 1 + index) for index, fault in enumerate(faults)
    ]


def _sections(faults: Sequence[Planted]) -> Sequence[Planted]:
    """Combine faults into one issue, each in its own section."""
    paths = [ESSAY.replace("10-", f"{number}-") for number in range(10, 10 + len(faults))]
    files = {path: fault.files[ESSAY] for path, fault in zip(paths, faults, strict=True)}
    files[_IMAGE] = IMAGE
    return [
        fault._replace(files=files, path=path) for path, fault in zip(paths, faults, strict=True)
    ]
