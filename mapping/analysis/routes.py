"""The way itself: which streets the shortest walk takes."""

from dataclasses import dataclass

import numpy as np

from mapping.analysis.arrays import Floats, metres_per_minute
from mapping.analysis.network import WalkNetwork
from mapping.analysis.search import graph_of, label_nearest, spots_of
from mapping.analysis.snapping import Snap, place_points
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import ShapeMismatchError


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """
    The shortest walk from one place to another.

    Attributes
    ----------
    length_m
        Metres door to door: the straight stretches to the streets and from them included.
    minutes
        The same walk in minutes.
    xy
        Its vertices on the streets in metres, shape (k, 2), from the street place of the origin
        to that of the destination; the straight stretches are not among them.
    """

    length_m: float
    minutes: float
    xy: Floats


def find_route(
    network: WalkNetwork,
    origin: Snap,
    destination: Snap,
    *,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> Route | None:
    """
    Find the shortest walk between two single points; None where either is off the network.

    Raises
    ------
    ShapeMismatchError
        If there is not exactly one origin and one destination.
    ParameterError
        If `speed_kmh` is not positive.
    """
    for name, snap in (("origin", origin), ("destination", destination)):
        if len(snap) != 1:
            raise ShapeMismatchError(name, (len(snap),), (1,))
    pace = metres_per_minute(speed_kmh)
    if origin.unsnapped_count or destination.unsnapped_count:
        return None
    label_m, _ = label_nearest(graph_of(network), spots_of(destination))
    street_m, stretches = _choose(network, origin, destination, label_m)
    xy = np.vstack([_walk_along(network, *stretch) for stretch in stretches])
    turns = np.ones(len(xy), dtype=bool)
    turns[1:] = (xy[1:] != xy[:-1]).any(axis=1)
    length_m = street_m + float(origin.distance_m[0])
    return Route(length_m, length_m / pace, xy[turns])


Stretch = tuple[int, float, float]
"""A chain, and from which metre to which it is walked."""


def _choose(
    network: WalkNetwork, origin: Snap, destination: Snap, label_m: Floats
) -> tuple[float, list[Stretch]]:
    """Return the metres from the origin's street place to the destination, and the way there."""
    chain, begin_m = int(origin.chain[0]), float(origin.offset_m[0])
    goal_m, goal_snap_m = float(destination.offset_m[0]), float(destination.distance_m[0])
    whole_m = float(network.chain_length_m[chain])
    back_m = begin_m + label_m[network.chain_from[chain]]
    ahead_m = whole_m - begin_m + label_m[network.chain_to[chain]]
    if chain == destination.chain[0]:
        straight_m = abs(goal_m - begin_m) + goal_snap_m
        if straight_m <= min(back_m, ahead_m):
            return straight_m, [(chain, begin_m, goal_m)]
    if back_m <= ahead_m:
        rest = _descend(network, int(network.chain_from[chain]), destination, label_m)
        return float(back_m), [(chain, begin_m, 0.0), *rest]
    rest = _descend(network, int(network.chain_to[chain]), destination, label_m)
    return float(ahead_m), [(chain, begin_m, whole_m), *rest]


def _descend(network: WalkNetwork, node: int, destination: Snap, label_m: Floats) -> list[Stretch]:
    """Go from node to node by ever smaller labels until the destination's chain leads on."""
    stretches: list[Stretch] = []
    while (last := _last_stretch(network, node, destination, label_m)) is None:
        arcs = slice(network.indptr[node], network.indptr[node + 1])
        onward_m = label_m[network.indices[arcs]] + network.length_m[arcs]
        arc = int(network.indptr[node] + np.argmin(onward_m))
        chain, head = int(network.arc_chain[arc]), int(network.indices[arc])
        length_m = float(network.chain_length_m[chain])
        forward = network.chain_from[chain] == node
        stretches.append((chain, 0.0, length_m) if forward else (chain, length_m, 0.0))
        node = head
    return [*stretches, last]


def _last_stretch(
    network: WalkNetwork, node: int, destination: Snap, label_m: Floats
) -> Stretch | None:
    """Return the stretch from `node` to the destination if its label came straight from there."""
    chain, goal_m = int(destination.chain[0]), float(destination.offset_m[0])
    snap_m, whole_m = destination.distance_m[0], network.chain_length_m[chain]
    if network.chain_from[chain] == node and label_m[node] == goal_m + snap_m:
        return chain, 0.0, goal_m
    if network.chain_to[chain] == node and label_m[node] == whole_m - goal_m + snap_m:
        return chain, float(whole_m), goal_m
    return None


def _walk_along(network: WalkNetwork, chain: int, from_m: float, to_m: float) -> Floats:
    """Return the vertices of one chain between two of its metres, in walking order."""
    low_m, high_m = sorted((from_m, to_m))
    begin, end = network.chain_ptr[chain], network.chain_ptr[chain + 1]
    offset_m = network.chain_offset_m[begin:end]
    between = network.chain_xy[begin:end][(offset_m > low_m) & (offset_m < high_m)]
    edges = Snap(np.full(2, chain, np.int32), np.array([low_m, high_m]), np.zeros(2))
    first, last = place_points(network, edges)
    stretch = np.vstack([first, between, last])
    return stretch if from_m <= to_m else stretch[::-1]
