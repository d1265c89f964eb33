"""The array types that analysis speaks, and the checks made at its door."""

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.errors import ParameterError, ShapeMismatchError

Floats: TypeAlias = NDArray[np.float64]
Indexes: TypeAlias = NDArray[np.int32]
Counts: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Geometries: TypeAlias = NDArray[np.object_]

METRES_PER_KM = 1000.0
MINUTES_PER_HOUR = 60.0


def as_points(name: str, values: ArrayLike) -> Floats:
    """Return `values` as finite, contiguous (n, 2) coordinates in metres."""
    points = np.ascontiguousarray(values, dtype=np.float64)
    if points.size == 0:
        return points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ShapeMismatchError(name, points.shape, "(n, 2)")
    if not np.isfinite(points).all():
        raise ParameterError(name, "NaN or infinity", "finite coordinates")
    return points


def as_vector(name: str, values: ArrayLike, size: int, dtype: Any = np.float64) -> NDArray[Any]:
    """Return `values` as a contiguous vector of exactly `size` elements."""
    vector = np.ascontiguousarray(values, dtype=dtype)
    if vector.shape != (size,):
        raise ShapeMismatchError(name, vector.shape, (size,))
    return vector


def metres_per_minute(speed_kmh: float) -> float:
    """Turn a walking speed in km/h into metres per minute."""
    check_positive("speed_kmh", speed_kmh)
    return speed_kmh * METRES_PER_KM / MINUTES_PER_HOUR


def check_positive(name: str, value: float) -> None:
    """Refuse zero, negative, infinite and missing values."""
    if not (math.isfinite(value) and value > 0):
        raise ParameterError(name, value, "a positive, finite number")
