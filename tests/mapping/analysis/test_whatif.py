import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.analysis.access import nearest
from mapping.analysis.coverage import Membership, coverage
from mapping.analysis.network import build_network
from mapping.analysis.snapping import Snap, snap
from mapping.analysis.whatif import change, label_today, measure_effect, settle
from mapping.errors import ParameterError, ShapeMismatchError
from tests.mapping.analysis.towns import PACE, grid_town, streets, towns

MAX_SNAP_M = 300.0


def two_libraries():
    """A street of 1 km with a home at each end, libraries at 100 m and 900 m."""
    network = build_network(streets([(0, 0), (500, 0), (1000, 0)]))
    homes = snap(network, [(0, 0), (1000, 0)])
    return network, label_today(network, homes, snap(network, [(100, 0), (900, 0)]))


def joined(one, other):
    columns = ("chain", "offset_m", "distance_m")
    return Snap(*(np.concatenate([getattr(one, c), getattr(other, c)]) for c in columns))


def test_close_one_and_walk_to_the_other():
    _, today = two_libraries()

    after = change(today, close=[0])

    assert today.minutes == pytest.approx([100 / PACE, 100 / PACE])
    assert after.minutes == pytest.approx([900 / PACE, 100 / PACE])
    assert after.nearest.tolist() == [1, 1]


def test_open_one_next_door():
    network, today = two_libraries()

    after = change(today, opened=snap(network, [(30, 0)]))

    assert after.minutes == pytest.approx([30 / PACE, 100 / PACE])
    assert after.nearest.tolist() == [2, 1]


def test_a_move_is_a_close_and_an_opening():
    network, today = two_libraries()

    after = change(today, close=[1], opened=snap(network, [(700, 0)]))

    assert after.minutes == pytest.approx([100 / PACE, 300 / PACE])


def test_the_last_one_closes_and_nobody_has_a_path():
    _, today = two_libraries()

    after = change(today, close=[0, 1])

    assert after.minutes.tolist() == [np.inf, np.inf]
    assert after.nearest.tolist() == [-1, -1]


def test_today_stays_as_it_was():
    network, today = two_libraries()
    kept = [array.copy() for array in (today.label_m, today.owner, today.walk_m, today.nearest)]

    change(today, close=[0], opened=snap(network, [(500, 0)]))

    now = (today.label_m, today.owner, today.walk_m, today.nearest)
    assert all(np.array_equal(before, after) for before, after in zip(kept, now, strict=True))
    assert today.places.is_open.tolist() == [True, True]


def test_one_opened_beyond_every_street_serves_nobody():
    network, today = two_libraries()

    after = change(today, opened=snap(network, [(0, 9000)]))

    assert np.array_equal(after.minutes, today.minutes)


@pytest.mark.parametrize("close", [[2], [-1], [0, 0]])
def test_refuses_to_close_what_is_not_open(close):
    _, today = two_libraries()

    with pytest.raises(ParameterError, match="close"):
        change(today, close=close)


def test_refuses_to_close_twice():
    _, today = two_libraries()

    with pytest.raises(ParameterError, match="open"):
        change(change(today, close=[1]), close=[1])


def test_effect_counts_people_by_group_and_territory():
    _, today = two_libraries()
    residents = settle([[100, 50], [10, np.nan]], Membership.from_index([0, 1], 2))

    effect = measure_effect(today, change(today, close=[0]), residents, within_minutes=2)

    assert effect.lost.tolist() == [[100, 0], [10, 0]]
    assert effect.lost_total.tolist() == [100, 10]
    assert effect.gained.tolist() == [[0, 0], [0, 0]]
    assert effect.homes.tolist() == [0]
    assert effect.minutes_before == pytest.approx([100 / PACE])
    assert effect.minutes_after == pytest.approx([900 / PACE])


def test_refuses_residents_and_labels_of_another_city():
    _, today = two_libraries()
    _, elsewhere = two_libraries()
    three = settle([[1, 1, 1]], Membership.from_index([0, 0, 0], 1))
    two = settle([[1, 1]], Membership.from_index([0, 0], 1))

    with pytest.raises(ShapeMismatchError, match="residents"):
        measure_effect(today, today, three, within_minutes=2)
    with pytest.raises(ParameterError, match="another city"):
        measure_effect(today, elsewhere, two, within_minutes=2)
    with pytest.raises(ShapeMismatchError, match="people"):
        settle([[1, 1]], Membership.from_index([0], 1))


@st.composite
def changes(draw, *, steps):
    """Draw, for each step, a seed and how many to close and to open."""
    numbers = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 3), st.integers(0, 3))
    return draw(st.lists(numbers, min_size=1, max_size=steps))


@given(towns(), changes(steps=4))
@settings(max_examples=120)
def test_any_changes_give_exactly_what_a_full_walk_gives(town, steps):
    network = build_network(town.lines)
    homes = snap(network, town.homes, max_snap_m=MAX_SNAP_M)
    places = snap(network, town.libraries, max_snap_m=MAX_SNAP_M)
    today = labels = label_today(network, homes, places)

    for seed, closed, opened in steps:
        rng = np.random.default_rng(seed)
        still_open = np.flatnonzero(labels.places.is_open)
        close = rng.choice(still_open, min(closed, len(still_open)), replace=False)
        new = snap(network, rng.uniform(0, 1000, (opened, 2)), max_snap_m=MAX_SNAP_M)
        labels = change(labels, close=close, opened=new)
        places = joined(places, new)

        is_open = labels.places.is_open
        whole = nearest(network, homes, places.take(is_open))
        assert np.array_equal(labels.minutes, whole.minutes)
        apart = np.flatnonzero(labels.minutes != today.minutes)
        assert np.isin(apart, labels.touched).all()
        assert np.array_equal(labels.nearest >= 0, whole.destination >= 0)
        assert is_open[labels.nearest[labels.nearest >= 0]].all()


@given(towns(), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_the_effect_is_the_difference_of_two_coverages(town, seed):
    rng = np.random.default_rng(seed)
    network = build_network(town.lines)
    homes = snap(network, town.homes, max_snap_m=MAX_SNAP_M)
    today = label_today(network, homes, snap(network, town.libraries, max_snap_m=MAX_SNAP_M))
    people = rng.integers(0, 100, (2, len(homes))).astype(float)
    pairs = np.nonzero(rng.uniform(size=(len(homes), 3)) < 0.4)  # overlaps and gaps
    membership = Membership.from_pairs(*pairs, len(homes), 3)
    one = change(today, close=[0])
    other = change(today, close=[1], opened=snap(network, rng.uniform(0, 1000, (1, 2))))

    for before, after in ((today, one), (one, other)):
        effect = measure_effect(before, after, settle(people, membership), within_minutes=4)
        for group in range(2):
            old, new = (
                coverage(labels.minutes, people[group], membership, within_minutes=4)
                for labels in (before, after)
            )
            gain = effect.gained[group] - effect.lost[group]
            assert gain == pytest.approx(new.covered - old.covered)
            total = effect.gained_total[group] - effect.lost_total[group]
            assert total == pytest.approx(new.total.covered - old.total.covered)


def test_a_library_on_a_ring_street_closes_and_its_neighbour_takes_over():
    network = grid_town()
    homes = snap(network, [(0, 0), (200, 200)])
    today = label_today(network, homes, snap(network, [(10, 0), (10, 0), (200, 190)]))

    after = change(today, close=[0])

    assert np.array_equal(after.minutes, today.minutes)
    assert after.nearest.tolist() == [1, 2]
