"""
Exact removal of the vertices where a walker has no choice.

A chain runs from one junction to another (or back to itself) through vertices with exactly two
neighbours. Distances between junctions over chains equal distances over all vertices, and the
graph to search becomes several times smaller.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapping.analysis.arrays import Floats, Indexes
from mapping.analysis.compiled import compiled


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """
    Chains as runs of vertices.

    Attributes
    ----------
    ptr
        Shape (chains + 1,): chain `c` owns `vertex[ptr[c]:ptr[c + 1]]`.
    vertex
        Vertex numbers along each chain, both ends included.
    offset_m
        Metres from the chain's first vertex, same shape as `vertex`.
    """

    ptr: Indexes
    vertex: Indexes
    offset_m: Floats


def trace_chains(vertex_xy: Floats, edges: NDArray[np.int64]) -> Chains:
    """
    Cut a simple undirected graph into chains.

    Parameters
    ----------
    vertex_xy
        Vertex coordinates in metres, shape (v, 2).
    edges
        Pairs of different vertices, each pair once, shape (e, 2).

    Returns
    -------
    chains
        Every edge lies in exactly one chain. An isolated ring becomes one chain that starts and
        ends at its lowest vertex.
    """
    indptr, neighbour, edge_of_arc = _incidence(len(vertex_xy), edges)
    ptr, vertex, offset_m = _trace(vertex_xy, indptr, neighbour, edge_of_arc)
    return Chains(ptr, vertex, offset_m)


def _incidence(vertex_count: int, edges: NDArray[np.int64]) -> tuple[Indexes, Indexes, Indexes]:
    tail = np.concatenate([edges[:, 0], edges[:, 1]])
    head = np.concatenate([edges[:, 1], edges[:, 0]])
    order = np.argsort(tail, kind="stable")
    indptr = np.zeros(vertex_count + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail, minlength=vertex_count), out=indptr[1:])
    edge_of_arc = order % max(len(edges), 1)
    return indptr, head[order].astype(np.int32), edge_of_arc.astype(np.int32)


@compiled
def _trace(xy: Any, indptr: Any, neighbour: Any, edge_of_arc: Any) -> Any:
    edge_count = neighbour.size // 2
    seen = np.zeros(edge_count, dtype=np.bool_)
    ptr = np.zeros(edge_count + 1, dtype=np.int32)
    vertex = np.empty(2 * edge_count, dtype=np.int32)
    offset_m = np.empty(2 * edge_count, dtype=np.float64)
    chain = 0
    end = 0
    # Junctions and dead ends first; whatever is left after them can only be isolated rings.
    for rings in range(2):
        for start in range(indptr.size - 1):
            if rings == 0 and indptr[start + 1] - indptr[start] == 2:
                continue
            for first_arc in range(indptr[start], indptr[start + 1]):
                if seen[edge_of_arc[first_arc]]:
                    continue
                vertex[end] = start
                offset_m[end] = 0.0
                end += 1
                arc = first_arc
                while True:
                    edge = edge_of_arc[arc]
                    seen[edge] = True
                    here = neighbour[arc]
                    step = xy[here] - xy[vertex[end - 1]]
                    vertex[end] = here
                    offset_m[end] = offset_m[end - 1] + np.hypot(step[0], step[1])
                    end += 1
                    if here == start or indptr[here + 1] - indptr[here] != 2:
                        break
                    arc = indptr[here]
                    if edge_of_arc[arc] == edge:
                        arc += 1
                chain += 1
                ptr[chain] = end
    return ptr[: chain + 1].copy(), vertex[:end].copy(), offset_m[:end].copy()
