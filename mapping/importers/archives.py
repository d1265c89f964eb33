"""Unpacking a zipped pack without letting it write elsewhere or fill the disk."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from mapping.errors import UnreadableFileError, UnsafeArchiveError

MAX_FILES = 10_000
MAX_BYTES = 4 * 1024**3
# What a damaged zip, a locked one, or one of an unknown method ends in while it is read.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
)


def unpack(archive_path: Path, into: Path) -> None:
    """
    Unpack a zip into an existing folder.

    Raises
    ------
    UnsafeArchiveError
        If a member would land outside `into`, is a link, or all together are too many or too big.
    UnreadableFileError
        If it is no zip, or a damaged one.
    """
    try:
        with zipfile.ZipFile(archive_path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_size(archive_path, members)
            for member in members:
                _check_name(archive_path, member)
            for member in members:
                _write(archive, member, into)
    except DAMAGED as error:
        raise UnreadableFileError(archive_path, str(error), "a whole zip archive") from error


def check_unpacked_size(path: Path, most_bytes: int) -> None:
    """
    Refuse a zip, or a workbook, which is one, before it fills the memory.

    Raises
    ------
    UnsafeArchiveError
        If all of its members together are bigger than `most_bytes`.
    UnreadableFileError
        If it is no zip.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(member.file_size for member in archive.infolist())
    except DAMAGED as error:
        raise UnreadableFileError(path, str(error), "a whole zip archive") from error
    if total > most_bytes:
        raise UnsafeArchiveError(path, f"{total} bytes unpacked", f"at most {most_bytes}")


def _check_size(path: Path, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    if len(members) > MAX_FILES:
        raise UnsafeArchiveError(path, f"{len(members)} files", f"at most {MAX_FILES}")
    if total > MAX_BYTES:
        raise UnsafeArchiveError(path, f"{total} bytes unpacked", f"at most {MAX_BYTES}")


def _check_name(path: Path, member: zipfile.ZipInfo) -> None:
    name = PurePosixPath(member.filename)
    if (
        name.is_absolute()
        or ".." in name.parts
        or "\\" in member.filename
        or ":" in member.filename
    ):
        raise UnsafeArchiveError(path, f"a file “{member.filename}”", "names inside the archive")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnsafeArchiveError(path, f"a link “{member.filename}”", "plain files")


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, into: Path) -> None:
    target = into / member.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, target.open("wb") as stream:
        shutil.copyfileobj(source, stream)
