"""Change the code in one place at a time, and see whether a test notices.

    python tools/mutants.py [--sample 300 --seed 1] [newsletter/files …]

mutmut writes all mutants of a module into one file, with a switch that chooses one of them at run
time. They live in a copy of the repository below build/, and so do the results. Each mutant runs
in a process of its own, with the tests that called its function (recorded once), the fastest of
its own room first, up to a limit of seconds. What these do not notice counts as survived.
tests/mutants.toml lists the code and the tests, tests/mutants-kept.yaml the survivors that stay.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import fnmatch
import functools
import gc
import hashlib
import json
import math
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import libcst as cst
import yaml

ROOT = Path(__file__).parents[1]
# The repository with its mutants (the working tree stays as it is), the mutants of each copied
# file, and which test called which functions, for how long.
COPY = ROOT / "build" / "mutants"
INDEX = ROOT / "build" / "mutants-index.json"
RECORD = ROOT / "build" / "mutants-tests.json"
RESULTS = ROOT / "build" / "mutants-results.json"
CALLED = ROOT / "build" / "mutants-called.txt"  # functions called in processes that a test starts
KEPT = ROOT / "tests" / "mutants-kept.yaml"
PLAIN = "__plain"  # suffix of a decorated function's own body
PYTEST = ["-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
PYTEST += ["-o", "addopts=--strict-markers --import-mode=importlib", "--tb=no", "--no-header"]
STARTED = os.getpid()
NOT_FOUND = 70  # exit code of a run whose tests were not collected
CONTROL = 25  # after so many mutants, one selection of tests runs without a mutant
PARTS = ("killed", "timeout", "survived", "no test", "failed to run")


class Mutant(NamedTuple):
    """One change: the lines that go and the lines that come, and the name that switches it on."""

    name: str
    file: str
    function: str
    was: str
    now: str

    @property
    def room(self) -> str:
        return self.file.split("/")[1].removesuffix(".py")

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.file, self.function, self.was, self.now

    @property
    def called(self) -> str:
        """The name under which calls of its function are recorded."""
        return self.name.partition("__mutmut_")[0]


class Calls(NamedTuple):
    """What one test called while it passed."""

    test: str
    seconds: float
    functions: frozenset[str]


def main() -> int:
    """Prepare the copy, record the tests' calls where they changed, run the mutants, report."""
    options = arguments()
    os.chdir(ROOT)  # mutmut reads [tool.mutmut] of the pyproject.toml there
    settings = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text("utf-8"))
    mutants = prepare(settings)
    os.chdir(COPY)
    sys.path.insert(0, str(COPY))
    os.environ["PYTHONPATH"] = str(COPY)  # for the processes that tests start
    if not options.recorded and not record_calls(settings, options):
        sys.stdout.write("The recording is not complete; run the same command again.\n")
        return 0
    chosen = choose(mutants, options)
    results = {} if options.afresh else load(RESULTS)
    if options.survivors:
        results = {name: how for name, how in results.items() if how in ("killed", "timeout")}
    run([mutant for mutant in chosen if mutant.name not in results], settings, options, results)
    report(chosen, mutants, results, options)
    return 0


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="*", help="files or folders; omitted: everything configured")
    parser.add_argument("--sample", type=int, help="so many mutants, evenly over the rooms")
    parser.add_argument("--seed", type=int, default=1, help="chooses the sample")
    parser.add_argument("--afresh", action="store_true", help="forget the results of earlier runs")
    parser.add_argument("--survivors", action="store_true", help="run those again that survived")
    parser.add_argument("--recorded", action="store_true", help="record no calls of changed tests")
    parser.add_argument("--budget", type=float, default=math.inf, help="stop after so many seconds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    parser.add_argument(
        "--quiet", action="store_true", help="print the table without the survivors"
    )
    return parser.parse_args()


# The copy and its mutants


def prepare(settings: Mapping[str, Any]) -> list[Mutant]:
    """Copy what changed since the last run, and write the mutants of each configured module."""
    patterns = settings["code"]
    sources = {path for pattern in patterns for path in ROOT.glob(pattern)}
    index = load(INDEX)
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, names):
        source, target = ROOT / name, COPY / name
        if not source.is_file():
            target.unlink(missing_ok=True)
            continue
        digest = hashlib.sha256(source.read_bytes()).hexdigest() + "+" * (source in sources)
        if index.get(name, {}).get("digest") == digest and target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
        mutants: list[Mutant] = []
        if source in sources:
            mutants = mutate(name, target)
            forget(name)
        index[name] = {"digest": digest, "mutants": mutants}
    index = {name: entry for name, entry in index.items() if (ROOT / name).is_file()}
    INDEX.write_text(json.dumps(index), "utf-8")
    return [Mutant(*values) for _, entry in sorted(index.items()) for values in entry["mutants"]]


