"""What is left of a covering problem has the same answer."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mapping.analysis import essentials
from mapping.analysis.cover_sets import CoverSets
from mapping.analysis.essentials import keep_essentials


def as_sets(rows):
    ptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    site = np.array([site for row in rows for site in row], dtype=np.int32)
    return CoverSets(ptr, site, np.arange(1.0, len(rows) + 1))


def as_rows(sets):
    return [set(sets.site[a:b].tolist()) for a, b in zip(sets.ptr, sets.ptr[1:], strict=False)]


def fewest(rows, site_count):
    """How many sites hit every row, by trying all choices."""
    for count in range(site_count + 1):
        for chosen in combinations(range(site_count), count):
            if all(row & set(chosen) for row in rows):
                return count
    raise AssertionError("a row without a site")


def test_a_set_that_holds_another_goes_then_a_site_that_another_stands_for():
    left = keep_essentials(as_sets([[0, 1], [0, 1, 2], [2, 3]]), 4)

    # Sites 0 and 1 do the same, and so do 2 and 3 once the set of three is gone.
    assert as_rows(left) == [{0}, {2}]
    assert left.weight.tolist() == [1, 3]


def test_of_equal_sets_the_first_stays():
    left = keep_essentials(as_sets([[1], [1], [0]]), 2)

    assert as_rows(left) == [{1}, {0}]


rows = st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=12)


@given(rows)
def test_as_few_sites_hit_everything_as_before(rows):
    left = as_rows(keep_essentials(as_sets([sorted(row) for row in rows]), 6))

    assert fewest(left, 6) == fewest(rows, 6)
    for chosen in combinations(range(6), fewest(rows, 6)):
        if set(chosen) <= set().union(*left) and all(row & set(chosen) for row in left):
            assert all(row & set(chosen) for row in rows)


@given(rows)
def test_nothing_is_left_to_leave_out(rows):
    once = keep_essentials(as_sets([sorted(row) for row in rows]), 6)

    assert as_rows(keep_essentials(once, 6)) == as_rows(once)


def test_a_table_too_large_for_the_memory_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(essentials, "LARGEST_TABLE", 5)
    sets = as_sets([[0, 1], [0, 1]])

    assert keep_essentials(sets, 3) is sets


def test_many_sets_are_looked_at_in_parts():
    nested = as_sets([list(range(1 + number % 7)) for number in range(700)])

    assert as_rows(keep_essentials(nested, 7)) == [{0}]
