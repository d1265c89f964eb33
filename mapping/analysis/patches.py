"""White spots: where people without culture in reach live together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import distance_transform_edt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mapping.analysis.arrays import Floats, Geometries, as_points, as_vector, check_positive
from mapping.analysis.compiled import compiled
from mapping.analysis.contours import areas_below
from mapping.analysis.coverage import weighted_median
from mapping.analysis.pairs import as_people
from mapping.errors import ParameterError

DEFAULT_LINK_M = 200.0
DEFAULT_FEWEST_PEOPLE = 100

NEIGHBOUR_CELLS = 2
"""Cells with a diagonal of one link may be joined by a link when at most so many cells apart."""

OUTLINE_CELLS = 3
"""Homes are thinned to this many cells per link before an outline is drawn around them."""

GROWN_CELLS = OUTLINE_CELLS + 0.05
"""A link and so little more that no cell is exactly so far away: distances are roots of wholes."""


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """
    Patches in order of people, most first; arrays of shape (patches,).

    Attributes
    ----------
    people, groups
        People of the patch, and of each group by its name.
    median_minutes, worst_minutes
        Minutes to the nearest institution, by people.
    units
        How many homes.
    outline
        Area for drawing, a polygon or several, in the CRS of the coordinates; holds every home.
    at_xy
        The home nearest to the middle of the people, shape (patches, 2), metres.
    patch
        Patch of each unit, shape (units,); -1 for those in none.
    scattered_people
        Uncovered people who live in no patch: too few together.
    """

    people: Floats
    groups: dict[str, Floats]
    median_minutes: Floats
    worst_minutes: Floats
    units: NDArray[np.int64]
    outline: Geometries
    at_xy: Floats
    patch: NDArray[np.int64]
    scattered_people: float

    def __len__(self) -> int:
        return len(self.people)


def find_patches(
    xy: ArrayLike,
    minutes: ArrayLike,
    people: ArrayLike,
    *,
    within_minutes: float,
    groups: Mapping[str, ArrayLike] | None = None,
    link_m: float = DEFAULT_LINK_M,
    fewest_people: float = DEFAULT_FEWEST_PEOPLE,
) -> Patches:
    """
    Join uncovered homes that lie close together into patches and rank these by people.

    Parameters
    ----------
    xy
        Coordinates of the units in a metric CRS, shape (n, 2).
    minutes
        Minutes from each unit to the nearest institution, shape (n,); inf where there is no path:
        of those it is not known whether they are covered, so they make no patch.
    people
        People at each unit, shape (n,); units without people, or with an unknown number (NaN),
        make no patch.
    within_minutes
        Up to and including this many minutes is covered.
    groups
        People of further groups to be counted in each patch, by the group's name.
    link_m
        Homes at most this far apart belong together.
    fewest_people
        Patches with fewer people are left out and counted as scattered.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.

    Notes
    -----
    Single linkage: the patches are the connected components of the graph that joins homes up to
    `link_m` apart. Homes are put into cells with a diagonal of one link, so that only pairs of
    neighbouring cells need a look (Gunawan 2013, A faster algorithm for DBSCAN); the result is
    that of measuring every pair.
    """
    points = as_points("xy", xy)
    check_positive("within_minutes", within_minutes)
    check_positive("link_m", link_m)
    minutes = _checked_minutes(as_vector("minutes", minutes, len(points)))
    heads = np.nan_to_num(as_people("people", people, len(points)))
    named = {name: as_people(name, some, len(points)) for name, some in (groups or {}).items()}
    uncovered = np.flatnonzero((minutes > within_minutes) & np.isfinite(minutes) & (heads > 0))
    patch = _rank(linked(points[uncovered], link_m), heads[uncovered], fewest_people)
    patch_of_unit = np.full(len(points), -1)
    patch_of_unit[uncovered] = patch
    unit = uncovered[patch >= 0]
    return Patches(
        **_describe(points, minutes, heads, named, unit, patch_of_unit[unit], link_m),
        patch=patch_of_unit,
        scattered_people=float(heads[uncovered[patch < 0]].sum()),
    )


def linked(points: Floats, link_m: float) -> NDArray[np.int64]:
    """Number the groups of points that hang together by steps of at most `link_m`, shape (n,)."""
    if len(points) == 0:
        return np.zeros(0, dtype=np.int64)
    # Points of one cell are linked: its diagonal is one link.
    cell_xy = np.floor((points - points.min(axis=0)) / (link_m / np.sqrt(2))).astype(np.int64)
    width = int(cell_xy[:, 1].max()) + 1 + NEIGHBOUR_CELLS
    keys, cell = np.unique(cell_xy @ [width, 1], return_inverse=True)
    order = np.argsort(cell, kind="stable")
    ptr = np.searchsorted(cell[order], np.arange(keys.size + 1))
    one, other = _neighbour_cells(keys, width)
    near = _hold_near_points(np.ascontiguousarray(points[order]), ptr, one, other, link_m)
    size = (keys.size, keys.size)
    links = coo_array((np.ones(np.count_nonzero(near)), (one[near], other[near])), shape=size)
    _, label = connected_components(links, directed=False)
    return np.asarray(label[cell], dtype=np.int64)


def _neighbour_cells(
    keys: NDArray[np.int64], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair every cell with those so near that a link may join them, each pair once."""
    reach = range(-NEIGHBOUR_CELLS, NEIGHBOUR_CELLS + 1)
    ones, others = [], []
    for step in (x * width + y for x in reach for y in reach if (x, y) > (0, 0)):
        place = np.minimum(np.searchsorted(keys, keys + step), keys.size - 1)
        one = np.flatnonzero(keys[place] == keys + step)
        ones.append(one)
        others.append(place[one])
    return np.concatenate(ones), np.concatenate(others)


