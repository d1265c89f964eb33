"""How the same questions are answered with general tools."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pandana
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from mapping.analysis.network import WalkNetwork
from mapping.analysis.snapping import Snap

PER_CHUNK = 50


def build_with_networkx(lines: NDArray[np.object_]) -> nx.Graph:
    """Join rounded vertices into a graph and keep its largest component, as networkx does it."""
    graph = nx.Graph()
    for line in shapely.get_parts(lines):
        stops = [(round(x, 2), round(y, 2)) for x, y in shapely.get_coordinates(line)]
        for (x0, y0), (x1, y1) in pairwise(stops):
            length_m = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
            graph.add_edge((x0, y0), (x1, y1), length_m=length_m)
    return graph.subgraph(max(nx.connected_components(graph), key=len)).copy()


def vertex_numbers(network: WalkNetwork) -> NDArray[np.int64]:
    """Give each chain vertex a number; chain ends that meet get the same one."""
    number = np.arange(len(network.chain_xy))
    first, last = network.chain_ptr[:-1], network.chain_ptr[1:] - 1
    lowest = np.full(len(network.node_xy), number.size)
    np.minimum.at(lowest, network.chain_from, first)
    np.minimum.at(lowest, network.chain_to, last)
    number[first], number[last] = lowest[network.chain_from], lowest[network.chain_to]
    return number


class FullGraph:
    """
    Every vertex of the streets, with every point inserted as one more: nothing contracted.

    A destination hangs on its street by an arc as long as its distance from it.
    """

    def __init__(self, network: WalkNetwork, origins: Snap, destinations: Snap) -> None:
        self.origins, self.destinations = origins, destinations
        self.vertex_count = len(network.chain_xy)
        stop, metres, same = self._stops_along_chains(network)
        on = np.flatnonzero(destinations.is_snapped)
        self.graph = self._link(
            np.concatenate([stop[:-1][same], self._spot(len(origins) + on)]),
            np.concatenate([stop[1:][same], self._door(on)]),
            np.concatenate([np.diff(metres)[same], destinations.distance_m[on]]),
        )

    def minutes_to_nearest(self, chosen: NDArray[np.int64], pace: float) -> NDArray[np.float64]:
        """Return minutes from every origin to the nearest of the chosen destinations."""
        metres = dijkstra(self.graph, indices=self._door(chosen), min_only=True)
        spots = self._spot(np.arange(len(self.origins)))
        return np.asarray((metres[spots] + self.origins.distance_m) / pace)

    def minutes_within(self, cutoff_minutes: float, pace: float) -> csr_array:
        """Return minutes of every pair within the cut-off, some destinations at a time."""
        spots = self._spot(np.arange(len(self.origins)))
        limit_m = cutoff_minutes * pace
        parts = []
        for start in range(0, len(self.destinations), PER_CHUNK):
            chunk = np.arange(start, min(start + PER_CHUNK, len(self.destinations)))
            metres = dijkstra(self.graph, indices=self._door(chunk), limit=limit_m)[:, spots]
            metres += self.origins.distance_m
            near, origin = np.nonzero(metres <= limit_m)
            parts.append((chunk[near], origin, metres[near, origin] / pace))
        destination, origin, minutes = (np.concatenate(part) for part in zip(*parts, strict=True))
        shape = (len(self.origins), len(self.destinations))
        return coo_array((minutes, (origin, destination)), shape=shape).tocsr()

    def _stops_along_chains(
        self, network: WalkNetwork
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
        """Order vertices and points along every chain; say which neighbours share a chain."""
        points = np.concatenate([self.origins.chain, self.destinations.chain])
        points_m = np.concatenate([self.origins.offset_m, self.destinations.offset_m])
        on = np.flatnonzero(points >= 0)
        shape = np.repeat(np.arange(len(network.chain_from)), np.diff(network.chain_ptr))
        chain = np.concatenate([shape, points[on]])
        metres = np.concatenate([network.chain_offset_m, points_m[on]])
        stop = np.concatenate([vertex_numbers(network), self._spot(on)])
        order = np.lexsort((metres, chain))
        return stop[order], metres[order], chain[order][1:] == chain[order][:-1]

    def _spot(self, point: NDArray[np.int64]) -> NDArray[np.int64]:
        return self.vertex_count + point

    def _door(self, destination: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._spot(len(self.origins) + len(self.destinations) + destination)

    def _link(
        self, tail: NDArray[np.int64], head: NDArray[np.int64], metres: NDArray[np.float64]
    ) -> csr_array:
        size = self.vertex_count + len(self.origins) + 2 * len(self.destinations)
        both = np.concatenate([tail, head]), np.concatenate([head, tail])
        return coo_array((np.tile(metres, 2), both), shape=(size, size)).tocsr()


class RangeGraph:
    """
    The vertices of the streets as pandana takes them; a point stands at its nearest vertex.

    Building it contracts the graph, which is the preparation that is not counted.
    """

    def __init__(self, network: WalkNetwork) -> None:
        number = vertex_numbers(network)
        chain = np.repeat(np.arange(len(network.chain_from)), np.diff(network.chain_ptr))
        tail = np.flatnonzero(chain[1:] == chain[:-1])
        vertex = np.unique(number)
        with _hushed():
            self.network = pandana.Network(
                pd.Series(network.chain_xy[vertex, 0], index=vertex),
                pd.Series(network.chain_xy[vertex, 1], index=vertex),
                pd.Series(number[tail]),
                pd.Series(number[tail + 1]),
                pd.DataFrame({"metres": np.diff(network.chain_offset_m)[tail]}),
            )

    def vertices_of(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the vertex nearest to each point."""
        return self.network.get_node_ids(pd.Series(xy[:, 0]), pd.Series(xy[:, 1])).to_numpy()

    def pairs_within(
        self, homes: NDArray[np.int64], places: NDArray[np.int64], limit_m: float
    ) -> pd.DataFrame:
        """Return every pair of a home and a place within the limit, with its metres."""
        standing = np.unique(places)
        found = self.network.nodes_in_range(standing, limit_m)
        reached = pd.DataFrame({"destination": homes, "home": np.arange(homes.size)})
        served = pd.DataFrame({"source": places, "place": np.arange(places.size)})
        return found.merge(reached, on="destination").merge(served, on="source")


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep what compiled code tells the terminal out of the table."""
    sys.stdout.flush()
    terminal = os.dup(1)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            yield
    finally:
        os.dup2(terminal, 1)
        os.close(terminal)
