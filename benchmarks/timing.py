"""A row of the table, and how its seconds are taken."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

REPEATS = 3


@dataclass(frozen=True)
class Outcome:
    """One job: seconds (best of several); the note says how far the answers are apart."""

    job: str
    ours_s: float
    peer: str
    peer_s: float | None
    note: str

    @property
    def ratio(self) -> float | None:
        """How many times longer the peer takes."""
        return None if self.peer_s is None else self.peer_s / self.ours_s


def best(job: Callable[[], Any], *, repeats: int = REPEATS) -> tuple[float, Any]:
    """Return the seconds of the fastest of several runs, and the answer of the last."""
    answer = job() if repeats > 1 else None  # compiles and warms the caches
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        answer = job()
        seconds.append(time.perf_counter() - start)
    return min(seconds), answer
