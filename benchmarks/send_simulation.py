"""Simulate how long a list takes, from rates measured here (`send-results.json`) and given limits.

    python benchmarks/send_simulation.py
    python benchmarks/send_simulation.py --recipients 50000000 --workers 20 --connections 50 --reply 20

Time advances in steps of one minute. In each, workers hand over as many emails as their
connections, their cores, the journal's commits and the provider's rate allow; deferred emails are
retried after the delays in `newsletter/send/outcome.py`.
"""

from __future__ import annotations

import argparse
import heapq
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from newsletter.send.outcome import PAUSES  # noqa: E402

STEP = 60.0  # seconds
# Emails per second: of one worker to a sink without latency, and of PostgreSQL's journal with no
# email sent (`fast` and `journal` in send-results.json, on two cores; a dedicated machine records
# more).
FALLBACK = {"core": 1500.0, "database": 4000.0}


@dataclass(frozen=True)
class Setting:
    recipients: int
    workers: int = 1
    connections: int = 10
    reply: float = 20.0  # milliseconds until the mail server replies to a group of commands
    rate: float = float("inf")  # emails per second that the provider accepts
    deferred: float = 0.01  # share deferred at each attempt
    core: float = FALLBACK["core"]
    database: float = FALLBACK["database"]


@dataclass(frozen=True)
class Outcome:
    hours: float
    rate: float  # emails per second over the first pass
    limit: str  # the limiting factor


def measured() -> dict[str, float]:
    path = Path(__file__).with_name("send-results.json")
    if not path.exists():
        return FALLBACK
    results = json.loads(path.read_text())
    names = {"core": "fast", "database": "journal"}
    return FALLBACK | {
        name: float(results[row]["ours"]) for name, row in names.items() if row in results
    }


def capacity(setting: Setting) -> tuple[float, str]:
    """Emails per second, and which of the four limits is the lowest."""
    # Two round trips per email: the group MAIL, RCPT, DATA, and the last reply.
    latency = setting.workers * setting.connections * 1000 / (2 * max(setting.reply, 0.01))
    return min(
        (latency, "connections"),
        (setting.workers * setting.core, "cores"),
        (setting.database, "database"),
        (setting.rate, "provider"),
    )


def simulate(setting: Setting) -> Outcome:
    """Send step by step until no recipients are left."""
    rate, limit = capacity(setting)
    fresh, now = float(setting.recipients), 0.0
    first_pass = 0.0
    waiting: list[tuple[float, int, float]] = []  # due, attempts, count
    while fresh > 0.5 or waiting:
        room = rate * STEP
        now += STEP
        while waiting and waiting[0][0] <= now and room > 0:
            due, attempts, count = heapq.heappop(waiting)
            taken = min(count, room)
            room -= taken
            if count - taken > 0.5:
                heapq.heappush(waiting, (due, attempts, count - taken))
            _defer(waiting, now, attempts + 1, taken * setting.deferred)
        taken = min(fresh, room)
        fresh -= taken
        _defer(waiting, now, 0, taken * setting.deferred)
        if fresh <= 0.5 and not first_pass:
            first_pass = now - STEP * (1 - taken / (rate * STEP))
    return Outcome(now / 3600, setting.recipients / max(first_pass, 0.001), limit)


def _defer(
    waiting: list[tuple[float, int, float]], now: float, attempts: int, count: float
) -> None:
    if count >= 0.5:
        heapq.heappush(waiting, (now + PAUSES[min(attempts, len(PAUSES) - 1)], attempts, count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("recipients", "workers", "connections"):
        parser.add_argument(f"--{name}", type=int)
    for name in ("reply", "rate", "deferred"):
        parser.add_argument(f"--{name}", type=float)
    given = {key: value for key, value in vars(parser.parse_args()).items() if value is not None}
    rates = measured()
    cases = (
        Setting(10_000),
        Setting(10_000, rate=14),
        Setting(1_000_000, connections=50),
        Setting(1_000_000, workers=2, connections=50),
        Setting(1_000_000, workers=2, connections=50, rate=200),
        Setting(50_000_000, workers=4, connections=50),
        Setting(50_000_000, workers=8, connections=50),
        Setting(50_000_000, workers=8, connections=50, rate=1000),
    )
    if given:
        cases = (replace(Setting(recipients=1_000_000), **given),)
    print("recipients | workers × connections | provider/s | emails/s | hours | held up by")
    for case in cases:
        case = replace(case, core=rates["core"], database=rates["database"])
        found = simulate(case)
        limit = "–" if case.rate == float("inf") else f"{case.rate:,.0f}"
        print(
            f"{case.recipients:,} | {case.workers} × {case.connections} | {limit} | "
            f"{found.rate:,.0f} | {found.hours:,.1f} | {found.limit}"
        )


if __name__ == "__main__":
    main()
