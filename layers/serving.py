"""The site on this machine: the web server of production, and a worker of the queue beside it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

LAST_TASK_SECONDS = 10
"""How long the worker may go on with what it is at when the site ends."""


def check_port(port: int) -> None:
    """Raises OSError while another program holds the port, or where there is no such port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError as error:
            raise OSError(str(error)) from error


def serve(port: int) -> None:
    """Serve until somebody stops it."""
    from gunicorn.app.wsgiapp import run

    bind = f"--bind=127.0.0.1:{port}"
    sys.argv = ["gunicorn", "--config=python:config.serving", bind, "config.wsgi:application"]
    with worker():
        run()


@contextmanager
def worker() -> Iterator[None]:
    """A process beside the site that does what is put into the queue, until the site ends."""
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "db_worker"]
    options = ["--no-startup-delay", "--interval=0.5", "--no-reload", "--verbosity=0"]
    process = subprocess.Popen([*command, *options])
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(LAST_TASK_SECONDS)
        except subprocess.TimeoutExpired:
            # The question it was at is told as broken off, and may be asked again.
            process.kill()
            process.wait()
