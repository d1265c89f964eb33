"""Opening files of a pack, plain or gzipped, and saying what is wrong with one as a whole."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

from mapping.errors import UnreadableFileError

GZIP_MAGIC = b"\x1f\x8b"
MAX_UNZIPPED_BYTES = 4 * 1024**3


def read_bytes(path: Path) -> bytes:
    """The content of a file, unzipped when it is gzip."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(path, str(error), "a readable file") from error
    if not raw.startswith(GZIP_MAGIC):
        return raw
    try:
        with gzip.open(path) as stream:
            content = stream.read(MAX_UNZIPPED_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise UnreadableFileError(path, f"a damaged gzip ({error})", "a whole gzip") from error
    if len(content) > MAX_UNZIPPED_BYTES:
        raise UnreadableFileError(path, "over 4 GB unzipped", "a file of a city")
    return content


def read_text(path: Path, encoding: str = "") -> str:
    """
    The text of a file: in the named encoding, else UTF-8, else Windows-1251.

    Raises
    ------
    UnreadableFileError
        If it is not text in any of them.
    """
    content = read_bytes(path)
    if encoding:
        return _decode(path, content, encoding)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(path, content, "utf-16")
    if b"\x00" in content:
        raise UnreadableFileError(path, "binary content", "text in UTF-8 or Windows-1251")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode(path, content, "cp1251")


def _decode(path: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableFileError(path, str(error), f"text in {encoding}") from error


def checksum(path: Path) -> str:
    """SHA-256 of a file as it lies on disk."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
