"""
Searches over the contracted network: the loops that must be fast.

Every search is Dijkstra's with a binary heap that keeps stale entries and skips them when they
come up. Between equally long walks the choice depends on the input alone, so the same input gives
the same answer.
"""

from typing import Any, NamedTuple

import numpy as np

from mapping.analysis.arrays import Floats, Indexes
from mapping.analysis.compiled import compiled
from mapping.analysis.network import WalkNetwork
from mapping.analysis.snapping import Snap


class Graph(NamedTuple):
    """The arrays of a `WalkNetwork` that a search reads, named as there."""

    indptr: Indexes
    indices: Indexes
    length_m: Floats
    arc_chain: Indexes
    chain_from: Indexes
    chain_to: Indexes
    chain_length_m: Floats


class Spots(NamedTuple):
    """Places on the network, as in a `Snap`: chain (-1 = none), metres along it and off it."""

    chain: Indexes
    offset_m: Floats
    snap_m: Floats


class Row(NamedTuple):
    """Snapped places in order of their chains: those on chain `c` are `ptr[c]:ptr[c + 1]`."""

    ptr: Any
    number: Any
    offset_m: Floats
    snap_m: Floats


def graph_of(network: WalkNetwork) -> Graph:
    """Pick the arrays that a search reads."""
    return Graph(*(getattr(network, name) for name in Graph._fields))


def spots_of(snap: Snap) -> Spots:
    """Pass places on as they come."""
    return Spots(snap.chain, snap.offset_m, snap.distance_m)


def row_of(network: WalkNetwork, snap: Snap) -> Row:
    """Order snapped places by chain, those of one chain as they come."""
    on = np.flatnonzero(snap.is_snapped)
    number = on[np.argsort(snap.chain[on], kind="stable")]
    ptr = np.zeros(len(network.chain_from) + 1, dtype=np.int64)
    np.cumsum(np.bincount(snap.chain[on], minlength=len(network.chain_from)), out=ptr[1:])
    return Row(ptr, number, snap.offset_m[number], snap.distance_m[number])


@compiled
def _push(keys: Any, items: Any, size: Any, key: Any, item: Any) -> Any:
    spot = size
    while spot > 0:
        above = (spot - 1) >> 1
        if keys[above] <= key:
            break
        keys[spot] = keys[above]
        items[spot] = items[above]
        spot = above
    keys[spot] = key
    items[spot] = item
    return size + 1


@compiled
def _drop_first(keys: Any, items: Any, size: Any) -> Any:
    """Remove the smallest entry; the caller has read it from position 0."""
    size -= 1
    key = keys[size]
    item = items[size]
    spot = 0
    while True:
        below = 2 * spot + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[spot] = keys[below]
        items[spot] = items[below]
        spot = below
    keys[spot] = key
    items[spot] = item
    return size


@compiled
def _enter(label_m: Any, keys: Any, items: Any, size: Any, node: Any, metres: Any) -> Any:
    """Lower the label of `node` to `metres` and queue it; the size stays if that is no gain."""
    if metres >= label_m[node]:
        return size
    label_m[node] = metres
    return _push(keys, items, size, metres, node)


@compiled
def label_nearest(graph: Any, goals: Any) -> Any:
    """Label every node with metres to its nearest goal (inf = none) and that goal (-1 = none)."""
    label_m = np.full(graph.indptr.size - 1, np.inf)
    owner = np.full(graph.indptr.size - 1, -1, dtype=np.int32)
    # A goal enters at two nodes; an arc is relaxed once, when its tail settles.
    capacity = 2 * goals.chain.size + graph.indices.size + 1
    keys = np.empty(capacity)
    items = np.empty(capacity, dtype=np.int32)
    size = 0
    for goal in range(goals.chain.size):
        chain = goals.chain[goal]
        if chain < 0:
            continue
        for side in range(2):
            node, along_m = _walk_off(graph, chain, goals.offset_m[goal], side)
            larger = _enter(label_m, keys, items, size, node, along_m + goals.snap_m[goal])
            if larger > size:
                owner[node] = goal
                size = larger
    while size > 0:
        metres = keys[0]
        node = items[0]
        size = _drop_first(keys, items, size)
        if metres > label_m[node]:
            continue
        for arc in range(graph.indptr[node], graph.indptr[node + 1]):
            head = graph.indices[arc]
            larger = _enter(label_m, keys, items, size, head, metres + graph.length_m[arc])
            if larger > size:
                owner[head] = owner[node]
                size = larger
    return label_m, owner


