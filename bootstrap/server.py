"""A PostgreSQL server with PostGIS: the machine's own, an installed one, or a private copy."""

import re
from dataclasses import dataclass
from pathlib import Path

from bootstrap import debian
from bootstrap.console import SetupError, step


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that has PostGIS beside it."""

    version: int
    tree: debian.Tree

    @property
    def programs(self) -> Path:
        return self.tree.root / f"usr/lib/postgresql/{self.version}/bin"


def servers() -> list[Server]:
    """Servers with PostGIS on this machine: the system's first, the newest first."""
    found = []
    for tree in (debian.SYSTEM, debian.PRIVATE):
        shares = tree.root.glob("usr/share/postgresql/*/extension/postgis.control")
        versions = sorted((int(path.parts[-3]) for path in shares), reverse=True)
        found += [Server(version, tree) for version in versions]
    return [server for server in found if (server.programs / "postgres").exists()]


def obtain_server(version: int | None) -> Server:
    """
    A server with PostGIS, installed when there is none.

    Parameters
    ----------
    version
        The version that made the cluster's files, or None when there is no cluster yet.

    Raises
    ------
    SetupError
        If there is no such server and none can be fetched.
    """
    found = server_here(version)
    if found is None:
        with step("Installing PostgreSQL with PostGIS (first time, about half a minute)"):
            _fetch_server(version)
        found = server_here(version)
    if found is None:
        raise SetupError(
            f"PostgreSQL{f' {version}' if version else ''} with PostGIS is not here and could "
            "not be installed. Install it, or give DATABASE_URL of a PostGIS database."
        )
    return found


def server_here(version: int | None) -> Server | None:
    """The best server of that version (of any, for None) that is here already."""
    fitting = (server for server in servers() if version in (None, server.version))
    return next(fitting, None)


def _fetch_server(version: int | None) -> None:
    offered = debian.matching(rf"postgresql-{version or '[0-9]+'}-postgis-[0-9]+")
    if not offered:
        return
    installed = {int(path.parts[-3]) for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")}
    package = preferred_package(offered, installed)
    debian.obtain(f"postgresql-{server_version(package)}", package)
    link_extensions(debian.PRIVATE.root)


def preferred_package(offered: list[str], installed: set[int]) -> str:
    """The PostGIS package for an installed server if there is one, else for the newest."""
    return max(offered, key=lambda name: (server_version(name) in installed, _numbers(name)))


def server_version(package: str) -> int:
    """15 for ``postgresql-15-postgis-3``."""
    return _numbers(package)[0]


def _numbers(package: str) -> list[int]:
    return [int(number) for number in re.findall(r"[0-9]+", package)]


def link_extensions(root: Path) -> None:
    """Name ``postgis-3.control`` ``postgis.control``: what an installation does afterwards."""
    for control in root.glob("usr/share/postgresql/*/extension/*-[0-9].control"):
        plain = control.with_name(re.sub(r"-[0-9]\.control$", ".control", control.name))
        if not plain.exists():
            plain.symlink_to(control.name)
