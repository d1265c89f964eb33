"""The median walk after some people walk differently, beside the median over everyone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.analysis.coverage import weighted_median
from mapping.analysis.medians import line_up, median_after


def naive(minutes, people):
    return weighted_median(minutes, people, np.zeros(len(minutes), dtype=int), 1)[0]


def test_a_home_that_comes_nearer_moves_the_median():
    minutes, people = np.array([5.0, 10.0, 20.0]), np.array([10.0, 10.0, 30.0])

    queue = line_up(minutes, people)

    assert median_after(queue, *np.zeros((3, 0))) == 20
    assert median_after(queue, minutes[2:], np.array([7.0]), people[2:]) == 7


def test_without_a_path_there_is_no_median():
    queue = line_up(np.array([np.inf]), np.array([10.0]))

    assert np.isnan(median_after(queue, *np.zeros((3, 0))))


@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=60))
def test_when_everybody_loses_their_path_no_median_is_left(people):
    heads, was = np.array(people), np.arange(len(people), dtype=float)

    after = median_after(line_up(was, heads), was, np.full(len(people), np.inf), heads)

    assert np.isnan(after)


walks = st.one_of(st.integers(0, 12).map(float), st.just(np.inf))
homes = st.lists(st.tuples(walks, walks, st.integers(0, 5), st.booleans()), max_size=30)


@given(homes)
def test_it_is_the_median_over_everyone(town):
    was = np.array([home[0] for home in town], dtype=float)
    changed = np.array([home[3] for home in town], dtype=bool)
    now = np.where(changed, [home[1] for home in town], was).astype(float)
    people = np.array([home[2] for home in town], dtype=float)

    found = median_after(line_up(was, people), was[changed], now[changed], people[changed])

    assert found == pytest.approx(naive(now, people), nan_ok=True)
