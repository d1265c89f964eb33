"""White spots: where people without culture in reach live together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay

from mapping.analysis.arrays import Floats, Geometries, as_points, as_vector, check_positive
from mapping.analysis.coverage import weighted_median
from mapping.analysis.reach import as_people
from mapping.errors import ParameterError

DEFAULT_LINK_M = 200.0
DEFAULT_FEWEST_PEOPLE = 100

OUTLINE_CELLS = 10
"""Homes are thinned to this many cells per link before an outline is drawn around them."""


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
    `link_m` apart. They are found through a Delaunay triangulation, which holds every edge of the
    minimum spanning tree, so the components are the same and the cost is that of sorting.
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
    places, place = np.unique(points, axis=0, return_inverse=True)
    if len(places) == 0:
        return np.zeros(0, dtype=np.int64)
    edges = _delaunay_edges(places)
    step = places[edges[:, 0]] - places[edges[:, 1]]
    near = edges[np.hypot(step[:, 0], step[:, 1]) <= link_m]
    size = (len(places), len(places))
    links = coo_array((np.ones(len(near)), (near[:, 0], near[:, 1])), shape=size)
    _, label = connected_components(links, directed=False)
    return np.asarray(label[place.ravel()], dtype=np.int64)


def _delaunay_edges(places: Floats) -> NDArray[np.int64]:
    """
    Return pairs of distinct places whose links hold their minimum spanning tree.

    Three corners far outside make a triangulation of any places, few or in a row; they are so far
    that the shortest links among the places stay among the places.
    """
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    reach_m = max(float(np.ptp(places, axis=0).max()), 1.0) * 10
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [0.0, 1.0]]) * reach_m
    triangles = Delaunay(np.vstack([places - middle, corners]))
    sides = triangles.simplices[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    # Places too close for the triangulation come as “coplanar”, each with its nearest neighbour.
    sides = np.vstack([sides, triangles.coplanar[:, [0, 2]]])
    return sides[(sides < len(places)).all(axis=1)].astype(np.int64)


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
    cells = np.unique(np.column_stack([patch, np.rint(points / cell_m)]), axis=0)
    homes = shapely.points(cells[:, 1:] * cell_m)
    clouds = shapely.multipoints(homes, indices=cells[:, 0].astype(np.int64))
    grown = shapely.buffer(clouds, link_m, quad_segs=4)
    outline: Geometries = np.asarray(shapely.buffer(grown, -link_m / 2, quad_segs=4), dtype=object)
    return outline.reshape(count)


def _middle_home(points: Floats, heads: Floats, patch: NDArray[np.int64], count: int) -> Floats:
    people = np.bincount(patch, heads, count)
    sums = [np.bincount(patch, heads * points[:, axis], count) for axis in (0, 1)]
    off = points - (np.column_stack(sums) / people[:, None])[patch]
    order = np.lexsort((np.hypot(off[:, 0], off[:, 1]), patch))
    first = order[np.searchsorted(patch[order], np.arange(count))]
    return points[first]


def _checked_minutes(minutes: Floats) -> Floats:
    if np.isnan(minutes).any() or (minutes < 0).any():
        raise ParameterError("minutes", "NaN or less than zero", "minutes, or inf without a path")
    return minutes
