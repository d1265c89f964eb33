"""A city to measure on: invented, the same every time, and shaped like a real walk network."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from mapping.crs import project
from mapping.importers.pack import open_pack, read_pack

SEED = 20221101
BLOCK_M = 85.0
STREETS_KEPT = 0.72
"""Share of lattice sides that are streets; real walk networks have about 1.5 per junction."""
BENDS = 3
UNITS_PER_JUNCTION = 0.96
KIND_COUNT = 8


@dataclass(frozen=True)
class BenchCity:
    """Metric coordinates of streets, homes and institutions, and the institutions' kinds."""

    name: str
    lines: NDArray[np.object_]
    units_xy: NDArray[np.float64]
    places_xy: NDArray[np.float64]
    kind: NDArray[np.int64]


def synthetic_city(*, side: int, place_count: int) -> BenchCity:
    """Lay winding streets on a shaken lattice of `side` by `side` junctions."""
    rng = np.random.default_rng(SEED)
    ends = _street_ends(rng, side)
    unit_count = int(UNITS_PER_JUNCTION * side * side)
    return BenchCity(
        name=f"synthetic, {side} x {side} junctions",
        lines=_wind(rng, ends),
        units_xy=_beside(rng, ends, unit_count),
        places_xy=_beside(rng, ends, place_count),
        kind=rng.integers(0, KIND_COUNT, place_count),
    )


def pack_city(path: Path, data_dir: Path | None) -> BenchCity:
    """Take streets, population units and placed institutions from a city pack."""
    pack = open_pack(path, data_dir)
    records = read_pack(pack).records
    places = [place for place in records["institutions"] if place.geometry is not None]
    srid = pack.city.metric_srid
    return BenchCity(
        name=pack.city.slug,
        lines=_geometries(records["streets"], srid),
        units_xy=_centres(records["population_units"], srid),
        places_xy=_centres(places, srid),
        kind=np.unique([place.kind for place in places], return_inverse=True)[1],
    )


def _geometries(records: list, srid: int) -> NDArray[np.object_]:
    return project(np.array([record.geometry for record in records], dtype=object), srid)


def _centres(records: list, srid: int) -> NDArray[np.float64]:
    return np.asarray(shapely.get_coordinates(shapely.centroid(_geometries(records, srid))))


def _street_ends(rng: np.random.Generator, side: int) -> NDArray[np.float64]:
    """Return both ends of every street, shape (streets, 2, 2)."""
    rows, columns = np.mgrid[0:side, 0:side]
    junctions = np.column_stack([columns.ravel(), rows.ravel()]) * BLOCK_M
    junctions = junctions + rng.uniform(-0.3, 0.3, junctions.shape) * BLOCK_M
    number = np.arange(side * side).reshape(side, side)
    east = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    north = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    sides = np.concatenate([east, north])
    return junctions[sides[rng.uniform(size=len(sides)) < STREETS_KEPT]]


def _wind(rng: np.random.Generator, ends: NDArray[np.float64]) -> NDArray[np.object_]:
    share = np.linspace(0, 1, BENDS + 2)[None, :, None]
    xy = ends[:, :1] + share * (ends[:, 1:] - ends[:, :1])
    xy[:, 1:-1] += rng.normal(0, BLOCK_M / 20, (len(ends), BENDS, 2))
    return np.asarray(shapely.linestrings(xy))


def _beside(rng: np.random.Generator, ends: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    street = ends[rng.integers(0, len(ends), count)]
    on = street[:, 0] + rng.uniform(size=(count, 1)) * (street[:, 1] - street[:, 0])
    return np.asarray(on + rng.normal(0, 20, (count, 2)))
