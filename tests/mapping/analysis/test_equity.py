import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.analysis.equity import DRAWN_POINTS, equity, theil_parts
from mapping.errors import ParameterError, ShapeMismatchError

INCOMES = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]


@st.composite
def societies(draw):
    """Access with zeros and ties, people, and territories (-1 = none)."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(1, 40))
    access = rng.choice([0.0, 1.0, *rng.uniform(0, 9, 10)], size)
    access[0] = 1.0
    return access, rng.integers(1, 30, size), rng.integers(-1, 4, size)


def test_two_halves_one_with_thrice_the_access():
    result = equity([1, 3], [50, 50], [0, 1])

    assert result.mean == 2
    assert result.gini == pytest.approx(0.25)
    assert result.theil == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))
    assert result.theil_between == pytest.approx(result.theil)
    assert result.palma == pytest.approx((0.1 * 3) / (0.4 * 1))
    assert result.people_share.tolist() == [0, 0.5, 1]
    assert result.access_share.tolist() == [0, 0.25, 1]


def test_agrees_with_published_figures():
    """The example of the R package ineq (Zeileis): Gini 0.4620911, Theil 0.3623412."""
    result = equity(INCOMES, np.ones(10))

    assert result.gini == pytest.approx(0.4620911, abs=5e-8)
    assert result.theil == pytest.approx(0.3623412, abs=5e-8)


def test_equal_access_is_no_inequality():
    result = equity([2, 2, 2], [10, 1, 5], [0, 1, 1])

    assert (result.gini, result.theil) == pytest.approx((0, 0), abs=1e-12)
    assert result.palma == pytest.approx(0.25)


def test_access_of_nobody_is_undefined_not_equal():
    result = equity([0, 0], [10, 20])

    assert np.isnan([result.gini, result.theil, result.palma]).all()
    assert (result.mean, result.people) == (0, 30)
    assert result.people_share.size == 0


def test_nobody_known_is_undefined():
    result = equity([np.nan, 1], [10, np.nan])

    assert np.isnan([result.gini, result.theil, result.mean]).all()
    assert result.people_without_access_known == 10
    assert result.units_without_population == 1


def test_four_tenths_without_anything_make_the_ratio_infinite():
    assert equity([0, 1], [50, 50]).palma == np.inf


def test_the_unknown_are_left_out_and_counted():
    result = equity([1, 3, np.nan, 7], [50, 50, 20, np.nan])

    assert result.gini == pytest.approx(0.25)
    assert result.people == 100
    assert result.people_without_access_known == 20
    assert result.units_without_population == 1


@given(societies())
def test_a_house_of_ten_counts_as_ten_houses_of_one(society):
    access, people, territory = society
    one_by_one = equity(np.repeat(access, people), np.ones(people.sum()))

    result = equity(access, people, territory)

    assert result.gini == pytest.approx(one_by_one.gini, abs=1e-12)
    assert result.theil == pytest.approx(one_by_one.theil, abs=1e-12)
    assert result.palma == pytest.approx(one_by_one.palma)


@given(societies())
def test_agrees_with_the_mean_difference_of_all_pairs(society):
    access, people, _ = society
    each = np.repeat(access, people)
    apart = np.abs(each[:, None] - each[None, :]).mean()

    assert equity(access, people).gini == pytest.approx(apart / (2 * each.mean()), abs=1e-12)


@given(societies())
def test_what_lies_within_and_between_makes_the_whole(society):
    access, people, territory = society
    whole, parts = equity(access, people), equity(access, people, territory)

    assert parts.theil == pytest.approx(whole.theil, abs=1e-12)
    assert whole.theil_between == pytest.approx(0, abs=1e-12)
    assert min(parts.theil_within, parts.theil_between) >= -1e-12


@given(societies(), st.floats(0.01, 100))
def test_the_unit_of_access_does_not_matter(society, factor):
    access, people, territory = society
    before, after = equity(access, people, territory), equity(access * factor, people, territory)

    assert (after.gini, after.theil_within, after.theil_between) == pytest.approx(
        (before.gini, before.theil_within, before.theil_between), abs=1e-9
    )


@given(societies())
def test_the_drawn_curve_sags_below_equality(society):
    access, people, _ = society
    result = equity(access, people)

    assert result.people_share[[0, -1]].tolist() == result.access_share[[0, -1]].tolist() == [0, 1]
    assert (result.access_share <= result.people_share + 1e-12).all()
    assert (np.diff(result.access_share) >= 0).all()


def test_a_large_city_is_drawn_with_few_points_and_measured_with_all():
    access = np.random.default_rng(7).exponential(size=5000)

    result = equity(access, np.ones(5000))

    assert result.people_share.size == result.access_share.size == DRAWN_POINTS
    assert result.gini == pytest.approx(0.5, abs=0.02)  # of the exponential distribution


def test_refuses_what_is_not_access():
    for wrong in (-1, np.inf):
        with pytest.raises(ParameterError, match="access"):
            equity([wrong], [1])
    with pytest.raises(ShapeMismatchError, match="people"):
        equity([1, 2], [1])


def test_parts_of_the_territories_add_up_to_the_index():
    access, people = np.array([3.0, 1.0, 0.0, np.nan]), np.array([10.0, 10.0, 20.0, 5.0])
    territory = np.array([0, 1, -1, 1])

    parts = theil_parts(access, people, territory, 2)

    assert parts.sum() == pytest.approx(equity(access, people).theil)
    # Ten of forty people have three quarters of everything: ¾ ln 3.
    assert parts == pytest.approx([0.75 * np.log(3), 0.0, 0.0])


def test_parts_of_nothing_are_undefined():
    assert np.isnan(theil_parts([0.0], [5.0], [0], 1)).all()
