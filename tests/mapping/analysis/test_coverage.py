import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.analysis.access import nearest_minutes
from mapping.analysis.coverage import (
    Membership,
    coverage,
    people_by_minutes,
    rank_descending,
    weighted_median,
)
from mapping.analysis.network import build_network
from mapping.analysis.snapping import snap
from mapping.errors import ParameterError, ShapeMismatchError
from tests.mapping.analysis.towns import towns


def two_districts():
    """Left: 30 near, 10 far; right: 5 near, 20 far, 15 without a path; outside: 7 near."""
    return (
        np.array([3.0, 20.0, 15.0, 16.0, np.inf, 1.0]),
        np.array([30.0, 10.0, 5.0, 20.0, 15.0, 7.0]),
        Membership.from_index([0, 0, 1, 1, 1, -1], 2),
    )


def test_counts_people_by_district():
    result = coverage(*two_districts(), within_minutes=15)

    assert result.people.tolist() == [40, 40]
    assert result.covered.tolist() == [30, 5]
    assert result.uncovered.tolist() == [10, 20]
    assert result.unknown.tolist() == [0, 15]
    assert result.share == pytest.approx([0.75, 0.2])
    assert result.median_minutes.tolist() == [3, 16]
    assert result.rank.tolist() == [2, 1]


def test_the_city_counts_everyone_once_and_says_who_is_unknown():
    total = coverage(*two_districts(), within_minutes=15).total

    assert (total.people, total.covered, total.uncovered) == (87, 35, 30)
    assert (total.unknown, total.no_path, total.outside) == (22, 15, 7)
    assert total.share == pytest.approx(35 / 65)
    assert total.median_minutes == 15


def test_overlapping_territories_share_people_but_the_city_does_not():
    inside = Membership.from_pairs([0, 0, 1], [0, 1, 1], 3, 2)

    result = coverage([1, 2, 3], [10, 20, 40], inside, within_minutes=15)

    assert result.people.tolist() == [10, 30]
    assert result.total.people == 70
    assert result.total.covered == 30
    assert result.total.outside == 40


def test_a_pair_found_twice_counts_once():
    membership = Membership.from_pairs([0, 0], [0, 0], 1, 1)

    assert coverage([1], [10], membership, within_minutes=15).people.tolist() == [10]


def test_a_house_without_a_number_is_not_an_empty_house():
    membership = Membership.from_index([0, 0, 1], 2)

    result = coverage([1, 2, 3], [np.nan, 4, np.nan], membership, within_minutes=15)

    assert result.units_without_population.tolist() == [1, 1]
    assert result.people.tolist() == [4, 0]
    assert result.share == pytest.approx([1, np.nan], nan_ok=True)
    assert result.median_minutes == pytest.approx([2, np.nan], nan_ok=True)
    assert (result.total.units, result.total.units_without_population) == (3, 2)


def test_nothing_known_has_no_share():
    total = coverage([np.inf], [9], Membership.from_index([0], 1), within_minutes=15).total

    assert np.isnan(total.share)
    assert np.isnan(total.median_minutes)
    assert total.unknown == total.people == 9


def test_equal_shortfalls_share_a_rank():
    assert rank_descending([5, 9, 5, 0, 9]).tolist() == [3, 1, 3, 5, 1]


def test_the_median_is_weighted_by_people():
    median = weighted_median([1, 30, 2, np.inf, 7], [10, 11, 1, 99, 0], [0, 0, 0, 0, 1], 2)

    assert median == pytest.approx([2, np.nan], nan_ok=True)


@given(
    st.lists(
        st.tuples(st.integers(0, 9) | st.just(np.inf), st.integers(0, 3), st.integers(0, 2)),
        max_size=30,
    )
)
def test_the_median_is_that_of_everyone_in_a_line(homes):
    walk, people, district = np.array(homes, dtype=float).reshape(-1, 3).T

    medians = weighted_median(walk, people, district, 3)

    for number in range(3):
        inside = (district == number) & np.isfinite(walk)
        line = np.sort(np.repeat(walk[inside], people[inside].astype(int)))
        expected = line[(len(line) - 1) // 2] if len(line) else np.nan
        assert medians[number] == pytest.approx(expected, nan_ok=True)


def test_a_city_without_territories_leaves_everyone_outside():
    result = coverage([1, 2], [3, 4], Membership.from_pairs([], [], 2, 0), within_minutes=15)

    assert result.people.size == result.rank.size == 0
    assert (result.total.people, result.total.outside) == (7, 7)


@pytest.mark.parametrize(
    ("minutes", "people", "error"),
    [
        ([np.nan], [1], ParameterError),
        ([-1], [1], ParameterError),
        ([1], [-1], ParameterError),
        ([1], [np.inf], ParameterError),
        ([1, 2], [1], ShapeMismatchError),
    ],
)
def test_refuses_what_makes_no_sense(minutes, people, error):
    with pytest.raises(error):
        coverage(minutes, people, Membership.from_index([0], 1), within_minutes=15)


def test_refuses_an_unknown_territory():
    with pytest.raises(ParameterError, match="territory"):
        Membership.from_index([0, 2], 2)


@given(towns(), st.floats(0.1, 20), st.floats(0.1, 20))
@settings(max_examples=40)
def test_more_libraries_and_more_minutes_never_cover_fewer(town, one_minutes, other_minutes):
    network = build_network(town.lines)
    homes = snap(network, town.homes, max_snap_m=100)
    libraries = snap(network, town.libraries, max_snap_m=100)
    few = nearest_minutes(network, homes, libraries.take([0]))
    many = nearest_minutes(network, homes, libraries)
    people = np.arange(len(homes), dtype=float)
    districts = Membership.from_index(np.arange(len(homes)) % 4 - 1, 3)
    shorter, longer = sorted((one_minutes, other_minutes))

    before = coverage(few, people, districts, within_minutes=shorter)
    built = coverage(many, people, districts, within_minutes=shorter)
    patient = coverage(few, people, districts, within_minutes=longer)

    assert (built.covered >= before.covered).all()
    assert (patient.covered >= before.covered).all()


@given(towns(), st.floats(0.1, 20))
@settings(max_examples=40)
def test_nobody_is_lost(town, minutes):
    network = build_network(town.lines)
    homes = snap(network, town.homes, max_snap_m=50)
    walk = nearest_minutes(network, homes, snap(network, town.libraries))
    people = np.arange(len(homes), dtype=float)

    result = coverage(
        walk,
        people,
        Membership.from_index(np.arange(len(homes)) % 4 - 1, 3),
        within_minutes=minutes,
    )

    total = result.total
    assert total.people == people.sum() == total.covered + total.uncovered + total.unknown
    assert np.array_equal(result.people, result.covered + result.uncovered + result.unknown)
    assert result.people.sum() + total.outside == total.people


def test_people_are_counted_by_the_minutes_they_walk():
    counts = people_by_minutes(
        [0, 5, 5.1, 15, 16, np.inf, np.nan], [1, 2, 4, 8, 16, 32, 64], edges=[5, 15]
    )

    assert counts.tolist() == [3, 12, 16]


def test_unknown_people_are_nobody_in_a_band():
    assert people_by_minutes([1, 2], [np.nan, 3], edges=[5]).tolist() == [3, 0]
