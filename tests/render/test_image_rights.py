"""Images: their size when sent, the metadata in their files, and `newsletter images`."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from newsletter.render.embedded import embedded_credits
from newsletter.render.image_formats import without_metadata
from tests.desk import SLUG, Desk

ESSAY = f"issues/{SLUG}/10-essay.md"
FIGURE = "---\nkind: essay\n---\nOne ship.\n\n::: figure\nsrc: images/quay.{}\nalt: The quay\n:::\n"


def photograph(width: int = 400) -> Image.Image:
    noise = random.Random(1)
    image = Image.new("RGB", (width, width // 2))
    image.putdata([tuple(noise.randrange(256) for _ in "rgb") for _ in range(width * (width // 2))])
    return image


def saved(picture: Image.Image, kind: str, **settings: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **settings)
    return buffer.getvalue()


def sent(desk: Desk) -> Path:
    assert desk.run("build").code == 0
    files = (desk.root / "dist" / SLUG / "images").iterdir()
    return max(files, key=lambda path: path.stat().st_size)  # the one for dense screens


def exif(**words: str) -> bytes:
    data = Image.Exif()
    data[0x013B], data[0x8298] = words["artist"], words["copyright"]
    return data.tobytes()


@pytest.mark.parametrize("quality", [20, 60, 95])
def test_a_photograph_is_never_larger_than_before(desk: Desk, quality: int) -> None:
    data = saved(photograph(), "JPEG", quality=quality, exif=exif(artist="Mira", copyright="x"))
    desk.write(f"issues/{SLUG}/images/quay.jpg", data)
    desk.write(ESSAY, FIGURE.format("jpg"))
    path = sent(desk)
    assert path.stat().st_size <= len(data)
    with Image.open(path) as image:
        assert not image.getexif()
        assert image.size == (400, 200)


def test_the_pixels_survive_the_removal_of_camera_data() -> None:
    for kind in ("JPEG", "PNG"):
        data = saved(photograph(64), kind, exif=exif(artist="Mira Oduya", copyright="x"))
        bare = without_metadata(data)
        assert bare is not None
        assert b"Mira" not in bare
        with Image.open(io.BytesIO(data)) as one, Image.open(io.BytesIO(bare)) as other:
            assert one.convert("RGB").tobytes() == other.convert("RGB").tobytes()


def test_a_large_photograph_is_progressive_and_twice_as_wide_as_the_column(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/images/quay.jpg", saved(photograph(1600), "JPEG", quality=90))
    desk.write(ESSAY, FIGURE.format("jpg"))
    with Image.open(sent(desk)) as image:
        assert (image.format, image.width) == ("JPEG", 1120)
        assert image.info.get("progressive")


def test_flat_art_becomes_a_palette_image(desk: Desk) -> None:
    image = Image.new("RGB", (900, 500), "#fdfcf9")
    for index in range(9):
        image.paste((index * 20, 80, 120), (index * 100, 0, index * 100 + 60, 400))
    desk.write(f"issues/{SLUG}/images/quay.png", saved(image, "PNG"))
    desk.write(ESSAY, FIGURE.format("png"))
    with Image.open(sent(desk)) as made:
        assert (made.format, made.mode) == ("PNG", "P")


def test_embedded_credits_are_read_unchanged() -> None:
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description photoshop:Credit="Harbour &amp; Co">'
        b"<dc:creator><rdf:Seq><rdf:li>Mira Oduya</rdf:li></rdf:Seq></dc:creator>"
        b"</rdf:Description></x:xmpmeta>"
    )
    data = saved(
        photograph(32), "JPEG", xmp=xmp, exif=exif(artist="Somebody", copyright="(c) 2026")
    )
    assert embedded_credits(data) == {
        "credit": "Harbour & Co", "creator": "Mira Oduya", "rights": "(c) 2026",
    }  # fmt: skip
    assert embedded_credits(b"no image") == {}
    assert embedded_credits(data[:200]) == embedded_credits(data[:200])


RIGHTS = "images/quay.jpg: {credit: Mira Oduya, licence: CC BY 4.0, source: Harbour, uses: 3}\n"


def test_images_yaml_credits_a_figure(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/images/quay.jpg", saved(photograph(), "JPEG"))
    desk.write(f"issues/{SLUG}/images.yaml", RIGHTS)
    desk.write(ESSAY, FIGURE.format("jpg"))
    assert desk.run("build").code == 0
    text = (desk.root / f"dist/{SLUG}/email.txt").read_text("utf-8")
    assert "[Figure: The quay (Mira Oduya, CC BY 4.0)]" in text


def test_a_credit_line_is_printed_word_for_word_and_the_issue_overrides_the_workspace(
    desk: Desk,
) -> None:
    desk.write(f"issues/{SLUG}/images/quay.jpg", saved(photograph(), "JPEG"))
    desk.write("images.yaml", 'quay.jpg: {credit_line: "© Harbour Pictures", licence: agency}\n')
    desk.write(ESSAY, FIGURE.format("jpg"))
    assert desk.run("build").code == 0
    dist = desk.root / "dist" / SLUG
    assert "[Figure: The quay (© Harbour Pictures)]" in (dist / "email.txt").read_text("utf-8")
    assert "© Harbour Pictures" in (dist / "email.html").read_text("utf-8")
    assert "NL95" not in desk.run("check").err
    desk.write(f"issues/{SLUG}/images.yaml", RIGHTS)
    assert desk.run("build").code == 0
    assert "Mira Oduya" in (dist / "email.txt").read_text("utf-8")


def test_the_list_of_images(desk: Desk) -> None:
    data = saved(photograph(), "JPEG", exif=exif(artist="Tomas Leal", copyright="All rights"))
    desk.write(f"issues/{SLUG}/images/quay.jpg", data)
    desk.write(f"issues/{SLUG}/images.yaml", RIGHTS)
    desk.write(ESSAY, FIGURE.format("jpg"))
    desk.another("2026-04-05-tide")
    ran = desk.run("images", "--all")
    first, *rest = ran.out.splitlines()
    assert first.startswith("images/quay.jpg  400 × 200, ")
    assert rest == [
        f"  issues      2 of 3: {SLUG}, 2026-04-05-tide",
        "  credit      Mira Oduya",
        "  licence     CC BY 4.0",
        "  source      Harbour",
        "  in the file creator: Tomas Leal; rights: All rights (unchecked)",
    ]
    (row,) = json.loads(desk.run("images", "--all", "--json").out)["images"]
    assert (row["width"], row["sent"] <= row["size"], row["embedded"]["creator"]) == (
        400,
        True,
        "Tomas Leal",
    )
