import numpy as np
import pytest

from mapping.analysis.timetable import build_timetable
from mapping.errors import ParameterError, ShapeMismatchError
from tests.mapping.analysis.timetables import Call, timetable_of


def test_connections_stand_in_order_of_departure():
    late = [Call(0, 300, 300), Call(1, 400, 450, boards=False), Call(2, 500, 500)]
    early = [Call(2, 100, 120), Call(0, 350, 350, alights=False)]

    timetable = timetable_of([late, early], 3)

    assert timetable.departure_s.tolist() == [120, 300, 450]
    assert timetable.arrival_s.tolist() == [350, 400, 500]
    assert timetable.trip.tolist() == [1, 0, 0]
    assert list(zip(timetable.from_stop, timetable.to_stop, strict=True)) == [
        (2, 0),
        (0, 1),
        (1, 2),
    ]
    assert timetable.boards.tolist() == [True, True, False]
    assert timetable.alights.tolist() == [False, True, True]


def test_equal_departures_of_one_trip_keep_the_order_of_its_stops():
    timetable = timetable_of([[Call(2, 60, 60), Call(1, 60, 60), Call(0, 60, 60)]], 3)

    assert timetable.from_stop.tolist() == [2, 1]


def test_a_part_of_the_day():
    timetable = timetable_of([[Call(s, s * 100, s * 100) for s in range(5)]], 5)

    part = timetable.between(100, 300)

    assert part.departure_s.tolist() == [100, 200]
    assert (part.stop_count, part.trip_count, len(part)) == (5, 1, 2)


def test_time_that_goes_back_is_refused():
    with pytest.raises(ParameterError, match="goes back"):
        timetable_of([[Call(0, 60, 60), Call(1, 50, 70)]], 2)
    with pytest.raises(ParameterError, match="goes back"):
        timetable_of([[Call(0, 60, 50), Call(1, 70, 70)]], 2)


def test_unknown_stops_and_unequal_arrays_are_refused():
    calls = {"arrival_s": [0, 1], "departure_s": [0, 1], "boards": [1, 1], "alights": [1, 1]}
    with pytest.raises(ParameterError, match="numbers from 0 to 1"):
        build_timetable(stop_count=2, trip_ptr=[0, 2], stop=[0, 2], **calls)
    with pytest.raises(ShapeMismatchError, match="stop: got shape"):
        build_timetable(stop_count=2, trip_ptr=np.array([0, 2]), stop=[0, 1, 1], **calls)
