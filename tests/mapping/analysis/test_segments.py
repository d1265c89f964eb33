import numpy as np
import pytest
import shapely
from hypothesis import given

from mapping.analysis.network import build_network
from mapping.analysis.segments import index_segments, nearest_segments
from tests.mapping.analysis.towns import streets, towns


def test_the_nearer_of_two_streets_wins_and_far_points_have_none():
    network = build_network(streets([(0, 0), (300, 0)], [(0, 0), (0, 300)]))

    first, along_m, away_m = nearest_segments(
        index_segments(network),
        np.array([(250.0, -30.0), (20.0, 250.0), (400.0, 400.0)]),
        max_m=100,
    )

    ends = network.chain_xy[np.column_stack([first, first + 1])[:2]]
    assert [set(map(tuple, pair)) for pair in ends] == [{(0, 0), (300, 0)}, {(0, 0), (0, 300)}]
    assert away_m[:2] == pytest.approx([30, 20])
    assert set(along_m[:2]) <= {50, 250}
    assert (first[2], away_m[2]) == (-1, np.inf)


@pytest.mark.parametrize("max_m", [40.0, 500.0])
@given(town=towns())
def test_finds_what_a_tree_of_segments_finds(town, max_m):
    network = build_network(town.lines)
    points = np.vstack([town.homes, town.libraries])

    first, along_m, away_m = nearest_segments(index_segments(network), points, max_m=max_m)

    begin = np.delete(np.arange(len(network.chain_xy) - 1), network.chain_ptr[1:-1] - 1)
    segments = shapely.linestrings(
        np.stack([network.chain_xy[begin], network.chain_xy[begin + 1]], 1)
    )
    known_m = shapely.distance(shapely.points(points)[:, None], segments[None, :]).min(axis=1)
    on = known_m <= max_m
    assert ((first >= 0) == on).all()
    assert away_m[on] == pytest.approx(known_m[on], abs=1e-6)
    # a corner belongs to several segments: check the place found, not which of them was named
    begin, along_m = first[on], along_m[on]
    step = network.chain_xy[begin + 1] - network.chain_xy[begin]
    share = along_m / np.hypot(*step.T)
    place = network.chain_xy[begin] + share[:, None] * step
    assert np.hypot(*(place - points[on]).T) == pytest.approx(known_m[on], abs=1e-6)
