"""The files of an image: how many pixels, and which format, chosen by measured size and error."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from PIL import Image as Pillow

QUALITY = 82  # JPEG; above this, files grow without a visible difference
LOWER = (70, 55, 40, 25)  # for a photograph of low quality that has to be encoded again
TOO_DENSE = 2.2  # dense screens show twice the width; a drawing slightly larger is left unchanged
DENSE = 1.25  # pixels per CSS pixel; below this, a second file would hardly differ
PHOTO_BYTES = 20_000  # an opaque PNG larger than this is also encoded as JPEG
FLAT_ERROR = 2.0  # of 255, root mean square; below this, a palette looks like the original
ORIENTATION = 0x0112  # Exif 2.32, 4.6.4
_PHOTOGRAPHS = ("JPEG", "MPO")  # formats of photographs; a telephone's MPO holds a second image


class ImageFile(Struct, frozen=True):
    """An image as sent, at one density."""

    type: str  # MIME subtype: jpeg, png, gif
    pixels: int  # width of the file
    data: bytes


class PreparedImage(Struct, frozen=True):
    """An image as sent: its size in CSS pixels and one or two files, the denser one first."""

    width: int
    height: int
    files: tuple[ImageFile, ...]


def prepared_image(image: Pillow.Image, data: bytes, widest: int) -> PreparedImage:
    """Return an opened image as sent, at most `widest` CSS pixels wide; `data` are its bytes.

    No file has more pixels than the original or is larger, and the second one, for screens with
    one pixel per CSS pixel, exists only where it is smaller. Raises what Pillow raises for damaged
    files.
    """
    from PIL import ImageOps

    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format == "GIF":
        image.seek(frames - 1)  # reads all frames, to detect a truncated file here
        width, height = _page_size(image, widest)
        return PreparedImage(width, height, (ImageFile("gif", image.width, data),))
    origin = image.format or "PNG"
    bare = _bare(image, data)
    image.load()
    # Rotated as the camera was held; GPS and camera data are dropped.
    image = _with_eight_bits(ImageOps.exif_transpose(image))
    width, height = _page_size(image, widest)
    dense = image
    if image.width > TOO_DENSE * width:
        dense = _resized(image, 2 * width)
    best = _encoded(dense, origin)
    if bare is not None and len(bare) < len(best.data):
        best = ImageFile(origin.lower(), image.width, bare)
    elif best.type == "jpeg" and origin in _PHOTOGRAPHS:
        best = _no_larger(best, dense, len(data))
    if best.pixels < DENSE * width:
        return PreparedImage(width, height, (best,))
    ordinary = _encoded(_resized(image, width), origin)
    smaller = len(ordinary.data) < len(best.data)
    return PreparedImage(width, height, (best, ordinary) if smaller else (best,))


def _with_eight_bits(image: Pillow.Image) -> Pillow.Image:
    """Return an image with 256 shades; of 65,536, Pillow would make all but the darkest white."""
    if not image.mode.startswith("I"):
        return image
    return image.convert("I").point(lambda shade: shade / 256).convert("L")


def _no_larger(best: ImageFile, image: Pillow.Image, size: int) -> ImageFile:
    """Return a photograph in no more bytes than its original, which had a lower quality."""
    for quality in LOWER:
        if len(best.data) <= size:
            break
        best = ImageFile("jpeg", image.width, _jpeg(image, quality))
    return best


def _page_size(image: Pillow.Image, widest: int) -> tuple[int, int]:
    width = min(image.width, widest)
    return width, max(round(image.height * width / image.width), 1)


def _resized(image: Pillow.Image, width: int) -> Pillow.Image:
    from PIL import Image as Pillow

    drawn = image.mode in ("1", "P") or (
        image.mode in ("L", "RGB") and image.getcolors(256) is not None
    )
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if _transparent(image) else "RGB")
    image = image.resize((width, max(round(image.height * width / image.width), 1)))
    if drawn and image.mode == "RGB":
        image = image.quantize(256, dither=Pillow.Dither.NONE)
    return image


# --- originals that are sent with the same pixels --------------------------------------------------


def _bare(image: Pillow.Image, data: bytes) -> bytes | None:
    """Return the original without metadata; `None` if mail clients would show it differently."""
    if image.format not in ("JPEG", "PNG", "GIF") or image.mode == "CMYK":
        return None
    if image.getexif().get(ORIENTATION, 1) != 1:
        return None
    return data if image.format == "GIF" else without_metadata(data)


# JPEG segments that images need: JFIF, the ICC profile, Adobe's color transform
# (ITU-T T.81, B.1.1.3).
_KEPT_SEGMENTS = frozenset((0xE0, 0xE2, 0xEE))
_KEPT_CHUNKS = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"sRGB", b"iCCP"))


def without_metadata(data: bytes) -> bytes | None:
    """Return a JPEG or PNG with the same pixels, but without GPS data, camera data and comments.

    Returns `None` for other formats.
    """
    if data[:2] == b"\xff\xd8":
        return _bare_jpeg(data)
    return _bare_png(data) if data[:8] == b"\x89PNG\r\n\x1a\n" else None


def _bare_jpeg(data: bytes) -> bytes | None:
    kept, place = [data[:2]], 2
    while data[place : place + 1] == b"\xff":
        marker = data[place + 1]
        if marker == 0xDA:  # start of scan: only pixels follow
            return b"".join((*kept, data[place:]))
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        dropped = 0xE0 <= marker <= 0xEF and marker not in _KEPT_SEGMENTS
        if not dropped and marker != 0xFE:
            kept.append(data[place:end])
        place = end
    return None


def _bare_png(data: bytes) -> bytes:
    kept, place = [data[:8]], 8
    while place + 8 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] in _KEPT_CHUNKS:
            kept.append(data[place:end])
        place = end
    return b"".join(kept)


# --- formats ---------------------------------------------------------------------------------------


def _encoded(image: Pillow.Image, origin: str) -> ImageFile:
    """Return an image in the format that shows it best for its bytes."""
    transparent = _transparent(image)
    if origin in _PHOTOGRAPHS and not transparent:
        return ImageFile("jpeg", image.width, _jpeg(image))
    png = _png(image)
    flat = _flat_png(image, transparent=transparent)
    if flat is not None and len(flat) < len(png):
        png = flat
    if len(png) > PHOTO_BYTES and not transparent:
        jpeg = _jpeg(image)
        # Drawings stay PNG, with sharp edges, unless a JPEG is far smaller.
        if len(jpeg) < len(png) / 2:
            return ImageFile("jpeg", image.width, jpeg)
    return ImageFile("png", image.width, png)


def _transparent(image: Pillow.Image) -> bool:
    if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
        return False
    lowest = image.convert("RGBA").getchannel("A").getextrema()[0]
    return isinstance(lowest, int | float) and lowest < 255


def _png(image: Pillow.Image) -> bytes:
    from PIL import Image as Pillow

    if image.mode not in ("1", "L", "P", "RGB", "RGBA"):
        image = image.convert("RGBA" if _transparent(image) else "RGB")
    if image.mode == "RGB" and (colors := image.getcolors(256)) is not None:
        # The same pixels in a third of the bytes.
        image = image.quantize(len(colors), dither=Pillow.Dither.NONE)
    return _saved(image)


def _flat_png(image: Pillow.Image, *, transparent: bool) -> bytes | None:
    """Return a drawing with a palette of 256 colors, or `None` if the difference is visible."""
    from PIL import Image as Pillow
    from PIL import ImageChops, ImageStat

    # MEDIANCUT keeps white exactly, but has no alpha channel.
    mode, method = "RGB", Pillow.Quantize.MEDIANCUT
    if transparent:
        mode, method = "RGBA", Pillow.Quantize.FASTOCTREE
    whole = image.convert(mode)
    small = whole.quantize(256, method=method, dither=Pillow.Dither.NONE)
    errors = ImageStat.Stat(ImageChops.difference(whole, small.convert(mode))).rms
    return _saved(small) if max(errors) <= FLAT_ERROR else None


def _saved(image: Pillow.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _jpeg(image: Pillow.Image, quality: int = QUALITY) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
    return buffer.getvalue()
