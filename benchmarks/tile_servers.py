"""Those who serve tiles: the service itself, nginx with the same tiles as files, bare asyncpg."""

import getpass
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.servers import CHECKOUT, free_port, our_command, running

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
    # The pages that are panned need their scripts.
    collect = [sys.executable, str(CHECKOUT / "manage.py"), "collectstatic", "--no-input", "-v0"]
    environment = {"CULTURE_ATLAS_VAR": str(var)}
    subprocess.run(collect, check=True, cwd=CHECKOUT, env=os.environ | environment)
    with running(our_command(port, WORKERS, THREADS), port, environment):
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
    with running([program, "-c", str(configuration)], port, {}):
        yield port


@contextmanager
def bare_asyncpg(dsn: str) -> Iterator[int | None]:
    """Two processes that do nothing but ask the database; None where asyncpg is missing."""
    if importlib.util.find_spec("asyncpg") is None:
        yield None
        return
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.asyncpg_server", str(port), dsn, str(WORKERS)]
    with running(command, port, {}):
        yield port
