"""
How soon tiles of a crowded city come, beside nginx over files and a bare asyncpg server.

Makes a database of its own beside the configured one, loads 100,000 places and 50,000 territories,
measures, and drops it: `python -m benchmarks.tiles`.
"""

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import numpy as np
import psycopg2

CHECKOUT = Path(__file__).resolve().parent.parent
LAYERS = ("institutions", "tos")
ZOOMS = range(8, 16)
SEED = 20261122
LIMIT_BYTES = 500_000
UNCACHED_MS, CACHED_MS = 60, 5


@dataclass(frozen=True)
class Answer:
    """One tile as it came."""

    address: str
    layer: str
    zoom: int
    ms: float
    body: bytes


@dataclass(frozen=True)
class Figures:
    """The answers of one server for one layer and zoom."""

    server: str
    layer: str
    zoom: str
    tiles: int
    p50_ms: float
    p95_ms: float
    max_ms: float
    largest_sent: int
    largest_plain: int


def main() -> None:
    options = _options()
    with _own_database() as url, tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.environ["DATABASE_URL"] = url
        _prepare(options)
        addresses = _addresses(options.per_zoom)
        figures = list(_measure(addresses, Path(folder), url, options))
        _explain()
    _report(figures)
    if options.json:
        rows = [vars(each) for each in figures]
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tiles", description=__doc__)
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--territories", type=int, default=50_000)
    parser.add_argument("--per-zoom", type=int, default=120, help="tiles asked of a zoom, at most")
    parser.add_argument("--clients", type=int, default=2, help="readers at once")
    parser.add_argument("--no-browser", action="store_true", help="do not measure panning")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    return parser.parse_args()


@contextmanager
def _own_database() -> Iterator[str]:
    """Address of a new database in the configured cluster; dropped at the end."""
    given = urlsplit(os.environ["DATABASE_URL"])
    name = f"tiles_bench_{os.getpid()}"
    server = psycopg2.connect(_dsn(given.geturl()))
    server.autocommit = True
    server.cursor().execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(given._replace(path=f"/{name}"))
    finally:
        server.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.close()


def _dsn(url: str) -> str:
    return url.replace("postgis://", "postgresql://", 1)


