"""Coordinates: stored in EPSG:4326, measured in the city's metric CRS. The one transform."""

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

STORAGE_SRID = 4326
FAR_M = 1e12
"""Where a place stands that the projection does not reach: far from everything."""


@lru_cache(maxsize=16)
def _transformer(from_srid: int, to_srid: int) -> Transformer:
    return Transformer.from_crs(from_srid, to_srid, always_xy=True)


def project(
    geometries: NDArray[np.object_], to_srid: int, *, from_srid: int = STORAGE_SRID
) -> NDArray[np.object_]:
    """Transform shapely geometries, x before y on both sides; order and shape are kept."""
    if from_srid == to_srid:
        return geometries
    transformer = _transformer(from_srid, to_srid)

    def move(x: Any, y: Any) -> Any:
        return transformer.transform(x, y)

    moved: NDArray[np.object_] = shapely.transform(geometries, move, interleaved=False)
    return moved


def metric_xy(lon_lat: NDArray[np.float64], metric_srid: int) -> NDArray[np.float64]:
    """Longitude and latitude, shape (n, 2), as metres; `FAR_M` beyond the projection's reach."""
    points = shapely.points(lon_lat.reshape(-1, 2))
    xy = shapely.get_coordinates(project(points, metric_srid))
    near: NDArray[np.float64] = np.where(np.isfinite(xy), xy, FAR_M)
    return near


def utm_srid(longitude: float, latitude: float) -> int:
    """EPSG code of the UTM zone that holds the point."""
    zone = int((longitude + 180) // 6) % 60 + 1
    return (32600 if latitude >= 0 else 32700) + zone
