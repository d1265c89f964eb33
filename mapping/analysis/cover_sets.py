"""Who can be served from the same sites: demand merged by identical sets of candidates."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapping.analysis.arrays import Counts, Flags, Floats, Indexes
from mapping.analysis.compiled import compiled


@dataclass(frozen=True, slots=True, eq=False)
class CoverSets:
    """
    Different sets of sites, each with the weight of all the demand that has just this set.

    Attributes
    ----------
    ptr, site
        Set `s` holds the sites `site[ptr[s]:ptr[s + 1]]`, ascending, at least one.
    weight
        Weight that is won when any site of the set is chosen, shape (sets,).
    """

    ptr: Counts
    site: Indexes
    weight: Floats

    def __len__(self) -> int:
        return len(self.weight)


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """
    What each site is worth to each unit, by itself: sparse, in rows.

    Attributes
    ----------
    ptr, site, gain
        Unit `i` wins `gain[ptr[i]:ptr[i + 1]]` (all positive) at sites `site[…]`, or nothing
        when none of them is chosen; of several chosen ones it uses the best.
    site_count
        How many sites there are, used or not.
    """

    ptr: Counts
    site: Indexes
    gain: Floats
    site_count: int

    def keep(self, kept: NDArray[np.bool_]) -> "Gains":
        """Return the gains of which `kept` is true, one flag each, in the same rows."""
        return Gains(count_kept(self.ptr, kept), self.site[kept], self.gain[kept], self.site_count)


def count_kept(ptr: Counts, kept: Flags) -> Counts:
    """Return where the rows begin after the entries that are not kept have gone."""
    return np.concatenate([[0], np.cumsum(kept)])[ptr].astype(np.int64)


def merge_sets(ptr: Counts, site: Indexes, weight: Floats) -> CoverSets:
    """
    Merge identical sets and add up their weights; empty sets and zero weights are left out.

    Parameters
    ----------
    ptr, site
        Sets in rows as in `CoverSets`, each ascending.
    weight
        Non-negative weight of every row.

    Returns
    -------
    sets
        In order of first appearance.
    """
    group, first = _number_rows(np.asarray(ptr, np.int64), np.asarray(site, np.int32))
    total = np.bincount(group, weight, len(first)).astype(np.float64)
    length = np.diff(ptr)[first]
    used = (length > 0) & (total > 0)
    first, length = first[used], length[used]
    return CoverSets(_bounds(length), take_rows(ptr, site, first), total[used])


def as_cover_sets(gains: Gains) -> CoverSets:
    """
    Turn gains into cover sets with the same value for every choice of sites.

    Notes
    -----
    A unit whose sites are worth 5, 3 and 1 to it is three sets: the first site (weight 5 - 3),
    the first two (3 - 1), all three (1 - 0). The weights of the sets that are hit add up to the
    best gain, so a p-median problem is a covering problem (Cornuéjols, Nemhauser & Wolsey 1980).
    Neighbours rank the sites alike, so far fewer sets are left than gains were given.
    """
    order = np.lexsort((gains.site, -gains.gain, rows_of(gains.ptr)))
    parent, site, weight, depth = _plant(gains.ptr, gains.site[order], gains.gain[order])
    used = np.flatnonzero(weight > 0)
    ptr = _bounds(depth[used])
    path: Indexes = _climb(parent, site, used, ptr)
    ascending = np.lexsort((path, rows_of(ptr)))
    return merge_sets(ptr, path[ascending], weight[used])


def as_gains(sets: CoverSets, site_count: int) -> Gains:
    """Read cover sets as gains: every site of a set is worth its whole weight."""
    return Gains(sets.ptr, sets.site, np.repeat(sets.weight, np.diff(sets.ptr)), site_count)


def by_site(site: Indexes, site_count: int) -> tuple[Counts, Counts]:
    """Turn rows round: the entries of site `j` are `entry[site_ptr[j]:site_ptr[j + 1]]`."""
    entry = np.argsort(site, kind="stable")
    return _bounds(np.bincount(site, minlength=site_count)), entry


def rows_of(ptr: Counts) -> Counts:
    """Return the row of every entry."""
    return np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))


def _bounds(length: NDArray[Any]) -> Counts:
    return np.concatenate([[0], np.cumsum(length)]).astype(np.int64)


def take_rows(ptr: Counts, site: Indexes, rows: Counts) -> Indexes:
    """Return the entries of the chosen rows, one row after another."""
    length = np.diff(ptr)[rows]
    bounds = _bounds(length)
    inside = np.arange(bounds[-1]) - np.repeat(bounds[:-1], length)
    entries: Indexes = site[np.repeat(ptr[rows], length) + inside]
    return entries


@compiled
def _number_rows(ptr: Any, site: Any) -> Any:
    """
    Number the different rows; return the number of each row, and the first row of each.

    An open hash table finds them; rows in one slot are compared entry by entry.
    """
    row_count = ptr.size - 1
    slot_count = 16
    while slot_count < 2 * row_count:
        slot_count *= 2
    slots = np.full(slot_count, -1, dtype=np.int32)
    group = np.empty(row_count, dtype=np.int32)
    first = np.empty(row_count, dtype=np.int64)
    found = 0
    for row in range(row_count):
        key = np.uint64(14695981039346656037)
        for entry in range(ptr[row], ptr[row + 1]):  # FNV-1a, a word at a time
            key = (key ^ np.uint64(site[entry] + 1)) * np.uint64(1099511628211)
        key ^= key >> np.uint64(29)
        slot = np.int64(key & np.uint64(slot_count - 1))
        while slots[slot] >= 0 and not _equal_rows(ptr, site, first[slots[slot]], row):
            slot = (slot + 1) & (slot_count - 1)
        if slots[slot] < 0:
            slots[slot] = found
            first[found] = row
            found += 1
        group[row] = slots[slot]
    return group, first[:found].copy()


@compiled
def _equal_rows(ptr: Any, site: Any, one: Any, other: Any) -> Any:
    length = ptr[one + 1] - ptr[one]
    if ptr[other + 1] - ptr[other] != length:
        return False
    for step in range(length):  # noqa: SIM110 — a generator would not compile
        if site[ptr[one] + step] != site[ptr[other] + step]:
            return False
    return True


@compiled
def _plant(ptr: Any, site: Any, gain: Any) -> Any:
    """
    Grow a tree in which units that rank their first sites alike share the branch.

    Returns every node's parent (-1 = root), site, weight and depth.
    """
    slot_count = 16
    while slot_count < 2 * site.size:
        slot_count *= 2
    slots = np.full(slot_count, -1, dtype=np.int32)
    parent = np.empty(site.size, dtype=np.int32)
    at_site = np.empty(site.size, dtype=np.int32)
    weight = np.zeros(site.size)
    depth = np.empty(site.size, dtype=np.int64)
    size = 0
    for unit in range(ptr.size - 1):
        node = -1
        for entry in range(ptr[unit], ptr[unit + 1]):
            key = (np.uint64(node + 1) << np.uint64(32)) | np.uint64(site[entry])
            key = (key ^ (key >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
            slot = np.int64((key >> np.uint64(20)) & np.uint64(slot_count - 1))
            child = slots[slot]
            while child >= 0 and (parent[child] != node or at_site[child] != site[entry]):
                slot = (slot + 1) & (slot_count - 1)
                child = slots[slot]
            if child < 0:
                child = size
                slots[slot] = child
                parent[child] = node
                at_site[child] = site[entry]
                depth[child] = entry - ptr[unit] + 1
                size += 1
            node = child
            after = gain[entry + 1] if entry + 1 < ptr[unit + 1] else 0.0
            weight[node] += gain[entry] - after
    return parent[:size].copy(), at_site[:size].copy(), weight[:size].copy(), depth[:size].copy()


@compiled
def _climb(parent: Any, site: Any, nodes: Any, ptr: Any) -> Any:
    """List the sites from each node up to the root."""
    path = np.empty(ptr[-1], dtype=np.int32)
    for row in range(nodes.size):
        node = nodes[row]
        for entry in range(ptr[row], ptr[row + 1]):
            path[entry] = site[node]
            node = parent[node]
    return path
