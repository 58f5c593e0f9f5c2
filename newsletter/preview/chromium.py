"""Take screenshots with an installed Chromium, driven by its debugging protocol."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    import aiohttp

# Command names, then the install locations on macOS and Windows, which are not on PATH.
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
    "brave-browser",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# No window, no first-run pages, no requests to the vendor, and only one host allowed.
SWITCHES = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--mute-audio",
)
TIMEOUT = 30.0  # seconds for the browser to start or to respond


def find_browser() -> str:
    """Return the path of Chromium, Chrome or Edge. Raises `NewsletterError` if there is none."""
    if path := next(filter(None, map(shutil.which, BROWSERS)), None):
        return path
    hint = "Install Chromium or Chrome: apt install chromium, dnf install chromium, brew install --cask chromium."
    raise NewsletterError("No Chromium, Chrome or Edge found for screenshots", hint=hint)


class BrowserTab:
    """One page of a running browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.numbers = itertools.count(1)
        self.session: str | None = None

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result; ignore events received meanwhile."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        await self.socket.send_json(message | ({"sessionId": self.session} if self.session else {}))
        while True:
            received = await self.socket.receive_json(timeout=TIMEOUT)
            if received.get("id") == number:
                if "error" in received:
                    raise NewsletterError(
                        f"The browser refused {method}: {received['error'].get('message')}"
                    )
                result: dict[str, Any] = received["result"]
                return result

    async def open(self) -> None:
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self.session = attached["sessionId"]
        await self.call("Page.enable")

    async def go(
        self, address: str, width: int, height: int, ready: str = "true", *, dark: bool = False
    ) -> None:
        """Open a URL at a size in CSS pixels; wait until it is loaded and an expression is true."""
        await self.size(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme, _CALM])
        await self.call(
            "Page.navigate", url="about:blank"
        )  # otherwise another fragment of the same page loads nothing
        await self.call("Page.navigate", url=address)
        loaded = (
            f"location.href !== 'about:blank' && document.readyState === 'complete' && ({ready})"
        )
        async with asyncio.timeout(TIMEOUT):
            while not await self.value(loaded):
                await asyncio.sleep(0.03)

    async def size(self, width: int, height: int) -> None:
        parameters = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self.call("Emulation.setDeviceMetricsOverride", **parameters)

    async def value(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page; `None` if there is no page."""
        with contextlib.suppress(NewsletterError):
            evaluated = await self.call(
                "Runtime.evaluate", expression=expression, returnByValue=True
            )
            return evaluated["result"].get("value")
        return None

    async def screenshot(self, box: Mapping[str, float] | None = None) -> bytes:
        """Return a PNG of the visible page, or of a box in it."""
        clip = {"clip": {**box, "scale": 1}, "captureBeyondViewport": True} if box else {}
        captured = await self.call("Page.captureScreenshot", format="png", **clip)
        return base64.b64decode(captured["data"])


_CALM = {"name": "prefers-reduced-motion", "value": "reduce"}


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[BrowserTab]:
    """Start a separate browser with a tab and stop it afterwards.

    Raises `NewsletterError` if that fails.
    """
    import aiohttp

    path = find_browser()
    with tempfile.TemporaryDirectory(
        prefix="newsletter-browser-", ignore_cleanup_errors=True
    ) as profile:
        # As root, Chromium cannot create its sandbox.
        root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
        devnull = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            path,
            *SWITCHES,
            *root,
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=devnull,
            stderr=devnull,
        )
        try:
            address = await _address(process, Path(profile) / "DevToolsActivePort")
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(address, max_msg_size=0) as socket,
            ):
                tab = BrowserTab(socket)
                await tab.open()
                yield tab
        except (aiohttp.ClientError, TimeoutError, TypeError) as error:
            raise NewsletterError(
                f"{path} started but does not respond: {error}", hint=_HINT
            ) from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


_HINT = "Try again; if that fails, check that the browser starts by hand with --headless=new."


async def _address(process: asyncio.subprocess.Process, file: Path) -> str:
    """Return the address the browser listens on, read from a file in its profile."""
    for _ in range(int(TIMEOUT / 0.05)):
        with contextlib.suppress(OSError, ValueError):
            port, path = file.read_text("ascii").split()
            return f"ws://127.0.0.1:{port}{path}"
        if process.returncode is not None:
            raise NewsletterError(
                f"The browser exited at once with code {process.returncode}", hint=_HINT
            )
        await asyncio.sleep(0.05)
    raise NewsletterError("The browser does not start", hint=_HINT)
