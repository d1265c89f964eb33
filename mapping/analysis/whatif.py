"""
What if an institution opened, closed or moved: only what changes is walked again.

`label_today` walks the whole city once; `change` gives the labels after any number of changes
and leaves the ones before as they are, so one set of labels serves many scenarios and many
threads. The minutes are exactly those that a full walk over the changed city would give.
"""

import heapq
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csc_array, csr_array

from mapping.analysis.arrays import (
    Counts,
    Flags,
    Floats,
    Indexes,
    check_positive,
    metres_per_minute,
)
from mapping.analysis.compiled import compiled
from mapping.analysis.coverage import Membership
from mapping.analysis.network import WalkNetwork
from mapping.analysis.search import (
    Graph,
    Row,
    graph_of,
    label_nearest,
    read_nearest,
    row_of,
    spots_of,
    walk_within,
)
from mapping.analysis.snapping import Snap
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import ParameterError, ShapeMismatchError


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What no scenario changes: streets, homes in order of their streets, walking speed."""

    graph: Graph
    homes: Row
    home_count: int
    metres_per_minute: float


class Places(NamedTuple):
    """
    Institutions, open or not, and the two nodes where each enters the network.

    `node` and `enter_m` have shape (n, 2): the node (-1 = off the network) and the metres to it
    from the door. `first_on[c]` is a place on chain `c`, `next_on[p]` another one on the chain of
    place `p`, -1 = no more.
    """

    chain: Any
    offset_m: Any
    snap_m: Any
    node: Any
    enter_m: Any
    is_open: Any
    first_on: Any
    next_on: Any


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """
    The nearest open institution of every node and every home, today or in a scenario.

    Attributes
    ----------
    places
        Institutions by number: those of today first, then the opened ones in order.
    label_m, owner
        Metres from every node to its nearest open institution, and its number; inf and -1.
    walk_m, nearest
        The same of every home, door to door.
    touched
        Homes whose walk may differ from that of today, ascending; empty today.
    """

    ground: Ground
    places: Places
    label_m: Floats
    owner: Indexes
    walk_m: Floats
    nearest: Indexes
    touched: Counts

    @property
    def minutes(self) -> Floats:
        """Walking minutes of every home to the nearest open institution; inf without a path."""
        return self.walk_m / self.ground.metres_per_minute

    def minutes_of(self, homes: Counts) -> Floats:
        """Return the minutes of some homes only."""
        return self.walk_m[homes] / self.ground.metres_per_minute


@dataclass(frozen=True, slots=True, eq=False)
class Residents:
    """
    People by group, shape (groups, homes), zero where unknown, and the territories of the homes.

    Make them with `settle`, once for a city.
    """

    people: Floats
    territory: csr_array
    is_inside: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """
    Who wins and who loses cover by a scenario.

    Attributes
    ----------
    gained, lost
        People newly covered and no longer covered, shape (groups, territories).
    gained_total, lost_total
        The same in the city, shape (groups,): people inside some territory, everyone once.
    homes, minutes_before, minutes_after
        Homes whose walk changes, ascending, and their minutes; inf without a path.
    """

    gained: Floats
    lost: Floats
    gained_total: Floats
    lost_total: Floats
    homes: Counts
    minutes_before: Floats
    minutes_after: Floats


def label_today(
    network: WalkNetwork,
    homes: Snap,
    institutions: Snap,
    *,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> Labels:
    """
    Find the nearest institution of every node and home; keep the result to ask "what if".

    Raises
    ------
    ParameterError
        If `speed_kmh` is not positive.
    """
    pace = metres_per_minute(speed_kmh)
    graph = graph_of(network)
    ground = Ground(graph, row_of(network, homes), len(homes), pace)
    label_m, owner = label_nearest(graph, spots_of(institutions))
    walk_m, nearest = read_nearest(
        graph, label_m, owner, spots_of(homes), row_of(network, institutions)
    )
    nowhere = np.full(len(graph.chain_from), -1, dtype=np.int32)
    places = _add_places(graph, _no_places(nowhere), institutions)
    untouched = np.empty(0, dtype=np.int64)
    return Labels(ground, places, label_m, owner, walk_m, nearest, untouched)


def change(labels: Labels, *, close: ArrayLike = (), opened: Snap | None = None) -> Labels:
    """
    Close and open institutions; one that moves is closed and opened elsewhere.

    Parameters
    ----------
    close
        Numbers of open institutions, see `Labels.places`.
    opened
        Where new ones open; they are numbered after all those known so far. One too far from
        every street serves nobody.

    Raises
    ------
    ParameterError
        If an institution to close is unknown, closed already, or named twice.
    """
    places = labels.places
    closing = _checked_closing(places, close)
    is_open = places.is_open.copy()
    is_open[closing] = False
    places = places._replace(is_open=is_open)
    known = len(is_open)
    if opened is not None:
        places = _add_places(labels.ground.graph, places, opened)
    opening = np.arange(known, len(places.is_open))
    changed = replace(
        labels,
        places=places,
        label_m=labels.label_m.copy(),
        owner=labels.owner.copy(),
        walk_m=labels.walk_m.copy(),
        nearest=labels.nearest.copy(),
    )
    touched = _walk_again(changed, closing, opening)
    return replace(changed, touched=_union(labels.touched, touched))


def settle(people: ArrayLike, membership: Membership) -> Residents:
    """
    Prepare people, shape (groups, homes), NaN where unknown, for `measure_effect`.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If `people` and `membership` do not fit together, or people are below zero or infinite.
    """
    heads = np.atleast_2d(np.asarray(people, dtype=np.float64))
    if heads.shape[1] != membership.unit_count:
        raise ShapeMismatchError("people", heads.shape, f"(groups, {membership.unit_count})")
    if np.isinf(heads).any() or (heads < 0).any():
        raise ParameterError("people", "infinity or less than zero", "people, or NaN if unknown")
    shape = (membership.unit_count, membership.territory_count)
    pairs = (np.ones(len(membership.unit)), (membership.unit, membership.territory))
    inside = (~membership.is_outside).astype(np.float64)
    return Residents(np.nan_to_num(heads), csr_array(pairs, shape=shape), inside)


def measure_effect(
    before: Labels, after: Labels, residents: Residents, *, within_minutes: float
) -> Effect:
    """
    Count who is newly covered and who no longer, between today and a scenario or between two.

    Raises
    ------
    ParameterError
        If `within_minutes` is not positive, or the labels are not of one city.
    ShapeMismatchError
        If the residents are of another city.
    """
    check_positive("within_minutes", within_minutes)
    if before.ground is not after.ground:
        raise ParameterError("after", "labels of another city", "a scenario of the same labels")
    if residents.people.shape[1] != before.ground.home_count:
        wanted = f"(groups, {before.ground.home_count})"
        raise ShapeMismatchError("residents", residents.people.shape, wanted)
    homes = _union(before.touched, after.touched)
    homes = homes[before.walk_m[homes] != after.walk_m[homes]]
    was, now = before.minutes_of(homes), after.minutes_of(homes)
    winners = homes[(now <= within_minutes) & (was > within_minutes)]
    losers = homes[(now > within_minutes) & (was <= within_minutes)]
    gained, gained_total = _count_by_territory(residents, winners)
    lost, lost_total = _count_by_territory(residents, losers)
    return Effect(gained, lost, gained_total, lost_total, homes, was, now)


def swing(effect: Effect, residents: Residents, *, within_minutes: float) -> Floats:
    """
    Count how many more people live within so many minutes than before, for any minutes.

    Parameters
    ----------
    within_minutes
        Up to and including these; inf counts everyone with a path.

    Returns
    -------
    more
        Shape (groups, territories), below zero where fewer do; people in several territories
        count in each.
    """
    was = _is_reached(effect.minutes_before, within_minutes)
    now = _is_reached(effect.minutes_after, within_minutes)
    turned = now.astype(np.float64) - was
    homes = effect.homes[turned != 0]
    more: Floats = (residents.people[:, homes] * turned[turned != 0]) @ residents.territory[homes]
    return more


def _is_reached(minutes: Floats, within_minutes: float) -> Flags:
    return np.isfinite(minutes) & (minutes <= within_minutes)


def walks_to(labels: Labels, opened: Snap, *, within_minutes: float) -> csr_array:
    """
    Return the walks of all homes to places that open, shape (homes, places).

    As `access.minutes_matrix` gives them; the homes' streets are not looked up again.

    Raises
    ------
    ParameterError
        If `within_minutes` is not positive.
    """
    check_positive("within_minutes", within_minutes)
    ground = labels.ground
    pace = ground.metres_per_minute
    column_ptr, row, walk_m = walk_within(
        ground.graph, ground.homes, spots_of(opened), within_minutes * pace
    )
    shape = (ground.home_count, len(opened))
    return csc_array((walk_m / pace, row, column_ptr), shape=shape).tocsr()


def _count_by_territory(residents: Residents, homes: Counts) -> tuple[Floats, Floats]:
    people = residents.people[:, homes]
    return people @ residents.territory[homes], people @ residents.is_inside[homes]


def _checked_closing(places: Places, close: ArrayLike) -> Counts:
    closing = np.asarray(close, dtype=np.int64).ravel()
    known = len(places.is_open)
    if closing.size and not (closing.min() >= 0 and closing.max() < known):
        raise ParameterError("close", "a number out of range", f"0 to {known - 1}")
    if not places.is_open[closing].all() or len(np.unique(closing)) < len(closing):
        raise ParameterError("close", close, "institutions that are open, each once")
    return closing


def _no_places(nowhere: Indexes) -> Places:
    none, no_metres = np.empty(0, dtype=np.int32), np.empty(0)
    pairs, no_pairs = none.reshape(0, 2), no_metres.reshape(0, 2)
    no_flags = np.empty(0, dtype=bool)
    return Places(none, no_metres, no_metres, pairs, no_pairs, no_flags, nowhere, none)


def _add_places(graph: Graph, places: Places, snap: Snap) -> Places:
    """Return the places with open ones after them; the given places stay as they are."""
    chain, on = snap.chain, snap.is_snapped
    ends = np.column_stack([graph.chain_from[chain], graph.chain_to[chain]])
    rest_m = graph.chain_length_m[chain] - snap.offset_m
    along_m = np.column_stack([snap.offset_m, rest_m])
    first_on, next_on = places.first_on.copy(), np.full(len(snap), -1, dtype=np.int32)
    for number in np.flatnonzero(on):
        next_on[number] = first_on[chain[number]]
        first_on[chain[number]] = len(places.chain) + number
    return Places(
        chain=np.concatenate([places.chain, chain]),
        offset_m=np.concatenate([places.offset_m, snap.offset_m]),
        snap_m=np.concatenate([places.snap_m, snap.distance_m]),
        node=np.vstack([places.node, np.where(on[:, None], ends, -1).astype(np.int32)]),
        enter_m=np.vstack([places.enter_m, along_m + snap.distance_m[:, None]]),
        is_open=np.concatenate([places.is_open, np.ones(len(snap), dtype=bool)]),
        first_on=first_on,
        next_on=np.concatenate([places.next_on, next_on]),
    )


def _walk_again(labels: Labels, closing: Counts, opening: Counts) -> Counts:
    """Mend the labels in place; return the homes on the streets that were touched."""
    graph, places = labels.ground.graph, labels.places
    nodes = _repair(graph, places, closing, opening, labels.label_m, labels.owner)
    chains = places.chain[np.concatenate([closing, opening])]
    streets = _streets_at(graph, nodes, chains[chains >= 0])
    homes: Counts = _read_again(
        graph,
        labels.ground.homes,
        places,
        streets,
        labels.label_m,
        labels.owner,
        labels.walk_m,
        labels.nearest,
    )
    return np.sort(homes)


def _union(one: Counts, other: Counts) -> Counts:
    return np.union1d(one, other) if len(one) else other


@compiled
def _repair(graph: Any, places: Any, closing: Any, opening: Any, label_m: Any, owner: Any) -> Any:
    """
    Forget what the closed places own, grow back from the border, grow from the opened places.

    Labels change in place; returns the nodes whose labels may have changed.
    """
    is_touched = np.zeros(label_m.size, dtype=np.bool_)
    touched = np.empty(label_m.size, dtype=np.int32)
    count = _forget(graph, places, closing, label_m, owner, touched)
    for node in touched[:count]:
        is_touched[node] = True
    heap = [(0.0, np.int64(-1))]
    heap.pop()  # an empty list of that type
    for node in touched[:count]:
        _reach_from_beside(graph, places, node, is_touched, label_m, owner)
        if owner[node] >= 0:
            heapq.heappush(heap, (label_m[node], np.int64(node)))
    for place in opening:
        for side in range(2):
            node = places.node[place, side]
            if node >= 0:
                metres = places.enter_m[place, side]
                _lower(heap, label_m, owner, node, metres, place)
                count = _touch(is_touched, touched, count, node)
    count = _spread(graph, heap, is_touched, touched, count, label_m, owner)
    return touched[:count].copy()


@compiled
def _spread(
    graph: Any, heap: Any, is_touched: Any, touched: Any, count: Any, label_m: Any, owner: Any
) -> Any:
    """Let lowered labels lower their neighbours', nearest first; return the new count."""
    while len(heap) > 0:
        metres, node = heapq.heappop(heap)
        if metres > label_m[node]:
            continue
        for arc in range(graph.indptr[node], graph.indptr[node + 1]):
            head = graph.indices[arc]
            if _lower(heap, label_m, owner, head, metres + graph.length_m[arc], owner[node]):
                count = _touch(is_touched, touched, count, head)
    return count


