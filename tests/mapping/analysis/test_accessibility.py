import doctest
import re

import numpy as np
import pandas as pd
import pytest
from access import fca, weights
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from mapping.analysis import accessibility
from mapping.analysis.accessibility import (
    crowd_in_reach,
    exponential,
    gaussian,
    gaussian_within,
    opportunities,
    power,
    steps,
    two_step_access,
    within,
)
from mapping.errors import ParameterError, ShapeMismatchError

ZONES = ((10, 1.0), (20, 0.68), (30, 0.22))


def matrix(minutes):
    """Keep finite minutes; a walk of no length stays a stored zero."""
    minutes = np.asarray(minutes, dtype=float)
    unit, place = np.nonzero(np.isfinite(minutes))
    return coo_array((minutes[unit, place], (unit, place)), shape=minutes.shape).tocsr()


@st.composite
def reaches(draw):
    """People, capacities, and minutes of which about half are out of reach."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    units, places = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    minutes = rng.uniform(0, 60, (units, places)).round(1)
    minutes[rng.uniform(size=minutes.shape) < 0.3] = np.inf
    minutes[rng.uniform(size=minutes.shape) < 0.1] = 0
    people = rng.integers(0, 4, units) * 25.0
    return people, rng.uniform(0, 500, places), minutes


decays = st.sampled_from(
    [
        within(15),
        steps(ZONES),
        gaussian(12),
        gaussian_within(30),
        power(1.5),
        exponential(0.1),
    ]
)


def test_one_library_shared_by_two_homes():
    access = two_step_access([100, 300], [8], matrix([[5], [9]]), weight=within(10))

    assert access == pytest.approx([0.02, 0.02])


def test_nearer_people_get_more_by_the_zones_of_luo_and_qi():
    access = two_step_access([100, 100], [168], matrix([[5], [15]]), weight=steps(ZONES))

    assert access == pytest.approx([1.0, 0.68])


def test_agrees_with_the_example_of_luo_and_wang():
    """
    Figure 3 of Luo & Wang (2003), Environment and Planning B 30, doi:10.1068/b29120.

    Eleven tracts of one resident, physicians a and b, 30 minutes: a serves eight residents,
    b four, and only tract 4 lies within both catchments.
    """
    near, far = 20, 40
    to_a = [near, near, near, near, far, near, near, far, near, near, far]
    to_b = [far, far, far, near, near, far, far, near, far, far, near]
    apart = matrix(np.column_stack([to_a, to_b]))

    access = two_step_access(np.ones(11), [1, 1], apart, weight=within(30))

    of_a, of_b = 0.125, 0.25
    assert access.tolist() == [
        *(of_a, of_a, of_a, of_a + of_b, of_b, of_a),
        *(of_a, of_b, of_a, of_a, of_b),
    ]


def test_agrees_with_a_published_example():
    """Three consumers, two providers: the first example in the documentation of sdc-catchment."""
    apart = matrix([[0, 2], [1, 1], [2, 0]])

    access = two_step_access([100, 100, 100], [10, 10], apart, weight=gaussian(1))

    assert access.round(6).tolist() == [0.065179, 0.069641, 0.065179]


def test_a_walk_of_no_length_is_a_walk():
    assert two_step_access([10], [5], matrix([[0]]), weight=within(15)).tolist() == [0.5]


def test_an_institution_that_nobody_reaches_gives_nothing():
    minutes = matrix([[5, np.inf, 5], [5, 90, 5]])

    assert crowd_in_reach([10, 0], minutes, weight=within(15)).tolist() == [10, 0, 10]
    assert two_step_access([10, 0], [1, 100, 0], minutes, weight=within(15)).tolist() == [0.1, 0.1]


def test_a_house_without_a_number_takes_no_share_and_has_access():
    access = two_step_access([np.nan, 10], [5], matrix([[1], [2]]), weight=within(15))

    assert access.tolist() == [0.5, 0.5]


@given(reaches(), decays)
def test_shares_out_exactly_the_supply_someone_reaches(reach, weight):
    people, supply, minutes = reach
    access = two_step_access(people, supply, matrix(minutes), weight=weight)

    reached = crowd_in_reach(people, matrix(minutes), weight=weight) > 0
    assert people @ access == pytest.approx(supply[reached].sum())


@given(reaches(), decays)
def test_agrees_with_loops_over_every_pair(reach, weight):
    people, supply, minutes = reach
    heavy = np.array(
        [[weight(np.array([t]))[0] if t < np.inf else 0.0 for t in row] for row in minutes]
    )
    crowd = [sum(heavy[i, j] * people[i] for i in range(len(people))) for j in range(len(supply))]
    ratio = [supply[j] / crowd[j] if crowd[j] > 0 else 0.0 for j in range(len(supply))]
    expected = [sum(row[j] * ratio[j] for j in range(len(supply))) for row in heavy]

    access = two_step_access(people, supply, matrix(minutes), weight=weight)

    assert access == pytest.approx(expected, rel=1e-12, abs=1e-15)


@settings(max_examples=15)
@given(reaches())
@pytest.mark.parametrize(
    ("ours", "theirs", "max_cost"),
    [
        (within(30), None, 30),
        (steps(ZONES), weights.step_fn(dict(ZONES)), 30),
        (gaussian(12), weights.gaussian(12), None),
        (power(2), weights.gravity(1, -2, min_dist=1), None),
    ],
)
def test_agrees_with_pysal_access(ours, theirs, max_cost, reach):
    people, supply, minutes = reach
    people = people + 1  # pysal divides by a crowd of nobody
    unit, place = np.nonzero(np.isfinite(minutes))
    expected = fca.two_stage_fca(
        pd.DataFrame({"demand": people}),
        pd.DataFrame({"supply": supply}),
        pd.DataFrame({"origin": unit, "dest": place, "cost": minutes[unit, place]}),
        max_cost=max_cost,
        demand_index=True,
        supply_index=True,
        weight_fn=theirs,
    )

    access = two_step_access(people, supply, matrix(minutes), weight=ours)

    reached = expected.reindex(range(len(people))).fillna(0.0).to_numpy()
    assert access == pytest.approx(reached, rel=1e-12, abs=1e-15)


def test_counts_opportunities_and_their_places():
    minutes = matrix([[5, 20, 15], [np.inf, np.inf, 40]])

    assert opportunities(minutes, weight=within(15)).tolist() == [2, 0]
    assert opportunities(minutes, weight=within(15), supply=[100, 7, 20]).tolist() == [120, 0]


@given(decays)
def test_a_longer_walk_never_weighs_more(weight):
    weights = weight(np.linspace(0, 90, 300))

    assert weights[0] == 1
    assert (np.diff(weights) <= 0).all()
    assert (weights >= 0).all()


def test_examples_in_the_docstrings_are_true():
    assert doctest.testmod(accessibility).failed == 0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: within(0),
        lambda: within(np.nan),
        lambda: steps(()),
        lambda: steps(((20, 1.0), (10, 0.5))),
        lambda: steps(((10, 0.5), (20, 0.7))),
        lambda: steps(((10, 1.2),)),
        lambda: steps(((10, 0.0),)),
        lambda: gaussian(-1),
        lambda: gaussian_within(0),
        lambda: power(0),
        lambda: power(2, nearest_minutes=0),
        lambda: exponential(np.inf),
    ],
)
def test_refuses_weights_that_make_no_sense(wrong):
    with pytest.raises(ParameterError):
        wrong()


def test_an_unknown_capacity_is_not_taken_for_none():
    with pytest.raises(ParameterError, match="supply"):
        two_step_access([1], [np.nan], matrix([[1]]), weight=within(15))


def test_refuses_inputs_that_do_not_fit():
    with pytest.raises(ShapeMismatchError, match=re.escape("people: got shape (2,), wanted (1,)")):
        two_step_access([1, 2], [1], matrix([[1]]), weight=within(15))
    with pytest.raises(ParameterError, match="less than zero"):
        two_step_access([1], [1], csr_array([[-1.0]]), weight=within(15))
    with pytest.raises(ParameterError, match="sparse"):
        two_step_access([1], [1], np.array([[1.0]]), weight=within(15))
