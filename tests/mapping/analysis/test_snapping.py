import numpy as np
import pytest
from hypothesis import given, settings

from mapping.analysis.network import build_network
from mapping.analysis.segments import index_segments
from mapping.analysis.snapping import place_points, snap
from mapping.errors import ParameterError, ShapeMismatchError
from tests.mapping.analysis.towns import grid_town, streets, towns


def test_snaps_to_the_middle_of_a_street_not_to_its_ends():
    network = build_network(streets([(0, 0), (100, 0)]))

    found = snap(network, [(40, 30)])

    assert found.distance_m == pytest.approx([30])
    assert place_points(network, found) == pytest.approx(np.array([[40, 0]]))


def test_too_far_from_every_street_is_said():
    found = snap(grid_town(), [(0, -499), (0, -501)], max_snap_m=500)

    assert found.is_snapped.tolist() == [True, False]
    assert found.unsnapped_count == 1
    assert found.distance_m.tolist() == [499, np.inf]
    assert np.isnan(place_points(grid_town(), found)[1]).all()


def test_between_equally_near_streets_the_choice_is_always_the_same():
    network = grid_town()
    first = snap(network, [(50, 50)])
    again = snap(network, [(1, 1), (50, 50)]).take([1])

    assert (first.chain, first.offset_m) == (again.chain, again.offset_m)


def test_takes_no_points():
    assert len(snap(grid_town(), np.empty((0, 2)))) == 0


@pytest.mark.parametrize(
    ("points", "limit", "error"),
    [
        ([(0, np.nan)], 500, ParameterError),
        ([(0, 1, 2)], 500, ShapeMismatchError),
        ([(0, 1)], 0, ParameterError),
    ],
)
def test_refuses_what_has_no_place(points, limit, error):
    with pytest.raises(error):
        snap(grid_town(), points, max_snap_m=limit)


@given(towns())
@settings(max_examples=25)
def test_the_snap_distance_is_the_distance_to_the_place(town):
    network = build_network(town.lines)

    found = snap(network, town.homes, max_snap_m=2000, index=index_segments(network))

    away = town.homes - place_points(network, found)
    assert found.distance_m == pytest.approx(np.hypot(*away.T), abs=1e-6)
