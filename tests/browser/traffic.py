"""What the server under test is busy with, and how late it answers."""

import random
import threading
import time
from collections.abc import Callable

from django.core.signals import request_finished, request_started
from playwright.sync_api import BrowserContext

QUIET_S = 0.3
PATIENCE_S = 60
STEP_MS = 50


class Traffic:
    """Counts requests under way; each answer but files waits up to `late_s` before it is made."""

    def __init__(self) -> None:
        self.late_s = 0.0
        self._lock = threading.Lock()
        self._under_way = 0
        self._changed_at = time.monotonic()

    def listen(self) -> None:
        request_started.connect(self._begin)
        request_finished.connect(self._end)

    def quiet_s(self) -> float:
        """Seconds since the last request ended; zero while one is under way."""
        with self._lock:
            return 0 if self._under_way else time.monotonic() - self._changed_at

    def _begin(self, environ: dict, **_) -> None:
        self._count(1)
        if self.late_s and not environ["PATH_INFO"].startswith("/static/"):
            time.sleep(random.uniform(0, self.late_s))

    def _end(self, **_) -> None:
        self._count(-1)

    def _count(self, change: int) -> None:
        if threading.current_thread() is threading.main_thread():
            return  # a test's own client, without a browser
        with self._lock:
            self._under_way += change
            self._changed_at = time.monotonic()


TRAFFIC = Traffic()


def settle(context: BrowserContext) -> None:
    """
    Wait until the pages ask nothing more and all that they asked is answered.

    The browser's own “network idle” comes once for a page, and never again for what the page
    asks later.
    """
    for page in context.pages:
        page.wait_for_load_state("networkidle")
    _wait_until_quiet(lambda: context.pages[0].wait_for_timeout(STEP_MS))


def let_the_server_finish() -> None:
    """
    Wait for what pages that are closed by now had asked.

    An answer made while the tables are emptied fails; one made while the next test fills them
    keeps a half-filled town in the server's memory.
    """
    _wait_until_quiet(lambda: time.sleep(STEP_MS / 1000))


def _wait_until_quiet(step: Callable[[], object]) -> None:
    begun = time.monotonic()
    while TRAFFIC.quiet_s() < QUIET_S:
        assert time.monotonic() - begun < PATIENCE_S, "the server is still busy"
        step()