@compiled
def _walk_off(graph: Any, chain: Any, offset_m: Any, side: Any) -> Any:
    """Return the node at one end of `chain` and the metres to it from `offset_m`."""
    if side == 0:
        return graph.chain_from[chain], offset_m
    return graph.chain_to[chain], graph.chain_length_m[chain] - offset_m


@compiled
def read_nearest(graph: Any, label_m: Any, owner: Any, origins: Any, goals: Any) -> Any:
    """
    Walk each origin to either end of its chain, or along the chain to a goal on it.

    `origins` are `Spots`, `goals` the `Row` of those that gave the labels.
    """
    walk_m = np.full(origins.chain.size, np.inf)
    nearest = np.full(origins.chain.size, -1, dtype=np.int32)
    for origin in range(origins.chain.size):
        chain = origins.chain[origin]
        if chain < 0:
            continue
        best_m = np.inf
        best = -1
        for side in range(2):
            node, along_m = _walk_off(graph, chain, origins.offset_m[origin], side)
            if label_m[node] + along_m < best_m:
                best_m = label_m[node] + along_m
                best = owner[node]
        for place in range(goals.ptr[chain], goals.ptr[chain + 1]):
            along_m = abs(goals.offset_m[place] - origins.offset_m[origin]) + goals.snap_m[place]
            if along_m < best_m:
                best_m = along_m
                best = goals.number[place]
        walk_m[origin] = best_m + origins.snap_m[origin]
        nearest[origin] = best
    return walk_m, nearest


@compiled
def label_nearest_k(graph: Any, goals: Any, count: Any) -> Any:
    """Label every node with its `count` nearest different goals, nearest first (inf, -1 = none)."""
    label_m = np.full((graph.indptr.size - 1, count), np.inf)
    owner = np.full(label_m.shape, -1, dtype=np.int32)
    goal_count = goals.chain.size
    # A goal enters at two nodes; an arc is relaxed once for every label of its tail.
    capacity = 2 * goal_count + count * graph.indices.size + 1
    keys = np.empty(capacity)
    items = np.empty(capacity, dtype=np.int64)  # node and goal in one number
    size = 0
    for goal in range(goal_count):
        chain = goals.chain[goal]
        if chain < 0:
            continue
        for side in range(2):
            node, along_m = _walk_off(graph, chain, goals.offset_m[goal], side)
            item = np.int64(node) * goal_count + goal
            size = _push(keys, items, size, along_m + goals.snap_m[goal], item)
    while size > 0:
        metres = keys[0]
        node, goal = divmod(items[0], goal_count)
        size = _drop_first(keys, items, size)
        if not _offer(label_m[node], owner[node], metres, goal):
            continue
        for arc in range(graph.indptr[node], graph.indptr[node + 1]):
            head = graph.indices[arc]
            if owner[head, count - 1] < 0:
                item = np.int64(head) * goal_count + goal
                size = _push(keys, items, size, metres + graph.length_m[arc], item)
    return label_m, owner


@compiled
def _offer(best_m: Any, best: Any, metres: Any, goal: Any) -> Any:
    """Put a goal in its place among the best, each goal once; tell whether it got one."""
    last = best.size - 1
    for place in range(best.size):
        if best[place] == goal:
            if best_m[place] <= metres:
                return False
            last = place
            break
    if best_m[last] <= metres:
        return False
    while last > 0 and best_m[last - 1] > metres:
        best_m[last] = best_m[last - 1]
        best[last] = best[last - 1]
        last -= 1
    best_m[last] = metres
    best[last] = goal
    return True


