"""
Service areas: the polygons within so many minutes of an institution, for drawing.

People are never counted from these polygons but from the minutes at their homes. A grid cell is
walked exactly as a home at its centre would be; what the drawing loses is only what happens
between the centres of neighbouring cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mapping.analysis.arrays import Floats, Geometries, check_positive, metres_per_minute
from mapping.analysis.contours import areas_below
from mapping.analysis.network import WalkNetwork
from mapping.analysis.search import (
    Row,
    graph_of,
    label_nearest,
    read_nearest,
    row_of,
    spots_of,
    walk_within,
)
from mapping.analysis.segments import SegmentIndex, index_segments, nearest_segments
from mapping.analysis.snapping import DEFAULT_MAX_SNAP_M, Snap
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import ParameterError

BANDS_MINUTES = (5.0, 10.0, 15.0, 20.0, 30.0)
DEFAULT_CELL_M = 25.0
AT_ONCE = 64
"""Institutions searched in one go: enough to forget the call, few enough for the memory."""

LEAST_STEP_MINUTES = 1e-6
"""A contour passes this far from a cell's own value, so that no two of its corners coincide."""


@dataclass(frozen=True, slots=True, eq=False)
class MinuteGrid:
    """
    Square cells around the streets of a network, each joined to the nearest one.

    Attributes
    ----------
    origin_xy
        Centre of the cell in row 0 and column 0, metres.
    cell_m
        Side of a cell, which is also the step between centres.
    column_count
        Cells in a row; the cell in row `r` and column `c` has the number `r * column_count + c`.
    number
        Numbers of the cells near a street, shape (n,), ascending; the others are out of reach.
    cells
        Where their centres join the network.
    row
        The same in order of the streets, as a search reads them.
    """

    origin_xy: Floats
    cell_m: float
    column_count: int
    number: NDArray[np.int64]
    cells: Snap
    row: Row


