"""Invented towns, and the slow and obvious way to walk through them."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from mapping.analysis.network import WalkNetwork, build_network

PACE = 80.0
"""Metres per minute at 4.8 km/h."""


def streets(*lines: list[tuple[float, float]]) -> NDArray[np.object_]:
    return np.array([shapely.LineString(line) for line in lines], dtype=object)


def grid_town() -> WalkNetwork:
    """Three by three crossings, 100 m apart: six streets of 200 m."""
    marks = (0, 100, 200)
    return build_network(
        streets(
            *([(x, y) for x in marks] for y in marks),
            *([(x, y) for y in marks] for x in marks),
        )
    )


@dataclass(frozen=True)
class Town:
    lines: NDArray[np.object_]
    homes: NDArray[np.float64]
    libraries: NDArray[np.float64]


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """
    Draw a town with winding, parallel and circular streets, dead ends and an island.

    Hypothesis chooses the sizes and a seed; the coordinates are irregular on purpose, so that no
    two streets are equally near by accident.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    crossing_count = draw(st.integers(1, 12))
    crossings = _centimetres(rng.uniform(0, 1000, (crossing_count, 2)))
    pairs = [(rng.integers(0, number), number) for number in range(1, crossing_count)]
    more = draw(st.integers(1, 10))  # also parallel streets, and circles (a, a)
    pairs.extend(rng.integers(0, crossing_count, (more, 2)))
    lines = [_winding(rng, crossings[a], crossings[b], circle=a == b) for a, b in pairs]
    for _ in range(draw(st.integers(0, 4))):  # lines that meet others along their way
        tail = lines[rng.integers(len(lines))]
        on = tail[rng.integers(len(tail))]
        lines.append(np.vstack([_centimetres(rng.uniform(0, 1000, (2, 2))), on]))
    island = np.array([[5000.0, 5000.0], [5000.0, 5100.0]])
    homes = draw(st.integers(1, 25))
    libraries = draw(st.integers(1, 8))
    return Town(
        lines=streets(*lines, island),
        homes=np.vstack([_on_streets(rng, lines, homes), rng.uniform(-50, 1050, (homes, 2))]),
        libraries=np.vstack([_on_streets(rng, lines, libraries), rng.uniform(0, 1000, (2, 2))]),
    )


def _centimetres(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.rint(xy * 100) * 0.01


def _winding(
    rng: np.random.Generator, start: NDArray, end: NDArray, *, circle: bool
) -> NDArray[np.float64]:
    bends = rng.integers(2 if circle else 0, 5)
    return np.vstack([start, _centimetres(rng.uniform(0, 1000, (bends, 2))), end])


def _on_streets(rng: np.random.Generator, lines: list, count: int) -> NDArray[np.float64]:
    """Put points on streets: several on one street, some exactly at a vertex, some twice."""
    spots = []
    for _ in range(count):
        line = lines[rng.integers(min(len(lines), 3))]
        first = rng.integers(len(line) - 1)
        share = rng.choice([0.0, 1.0, rng.uniform(), rng.uniform()])
        spots.append(line[first] + share * (line[first + 1] - line[first]))
    return np.array([*spots, spots[0]])


def walk_naively(town: Town, *, max_snap_m: float) -> NDArray[np.float64]:
    """
    Return metres from every home to every library, inf without a path.

    Every vertex is kept, every point is projected on every segment and inserted as a vertex, and
    a plain Dijkstra walks the rest.
    """
    edges = _edges_of_main_part(town.lines)
    points = np.vstack([town.homes, town.libraries])
    placed = [_nearest_edge(edges, point) for point in points]
    vertices: dict[tuple, int] = {}
    lengths: dict[tuple[int, int], float] = {}
    at = [vertices.setdefault(_key(edges[edge], share), len(vertices)) for edge, share, _ in placed]
    for number, (start, end) in enumerate(edges):
        shares = {0.0, 1.0} | {share for edge, share, _ in placed if edge == number}
        stops = sorted(shares)
        length_m = np.hypot(*(np.subtract(end, start)))
        for before, after in pairwise(stops):
            tail = vertices.setdefault(_key((start, end), before), len(vertices))
            head = vertices.setdefault(_key((start, end), after), len(vertices))
            lengths[tail, head] = (after - before) * length_m
    tails, heads = np.array(list(lengths)).T
    graph = coo_array((list(lengths.values()), (tails, heads)), shape=(len(vertices),) * 2)
    metres = dijkstra(graph.tocsr(), directed=False)[np.ix_(at, at)]
    off_m = np.array([off for _, _, off in placed])
    off_m[off_m > max_snap_m] = np.inf
    homes = len(town.homes)
    return metres[:homes, homes:] + off_m[:homes, None] + off_m[None, homes:]


def _edges_of_main_part(lines: NDArray[np.object_]) -> list[tuple]:
    """The island is the last line; all the rest hangs together by construction."""
    edges = set()
    for line in lines[:-1]:
        stops = [tuple(stop) for stop in np.rint(shapely.get_coordinates(line) * 100) * 0.01]
        edges |= {tuple(sorted(pair)) for pair in pairwise(stops)}
    return sorted(edge for edge in edges if edge[0] != edge[1])


def _nearest_edge(edges: list[tuple], point: NDArray[np.float64]) -> tuple[int, float, float]:
    best = (0, 0.0, np.inf)
    for number, (start, end) in enumerate(np.array(edges)):
        step = end - start
        share = float(np.clip((point - start) @ step / (step @ step), 0, 1))
        off_m = float(np.hypot(*(point - start - share * step)))
        if off_m < best[2]:
            best = (number, share, off_m)
    return best


def _key(edge: tuple, share: float) -> tuple:
    if share in (0.0, 1.0):
        return edge[int(share)]
    return (*edge, share)