@compiled
def read_nearest_k(graph: Any, label_m: Any, owner: Any, origins: Any, goals: Any) -> Any:
    """Do what `read_nearest` does for the labels of `label_nearest_k`."""
    walk_m = np.full((origins.chain.size, label_m.shape[1]), np.inf)
    nearest = np.full(walk_m.shape, -1, dtype=np.int32)
    for origin in range(origins.chain.size):
        chain = origins.chain[origin]
        if chain < 0:
            continue
        offset_m = origins.offset_m[origin]
        for side in range(2):
            node, along_m = _walk_off(graph, chain, offset_m, side)
            for place in range(label_m.shape[1]):
                if owner[node, place] >= 0:
                    metres = label_m[node, place] + along_m
                    _offer(walk_m[origin], nearest[origin], metres, owner[node, place])
        for place in range(goals.ptr[chain], goals.ptr[chain + 1]):
            along_m = abs(goals.offset_m[place] - offset_m) + goals.snap_m[place]
            _offer(walk_m[origin], nearest[origin], along_m, goals.number[place])
        for place in range(label_m.shape[1]):
            walk_m[origin, place] += origins.snap_m[origin]
    return walk_m, nearest


@compiled
def walk_within(graph: Any, origins: Any, goals: Any, limit_m: Any) -> Any:
    """
    List every walk of at most `limit_m` from an origin to a goal, goal by goal.

    `origins` are a `Row`, `goals` are `Spots`. Returns (ptr, origin, metres): walks to goal `g`
    are `ptr[g]:ptr[g + 1]`.
    """
    label_m = np.full(graph.indptr.size - 1, np.inf)
    keys = np.empty(graph.indices.size + 3)
    items = np.empty(graph.indices.size + 3, dtype=np.int32)
    settled = np.empty(graph.indptr.size - 1, dtype=np.int32)
    last_goal = np.full(graph.chain_from.size, -1, dtype=np.int32)
    reached = np.empty(graph.chain_from.size, dtype=np.int32)
    ptr = np.zeros(goals.chain.size + 1, dtype=np.int64)
    found = np.empty(origins.number.size + 1, dtype=np.int32)
    found_m = np.empty(found.size)
    end = 0
    for goal in range(goals.chain.size):
        if goals.chain[goal] >= 0:
            alone = range(goal, goal + 1)
            settled_count = _settle(graph, goals, alone, limit_m, label_m, keys, items, settled)
            reached_count = _reach(graph, goals, goal, settled[:settled_count], last_goal, reached)
            chains = reached[:reached_count]
            room = end + _count_on(origins, chains)
            if room > found.size:
                found = np.concatenate((found, np.empty(room, dtype=np.int32)))
                found_m = np.concatenate((found_m, np.empty(room)))
            end = _read(graph, origins, goals, goal, limit_m, label_m, chains, found, found_m, end)
            label_m[settled[:settled_count]] = np.inf
        ptr[goal + 1] = end
    return ptr, found[:end].copy(), found_m[:end].copy()


@compiled
def _settle(
    graph: Any,
    goals: Any,
    chosen: Any,
    limit_m: Any,
    label_m: Any,
    keys: Any,
    items: Any,
    out: Any,
) -> Any:
    """Label the nodes within `limit_m` of the chosen goals, list them in `out` and count them."""
    size = 0
    for goal in chosen:
        if goals.chain[goal] < 0:
            continue
        for side in range(2):
            node, along_m = _walk_off(graph, goals.chain[goal], goals.offset_m[goal], side)
            metres = along_m + goals.snap_m[goal]
            if metres <= limit_m:
                size = _enter(label_m, keys, items, size, node, metres)
    count = 0
    while size > 0:
        metres = keys[0]
        node = items[0]
        size = _drop_first(keys, items, size)
        if metres > label_m[node]:
            continue
        out[count] = node
        count += 1
        for arc in range(graph.indptr[node], graph.indptr[node + 1]):
            farther_m = metres + graph.length_m[arc]
            if farther_m <= limit_m:
                size = _enter(label_m, keys, items, size, graph.indices[arc], farther_m)
    return count