def lay_grid(
    network: WalkNetwork,
    *,
    cell_m: float = DEFAULT_CELL_M,
    max_off_street_m: float = DEFAULT_MAX_SNAP_M,
    index: SegmentIndex | None = None,
) -> MinuteGrid:
    """
    Lay cells over everything within `max_off_street_m` of a street; keep them with the network.

    Every cell stands where `snap` would put its centre. `index` is what `index_segments` gave for
    this network; built anew when left out.

    Raises
    ------
    ParameterError
        If `cell_m` or `max_off_street_m` is not positive.
    """
    check_positive("cell_m", cell_m)
    check_positive("max_off_street_m", max_off_street_m)
    origin_xy = network.chain_xy.min(axis=0) - max_off_street_m
    spread_m = network.chain_xy.max(axis=0) + max_off_street_m - origin_xy
    columns, rows = (int(count) + 1 for count in spread_m // cell_m)
    centres = np.indices((rows, columns))[::-1].reshape(2, -1).T * cell_m + origin_xy
    index = index_segments(network) if index is None else index
    first, along_m, away_m = nearest_segments(index, centres, max_m=max_off_street_m)
    number = np.flatnonzero(first >= 0)
    first = first[number]
    chain = np.searchsorted(network.chain_ptr, first, side="right") - 1
    offset_m = network.chain_offset_m[first] + along_m[number]
    cells = Snap(chain.astype(np.int32), offset_m, away_m[number])
    row = row_of(network, cells)
    row = row._replace(number=number[row.number])
    return MinuteGrid(origin_xy, cell_m, columns, number, cells, row)


def service_areas(
    network: WalkNetwork,
    grid: MinuteGrid,
    institutions: Snap,
    *,
    bands_minutes: Sequence[float] = BANDS_MINUTES,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> Geometries:
    """
    Draw the area within each number of minutes of each institution.

    Parameters
    ----------
    grid
        What `lay_grid` gave for this network.
    bands_minutes
        Ascending minutes, shape (b,).

    Returns
    -------
    areas
        MultiPolygons in the CRS of the network, shape (institutions, b): valid, and each within
        the next one of its row; empty where nothing is within reach, and for institutions off
        the network.

    Raises
    ------
    ParameterError
        If the minutes are not positive and ascending, or `speed_kmh` is not positive.
    """
    bands = _check_bands(bands_minutes)
    pace = metres_per_minute(speed_kmh)
    areas = np.full((len(institutions), len(bands)), shapely.MultiPolygon(), dtype=object)
    limit_m = _search_limit_m(grid, bands, pace)
    for institution, cells, walk_m in _walk_cells(network, grid, institutions, limit_m):
        areas[institution] = _contour(grid, cells, walk_m / pace, bands, limit_m / pace)
    return areas


def nearest_service_areas(
    network: WalkNetwork,
    grid: MinuteGrid,
    institutions: Snap,
    *,
    bands_minutes: Sequence[float] = BANDS_MINUTES,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> Geometries:
    """
    Draw the area within each number of minutes of at least one institution, shape (b,).

    It is the union of `service_areas`, found in one pass over the network; everything else is as
    there.
    """
    bands = _check_bands(bands_minutes)
    pace = metres_per_minute(speed_kmh)
    graph = graph_of(network)
    label_m, owner = label_nearest(graph, spots_of(institutions))
    walk_m, _ = read_nearest(
        graph, label_m, owner, spots_of(grid.cells), row_of(network, institutions)
    )
    limit_m = _search_limit_m(grid, bands, pace)
    near = walk_m <= limit_m
    return _contour(grid, grid.number[near], walk_m[near] / pace, bands, limit_m / pace)


def _check_bands(bands_minutes: Sequence[float]) -> list[float]:
    bands = [float(minutes) for minutes in bands_minutes]
    for minutes in bands:
        check_positive("bands_minutes", minutes)
    if not bands or sorted(set(bands)) != bands:
        raise ParameterError("bands_minutes", bands, "minutes in ascending order")
    return bands


def _search_limit_m(grid: MinuteGrid, bands: list[float], pace: float) -> float:
    """Walk beyond the last band to the next cells, so that its edge lies between known ones."""
    return bands[-1] * pace + 2 * grid.cell_m


def _walk_cells(
    network: WalkNetwork, grid: MinuteGrid, institutions: Snap, limit_m: float
) -> Iterator[tuple[int, NDArray[Any], Floats]]:
    """Yield each institution with the cells in reach and the metres to them."""
    graph = graph_of(network)
    for start in range(0, len(institutions), AT_ONCE):
        chosen = institutions.take(range(start, min(start + AT_ONCE, len(institutions))))
        ptr, cell, walk_m = walk_within(graph, grid.row, spots_of(chosen), limit_m)
        for place in range(len(chosen)):
            found = slice(ptr[place], ptr[place + 1])
            yield start + place, cell[found], walk_m[found]


def _contour(
    grid: MinuteGrid,
    cells: NDArray[Any],
    minutes: Floats,
    bands: list[float],
    beyond_minutes: float,
) -> Geometries:
    """Draw the bands over the window of the given cells; all others lie beyond the last band."""
    if cells.size == 0:
        return np.full(len(bands), shapely.MultiPolygon(), dtype=object)
    rows, columns = np.divmod(cells, grid.column_count)
    first_row, first_column = rows.min() - 1, columns.min() - 1
    shape = (rows.max() - first_row + 2, columns.max() - first_column + 2)
    window = np.full(shape, beyond_minutes)
    window[rows - first_row, columns - first_column] = minutes
    for band in bands:
        window[np.abs(window - band) < LEAST_STEP_MINUTES] = band - LEAST_STEP_MINUTES
    corner_xy = grid.origin_xy + np.array([first_column, first_row]) * grid.cell_m
    return areas_below(window, bands, corner_xy=corner_xy, cell_m=grid.cell_m)
