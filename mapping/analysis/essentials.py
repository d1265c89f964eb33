"""What is essential of a set covering problem: the rest follows from it."""

import numpy as np
from numpy.typing import NDArray

from mapping.analysis.arrays import Flags
from mapping.analysis.cover_sets import CoverSets

LARGEST_TABLE = 50_000_000
"""Sets times sites; above it the table would take more memory than it saves time."""

AT_ONCE = 512

Table = NDArray[np.float32]


def keep_essentials(sets: CoverSets, site_count: int) -> CoverSets:
    """
    Leave out sets that are hit with others, and sites that another site can stand for.

    Whatever hits the sets that are left with the sites that are left hits all, and no choice
    from all sites needs fewer. Weights of what is left stay; they do not matter here.

    Notes
    -----
    Toregas & ReVelle (1972), Optimal location under time or distance constraints: a set that
    holds another one is hit whenever that one is; a site that hits some of what another hits is
    never needed beside it. Repeated until nothing changes.
    """
    if len(sets) * site_count > LARGEST_TABLE:
        return sets
    row = np.arange(len(sets))
    table = np.zeros((len(sets), site_count), dtype=np.float32)
    table[np.repeat(row, np.diff(sets.ptr)), sets.site] = 1
    column = np.arange(site_count)
    shape = None
    while table.shape != shape:
        shape = table.shape
        kept = _smallest(table)
        table, row = table[kept], row[kept]
        chosen = _largest(table)
        table, column = table[:, chosen], column[chosen]
    ptr = np.concatenate([[0], np.cumsum(np.count_nonzero(table, axis=1))]).astype(np.int64)
    site = column[np.nonzero(table)[1]].astype(sets.site.dtype)
    return CoverSets(ptr, site, sets.weight[row])


def _smallest(table: Table) -> NDArray[np.int64]:
    """Number the rows that hold no other row; of equal ones the first."""
    length = table.sum(axis=1)
    order = np.argsort(length, kind="stable")
    kept = np.empty(0, dtype=np.int64)
    # A row can only hold rows that are no longer than itself, so those come first.
    for start in range(0, len(order), AT_ONCE):
        block = order[start : start + AT_ONCE]
        holds_kept = (table[block] @ table[kept].T >= length[kept]).any(axis=1)
        block = block[~holds_kept]
        held = _first_of_equals(table[block] @ table[block].T >= length[block])
        kept = np.concatenate([kept, block[~held]])
    return np.sort(kept)


def _largest(table: Table) -> NDArray[np.int64]:
    """Number the columns that lie in no other column; of equal ones the first."""
    common = table.T @ table
    count = common.diagonal()
    order = np.argsort(-count, kind="stable")
    lies_in = (common >= count[:, None])[np.ix_(order, order)]
    return np.sort(order[~_first_of_equals(lies_in) & (count[order] > 0)])


def _first_of_equals(covers: NDArray[np.bool_]) -> Flags:
    """Tell which elements stand aside for one that comes before them in the table's order."""
    return np.asarray(np.tril(covers, -1).any(axis=1))
