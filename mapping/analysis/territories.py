"""Which point lies in which polygon."""

import numpy as np
import shapely
from numpy.typing import NDArray


def pairs_inside(
    points: NDArray[np.object_],
    polygons: NDArray[np.object_],
    *,
    tree: shapely.STRtree | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Pair every point with every polygon that holds it, borders included.

    `tree` is the `shapely.STRtree` of the points, where somebody keeps it; built anew when left
    out.

    Returns
    -------
    point, polygon
        Indexes of equal length, ordered by point, then polygon; a point in two overlapping
        polygons stands twice, a point in none does not stand at all.

    Notes
    -----
    Cost grows with the points times the logarithm of the polygons' vertices.
    """
    tree = shapely.STRtree(points) if tree is None else tree
    polygon, point = tree.query(polygons, predicate="intersects")
    order = np.lexsort((polygon, point))
    return point[order], polygon[order]


def index_inside(points: NDArray[np.object_], polygons: NDArray[np.object_]) -> NDArray[np.int64]:
    """Give each point the first polygon that holds it, shape (points,); -1 where none does."""
    point, polygon = pairs_inside(points, polygons)
    index = np.full(len(points), -1, dtype=np.int64)
    first_point, position = np.unique(point, return_index=True)
    index[first_point] = polygon[position]
    return index
