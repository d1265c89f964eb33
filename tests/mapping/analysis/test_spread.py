import numpy as np
import pytest

from mapping.analysis.coverage import Membership
from mapping.analysis.spread import spread, whole_city
from mapping.errors import ParameterError, ShapeMismatchError

VALUES = np.array([4.0, 0.0, np.nan, 2.0])
PEOPLE = np.array([10.0, 30.0, 5.0, np.nan])


def test_of_people_not_of_houses():
    found = spread(VALUES, PEOPLE, whole_city(4))

    assert found.people == 40
    assert found.mean == pytest.approx(1.0)
    assert found.median == 0
    assert (found.without, found.unknown) == (30, 5)


def test_overlapping_territories_count_their_own_and_empty_ones_nothing():
    pairs = Membership.from_pairs([0, 1, 0], [0, 0, 1], 4, 3)

    found = spread(VALUES, PEOPLE, pairs)

    assert found.people.tolist() == [40, 10, 0]
    assert found.mean.tolist()[:2] == [1, 4]
    assert np.isnan(found.mean[2])
    assert np.isnan(found.median[2])


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeMismatchError):
        spread(VALUES, PEOPLE[:3], whole_city(4))
    with pytest.raises(ParameterError):
        spread(VALUES, -PEOPLE, whole_city(4))