@compiled
def _lower(heap: Any, label_m: Any, owner: Any, node: Any, metres: Any, place: Any) -> Any:
    """Lower the label of `node` and queue it; tell whether that was a gain."""
    if metres >= label_m[node]:
        return False
    label_m[node] = metres
    owner[node] = place
    heapq.heappush(heap, (metres, np.int64(node)))
    return True


@compiled
def _touch(is_touched: Any, touched: Any, count: Any, node: Any) -> Any:
    """List `node` unless it is listed; return the new count."""
    if is_touched[node]:
        return count
    is_touched[node] = True
    touched[count] = node
    return count + 1


@compiled
def _reach_from_beside(
    graph: Any, places: Any, node: Any, is_touched: Any, label_m: Any, owner: Any
) -> Any:
    """Label a forgotten node from its neighbours that kept theirs, and from places beside it."""
    for arc in range(graph.indptr[node], graph.indptr[node + 1]):
        beside = graph.indices[arc]
        metres = label_m[beside] + graph.length_m[arc]
        if not is_touched[beside] and metres < label_m[node]:
            label_m[node] = metres
            owner[node] = owner[beside]
        _enter_from(places, graph.arc_chain[arc], node, label_m, owner)


@compiled
def _forget(graph: Any, places: Any, closing: Any, label_m: Any, owner: Any, out: Any) -> Any:
    """Clear the labels of nodes that closed places own; list them in `out` and count them."""
    count = 0
    for place in closing:
        for side in range(2):
            node = places.node[place, side]
            if node >= 0 and owner[node] == place:
                owner[node] = -1
                label_m[node] = np.inf
                out[count] = node
                count += 1
    # A place owns whole shortest ways, so its nodes hang together from where it enters.
    done = 0
    while done < count:
        node = out[done]
        done += 1
        for beside in graph.indices[graph.indptr[node] : graph.indptr[node + 1]]:
            if owner[beside] >= 0 and not places.is_open[owner[beside]]:
                owner[beside] = -1
                label_m[beside] = np.inf
                out[count] = beside
                count += 1
    return count


