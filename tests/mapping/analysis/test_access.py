import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.analysis.access import (
    minutes_matrix,
    nearest,
    nearest_k,
    nearest_minutes,
)
from mapping.analysis.network import build_network
from mapping.analysis.snapping import snap
from mapping.errors import ParameterError
from tests.mapping.analysis.towns import PACE, grid_town, streets, towns, walk_naively

MAX_SNAP_M = 300.0


def walked(town):
    network = build_network(town.lines)
    homes = snap(network, town.homes, max_snap_m=MAX_SNAP_M)
    return network, homes, snap(network, town.libraries, max_snap_m=MAX_SNAP_M)


def test_across_the_grid_and_to_the_door():
    network = grid_town()

    minutes = nearest_minutes(
        network, snap(network, [(0, -20), (150, 210)]), snap(network, [(200, 220)])
    )

    assert minutes == pytest.approx([440 / PACE, 80 / PACE])


def test_neighbours_on_one_street_do_not_walk_round_the_corner():
    network = build_network(streets([(0, 0), (1000, 0)]))

    found = nearest(network, snap(network, [(500, 0)]), snap(network, [(900, 0), (420, 0)]))

    assert found.minutes == pytest.approx([1])
    assert found.destination.tolist() == [1]


def test_a_ring_is_walked_the_shorter_way():
    network = build_network(streets([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]))

    minutes = nearest_minutes(network, snap(network, [(10, 0)]), snap(network, [(0, 30)]))

    assert minutes == pytest.approx([40 / PACE])


def test_without_a_street_there_is_no_path():
    network = grid_town()
    homes = snap(network, [(0, 0), (9000, 9000)])

    found = nearest(network, homes, snap(network, [(100, 0)]))

    assert found.minutes.tolist() == [100 / PACE, np.inf]
    assert found.destination.tolist() == [0, -1]


def test_a_kind_with_no_institution_is_out_of_reach_for_all():
    network = grid_town()
    homes = snap(network, [(0, 0), (100, 100)])

    minutes = nearest_minutes(network, homes, snap(network, []))

    assert minutes.tolist() == [np.inf, np.inf]


def test_twice_the_speed_is_half_the_time():
    network = grid_town()
    places = snap(network, [(0, 0)]), snap(network, [(200, 200)])

    slow, fast = (nearest_minutes(network, *places, speed_kmh=speed)[0] for speed in (3.0, 6.0))

    assert slow == pytest.approx(2 * fast) == pytest.approx(8)


def test_two_libraries_at_one_door_are_two():
    network = grid_town()
    libraries = snap(network, [(200, 0), (100, 0), (100, 0)])

    found = nearest_k(network, snap(network, [(0, 0), (9000, 0)]), libraries, count=4)

    assert found.minutes[0].tolist() == [100 / PACE, 100 / PACE, 200 / PACE, np.inf]
    assert sorted(found.destination[0, :2]) == [1, 2]
    assert found.destination[:, 3].tolist() == [-1, -1]
    assert found.destination[1].tolist() == [-1, -1, -1, -1]


def test_refuses_to_look_for_none():
    network = grid_town()
    homes = snap(network, [(0, 0)])

    with pytest.raises(ParameterError, match="count"):
        nearest_k(network, homes, homes, count=0)


@pytest.mark.parametrize("speed_kmh", [0, -1, np.nan, np.inf])
def test_refuses_a_speed_that_is_none(speed_kmh):
    network = grid_town()
    homes = snap(network, [(0, 0)])

    with pytest.raises(ParameterError, match="speed_kmh"):
        nearest_minutes(network, homes, homes, speed_kmh=speed_kmh)


def test_the_matrix_keeps_who_lives_at_the_door():
    network = grid_town()

    matrix = minutes_matrix(
        network,
        snap(network, [(0, 0), (200, 200)]),
        snap(network, [(0, 0), (100, 0), (9000, 0)]),
        cutoff_minutes=2.5,
    )

    assert matrix.shape == (2, 3)
    assert matrix.indptr.tolist() == [0, 2, 2]
    assert matrix.indices.tolist() == [0, 1]
    assert matrix.data == pytest.approx([0, 100 / PACE])


def test_the_cut_off_itself_is_within_reach():
    network = grid_town()
    places = snap(network, [(0, 0)]), snap(network, [(200, 200)])

    assert minutes_matrix(network, *places, cutoff_minutes=5).nnz == 1
    assert minutes_matrix(network, *places, cutoff_minutes=4.999).nnz == 0


@given(towns())
@settings(max_examples=40)
def test_agrees_with_the_naive_walk(town):
    metres = walk_naively(town, max_snap_m=MAX_SNAP_M)
    network, homes, libraries = walked(town)

    found = nearest(network, homes, libraries)

    assert found.minutes == pytest.approx(metres.min(axis=1) / PACE, abs=1e-6)
    reached = np.flatnonzero(found.destination >= 0)
    assert np.array_equal(reached, np.flatnonzero(np.isfinite(metres.min(axis=1))))
    chosen = metres[reached, found.destination[reached]] / PACE
    assert chosen == pytest.approx(found.minutes[reached], abs=1e-6)


@given(towns(), st.integers(1, 5))
@settings(max_examples=40)
def test_the_nearest_few_agree_with_the_naive_walk(town, count):
    minutes = walk_naively(town, max_snap_m=MAX_SNAP_M) / PACE
    padded = np.pad(minutes, ((0, 0), (0, count)), constant_values=np.inf)

    found = nearest_k(*walked(town), count=count)

    assert found.minutes == pytest.approx(np.sort(padded)[:, :count], abs=1e-6)
    row = np.arange(len(minutes))[:, None]
    named = np.where(found.destination >= 0, found.destination, minutes.shape[1])
    assert padded[row, named] == pytest.approx(found.minutes, abs=1e-6)
    assert all(len({*few} - {-1}) == np.count_nonzero(few >= 0) for few in found.destination)


@given(towns())
@settings(max_examples=40)
def test_the_matrix_agrees_with_the_naive_walk(town):
    minutes = walk_naively(town, max_snap_m=MAX_SNAP_M) / PACE
    cutoff_minutes = 7.0

    matrix = minutes_matrix(*walked(town), cutoff_minutes=cutoff_minutes).tocoo()

    kept = np.full(minutes.shape, np.inf)
    kept[matrix.row, matrix.col] = matrix.data
    assert matrix.nnz == np.count_nonzero(minutes <= cutoff_minutes)
    assert kept == pytest.approx(np.where(minutes <= cutoff_minutes, minutes, np.inf), abs=1e-6)