@compiled
def _hold_near_points(points: Any, ptr: Any, one: Any, other: Any, link_m: Any) -> Any:
    """Tell for each pair of cells whether a point of one is within a link of one of the other."""
    near = np.zeros(one.size, dtype=np.bool_)
    for pair in range(one.size):
        for first in range(ptr[one[pair]], ptr[one[pair] + 1]):
            for second in range(ptr[other[pair]], ptr[other[pair] + 1]):
                x_m = points[first, 0] - points[second, 0]
                y_m = points[first, 1] - points[second, 1]
                if x_m * x_m + y_m * y_m <= link_m * link_m:
                    near[pair] = True
                    break
            if near[pair]:
                break
    return near


def _rank(label: NDArray[np.int64], heads: Floats, fewest_people: float) -> NDArray[np.int64]:
    """Renumber groups from 0 for the most people; -1 for groups with too few."""
    people = np.bincount(label, heads)
    order = np.argsort(-people, kind="stable")
    order = order[people[order] >= fewest_people]
    rank = np.full(people.size, -1)
    rank[order] = np.arange(order.size)
    return rank[label]


def _describe(
    points: Floats,
    minutes: Floats,
    heads: Floats,
    groups: Mapping[str, Floats],
    unit: NDArray[np.int64],
    patch: NDArray[np.int64],
    link_m: float,
) -> dict[str, Any]:
    count = int(patch.max(initial=-1)) + 1

    def add_up(values: Floats) -> Floats:
        return np.bincount(patch, values[unit], count).astype(np.float64)

    worst = np.zeros(count)
    np.maximum.at(worst, patch, minutes[unit])
    return {
        "people": add_up(heads),
        "groups": {name: add_up(np.nan_to_num(some)) for name, some in groups.items()},
        "median_minutes": weighted_median(minutes[unit], heads[unit], patch, count),
        "worst_minutes": worst,
        "units": np.bincount(patch, minlength=count),
        "outline": _outline(points[unit], patch, count, link_m),
        "at_xy": _middle_home(points[unit], heads[unit], patch, count),
    }


def _outline(points: Floats, patch: NDArray[np.int64], count: int, link_m: float) -> Geometries:
    """Close the gaps between linked homes and leave half a link of margin around them."""
    cell_m = link_m / OUTLINE_CELLS
    owner, strips, corner = _strips(points, patch, cell_m)
    bounds = np.searchsorted(owner, np.arange(count + 1))
    grown = [
        _grow(strips[bounds[number] : bounds[number + 1]], corner, cell_m)
        for number in range(count)
    ]
    outline: Geometries = shapely.buffer(np.array(grown, dtype=object), -link_m / 2, quad_segs=4)
    return outline


def _strips(
    points: Floats, patch: NDArray[np.int64], cell_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """
    Thin homes to cells, and join cells of a row that are at most a link apart.

    Returns the patch of every strip, ascending; its row, first and last column, shape (strips, 3);
    and the row and column, counted from zero coordinates, in which row 0 and column 0 lie.
    """
    column, row = np.rint(points / cell_m).astype(np.int64).T
    corner = np.array([row.min(initial=0), column.min(initial=0)])
    row, column = row - corner[0], column - corner[1]
    size = (row.max(initial=0) + 1, column.max(initial=0) + 1)
    cells = np.unique((patch * size[0] + row) * size[1] + column)
    line, column = np.divmod(cells, size[1])
    is_first = np.ones(cells.size, dtype=bool)
    is_first[1:] = (np.diff(line) != 0) | (np.diff(column) > OUTLINE_CELLS)
    is_last = np.append(is_first[1:], True)[: cells.size]
    owner, row = np.divmod(line[is_first], size[0])
    return owner, np.column_stack([row, column[is_first], column[is_last]]), corner


def _grow(strips: NDArray[np.int64], corner: NDArray[np.int64], cell_m: float) -> Any:
    """Draw what lies within a link of the strips of one patch."""
    margin = OUTLINE_CELLS + 1
    start = strips[:, :2].min(axis=0) - margin
    row, first, last = (strips - start[[0, 1, 1]]).T
    # A strip begins with one step up and ends with one down; its cells are those between.
    steps = np.zeros((row.max() + margin + 1, last.max() + margin + 1), dtype=np.int8)
    steps[row, first] += 1
    steps[row, last + 1] -= 1
    away = distance_transform_edt(np.cumsum(steps, axis=1, dtype=np.int8) == 0)
    corner_xy = (corner + start)[::-1] * cell_m
    return areas_below(away, [GROWN_CELLS], corner_xy=corner_xy, cell_m=cell_m)[0]


def _middle_home(points: Floats, heads: Floats, patch: NDArray[np.int64], count: int) -> Floats:
    people = np.bincount(patch, heads, count)
    sums = [np.bincount(patch, heads * points[:, axis], count) for axis in (0, 1)]
    off = points - (np.column_stack(sums) / people[:, None])[patch]
    off_m = np.hypot(off[:, 0], off[:, 1])
    least_m = np.full(count, np.inf)
    np.minimum.at(least_m, patch, off_m)
    nearest = np.flatnonzero(off_m == least_m[patch])
    # Of homes equally near the first one, as everywhere.
    return points[nearest[np.unique(patch[nearest], return_index=True)[1]]]


def _checked_minutes(minutes: Floats) -> Floats:
    if np.isnan(minutes).any() or (minutes < 0).any():
        raise ParameterError("minutes", "NaN or less than zero", "minutes, or inf without a path")
    return minutes
