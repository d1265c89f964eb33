"""The site and its worker start and end together."""

import subprocess
import sys

import pytest

from layers import serving


class Sleeper(subprocess.Popen):
    """Stands in for the worker: a process that would never end by itself."""

    def __init__(self, command):
        self.asked = command
        super().__init__([sys.executable, "-c", "import time; time.sleep(600)"])


@pytest.fixture
def started(monkeypatch):
    found = []

    def start(command):
        found.append(Sleeper(command))
        return found[-1]

    monkeypatch.setattr(serving.subprocess, "Popen", start)
    return found


@serving.worker()
def fall():
    raise RuntimeError


def test_the_worker_ends_with_the_site_even_when_it_falls(started):
    with pytest.raises(RuntimeError):
        fall()

    assert "db_worker" in started[0].asked
    assert started[0].poll() is not None


def test_the_worker_works_while_the_site_stands(started):
    with serving.worker():
        assert started[0].poll() is None