def forget(name: str) -> None:
    """Drop the results of a module that changed: its mutants are others now."""
    module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    results = {key: how for key, how in load(RESULTS).items() if key.rpartition(".")[0] != module}
    RESULTS.write_text(json.dumps(results), "utf-8")


def mutate(name: str, target: Path) -> list[Mutant]:
    """Write all mutants of a module into the copy, and return them."""
    from mutmut.mutation import file_mutation
    from mutmut.utils.format_utils import get_mutant_name, orig_function_and_class_names_from_key

    file_mutation.mutation_operators = operators()
    source = cst.parse_module(target.read_text("utf-8")).visit(Undecorate()).code
    mutated = file_mutation.mutate_file_contents(name, source)
    target.write_text(mutated.code, "utf-8")
    lines = mutated.code.splitlines()
    mutants = []
    for short in mutated.mutant_names:
        original = short.partition("__mutmut_")[0] + "__mutmut_orig"
        spans = [mutated.line_span_by_function_name[key] for key in (original, short)]
        was, now = (lines[span.start - 1 : span.end] for span in spans)
        function, owner = orig_function_and_class_names_from_key(short)
        function = f"{owner}.{function}" if owner else function
        gone, come = difference(was, now, original, short)
        full = get_mutant_name(Path(name), short)
        mutants.append(Mutant(full, name, function.removesuffix(PLAIN), gone, come))
    return mutants


def difference(was: list[str], now: list[str], original: str, short: str) -> tuple[str, str]:
    """Return the lines of a function that a mutant replaces, and what it puts there."""
    now = [line.replace(short, original) for line in now]
    gone, come = [], []
    for line in difflib.ndiff(was, now):
        if line.startswith("- "):
            gone.append(line[2:].strip())
        elif line.startswith("+ "):
            come.append(line[2:].strip())
    return " ".join(gone), " ".join(come)


def operators() -> list[tuple[type, Callable[[Any], Iterable[cst.CSTNode]]]]:
    """Return mutmut's operators, one instead of three for a text, and two for a condition."""
    from mutmut.mutation import mutators

    kept = [pair for pair in mutators.mutation_operators if pair[0] is not cst.BaseString]
    return [*kept, (cst.BaseString, one_text), (cst.If, conditions), (cst.CompIf, conditions)]


def one_text(node: cst.BaseString) -> Iterator[cst.BaseString]:
    """Yield the first of mutmut's changes to a text; the others change its case."""
    from mutmut.mutation import mutators

    yield from list(mutators.operator_string(node))[:1]


def conditions(node: Any) -> Iterator[cst.CSTNode]:
    """Yield a condition that never holds, which removes a guard, and one that always does."""
    test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    for operator, constant in ((cst.And(), "False"), (cst.Or(), "True")):
        fixed = cst.BooleanOperation(left=test, operator=operator, right=cst.Name(constant))
        yield node.with_changes(test=fixed, whitespace_before_test=cst.SimpleWhitespace(" "))


