"""
Tiles already made: in the memory of a worker, and in files that all workers share; pictures, which
few ask for twice, in files alone.

A tile is kept compressed, as it is sent. Tokens name the version of the data, so nothing here is
ever out of date: what is old is just not asked for any more, and its folder is cleared away.
"""

import gzip
import logging
import os
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.core.cache import caches

log = logging.getLogger(__name__)

COMPRESSION = 6


def read(token: str, name: str) -> bytes | None:
    """The tile `name` of the version `token`, gzipped; None where nobody has made it yet."""
    memory, key = caches["tiles"], f"{token}/{name}"
    kept = memory.get(key)
    if kept is None:
        kept = read_file(token, name)
        if kept is not None:
            memory.set(key, kept, None)
    return kept


def keep(token: str, name: str, plain: bytes) -> bytes:
    """
    Keep a tile for all workers; gives it gzipped, or empty bytes for an empty tile.

    Empty ones stay in memory alone: the world has a thousand million of them, and whoever asks for
    them all must not fill the disk.
    """
    packed = gzip.compress(plain, COMPRESSION, mtime=0) if plain else b""
    if packed:
        keep_file(token, name, packed)
    caches["tiles"].set(f"{token}/{name}", packed, None)
    return packed


def read_file(token: str, name: str) -> bytes | None:
    """The file `name` of the version `token`; None where nobody has made it yet."""
    try:
        return (_folder() / token / name).read_bytes()
    except FileNotFoundError:
        return None


def keep_file(token: str, name: str, content: bytes) -> None:
    """Keep a file for all workers, until its version is forgotten."""
    try:
        _write(_folder() / token / name, content)
    except OSError:
        # A full disk makes answers slower, not absent.
        log.warning("%s of %s could not be kept", name, token, exc_info=True)


def unpack(packed: bytes) -> bytes:
    """The tile as it was made, for a reader that takes no compression."""
    return gzip.decompress(packed) if packed else b""


def forget_all_but(tokens: Collection[str]) -> None:
    """Clear away the files of versions that nobody asks for any more."""
    if _folder().is_dir():
        for folder in _folder().iterdir():
            if folder.name not in tokens:
                shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    return Path(settings.TILE_DIR)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: another worker may be reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(aside).chmod(0o644)
        Path(aside).replace(path)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise
