"""
Debian packages, named by asking apt: installed by root, unpacked under ``var/`` for anyone else.

An ordinary user may not install, but apt downloads for anyone when given a state folder of
its own, and ``dpkg -x`` unpacks anywhere.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bootstrap import VAR
from bootstrap.console import OFFLINE, SetupError, run

INSTALLED = Path("/var/lib/dpkg/status")
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.d/culture-atlas.conf")
# A server finds its extensions beside itself, so the private tree needs both even where the
# system has a server without PostGIS.
TAKEN_PRIVATELY = re.compile(r"^Package: (postgresql|postgis)", re.MULTILINE)


@dataclass(frozen=True)
class Tree:
    """Where packages lie: the system itself (``/``) or a private copy."""

    root: Path

    def environment(self) -> dict[str, str]:
        """Variables that let the programs of this tree find their own libraries and data."""
        if self.root == Path("/"):
            return {}
        share = self.root / "usr/share"
        return {
            "LD_LIBRARY_PATH": os.pathsep.join(map(str, self.library_folders())),
            "PROJ_DATA": str(share / "proj"),
            "PROJ_LIB": str(share / "proj"),
            "GDAL_DATA": str(share / "gdal"),
        }

    def library_folders(self) -> list[Path]:
        """Folders of shared libraries; some (BLAS, LAPACK) stand one level deeper."""
        patterns = ("usr/lib/*/lib*.so*", "lib/*/lib*.so*", "usr/lib/*/*/lib*.so*")
        found = [path.parent for pattern in patterns for path in sorted(self.root.glob(pattern))]
        return list(dict.fromkeys(found))


SYSTEM = Tree(Path("/"))
PRIVATE = Tree(VAR / "debian")


def is_root() -> bool:
    """Whether packages can be installed into the system."""
    return os.geteuid() == 0


def matching(pattern: str) -> list[str]:
    """Names of the packages known to apt that match the whole pattern."""
    _need_apt()
    if not _known_names():
        _refresh(_options())
    return sorted(name for name in _known_names() if re.fullmatch(pattern, name))


def obtain(*packages: str) -> None:
    """Install the packages as root; unpack them into the private tree for anyone else."""
    if is_root():
        install(*packages)
    else:
        unpack(*packages)


def install(*packages: str) -> None:
    """Install into the system, as root, without starting a database server of the system's own."""
    _need_apt()
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    _with_second_try([*command, "--download-only"], options=[])
    with _no_system_cluster(), _uninterrupted():
        _with_second_try(command, options=[])


def unpack(*packages: str) -> None:
    """Download the packages and what they depend on; unpack them into the private tree."""
    _need_apt()
    options = _private_options()
    _write_private_status()
    command = ["apt-get", *options, "install", "--yes", "--download-only"]
    _with_second_try([*command, "--no-install-recommends", *packages], options)

    archives = VAR / "apt/cache/archives"
    PRIVATE.root.mkdir(parents=True, exist_ok=True)
    for archive in sorted(archives.glob("*.deb")):
        run(["dpkg", "-x", archive, PRIVATE.root], "debian")
    shutil.rmtree(archives)


def _need_apt() -> None:
    if shutil.which("apt-get") is None:
        raise SetupError("There is no apt-get on this machine, so nothing can be fetched for you.")


def _known_names() -> list[str]:
    command = ["apt-cache", *_options(), "pkgnames"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()


def _with_second_try(command: list[str], options: list[str]) -> None:
    """Old package lists and an interrupted installation are mended once, then it is an error."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    try:
        run(command, "debian", env=environment)
    except SetupError:
        if is_root():
            run(["dpkg", "--configure", "-a"], "debian", env=environment)
        _refresh(options)
        run(command, "debian", env=environment, advice=OFFLINE)


def _refresh(options: list[str]) -> None:
    run(["apt-get", *options, "update"], "debian", advice=OFFLINE)


def _options() -> list[str]:
    return [] if is_root() else _private_options()


def _private_options() -> list[str]:
    state, cache = VAR / "apt/state", VAR / "apt/cache"
    for folder in (state / "lists/partial", cache / "archives/partial"):
        folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "Dir::State": state,
        "Dir::State::status": state / "status",
        "Dir::Cache": cache,
        "Debug::NoLocking": "1",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _write_private_status() -> None:
    """The system's list of installed packages, less what the private tree needs beside itself."""
    text = INSTALLED.read_text(encoding="utf-8") if INSTALLED.exists() else ""
    (VAR / "apt/state/status").write_text(without_taken_privately(text), encoding="utf-8")


def without_taken_privately(status: str) -> str:
    """A dpkg status without the paragraphs of PostgreSQL and PostGIS packages."""
    paragraphs = status.split("\n\n")
    return "\n\n".join(text for text in paragraphs if not TAKEN_PRIVATELY.search(text))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait some seconds: half-installed packages would be left in the system."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _no_system_cluster() -> Iterator[None]:
    """Keep PostgreSQL's packages from creating and starting a cluster that nobody asked for."""
    CLUSTER_SETTINGS.parent.mkdir(parents=True, exist_ok=True)
    CLUSTER_SETTINGS.write_text("create_main_cluster = false\n", encoding="utf-8")
    try:
        yield
    finally:
        CLUSTER_SETTINGS.unlink(missing_ok=True)
