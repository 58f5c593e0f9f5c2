"""Mutate the files of a workspace, one at a time, and run `check` and `build` on each mutant.

    python -m tests.fuzz [--count 10000] [--seed 1] [--start 0]

Sections, YAML, settings, tokens, phrases, CSV, templates, style sheets, and file names are mutated
by the rules below. A mutant passes if both commands exit with 0, 1 or 2, print no traceback, and
finish within a minute. The same seed and number give the same mutant. `tests/test_fuzz.py` runs a
few; ten thousand take about half an hour of CPU time.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter.theme.theme import PACKAGED
from tests.desk import ISSUES, Desk

SECONDS = 60
COMMON = [
    "\0", "\ufeff", "\r", "\r\n", "\t", "\u2028", "\u202e", "\ud800", "\uffff", "e\u0301", "🏴", "ﷺ", " ", "\n", "\n\n",
    "'", '"', "`", "\\", "$", "%", "&", "&#0;", "&#x110000;", "&nbsp", "<", ">", "</p>", "<!--", "-->", "]]>",
    "<?", "{{",
    "}}", "{%", "%}", "{#", "%%", "%%name|", "999999999999999999999", "-1", "0", "1e999", "nan", "None", "../",
    "//", "#",
]  # fmt: skip
TOKENS: dict[str, list[str]] = {
    ".md": [":::", "::: chart\n", "::: figure\n", "::: nope\n", "---\n", "[^1]", "[a]: b\n", "![](", "](", "|",
    "|-|\n", "**",
            "```\n", "<div>", "<abbr title=", "- - - ", "1) ", "> > ", "%%web_url%%", "{fact:x}",
            "<!-- allow NL101 -->"],
    ".yaml": [": ", "- ", "{", "}", "[", "]", "|", ">", "!!python/object:os.system ", "&a ", "*a", "<<: ", "? ",
    "---\n",
              "...\n", "0x", "2026-13-45", "~", "yes", "!!binary ", "a: &b [*b]\n"],
    ".toml": ["[", "]", "[[", "=", '"""', "'''", ".", "{", "}", "true", "2026-13-45", "inf", "0b2", "[a.b.c]\n",
    "a = 1\na = 2\n"],
    ".csv": [",", ";", "\t", '"', '""', "\n,,,,\n", "=1+1", "1,234.5", "−3", "12%", "€5", "1e400",
    "x" * 5000, "," * 300],
    ".j2": ["{{ 1/0 }}", "{{ x }}", "{% include 'email.mjml.j2' %}", "{% extends 'nope' %}", "{% for a in b %}",
    "{% endfor %}",
            "{{ issue.title * 99999 }}", "{{ ''.__class__.__mro__ }}", "{{ range(9**9) | list }}",
            "{% block css %}", "<mj-text>",
            "</mj-text>", "<mj-raw>", "<style>", "</style>", "@media all{@media print{",
            "}", 'content:"\\0"', "calc(", "url(", "!important",
            "<script>", "<table>", "</td>", "{{ t.nope }}", "{{ t.size.body / 'a' }}", "{{ phrases['x'] }}",
            "{{ '%d' % 'a' }}",
            "<a href='javascript:x'>", "<img>", "<?xml ?>", "<![if mso]>", "<!--[if mso]>", "<![endif]-->",
            "{{ loop }}", "{% set a %}"],
}  # fmt: skip
NAMES = [
    "10-essay.md", "10-Essay.md", "９９-x.md", "-.md", ".md", "..md", " .md", "a b.md", "a\nb.md", "café.md",
    "cafe\u0301.md", "con.md",
    "x" * 200 + ".md", "10-", "10-essay", "issue.yml", "Issue.yaml", "credits.YAML", "facts.yaml",
    "sources.yaml", "images.yaml",
    "corrections.yaml", "60-note.txt", ".#10-essay.md", "10-essay.md~", "#a#", "a.png", "images", "data",
    "approvals", "sent", "*.md",
    "?.md", "$(x).md", "%s.md", "{x}.md", "\udce9.md", "\u202e.md", "a.csv", "published.json", "imported.json",
    "10-essay.md.theirs",
]  # fmt: skip
Mutate = Callable[[random.Random, str, str], str]


def swap(chance: random.Random, text: str, suffix: str) -> str:
    """Swap two pieces of the text."""
    a, b, c, d = sorted(chance.randrange(len(text) + 1) for _ in range(4))
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def cut(chance: random.Random, text: str, suffix: str) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + text[start + chance.choice((1, 2, 5, 20, 99999)) :]


def repeat(chance: random.Random, text: str, suffix: str) -> str:
    start = chance.randrange(len(text) + 1)
    piece = text[start : start + chance.choice((1, 3, 30, 300))]
    return text[:start] + piece * chance.choice((1, 2, 50)) + text[start:]


def insert(chance: random.Random, text: str, suffix: str) -> str:
    token = chance.choice(COMMON + TOKENS.get(suffix, []) * 3)
    start = chance.randrange(len(text) + 1)
    return text[:start] + token * chance.choice((1, 1, 1, 2, 40)) + text[start:]


