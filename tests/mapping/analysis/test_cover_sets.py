import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.analysis import interchange
from mapping.analysis.cover_sets import Gains, as_cover_sets, as_gains, merge_sets
from mapping.analysis.interchange import choose_with_bound, evaluate, rank_greedily
from mapping.analysis.programs import hits
from tests.mapping.analysis.test_siting import every_choice


def rows(sets):
    return [sets.site[a:b].tolist() for a, b in zip(sets.ptr[:-1], sets.ptr[1:], strict=True)]


def test_homes_with_the_same_sites_are_one():
    ptr, site = np.array([0, 2, 3, 5, 5, 6]), np.array([0, 2, 1, 0, 2, 1], np.int32)

    sets = merge_sets(ptr, site, np.array([10.0, 5.0, 7.0, 99.0, 0.0]))

    assert rows(sets) == [[0, 2], [1]]
    assert sets.weight.tolist() == [17, 5]


def test_a_ranking_becomes_the_sets_of_its_first_sites():
    gains = Gains(
        np.array([0, 3, 5]), np.array([0, 1, 2, 0, 1], np.int32), np.array([3.0, 5, 1, 4, 6]), 3
    )

    sets = as_cover_sets(gains)

    found = dict(zip(map(tuple, rows(sets)), sets.weight.tolist(), strict=True))
    assert found == {(1,): 2 + 2, (0, 1): 2 + 4, (0, 1, 2): 1}


@st.composite
def gains_of_units(draw):
    """Draw up to 30 units that win something at some of up to 7 sites, with ties."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    table = rng.integers(0, draw(st.sampled_from([2, 5, 1000])), (draw(st.integers(1, 30)), 7))
    unit, site = np.nonzero(table)
    ptr = np.concatenate([[0], np.cumsum((table > 0).sum(axis=1))])
    return table, Gains(ptr, site.astype(np.int32), table[unit, site].astype(float), 7)


def worth(table, sites):
    return table[:, sorted(sites)].max(axis=1, initial=0).sum()


@given(gains_of_units(), st.sets(st.integers(0, 6)))
def test_every_choice_is_worth_the_same_in_cover_sets(drawn, sites):
    table, gains = drawn
    chosen = np.array(sorted(sites), np.int32)

    sets = as_cover_sets(gains)

    assert sets.weight[hits(sets, chosen)].sum() == pytest.approx(worth(table, sites))
    assert evaluate(gains, chosen) == pytest.approx(worth(table, sites))
    assert evaluate(as_gains(sets, 7), chosen) == pytest.approx(worth(table, sites))
    assert len({*map(tuple, rows(sets))}) == len(sets)


@given(gains_of_units(), st.integers(1, 7))
def test_bounds_and_discarded_sites_are_true(drawn, count):
    table, gains = drawn
    values = {frozenset(sites): worth(table, sites) for sites in every_choice(7, count)}
    best = max(values.values())

    choice = choose_with_bound(gains, count)

    assert choice.value == pytest.approx(worth(table, choice.sites))
    assert choice.bound >= best * (1 - 1e-9)
    better = [sites for sites, value in values.items() if value > choice.value * (1 + 1e-9)]
    assert not choice.is_proven or not better
    for sites in better:
        assert not choice.is_out[sorted(sites)].any()
        assert {*np.flatnonzero(choice.is_in)} <= sites


@given(gains_of_units(), st.integers(1, 7))
def test_greedy_choice_keeps_its_promise(drawn, count):
    table, gains = drawn
    best = max(worth(table, sites) for sites in every_choice(7, count))

    sites, added = rank_greedily(gains, count)

    assert added.sum() == pytest.approx(worth(table, sites))
    assert (added > 0).all()
    assert (np.diff(added) <= 0).all()
    assert added.sum() >= (1 - 1 / np.e) * best - 1e-9


@given(gains_of_units(), st.integers(1, 7))
def test_no_swap_improves_a_choice(drawn, count):
    table, gains = drawn

    chosen = {*choose_with_bound(gains, count).sites.tolist()}

    assert len(chosen) == count
    for out in chosen:
        for into in {*range(7)} - chosen:
            assert worth(table, chosen - {out} | {into}) <= worth(table, chosen) + 1e-9


@given(gains_of_units(), st.integers(1, 6), st.integers(1, 60))
def test_a_poor_choice_still_discards_no_site_of_a_better_one(drawn, count, rounds):
    table, gains = drawn
    poor = np.arange(count, dtype=np.int32)

    _, value, bound, is_out, is_in = interchange._squeeze(
        interchange._rows(gains), poor, rounds, 12, 1e-9
    )

    for sites in every_choice(7, count):
        assert worth(table, sites) <= bound * (1 + 1e-9)
        if worth(table, sites) > value * (1 + 1e-6):
            assert not is_out[sorted(sites)].any()
            assert {*np.flatnonzero(is_in)} <= sites
