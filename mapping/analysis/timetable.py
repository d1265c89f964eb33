"""A timetable as connections: a vehicle goes from one stop to the next without stopping."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mapping.analysis.arrays import Flags, Indexes, as_vector
from mapping.errors import ParameterError, ShapeMismatchError


@dataclass(frozen=True, slots=True, eq=False)
class Timetable:
    """
    Connections in order of departure, arrays of shape (c,).

    Attributes
    ----------
    stop_count, trip_count
        How many stops and trips are numbered.
    trip
        Number of the vehicle's run, 0 to `trip_count` - 1; equal departures of one trip stand in
        the order of its stops.
    from_stop, to_stop
        Numbers of stops.
    departure_s, arrival_s
        Seconds since midnight of the service day, also beyond 24 hours.
    boards, alights
        Whether passengers may get on at `from_stop` and off at `to_stop`.
    """

    stop_count: int
    trip_count: int
    trip: Indexes
    from_stop: Indexes
    to_stop: Indexes
    departure_s: Indexes
    arrival_s: Indexes
    boards: Flags
    alights: Flags

    def __len__(self) -> int:
        return len(self.trip)

    def between(self, from_s: float, until_s: float) -> "Timetable":
        """Return the connections that depart at `from_s` or later and before `until_s`."""
        first, last = np.searchsorted(self.departure_s, [from_s, until_s])
        cut: dict[str, Any] = {
            name: getattr(self, name)[first:last] if name in _PER_CONNECTION else count
            for name, count in ((field.name, getattr(self, field.name)) for field in fields(self))
        }
        return Timetable(**cut)


_PER_CONNECTION = tuple(
    field.name for field in fields(Timetable) if not field.name.endswith("_count")
)


def build_timetable(
    *,
    stop_count: int,
    trip_ptr: ArrayLike,
    stop: ArrayLike,
    arrival_s: ArrayLike,
    departure_s: ArrayLike,
    boards: ArrayLike,
    alights: ArrayLike,
) -> Timetable:
    """
    Cut the trips of a service day into connections.

    Parameters
    ----------
    trip_ptr
        Shape (trips + 1,): trip `t` calls at `stop[trip_ptr[t]:trip_ptr[t + 1]]`.
    stop, arrival_s, departure_s, boards, alights
        Shape (calls,): the stop, whole seconds since midnight, and whether passengers may get on
        and off there.

    Raises
    ------
    ShapeMismatchError
        If the arrays do not go together.
    ParameterError
        If a stop is not one of `stop_count`, or the time goes back within a trip.
    """
    ptr = np.asarray(trip_ptr, dtype=np.int64)
    stops = as_vector("stop", stop, int(ptr[-1]), np.int32)
    arrives = as_vector("arrival_s", arrival_s, stops.size, np.int32)
    departs = as_vector("departure_s", departure_s, stops.size, np.int32)
    on = as_vector("boards", boards, stops.size, bool)
    off = as_vector("alights", alights, stops.size, bool)
    if ptr[0] != 0 or (np.diff(ptr) < 0).any():
        raise ShapeMismatchError("trip_ptr", ptr.tolist()[:5], "offsets that ascend from 0")
    if ((stops < 0) | (stops >= stop_count)).any():
        raise ParameterError("stop", int(stops.max()), f"numbers from 0 to {stop_count - 1}")
    trip = np.repeat(np.arange(len(ptr) - 1, dtype=np.int32), np.diff(ptr))
    first = np.flatnonzero(trip[1:] == trip[:-1])
    if (departs < arrives).any() or (arrives[first + 1] < departs[first]).any():
        raise ParameterError("arrival_s", "a time that goes back", "times in order of the stops")
    first = first[np.lexsort((first, departs[first]))]
    return Timetable(
        stop_count=stop_count,
        trip_count=len(ptr) - 1,
        trip=trip[first],
        from_stop=stops[first],
        to_stop=stops[first + 1],
        departure_s=departs[first],
        arrival_s=arrives[first + 1],
        boards=on[first],
        alights=off[first + 1],
    )
