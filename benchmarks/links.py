"""Compare the link check with its peers in one run, against a local web (see README.md).

make bench                              after the other rows, about three minutes
python benchmarks/links.py --quick      without LinkChecker's defaults and the 9,000 links
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from run import (
    HERE,
    MB,
    NEWSLETTER,
    ROOT,
    Row,
    Run,
    cpu,
    install_peers,
    interleaved,
    run,
    show,
    wall,
)

LINKCHECKER = "LinkChecker==10.6.0"
VENV = ROOT / "build" / "linkchecker"  # removed by `make clean`
SETTINGS = """name = "Slack Water"
url = "https://letters.example"

[sender]
name = "Slack Water"
email = "desk@letters.example"
"""
MASTHEAD = """people: {ada: {name: Ada Berg}}
roles: {essay: {label: Essay}}
defaults: {produced_by: ada, location: Lisbon}
"""
SLUG = "2026-03-01-links"


@dataclass(frozen=True)
class Web:
    """A local web in its own process."""

    port: int
    addresses: list[str]
    floor: float  # seconds

    def most(self) -> tuple[int, int]:
        """Return the peak number of concurrent requests since the last call: in total, and on one
        host.
        """
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/most") as reply:
            most = json.load(reply)["most"]
        return most.pop("all", 0), max(most.values(), default=0)


@contextmanager
def web(links: int, hosts: int) -> Iterator[Web]:
    command = [sys.executable, str(HERE / "linkweb.py"), str(links), str(hosts)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield Web(**json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()


def desk(folder: Path, addresses: list[str]) -> Path:
    """Write a workspace with one issue that contains all the links."""
    issue = folder / "issues" / SLUG
    issue.mkdir(parents=True)
    (folder / "newsletter.toml").write_text(SETTINGS)
    (folder / "credits.yaml").write_text(MASTHEAD)
    (issue / "issue.yaml").write_text(
        "title: Links\ndate: 2026-03-01\npreheader: Nine hundred of them.\n"
    )
    (issue / "credits.yaml").write_text("essay: ada\n")
    for start in range(0, len(addresses), 100):
        body = "".join(
            f"- The [page {n}]({url}) of the log\n"
            for n, url in enumerate(addresses[start:][:100], start)
        )
        (issue / f"{start // 100 + 10}-links.md").write_text(
            f"---\nkind: brief\ntitle: Links {start}\n---\n{body}"
        )
    return folder


def install_linkchecker() -> str:
    command = VENV / "bin" / "linkchecker"
    if not command.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        pip = [
            str(VENV / "bin" / "python"),
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "--quiet",
        ]
        subprocess.run([*pip, LINKCHECKER], check=True)
    return str(command)


# --- the rows -------------------------------------------------------------------------------------


def nine_hundred(folder: Path, *, quick: bool) -> list[Row]:
    with web(900, 50) as there:
        index = f"http://127.0.0.1:{there.port}/"
        file = folder / "links.txt"
        file.write_text("\n".join(there.addresses))
        workspace = desk(folder / "desk", there.addresses)
        linkinator = [
            str(HERE / "node_modules" / ".bin" / "linkinator"),
            index,
            "--concurrency",
            "64",
        ]
        linkchecker = [
            install_linkchecker(),
            "--check-extern",
            "--recursion-level=1",
            "--no-warnings",
            index,
        ]
        private = sorted({f"--private={urlsplit(address).hostname}" for address in there.addresses})
        at_once: list[tuple[int, int]] = []

        def checking() -> Run:
            there.most()
            measured = run([sys.executable, str(HERE / "checklinks.py"), str(file)], folder)
            at_once.append(there.most())
            return measured

        ours, command, peer = interleaved(
            5,
            checking,
            lambda: run([NEWSLETTER, "links", "--refresh", "--json", *private], workspace),
            lambda: run([*linkinator, "--timeout", "15000", "--format", "json"], folder),
        )
        threads = run([*linkchecker, "--threads=64"], folder).wall
        plain = None if quick else run(linkchecker, folder).wall
    most, of_host = (max(counts) for counts in zip(*at_once, strict=True))
    memory = max(run.memory for run in ours) / MB
    rows = [
        Row(
            "900 links : the floor",
            f"{wall(ours):.2f} s",
            f"{there.floor:.2f} s",
            wall(ours) / there.floor,
            1.25,
        ),
        Row("their computing, of 1.2 s", f"{cpu(ours):.2f} s", "1.2 s", cpu(ours) / 1.2, 1),
        Row("their memory, of 80 MB", f"{memory:.0f} MB", "80 MB", memory / 80, 1),
        Row("at once, of 64", str(most), "64", most / 64, 1),
        Row("at once to one host, of 6", str(of_host), "6", of_host / 6, 1),
        _beside(
            "the whole command `newsletter links` : the check alone",
            wall(command),
            wall(ours),
            1.25,
        ),
        _beside("900 links : linkinator, 64 at once too", wall(ours), wall(peer), 1),
        _ahead("LinkChecker with 64 threads : 900 links", wall(ours), threads, 1),
    ]
    if plain is not None:
        rows.append(_ahead("LinkChecker as it comes : 900 links", wall(ours), plain, 10))
    return rows


def nine_thousand(folder: Path) -> list[Row]:
    with web(9000, 500) as there:
        file = folder / "many.txt"
        file.write_text("\n".join(there.addresses))
        ours = run([sys.executable, str(HERE / "checklinks.py"), str(file)], folder)
    memory = ours.memory / MB
    return [
        Row(
            "9,000 links : the floor",
            f"{ours.wall:.2f} s",
            f"{there.floor:.2f} s",
            ours.wall / there.floor,
            1.1,
        ),
        Row("their memory, of 150 MB", f"{memory:.0f} MB", "150 MB", memory / 150, 1),
    ]


def _seconds(ours: float, theirs: float) -> tuple[str, str]:
    return f"{ours:.2f} s", f"{theirs:.2f} s"


def _beside(what: str, ours: float, theirs: float, limit: float) -> Row:
    return Row(what, *_seconds(ours, theirs), ours / theirs, limit)


def _ahead(what: str, ours: float, theirs: float, limit: float) -> Row:
    return Row(what, *_seconds(ours, theirs), theirs / ours, limit, at_least=True)


# --- summary ---------------------------------------------------------------------------------


def machine() -> str:
    node = subprocess.run(
        ["node", "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()
    packages = json.loads((HERE / "package-lock.json").read_text())["packages"]
    linkinator = packages["node_modules/linkinator"]["version"]
    python = platform.python_version()
    return f"{os.cpu_count()} cores; Python {python}, {LINKCHECKER}; node {node[1:]}, linkinator {linkinator}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="leave out what takes longest")
    quick = parser.parse_args().quick
    install_peers()
    with tempfile.TemporaryDirectory() as place:
        rows = nine_hundred(Path(place), quick=quick)
        if not quick:
            rows += nine_thousand(Path(place))
    where = machine()
    print(f"{where}\n\n{show(rows)}")
    results = {"machine": where, "rows": [{**asdict(row), "holds": row.holds} for row in rows]}
    (HERE / "data" / "links.json").write_text(
        json.dumps(results, ensure_ascii=False, indent=2) + "\n"
    )


if __name__ == "__main__":
    main()
