"""The site and its worker start and end together."""

import signal
import subprocess
import sys

import pytest

from layers import serving


class Sleeper(subprocess.Popen):
    """Stands in for the worker: a process that would never end by itself."""

    def __init__(self, command):
        self.asked = command
        super().__init__([sys.executable, "-c", "import time; time.sleep(600)"])


class Deaf(subprocess.Popen):
    """A worker in the middle of a question that outlasts every patience."""

    PROGRAM = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""

    def __init__(self, command):
        super().__init__([sys.executable, "-c", self.PROGRAM], stdout=subprocess.PIPE, text=True)


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


def test_a_worker_at_a_long_question_does_not_keep_the_site_from_ending(monkeypatch):
    process = Deaf(None)
    monkeypatch.setattr(serving, "LAST_TASK_SECONDS", 0)
    monkeypatch.setattr(serving.subprocess, "Popen", lambda command: process)
    with process.stdout, serving.worker():
        assert process.stdout.readline() == "deaf\n"

    assert process.returncode == -signal.SIGKILL
