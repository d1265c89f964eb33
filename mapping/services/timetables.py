"""
Timetables kept for a city: GTFS zips in a folder of its own, asked for by file name.

A question names a kept feed, never a path: nobody reads other files of the machine through it.
"""

import datetime as dt
import hashlib
import re
import shutil
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from mapping.errors import ParameterError, UnknownNameError
from mapping.importers import gtfs_feed
from mapping.models import City

FEED_NAME = re.compile(r"\w[\w.-]{0,95}\.zip", re.IGNORECASE)


def keep_feed(city: City, path: Path) -> str:
    """
    Copy a feed into the city's folder and return the name it is asked for by.

    A feed of the same name is replaced: it is the newer timetable.

    Raises
    ------
    ParameterError
        If the name is not that of a zip, in letters, digits, dots and dashes.
    UnreadableFileError
        If the file is not a GTFS feed; nothing is kept then.
    """
    if not FEED_NAME.fullmatch(path.name):
        raise ParameterError("feed", path.name, "a .zip named in letters, digits, dots, dashes")
    gtfs_feed.feed_dates(path)
    folder = _folder(city)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{path.name}.unfinished"
    shutil.copyfile(path, unfinished)
    unfinished.replace(folder / path.name)
    return path.name


def forget_feed(city: City, name: str) -> None:
    """Take back a feed that answers nothing here, so that nobody is offered it."""
    find_feed(city, name).unlink()


def kept_feeds(city: City) -> list[str]:
    """Names of the city's feeds; of most cities there are none."""
    return sorted(path.name for path in _folder(city).glob("*") if FEED_NAME.fullmatch(path.name))


def find_feed(city: City, name: str) -> Path:
    """Raises UnknownNameError with the feeds kept for the city."""
    kept = kept_feeds(city)
    if name not in kept:
        raise UnknownNameError("feed", name, kept)
    return _folder(city) / name


def first_weekday(city: City, name: str) -> dt.date | None:
    """
    The day a question about a feed starts from: the first from Monday to Friday that it serves.

    Raises UnknownNameError and UnreadableFileError as `find_feed` and the reader do.
    """
    path = find_feed(city, name)
    return _first_weekday(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _first_weekday(path: Path, changed_ns: int) -> dt.date | None:
    """Remembered until the file changes."""
    return gtfs_feed.first_weekday(path)


def check_service(city: City, name: str, on: dt.date) -> None:
    """Raises NoServiceError with the days of the feed where nothing runs on the one asked for."""
    gtfs_feed.check_service(find_feed(city, name), on)


def feed_checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder(city: City) -> Path:
    return Path(settings.TIMETABLE_DIR) / city.slug
