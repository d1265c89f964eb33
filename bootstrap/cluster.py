"""
The private PostGIS cluster of this checkout: a unix socket, no open port, never as root.

The folder is ``var/postgres``; where the server's user cannot reach the checkout, it stands
under ``/var/lib``. A ``kill -9`` of everything costs a restart and loses nothing.
"""

import hashlib
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bootstrap import ROOT, VAR, debian
from bootstrap.console import SetupError, run, step, tail
from bootstrap.server import Server, obtain_server, server_here

ROLE = "atlas"
DATABASE = "culture_atlas"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
SERVER_USER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
ACCEPTING, STARTING = 0, 1  # exit codes of pg_isready
SOCKET_PATH_LIMIT = 107  # bytes, from sockaddr_un
START_SECONDS = 120
STOP_SECONDS = 30
MEMORY_FOLDER = Path("/dev/shm")
MEMORY_NEEDED = 256 * 2**20  # bytes; containers often give 64 MB, too little for parallel queries

# One user on one machine: more memory than the defaults, no replication. fsync stays on.
SETTINGS = """
listen_addresses = ''
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
wal_level = minimal
max_wal_senders = 0
jit = off
dynamic_shared_memory_type = {shared_memory}
"""


@dataclass(frozen=True)
class Cluster:
    """
    A cluster in a folder of its own.

    `owner` is the system user that runs the server when we are root, None otherwise.
    """

    folder: Path
    owner: str | None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def socket_folder(self) -> Path:
        return fitting_socket_folder(self.folder / "run")

    @property
    def url(self) -> str:
        return f"postgis://{ROLE}@/{DATABASE}?host={quote(str(self.socket_folder), safe='')}"

    def version(self) -> int | None:
        """Version of the server that made the files; None before there are any."""
        mark = self.data / "PG_VERSION"
        return int(mark.read_text()) if mark.exists() else None

    def ensure(self) -> None:
        """Create the cluster and its database where missing, and start it where stopped."""
        server = obtain_server(self.version())
        if self.version() is None:
            with step(f"Creating the database in {self.folder}"):
                self._create(server)
        self._start(server)
        if not (self.folder / "ready").exists():
            self._create_database(server)

    def answers(self) -> bool:
        """Whether the database exists and its server accepts connections."""
        if not (self.folder / "ready").exists():
            return False
        server = server_here(self.version())
        return server is not None and self._state(server) == ACCEPTING

    def stop(self) -> bool:
        """Stop the server, finishing what is being written; False when it was not running."""
        if not server_processes(self.data):
            return False
        self._end_processes()
        return True

    def _create(self, server: Server) -> None:
        self._make_folder(self.folder)
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        words = ["--username", ROLE, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        self._run(server, "initdb", *words, "-D", unfinished)
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(shared_memory=shared_memory_type()))
        unfinished.rename(self.data)

    def _start(self, server: Server) -> None:
        if server_processes(self.data):
            wait_until(lambda: self._state(server) != STARTING, START_SECONDS)
        if self._state(server) == ACCEPTING:
            return
        # The server was killed and left processes behind, or its socket was removed. Another
        # one refuses to start beside them, rightly: two servers on one folder destroy it.
        self._end_processes()
        self._forget_dead_server()
        self._make_folder(self.socket_folder)
        socket = f"-k {shlex.quote(str(self.socket_folder))}"
        where = ("-D", self.data, "-l", self.log)
        try:
            self._run(
                server, "pg_ctl", "start", *where, "-w", "-t", str(START_SECONDS), "-o", socket
            )
        except SetupError as error:
            raise SetupError(f"The database did not start.\n{tail(self.log)}") from error

    def _end_processes(self) -> None:
        """A fast shutdown through the main process; without one, each process on its own."""
        living = server_processes(self.data)
        main = self._main_process()
        for process in [main] if main in living else living:
            os.kill(process, signal.SIGINT if process == main else signal.SIGTERM)
        if not wait_until(lambda: not server_processes(self.data), STOP_SECONDS):
            raise SetupError(
                f"Database processes {server_processes(self.data)} of {self.data} do not end; "
                "end them and run this again."
            )

    def _main_process(self) -> int | None:
        mark = self.data / "postmaster.pid"
        return int(mark.read_text().split()[0]) if mark.exists() else None

    def _forget_dead_server(self) -> None:
        """
        Remove the marks of a killed server.

        The server itself believes a mark as long as any process has that number, which after
        a restart of the machine or container may be anything.
        """
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            (self.socket_folder / name).unlink(missing_ok=True)

    def _create_database(self, server: Server) -> None:
        exists = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
        if not self._sql(server, "postgres", exists):
            self._sql(server, "postgres", f"CREATE DATABASE {DATABASE}")
        for extension in EXTENSIONS:
            self._sql(server, DATABASE, f"CREATE EXTENSION IF NOT EXISTS {extension}")
        (self.folder / "ready").touch()

    def _sql(self, server: Server, database: str, statement: str) -> str:
        words = ["--no-psqlrc", "-At", "-v", "ON_ERROR_STOP=1", "-c", statement]
        done = self._call(server, "psql", "-U", ROLE, "-h", self.socket_folder, *words, database)
        if done.returncode:
            raise SetupError(f"The database refused: {statement}\n{done.stderr.strip()}")
        return done.stdout.strip()

    def _state(self, server: Server) -> int:
        whom = ("-U", ROLE, "-d", "postgres")
        return self._call(server, "pg_isready", "-h", self.socket_folder, *whom).returncode

    def _call(
        self, server: Server, program: str, *words: str | Path
    ) -> subprocess.CompletedProcess[str]:
        command = [server.programs / program, *words]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, **self._identity(server)
        )

    def _run(self, server: Server, program: str, *words: str | Path) -> None:
        run([server.programs / program, *words], "postgres", **self._identity(server))

    def _identity(self, server: Server) -> dict[str, Any]:
        """Who runs the server's programs, where, and with which variables."""
        how: dict[str, Any] = {
            "cwd": "/",
            "env": {**without_libpq(os.environ), **server.tree.environment(), "LC_ALL": "C.UTF-8"},
        }
        if self.owner:
            how |= {"user": self.owner, "group": group_of(self.owner), "extra_groups": []}
        return how

    def _make_folder(self, folder: Path) -> None:
        """Make a folder that the server's user alone may enter: the role has no password."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.owner:
            shutil.chown(folder, self.owner, group_of(self.owner))
        elif folder.stat().st_uid != os.geteuid():
            raise SetupError(f"{folder} belongs to another user; remove it and run this again.")
        folder.chmod(0o700)


def private_cluster() -> Cluster:
    """The cluster of this checkout."""
    here = VAR / "postgres"
    if not debian.is_root():
        return Cluster(here, None)
    return Cluster(here if enterable_by_all(ROOT) else elsewhere(), SERVER_USER)


def group_of(user: str) -> int:
    """
    The main group of a system user.

    Raises
    ------
    SetupError
        If there is no such user: the server's packages make it, and refuse to run as root.
    """
    try:
        return pwd.getpwnam(user).pw_gid
    except KeyError as error:
        raise SetupError(
            f"There is no system user {user} to run the database, which refuses to run as root. "
            "Finish the installation with `dpkg --configure -a`, or run this as an ordinary user."
        ) from error


def elsewhere() -> Path:
    """A folder outside the checkout that belongs to this checkout alone."""
    return Path("/var/lib/culture-atlas") / place_mark()


def place_mark() -> str:
    """Twelve characters that stand for the place of this checkout."""
    return hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]


def enterable_by_all(folder: Path) -> bool:
    """Whether any user of the system can pass through the folder and all above it."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def fitting_socket_folder(folder: Path) -> Path:
    """
    The folder itself, or a short one when a socket in it would have too long a path.

    A comma would end the host name for the client library, so it leads elsewhere too.
    """
    path = os.fsencode(folder / SOCKET_NAME)
    if len(path) <= SOCKET_PATH_LIMIT and b"," not in path:
        return folder
    return Path(tempfile.gettempdir()) / f"culture-atlas-{place_mark()}"


def shared_memory_type() -> str:
    """`posix` where the machine gives shared memory enough, else files (`mmap`)."""
    enough = MEMORY_FOLDER.is_dir() and shutil.disk_usage(MEMORY_FOLDER).free >= MEMORY_NEEDED
    return "posix" if enough else "mmap"


def server_processes(data: Path) -> list[int]:
    """Server processes of a data folder: each of them works in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            here = (entry / "cwd").readlink() == data.resolve()
            if here and "postgres" in (entry / "exe").readlink().name:
                found.append(int(entry.name))
        except OSError:
            continue  # ended meanwhile, or another user's
    return found


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return met


def without_libpq(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables less PGHOST, PGPORT and their like, which name some other server."""
    return {name: value for name, value in environment.items() if not name.startswith("PG")}
