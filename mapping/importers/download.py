"""Fetching a large file: resumed where it broke off, checked for size, failures explained."""

from __future__ import annotations

import errno
import http.client
import json
import socket
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from mapping.errors import DownloadError

CHUNK_BYTES = 1 << 18
TIMEOUT_SECONDS = 60
AGENT = "culture-atlas"

Progress = Callable[[int, int | None], None]
"""Bytes so far, and in all when the server said so."""


def is_url(text: str) -> bool:
    return urllib.parse.urlsplit(text).scheme in {"http", "https"}


def download(url: str, into: Path, *, progress: Progress | None = None) -> Path:
    """
    Fetch a file into a folder; what an earlier try left behind is continued.

    The unfinished file is `NAME.part`, with `NAME.part.json` beside it saying which version of
    the file it is a part of. A server that has another version by now sends the whole file.

    Parameters
    ----------
    into
        An existing folder; the file is named as in the address.

    Returns
    -------
    path
        The whole file.

    Raises
    ------
    DownloadError
        If it could not be fetched as a whole: what was got, and what to do.
    """
    if not is_url(url):
        raise DownloadError(url, "another kind of address", "wanted http:// or https://")
    name = PurePosixPath(urllib.parse.unquote(urllib.parse.urlsplit(url).path)).name
    if not name:
        raise DownloadError(url, "an address without a file name", "give the file's own address")
    target = into / name
    part = into / f"{name}.part"
    try:
        _fetch(url, part, progress or (lambda done, total: None))
        part.replace(target)
        _note_of(part).unlink(missing_ok=True)
    except DownloadError:
        raise
    except (OSError, http.client.HTTPException) as error:
        _explain(url, error)
    return target


def _note_of(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _fetch(url: str, part: Path, progress: Progress) -> None:
    request = urllib.request.Request(url, headers=_headers(url, part))  # noqa: S310 — http(s) only
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # noqa: S310
    except urllib.error.HTTPError as error:
        with error:
            if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not part.exists():
                raise
        # the part is as long as the file or longer: it cannot be continued, so start anew
        part.unlink()
        _fetch(url, part, progress)
        return
    with response:
        resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT
        done = part.stat().st_size if resumed else 0
        left = _length(response.headers)
        total = None if left is None else done + left
        _remember(url, part, response.headers)
        with part.open("ab" if resumed else "wb") as stream:
            while chunk := _read(response):
                stream.write(chunk)
                done += len(chunk)
                progress(done, total)
    if total is not None and done != total:
        got = f"{done} of {total} bytes: the connection broke off"
        raise DownloadError(url, got, "run the same command again, it goes on from there")


def _read(response: Any) -> bytes:
    try:
        return bytes(response.read(CHUNK_BYTES))
    except http.client.IncompleteRead as error:
        return error.partial


def _headers(url: str, part: Path) -> dict[str, str]:
    headers = {"User-Agent": AGENT}
    version = _version_of(url, part)
    if version and part.exists() and part.stat().st_size:
        headers |= {"Range": f"bytes={part.stat().st_size}-", "If-Range": version}
    return headers


def _version_of(url: str, part: Path) -> str:
    """Which version of the file the part belongs to; empty when nobody can tell."""
    try:
        note = json.loads(_note_of(part).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(note.get("version", "")) if note.get("url") == url else ""


def _remember(url: str, part: Path, headers: Mapping[str, str]) -> None:
    etag = headers.get("ETag", "")
    # a weak tag does not promise equal bytes
    version = headers.get("Last-Modified", "") if etag.startswith("W/") else etag
    version = version or headers.get("Last-Modified", "")
    _note_of(part).write_text(json.dumps({"url": url, "version": version}), encoding="utf-8")


def _length(headers: Mapping[str, str]) -> int | None:
    text = headers.get("Content-Length", "")
    return int(text) if text.isdigit() else None


def _explain(url: str, error: BaseException) -> NoReturn:
    """Say a network failure in words."""
    host = urllib.parse.urlsplit(url).hostname
    if isinstance(error, urllib.error.HTTPError):
        wanted = {
            404: "check the address: the server has no such file",
            403: "the server refuses; it may ask for a login or another address",
            429: "too many requests: try again later",
        }.get(error.code, "try again later")
        raise DownloadError(url, f"HTTP {error.code} {error.reason}", wanted) from error
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    got, wanted = str(reason), "check the network and try again: it goes on from where it broke"
    if isinstance(reason, socket.gaierror):
        got, wanted = f"no address for the host {host}", "check the address and the network"
    elif isinstance(reason, ssl.SSLError):
        got, wanted = f"no trusted connection ({reason})", "check the clock and the certificates"
    elif isinstance(reason, TimeoutError):
        got = f"no answer within {TIMEOUT_SECONDS} s"
    elif isinstance(reason, ConnectionRefusedError):
        got, wanted = f"{host} refuses the connection", "check the address and the port"
    elif isinstance(reason, OSError) and reason.errno == errno.ENOSPC:
        got, wanted = "the disk is full", "free some space and run the same command again"
    raise DownloadError(url, got, wanted) from error
