"""
Minutes from door to door by public transport and on foot.

One journey is: a walk to a stop, rides with walks between them, and a walk to the institution; or
the walk alone. A backward scan over the connections of a timetable (Dibbelt, Pajor, Strasser,
Wagner 2018, "Connection Scan Algorithm", section 4) finds for every stop all departures worth
taking towards the nearest institution, whichever that is at the time.

Seconds are whole; walks to, between and from stops are rounded up. A change takes at least a
second, so that a passenger never boards before getting off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from mapping.analysis.access import minutes_matrix, nearest_minutes
from mapping.analysis.arrays import Counts, Floats, Indexes, as_vector, check_positive
from mapping.analysis.compiled import compiled
from mapping.analysis.network import WalkNetwork
from mapping.analysis.segments import SegmentIndex
from mapping.analysis.snapping import DEFAULT_MAX_SNAP_M, Snap, snap
from mapping.analysis.timetable import Timetable
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import NoDeparturesError, ParameterError, StopsOffNetworkError

NEVER_S = 2**30
"""Later than every arrival; sums of two fit into 32 bits."""

FORBIDDEN_S = -1
"""In `TransferRules.least_s`: the feed says that this change cannot be made."""

SECONDS_PER_MINUTE = 60
DEFAULT_MAX_WALK_MINUTES = 15.0
DEFAULT_MAX_TRANSFER_MINUTES = 10.0
DEFAULT_CHANGE_S = 60
DEFAULT_HORIZON_MINUTES = 120.0
UNITS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class TransferRules:
    """What a feed says of changes: at least `least_s` from stop to stop, or `FORBIDDEN_S`."""

    from_stop: Indexes
    to_stop: Indexes
    least_s: Indexes


@dataclass(frozen=True, slots=True, eq=False)
class Footpaths:
    """
    Changes from each stop, the quickest first: `to_stop[ptr[s]:ptr[s + 1]]` after `walk_s[…]`.

    The stop itself is among them, with the seconds needed to change there.
    """

    ptr: Counts
    to_stop: Indexes
    walk_s: Indexes


@dataclass(frozen=True, slots=True, eq=False)
class StopProfiles:
    """
    Departures worth taking from each stop, the latest first.

    Stop `s` has pairs `departure_s[begin[s]:begin[s] + count[s]]` and `arrival_s[…]`, seconds since
    midnight: who boards there at the departure is at an institution at the arrival. Later
    departures arrive later; the earliest arrival after a time is that of the first departure then.
    """

    begin: Counts
    count: Counts
    departure_s: Indexes
    arrival_s: Indexes

    def of_stop(self, stop: int) -> tuple[Indexes, Indexes]:
        """Return departures and arrivals of one stop, the latest first."""
        pairs = slice(self.begin[stop], self.begin[stop] + self.count[stop])
        return self.departure_s[pairs], self.arrival_s[pairs]


@dataclass(frozen=True, slots=True)
class DepartureWindow:
    """
    People leave home at every whole minute from `from_s` on and before `until_s`.

    Seconds since midnight. A journey that takes longer than `horizon_minutes` by public transport
    is none; the walk alone may take any time.
    """

    from_s: int
    until_s: int
    horizon_minutes: float = DEFAULT_HORIZON_MINUTES

    def __post_init__(self) -> None:
        if not 0 <= self.from_s < self.until_s:
            raise ParameterError("until_s", self.until_s, f"seconds later than {self.from_s}")
        check_positive("horizon_minutes", self.horizon_minutes)

    @property
    def leave_s(self) -> NDArray[np.int64]:
        """Seconds since midnight at which people leave home."""
        return np.arange(self.from_s, self.until_s, SECONDS_PER_MINUTE)

    @property
    def horizon_s(self) -> int:
        """The longest journey, whole seconds."""
        return int(self.horizon_minutes * SECONDS_PER_MINUTE)


@dataclass(frozen=True, slots=True, eq=False)
class TransitAccess:
    """
    Minutes from door to door to the nearest institution.

    Attributes
    ----------
    percentiles
        Per cents of the departures of the window, shape (p,).
    minutes
        Shape (units, p): the least minutes that are enough for that share of the departures; inf
        where so many have no way. Never more than `walk_minutes`.
    walk_minutes
        On foot alone, shape (units,); inf without a path.
    stops_off_network
        Stops too far from every street: nobody boards there or gets off.
    """

    percentiles: tuple[float, ...]
    minutes: Floats
    walk_minutes: Floats
    stops_off_network: int


def transit_access(
    network: WalkNetwork,
    units: Snap,
    stops: Snap,
    institutions: Snap,
    timetable: Timetable,
    footpaths: Footpaths,
    window: DepartureWindow,
    *,
    percentiles: Sequence[float] = (50, 85),
    max_walk_minutes: float = DEFAULT_MAX_WALK_MINUTES,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> TransitAccess:
    """
    Find how long people travel to the nearest institution, leaving at any minute of the window.

    Parameters
    ----------
    stops
        The stops of the timetable on the network, in its numbering; see `snap_stops`.
    footpaths
        What `link_stops` gave for the same stops.
    percentiles
        Per cents above 0 and up to 100; 50 is the median (of an even number the lower one).
    max_walk_minutes
        Longest walk to the first stop, and from the last one.

    Raises
    ------
    NoDeparturesError
        If nothing departs within the window, nor within the horizon after it.
    ParameterError, ShapeMismatchError
        If a parameter makes no sense, or `stops` are not those of the timetable.
    """
    ranks = _ranks(percentiles, len(window.leave_s))
    walk_minutes = nearest_minutes(network, units, institutions, speed_kmh=speed_kmh)
    egress_minutes = nearest_minutes(network, stops, institutions, speed_kmh=speed_kmh)
    egress_minutes[egress_minutes > max_walk_minutes] = np.inf
    profiles = scan_profiles(timetable, footpaths, egress_minutes, window)
    access = minutes_matrix(
        network, units, stops, cutoff_minutes=max_walk_minutes, speed_kmh=speed_kmh
    )
    minutes = np.empty((len(units), len(ranks)))
    for start in range(0, len(units), UNITS_AT_ONCE):
        some = slice(start, start + UNITS_AT_ONCE)
        by_departure = door_to_door_minutes(access[some], profiles, window, walk_minutes[some])
        minutes[some] = np.partition(by_departure, ranks, axis=1)[:, ranks]
    return TransitAccess(tuple(percentiles), minutes, walk_minutes, stops.unsnapped_count)


def snap_stops(
    network: WalkNetwork,
    stops_xy: ArrayLike,
    *,
    max_snap_m: float = DEFAULT_MAX_SNAP_M,
    index: SegmentIndex | None = None,
) -> Snap:
    """
    Put stops on the network as `snap` does; those without a position (NaN) stay off it.

    Raises
    ------
    StopsOffNetworkError
        If no stop is near a street.
    """
    points = np.asarray(stops_xy, dtype=np.float64).reshape(-1, 2)
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    placed = snap(network, points[known], max_snap_m=max_snap_m, index=index)
    if not placed.is_snapped.any():
        raise StopsOffNetworkError(len(points))
    stops = Snap(
        np.full(len(points), -1, dtype=np.int32),
        np.zeros(len(points)),
        np.full(len(points), np.inf),
    )
    stops.chain[known] = placed.chain
    stops.offset_m[known] = placed.offset_m
    stops.distance_m[known] = placed.distance_m
    return stops


def link_stops(
    network: WalkNetwork,
    stops: Snap,
    *,
    rules: TransferRules | None = None,
    max_minutes: float = DEFAULT_MAX_TRANSFER_MINUTES,
    change_s: int = DEFAULT_CHANGE_S,
    speed_kmh: float = DEFAULT_SPEED_KMH,
) -> Footpaths:
    """
    Join stops by walks of at most `max_minutes` over the network.

    A change takes the walk, and at least `change_s`; at one stop just that. Where the feed names a
    least time it counts instead of `change_s`, also between stops that no path joins; what it
    forbids is left out.

    Raises
    ------
    ParameterError
        If `change_s` is less than a second, or another parameter is not positive.
    """
    if change_s < 1:
        raise ParameterError("change_s", change_s, "at least one second")
    walks = minutes_matrix(
        network, stops, stops, cutoff_minutes=max_minutes, speed_kmh=speed_kmh
    ).tocoo()
    between = walks.row != walks.col
    itself = np.arange(len(stops))
    pairs = np.concatenate(
        [walks.row[between] * len(stops) + walks.col[between], itself * len(stops) + itself]
    )
    walk_s = np.concatenate(
        [_whole_seconds(walks.data[between]), np.zeros(len(stops), dtype=np.int64)]
    )
    least_s = np.full(pairs.size, change_s)
    if rules is not None:
        pairs, walk_s, least_s = _follow_rules(rules, pairs, walk_s, least_s, len(stops))
    return _file_footpaths(pairs, np.maximum(walk_s, least_s), len(stops))


def scan_profiles(
    timetable: Timetable,
    footpaths: Footpaths,
    egress_minutes: ArrayLike,
    window: DepartureWindow,
) -> StopProfiles:
    """
    Find the departures worth taking from every stop to the nearest institution.

    Parameters
    ----------
    egress_minutes
        Walk from each stop to its nearest institution, shape (stops,); inf = too far.

    Raises
    ------
    NoDeparturesError
        If nothing departs within the window, nor within the horizon after it.
    ShapeMismatchError
        If there is not one walk, or not one set of changes, per stop.
    """
    walks = as_vector("egress_minutes", egress_minutes, timetable.stop_count)
    as_vector("footpaths.ptr", footpaths.ptr, timetable.stop_count + 1, np.int64)
    egress_s = np.full(walks.size, NEVER_S)
    egress_s[np.isfinite(walks)] = _whole_seconds(walks[np.isfinite(walks)])
    last_s = window.until_s + window.horizon_s
    part = timetable.between(window.from_s, last_s)
    if len(part) == 0:
        raise NoDeparturesError(window.from_s, last_s)
    begin = np.zeros(part.stop_count + 1, dtype=np.int64)
    np.cumsum(np.bincount(part.from_stop, minlength=part.stop_count), out=begin[1:])
    count, departure_s, arrival_s = _scan(
        part.trip,
        part.from_stop,
        part.to_stop,
        part.departure_s,
        part.arrival_s,
        part.boards,
        part.alights,
        part.trip_count,
        footpaths.ptr,
        footpaths.to_stop,
        footpaths.walk_s,
        egress_s,
        begin,
    )
    return StopProfiles(begin[:-1], count, departure_s, arrival_s)


def door_to_door_minutes(
    access: csr_array,
    profiles: StopProfiles,
    window: DepartureWindow,
    walk_minutes: ArrayLike,
) -> Floats:
    """
    Return minutes for every unit and every departure of the window, shape (units, departures).

    Parameters
    ----------
    access
        Walking minutes from units to stops as `minutes_matrix` stores them, shape (units, stops).
    walk_minutes
        The walk alone, shape (units,); inf = no path. No journey takes longer.
    """
    walks = as_vector("walk_minutes", walk_minutes, access.shape[0])
    minutes: Floats = _ride(
        access.indptr,
        access.indices,
        _whole_seconds(access.data),
        profiles.begin,
        profiles.count,
        profiles.departure_s,
        profiles.arrival_s,
        window.leave_s,
        window.horizon_s,
        walks,
    )
    return minutes


def _ranks(percentiles: Sequence[float], departures: int) -> NDArray[np.int64]:
    """Return the place of each percentile among sorted departures (nearest rank)."""
    shares = np.asarray(percentiles, dtype=float)
    if not (shares.size and ((shares > 0) & (shares <= 100)).all()):
        raise ParameterError("percentiles", list(percentiles), "per cents above 0 and up to 100")
    return np.ceil(shares * departures / 100).astype(np.int64) - 1


def _whole_seconds(minutes: Floats) -> NDArray[np.int64]:
    """Round up, but not for the sake of the last bits of a number."""
    return np.ceil(minutes * SECONDS_PER_MINUTE - 1e-6).astype(np.int64)


def _follow_rules(
    rules: TransferRules,
    pairs: NDArray[np.int64],
    walk_s: NDArray[np.int64],
    least_s: NDArray[np.int64],
    stop_count: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Let the feed's own least times, the last of a pair, stand before the general one."""
    said = rules.from_stop.astype(np.int64) * stop_count + rules.to_stop
    said, last = np.unique(said[::-1], return_index=True)
    said_s = rules.least_s[::-1][last].astype(np.int64)
    every = np.union1d(pairs, said)
    every_walk_s = np.zeros(every.size, dtype=np.int64)
    every_walk_s[np.searchsorted(every, pairs)] = walk_s
    every_least_s = np.zeros(every.size, dtype=np.int64)
    every_least_s[np.searchsorted(every, pairs)] = least_s
    every_least_s[np.searchsorted(every, said)] = np.where(
        said_s == FORBIDDEN_S, FORBIDDEN_S, np.maximum(said_s, 1)
    )
    allowed = every_least_s != FORBIDDEN_S
    return every[allowed], every_walk_s[allowed], every_least_s[allowed]


