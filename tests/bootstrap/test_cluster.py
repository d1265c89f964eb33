import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from bootstrap import cluster as clusters
from bootstrap import debian
from bootstrap.cluster import Cluster, fitting_socket_folder
from bootstrap.console import SetupError
from bootstrap.server import servers
from config.database import parse_database_url


@pytest.mark.parametrize("place", ["/srv/atlas", "/home/Анна/my atlas", "/srv/a+b&c%20"])
def test_the_service_reads_the_clusters_address_back(place):
    settings = parse_database_url(Cluster(Path(place), None).url)

    assert settings["HOST"] == f"{place}/run"
    assert settings["NAME"] == "culture_atlas"
    assert settings["USER"] == "atlas"
    assert settings["PASSWORD"] == ""


def test_a_socket_stays_in_its_folder_while_the_path_fits():
    longest = Path("/" + "x" * (107 - len("//.s.PGSQL.5432")))

    assert fitting_socket_folder(longest) == longest
    assert fitting_socket_folder(Path(f"{longest}x")).parent == Path(tempfile.gettempdir())


def test_a_socket_path_is_measured_in_bytes():
    assert fitting_socket_folder(Path("/" + "ю" * 60)) != Path("/" + "ю" * 60)


def test_a_comma_would_split_the_host_name():
    assert "," not in str(fitting_socket_folder(Path("/srv/atlas, copy/run")))


def test_a_folder_is_enterable_only_when_all_above_it_are(tmp_path):
    home = Path(tempfile.mkdtemp())
    inside = home / "atlas"
    inside.mkdir(mode=0o755)
    try:
        home.chmod(0o700)
        assert not clusters.enterable_by_all(inside)
        home.chmod(0o711)
        assert clusters.enterable_by_all(inside)
    finally:
        inside.rmdir()
        home.rmdir()


def test_another_servers_variables_do_not_reach_ours():
    variables = {"PGHOST": "db.example.org", "PGPORT": "6432", "PATH": "/bin"}

    assert clusters.without_libpq(variables) == {"PATH": "/bin"}


@pytest.fixture(scope="module")
def cluster():
    """A cluster of its own, started; where the server's user can reach it."""
    if not servers():
        pytest.skip("no PostgreSQL with PostGIS on this machine")
    folder = Path(tempfile.mkdtemp(prefix="culture-atlas-test-"))
    folder.chmod(0o755)
    owner = clusters.SERVER_USER if debian.is_root() else None
    cluster = Cluster(folder / "postgres", owner)
    try:
        cluster.ensure()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def kill_everything(cluster):
    for process in clusters.server_processes(cluster.data):
        with contextlib.suppress(ProcessLookupError):  # its parent took it along
            os.kill(process, signal.SIGKILL)
    clusters.wait_until(lambda: not clusters.server_processes(cluster.data), 10)


def test_it_comes_back_after_a_kill_of_everything(cluster):
    kill_everything(cluster)
    assert not cluster.answers()

    cluster.ensure()

    assert cluster.answers()


def test_it_comes_back_when_another_process_has_the_number_of_the_killed_one(cluster):
    kill_everything(cluster)
    mark = cluster.data / "postmaster.pid"
    _, *rest = mark.read_text().splitlines()
    mark.write_text("\n".join([str(os.getpid()), *rest, ""]))

    cluster.ensure()

    assert cluster.answers()


def test_it_comes_back_when_its_socket_was_removed(cluster):
    (cluster.socket_folder / clusters.SOCKET_NAME).unlink()

    cluster.ensure()

    assert cluster.answers()


def test_it_stops_cleanly_and_knows_when_there_is_nothing_to_stop(cluster):
    cluster.ensure()

    assert cluster.stop()
    assert not (cluster.data / "postmaster.pid").exists()
    assert not cluster.stop()


def test_a_missing_server_user_is_said_in_words():
    with pytest.raises(SetupError, match="no-such-user"):
        clusters.group_of("no-such-user")
