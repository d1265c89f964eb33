"""
Many cities on one worker process and on two: `python -m benchmarks.many_cities --data DIR`.

The cities are invented on real outlines and populations of districts (`russian_cities/*.geojson`
under DIR): streets on a shaken lattice cut by the districts, homes beside them, institutions of
eight kinds. They are loaded into a database of their own, which is thrown away. A scheduler and
its workers are started here, as somebody else would start them on several machines; each worker
has done a city before its seconds are taken, and what it stored is removed between the runs.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import django
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.city import SEED, STREETS_KEPT
from mapping.crs import utm_srid

KINDS = ("library", "museum", "theatre", "cinema", "gallery", "park", "art_school", "circus")
JUNCTIONS = 8_000
PLACES = 160
ROUNDS = 2
# One worker is one core: libraries that start threads of their own would blur what is compared.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
SOURCE = {"title": "Invented streets, homes and institutions", "license": "CC0-1.0"}


def main() -> None:
    """Invent the cities, load them, compute them on one worker and on two, compare."""
    options = _options()
    outlines = sorted((options.data / "russian_cities").glob("*.geojson"))[: options.cities]
    if not outlines:
        raise SystemExit(f"{options.data}/russian_cities: no outlines of cities there")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CULTURE_ATLAS_VAR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "error")
        django.setup()
        _measure([_invent(path, Path(folder) / "packs") for path in outlines], Path(folder))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_cities", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--cities", type=int, default=14, help="how many of them")
    return parser.parse_args()


def _measure(packs: list[Path], var: Path) -> None:
    from django.db import connection

    from mapping.models import AnalysisRun
    from mapping.services.distribution import compute_defaults

    name = connection.creation.create_test_db(verbosity=0)
    try:
        slugs = [_load(pack) for pack in packs]
        print(f"{len(slugs)} cities: {', '.join(slugs)}")
        started = time.perf_counter()
        _expect_all(compute_defaults(slugs, scheduler=""))
        print(f"here, in this process: {time.perf_counter() - started:.1f} s", flush=True)
        answers = _figures()
        seconds: dict[int, float] = {}
        for workers in (1, 2) * ROUNDS:
            AnalysisRun.objects.all().delete()
            shutil.rmtree(var / "networks", ignore_errors=True)
            needed_s = _on_workers(workers, slugs, var, name)
            seconds[workers] = min(needed_s, seconds.get(workers, needed_s))
            same = "the same" if _figures() == answers else "DIFFERENT"
            note = f"{len(answers):,} rows {same}"
            print(f"workers: {workers}, {needed_s:.1f} s, {note}", flush=True)
        ratio = seconds[1] / seconds[2]
        print(f"two workers are {ratio:.2f} times as fast as one, the best of {ROUNDS} each")
    finally:
        connection.creation.destroy_test_db(connection.creation.connection.alias, verbosity=0)


def _on_workers(count: int, slugs: list[str], var: Path, database: str) -> float:
    """Return the seconds that so many warm worker processes need for all cities."""
    import distributed

    from mapping.models import AnalysisRun
    from mapping.services.distribution import compute_defaults, defaults_of_city
    from mapping.version import code_version

    with distributed.LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        dashboard_address=":0",
        preload="config.dask_worker",
        env=ONE_THREAD | {"CULTURE_ATLAS_VAR": str(var), "DATABASE_URL": _address(database)},
    ) as cluster:
        with distributed.Client(cluster) as client:
            for worker in client.scheduler_info()["workers"]:
                ask = client.submit(
                    defaults_of_city, slugs[0], code_version(), workers=[worker], pure=False
                )
                ask.result()
        AnalysisRun.objects.all().delete()
        started = time.perf_counter()
        _expect_all(compute_defaults(slugs, scheduler=cluster.scheduler_address))
        return time.perf_counter() - started


def _expect_all(done: Any) -> None:
    problems = [f"{city.slug}: {city.problem}" for city in done if city.problem]
    if problems:
        raise SystemExit("\n".join(problems))


def _address(database: str) -> str:
    from django.db import connection

    given = connection.settings_dict
    who = ":".join(filter(None, [given["USER"], given["PASSWORD"]]))
    port = f"&port={given['PORT']}" if given["PORT"] else ""
    return f"postgis://{who}@/{database}?host={given['HOST']}{port}"


def _figures() -> dict[Any, Any]:
    from mapping.models import CoverageRow

    names = ("people", "covered", "uncovered", "unknown", "share", "median_minutes", "rank")
    keys = ("run__city__slug", "run__parameters_key", "level", "district__name", "cell")
    rows = CoverageRow.objects.filter(run__is_active=True).values_list(*keys, *names)
    return {row[: len(keys)]: row[len(keys) :] for row in rows}


def _load(folder: Path) -> str:
    from mapping.importers.pack import open_pack, read_pack
    from mapping.services.imports import load_pack

    pack = open_pack(folder)
    return load_pack(pack, read_pack(pack)).city.slug


def _invent(outline: Path, folder: Path) -> Path:
    """Write the pack of a city on these districts; the same every time."""
    districts = gpd.read_file(outline)
    people = next(column for column in districts if column.startswith("pop_"))
    city = districts.union_all()
    centre = city.representative_point()
    srid = utm_srid(centre.x, centre.y)
    rng = np.random.default_rng(SEED)
    ends = _streets_within(rng, districts.to_crs(srid).union_all())
    name = outline.stem
    target = folder / name
    target.mkdir(parents=True)
    named = districts.rename(columns={people: "people"})[["id", "name", "people", "geometry"]]
    named.to_file(target / "districts.geojson")
    _write(target / "streets.parquet", shapely.linestrings(ends), srid)
    _write(target / "homes.parquet", _beside(rng, ends, len(ends) // 2), srid)
    kinds = rng.permutation(np.resize(KINDS, PLACES))
    _write(target / "places.parquet", _beside(rng, ends, PLACES), srid, kind=kinds, name=kinds)
    slug = name.lower()
    (target / "datapackage.json").write_text(
        json.dumps(_descriptor(slug, name, srid, [centre.y, centre.x]), ensure_ascii=False)
    )
    return target


def _streets_within(rng: np.random.Generator, area: Any) -> NDArray[np.float64]:
    """Lay a shaken lattice over the area; about `JUNCTIONS` of it are inside."""
    step = np.sqrt(area.area / JUNCTIONS)
    west, south, east, north = area.bounds
    rows, columns = np.mgrid[0 : int((north - south) / step), 0 : int((east - west) / step)]
    spots = np.column_stack([columns.ravel(), rows.ravel()]) * step + (west, south)
    spots = spots + rng.uniform(-0.3, 0.3, spots.shape) * step
    inside = shapely.contains_xy(area, *spots.T)
    number = np.arange(len(spots)).reshape(rows.shape)
    sides = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    kept = inside[sides].all(axis=1) & (rng.uniform(size=len(sides)) < STREETS_KEPT)
    return spots[sides[kept]]


def _beside(rng: np.random.Generator, ends: NDArray[np.float64], count: int) -> NDArray[np.object_]:
    street = ends[rng.integers(0, len(ends), count)]
    on = street[:, 0] + rng.uniform(size=(count, 1)) * (street[:, 1] - street[:, 0])
    return shapely.points(on + rng.normal(0, 10, (count, 2)))


def _write(path: Path, shapes: NDArray[np.object_], srid: int, **columns: Any) -> None:
    number = np.arange(len(shapes))
    frame = gpd.GeoDataFrame({"key": number, **columns}, geometry=shapes, crs=srid)
    frame.to_crs(4326).to_parquet(path)


def _descriptor(slug: str, name: str, srid: int, center: list[float]) -> dict[str, Any]:
    def resource(table: str, path: str, **more: Any) -> dict[str, Any]:
        atlas = {"table": table, "source": "invented", "holds": table, "key": "key", **more}
        return {"name": table.replace("_", "-"), "path": path, "atlas": atlas}

    return {
        "profile": "data-package",
        "name": slug,
        "title": name,
        "version": "1.0.0",
        "sources": [{"name": "invented", "synthetic": True, "path": "", **SOURCE}],
        "atlas": {
            "city": {
                "slug": slug,
                "name": name,
                "name_en": name,
                "timezone": "Europe/Moscow",
                "metric_srid": srid,
                "center": center,
                "synthetic": True,
            },
            "population_model": {"totals": "districts", "weights": "equal"},
        },
        "resources": [
            resource(
                "districts",
                "districts.geojson",
                key="id",
                fields={"name": "name", "population": "people"},
            ),
            resource("streets", "streets.parquet"),
            resource("population_units", "homes.parquet"),
            resource(
                "institutions",
                "places.parquet",
                fields={"name": "name", "kind": "kind"},
                accuracy="exact",
            ),
        ],
    }


if __name__ == "__main__":
    main()
