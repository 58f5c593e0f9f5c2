"""Compare the product with its peers in one run and print the results as ratios (see README.md).

make bench                          everything, about ten minutes
python benchmarks/run.py --issues 60    a shorter batch
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import issues

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BIN = Path(sys.executable).parent
NEWSLETTER = str(BIN / "newsletter")
MJML = str(HERE / "node_modules" / ".bin" / "mjml")
MB = 1024 * 1024


@dataclass(frozen=True)
class Row:
    what: str
    measured: str
    against: str
    ratio: float
    limit: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit


@dataclass(frozen=True)
class Run:
    """One process and its children: wall-clock seconds, CPU seconds, bytes of the largest."""

    wall: float
    cpu: float
    memory: int


# --- measuring ------------------------------------------------------------------------------------


# As installed: pip compiles what it installs, regardless of this variable.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def run(command: list[str], folder: Path) -> Run:
    started = time.perf_counter()
    with tempfile.TemporaryFile() as errors:  # findings are not part of the measurement
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=errors, env=ENVIRONMENT
        ) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{errors.read().decode()}{' '.join(command)} failed")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def interleaved(times: int, *commands: Callable[[], Run]) -> list[list[Run]]:
    """Run commands in turn, so that a busy moment on the machine affects all of them."""
    rounds = [[command() for command in commands] for _ in range(times)]
    return [list(runs) for runs in zip(*rounds, strict=True)]


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def wall(runs: list[Run]) -> float:
    return median(run.wall for run in runs)


def cpu(runs: list[Run]) -> float:
    return median(run.cpu for run in runs)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


# --- the rows -------------------------------------------------------------------------------------


def cold(sample: Path, mjml: Path) -> list[Row]:
    target = mjml.with_suffix(".html")
    ours, peer = interleaved(
        15,
        lambda: run([NEWSLETTER, "build", "--force"], sample),
        lambda: run([MJML, str(mjml), "-o", str(target)], sample),
    )
    return [
        Row(
            "cold build of the sample : mjml alone, on the clock",
            ms(wall(ours)),
            ms(wall(peer)),
            wall(ours) / wall(peer),
            0.5,
        ),
        Row(
            "the same in seconds of computing",
            ms(cpu(ours)),
            ms(cpu(peer)),
            cpu(ours) / cpu(peer),
            0.5,
        ),
    ]


def warm(sample: Path, mjml: Path) -> list[Row]:
    times: dict[str, list[float]] = {
        "whole": [],
        "inside": [],
        "engines": [],
        "mjml": [],
        "juice": [],
    }
    for _ in range(3):
        for command in (
            [sys.executable, str(HERE / "warm.py"), "whole", str(sample), "40"],
            [sys.executable, str(HERE / "warm.py"), "engines", str(mjml), "40"],
            ["node", str(HERE / "peers.mjs"), str(mjml), "40"],
        ):
            figures = json.loads(
                subprocess.run(
                    command, check=True, capture_output=True, text=True, cwd=sample
                ).stdout
            )
            for name, values in figures.items():
                times.setdefault(name, []).extend(values) if isinstance(values, list) else None
    whole, inside, engines = (median(times[name]) for name in ("whole", "inside", "engines"))
    peer = median(map(sum, zip(times["mjml"], times["juice"], strict=True)))
    return [
        Row(
            "warm: mjml + juice : Markdown to HTML and text",
            ms(whole),
            ms(peer),
            peer / whole,
            2,
            at_least=True,
        ),
        Row(
            "warm: whole way : mjml + premailer called plainly",
            ms(whole),
            ms(engines),
            whole / engines,
            1.5,
        ),
        Row(
            "warm: whole way : the two engines inside it",
            ms(whole),
            ms(inside),
            whole / inside,
            1.5,
        ),
    ]


def help_(sample: Path) -> list[Row]:
    ours, bare = interleaved(
        31,
        lambda: run([NEWSLETTER, "--help"], sample),
        lambda: run([sys.executable, "-c", "pass"], sample),
    )
    return [
        Row(
            "newsletter --help : python -c pass",
            ms(cpu(ours)),
            ms(cpu(bare)),
            cpu(ours) / cpu(bare),
            3.3,
        )
    ]


def batch(count: int, folder: Path) -> list[Row]:
    folders = issues.make(folder / "many", count)
    many, few = folder / "many", folder / "few"
    fewer = issues.make(few, max(count // 5, 1))
    _single(many, folders[0])  # everything that is compiled once per workspace is now compiled
    _single(few, fewer[0])
    build = [NEWSLETTER, "build", "--all"]
    time.sleep(2)  # a file this recent might change again unnoticed, so it is read every time
    one, two, small = interleaved(
        2,
        lambda: run([*build, "--force", "--jobs", "1"], many),
        lambda: run([*build, "--force", "--jobs", "2"], many),
        lambda: run([*build, "--force", "--jobs", "2"], few),
    )
    best_one, best_two = (min(run.wall for run in runs) for runs in (one, two))
    nothing = [run(build, many) for _ in range(5)]
    changed, single = interleaved(
        7, lambda: _change_one(build, many, folders), lambda: _single(many, folders[0])
    )
    largest, fair, smaller = (
        max(run.memory for run in runs) / MB for runs in (one + two, two, small)
    )
    return [
        Row(
            f"{count} issues: one process : two",
            f"{best_two:.1f} s",
            f"{best_one:.1f} s",
            best_one / best_two,
            1.7,
            True,
        ),
        Row(
            "nothing to do : all of them in two processes",
            ms(wall(nothing)),
            f"{best_two:.1f} s",
            wall(nothing) / best_two,
            0.04,
        ),
        Row(
            "one changed : cold build of one",
            ms(wall(changed)),
            ms(wall(single)),
            wall(changed) / wall(single),
            1.5,
        ),
        Row(
            "memory of the largest process, of 250 MB",
            f"{largest:.0f} MB",
            "250 MB",
            largest / 250,
            1,
        ),
        Row(
            f"memory: {count} issues : {max(count // 5, 1)}",
            f"{fair:.0f} MB",
            f"{smaller:.0f} MB",
            fair / smaller,
            1.1,
        ),
    ]


def _change_one(build: list[str], many: Path, folders: list[Path]) -> Run:
    path = folders[len(folders) // 2] / "60-postscript.md"
    path.write_text(path.read_text() + "\nOne more line.\n")
    return run(build, many)


def _single(many: Path, folder: Path) -> Run:
    return run([NEWSLETTER, "build", "--force", "--out", "alone", folder.name], many)


def check(count: int, sample: Path, folder: Path) -> list[Row]:
    """Measure cold and warm separately: how much a rule adds to a build, and how many issues a desk
    can process.
    """
    ours, build = interleaved(
        15,
        lambda: run([NEWSLETTER, "check"], sample),
        lambda: run([NEWSLETTER, "build", "--force"], sample),
    )
    many, few = folder / "many", folder / "few"
    whole, small = interleaved(
        2,
        lambda: run([NEWSLETTER, "check", "--all", "--jobs", "2"], many),
        lambda: run([NEWSLETTER, "check", "--all", "--jobs", "2"], few),
    )
    best, busy = min(run.wall for run in whole), min(run.cpu for run in whole) / 2
    largest, smaller = (max(run.memory for run in runs) / MB for runs in (whole, small))
    fewer = max(count // 5, 1)
    return [
        Row(
            "cold check of the sample : cold build",
            ms(wall(ours)),
            ms(wall(build)),
            wall(ours) / wall(build),
            2,
        ),
        Row(
            "the same in seconds of computing",
            ms(cpu(ours)),
            ms(cpu(build)),
            cpu(ours) / cpu(build),
            2,
        ),
        Row(
            f"check of {count} issues, issues a second",
            f"{best:.1f} s",
            "1 s",
            count / best,
            8,
            True,
        ),
        Row(
            "the same in seconds of computing on two cores",
            f"{busy:.1f} s",
            "1 s",
            count / busy,
            8,
            True,
        ),
        Row(
            f"memory: check of {count} : {fewer}",
            f"{largest:.0f} MB",
            f"{smaller:.0f} MB",
            largest / smaller,
            1.1,
        ),
    ]


# --- summary ---------------------------------------------------------------------------------


def install_peers() -> None:
    if not shutil.which("npm"):
        sys.exit("The peers are measured with node and npm; install them first.")
    stamp, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)
        stamp.touch()


def sample_workspace(folder: Path) -> Path:
    """Copy our own publication, so that measuring leaves nothing behind in it."""
    sample = folder / "sample"
    sample.mkdir()
    for name in ("pyproject.toml", "credits.yaml"):
        shutil.copy(ROOT / name, sample)
    for name in ("issues", "templates"):
        shutil.copytree(ROOT / name, sample / name)
    return sample


def machine() -> str:
    node = subprocess.run(
        ["node", "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()
    versions = json.loads((HERE / "package-lock.json").read_text())["packages"]
    peers = ", ".join(
        f"{name} {versions[f'node_modules/{name}']['version']}" for name in ("mjml", "juice")
    )
    return f"{os.cpu_count()} cores; Python {platform.python_version()}; node {node[1:]}, {peers}"


def show(rows: list[Row]) -> str:
    lines = [
        "| what | ours | against | ratio | limit | |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        limit = f"{'≥' if row.at_least else '≤'} {row.limit:g}"
        verdict = "holds" if row.holds else "**missed**"
        lines.append(
            f"| {row.what} | {row.measured} | {row.against} | {row.ratio:.2f} | {limit} | {verdict} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--issues", type=int, default=500, help="how many issues the batch has (500)"
    )
    count = parser.parse_args().issues
    install_peers()
    compileall.compile_dir(ROOT / "newsletter", quiet=1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        sample = sample_workspace(folder)
        mjml = folder / "issue.mjml"
        mjml.write_text(
            subprocess.run(
                [sys.executable, str(HERE / "warm.py"), "mjml", str(sample)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        rows = [
            *cold(sample, mjml),
            *warm(sample, mjml),
            *help_(sample),
            *batch(count, folder),
            *check(count, sample, folder),
        ]
    where = machine()
    print(f"{where}\n\n{show(rows)}")
    results = {
        "machine": where,
        "issues": count,
        "rows": [{**asdict(row), "holds": row.holds} for row in rows],
    }
    (HERE / "data" / "results.json").write_text(
        json.dumps(results, ensure_ascii=False, indent=2) + "\n"
    )


if __name__ == "__main__":
    main()
