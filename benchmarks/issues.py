"""A workspace of many issues for the batch rows: the same seed gives the same files, and no two
issues are alike.
"""

from __future__ import annotations

import datetime as dt
import random
import struct
import zlib
from pathlib import Path

WORDS = """harbour cable crane pilot tide quay barge signal lock winter ledger ferry strait repair voyage manifest
container grain timber dredger anchor current channel lighthouse customs route cargo freight engine hull keel tonnage
berth delay queue market price insurer captain crew union minister treaty border river canal storm season forecast
report study figure measure number share decade century coast island village city station bridge rail truck""".split()
SMALL = "the a of and in to for with on by from under over between after before while because though which".split()
PICTURE_EVERY = 25

SETTINGS = """name = "Many Letters"
url = "https://letters.example"
unsubscribe_url = "https://letters.example/unsubscribe"

[sender]
name = "Many Letters"
email = "desk@letters.example"
"""
MASTHEAD = """people:
  ada: {name: Ada Berg}
  ines: {name: Inês Duarte}
roles:
  essay: {label: Essay, required: true}
  data: {label: Data}
defaults: {produced_by: ada, location: "Lisbon, Portugal"}
"""


def make(root: Path, count: int, seed: int = 7) -> list[Path]:
    """Write a workspace and return its issue folders."""
    (root / "issues").mkdir(parents=True)
    (root / "newsletter.toml").write_text(SETTINGS)
    (root / "credits.yaml").write_text(MASTHEAD)
    return [_issue(root, index, random.Random(f"{seed}-{index}")) for index in range(count)]


def _issue(root: Path, index: int, chance: random.Random) -> Path:
    date = dt.date(2016, 1, 1) + dt.timedelta(weeks=index)
    folder = root / "issues" / f"{date}-letter-{index}"
    (folder / "data").mkdir(parents=True)
    title = _words(chance, 4).title()
    files = {
        "issue.yaml": f"title: {title}\npreheader: {_sentence(chance)}\ndate: {date}\nnumber: {index + 1}\n",
        "credits.yaml": "essay: ada\ndata: [ada, ines]\n",
        "10-essay.md": _section("essay", chance, _essay(chance)),
        "50-data.md": _section(
            "data", chance, f"{_paragraph(chance)}\n\n::: table\nsrc: data/table.csv\n:::\n"
        ),
        "60-postscript.md": _section("postscript", chance, _paragraph(chance)),
        "data/table.csv": _table(chance),
    }
    for order in (20, 30, 40):
        body = "\n\n".join(_paragraph(chance) for _ in range(3))
        files[f"{order}-brief.md"] = _section("brief", chance, body)
    if index % PICTURE_EVERY == 0:
        (folder / "images").mkdir()
        (folder / "images" / "chart.png").write_bytes(_picture(chance))
        figure = f"\n\n::: figure\nsrc: images/chart.png\nalt: {_sentence(chance)}\n:::\n"
        files["60-postscript.md"] += figure
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def _section(kind: str, chance: random.Random, body: str) -> str:
    return f"---\nkind: {kind}\ntitle: {_words(chance, 3).title()}\n---\n{body}\n"


def _essay(chance: random.Random) -> str:
    parts = []
    for part in range(4):
        parts.append(f"## {_words(chance, 3).capitalize()}")
        parts += [_paragraph(chance) for _ in range(4)]
        parts[-1] += f"[^{part}]"
    parts += [f"[^{part}]: {_sentence(chance)}" for part in range(4)]
    return "\n\n".join(parts)


def _paragraph(chance: random.Random) -> str:
    sentences = [_sentence(chance) for _ in range(5)]
    link = f"[{_words(chance, 2)}](https://example.org/{chance.randrange(10**6)})"
    sentences.insert(2, f"See the {link}, *{_words(chance, 2)}* and “{_words(chance, 3)}”.")
    return " ".join(sentences)


def _sentence(chance: random.Random) -> str:
    return f"{_words(chance, 12).capitalize()}."


def _words(chance: random.Random, count: int) -> str:
    return " ".join(
        chance.choice(WORDS if place % 2 else SMALL + WORDS[:9]) for place in range(count)
    )


def _table(chance: random.Random) -> str:
    rows = [
        f"{_words(chance, 2)},{chance.randrange(9000)},{chance.randrange(100)}" for _ in range(8)
    ]
    return "\n".join(["Place,Ships,Days", *rows]) + "\n"


def _picture(chance: random.Random, width: int = 640, height: int = 240) -> bytes:
    """Return a PNG of bars in one colour, encoded by hand so that the benchmark needs no library."""
    colour = bytes(chance.randrange(256) for _ in range(3))
    bars = [chance.randrange(height) for _ in range(width // 40)]
    rows = (
        b"\0" + b"".join((colour if bar > row else b"\xff\xff\xff") * 40 for bar in bars)
        for row in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + chunk(b"IEND", b"")
    )
