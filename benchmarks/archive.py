"""Measure `newsletter archive` on a generated back catalogue, compared with Pelican in one run.

python benchmarks/archive.py                  500 issues with Pelican, then 5,000 without it
python benchmarks/archive.py --issues 5000    both at 5,000 (a quarter of an hour)

Both build the same Markdown: a page for every issue, topic and person, with full-text feeds of
the newest 30 for each. Ours also draws preview images for links and writes Markdown versions,
JSON-LD and a sitemap; neither builds a search index.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from run import NEWSLETTER, Row, Run, ms, run

import issues

HERE = Path(__file__).resolve().parent
PEER = "pelican[markdown]==4.12.0"
CORES = 2
TOPICS = issues.WORDS[:40]
SETTINGS = "\n[archive]\npublished_before = 2200-01-01\nsearch = false\n"
CONF = """SITENAME = "Many Letters"
SITEURL = "https://letters.example"
PATH = "content"
TIMEZONE = "UTC"
THEME = "simple"
FEED_MAX_ITEMS = 30
FEED_ALL_ATOM = "feeds/all.atom.xml"
TAG_FEED_ATOM = "feeds/tag/{slug}.atom.xml"
AUTHOR_FEED_ATOM = "feeds/author/{slug}.atom.xml"
CATEGORY_FEED_ATOM = None
DEFAULT_PAGINATION = 200
"""


def catalogue(root: Path, count: int) -> list[Path]:
    """Generate issues with three topics each."""
    folders = issues.make(root, count)
    for index, folder in enumerate(folders):
        topics = random.Random(index).sample(TOPICS, 3)
        path = folder / "issue.yaml"
        path.write_text(f"{path.read_text()}tags: [{', '.join(topics)}]\n")
    settings = root / "newsletter.toml"
    settings.write_text(settings.read_text() + SETTINGS)
    return folders


def as_articles(folders: list[Path], site: Path) -> None:
    """Write the same Markdown as one article per issue, the format Pelican expects."""
    (site / "content").mkdir(parents=True)
    (site / "pelicanconf.py").write_text(CONF)
    for index, folder in enumerate(folders):
        lines = (folder / "issue.yaml").read_text().splitlines()
        meta = dict(line.split(": ", 1) for line in lines)
        bodies = [
            text.partition("\n---\n")[2]
            for text in (path.read_text() for path in sorted(folder.glob("*.md")))
        ]
        head = (
            f"Title: {meta['title']}\nDate: {meta['date']}\nSlug: {folder.name}\n"
            f"Tags: {meta['tags'].strip('[]')}\nAuthors: Ada Berg, Ines Duarte\n"
            f"Summary: {meta['preheader']}\n\n"
        )
        (site / "content" / f"{index}.md").write_text(head + "\n\n".join(bodies))


def install_pelican() -> str:
    """Return the Pelican command, installed once into its own environment."""
    folder = HERE / ".pelican"
    if not (folder / "bin" / "pelican").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", PEER], check=True, cwd=HERE)
    return str(folder / "bin" / "pelican")


def archive(root: Path, *options: str) -> Run:
    return run([NEWSLETTER, "archive", "--jobs", str(CORES), *options], root)


def beside(folder: Path, count: int) -> list[Row]:
    """Run both generators on the same issues, alternating."""
    folders = catalogue(folder / "ours", count)
    as_articles(folders, folder / "pelican")
    pelican = install_pelican()
    peer_command = [pelican, "--delete-output-directory", "--fatal", "errors"]
    ours, theirs = [], []
    for _ in range(2):
        theirs.append(run(peer_command, folder / "pelican"))
        ours.append(archive(folder / "ours", "--force"))
    own, other = min(ours, key=lambda r: r.cpu), min(theirs, key=lambda r: r.cpu)
    return [
        Row(
            f"site of {count} issues : Pelican, in seconds of computing",
            ms(own.cpu),
            ms(other.cpu),
            own.cpu / other.cpu,
            4,  # Pelican draws no images, checks nothing and writes no Markdown.
        ),
        Row(
            f"{count} issues, issues a second on {CORES} cores, by computing",
            ms(own.cpu / CORES),
            "1 s",
            count / (own.cpu / CORES),
            40,
            at_least=True,
        ),
    ]


def large(folder: Path, count: int) -> list[Row]:
    """Measure a large archive: a full build, a no-op run, one changed issue, and memory compared
    with an archive a fifth the size.
    """
    root = folder / "large"
    folders = catalogue(root, count)
    whole = archive(root)
    archive(root)
    nothing = archive(root)
    changed = folders[count // 2] / "issue.yaml"
    changed.write_text(changed.read_text().replace("title: ", "title: Another ", 1))
    one = archive(root)
    shutil.rmtree(folder / "small", ignore_errors=True)
    catalogue(folder / "small", count // 5)
    small = archive(folder / "small")
    mb = 1024 * 1024
    return [
        Row(
            f"{count} issues, issues a second on {CORES} cores, by computing",
            ms(whole.cpu / CORES),
            "1 s",
            count / (whole.cpu / CORES),
            40,
            at_least=True,
        ),
        Row(
            f"nothing to do : site of {count}, in seconds of computing",
            ms(nothing.cpu),
            ms(whole.cpu),
            nothing.cpu / whole.cpu,
            0.04,
        ),
        Row(
            f"one changed issue : site of {count}, in seconds of computing",
            ms(one.cpu),
            ms(whole.cpu),
            one.cpu / whole.cpu,
            0.04,
        ),
        Row(
            f"memory: site of {count} : {count // 5}",
            f"{whole.memory / mb:.0f} MB",
            f"{small.memory / mb:.0f} MB",
            whole.memory / small.memory,
            2.5,
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--issues", type=int, default=500, help="issues beside Pelican")
    parser.add_argument("--large", type=int, default=5000, help="issues of the large archive")
    options = parser.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = "7000000000"  # generated issues are dated far into the future
    with tempfile.TemporaryDirectory() as name:
        rows = beside(Path(name), options.issues) + large(Path(name), options.large)
    print("| what | ours | against | ratio | limit | |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        verdict = "holds" if row.holds else "**missed**"
        print(
            f"| {row.what} | {row.measured} | {row.against} | {row.ratio:.3f} | {sign} {row.limit:g} | {verdict} |"
        )
    sys.exit(0 if all(row.holds for row in rows) else 1)


if __name__ == "__main__":
    main()
