import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.analysis.population import apportion, spread_over_units
from mapping.errors import ParameterError, ShapeMismatchError

weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=50).filter(lambda some: sum(some) > 0)


def test_ten_people_in_three_equal_houses():
    assert apportion(10, [1, 1, 1]).tolist() == [4, 3, 3]


def test_the_largest_remainder_is_served_first():
    assert apportion(10, [4.2, 3.7, 2.1]).tolist() == [4, 4, 2]


@given(st.integers(0, 2_000_000), weights)
def test_everyone_is_housed_and_nobody_twice(total, weights):
    people = apportion(total, weights)

    assert people.sum() == total
    exact = total * (np.array(weights) / sum(weights))
    assert np.abs(people - exact).max() <= 1


@pytest.mark.parametrize(
    ("total", "weights"),
    [(5, []), (5, [0, 0]), (5, [-1, 2]), (5, [np.nan, 1]), (-1, [1]), (1.5, [1])],
)
def test_refuses_to_share_out_nonsense(total, weights):
    with pytest.raises(ParameterError):
        apportion(total, weights)


def test_district_totals_stay_exact():
    spread = spread_over_units([10, 7], [0, 1, 0, 1, 0])

    assert spread.people.tolist() == [4, 4, 3, 3, 3]
    assert spread.unplaced.tolist() == [0, 0]


def test_a_larger_house_takes_more():
    assert spread_over_units([100], [0, 0], [3, 1]).people.tolist() == [75, 25]


def test_no_data_is_not_zero():
    spread = spread_over_units([np.nan, 6], [0, 1, -1])

    assert spread.people == pytest.approx([np.nan, 6, np.nan], nan_ok=True)


def test_people_without_a_house_are_reported():
    spread = spread_over_units([5, 8, 3], [0, 2], [1, 0])

    assert spread.people == pytest.approx([5, np.nan], nan_ok=True)
    assert spread.unplaced.tolist() == [0, 8, 3]


def test_refuses_units_that_do_not_fit():
    with pytest.raises(ParameterError, match="territory_index"):
        spread_over_units([1], [0, 1])
    with pytest.raises(ShapeMismatchError, match="weights"):
        spread_over_units([1], [0, 0], [1])