class Undecorate(cst.CSTTransformer):
    """Write `@property def x` as `def x__plain` and `x = property(x__plain)`.

    mutmut leaves decorated functions alone.
    """

    def leave_FunctionDef(  # noqa: N802
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | cst.FlattenSentinel[cst.BaseStatement]:
        decorators = [item.decorator for item in updated_node.decorators]
        names = [cst.Module([]).code_for_node(item) for item in decorators]
        if not names or set(names) & {"classmethod", "staticmethod", "overload", "abstractmethod"}:
            return updated_node
        plain = updated_node.name.value + PLAIN
        value: cst.BaseExpression = cst.Name(plain)
        for decorator in reversed(decorators):
            value = cst.Call(decorator, [cst.Arg(value)])
        target = cst.AssignTarget(cst.Name(updated_node.name.value))
        return cst.FlattenSentinel(
            [
                updated_node.with_changes(name=cst.Name(plain), decorators=[]),
                cst.SimpleStatementLine([cst.Assign([target], value)]),
            ]
        )


# Which tests called what


# Runs at the start of each process that a test starts with Python.
RECORD_CHILD = """
import os
if os.environ.get("MUTANTS_CALLED"):
    import mutmut.mutation.trampoline as trampoline
    called = set()
    def record(name, caller=None):
        if name not in called:
            called.add(name)
            with open(os.environ["MUTANTS_CALLED"], "a") as file:
                file.write(name + "\\n")
    trampoline.record_trampoline_hit = record
    trampoline._mutant_under_test = "stats"
"""


class Recorder:
    """Plugin of pytest: collects the functions that each passing test calls, and its time."""

    def __init__(self) -> None:
        self.called: set[str] = set()
        self.tests: list[tuple[str, float, list[str]]] = []
        self.seconds = 0.0
        self.passed = False
        self.process = os.getpid()

    def record(self, name: str, caller: str | None = None) -> None:
        """Note a call, in a file if a copy of the process makes it."""
        if name not in self.called:
            self.called.add(name)
            if os.getpid() != self.process:
                with CALLED.open("a") as file:
                    file.write(name + "\n")

    def pytest_runtest_logstart(self) -> None:
        self.called.clear()
        CALLED.write_text("", "utf-8")
        self.seconds, self.passed = 0.0, True

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds += report.duration
        self.passed = self.passed and report.passed

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        if self.passed:
            called = self.called.union(CALLED.read_text("utf-8").split())
            self.tests.append((nodeid, self.seconds, sorted(called)))


def record_calls(settings: Mapping[str, Any], options: argparse.Namespace) -> bool:
    """Run the test files that changed since they were recorded; return whether all are recorded."""
    started = time.monotonic()
    listed = [path for pattern in settings["tests"] for path in sorted(COPY.glob(pattern))]
    files = [path for path in dict.fromkeys(listed) if path.name.startswith("test_")]
    record = load(RECORD)
    for path in files:
        name = path.relative_to(COPY).as_posix()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if record.get(name, {}).get("digest") == digest:
            continue
        if time.monotonic() - started > options.budget:
            return False
        sys.stderr.write(f"recording {name}\n")
        record[name] = {"digest": digest, "tests": in_child(lambda name=name: calls_of(name))}
        RECORD.write_text(json.dumps(record), "utf-8")
    return True


def calls_of(name: str) -> list[tuple[str, float, list[str]]]:
    """Run a test file without a mutant, and return what each of its tests called."""
    import pytest
    from mutmut.mutation import trampoline

    recorder = Recorder()
    trampoline.record_trampoline_hit = recorder.record
    # Not in the environment, which a test may clear; `RECORD_CHILD` sets it in other processes.
    trampoline._mutant_under_test = "stats"
    (COPY / "sitecustomize.py").write_text(RECORD_CHILD, "utf-8")
    os.environ["MUTANTS_CALLED"] = str(CALLED)
    pytest.main([*PYTEST, f"--basetemp={temporary()}", name], plugins=[recorder])
    shutil.rmtree(temporary(), ignore_errors=True)
    return recorder.tests


def in_child(work: Callable[[], Any]) -> Any:
    """Return the result of a function that runs in a process of its own."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.setsid()
        silence()
        with os.fdopen(write, "w") as pipe:
            pipe.write(json.dumps(work()))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    end_group(child)
    return json.loads(text)


# The run


def choose(mutants: list[Mutant], options: argparse.Namespace) -> list[Mutant]:
    """Return the mutants of the given paths, or a sample of them, evenly over the rooms."""
    if options.paths:
        paths = [os.path.relpath(ROOT / path, ROOT) for path in options.paths]
        mutants = [m for m in mutants if any(f"{m.file}/".startswith(f"{p}/") for p in paths)]
    if not options.sample:
        return mutants
    rooms = defaultdict(list)
    for mutant in mutants:
        rooms[mutant.room].append(mutant)
    chance = random.Random(options.seed)
    for room in sorted(rooms):
        chance.shuffle(rooms[room])
    chosen: list[Mutant] = []
    while len(chosen) < options.sample and any(rooms.values()):
        for room in sorted(rooms):
            if rooms[room] and len(chosen) < options.sample:
                chosen.append(rooms[room].pop())
    return chosen


def run(
    mutants: list[Mutant],
    settings: Mapping[str, Any],
    options: argparse.Namespace,
    results: dict[str, str],
) -> None:
    """Run each mutant with its tests, and save each result when it is known.

    pytest collects the tests once; each mutant is a copy of that process.
    """
    import pytest

    calls = [
        Calls(test, seconds, frozenset(functions))
        for name, entry in load(RECORD).items()
        if any(fnmatch.fnmatch(name, pattern) for pattern in settings["tests"])
        for test, seconds, functions in entry["tests"]
    ]
    if not mutants:
        return
    progress = os.fdopen(os.dup(2), "w")  # pytest captures the other one
    started = time.monotonic()

    def loop(session: pytest.Session) -> None:
        collected = {item.nodeid for item in session.items}
        known = [call for call in calls if call.test in collected]
        waiting = attempts(session, mutants, known, settings)
        running: dict[Attempt, Mutant] = {}
        finished = 0
        while True:
            late = time.monotonic() - started > options.budget
            while not late and len(running) < options.jobs and (pair := next(waiting, None)):
                running[pair[1]] = pair[0]
            if not running:
                break
            time.sleep(0.01)
            for attempt, mutant in list(running.items()):
                if (how := attempt.outcome()) is None:
                    continue
                del running[attempt]
                if attempt.name == "":
                    if how != "survived":
                        progress.write(f"Tests of {mutant.name} fail without a mutant: {how}\n")
                    continue
                results[mutant.name] = how
                finished += 1
                RESULTS.write_text(json.dumps(results), "utf-8")
                so_far = f"{finished}/{len(mutants)}, {time.monotonic() - started:.0f} s"
                progress.write(f"{so_far}, {how}: {mutant.name}\n")
                progress.flush()

    files = sorted({call.test.split("::")[0] for call in calls})
    instead = InsteadOfTests(loop)
    with nowhere():
        pytest.main(["-x", *PYTEST, f"--basetemp={temporary()}", *files], plugins=[instead])
    shutil.rmtree(temporary(), ignore_errors=True)
    if not instead.called:
        sys.exit(f"pytest cannot collect the tests in {COPY}; run it there to see why")


def attempts(
    session: Any, mutants: list[Mutant], calls: list[Calls], settings: Mapping[str, Any]
) -> Iterator[tuple[Mutant, Attempt]]:
    """Start the tests of each mutant, and from time to time the same tests without a mutant."""
    for count, mutant in enumerate(mutants):
        tests = selection(mutant, calls, settings)
        if count % CONTROL == 0 and tests:
            yield mutant, Attempt(session, "", tests)
        yield mutant, Attempt(session, mutant.name, tests)


class InsteadOfTests:
    """Plugin of pytest: calls a function with the collected tests instead of running them."""

    def __init__(self, loop: Callable[[Any], None]) -> None:
        self.loop = loop
        self.called = False

    def pytest_runtestloop(self, session: Any) -> bool:
        self.called = True
        prepare_fixtures(session)
        self.loop(session)
        return True


def prepare_fixtures(session: Any) -> None:
    """Run one test that builds an issue, so that each mutant finds the compiled theme.

    What the code itself remembers of it is forgotten: a mutant must run, not its result.
    """
    from _pytest.runner import runtestprotocol

    builders = [item for item in session.items if "compiled" in item.fixturenames]
    others = [item for item in session.items if item.path.parent != builders[0].path.parent]
    runtestprotocol(builders[0], nextitem=others[0], log=False)  # what they share stays set up
    for value in gc.get_objects():
        if isinstance(value, functools._lru_cache_wrapper):
            value.cache_clear()


@contextlib.contextmanager
def nowhere() -> Iterator[None]:
    """Send standard output to nowhere for a while."""
    out = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    try:
        yield
    finally:
        os.dup2(out, 1)


def selection(mutant: Mutant, calls: list[Calls], settings: Mapping[str, Any]) -> list[Calls]:
    """Return the tests that call a mutant's function, those of its room first.

    Fast ones come first, but the tenth of a file counts as if it took ten times as long, because
    files try different things.
    """
    own = (f"tests/{mutant.room}/", *settings["own"].get(mutant.room, ()))
    ranks: Counter[str] = Counter()
    ranked = []
    for call in sorted(calls, key=lambda call: (call.seconds, call.test)):
        if mutant.called in call.functions:
            file = call.test.split("::")[0]
            ranks[file] += 1
            ranked.append((not file.startswith(own), ranks[file] * call.seconds, call))
    ranked.sort(key=lambda row: row[:2])
    chosen, total = [], 0.0
    for _, _, call in ranked:
        total += call.seconds
        if chosen and total > settings["seconds"]:
            break
        chosen.append(call)
    return chosen


class Attempt:
    """The tests of one mutant, run in a process that is stopped after a while.

    A machine that paused is no reason to call a mutant killed: after a timeout they run once more,
    with more time. An empty name switches no mutant on.
    """

    def __init__(self, session: Any, name: str, tests: list[Calls]) -> None:
        self.session, self.name, self.tests = session, name, tests
        self.expected = sum(call.seconds for call in tests)
        self.patience = 1
        self.start()

    def start(self) -> None:
        """Start the process."""
        if not self.tests:
            return
        self.started = time.monotonic()
        self.child = os.fork()
        if self.child == 0:
            os.setsid()
            silence()
            seconds = math.ceil(10 + 5 * self.expected) * self.patience
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            factory = self.session.config._tmp_path_factory
            factory._basetemp = folder_of(os.getpid())
            factory._basetemp.mkdir()
            os._exit(run_tests(self.session, self.name, [call.test for call in self.tests]))

    def outcome(self) -> str | None:
        """Return what the tests say of the mutant, or `None` while they are running."""
        if not self.tests:
            return "no test"
        done, state = os.waitpid(self.child, os.WNOHANG)
        late = time.monotonic() - self.started > (20 + 5 * self.expected) * self.patience
        if not done and not late:
            return None
        end_group(self.child)
        if not done:
            os.waitpid(self.child, 0)
        shutil.rmtree(folder_of(self.child), ignore_errors=True)
        status = os.waitstatus_to_exitcode(state) if done else -signal.SIGKILL
        if status not in (-signal.SIGXCPU, -signal.SIGKILL):
            return {0: "survived", NOT_FOUND: "failed to run"}.get(status, "killed")
        if self.patience > 1:
            return "timeout"
        self.patience = 3
        self.start()
        return None


def folder_of(process: int) -> Path:
    """Return the folder for the temporary files of one attempt."""
    return temporary() / f"of-{process}"


def run_tests(session: Any, name: str, tests: list[str]) -> int:
    """Switch a mutant on and run the tests until one fails; return 0 if none does."""
    from _pytest.main import pytest_runtestloop
    from mutmut.mutation.trampoline import set_mutant_under_test

    items = {item.nodeid: item for item in session.items}
    if session.testsfailed or not all(test in items for test in tests):
        return NOT_FOUND
    session.items[:] = [items[test] for test in tests]
    set_mutant_under_test(name)
    try:
        pytest_runtestloop(session)
    except BaseException:  # noqa: BLE001 - a failed test stops the session with one
        return 1
    return int(session.testsfailed > 0)


def temporary() -> Path:
    """Return the folder for the temporary files of this process and its child.

    It is outside the repository: tests create workspaces that would take it for their own.
    """
    return Path(tempfile.gettempdir()) / f"newsletter-mutants-{STARTED}"


def silence() -> None:
    """Send what this process prints to nowhere."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def end_group(leader: int) -> None:
    """End a process and those it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


# The report


def report(
    chosen: list[Mutant],
    mutants: list[Mutant],
    results: Mapping[str, str],
    options: argparse.Namespace,
) -> None:
    """Print the survivors without a reason, then how many were killed, for each room."""
    reasons = kept()
    rooms: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant in chosen:
        how = results.get(mutant.name, "not run")
        if how in ("survived", "no test"):
            reason = reasons.get(mutant.key)
            if reason is None and not options.quiet:
                show(mutant, how)
            if (reason or "").startswith("equivalent"):
                how = "equivalent"
        rooms[mutant.room][how] += 1
    there = Counter(mutant.room for mutant in mutants)
    columns = (*PARTS, "equivalent", "not run")
    print_row("room", "mutants", *columns, "killed of the others")
    for room in sorted(rooms):
        print_row(room, there[room], *(rooms[room][part] for part in columns), share(rooms[room]))
    total = sum(rooms.values(), Counter[str]())
    print_row("all", len(mutants), *(total[part] for part in columns), share(total))


def share(counts: Counter[str]) -> str:
    """Return the killed of those that are not equivalent and did run."""
    noticed = counts["killed"] + counts["timeout"]
    others = noticed + counts["survived"] + counts["no test"]
    return f"{noticed}/{others} = {noticed / others:.1%}" if others else "-"


def show(mutant: Mutant, how: str) -> None:
    """Print a survivor as an entry of the file of kept ones."""
    entry = {"file": mutant.file, "function": mutant.function, "was": mutant.was, "now": mutant.now}
    text = yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=1000)
    sys.stdout.write(f"# {how}: {mutant.name}\n{text}\n")


def print_row(first: object, *cells: object) -> None:
    """Print one row of the table."""
    sys.stdout.write(f"{first!s:10}" + "".join(f"{cell!s:>14}" for cell in cells) + "\n")


def kept() -> dict[tuple[str, str, str, str], str]:
    """Return the survivors that stay, with the reason of each."""
    entries = yaml.safe_load(KEPT.read_text("utf-8")) if KEPT.exists() else []
    return {
        (entry["file"], entry["function"], entry["was"], entry["now"]): entry["reason"]
        for entry in entries or []
    }


def load(path: Path) -> dict[str, Any]:
    """Return a mapping saved as JSON, empty where there is none."""
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