def replace_word(chance: random.Random, text: str, suffix: str) -> str:
    words = text.split(" ")
    words[chance.randrange(len(words))] = chance.choice(COMMON + TOKENS.get(suffix, []) * 3)
    return " ".join(words)


MUTATIONS: tuple[Mutate, ...] = (
    swap,
    cut,
    repeat,
    insert,
    insert,
    insert,
    replace_word,
    replace_word,
)


@dataclass(frozen=True)
class Fuzz:
    """A workspace that is mutated and restored for each mutant."""

    desk: Desk
    files: tuple[Path, ...]

    @classmethod
    def of(cls, root: Path) -> Fuzz:
        """Return a workspace with every block and with its own copy of the theme's templates."""
        desk = Desk.of(ISSUES / "every-block", root)
        (issue,) = (desk.root / "issues").iterdir()
        own = {
            "facts.yaml": "tons: {value: 42.1, unit: million tonnes, source: port}\n",
            "sources.yaml": "port: {title: Yearbook, url: 'https://quay.example/y', date: 2026-01-01}\n",
            "images.yaml": "images/*.png: {credit: Ann, licence: CC BY 4.0}\n",
        }
        for name, text in own.items():
            if not (issue / name).exists():
                (issue / name).write_text(text, encoding="utf-8")
        shutil.copytree(PACKAGED / "base", desk.root / "templates" / "default")
        files = [path for path in desk.root.rglob("*") if path.suffix in TOKENS]
        skipped = desk.root / "templates" / "default" / "archive"
        return cls(desk, tuple(sorted(path for path in files if skipped not in path.parents)))

    def run(self, seed: int, number: int) -> str | None:
        """Return what is wrong with the handling of a mutant, or nothing."""
        chance = random.Random(f"{seed}-{number}")
        if chance.random() < 0.1:
            return self._renamed(chance)
        # There are many templates; every kind of file is equally likely.
        suffix = chance.choice(sorted(TOKENS))
        path = chance.choice([path for path in self.files if path.suffix == suffix])
        before = path.read_bytes()
        text = before.decode()
        for _ in range(chance.choice((1, 1, 2, 4))):
            text = chance.choice(MUTATIONS)(chance, text, suffix)
        data = text.encode("utf-8", "surrogatepass")
        if chance.random() < 0.05 and data:
            place = chance.randrange(len(data))
            data = data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]
        path.write_bytes(data)
        try:
            return self._fault(path.relative_to(self.desk.root).as_posix())
        finally:
            path.write_bytes(before)

    def _renamed(self, chance: random.Random) -> str | None:
        """Add a file or folder with an odd name, or give such a name to one of the issue's own
        files.
        """
        (issue,) = (self.desk.root / "issues").iterdir()
        place = chance.choice((issue, issue / "images", issue / "data", self.desk.root))
        target = place / chance.choice(NAMES)
        if target.exists() or not place.is_dir():
            return None
        source = chance.choice([path for path in issue.iterdir() if path.is_file()])
        kind = chance.choice(("copy", "rename", "folder", "link"))
        if kind == "folder":
            target.mkdir()
        elif kind == "link":
            target.symlink_to(chance.choice((source, Path("/nowhere"), Path())))
        else:
            shutil.copy(source, target)
        data = source.read_bytes() if kind == "rename" else None
        if data is not None:
            source.unlink()
        try:
            return self._fault(f"{kind} {target.name!r} from {source.name}")
        finally:
            if data is not None:
                source.write_bytes(data)
            if kind == "folder":
                shutil.rmtree(target)
            else:
                target.unlink()

    def _fault(self, what: str) -> str | None:
        for command in (("check",), ("build", "--force")):
            try:
                signal.alarm(SECONDS)
                ran = self.desk.run(*command)
            except BaseException:  # noqa: BLE001 - a traceback is what is looked for
                return f"{what}: {command[0]}\n{traceback.format_exc()}"
            finally:
                signal.alarm(0)
            if ran.code not in (0, 1, 2) or "Traceback" in ran.err:
                return f"{what}: {command[0]} ended with {ran.code}\n{ran.err[-3000:]}"
            if "unexpected error" in (ran.out + ran.err).lower():
                return f"{what}: {command[0]}: {(ran.out + ran.err)[-3000:]}"
            if ran.code == 1 and command == ("build", "--force") and not ran.err.strip():
                return f"{what}: build failed without a word"
        return None


def _too_long(*_: Any) -> None:
    raise TimeoutError(f"not done after {SECONDS} seconds")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0)
    asked = parser.parse_args()
    signal.signal(signal.SIGALRM, _too_long)
    faults: Counter[str] = Counter()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        fuzz = Fuzz.of(Path(folder) / "desk")
        for number in range(asked.start, asked.start + asked.count):
            if fault := fuzz.run(asked.seed, number):
                faults[fault.strip().splitlines()[-1]] += 1
                print(f"--- mutant {number}: {fault}", flush=True)
            if number % 500 == 499:
                seconds = time.monotonic() - started
                print(
                    f"{number + 1} mutants, {sum(faults.values())} faults, {seconds:.0f} s",
                    flush=True,
                )
    print(f"{asked.count} mutants, {sum(faults.values())} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
