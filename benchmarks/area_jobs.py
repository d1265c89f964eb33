"""Service areas beside buffered streets: how long they take, and how true they are."""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csc_array

from benchmarks.timing import Outcome, best
from mapping.analysis.access import minutes_matrix
from mapping.analysis.isochrones import BANDS_MINUTES, lay_grid, service_areas
from mapping.analysis.network import WalkNetwork
from mapping.analysis.snapping import Snap

PLACES = 60
PEER_PLACES = 3
BUFFER_M = 50.0


def area_jobs(
    network: WalkNetwork, units_xy: NDArray[np.float64], homes: Snap, places: Snap
) -> Iterator[Outcome]:
    """Draw five bands around some institutions; the seconds are those of one institution."""
    ours_s, grid = best(lambda: lay_grid(network))
    yield Outcome("lay the grid of minutes", ours_s, "", None, f"{len(grid.cells):,} cells")

    some = places.take(range(min(PLACES, len(places))))
    ours_s, areas = best(lambda: service_areas(network, grid, some))
    few = some.take(range(min(PEER_PLACES, len(some))))
    peer_s, peer_areas = best(lambda: _buffered_streets(network, few), repeats=1)
    minutes = minutes_matrix(network, homes, some, cutoff_minutes=BANDS_MINUTES[-1]).tocsc()
    tree = shapely.STRtree(shapely.points(units_xy))
    note = f"{_truth(tree, areas, minutes)}; peer {_truth(tree, peer_areas, minutes)}"
    yield Outcome(
        "five bands, each place",
        ours_s / len(some),
        f"buffered edges, {BUFFER_M:.0f} m",
        peer_s / len(few),
        note,
    )


def _buffered_streets(network: WalkNetwork, places: Snap) -> NDArray[np.object_]:
    """Buffer the segments whose both ends are within the minutes, and dissolve them."""
    chain = np.repeat(np.arange(len(network.chain_from)), np.diff(network.chain_ptr))
    vertices = Snap(chain.astype(np.int32), network.chain_offset_m, np.zeros(chain.size))
    reached = minutes_matrix(network, vertices, places, cutoff_minutes=BANDS_MINUTES[-1]).tocsc()
    same = np.append(chain[1:] == chain[:-1], False)
    areas = np.empty((len(places), len(BANDS_MINUTES)), dtype=object)
    for place in range(len(places)):
        minutes = np.full(chain.size, np.inf)
        found = slice(*reached.indptr[place : place + 2])
        minutes[reached.indices[found]] = reached.data[found]
        for number, band in enumerate(BANDS_MINUTES):
            near = minutes <= band
            first = np.flatnonzero(same & near & np.roll(near, -1))
            ends = np.stack([network.chain_xy[first], network.chain_xy[first + 1]], axis=1)
            streets = shapely.buffer(shapely.linestrings(ends), BUFFER_M)
            areas[place, number] = shapely.union_all(streets)
    return areas


def _truth(tree: shapely.STRtree, areas: NDArray[np.object_], minutes: csc_array) -> str:
    """Say which share of homes inside is beyond the minutes, and of those within is outside."""
    drawn = wrong = within = missed = 0
    for place, bands in enumerate(areas):
        found = slice(*minutes.indptr[place : place + 2])
        for band, area in zip(BANDS_MINUTES, bands, strict=True):
            truth = minutes.indices[found][minutes.data[found] <= band]
            inside = tree.query(area, predicate="intersects")
            drawn, within = drawn + inside.size, within + truth.size
            wrong += np.setdiff1d(inside, truth).size
            missed += np.setdiff1d(truth, inside).size
    return f"{wrong / max(drawn, 1):.1%} false-in, {missed / max(within, 1):.1%} false-out"
