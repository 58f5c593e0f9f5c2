"""Measure save to screen: `newsletter preview` with the sample weekly issue, in Chromium.

    python benchmarks/preview.py [--saves 100]     saves of a section, then of the theme
    python benchmarks/preview.py --large           saves of a section of an issue of 130 KB
    python benchmarks/preview.py --leaks 1000      resources left after ten tabs and that many saves

A save is timed from before the file is written to the second animation frame after the email in
the frame has changed, as marked by the page itself (`performance.mark("painted")`); both ends
read the same system clock. Saves are 0.2 to 0.9 seconds apart, so many of them arrive while the
rules are still checking the previous one.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
SLUG = "2026-11-13-repair-ships"
LIMIT = 150.0  # milliseconds, at the 95th percentile
LARGE_LIMIT = 300.0  # the same for an issue of at least LARGE bytes
LARGE = 130_000
UNCOUNTED = 5
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
PAINTED = """version => performance.getEntriesByName("painted").some(
  mark => mark.detail.slug === SLUG && mark.detail.version > version)""".replace(
    "SLUG", json.dumps(SLUG)
)
LAST = """() => { const mark = performance.getEntriesByName("painted").at(-1);
  return [mark.detail.version, performance.timeOrigin + mark.startTime]; }"""
SHOWN = """() => [...document.querySelectorAll('iframe')]
  .map(frame => frame.contentDocument?.body.innerText ?? '').join()"""


@contextmanager
def studio(root: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start and stop `newsletter preview` the way a user does."""
    command = [sys.executable, "-m", "newsletter", "preview", "--no-open", "--port", "0"]
    process = subprocess.Popen(command, cwd=root, text=True, stdout=subprocess.PIPE)
    try:
        assert process.stdout
        yield process.stdout.readline().strip(), process
    finally:
        process.send_signal(2)
        process.wait(10)


def workspace(into: str) -> Path:
    root = Path(into) / "workspace"
    root.mkdir()
    for name in ("pyproject.toml", "credits.yaml", "lexicon.yaml"):
        if (REPOSITORY / name).exists():
            shutil.copy(REPOSITORY / name, root)
    for name in ("issues", "templates"):
        shutil.copytree(REPOSITORY / name, root / name)
    return root


def enlarge(root: Path) -> None:
    """Repeat the essay under other titles until the email has at least LARGE bytes."""
    folder = root / "issues" / SLUG
    essay = (folder / "10-essay.md").read_text("utf-8")
    size = 0
    for number in range(11, 20):
        if size >= LARGE:
            break
        title = f"title: Part {number} of the log"
        text = re.sub(r"(?m)^title:.*", title, essay, count=1)
        (folder / f"{number}-log.md").write_text(text, "utf-8")
        command = [sys.executable, "-m", "newsletter", "build", SLUG, "--out", str(root / "out")]
        subprocess.run(command, cwd=root, check=True, capture_output=True)
        size = next((root / "out").rglob("email.html")).stat().st_size
    print(f"the email has {size} bytes")


def save(path: Path, text: str) -> float:
    """Write a file as editors do (temporary file, then rename); return when the save started, in
    epoch milliseconds.
    """
    started = time.time() * 1000
    aside = path.with_suffix(".part")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
    return started


# --- save to screen -----------------------------------------------------------------------------


def measure(address: str, root: Path, saves: int, *, large: bool) -> dict[str, list[float]]:
    from playwright.sync_api import sync_playwright

    browser_path = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}#/{SLUG}/light@375")
        page.wait_for_function(PAINTED, arg=0)
        time.sleep(2)

        def watched(write: Callable[[int], float], seen: Callable[[int, str], bool]) -> list[float]:
            times = []
            for number in range(saves + UNCOUNTED):
                version, _ = page.evaluate(LAST)
                started = write(number)
                page.wait_for_function(PAINTED, arg=version, polling=20)
                _, painted = page.evaluate(LAST)
                assert seen(number, page.evaluate(SHOWN)), f"save {number} did not reach the page"
                times.append(painted - started)
                time.sleep(random.Random(number).uniform(0.2, 0.9))
            return times[UNCOUNTED:]

        essay = root / "issues" / SLUG / "10-essay.md"
        words = essay.read_text("utf-8")
        tokens = root / "templates" / "slackwater" / "tokens.toml"
        theme = tokens.read_text("utf-8")

        def section(number: int) -> float:
            return save(essay, words.replace("blew up", f"blew up (draft {number})", 1))

        def look(number: int) -> float:
            return save(
                tokens,
                re.sub(r'(?m)^(accent = "#)..', rf"\g<1>{number % 80 + 32:02x}", theme, count=1),
            )

        name = "a section of 130 KB" if large else "a section"
        found = {name: watched(section, lambda number, text: f"(draft {number})" in text)}
        sent = page.evaluate(
            "performance.getEntriesByType('resource').slice(-20)"
            ".reduce((sum, entry) => sum + entry.encodedBodySize, 0)"
        )
        print(f"the last 20 responses: {sent} bytes")
        if not large:
            found["the theme"] = watched(look, lambda number, text: "Repair Ships" in text)
        browser.close()
    return found


