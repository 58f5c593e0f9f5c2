"""Measure `newsletter import --all` on a back catalogue: issues a second on two processes, and how memory grows.

python benchmarks/imports.py                  500 Markdown issues of 300 links each
python benchmarks/imports.py --issues 100     a shorter run
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

import run

from issues import MASTHEAD, SETTINGS, SMALL, WORDS

LINKS = 300
SECOND = 20  # issues a second that are asked for


def drafts(folder: Path, count: int, seed: int = 11) -> Path:
    """Write drafts as a programming newsletter has them: links under headings, dates in the front matter."""
    folder.mkdir(parents=True)
    for index in range(count):
        chance = random.Random(f"{seed}-{index}")
        day = f"{2014 + index // 48}-{index // 4 % 12 + 1:02}-{index % 4 * 7 + 1:02}"
        (folder / f"{day}-issue-{index}.md").write_text(_draft(chance, index, day))
    return folder


def _draft(chance: random.Random, index: int, day: str) -> str:
    parts = [
        f"---\ntitle: Many Links {index}\ndate: {day}\ntags: [links, weekly]\n---",
        _sentence(chance),
    ]
    for section in range(10):
        parts.append(f"## {_words(chance, 2).title()}")
        rows = []
        for number in range(LINKS // 10):
            host = f"{chance.choice(WORDS)}{chance.randrange(999)}.example"
            address = f"https://{host}/{section}/{number}?utm_source=weekly&id={number}"
            rows.append(f"* [{_words(chance, 6)}]({address}) {_sentence(chance)}")
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(WORDS if place % 2 else SMALL + WORDS) for place in range(count))


def _sentence(chance: random.Random) -> str:
    return f"{_words(chance, 14).capitalize()}."


def workspace(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "newsletter.toml").write_text(SETTINGS)
    (folder / "credits.yaml").write_text(MASTHEAD.replace(", required: true", ""))
    return folder


def imported(place: Path, name: str, old: Path, jobs: int) -> run.Run:
    return run.run(
        [run.NEWSLETTER, "import", "--all", str(old), "--jobs", str(jobs)], workspace(place / name)
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--issues", type=int, default=500, help="how many drafts there are (500)")
    count = parser.parse_args().issues
    fewer = max(count // 5, 1)
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        many, few = drafts(place / "many", count), drafts(place / "few", fewer)
        two = [imported(place, f"two-{turn}", many, 2) for turn in range(2)]
        one = imported(place, "one", many, 1)
        small = imported(place, "small", few, 2)
    best = min(two, key=lambda turn: turn.wall)
    largest, smaller = (
        turn.memory / run.MB for turn in (max(two, key=lambda turn: turn.memory), small)
    )
    links = f"{count} drafts of {LINKS} links"
    rows = [
        run.Row(
            f"{links}, issues a second",
            f"{best.wall:.1f} s",
            "1 s",
            count / best.wall,
            SECOND,
            True,
        ),
        run.Row(
            "the same in seconds of computing on two cores",
            f"{best.cpu / 2:.1f} s",
            "1 s",
            count / (best.cpu / 2),
            SECOND,
            True,
        ),
        run.Row(
            f"{links}: one process : two",
            f"{best.wall:.1f} s",
            f"{one.wall:.1f} s",
            one.wall / best.wall,
            1.6,
            True,
        ),
        run.Row(
            f"memory: import of {count} : {fewer}",
            f"{largest:.0f} MB",
            f"{smaller:.0f} MB",
            largest / smaller,
            1.1,
        ),
    ]
    print(run.show(rows))
    sys.exit(not all(row.holds for row in rows))


if __name__ == "__main__":
    main()
