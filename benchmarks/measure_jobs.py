"""What is made of the minutes: access shared out beside pysal's, and measures without a peer."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from access import fca, weights
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.city import SEED, BenchCity
from benchmarks.timing import Outcome, best
from mapping.analysis.access import nearest_minutes
from mapping.analysis.accessibility import steps, two_step_access
from mapping.analysis.audience import audience
from mapping.analysis.choice import choice
from mapping.analysis.equity import equity
from mapping.analysis.network import WalkNetwork
from mapping.analysis.patches import find_patches
from mapping.analysis.segments import SegmentIndex
from mapping.analysis.snapping import Snap
from mapping.analysis.uncertainty import Places, PopulationModel, band_of_share

PEOPLE = 1_600_000
ZONES = ((10, 1.0), (20, 0.68), (30, 0.22))
WITHIN_MINUTES = 15
BLOCK_M = 500.0
STREET_LEVEL_M = 300.0


def measure_jobs(
    city: BenchCity,
    network: WalkNetwork,
    index: SegmentIndex,
    homes: Snap,
    places: Snap,
    minutes: csr_array,
) -> Iterator[Outcome]:
    """Take the measures of the 30-minute matrix, and of the first kind's nearest minutes."""
    rng = np.random.default_rng(SEED)
    people = rng.lognormal(3, 0.8, len(homes))
    people = np.maximum(np.round(people * PEOPLE / people.sum()), 1.0)
    supply = rng.integers(20, 500, len(places)).astype(float)

    ours_s, access = best(lambda: two_step_access(people, supply, minutes, weight=steps(ZONES)))
    peer_s, peer = best(lambda: _pysal_e2sfca(people, supply, minutes), repeats=1)
    apart = np.abs(access - peer).max() / access.max()
    agreement = f"{minutes.nnz:,} pairs, {apart:.1e} of the most access apart at most"
    yield Outcome("E2SFCA within 30 min", ours_s, "pysal access", peer_s, agreement)

    ours_s, result = best(lambda: equity(access, people))
    yield Outcome("equity of that access", ours_s, "", None, f"Gini {result.gini:.3f}")
    asked: dict[str, Any] = {"kind_count": int(city.kind.max()) + 1, "within_minutes": 15}
    ours_s, chosen = best(lambda: choice(minutes, city.kind, **asked))
    note = f"{chosen.institutions.max()} within {WITHIN_MINUTES} min at most"
    yield Outcome("choice within 15 min", ours_s, "", None, note)
    ours_s, _ = best(lambda: audience(minutes, {"all": people}, city.kind))
    yield Outcome("audience of all", ours_s, "", None, f"{len(places):,} institutions")
    yield from _nearest_jobs(city, network, index, homes, places, people)


def _nearest_jobs(
    city: BenchCity,
    network: WalkNetwork,
    index: SegmentIndex,
    homes: Snap,
    places: Snap,
    people: NDArray[np.float64],
) -> Iterator[Outcome]:
    first = city.kind == 0
    minutes = nearest_minutes(network, homes, places.take(first))
    asked: dict[str, Any] = {"within_minutes": WITHIN_MINUTES}
    ours_s, spots = best(lambda: find_patches(city.units_xy, minutes, people, **asked))
    yield Outcome("white spots", ours_s, "", None, f"{len(spots):,} of one kind")
    xy = city.places_xy[first]
    vague = Places.checked(xy, np.full(len(xy), STREET_LEVEL_M))
    cells = np.floor(city.units_xy / BLOCK_M)
    block = np.unique(cells, axis=0, return_inverse=True)[1].ravel()
    asked["population"] = PopulationModel(np.zeros_like(block), block)
    ours_s, result = best(
        lambda: band_of_share(
            network,
            homes,
            people,
            vague,
            homes_xy=city.units_xy,
            rng=np.random.default_rng(SEED),
            index=index,
            **asked,
        )
    )
    note = f"{result.share:.1%} ({result.band.low:.1%} to {result.band.high:.1%})"
    yield Outcome("band of a headline", ours_s, "", None, f"{result.draws} draws, {note}")


def _pysal_e2sfca(
    people: NDArray[np.float64], supply: NDArray[np.float64], minutes: csr_array
) -> NDArray[np.float64]:
    pairs = minutes.tocoo()
    access = fca.two_stage_fca(
        pd.DataFrame({"demand": people}),
        pd.DataFrame({"supply": supply}),
        pd.DataFrame({"origin": pairs.row, "dest": pairs.col, "cost": pairs.data}),
        demand_index=True,
        supply_index=True,
        weight_fn=weights.step_fn(dict(ZONES)),
    )
    return access.reindex(range(people.size)).fillna(0.0).to_numpy()
