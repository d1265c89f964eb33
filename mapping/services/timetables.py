"""
Timetables kept for a city: GTFS zips in a folder of its own, asked for by file name.

A question names a kept feed, never a path: nobody reads other files of the machine through it.
"""

import hashlib
import re
import shutil
from pathlib import Path

from django.conf import settings

from mapping.errors import ParameterError, UnknownNameError
from mapping.importers.gtfs_feed import feed_dates
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
    feed_dates(path)
    folder = _folder(city)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{path.name}.unfinished"
    shutil.copyfile(path, unfinished)
    unfinished.replace(folder / path.name)
    return path.name


def kept_feeds(city: City) -> list[str]:
    """Names of the city's feeds; of most cities there are none."""
    return sorted(path.name for path in _folder(city).glob("*") if FEED_NAME.fullmatch(path.name))


def find_feed(city: City, name: str) -> Path:
    """Raises UnknownNameError with the feeds kept for the city."""
    kept = kept_feeds(city)
    if name not in kept:
        raise UnknownNameError("feed", name, kept)
    return _folder(city) / name


def feed_checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder(city: City) -> Path:
    return Path(settings.TIMETABLE_DIR) / city.slug
