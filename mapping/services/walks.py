"""Walks from one place to many over a city's streets, ready for the next question."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from mapping.analysis.access import minutes_from
from mapping.analysis.network import WalkNetwork
from mapping.analysis.routes import find_route
from mapping.analysis.search import Row, row_of
from mapping.analysis.segments import SegmentIndex, index_segments
from mapping.analysis.snapping import Snap, snap
from mapping.crs import STORAGE_SRID, metric_xy, project
from mapping.models import City
from mapping.services.baselines import Kept
from mapping.services.networks import walk_network

FOOTINGS_KEPT = 3
"""Cities a process keeps ready to walk in; each takes a few ten MB."""

LatLon = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Footing:
    """The streets of a city and where to look for the nearest of them."""

    network: WalkNetwork
    index: SegmentIndex
    metric_srid: int


@dataclass(frozen=True, slots=True, eq=False)
class Doors:
    """Places that walks lead to, put on the streets once; those unknown stand nowhere."""

    row: Row
    on_streets: list[bool]
    """Whether a street is near enough to walk there at all."""


@dataclass(frozen=True, slots=True)
class Way:
    """A walk to be drawn: minutes, metres and its vertices as longitude and latitude."""

    minutes: float
    length_m: float
    lon_lat: list[tuple[float, float]]


_footings: Kept[Footing] = Kept(FOOTINGS_KEPT)


def footing_of(city: City) -> Footing:
    """
    The city's streets, read once per process and state of the data.

    Raises NoStreetsError where there is nothing to walk along.
    """
    return _footings.get((city.pk, city.data_version), lambda: _read(city))


def _read(city: City) -> Footing:
    network = walk_network(city).network
    return Footing(network, index_segments(network), city.metric_srid)


def stand(footing: Footing, places: Sequence[LatLon | None]) -> Snap:
    """Places in degrees put on the streets nearest to them, by the engine's own rules."""
    known = np.array([place is not None for place in places], dtype=bool)
    count = len(known)
    stood = Snap(np.full(count, -1, np.int32), np.zeros(count), np.full(count, np.inf))
    if known.any():
        lat_lon = np.array([place for place in places if place is not None], dtype=float)
        xy = metric_xy(lat_lon[:, ::-1], footing.metric_srid)
        on = snap(footing.network, xy, index=footing.index)
        stood.chain[known], stood.offset_m[known] = on.chain, on.offset_m
        stood.distance_m[known] = on.distance_m
    return stood


def doors(footing: Footing, places: Sequence[LatLon | None]) -> Doors:
    """Places made ready for `minutes_to`."""
    stood = stand(footing, places)
    return Doors(row_of(footing.network, stood), stood.is_snapped.tolist())


def minutes_to(
    footing: Footing, origin: LatLon, doors: Doors, *, within_minutes: float
) -> "array[float] | None":
    """
    Minutes on foot to every place, inf beyond the limit or off the streets.

    None where the origin itself is too far from every street: nothing can be said then.
    """
    start = stand(footing, [origin])
    if start.unsnapped_count:
        return None
    count = len(doors.on_streets)
    minutes = minutes_from(footing.network, start, doors.row, count, cutoff_minutes=within_minutes)
    return array("d", minutes.tobytes())


def find_way(footing: Footing, origin: LatLon, destination: LatLon) -> Way | None:
    """The shortest walk between two places, door to door; None where there is none."""
    ends = stand(footing, [origin, destination])
    route = find_route(footing.network, ends.take([0]), ends.take([1]))
    if route is None:
        return None
    points = shapely.points(route.xy)
    degrees = project(points, STORAGE_SRID, from_srid=footing.metric_srid)
    between = [(float(lon), float(lat)) for lon, lat in shapely.get_coordinates(degrees)]
    first, last = (origin[1], origin[0]), (destination[1], destination[0])
    return Way(route.minutes, route.length_m, [first, *between, last])
