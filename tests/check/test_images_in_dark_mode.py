"""Transparent images in dark mode: reported if their content would become invisible."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from newsletter.check import example
from tests.check.test_rules import findings

DARK, LIGHT, CLEAR = (30, 30, 30, 255), (250, 250, 250, 255), (0, 0, 0, 0)
LOGO = "::: figure\nsrc: images/logo.{}\nalt: A square\ncredit: Mira Oduya\nlicence: CC BY 4.0\n:::"


def square(ground: tuple[int, ...], ink: tuple[int, ...], *, margin: int = 12) -> Image.Image:
    image = Image.new("RGBA", (48, 48), ground)
    ImageDraw.Draw(image).rectangle((margin, margin, 47 - margin, 47 - margin), fill=ink)
    return image


def outlined() -> Image.Image:
    """Return a dark square with a wide light outline."""
    image = square(CLEAR, LIGHT, margin=4)
    image.paste(square(CLEAR, DARK, margin=16), (0, 0), square(CLEAR, DARK, margin=16))
    return image


@pytest.mark.parametrize(
    ("picture", "mode", "kind", "reported"),
    [
        (square(CLEAR, DARK), "RGBA", "png", True),
        (square(CLEAR, DARK), "LA", "png", True),
        (square(CLEAR, DARK), "P", "gif", True),
        (square(CLEAR, LIGHT), "RGBA", "png", False),
        (square(LIGHT, DARK), "RGBA", "png", False),
        (square(LIGHT, DARK), "RGB", "png", False),
        (
            square(CLEAR, DARK, margin=1),
            "RGBA",
            "png",
            False,
        ),  # a frame of one pixel: the image provides its own background
        (outlined(), "RGBA", "png", False),
        (square(CLEAR, CLEAR), "RGBA", "png", False),  # nothing is visible in light mode either
    ],
)
def test_an_image_that_becomes_invisible_is_reported(
    picture: Image.Image, mode: str, kind: str, reported: bool, tmp_path: Path
) -> None:
    data = io.BytesIO()
    picture.convert(mode).save(data, kind, **({"transparency": 0} if kind == "gif" else {}))
    files = {
        "10-essay.md": f"{example.FRONT}{LOGO.format(kind)}\n",
        f"issues/{example.SLUG}/images/logo.{kind}": data.getvalue(),
    }
    assert [finding.code for finding in findings(tmp_path, files)] == (
        ["NL621"] if reported else []
    )
