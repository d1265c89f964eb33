import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array

from mapping.analysis.choice import choice
from mapping.errors import ParameterError, ShapeMismatchError


def matrix(minutes):
    minutes = np.asarray(minutes, dtype=float)
    unit, place = np.nonzero(np.isfinite(minutes))
    return coo_array((minutes[unit, place], (unit, place)), shape=minutes.shape).tocsr()


def test_two_libraries_a_museum_and_nothing():
    minutes = matrix([[5, 0, 10], [30, np.inf, 15], [np.inf, np.inf, 16]])

    result = choice(minutes, [0, 0, 1], kind_count=3, within_minutes=15)

    assert result.institutions.tolist() == [3, 1, 0]
    assert result.kinds.tolist() == [2, 1, 0]
    assert result.shannon == pytest.approx(
        [-2 / 3 * np.log(2 / 3) - 1 / 3 * np.log(1 / 3), 0, np.nan], nan_ok=True
    )
    assert result.simpson == pytest.approx([4 / 9, 0, np.nan], nan_ok=True)
    assert result.by_kind.toarray().tolist() == [[2, 1, 0], [0, 1, 0], [0, 0, 0]]


def test_agrees_with_a_published_concentration():
    """The example of the R package ineq: Herfindahl's index, Σ p², is 0.1668737."""
    counts = [261, 29, 33, 15, 39, 28, 95, 5, 6, 28, 69, 8, 105, 38, 15]
    kind = np.repeat(np.arange(15), counts)

    result = choice(matrix(np.ones((1, kind.size))), kind, kind_count=15, within_minutes=1)

    assert result.simpson[0] == pytest.approx(1 - 0.1668737, abs=5e-8)


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(0, 12))
def test_agrees_with_counting_house_by_house(seed, units, places):
    rng = np.random.default_rng(seed)
    minutes = rng.choice([0.0, 10.0, 15.0, 20.0, np.inf], (units, places))
    kind = rng.integers(0, 4, places)

    result = choice(matrix(minutes), kind, kind_count=4, within_minutes=15)

    for unit in range(units):
        near = kind[minutes[unit] <= 15]
        assert result.institutions[unit] == near.size
        assert result.kinds[unit] == np.unique(near).size
        if near.size:
            differ = (near[:, None] != near[None, :]).mean()
            assert result.simpson[unit] == pytest.approx(differ)
            assert 0 <= result.shannon[unit] <= np.log(result.kinds[unit]) + 1e-12


def test_refuses_nonsense():
    with pytest.raises(ParameterError, match="kind"):
        choice(matrix([[1]]), [3], kind_count=3, within_minutes=15)
    with pytest.raises(ParameterError, match="within_minutes"):
        choice(matrix([[1]]), [0], kind_count=1, within_minutes=0)
    with pytest.raises(ShapeMismatchError, match="kind"):
        choice(matrix([[1, 2]]), [0], kind_count=1, within_minutes=5)
