"""Walks from one place to many, also from places where no map reaches."""

import pytest

from mapping.services.walks import doors, find_way, footing_of, minutes_to
from tests.factories import point_at


@pytest.fixture(autouse=True)
def network_dir(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path


def at(east_m):
    point = point_at(east_m)
    return point.y, point.x


def test_minutes_to_places_near_and_nowhere(town):
    footing = footing_of(town)

    found = minutes_to(footing, at(0), doors(footing, [at(500), None]), within_minutes=60)

    # 500 m at 4.8 km/h
    assert found.tolist() == pytest.approx([6.25, float("inf")], rel=0.05)


@pytest.mark.parametrize("origin", [(0.0, 0.0), (90.0, 180.0), (-90.0, -180.0), (55.0, -97.0)])
def test_from_the_other_side_of_the_earth_nothing_is_known(town, origin):
    footing = footing_of(town)

    assert minutes_to(footing, origin, doors(footing, [at(0)]), within_minutes=60) is None
    assert find_way(footing, origin, at(0)) is None
