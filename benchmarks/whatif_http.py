"""
How soon “what if” answers over HTTP: a server of its own, many questions, the slowest told.

Run it where the city is loaded: `python -m benchmarks.whatif_http --city novosibirsk`.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.servers import START_SECONDS, free_port, our_command, running

SEED = 20261121


def main() -> None:
    options = _options()
    with _server(options.workers, options.threads) as (port, pid):
        session = _Session(port, options.city)
        started = time.perf_counter()
        institutions, bounds = session.read_places(options.kind)
        questions = list(_questions(options, institutions, bounds))
        # Every worker reads the city once; several at a time, so that each gets one.
        _ask_all(session, [questions[0]] * 4 * options.workers, 2 * options.workers)
        warm_s = time.perf_counter() - started
        answers = _ask_all(session, questions, options.clients)
        _report(options, answers, warm_s, _megabytes(pid))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whatif_http", description=__doc__)
    parser.add_argument("--city", default="novosibirsk", help="slug of a loaded city")
    parser.add_argument("--kind", default="library")
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--clients", type=int, default=4, help="people who drag at once")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    return parser.parse_args()


@contextmanager
def _server(workers: int, threads: int) -> Iterator[tuple[int, int]]:
    """Run the site as it is run for people; yield its port and the id of its first process."""
    port = free_port()
    # Behind a proxy, so that requests may come from as many addresses as people have.
    with running(our_command(port, workers, threads), port, {"BEHIND_PROXY": "1"}) as pid:
        yield port, pid


class _Session:
    """What a browser keeps: the address, a token against forgery."""

    def __init__(self, port: int, city: str) -> None:
        self.port, self.city = port, city
        self.token = "a" * 32
        self.headers = {
            "Content-Type": "application/json",
            "Cookie": f"csrftoken={self.token}",
            "X-CSRFToken": self.token,
        }

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)

    def read_places(self, kind: str) -> tuple[list[int], list[float]]:
        """Institutions of the kind, and the bounds of the city."""
        connection = self.connect()
        base = f"/data/{self.city}/layers"
        connection.request("GET", f"{base}/institutions.geojson?kind={kind}")
        features = json.load(connection.getresponse())["features"]
        connection.request("GET", f"{base}.json?kind={kind}")
        bounds = json.load(connection.getresponse())["city"]["bounds"]
        asked = [each["properties"] for each in features if each["properties"]["asked"]]
        return [int(each["id"]) for each in asked], bounds

    def ask(self, connection: HTTPConnection, question: dict[str, Any]) -> dict[str, float]:
        """Post one question; milliseconds door to door, of computing, and kilobytes."""
        body = json.dumps(question)
        started = time.perf_counter()
        # One sender is rationed, which is not what is measured here.
        sender = {"X-Forwarded-For": f"10.0.0.{random.randrange(1, 255)}"}
        address = f"/data/{self.city}/whatif/"
        connection.request("POST", address, body, self.headers | sender)
        response = connection.getresponse()
        said = response.read()
        ms = (time.perf_counter() - started) * 1000
        if response.status != 200:
            raise SystemExit(f"got status {response.status}: {said[:300]!r}")
        return {"ms": ms, "compute_ms": json.loads(said)["compute_ms"], "kb": len(said) / 1000}


def _questions(
    options: argparse.Namespace, institutions: list[int], bounds: list[float]
) -> Iterator[dict[str, Any]]:
    """Open, close and move in turn, one to five changes, anywhere in the middle of the city."""
    drawn = random.Random(SEED)
    west, south, east, north = bounds

    def place() -> dict[str, float]:
        share = drawn.uniform(0.3, 0.7), drawn.uniform(0.3, 0.7)
        return {
            "lat": south + share[0] * (north - south),
            "lon": west + share[1] * (east - west),
        }

    for doing, _ in zip(cycle(("open", "move", "close")), range(options.requests), strict=False):
        count = min(drawn.randint(1, 5), len(institutions))
        changes = [
            {"do": doing}
            | ({"institution": number} if doing != "open" else {})
            | (place() if doing != "close" else {})
            for number in drawn.sample(institutions, count)
        ]
        yield {"question": {"kind": options.kind, "minutes": 15}, "changes": changes}


def _ask_all(
    session: _Session, questions: list[dict[str, Any]], clients: int
) -> list[dict[str, float]]:
    def person(own: list[dict[str, Any]]) -> list[dict[str, float]]:
        connection = session.connect()
        return [session.ask(connection, question) for question in own]

    with ThreadPoolExecutor(clients) as people:
        shares = [questions[number::clients] for number in range(clients)]
        return [answer for answers in people.map(person, shares) for answer in answers]


def _megabytes(pid: int) -> list[int]:
    """Resident memory of the server's workers."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = (Path(f"/proc/{child}/status").read_text() for child in children)
    return [int(text.split("VmRSS:")[1].split()[0]) // 1024 for text in lines]


def _report(
    options: argparse.Namespace,
    answers: list[dict[str, float]],
    warm_s: float,
    megabytes: list[int],
) -> None:
    print(
        f"{options.city}, {options.kind}: {len(answers)} questions of {options.clients} people to "
        f"{options.workers} workers × {options.threads} threads; ready in {warm_s:.1f} s"
    )
    for name, unit in (("ms", "ms over HTTP"), ("compute_ms", "ms of computing"), ("kb", "kB")):
        values = sorted(answer[name] for answer in answers)
        middle, late = (values[int(share * (len(values) - 1))] for share in (0.5, 0.95))
        print(f"  {unit:16} p50 {middle:8.2f}   p95 {late:8.2f}   most {values[-1]:8.2f}")
    print(f"  memory of the workers: {', '.join(f'{each} MB' for each in megabytes)}")


if __name__ == "__main__":
    main()