def report(found: dict[str, list[float]], limit: float) -> bool:
    holds = True
    print(
        "| save of | median | 95th percentile | longest | limit | |\n| --- | ---: | ---: | ---: | ---: | --- |"
    )
    for what, times in found.items():
        ninety_fifth = quantiles(times, n=20)[-1]
        holds = holds and ninety_fifth <= limit
        verdict = "holds" if ninety_fifth <= limit else "**missed**"
        row = (f"{value:.0f} ms" for value in (median(times), ninety_fifth, max(times), limit))
        print(f"| {what} ({len(times)} saves) | {' | '.join(row)} | {verdict} |")
    return holds


# --- leaks --------------------------------------------------------------------------------------


def left(pid: int) -> dict[str, int]:
    """Return the kernel's figures for a process: files, threads, resident memory in KB."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return {
        "files": len(list(Path(f"/proc/{pid}/fd").iterdir())),
        "threads": int(re.search(r"Threads:\s+(\d+)", status)[1]),  # type: ignore[index]
        "memory": int(re.search(r"VmRSS:\s+(\d+)", status)[1]),  # type: ignore[index]
    }


class Tab:
    """A tab: listens for events and requests the issue and two of its views on every update."""

    def __init__(self, address: str) -> None:
        self.address, self.version = address, 0
        self.events = urllib.request.urlopen(f"{address}events", timeout=120)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        name = ""
        for line in self.events:
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
            elif line.startswith(b"data: ") and name == "issue":
                for path in (f"api/issues/{SLUG}", f"email/{SLUG}/light", f"email/{SLUG}/outlook"):
                    urllib.request.urlopen(self.address + path, timeout=30).read()
                self.version = json.loads(line[6:])["version"]


def leaks(address: str, pid: int, root: Path, saves: int) -> bool:
    essay = root / "issues" / SLUG / "10-essay.md"
    tokens = root / "templates" / "slackwater" / "tokens.toml"
    words, theme = essay.read_text("utf-8"), tokens.read_text("utf-8")
    urllib.request.urlopen(f"{address}api/issues/{SLUG}").read()
    tabs = [Tab(address) for _ in range(10)]
    seen, number = [], 0
    for count in (100, saves // 2, saves - saves // 2):
        for _ in range(count):
            number += 1
            before = tabs[0].version
            if number % 10:
                save(essay, words.replace("blew up", f"blew up (draft {number})", 1))
            else:
                save(
                    tokens,
                    re.sub(
                        r'(?m)^(accent = "#)....', rf"\g<1>{number % 40000:04x}", theme, count=1
                    ),
                )
            deadline = time.time() + 20
            while any(tab.version == before for tab in tabs) and time.time() < deadline:
                time.sleep(0.005)
        time.sleep(1.5)
        seen.append(left(pid))
        print(f"after {number:5} saves: {seen[-1]}", flush=True)
    _, middle, end = seen
    return (
        end["files"] <= middle["files"]
        and end["threads"] <= middle["threads"]
        and end["memory"] < middle["memory"] * 1.1
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--saves", type=int, default=100)
    parser.add_argument("--leaks", type=int, default=0, metavar="SAVES")
    parser.add_argument("--large", action="store_true")
    arguments = parser.parse_args()
    limit = LARGE_LIMIT if arguments.large else LIMIT
    with tempfile.TemporaryDirectory() as place:
        root = workspace(place)
        if arguments.large:
            enlarge(root)
        with studio(root) as (address, process):
            if arguments.leaks:
                holds = leaks(address, process.pid, root, arguments.leaks)
                print("nothing is left behind" if holds else "something **leaks**")
            else:
                times = measure(address, root, arguments.saves, large=arguments.large)
                holds = report(times, limit)
    sys.exit(not holds)


if __name__ == "__main__":
    main()
