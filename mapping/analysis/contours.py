"""Areas in which a grid of values stays below a level, drawn with straight lines between cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from contourpy import FillType, contour_generator

from mapping.analysis.arrays import Floats, Geometries


def areas_below(
    values: Floats, levels: Sequence[float], *, corner_xy: Floats, cell_m: float
) -> Geometries:
    """
    Draw the area below each level, shape (levels,).

    Parameters
    ----------
    values
        Values of at least zero at the centres of cells, shape (rows, columns), none of them equal
        to a level: an outline through a centre may touch itself.
    corner_xy, cell_m
        Centre of the cell in row 0 and column 0, and the step to the next one, metres.

    Returns
    -------
    areas
        MultiPolygons, empty where every value is above the level.
    """
    generator = contour_generator(z=values, fill_type=FillType.ChunkCombinedOffsetOffset)
    areas: Geometries = np.full(len(levels), shapely.MultiPolygon(), dtype=object)
    for number, level in enumerate(levels):
        areas[number] = _as_polygons(generator.filled(-1.0, level), corner_xy, cell_m)
    return areas


def _as_polygons(filled: Any, corner_xy: Floats, cell_m: float) -> shapely.MultiPolygon:
    """Turn the one chunk of a filled contour, in cells, into polygons in metres."""
    (steps,), (ring_ptr,), (polygon_ptr,) = filled
    if steps is None:
        return shapely.MultiPolygon()
    rings = (ring_ptr, polygon_ptr, np.array([0, len(polygon_ptr) - 1]))
    kind = shapely.GeometryType.MULTIPOLYGON
    return shapely.from_ragged_array(kind, corner_xy + steps * cell_m, rings)[0]
