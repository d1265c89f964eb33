from itertools import combinations
from pathlib import Path
from warnings import catch_warnings, simplefilter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from mapping.analysis import siting
from mapping.analysis.siting import (
    Reason,
    Status,
    solve_capacitated_mclp,
    solve_lscp,
    solve_mclp,
    solve_p_centre,
    solve_p_median,
)
from mapping.errors import ParameterError, ShapeMismatchError

FAR = np.inf


def stored(minutes):
    """Keep the finite minutes as the matrix of walks does: a stored zero is at the door."""
    minutes = np.asarray(minutes, dtype=float)
    unit, site = np.nonzero(np.isfinite(minutes))
    ptr = np.concatenate([[0], np.cumsum(np.isfinite(minutes).sum(axis=1))])
    return csr_array((minutes[unit, site], site, ptr), shape=minutes.shape)


VILLAGE = stored([[0, 9, FAR], [4, 4, FAR], [FAR, 3, 12], [FAR, FAR, 2], [FAR, FAR, FAR]])
PEOPLE = [50, 30, 60, 45, 7]


def test_two_sites_that_cover_most():
    answer = solve_mclp(VILLAGE, PEOPLE, count=2, within_minutes=5)

    assert answer.site.tolist() == [1, 0]
    assert answer.added.tolist() == [90, 50]
    assert (answer.objective, answer.bound, answer.gap) == (140, 140, 0)
    assert (answer.people, answer.people_out_of_reach) == (185, 7)
    assert answer.status is Status.OPTIMAL


def test_an_open_centre_serves_and_does_not_count():
    answer = solve_mclp(VILLAGE, PEOPLE, count=1, within_minutes=5, fixed=[1])

    assert answer.site.tolist() == [0]
    assert answer.added.tolist() == [50]
    assert (answer.before, answer.objective) == (90, 140)


def test_a_site_that_adds_nobody_is_not_chosen():
    answer = solve_mclp(VILLAGE, PEOPLE, count=3, within_minutes=5, fixed=[0, 2])

    assert answer.site.tolist() == [1]
    assert answer.objective == answer.people == 185


def test_homes_of_which_no_number_is_known_count_for_nobody():
    answer = solve_mclp(VILLAGE, [50, 30, np.nan, 45, 7], count=1, within_minutes=5)

    assert answer.site.tolist() == [0]
    assert answer.people == 125


def test_the_shortest_mean_walk():
    answer = solve_p_median(VILLAGE, PEOPLE, count=1, beyond_minutes=20)

    everyone = {0: 0 * 50 + 4 * 30 + 20 * 105, 1: 9 * 50 + 4 * 30 + 3 * 60 + 20 * 45}
    assert answer.site.tolist() == [1]
    assert answer.objective == pytest.approx(min(everyone.values()) / 185)
    assert answer.added == pytest.approx([20 * 185 - everyone[1]])
    assert np.isnan(answer.before)


def test_fewest_sites_for_all_who_can_be_served():
    answer = solve_lscp(VILLAGE, PEOPLE, within_minutes=10)

    assert sorted(answer.site) == [1, 2]
    assert (answer.objective, answer.bound, answer.people_out_of_reach) == (2, 2, 7)


def test_nothing_to_open_where_all_are_served():
    answer = solve_lscp(VILLAGE, PEOPLE, within_minutes=10, fixed=[1, 2])

    assert answer.site.size == answer.objective == 0
    assert answer.status is Status.OPTIMAL


def test_the_shortest_longest_walk():
    answer = solve_p_centre(VILLAGE, PEOPLE, count=2)

    assert sorted(answer.site) == [1, 2]
    assert answer.objective == answer.bound == 9
    assert answer.added.sum() == answer.people == 185


def test_an_impossible_centre_says_what_it_takes():
    answer = solve_p_centre(VILLAGE, PEOPLE, count=1)

    assert answer.status is Status.INFEASIBLE
    assert answer.site.size == 0
    assert np.isnan(answer.objective)
    assert (answer.reason, answer.least_sites) == (Reason.TOO_FEW_SITES, 2)


def test_a_full_centre_leaves_people_to_the_next_one():
    answer = solve_capacitated_mclp(VILLAGE, PEOPLE, [60, 70, 45], count=2, within_minutes=5)

    assert sorted(answer.site) == [0, 1]
    assert answer.objective == pytest.approx(130)
    assert answer.added == pytest.approx([70, 60])


