"""The jobs: each done by the engine and by a peer, timed in turn, answers compared."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from benchmarks.area_jobs import area_jobs
from benchmarks.city import BenchCity
from benchmarks.input_jobs import input_jobs
from benchmarks.measure_jobs import measure_jobs
from benchmarks.peers import FullGraph, RangeGraph, build_with_networkx
from benchmarks.siting_jobs import siting_jobs, whatif_jobs
from benchmarks.timing import Outcome, best
from benchmarks.transit_jobs import transit_jobs
from mapping.analysis.access import DEFAULT_SPEED_KMH, minutes_matrix, nearest_minutes
from mapping.analysis.arrays import metres_per_minute
from mapping.analysis.network import WalkNetwork, build_network
from mapping.analysis.segments import index_segments
from mapping.analysis.snapping import snap

CUTOFFS_MINUTES = (15, 30)


def run_jobs(city: BenchCity) -> Iterator[Outcome]:
    """Run every job on `city`; the engine's first call, which compiles, is not timed."""
    pace = metres_per_minute(DEFAULT_SPEED_KMH)
    ours_s, network = best(lambda: build_network(city.lines))
    peer_s, peer_graph = best(lambda: build_with_networkx(city.lines), repeats=1)
    agreement = _compare_graphs(network.report, peer_graph)
    yield Outcome("streets to walk network", ours_s, "networkx", peer_s, agreement)

    ours_s, index = best(lambda: index_segments(network))
    yield Outcome("index the segments", ours_s, "", None, f"{index.count:,} segments")
    ours_s, homes = best(lambda: snap(network, city.units_xy, index=index))
    note = f"{len(homes):,} points, {homes.unsnapped_count:,} too far"
    yield Outcome("snap the population", ours_s, "", None, note)

    places = snap(network, city.places_xy, index=index)
    kinds = {int(kind): np.flatnonzero(city.kind == kind) for kind in np.unique(city.kind)}
    full = FullGraph(network, homes, places)
    snaps = {kind: places.take(chosen) for kind, chosen in kinds.items()}
    ours_s, ours = best(
        lambda: {kind: nearest_minutes(network, homes, goals) for kind, goals in snaps.items()}
    )
    peer_s, peers = best(
        lambda: {kind: full.minutes_to_nearest(chosen, pace) for kind, chosen in kinds.items()}
    )
    agreement = _compare(np.array([*ours.values()]), np.array([*peers.values()]))
    yield Outcome(f"nearest of {len(kinds)} kinds", ours_s, "scipy min_only", peer_s, agreement)

    for cutoff in CUTOFFS_MINUTES:
        ours_s, matrix = best(
            lambda cutoff=cutoff: minutes_matrix(network, homes, places, cutoff_minutes=cutoff)
        )
        peer_s, peer_matrix = best(
            lambda cutoff=cutoff: full.minutes_within(cutoff, pace), repeats=1
        )
        agreement = _compare_matrices(matrix, peer_matrix)
        yield Outcome(f"matrix within {cutoff} min", ours_s, "scipy limit", peer_s, agreement)
    yield _beside_pandana(city, network, matrix, ours_s, cutoff * pace)

    yield from area_jobs(network, city.units_xy, homes, places)
    yield from transit_jobs(network, homes, snaps[0])
    yield from measure_jobs(city, network, index, homes, places, matrix)
    yield from whatif_jobs(city, network, homes, places)
    yield from siting_jobs(network, homes, places)
    yield from input_jobs(city)


def _beside_pandana(
    city: BenchCity, network: WalkNetwork, matrix: csr_array, ours_s: float, limit_m: float
) -> Outcome:
    """Set the last matrix beside the same by range queries; the peer's preparation is not timed."""
    prepared_s, ranges = best(lambda: RangeGraph(network), repeats=1)
    homes, places = ranges.vertices_of(city.units_xy), ranges.vertices_of(city.places_xy)
    peer_s, pairs = best(lambda: ranges.pairs_within(homes, places, limit_m), repeats=1)
    note = (
        f"{matrix.nnz:,} pairs, the peer {len(pairs):,} from the nearest vertices; "
        f"its preparation, {prepared_s:.1f} s, is not counted"
    )
    return Outcome(
        f"matrix within {CUTOFFS_MINUTES[-1]} min", ours_s, "pandana nodes_in_range", peer_s, note
    )


def _compare_graphs(report: Any, graph: Any) -> str:
    length_km = sum(length for _, _, length in graph.edges(data="length_m")) / 1000
    same = report.kept_vertices == graph.number_of_nodes()
    apart_m = abs(report.kept_length_km - length_km) * 1000
    return f"{report.kept_vertices:,} vertices {'agree' if same else 'DIFFER'}, {apart_m:.1e} m"


def _compare(ours: Any, peers: Any) -> str:
    if not np.array_equal(np.isfinite(ours), np.isfinite(peers)):
        return "DIFFER in who has a path"
    known = np.isfinite(ours)
    apart = np.abs(ours[known] - peers[known]).max(initial=0.0)
    return f"{known.sum():,} walks, {apart:.1e} min apart at most"


def _compare_matrices(ours: csr_array, peers: csr_array) -> str:
    peers.sort_indices()
    if not (
        np.array_equal(ours.indptr, peers.indptr) and np.array_equal(ours.indices, peers.indices)
    ):
        return f"DIFFER: {ours.nnz:,} and {peers.nnz:,} pairs"
    return _compare(ours.data, peers.data)
