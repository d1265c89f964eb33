"""Walking minutes from people to institutions."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from mapping.analysis.arrays import Floats, Indexes, check_positive, metres_per_minute
from mapping.analysis.network import WalkNetwork
from mapping.analysis.search import (
    Row,
    graph_of,
    label_nearest,
    label_nearest_k,
    read_nearest,
    read_nearest_k,
    row_of,
    spots_of,
    walk_within,
)
from mapping.analysis.snapping import Snap
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import ParameterError, ShapeMismatchError


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """
    The nearest destination of every origin (for `nearest_k`, a row of them).

    Attributes
    ----------
    minutes
        Walking minutes, shape (n,); inf where there is no path, never NaN.
    destination
        Number of that destination, shape (n,); -1 where there is no path.
    """

    minutes: Floats
    destination: Indexes


def nearest(
    network: WalkNetwork,
    origins: Snap,
    destinations: Snap,
    *,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> Nearest:
    """
    Find the nearest destination of every origin in one pass over the network.

    A walk is: straight from the origin to its street, along streets, and straight from the street
    to the destination. Origins and destinations off the network have no path.

    Raises
    ------
    ParameterError
        If `speed_kmh` is not positive.
    """
    pace = metres_per_minute(speed_kmh)
    graph, goals = graph_of(network), spots_of(destinations)
    label_m, owner = label_nearest(graph, goals)
    walk_m, destination = read_nearest(
        graph, label_m, owner, spots_of(origins), row_of(network, destinations)
    )
    return Nearest(walk_m / pace, destination)


def nearest_k(
    network: WalkNetwork,
    origins: Snap,
    destinations: Snap,
    *,
    count: int,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> Nearest:
    """
    Find the `count` nearest different destinations of every origin in one pass.

    Returns
    -------
    nearest
        Arrays of shape (n, count), the nearest first; inf and -1 where there are fewer.

    Raises
    ------
    ParameterError
        If `count` is less than one, or `speed_kmh` not positive.
    """
    if count < 1:
        raise ParameterError("count", count, "one or more")
    pace = metres_per_minute(speed_kmh)
    graph = graph_of(network)
    label_m, owner = label_nearest_k(graph, spots_of(destinations), count)
    walk_m, destination = read_nearest_k(
        graph, label_m, owner, spots_of(origins), row_of(network, destinations)
    )
    return Nearest(walk_m / pace, destination)


def nearest_minutes(
    network: WalkNetwork,
    origins: Snap,
    destinations: Snap,
    *,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> Floats:
    """Return walking minutes to the nearest destination, shape (n,); see `nearest`."""
    return nearest(network, origins, destinations, speed_kmh=speed_kmh).minutes


def minutes_matrix(
    network: WalkNetwork,
    origins: Snap,
    destinations: Snap,
    *,
    cutoff_minutes: float,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> csr_array:
    """
    Return walking minutes of every pair within the cut-off.

    The searches run backwards, one from each destination, and stop at the cut-off.

    Returns
    -------
    minutes
        Shape (origins, destinations). **A stored entry is a walk of at most `cutoff_minutes`, and
        a stored zero is a walk of no length; what is not stored is out of reach.** So work with
        `.data`, `.indices` and `.indptr`; `eliminate_zeros()`, `!=` and dense copies lose the
        difference between "here" and "out of reach".

    Raises
    ------
    ParameterError
        If `cutoff_minutes` or `speed_kmh` is not positive.
    """
    check_positive("cutoff_minutes", cutoff_minutes)
    pace = metres_per_minute(speed_kmh)
    column_ptr, row, walk_m = walk_within(
        graph_of(network), row_of(network, origins), spots_of(destinations), cutoff_minutes * pace
    )
    shape = (len(origins), len(destinations))
    return csc_array((walk_m / pace, row, column_ptr), shape=shape).tocsr()


def minutes_from(
    network: WalkNetwork,
    origin: Snap,
    places: Row,
    count: int,
    *,
    cutoff_minutes: float,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> Floats:
    """
    Return walking minutes from one origin to each of `count` places, shape (count,).

    One search that begins at the origin and stops at the cut-off; streets are walked both ways
    alike, so the places are read as it settles the streets they stand on.

    Parameters
    ----------
    places
        What `row_of` gave for the places; keep it to ask from many origins.

    Returns
    -------
    minutes
        inf beyond the cut-off, and for places off the network, never NaN.

    Raises
    ------
    ShapeMismatchError
        If there is not exactly one origin.
    ParameterError
        If `cutoff_minutes` or `speed_kmh` is not positive.
    """
    if len(origin) != 1:
        raise ShapeMismatchError("origin", (len(origin),), (1,))
    check_positive("cutoff_minutes", cutoff_minutes)
    pace = metres_per_minute(speed_kmh)
    _, number, walk_m = walk_within(
        graph_of(network), places, spots_of(origin), cutoff_minutes * pace
    )
    minutes = np.full(count, np.inf)
    minutes[number] = walk_m / pace
    return minutes
