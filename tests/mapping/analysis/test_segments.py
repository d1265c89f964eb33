import numpy as np
import pytest
from hypothesis import given

from mapping.analysis.network import build_network
from mapping.analysis.segments import nearest_segments
from mapping.analysis.snapping import Snap, place_points, snap
from tests.mapping.analysis.towns import streets, towns


def test_the_nearer_of_two_streets_wins_and_far_points_have_none():
    network = build_network(streets([(0, 0), (300, 0)], [(0, 0), (0, 300)]))

    first, along_m, away_m = nearest_segments(
        network, np.array([(250.0, -30.0), (20.0, 250.0), (400.0, 400.0)]), max_m=100
    )

    ends = network.chain_xy[np.column_stack([first, first + 1])[:2]]
    assert [set(map(tuple, pair)) for pair in ends] == [{(0, 0), (300, 0)}, {(0, 0), (0, 300)}]
    assert away_m[:2] == pytest.approx([30, 20])
    assert set(along_m[:2]) <= {50, 250}
    assert (first[2], away_m[2]) == (-1, np.inf)


@pytest.mark.parametrize("max_m", [40.0, 500.0])
@given(town=towns())
def test_finds_what_the_tree_finds(town, max_m):
    network = build_network(town.lines)
    points = np.vstack([town.homes, town.libraries])

    first, along_m, away_m = nearest_segments(network, points, max_m=max_m)

    known = snap(network, points, max_snap_m=max_m)
    on = known.is_snapped
    assert ((first >= 0) == on).all()
    assert away_m[on] == pytest.approx(known.distance_m[on])
    # a corner belongs to several segments: compare where it is, not which of them was named
    chain = np.searchsorted(network.chain_ptr, first, side="right") - 1
    found = Snap(chain.astype(np.int32), network.chain_offset_m[first] + along_m, away_m)
    places = place_points(network, found.take(on))
    assert places == pytest.approx(place_points(network, known.take(on)), abs=1e-6)
