"""Walking minutes from people to institutions."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.sparse import csc_array, csr_array

from mapping.analysis.arrays import Floats, Indexes, check_positive, metres_per_minute
from mapping.analysis.network import WalkNetwork
from mapping.analysis.search import Graph, Row, Spots, label_nearest, read_nearest, walk_within
from mapping.analysis.snapping import Snap

DEFAULT_SPEED_KMH = 4.8

Kind = TypeVar("Kind", bound=Hashable)


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """
    The nearest destination of every origin.

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
    graph, goals = _graph(network), _spots(destinations)
    label_m, owner = label_nearest(graph, goals)
    walk_m, destination = read_nearest(
        graph, label_m, owner, _spots(origins), _row(network, destinations)
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


def nearest_minutes_by_kind(
    network: WalkNetwork,
    origins: Snap,
    destinations: Mapping[Kind, Snap],
    *,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> dict[Kind, Floats]:
    """Return walking minutes to the nearest destination of every kind, each of shape (n,)."""
    return {
        kind: nearest_minutes(network, origins, places, speed_kmh=speed_kmh)
        for kind, places in destinations.items()
    }


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
        _graph(network), _row(network, origins), _spots(destinations), cutoff_minutes * pace
    )
    shape = (len(origins), len(destinations))
    return csc_array((walk_m / pace, row, column_ptr), shape=shape).tocsr()


def _graph(network: WalkNetwork) -> Graph:
    return Graph(*(getattr(network, name) for name in Graph._fields))


def _spots(snap: Snap) -> Spots:
    return Spots(snap.chain, snap.offset_m, snap.distance_m)


def _row(network: WalkNetwork, snap: Snap) -> Row:
    """Order the snapped points by chain, equal ones as they came."""
    on = np.flatnonzero(snap.is_snapped)
    number = on[np.argsort(snap.chain[on], kind="stable")]
    ptr = np.zeros(len(network.chain_from) + 1, dtype=np.int64)
    np.cumsum(np.bincount(snap.chain[on], minlength=len(network.chain_from)), out=ptr[1:])
    return Row(ptr, number, snap.offset_m[number], snap.distance_m[number])
