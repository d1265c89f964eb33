import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.analysis.coverage import Membership
from mapping.analysis.provision import (
    NormPerCity,
    NormPerPeople,
    city_provision,
    provision,
    share_within_norm,
    sum_by_territory,
)
from mapping.errors import ParameterError, ShapeMismatchError

LIBRARY = NormPerPeople(units=(1, 1), per_people=(20_000, 20_000))
CHILDREN_LIBRARY = NormPerPeople(units=(1, 1), per_people=(4_000, 7_000))


def test_one_library_per_twenty_thousand():
    result = provision([100_000, 40_000, 61_000], [3, 5, 3], LIBRARY)

    assert result.required_min == pytest.approx([5, 2, 3.05])
    assert result.shortfall_min == pytest.approx([2, -3, 0])
    assert result.is_short.tolist() == [True, False, False]


def test_a_span_in_the_act_gives_both_ends():
    result = provision([28_000], [5], CHILDREN_LIBRARY)

    assert (result.required_min[0], result.required_max[0]) == pytest.approx((4, 7))
    assert (result.shortfall_min[0], result.shortfall_max[0]) == pytest.approx((-1, 2))
    assert not result.is_short[0]


def test_a_span_of_units_widens_it():
    result = provision([100_000], [0], NormPerPeople(units=(25, 35), per_people=(1000, 1000)))

    assert (result.required_min[0], result.required_max[0]) == pytest.approx((2500, 3500))


def test_half_a_library_is_not_missing():
    result = provision([29_900, 30_000, 30_100], [1, 1, 1], LIBRARY)

    assert result.shortfall_min == pytest.approx([0, 0.5, 0.505])


def test_fewer_than_fifty_people_ask_for_nothing_definite():
    result = provision([49, 50, np.nan], [0, 0, 0], NormPerPeople((1, 1), (10, 10)))

    assert result.required_min == pytest.approx([np.nan, 5, np.nan], nan_ok=True)
    assert result.is_short.tolist() == [False, True, False]


def test_unknown_supply_leaves_the_shortfall_unknown():
    result = provision([100_000], [np.nan], LIBRARY)

    assert result.required_min[0] == pytest.approx(5)
    assert np.isnan(result.shortfall_min[0])
    assert not result.is_short[0]


def test_one_per_city_binds_the_city_alone():
    norm = NormPerCity(units=(1, 1))

    assert city_provision(1_600_000, 0, norm).shortfall_min.tolist() == [1]
    with pytest.raises(ParameterError, match="city"):
        provision([1000], [0], norm)


def test_the_city_is_measured_by_its_own_people():
    assert city_provision(100_000, 3, LIBRARY).shortfall_min == pytest.approx([2])


def test_shares_within_both_ends_of_the_minutes():
    membership = Membership.from_index([0, 0, 0, 1], 2)

    strict, lenient = share_within_norm([20, 35, 50, 10], [60, 30, 10, 49], membership, (30, 40))

    assert strict == pytest.approx([0.6, np.nan], nan_ok=True)
    assert lenient == pytest.approx([0.9, np.nan], nan_ok=True)


def test_adds_up_capacities_and_does_not_hide_unknown_ones():
    membership = Membership.from_index([0, 0, 1, -1], 3)

    assert sum_by_territory([10, 5, np.nan, 7], membership) == pytest.approx(
        [15, np.nan, 0], nan_ok=True
    )


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
    st.tuples(st.floats(0.1, 50), st.floats(0.1, 50)).map(sorted),
    st.tuples(st.integers(1, 10**5), st.integers(1, 10**5)).map(sorted),
)
def test_the_lower_end_never_asks_for_more(people, units, per_people):
    norm = NormPerPeople(tuple(units), tuple(per_people))

    result = provision(people, np.ones(len(people)), norm)

    defined = np.array(people) >= 50
    assert np.array_equal(~np.isnan(result.required_min), defined)
    assert (result.required_min <= result.required_max * (1 + 1e-12))[defined].all()
    assert (result.shortfall_min <= result.shortfall_max + 1e-9)[defined].all()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: NormPerPeople((0, 1), (1000, 1000)),
        lambda: NormPerPeople((1, 1), (2000, 1000)),
        lambda: NormPerPeople((1, np.inf), (1000, 1000)),
        lambda: NormPerCity((np.nan, 1)),
        lambda: provision([-5], [1], LIBRARY),
        lambda: provision([5], [-1], LIBRARY),
    ],
)
def test_refuses_nonsense(wrong):
    with pytest.raises(ParameterError):
        wrong()


def test_refuses_arrays_that_do_not_fit():
    with pytest.raises(ShapeMismatchError, match="existing"):
        provision([1000, 2000], [1], LIBRARY)