def test_capacity_of_an_open_centre_is_used_first():
    answer = solve_capacitated_mclp(
        VILLAGE, PEOPLE, [80, 10, 45], count=1, within_minutes=5, fixed=[1]
    )

    assert answer.site.tolist() == [0]
    assert (answer.before, answer.objective) == (pytest.approx(10), pytest.approx(90))


def test_nobody_anywhere():
    empty = csr_array((3, 2))

    assert solve_mclp(empty, [1, 2, 3], count=1, within_minutes=5).objective == 0
    assert solve_lscp(empty, [1, 2, 3], within_minutes=5).objective == 0
    assert solve_capacitated_mclp(empty, [1, 2, 3], [5, 5], count=1, within_minutes=5).people == 0
    assert np.isnan(solve_p_median(empty, [1, 2, 3], count=1, beyond_minutes=5).objective)
    assert np.isnan(solve_p_centre(empty, [1, 2, 3], count=1).objective)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"count": 0}, ParameterError, "count"),
        ({"within_minutes": 0}, ParameterError, "minutes"),
        ({"fixed": [3]}, ParameterError, "fixed"),
        ({"people": [1, 2]}, ShapeMismatchError, "people"),
        ({"people": [1, 2, -3, 4, 5]}, ParameterError, "people"),
    ],
)
def test_refuses_nonsense(change, error, message):
    asked = {"people": PEOPLE, "count": 1, "within_minutes": 5, **change}

    with pytest.raises(error, match=message):
        solve_mclp(VILLAGE, **asked)


def test_refuses_unknown_capacities_and_models_too_large(monkeypatch):
    with pytest.raises(ParameterError, match="capacity"):
        solve_capacitated_mclp(VILLAGE, PEOPLE, [60, np.nan, 45], count=1, within_minutes=5)
    monkeypatch.setattr(siting, "FLOW_LIMIT", 1)
    with pytest.raises(ParameterError, match="pairs"):
        solve_capacitated_mclp(VILLAGE, PEOPLE, [60, 70, 45], count=1, within_minutes=5)


