"""Those who serve tiles: the service itself, nginx with the same tiles as files, bare asyncpg."""

import getpass
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
WORKERS, THREADS = 2, 4

NGINX = """
user {user}; daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  types {{ application/vnd.mapbox-vector-tile mvt; }}
  server {{
    listen 127.0.0.1:{port};
    location = /healthz {{ return 200; }}
    location / {{ root {folder}; add_header Content-Encoding gzip; }}
  }}
}}
"""


@contextmanager
def our_service(var: Path) -> Iterator[int]:
    """Gunicorn as it is run for people: 2 workers, 4 threads each; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "-w", str(WORKERS), "--threads", str(THREADS)]
    # The pages that are panned need their scripts.
    collect = [sys.executable, str(CHECKOUT / "manage.py"), "collectstatic", "--no-input", "-v0"]
    environment = {"CULTURE_ATLAS_VAR": str(var)}
    subprocess.run(collect, check=True, cwd=CHECKOUT, env=os.environ | environment)
    with _running(command, port, environment):
        yield port


@contextmanager
def nginx_files(folder: Path) -> Iterator[int | None]:
    """Nginx over gzipped tiles in `folder`; None where it is not installed."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        yield None
        return
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port, user=getpass.getuser()))
    with _running([program, "-c", str(configuration)], port, {}):
        yield port


@contextmanager
def bare_asyncpg(dsn: str) -> Iterator[int | None]:
    """Two processes that do nothing but ask the database; None where asyncpg is missing."""
    if importlib.util.find_spec("asyncpg") is None:
        yield None
        return
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.asyncpg_server", str(port), dsn, str(WORKERS)]
    with _running(command, port, {}):
        yield port


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env=os.environ | environment, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")
