"""Judging geometry: in range, near the city, valid, of the right type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mapping.importers.raw import Geometries

KM_PER_DEGREE = 111.2
FAR_FROM_CITY_KM = 150.0
"""Farther from the centre than any city reaches: such a position is a mistake."""

Complain = Callable[[int, str, str], None]
"""Row, what was got, what was wanted: the row is given up."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """Geometry worth keeping (None elsewhere) and which rows had to be repaired."""

    geometry: Geometries
    repaired: NDArray[np.intp]


def check_shapes(
    geometry: Geometries,
    *,
    allowed: frozenset[str],
    center: tuple[float, float],
    complain: Complain,
) -> Repaired:
    """
    Keep what is a usable geometry; complain of each that is not, and leave None in its place.

    Parameters
    ----------
    geometry
        shapely objects in degrees, shape (n,); None where a row has none (no complaint).
    allowed
        Names of geometry types the table takes.
    center
        Latitude and longitude of the city.
    """
    kept = shapely.force_2d(geometry)
    kept[shapely.is_empty(kept)] = None
    _give_up_unplaced(kept, center, complain)
    repaired = _repair(kept, allowed, complain)
    return Repaired(kept, repaired)


def _give_up_unplaced(
    geometry: Geometries, center: tuple[float, float], complain: Complain
) -> None:
    """Drop what lies out of range or far from the city; tell when swapped axes explain it."""
    given = ~shapely.is_missing(geometry)
    west, south, east, north = shapely.bounds(geometry).T
    in_range = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    longitude, latitude = (west + east) / 2, (south + north) / 2
    distance_km = _distance_km(latitude, longitude, center)
    near = in_range & (distance_km <= FAR_FROM_CITY_KM)
    swapped_km = _distance_km(longitude, latitude, center)
    for index in np.flatnonzero(given & ~near).tolist():
        got = f"{longitude[index]:.6g}, {latitude[index]:.6g}"
        if swapped_km[index] <= FAR_FROM_CITY_KM:
            wanted = "longitude, then latitude: these look swapped"
        elif not in_range[index]:
            wanted = "longitude within ±180 and latitude within ±90 degrees"
        else:
            got = f"{got}, {distance_km[index]:.0f} km from the city"
            wanted = f"a position within {FAR_FROM_CITY_KM:.0f} km of the city"
        complain(index, got, wanted)
        geometry[index] = None


def _distance_km(latitude: Any, longitude: Any, center: tuple[float, float]) -> Any:
    """Rough distance, good to a few per cent: enough to tell another city."""
    squeeze = np.cos(np.radians(center[0]))
    return KM_PER_DEGREE * np.hypot(latitude - center[0], (longitude - center[1]) * squeeze)


def _repair(geometry: Geometries, allowed: frozenset[str], complain: Complain) -> NDArray[np.intp]:
    given = ~shapely.is_missing(geometry)
    repaired = []
    for index in np.flatnonzero(given & ~shapely.is_valid(geometry)).tolist():
        reason = shapely.is_valid_reason(geometry[index])
        whole = _allowed_part(shapely.make_valid(geometry[index]), allowed)
        geometry[index] = whole
        if whole is None:
            complain(index, f"invalid geometry ({reason})", "a valid one")
        else:
            repaired.append(index)
    type_ids = shapely.get_type_id(geometry)
    for type_id in np.unique(type_ids[type_ids >= 0]):
        name = _TYPE_NAMES[type_id]
        if name in allowed:
            continue
        for index in np.flatnonzero(type_ids == type_id).tolist():
            complain(index, name, " or ".join(sorted(allowed)) or "no geometry")
            geometry[index] = None
    return np.array(repaired, dtype=np.intp)


_TYPE_NAMES = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)


def _allowed_part(shape: Any, allowed: frozenset[str]) -> Any | None:
    """What of a repaired geometry fits the table: slivers of lower dimension fall away."""
    if shape.geom_type in allowed:
        return None if shape.is_empty else shape
    if not hasattr(shape, "geoms"):
        return None
    parts = [part for part in shape.geoms if part.geom_type in allowed and not part.is_empty]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)
