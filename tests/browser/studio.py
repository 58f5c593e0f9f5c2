"""The preview as users start it, with its own workspace and its page in Chromium."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page

from tests.desk import ISSUES, Desk

CRANES = "2026-03-08-cranes"
OLDER = "2026-03-01-ferries"
UNFINISHED = "2026-02-22-buoys"
WAIT = 10_000  # milliseconds; generous for a busy machine, but finite, so that no test hangs


@dataclass
class Studio:
    """A running `newsletter preview`. Errors from its pages are collected for the tests to inspect."""

    desk: Desk
    process: subprocess.Popen[str]
    address: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, desk: Desk, port: str = "0") -> Studio:
        process = desk.start("preview", "--no-open", "--port", port)
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address), address or process.communicate(
            timeout=10
        )
        return cls(desk, process, address)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    @property
    def issue(self) -> Path:
        return self.desk.root / "issues" / CRANES

    def open(self, context: BrowserContext, look: str = "") -> Page:
        """Open the page in a tab and wait until an email, or its placeholder, is shown."""
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda expected: (
                self.complaints.append(expected.text) if expected.type == "error" else None
            ),
        )
        page.goto(f"{self.address}#/{look}")
        page.locator("#link[data-link=live]").wait_for()
        return page

    def edit(self, name: str, old: str, new: str) -> None:
        """Save a file of the issue with a part replaced."""
        path = self.issue / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not contain {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


def desk(root: Path) -> Desk:
    """Return a workspace with three issues: the weekly one, an older one, and an unfinished one."""
    desk = Desk.of(ISSUES / "weekly", root)
    for slug, title in ((OLDER, "Ferries"), (UNFINISHED, "Buoys")):
        issue = Path(shutil.copytree(desk.root / "issues" / CRANES, desk.root / "issues" / slug))
        settings = (issue / "issue.yaml").read_text(encoding="utf-8")
        settings = settings.replace("Cranes, Cables & Container Queues", title).replace(
            "2026-03-08", slug[:10]
        )
        (issue / "issue.yaml").write_text(settings, encoding="utf-8")
    with (issue / "10-essay.md").open("a", encoding="utf-8") as essay:
        essay.write("\n\nThe rest is TK. For the tides, click [here](http://tides.example/).\n")
    return desk


def mail(page: Page, pane: int = 0) -> FrameLocator:
    """Return the email in a pane as far as Playwright can inspect it from outside, because no
    scripts run inside.
    """
    return page.locator(".pane").nth(pane).frame_locator("iframe:not(.coming)")


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tab", name=name, exact=True)