@compiled
def _enter_from(places: Any, chain: Any, node: Any, label_m: Any, owner: Any) -> Any:
    """Lower the label of `node` to the nearest open place on one of its chains."""
    place = places.first_on[chain]
    while place >= 0:
        for side in range(2):
            if (
                places.is_open[place]
                and places.node[place, side] == node
                and places.enter_m[place, side] < label_m[node]
            ):
                label_m[node] = places.enter_m[place, side]
                owner[node] = place
        place = places.next_on[place]


@compiled
def _streets_at(graph: Any, nodes: Any, chains: Any) -> Any:
    """List the given chains and those at `nodes`, each once."""
    is_listed = np.zeros(graph.chain_from.size, dtype=np.bool_)
    listed = np.empty(graph.chain_from.size, dtype=np.int32)
    count = 0
    for chain in chains:
        if not is_listed[chain]:
            is_listed[chain] = True
            listed[count] = chain
            count += 1
    for node in nodes:
        for chain in graph.arc_chain[graph.indptr[node] : graph.indptr[node + 1]]:
            if not is_listed[chain]:
                is_listed[chain] = True
                listed[count] = chain
                count += 1
    return listed[:count].copy()


@compiled
def _read_again(
    graph: Any,
    homes: Any,
    places: Any,
    streets: Any,
    label_m: Any,
    owner: Any,
    walk_m: Any,
    nearest: Any,
) -> Any:
    """Walk the homes on `streets` anew, as `read_nearest` does; return their numbers."""
    count = 0
    for chain in streets:
        count += homes.ptr[chain + 1] - homes.ptr[chain]
    read = np.empty(count, dtype=np.int64)
    count = 0
    for chain in streets:
        start = graph.chain_from[chain]
        end = graph.chain_to[chain]
        for home in range(homes.ptr[chain], homes.ptr[chain + 1]):
            offset_m = homes.offset_m[home]
            best_m = np.inf
            best = -1
            if label_m[start] + offset_m < best_m:
                best_m = label_m[start] + offset_m
                best = owner[start]
            rest_m = graph.chain_length_m[chain] - offset_m
            if label_m[end] + rest_m < best_m:
                best_m = label_m[end] + rest_m
                best = owner[end]
            place = places.first_on[chain]
            while place >= 0:
                along_m = abs(places.offset_m[place] - offset_m) + places.snap_m[place]
                if places.is_open[place] and along_m < best_m:
                    best_m = along_m
                    best = place
                place = places.next_on[place]
            number = homes.number[home]
            walk_m[number] = best_m + homes.snap_m[home]
            nearest[number] = best
            read[count] = number
            count += 1
    return read
