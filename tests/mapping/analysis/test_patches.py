import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from mapping.analysis.patches import find_patches, linked
from mapping.errors import ParameterError, ShapeMismatchError


def test_two_white_spots_ranked_by_people():
    xy = [[0, 0], [150, 0], [1000, 0], [1100, 0], [1100, 100], [3000, 0], [20, 0]]
    minutes = [20, 40, 30, 18, 16, 25, 5]
    people = [100, 50, 200, 300, 100, 10, 999]

    patches = find_patches(
        xy, minutes, people, within_minutes=15, groups={"children": [9, 1, 20, 30, 10, 1, 99]}
    )

    assert len(patches) == 2
    assert patches.people.tolist() == [600, 150]
    assert patches.groups["children"].tolist() == [60, 10]
    assert patches.median_minutes.tolist() == [18, 20]
    assert patches.worst_minutes.tolist() == [30, 40]
    assert patches.units.tolist() == [3, 2]
    assert patches.patch.tolist() == [1, 1, 0, 0, 0, -1, -1]
    assert patches.at_xy.tolist() == [[1100, 0], [0, 0]]
    assert patches.scattered_people == 10


def test_no_path_and_no_number_make_no_patch():
    patches = find_patches(
        [[0, 0], [10, 0], [20, 0]], [np.inf, 30, 30], [500, np.nan, 0], within_minutes=15
    )

    assert len(patches) == 0
    assert patches.outline.shape == (0,)
    assert patches.at_xy.shape == (0, 2)
    assert patches.scattered_people == 0


def test_exactly_one_link_apart_is_together():
    assert linked(np.array([[0.0, 0.0], [200.0, 0.0], [400.5, 0.0]]), 200).tolist() == [0, 0, 1]


def test_homes_in_a_row_in_one_place_and_alone():
    assert linked(np.array([[7.0, 7.0]]), 200).tolist() == [0]
    assert linked(np.full((5, 2), 3.0), 200).tolist() == [0] * 5
    row = np.column_stack([np.arange(50) * 100.0, np.zeros(50)])
    assert set(linked(row, 100)) == {0}
    assert len(set(linked(row, 99))) == 50


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.sampled_from([1.0, 50.0, 1e-4]))
def test_agrees_with_measuring_every_pair(seed, size, grid_m):
    rng = np.random.default_rng(seed)
    xy = 4e5 + np.rint(rng.uniform(0, 1000, (size, 2)) / grid_m) * grid_m
    link_m = float(rng.uniform(20, 400))
    near = cdist(xy, xy) <= link_m
    label = np.arange(size)
    for _ in range(size):  # everyone takes the lowest number next to them, until nobody does
        label = np.where(near, label[None, :], size).min(axis=1)

    found = linked(xy, link_m)

    assert np.array_equal(found[:, None] == found[None, :], label[:, None] == label[None, :])


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_every_uncovered_person_is_in_a_patch_or_scattered(seed, size):
    rng = np.random.default_rng(seed)
    xy, minutes = rng.uniform(0, 2000, (size, 2)), rng.uniform(0, 40, size)
    people = rng.integers(0, 200, size).astype(float)

    patches = find_patches(xy, minutes, people, within_minutes=15)

    uncovered = people[minutes > 15].sum()
    assert patches.people.sum() + patches.scattered_people == uncovered
    assert (np.diff(patches.people) <= 0).all()
    for number, outline in enumerate(patches.outline):
        assert outline.is_valid
        homes = shapely.points(xy[patches.patch == number])
        assert shapely.covers(outline, homes).all()


def test_refuses_nonsense():
    with pytest.raises(ParameterError, match="link_m"):
        find_patches([[0, 0]], [20], [1], within_minutes=15, link_m=0)
    with pytest.raises(ParameterError, match="minutes"):
        find_patches([[0, 0]], [np.nan], [1], within_minutes=15)
    with pytest.raises(ShapeMismatchError, match="people"):
        find_patches([[0, 0]], [20], [1, 2], within_minutes=15)
