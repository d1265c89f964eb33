import numpy as np
import pytest
from hypothesis import given, settings

from mapping.analysis.access import nearest_minutes
from mapping.analysis.network import build_network
from mapping.analysis.routes import find_route
from mapping.analysis.snapping import snap
from mapping.errors import ShapeMismatchError
from tests.mapping.analysis.towns import PACE, grid_town, streets, towns


def length_m(xy):
    return np.hypot(*np.diff(xy, axis=0).T).sum()


def test_turns_the_corner():
    network = grid_town()

    route = find_route(network, snap(network, [(10, -5)]), snap(network, [(0, 30)]))

    assert route.xy.tolist() == [[10, 0], [0, 0], [0, 30]]
    assert route.length_m == pytest.approx(45)
    assert route.minutes == pytest.approx(45 / PACE)


def test_from_a_side_street_to_a_side_street():
    network = build_network(
        streets([(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 80)], [(100, 0), (100, 60), (160, 60)])
    )

    route = find_route(network, snap(network, [(50, 40)]), snap(network, [(130, 60)]))

    assert route.xy.tolist() == [[50, 40], [50, 0], [100, 0], [100, 60], [130, 60]]


def test_nobody_walks_from_off_the_network():
    network = grid_town()

    assert find_route(network, snap(network, [(0, 9999)]), snap(network, [(0, 0)])) is None


def test_refuses_many_at_once():
    network = grid_town()
    two = snap(network, [(0, 0), (1, 1)])

    with pytest.raises(ShapeMismatchError, match="origin"):
        find_route(network, two, two)


@given(towns())
@settings(max_examples=40)
def test_the_way_is_as_long_as_the_walk(town):
    network = build_network(town.lines)
    homes = snap(network, town.homes, max_snap_m=2000)
    library = snap(network, town.libraries, max_snap_m=2000).take([0])
    minutes = nearest_minutes(network, homes, library)

    for home in range(len(homes)):
        route = find_route(network, homes.take([home]), library)

        assert route.minutes == pytest.approx(minutes[home], abs=1e-9)
        off_m = homes.distance_m[home] + library.distance_m[0]
        assert length_m(route.xy) + off_m == pytest.approx(route.length_m, abs=1e-6)
