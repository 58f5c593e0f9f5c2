"""What the scripts that draw the images of the docs share: a browser, screenshots, frames."""

import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield the machine's own Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def screenshot(page: Page) -> Image.Image:
    """Return what the window shows, and close it."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return image


@dataclass(frozen=True)
class Frame:
    """How screenshots are placed side by side, in pixels of the result."""

    paper: str
    edge: str
    gap: int
    radius: int
    shadow: int  # how far the edge shows below

    def side_by_side(self, images: Sequence[Image.Image]) -> Image.Image:
        """Return the images in a row, with rounded corners, on paper."""
        width = sum(image.width for image in images) + self.gap * (len(images) + 1)
        height = max(image.height for image in images) + 2 * self.gap
        canvas = Image.new("RGB", (width, height), self.paper)
        left = self.gap
        for image in images:
            mask = self._rounded(image)
            edge = Image.new("RGB", image.size, self.edge)
            canvas.paste(edge, (left + 1, self.gap + self.shadow), mask)
            canvas.paste(image, (left, self.gap), mask)
            left += image.width + self.gap
        return canvas

    def _rounded(self, image: Image.Image) -> Image.Image:
        """Return a mask of the image: white inside rounded corners."""
        mask = Image.new("L", image.size)
        box = (0, 0, image.width - 1, image.height - 1)
        ImageDraw.Draw(mask).rounded_rectangle(box, self.radius, fill=255)
        return mask