@st.composite
def quarters(draw):
    """Draw minutes of up to 40 units to up to 8 candidates, some out of reach, and people."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(1, 40)), draw(st.integers(1, 8))
    minutes = np.round(rng.uniform(0, 60, shape), draw(st.integers(0, 2)))
    minutes[minutes > draw(st.sampled_from([20, 40, 60]))] = FAR
    return minutes, rng.integers(0, 50, shape[0]).astype(float)


def nearest_of(minutes, sites):
    return np.min(minutes[:, list(sites)], axis=1, initial=FAR)


def every_choice(site_count, count, fixed=()):
    return [{*few, *fixed} for few in combinations(range(site_count), min(count, site_count))]


@given(quarters(), st.integers(1, 4), st.booleans())
@settings(max_examples=60)
def test_no_choice_covers_more(quarter, count, with_fixed):
    minutes, people = quarter
    fixed = [0] if with_fixed else []

    answer = solve_mclp(stored(minutes), people, count=count, within_minutes=15, fixed=fixed)

    best = max(
        people[nearest_of(minutes, sites) <= 15].sum()
        for sites in every_choice(minutes.shape[1], count, fixed)
    )
    assert answer.objective == pytest.approx(best)
    reached = nearest_of(minutes, {*answer.site, *fixed}) <= 15
    assert people[reached].sum() == pytest.approx(answer.objective)
    assert answer.before + answer.added.sum() == pytest.approx(answer.objective)
    assert answer.status is Status.OPTIMAL
    assert answer.gap == pytest.approx(0, abs=1e-8)
    assert (np.diff(answer.added) <= 0).all()


@given(quarters(), st.integers(1, 4), st.booleans())
@settings(max_examples=60)
def test_no_choice_has_a_shorter_mean_walk(quarter, count, with_fixed):
    minutes, people = quarter
    fixed = [0] if with_fixed else []
    counted = people * (nearest_of(minutes, range(minutes.shape[1])) <= 30)

    answer = solve_p_median(stored(minutes), people, count=count, beyond_minutes=30, fixed=fixed)

    if counted.sum() == 0:
        assert np.isnan(answer.objective)
        return
    best = min(
        (counted * np.minimum(nearest_of(minutes, sites), 30)).sum() / counted.sum()
        for sites in every_choice(minutes.shape[1], count, fixed)
    )
    assert answer.objective == pytest.approx(best)
    assert answer.bound == pytest.approx(best)
    assert answer.status is Status.OPTIMAL


@given(quarters(), st.integers(1, 4))
@settings(max_examples=60)
def test_no_choice_has_a_shorter_longest_walk(quarter, count):
    minutes, people = quarter
    counted = (people > 0) & np.isfinite(minutes).any(axis=1)

    answer = solve_p_centre(stored(minutes), people, count=count)

    if not counted.any():
        assert np.isnan(answer.objective)
        return
    best = min(
        nearest_of(minutes, sites)[counted].max() for sites in every_choice(minutes.shape[1], count)
    )
    if np.isinf(best):
        assert answer.status is Status.INFEASIBLE
    else:
        assert answer.objective == answer.bound == best
        assert nearest_of(minutes, answer.site)[counted].max() == best
        assert answer.added.sum() == people[counted].sum()


@given(quarters(), st.booleans())
@settings(max_examples=60)
def test_no_fewer_sites_cover_all(quarter, with_fixed):
    minutes, people = quarter
    fixed = [0] if with_fixed else []
    counted = (people > 0) & (nearest_of(minutes, range(minutes.shape[1])) <= 15)

    answer = solve_lscp(stored(minutes), people, within_minutes=15, fixed=fixed)

    assert (nearest_of(minutes, {*answer.site, *fixed})[counted] <= 15).all()
    for sites in (
        every_choice(minutes.shape[1], len(answer.site) - 1, fixed) if answer.site.size else ()
    ):
        assert (nearest_of(minutes, sites)[counted] > 15).any()


@given(quarters(), st.integers(1, 4))
@settings(max_examples=40)
def test_boundless_capacities_are_no_capacities(quarter, count):
    minutes, people = quarter
    asked = {"count": count, "within_minutes": 15}

    free = solve_mclp(stored(minutes), people, **asked)
    roomy = solve_capacitated_mclp(stored(minutes), people, np.full(minutes.shape[1], 1e9), **asked)
    tight = solve_capacitated_mclp(
        stored(minutes), people, np.full(minutes.shape[1], 60.0), **asked
    )

    assert roomy.objective == pytest.approx(free.objective)
    assert tight.objective <= min(free.objective, 60 * count) + 1e-6
    assert (tight.added <= 60 + 1e-6).all()


@given(quarters())
@settings(max_examples=40)
def test_more_sites_never_help_fewer(quarter):
    minutes, people = quarter
    answers = [
        solve_mclp(stored(minutes), people, count=count, within_minutes=20) for count in range(1, 6)
    ]

    objectives = [answer.objective for answer in answers]
    assert objectives == sorted(objectives)
    assert all(answer.bound >= answer.objective - 1e-9 for answer in answers)


def borough(seed=7, units=400, sites=40):
    """Units and candidates on a plane of 4 km, minutes as the crow walks."""
    rng = np.random.default_rng(seed)
    homes, doors = rng.uniform(0, 4000, (units, 2)), rng.uniform(0, 4000, (sites, 2))
    minutes = np.hypot(*(homes[:, None] - doors[None]).transpose(2, 0, 1)) / 80
    return minutes, rng.integers(1, 80, units).astype(float)


def test_what_cannot_be_proven_is_said_to_have_a_gap(monkeypatch):
    minutes, people = borough()
    asked = {"count": 8, "beyond_minutes": 60}
    exact = solve_p_median(stored(minutes), people, **asked)

    monkeypatch.setattr(siting, "SET_LIMIT", 0)
    quick = solve_p_median(stored(minutes), people, **asked)

    assert exact.status is Status.OPTIMAL
    assert quick.status in (Status.GAP, Status.OPTIMAL)
    assert quick.bound <= exact.objective * (1 + 1e-9)
    assert exact.objective * (1 - 1e-9) <= quick.objective
    assert quick.gap < 0.02


def test_no_time_is_said_and_still_answered():
    minutes, people = borough(units=3000, sites=120)
    asked = {"time_limit_s": 0.0}

    covered = solve_mclp(stored(minutes), people, count=12, within_minutes=9, **asked)
    fewest = solve_lscp(stored(minutes), people, within_minutes=9, **asked)

    longest = solve_p_centre(stored(minutes), people, count=12, **asked)

    assert covered.status is Status.TIME_LIMIT
    assert 0 < covered.objective <= covered.bound <= covered.people
    assert longest.status is Status.TIME_LIMIT
    assert longest.objective == nearest_of(minutes, longest.site).max()
    assert 0 < longest.bound < longest.objective
    assert fewest.status is Status.TIME_LIMIT
    assert (nearest_of(minutes, fewest.site)[people > 0] <= 9).sum() == np.count_nonzero(
        nearest_of(minutes, range(120)) <= 9
    )


def test_no_time_and_no_answer_says_so():
    minutes, people = borough()
    minutes[minutes > 15] = FAR

    answer = solve_p_centre(stored(minutes), people, count=6, time_limit_s=0.0)

    assert answer.status is Status.TIME_LIMIT
    assert (answer.reason, answer.least_sites) == (Reason.NOT_IN_TIME, 0)
    assert np.isnan(answer.objective)


def test_sites_that_stay_closed_serve_nobody():
    minutes, people = borough(units=2000, sites=60)

    answer = solve_capacitated_mclp(
        stored(minutes), people, np.full(60, 4000.0), count=10, within_minutes=12, time_limit_s=5
    )

    assert len(answer.site) <= 10
    assert (answer.added <= 4000 + 1e-3).all()
    assert answer.objective == pytest.approx(answer.added.sum())
    assert answer.objective <= answer.bound


def test_the_same_question_has_the_same_answer():
    minutes, people = borough()

    first, second = (
        solve_p_median(stored(minutes), people, count=6, beyond_minutes=60) for _ in range(2)
    )

    assert first.site.tolist() == second.site.tolist()
    assert first.objective == second.objective


def test_the_published_optima_of_a_well_known_network():
    """Beasley (1985): 5819 for five medians; Pullan (2008): 127 for five centres."""
    file = Path(__file__).parents[2] / "golden" / "pmed1.txt"
    (node_count, _, count), *edges = np.loadtxt(file, dtype=int)
    lengths = np.zeros((node_count, node_count))
    for start, end, length in edges:
        lengths[start - 1, end - 1] = lengths[end - 1, start - 1] = length
    walks, people = stored(shortest_path(lengths)), np.ones(node_count)

    medians = solve_p_median(walks, people, count=int(count), beyond_minutes=1000)
    centres = solve_p_centre(walks, people, count=int(count))

    assert medians.objective * node_count == pytest.approx(5819)
    assert centres.objective == 127
    assert medians.status is centres.status is Status.OPTIMAL


@pytest.fixture(scope="module")
def oracle():
    """spopt with HiGHS, an implementation of its own of the same models."""
    with catch_warnings():
        simplefilter("ignore")  # its imports warn of things that are not ours
        pulp = pytest.importorskip("pulp")
        locate = pytest.importorskip("spopt.locate")
    return locate, pulp.HiGHS(msg=False)


def test_spopt_finds_the_same_optima(oracle):
    locate, solver = oracle
    minutes, people = borough(units=150, sites=20)
    walks, demand = stored(minutes), people[:, None]

    with catch_warnings():
        simplefilter("ignore")
        mclp = locate.MCLP.from_cost_matrix(minutes, demand, service_radius=12, p_facilities=4)
        p_median = locate.PMedian.from_cost_matrix(minutes, demand, p_facilities=4)
        p_centre = locate.PCenter.from_cost_matrix(minutes, p_facilities=4)
        lscp = locate.LSCP.from_cost_matrix(minutes, service_radius=16)
        for model in (mclp, p_median, p_centre, lscp):
            model.solve(solver)

    def optimum(model):
        return model.problem.objective.value()

    ours = solve_mclp(walks, people, count=4, within_minutes=12)
    assert ours.objective == pytest.approx(optimum(mclp))
    ours = solve_p_median(walks, people, count=4, beyond_minutes=1000)
    assert ours.objective * people.sum() == pytest.approx(optimum(p_median))
    ours = solve_p_centre(walks, people, count=4)
    assert ours.objective == pytest.approx(optimum(p_centre))
    ours = solve_lscp(walks, people, within_minutes=16)
    assert ours.objective == pytest.approx(optimum(lscp))
