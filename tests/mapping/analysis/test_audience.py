import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array

from mapping.analysis.audience import audience, shared_audience
from mapping.errors import ParameterError, ShapeMismatchError


def matrix(minutes):
    minutes = np.asarray(minutes, dtype=float)
    unit, place = np.nonzero(np.isfinite(minutes))
    return coo_array((minutes[unit, place], (unit, place)), shape=minutes.shape).tocsr()


def street_of_three_homes():
    """Two libraries and, beside the first, a museum."""
    return matrix([[5, 12, 5], [10, 3, 10], [np.inf, 30, np.inf]])


def test_bands_hold_the_ones_before_them():
    result = audience(street_of_three_homes(), {"all": [100, 50, 20]}, [0, 0, 1])

    assert result.bands_minutes == (5, 10, 15, 30)
    assert result.people["all"].tolist() == [
        [100, 150, 150, 150],
        [50, 50, 150, 170],
        [100, 150, 150, 150],
    ]


def test_only_the_same_kind_is_an_alternative():
    result = audience(street_of_three_homes(), {"all": [100, 50, 20]}, [0, 0, 1])

    assert result.nearest_people["all"].tolist() == [100, 70, 150]
    assert result.nearest_share("all") == pytest.approx([100 / 150, 70 / 170, 1])


def test_people_equally_far_from_two_count_at_both():
    result = audience(matrix([[7, 7]]), {"all": [10]}, [0, 0])

    assert result.nearest_people["all"].tolist() == [10, 10]


def test_groups_are_counted_each():
    people = {"children": [10, 5, 0], "senior": [0, 20, 20]}

    result = audience(street_of_three_homes(), people, [0, 0, 1], bands_minutes=(10,))

    assert result.people["children"].ravel().tolist() == [15, 5, 15]
    assert result.nearest_share("senior") == pytest.approx([0, 1, 1])


def test_nobody_in_reach_has_no_share():
    result = audience(matrix([[np.inf, 3]]), {"all": [10]}, [0, 0])

    assert result.people["all"][0].tolist() == [0, 0, 0, 0]
    assert result.nearest_share("all") == pytest.approx([np.nan, 1], nan_ok=True)


def test_a_house_without_a_number_is_counted_as_such():
    result = audience(street_of_three_homes(), {"all": [np.nan, 50, 20]}, [0, 0, 1])

    assert result.people["all"][:, -1].tolist() == [50, 70, 50]
    assert result.units_without_population.tolist() == [1, 1, 1]


def test_shares_of_neighbours():
    shared = shared_audience(street_of_three_homes(), [100, 50, 20], within_minutes=30).toarray()

    assert shared == pytest.approx(np.array([[0, 1, 1], [150 / 170, 0, 150 / 170], [1, 1, 0]]))


@given(st.integers(0, 2**32 - 1), st.integers(1, 10), st.integers(1, 6))
def test_agrees_with_counting_house_by_house(seed, units, places):
    rng = np.random.default_rng(seed)
    minutes = rng.choice([0.0, 5.0, 10.0, 15.0, 29.0, np.inf], (units, places))
    people = rng.integers(0, 5, units) * 10.0
    kind = rng.integers(0, 2, places)

    result = audience(matrix(minutes), {"all": people}, kind)
    shared = shared_audience(matrix(minutes), people, within_minutes=15).toarray()

    for place in range(places):
        rivals = minutes[:, kind == kind[place]].min(axis=1)
        near = minutes[:, place] <= 15
        assert result.people["all"][place, 2] == people[near].sum()
        nearest = (minutes[:, place] <= rivals) & (minutes[:, place] <= 30)
        assert result.nearest_people["all"][place] == people[nearest].sum()
        for other in set(range(places)) - {place}:
            both = people[near & (minutes[:, other] <= 15)].sum()
            expected = both / people[near].sum() if both else 0
            assert shared[place, other] == pytest.approx(expected)


@pytest.mark.parametrize("bands", [(), (0, 5), (10, 5), (5, np.inf), (np.nan,)])
def test_refuses_bands_that_make_no_sense(bands):
    with pytest.raises(ParameterError, match="bands_minutes"):
        audience(matrix([[1]]), {"all": [1]}, [0], bands_minutes=bands)


def test_refuses_what_does_not_fit():
    with pytest.raises(ShapeMismatchError, match="kind"):
        audience(matrix([[1]]), {"all": [1]}, [0, 1])
    with pytest.raises(ShapeMismatchError, match="senior"):
        audience(matrix([[1]]), {"senior": [1, 2]}, [0])
    with pytest.raises(ParameterError, match="kind"):
        audience(matrix([[1]]), {"all": [1]}, [-1])