def _file_footpaths(
    pairs: NDArray[np.int64], walk_s: NDArray[np.int64], stop_count: int
) -> Footpaths:
    from_stop, to_stop = np.divmod(pairs, max(stop_count, 1))
    order = np.lexsort((to_stop, walk_s, from_stop))
    ptr = np.zeros(stop_count + 1, dtype=np.int64)
    np.cumsum(np.bincount(from_stop, minlength=stop_count), out=ptr[1:])
    return Footpaths(ptr, to_stop[order].astype(np.int32), walk_s[order].astype(np.int32))


@compiled
def _scan(
    trip: Any,
    from_stop: Any,
    to_stop: Any,
    departure_s: Any,
    arrival_s: Any,
    boards: Any,
    alights: Any,
    trip_count: Any,
    foot_ptr: Any,
    foot_to: Any,
    foot_s: Any,
    egress_s: Any,
    begin: Any,
) -> Any:
    """Go back in time over the connections; `begin` says where the pairs of each stop may lie."""
    on_board_s = np.full(trip_count, NEVER_S, dtype=np.int64)
    count = np.zeros(begin.size - 1, dtype=np.int64)
    pair_departure_s = np.empty(trip.size, dtype=np.int32)
    pair_arrival_s = np.empty(trip.size, dtype=np.int32)
    for connection in range(trip.size - 1, -1, -1):
        best_s = on_board_s[trip[connection]]
        if alights[connection]:
            off_s = np.int64(arrival_s[connection])
            stop = to_stop[connection]
            best_s = min(best_s, off_s + egress_s[stop])
            for foot in range(foot_ptr[stop], foot_ptr[stop + 1]):
                ready_s = off_s + foot_s[foot]
                if ready_s >= best_s:
                    break
                place = foot_to[foot]
                # The pairs of a stop lie with the earliest departure last.
                pair = begin[place] + count[place] - 1
                while pair >= begin[place] and pair_departure_s[pair] < ready_s:
                    pair -= 1
                if pair >= begin[place]:
                    best_s = min(best_s, np.int64(pair_arrival_s[pair]))
            on_board_s[trip[connection]] = best_s
        if not boards[connection] or best_s >= NEVER_S:
            continue
        stop = from_stop[connection]
        last = begin[stop] + count[stop] - 1
        if count[stop] > 0 and pair_arrival_s[last] <= best_s:
            continue
        if count[stop] == 0 or pair_departure_s[last] != departure_s[connection]:
            count[stop] += 1
            last += 1
        pair_departure_s[last] = departure_s[connection]
        pair_arrival_s[last] = best_s
    return count, pair_departure_s, pair_arrival_s


