"""The database goes away under a running server, and comes back: no restart is needed."""

import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings

CHECKOUT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60


class Line:
    """The way to the database, as a socket that can be cut and mended."""

    def __init__(self, folder: Path, database: dict) -> None:
        self.path = folder / ".s.PGSQL.5432"
        self.database = database
        self.mend()

    def mend(self) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen()
        self.ends: list[socket.socket] = []
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def cut(self) -> None:
        self.path.unlink()
        for end in (self.listener, *self.ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = self._connect()
                self.ends += [near, far]
                threading.Thread(target=_relay, args=(near, far), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = self.database["HOST"], self.database["PORT"] or "5432"
        if not host.startswith("/"):
            return socket.create_connection((host or "localhost", int(port)))
        far = socket.socket(socket.AF_UNIX)
        far.connect(f"{host}/.s.PGSQL.{port}")
        return far


def _relay(near: socket.socket, far: socket.socket) -> None:
    """Carry bytes both ways until either end is gone; then the other hears of it."""
    with near, far, contextlib.suppress(OSError, ValueError):
        while True:
            for end in select.select([near, far], [], [])[0]:
                sent = end.recv(65536)
                if not sent:
                    return
                (far if end is near else near).sendall(sent)


@pytest.fixture
def line(tmp_path_factory, transactional_db) -> Line:
    # A socket's path may hold about a hundred bytes.
    return Line(tmp_path_factory.mktemp("pg"), django_settings.DATABASES["default"])


@pytest.fixture
def port(line: Line) -> Iterator[int]:
    """Port of a real server that reaches the database through the line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    database = line.database
    account = quote(database["USER"]) + (
        ":" + quote(database["PASSWORD"]) if database["PASSWORD"] else ""
    )
    url = f"postgis://{account}@/{database['NAME']}?host={quote(str(line.path.parent))}"
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi:application",
            f"--bind=127.0.0.1:{number}",
            "--threads=2",
        ],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(number)
        yield number
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_it_answers(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.1)
    raise AssertionError("the server did not start")


def ask(port: int, path: str, language: str = "ru"):
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept-Language": language})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, body


def test_it_says_so_kindly_and_goes_on_when_the_database_is_back(line: Line, port: int, town):
    assert ask(port, "/healthz")[0] == 200
    assert ask(port, "/town/about/")[0] == 200

    line.cut()
    for _ in range(3):
        status, headers, page = ask(port, "/town/about/")
        assert status == 503
        assert int(headers["Retry-After"]) > 0
        assert "<html" in page
        assert "Traceback" not in page
    assert ask(port, "/data/town/layers.json")[1]["Content-Type"] == "application/json"
    assert 'lang="en"' in ask(port, "/en/town/about/", "en")[2]

    line.mend()
    assert ask(port, "/town/about/")[0] == 200
    assert ask(port, "/healthz")[0] == 200
