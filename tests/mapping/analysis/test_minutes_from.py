import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.analysis.access import minutes_from
from mapping.analysis.network import build_network
from mapping.analysis.search import row_of
from mapping.analysis.snapping import snap
from mapping.errors import ParameterError, ShapeMismatchError
from tests.mapping.analysis.towns import PACE, streets, towns, walk_naively

MAX_SNAP_M = 300.0


def street_of(*places):
    network = build_network(streets([(0, 0), (2000, 0)]))
    return network, row_of(network, snap(network, places))


def test_nearer_places_are_fewer_minutes_away():
    network, places = street_of((0, 80), (400, 0), (5000, 0))
    origin = snap(network, [(240, 0)])

    minutes = minutes_from(network, origin, places, 3, cutoff_minutes=60)

    assert minutes.tolist() == [320 / PACE, 160 / PACE, np.inf]


def test_beyond_the_limit_nothing_is_said():
    network, places = street_of((0, 0), (2000, 0))

    minutes = minutes_from(network, snap(network, [(0, 0)]), places, 2, cutoff_minutes=10)

    assert minutes.tolist() == [0, np.inf]


@settings(deadline=None, max_examples=30)
@given(towns(), st.floats(1, 60))
def test_agrees_with_the_naive_walk(town, limit):
    network = build_network(town.lines)
    homes = snap(network, town.homes, max_snap_m=MAX_SNAP_M)
    libraries = snap(network, town.libraries, max_snap_m=MAX_SNAP_M)
    naive = walk_naively(town, max_snap_m=MAX_SNAP_M) / PACE

    for home in range(len(homes)):
        minutes = minutes_from(
            network,
            homes.take([home]),
            row_of(network, libraries),
            len(libraries),
            cutoff_minutes=limit,
        )
        wanted = np.where(naive[home] <= limit, naive[home], np.inf)
        near_limit = np.isclose(naive[home], limit)
        assert minutes[~near_limit] == pytest.approx(wanted[~near_limit], abs=1e-6)


def test_one_place_to_start_from_and_some_time_are_wanted():
    network, places = street_of((0, 0))
    two = snap(network, [(0, 0), (10, 0)])

    with pytest.raises(ShapeMismatchError):
        minutes_from(network, two, places, 1, cutoff_minutes=10)
    with pytest.raises(ParameterError):
        minutes_from(network, two.take([0]), places, 1, cutoff_minutes=0)
