"""Nearest straight segments of many points at once: square buckets instead of a tree."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_cdt

from mapping.analysis.arrays import Floats
from mapping.analysis.compiled import compiled
from mapping.analysis.network import WalkNetwork

BUCKET_M = 50.0


@dataclass(frozen=True, slots=True, eq=False)
class SegmentIndex:
    """
    Straight segments of a network filed in square buckets; keep it to search many times.

    Those of the bucket in row `r` and column `c` are `filed[ptr[b] : ptr[b + 1]]` with
    `b = r * columns + c`; `empty_rings[b]` rings around it, itself the first, hold none.
    """

    corner_xy: Floats
    xy: Floats
    ptr: NDArray[np.int64]
    filed: NDArray[np.int64]
    empty_rings: NDArray[np.int32]
    rows: int
    columns: int
    count: int


def index_segments(network: WalkNetwork) -> SegmentIndex:
    """File every straight segment of every chain of `network`."""
    # no segment joins two chains
    first = np.delete(np.arange(len(network.chain_xy) - 1), network.chain_ptr[1:-1] - 1)
    corner_xy = network.chain_xy.min(axis=0)
    spread_m = network.chain_xy.max(axis=0) - corner_xy
    columns, rows = (int(count) + 1 for count in spread_m // BUCKET_M)
    xy = network.chain_xy - corner_xy
    ptr, filed = _file(xy, first, rows, columns)
    is_empty = (np.diff(ptr) == 0).reshape(rows, columns)
    empty_rings = distance_transform_cdt(is_empty, "chessboard").ravel()
    return SegmentIndex(corner_xy, xy, ptr, filed, empty_rings, rows, columns, len(first))


def nearest_segments(
    index: SegmentIndex, points_xy: Floats, *, max_m: float
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """
    Find the nearest segment of the network for every point.

    Parameters
    ----------
    points_xy
        Metres in the CRS of the network, shape (n, 2), finite.
    max_m
        Segments farther than this are as good as none.

    Returns
    -------
    first, along_m, away_m
        Shape (n,) each: the segment's first vertex in `network.chain_xy` (-1 = none near enough),
        metres along the segment to the place nearest the point, and metres from there (inf where
        there is none). Between segments equally near, the one that comes first wins.
    """
    answer: tuple[NDArray[np.int64], Floats, Floats]
    answer = _search(
        index.xy,
        index.ptr,
        index.filed,
        index.empty_rings,
        index.rows,
        index.columns,
        points_xy - index.corner_xy,
        max_m,
    )
    return answer


@compiled
def _file(xy: Any, first: Any, rows: Any, columns: Any) -> Any:
    """File every segment in all buckets that its bounds touch; those of a bucket keep order."""
    ptr = np.zeros(rows * columns + 1, dtype=np.int64)
    filed = np.empty(0, dtype=np.int64)
    end = ptr
    for writing in range(2):
        if writing:
            ptr = np.cumsum(ptr)
            end = ptr[:-1].copy()
            filed = np.empty(ptr[-1], dtype=np.int64)
        for begin in first:
            low_x, high_x = min(xy[begin, 0], xy[begin + 1, 0]), max(xy[begin, 0], xy[begin + 1, 0])
            low_y, high_y = min(xy[begin, 1], xy[begin + 1, 1]), max(xy[begin, 1], xy[begin + 1, 1])
            for row in range(int(low_y // BUCKET_M), int(high_y // BUCKET_M) + 1):
                for column in range(int(low_x // BUCKET_M), int(high_x // BUCKET_M) + 1):
                    bucket = row * columns + column
                    if writing:
                        filed[end[bucket]] = begin
                        end[bucket] += 1
                    else:
                        ptr[bucket + 1] += 1
    return ptr, filed


@compiled
def _search(
    xy: Any,
    ptr: Any,
    filed: Any,
    empty_rings: Any,
    rows: Any,
    columns: Any,
    points: Any,
    max_m: Any,
) -> Any:
    """Look into the bucket of each point and the rings around it until none can hold a nearer."""
    nearest = np.full(len(points), -1, dtype=np.int64)
    along_m = np.zeros(len(points))
    away_m = np.full(len(points), np.inf)
    last_ring = int(np.ceil(max_m / BUCKET_M))
    for point in range(len(points)):
        x, y = points[point, 0], points[point, 1]
        home_row, home_column = int(np.floor(y / BUCKET_M)), int(np.floor(x / BUCKET_M))
        within_x, within_y = x - home_column * BUCKET_M, y - home_row * BUCKET_M
        to_edge_m = min(within_x, BUCKET_M - within_x, within_y, BUCKET_M - within_y)
        best = (np.int64(-1), 0.0, max_m * max_m)
        first_ring = _first_ring(empty_rings, rows, columns, home_row, home_column)
        for ring in range(first_ring, last_ring + 1):
            inner_m = (ring - 1) * BUCKET_M + to_edge_m
            if ring > 0 and best[2] < inner_m * inner_m:
                break
            for row in range(max(home_row - ring, 0), min(home_row + ring, rows - 1) + 1):
                # Between its first and last row a ring has two buckets, one at either side.
                is_side = abs(row - home_row) < ring
                step = 2 * ring if is_side else 1
                for column in range(home_column - ring, home_column + ring + 1, step):
                    if 0 <= column < columns:
                        bucket = row * columns + column
                        best = _nearer(xy, filed[ptr[bucket] : ptr[bucket + 1]], x, y, best)
        if best[0] >= 0:
            nearest[point], along_m[point], away_m[point] = best[0], best[1], np.sqrt(best[2])
    return nearest, along_m, away_m


@compiled
def _first_ring(empty_rings: Any, rows: Any, columns: Any, row: Any, column: Any) -> Any:
    """Return the first ring around a bucket, maybe one beyond the edge, that may hold segments."""
    row_inside, column_inside = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
    steps_out = max(abs(row - row_inside), abs(column - column_inside))
    return max(steps_out, empty_rings[row_inside * columns + column_inside] - steps_out)


@compiled
def _nearer(xy: Any, segments: Any, x: Any, y: Any, best: Any) -> Any:
    """Return what beats `best`, or `best`: first vertex, metres along, square of metres away."""
    first, along_m, away_m2 = best
    for begin in segments:
        step_x = xy[begin + 1, 0] - xy[begin, 0]
        step_y = xy[begin + 1, 1] - xy[begin, 1]
        off_x, off_y = x - xy[begin, 0], y - xy[begin, 1]
        length_m2 = step_x * step_x + step_y * step_y
        share = min(max((off_x * step_x + off_y * step_y) / length_m2, 0.0), 1.0)
        off_x -= share * step_x
        off_y -= share * step_y
        this_m2 = off_x * off_x + off_y * off_y
        if this_m2 < away_m2 or (this_m2 == away_m2 and (first < 0 or begin < first)):
            first, along_m, away_m2 = begin, share * np.sqrt(length_m2), this_m2
    return first, along_m, away_m2