@compiled
def _ride(
    access_ptr: Any,
    access_stop: Any,
    access_s: Any,
    begin: Any,
    count: Any,
    departure_s: Any,
    arrival_s: Any,
    leave_s: Any,
    horizon_s: Any,
    walk_minutes: Any,
) -> Any:
    """Take for every minute of leaving the earliest arrival over all stops within a walk."""
    minutes = np.empty((walk_minutes.size, leave_s.size))
    arrives_s = np.empty(leave_s.size, dtype=np.int64)
    for unit in range(walk_minutes.size):
        arrives_s[:] = NEVER_S
        for entry in range(access_ptr[unit], access_ptr[unit + 1]):
            stop = access_stop[entry]
            for pair in range(begin[stop], begin[stop] + count[stop]):
                latest_s = departure_s[pair] - access_s[entry]
                if latest_s < leave_s[0]:
                    break
                step = min((latest_s - leave_s[0]) // SECONDS_PER_MINUTE, leave_s.size - 1)
                arrives_s[step] = min(arrives_s[step], arrival_s[pair])
        best_s = np.int64(NEVER_S)
        for step in range(leave_s.size - 1, -1, -1):
            best_s = min(best_s, arrives_s[step])
            minutes[unit, step] = walk_minutes[unit]
            travel_s = best_s - leave_s[step]
            if travel_s <= horizon_s:
                by_transit = travel_s / SECONDS_PER_MINUTE
                minutes[unit, step] = min(walk_minutes[unit], by_transit)
    return minutes