@compiled
def _reach(graph: Any, goals: Any, goal: Any, settled: Any, last_goal: Any, out: Any) -> Any:
    """List in `out` the goal's own chain and those at settled nodes, each once; count them."""
    out[0] = goals.chain[goal]  # it may hold origins although both its ends are too far
    last_goal[out[0]] = goal
    count = 1
    for node in settled:
        for chain in graph.arc_chain[graph.indptr[node] : graph.indptr[node + 1]]:
            if last_goal[chain] != goal:
                last_goal[chain] = goal
                out[count] = chain
                count += 1
    return count


@compiled
def _count_on(row: Any, chains: Any) -> Any:
    count = 0
    for chain in chains:
        count += row.ptr[chain + 1] - row.ptr[chain]
    return count


@compiled
def _read(
    graph: Any,
    origins: Any,
    goals: Any,
    goal: Any,
    limit_m: Any,
    label_m: Any,
    chains: Any,
    found: Any,
    found_m: Any,
    end: Any,
) -> Any:
    """Write the walks from origins on `chains` to one goal after `end`; return the new end."""
    for chain in chains:
        before_m = label_m[graph.chain_from[chain]]
        after_m = label_m[graph.chain_to[chain]] + graph.chain_length_m[chain]
        for place in range(origins.ptr[chain], origins.ptr[chain + 1]):
            offset_m = origins.offset_m[place]
            metres = min(before_m + offset_m, after_m - offset_m)
            if chain == goals.chain[goal]:
                along_m = abs(goals.offset_m[goal] - offset_m)
                metres = min(metres, along_m + goals.snap_m[goal])
            metres += origins.snap_m[place]
            if metres <= limit_m:
                found[end] = origins.number[place]
                found_m[end] = metres
                end += 1
    return end


@compiled
def lower_within(graph: Any, origins: Any, goals: Any, limit_m: Any, walk_m: Any) -> Any:
    """
    Lower `walk_m`, metres of every origin, where a goal is nearer and at most `limit_m` away.

    `origins` are a `Row`, `goals` are `Spots`. Only what lies within the limit is looked at.
    """
    label_m = np.full(graph.indptr.size - 1, np.inf)
    capacity = 2 * goals.chain.size + graph.indices.size + 1
    keys = np.empty(capacity)
    items = np.empty(capacity, dtype=np.int32)
    settled = np.empty(graph.indptr.size - 1, dtype=np.int32)
    everyone = range(goals.chain.size)
    count = _settle(graph, goals, everyone, limit_m, label_m, keys, items, settled)
    for node in settled[:count]:
        for chain in graph.arc_chain[graph.indptr[node] : graph.indptr[node + 1]]:
            _lower_from(origins, chain, label_m[graph.chain_from[chain]], 0.0, limit_m, walk_m)
            rest_m = graph.chain_length_m[chain]
            _lower_from(origins, chain, label_m[graph.chain_to[chain]], rest_m, limit_m, walk_m)
    for goal in everyone:
        chain, snap_m = goals.chain[goal], goals.snap_m[goal]
        if chain >= 0:
            _lower_from(origins, chain, snap_m, goals.offset_m[goal], limit_m, walk_m)


@compiled
def _lower_from(
    origins: Any, chain: Any, before_m: Any, from_m: Any, limit_m: Any, walk_m: Any
) -> Any:
    """Lower the walks of the origins on `chain` to a way that joins it at `from_m`."""
    if before_m > limit_m:
        return
    for place in range(origins.ptr[chain], origins.ptr[chain + 1]):
        metres = before_m + abs(from_m - origins.offset_m[place]) + origins.snap_m[place]
        number = origins.number[place]
        if metres <= limit_m and metres < walk_m[number]:
            walk_m[number] = metres
