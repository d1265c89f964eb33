"""
Pictures that people send: read, freed of what they tell beside the picture, made ready to show.

Nothing of the file is kept but its points: place, camera and names (EXIF, XMP) go with the rest.
"""

import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from mapping.errors import (
    BrokenPhotoError,
    HeavyPhotoError,
    LargePhotoError,
    MovingPhotoError,
    NotAPhotoError,
    SmallPhotoError,
)

SMALL_PX, LARGE_PX = SIZES_PX = (800, 1600)
"""Longer sides of what is kept: for a card, and for a whole screen."""
MOST_BYTES = 16 * 1024 * 1024
MOST_PIXELS = 50_000_000
"""What the telephones of today take; a bomb of a few kilobytes unpacks to far more."""
LEAST_SIDE_PX = 200
FORMATS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp")
QUALITY = 80
PLAIN_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "I;16")
SIXTEEN_BITS = "I;16"
# What Pillow raises for files that end early or lie about themselves.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: width and height in pixels of the largest, WebP by longer side."""

    width: int
    height: int
    files: Mapping[int, bytes]


def fit(width: int, height: int, side_px: int) -> tuple[int, int]:
    """Width and height of a picture brought to a longer side; small ones are never blown up."""
    scale = min(1.0, side_px / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def read_picture(file: BinaryIO, name: str = "") -> Picture:
    """
    Read a picture of any origin, whatever its name says.

    Upright as its camera was held, in the colours of every screen (sRGB), on white where it was
    transparent, in each of SIZES_PX.

    Raises
    ------
    HeavyPhotoError, LargePhotoError, SmallPhotoError
        If it has more bytes or pixels than are taken, or too few pixels to show anything.
    NotAPhotoError, MovingPhotoError, BrokenPhotoError
        If it is no JPEG, PNG or WebP; if it moves; if it ends early or cannot be decoded.
    """
    _check_weight(file)
    image = _opened(file, name)
    try:
        return _kept(_upright(image))
    except BROKEN as error:
        raise BrokenPhotoError(name) from error


def _check_weight(file: BinaryIO) -> None:
    got_bytes = file.seek(0, io.SEEK_END)
    if got_bytes > MOST_BYTES:
        raise HeavyPhotoError(got_bytes, MOST_BYTES)
    file.seek(0)


def _opened(file: BinaryIO, name: str) -> Image.Image:
    """The picture by its first bytes alone: nothing is decoded before its size is known."""
    try:
        image = Image.open(file, formats=FORMATS)
    except BOMB as error:
        raise LargePhotoError(f"> {2 * MOST_PIXELS}", MOST_PIXELS) from error
    except UnidentifiedImageError as error:
        raise NotAPhotoError(name) from error
    except BROKEN as error:
        raise BrokenPhotoError(name) from error
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise LargePhotoError(f"{width} × {height}", MOST_PIXELS)
    if min(width, height) < LEAST_SIDE_PX:
        raise SmallPhotoError(f"{width} × {height}", LEAST_SIDE_PX)
    # Many cameras put a second picture beside the first (MPO); only what moves is refused.
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        raise MovingPhotoError(name)
    if image.mode not in PLAIN_MODES:
        raise NotAPhotoError(name)
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Decoded, no larger than is needed where its format allows that, the right side up."""
    image.draft("RGB", (LARGE_PX, LARGE_PX))
    image.load()
    # In place: a copy of fifty million pixels is two hundred megabytes.
    ImageOps.exif_transpose(image, in_place=True)
    return image


def _kept(image: Image.Image) -> Picture:
    profile = image.info.get("icc_profile")
    smooth = _smooth(image)
    large = smooth.resize(fit(*smooth.size, LARGE_PX), Image.Resampling.LANCZOS)
    shown = _in_srgb(_on_white(large), profile)
    sizes = {side_px: fit(*shown.size, side_px) for side_px in SIZES_PX}
    files = {
        side_px: _encoded(shown.resize(size, Image.Resampling.LANCZOS))
        for side_px, size in sizes.items()
    }
    return Picture(*shown.size, files)


def _smooth(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be made smaller without steps."""
    if image.mode == SIXTEEN_BITS:
        return image.convert("I").point(lambda value: value / 256).convert("L")
    is_smooth = image.mode in ("RGB", "RGBA", "CMYK", "L")
    return image if is_smooth and "transparency" not in image.info else image.convert("RGBA")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours that were meant: without their profile those of many telephones turn pale."""
    if profile:
        try:
            meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(image, meant, srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A damaged profile is no reason to refuse the picture.
            changed = None
        if changed is not None:
            return changed
    return image.convert("RGB")


def _encoded(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "WEBP", quality=QUALITY, method=4)
    return content.getvalue()
