"""Shared by all tests: which tests this machine can run, and a check that CI runs them all."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.desk import SMALLEST, Desk, compiled_theme

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
NO_CHROMIUM = "needs Chromium or Chrome on this machine (Debian: apt install chromium)"

# No deadline: a slow machine is not a bug. CI uses the same examples every time, so that a failure
# is caused by the change.
settings.register_profile("gate", deadline=None, derandomize=IN_CI)
settings.load_profile("gate")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-expected",
        action="store_true",
        help="write what came out over what was expected; then read the diff, for a person decides that it is right",
    )


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests that wait for a browser or a server leave one idle."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    """CI must not rewrite its own expectations."""
    if IN_CI and config.getoption("--rewrite-expected"):
        raise pytest.UsageError(
            "--rewrite-expected is refused where CI=true: a person reads what it changes"
        )


# A shell that starts the tests in the background has them ignore Ctrl-C, and what they start inherits that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def rewrite_expected(request: pytest.FixtureRequest) -> bool:
    """Whether this run rewrites expectations."""
    return bool(request.config.getoption("--rewrite-expected"))


@pytest.fixture(scope="session")
def compiled() -> Path:
    """The cache of a workspace in which the theme is compiled."""
    return compiled_theme()


@pytest.fixture
def desk(tmp_path: Path, compiled: Path) -> Desk:
    """The smallest possible workspace, copied to where it may be changed."""
    desk = Desk.of(SMALLEST, tmp_path / "desk")
    shutil.copytree(compiled, desk.root / ".newsletter" / "cache")
    return desk


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the browser tests, with the reason, on machines without Chromium."""
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of this machine's Chromium; tests that use it carry the marker `browser`."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    return CHROMIUM


def skipped(config: pytest.Config) -> list[pytest.TestReport]:
    """Every test (or whole file) that this run skipped."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail in CI when tests are skipped."""
    if IN_CI and exitstatus == pytest.ExitCode.OK and skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what CI should have run."""
    left_out = skipped(terminalreporter.config)
    if IN_CI and left_out:
        terminalreporter.section("skipped, and CI=true allows none", red=True, bold=True)
        for report in left_out:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.line(f"{report.nodeid}: {reason}", red=True)
