"""Pictures for tests, made on the spot: left half red, right half blue."""

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

RED, BLUE = (200, 30, 30), (30, 30, 200)
# Longitude and latitude of somebody's flat, as a telephone writes them.
GPS_IFD = 0x8825
GPS = {1: "N", 2: (55.0, 1.0, 30.0), 3: "E", 4: (82.0, 55.0, 0.0)}
ORIENTATION, MAKE = 0x0112, 0x010F
MAKER = "Private Camera"


def halves(width: int = 600, height: int = 400, mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image.convert(mode)


def encoded(image: Image.Image, sort: str = "JPEG", **options) -> bytes:
    content = io.BytesIO()
    image.save(content, sort, **options)
    return content.getvalue()


def telephone_photo(width: int = 600, height: int = 400, orientation: int = 1) -> bytes:
    """A JPEG that tells where, by what and how it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = orientation, MAKER
    exif.get_ifd(GPS_IFD).update(GPS)
    return encoded(halves(width, height), exif=exif)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few dozen bytes that says it is as large as asked."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def upload(content: bytes | None = None, name: str = "фото.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, telephone_photo() if content is None else content)
