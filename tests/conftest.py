"""What every test shares: which tests this machine can run, and that CI runs them all."""

import os
import shutil

import pytest

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A newcomer without Chromium skips the browser tests and reads why."""
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="needs Chromium: install the package `chromium`"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of this machine's Chromium; only tests marked `browser` may ask for it."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: install the package `chromium`")
    return CHROMIUM


def skipped(config: pytest.Config) -> list[pytest.TestReport]:
    """Every test (or whole file) that this run did not try."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is a hole in the gate."""
    if IN_CI and exitstatus == pytest.ExitCode.OK and skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what CI should have run."""
    left_out = skipped(terminalreporter.config)
    if IN_CI and left_out:
        terminalreporter.section("skipped, and CI=true allows none", red=True, bold=True)
        for report in left_out:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.line(f"{report.nodeid}: {reason}", red=True)