def _prepare(options: argparse.Namespace) -> None:
    """Tables and rows; Django is set up only now that the database is known."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    manage = [sys.executable, str(CHECKOUT / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], check=True, cwd=CHECKOUT)
    import django

    django.setup()
    from benchmarks import tile_city

    started = time.perf_counter()
    tile_city.load(options.places, options.territories)
    print(
        f"{options.places:,} places and {options.territories:,} territories"
        f" loaded in {time.perf_counter() - started:.1f} s"
    )
    busy, cores = os.getloadavg()[0], os.cpu_count()
    print(f"the machine: {cores} cores, load {busy:.1f} (above the cores: times are longer)")


def _addresses(per_zoom: int) -> list[str]:
    """Tiles of the city, drawn by lot where a zoom has many."""
    from benchmarks import tile_city
    from layers.tiles import Tile

    drawn = random.Random(SEED)
    lon, lat = tile_city.CENTER_LON, tile_city.CENTER_LAT
    wide, high = tile_city.HALF_SIDE_DEG
    addresses = []
    for zoom in ZOOMS:
        west, north = Tile.column_row(zoom, lon - wide, lat + high)
        east, south = Tile.column_row(zoom, lon + wide, lat - high)
        places = [(x, y) for x in range(west, east + 1) for y in range(north, south + 1)]
        for x, y in drawn.sample(places, min(per_zoom, len(places))):
            addresses += [f"/tiles/{tile_city.SLUG}/{each}/{zoom}/{x}/{y}.mvt" for each in LAYERS]
    # Neighbours in time are not neighbours in place, nor of one zoom.
    drawn.shuffle(addresses)
    return addresses


def _measure(
    addresses: list[str], folder: Path, url: str, options: argparse.Namespace
) -> Iterator[Figures]:
    from benchmarks import panning, tile_servers

    with tile_servers.our_service(folder / "var") as port:
        addresses = _with_versions(addresses, _warm(port))
        uncached = _ask(port, addresses, options.clients)
        yield from _figures("ours, uncached", uncached)
        yield from _figures("ours, from files", _ask(port, addresses, options.clients))
        yield from _figures("ours, cached", _ask(port, addresses, options.clients))
        if not options.no_browser:
            panning.report(f"http://127.0.0.1:{port}")
    files = folder / "files"
    _write(files, uncached)
    with tile_servers.nginx_files(files) as port:
        if port is None:
            print("nginx is not installed: no comparison with files")
        else:
            _ask(port, addresses, options.clients)
            yield from _figures("nginx, files", _ask(port, addresses, options.clients))
    with tile_servers.bare_asyncpg(_dsn(url)) as port:
        if port is None:
            print("asyncpg is not installed: see benchmarks/requirements.txt")
        else:
            _ask(port, addresses[:20], options.clients)
            yield from _figures("bare asyncpg", _ask(port, addresses, options.clients))


def _with_versions(addresses: list[str], queries: dict[str, str]) -> list[str]:
    return [f"{each}?{queries[each.split('/')[3]]}" for each in addresses]


def _warm(port: int) -> dict[str, str]:
    """
    The query that the addresses of each layer carry.

    The first reader of new data waits for the plan: how long is told beside the tiles.
    """
    from benchmarks import tile_city

    queries = {}
    for layer in LAYERS:
        connection = HTTPConnection("127.0.0.1", port)
        started = time.perf_counter()
        connection.request("GET", f"/tiles/{tile_city.SLUG}/{layer}.json")
        described = json.load(connection.getresponse())
        told = described["culture_atlas"]
        queries[layer] = urlsplit(described["tiles"][0]).query
        seconds = time.perf_counter() - started
        print(
            f"{layer}: planned in {seconds:.2f} s; clusters below zoom {told['single_from']},"
            f" names from zoom {told['named_from']}"
        )
    return queries


def _ask(port: int, addresses: list[str], clients: int) -> list[Answer]:
    shares = [addresses[each::clients] for each in range(clients)]
    with ThreadPoolExecutor(clients) as readers:
        return [
            each for found in readers.map(lambda one: _read(port, one), shares) for each in found
        ]


def _read(port: int, addresses: list[str]) -> list[Answer]:
    connection = HTTPConnection("127.0.0.1", port)
    answers = []
    for address in addresses:
        started = time.perf_counter()
        connection.request("GET", f"{address}", headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        body = response.read()
        ms = (time.perf_counter() - started) * 1000
        if response.status != 200:
            raise SystemExit(f"{address}: got status {response.status}, {body[:300]!r}")
        path = address.split("?")[0]
        _, _, _, layer, zoom, _, _ = path.split("/")
        answers.append(Answer(path, layer, int(zoom), ms, body))
    return answers


def _write(folder: Path, answers: Iterable[Answer]) -> None:
    for answer in answers:
        path = folder / answer.address.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer.body)


def _figures(server: str, answers: list[Answer]) -> Iterator[Figures]:
    ordered = sorted(answers, key=lambda each: (each.layer, each.zoom))
    for (layer, zoom), found in groupby(ordered, key=lambda each: (each.layer, each.zoom)):
        yield _summary(server, layer, str(zoom), list(found))
    yield _summary(server, "all", "8–15", answers)


def _summary(server: str, layer: str, zoom: str, answers: list[Answer]) -> Figures:
    ms = np.array([each.ms for each in answers])
    plain = [len(gzip.decompress(each.body)) if each.body else 0 for each in answers]
    return Figures(
        server=server,
        layer=layer,
        zoom=zoom,
        tiles=len(answers),
        p50_ms=round(float(np.percentile(ms, 50)), 2),
        p95_ms=round(float(np.percentile(ms, 95)), 2),
        max_ms=round(float(ms.max()), 2),
        largest_sent=max(len(each.body) for each in answers),
        largest_plain=max(plain),
    )


def _explain() -> None:
    """Say which indexes the database uses for one tile of each sort."""
    from django.db import connection

    from benchmarks import tile_city
    from layers import feature_tiles, registry
    from layers.tiles import Tile
    from mapping.models import City

    city = City.objects.get(slug=tile_city.SLUG)
    for key, zoom in (("institutions", 10), ("institutions", 14), ("tos", 14)):
        layer = registry.layers_by_key()[key]
        column_row = Tile.column_row(zoom, tile_city.CENTER_LON, tile_city.CENTER_LAT)
        tile = Tile(zoom, *column_row)
        statement, params = feature_tiles.statement(
            city, layer, feature_tiles.pyramid_of(city, layer), tile
        )
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}", params)
            lines = [line.strip() for (line,) in cursor.fetchall()]
        scans = [line.split("  (")[0].removeprefix("->  ") for line in lines if " Scan" in line]
        print(f"EXPLAIN {key} z{zoom}: {'; '.join(scans)}")


def _report(figures: list[Figures]) -> None:
    print(
        f"{'server':18}{'layer':14}{'zoom':>6}{'tiles':>7}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}"
        f"{'sent kB':>9}{'plain kB':>10}"
    )
    for row in figures:
        print(
            f"{row.server:18}{row.layer:14}{row.zoom:>6}{row.tiles:>7}{row.p50_ms:>9.2f}"
            f"{row.p95_ms:>9.2f}{row.max_ms:>9.2f}{row.largest_sent / 1000:>9.1f}"
            f"{row.largest_plain / 1000:>10.1f}"
        )
    whole = {row.server: row for row in figures if row.layer == "all"}
    uncached, cached = whole["ours, uncached"], whole["ours, cached"]
    for server, ours in (("bare asyncpg", uncached), ("nginx, files", cached)):
        if server in whole:
            peer = whole[server]
            print(
                f"{ours.server} beside {server}: p50 {ours.p50_ms / peer.p50_ms:.1f}×,"
                f" p95 {ours.p95_ms / peer.p95_ms:.1f}× of its time"
            )
    largest = max(row.largest_plain for row in whole.values())
    print(
        f"largest tile {largest:,} bytes unpacked (limit {LIMIT_BYTES:,}): "
        f"{'met' if largest <= LIMIT_BYTES else 'MISSED'}"
    )
    for row, limit in ((uncached, UNCACHED_MS), (cached, CACHED_MS)):
        met = "met" if row.p95_ms < limit else "MISSED"
        print(f"{row.server}: p95 {row.p95_ms} ms (limit {limit}): {met}")


if __name__ == "__main__":
    main()
