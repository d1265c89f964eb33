"""Invented timetables, and the slow and obvious way to travel by them."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csr_array

from mapping.analysis.timetable import Timetable, build_timetable

NEVER = float("inf")


@dataclass(frozen=True, order=True)
class Call:
    stop: int
    arrives: int
    departs: int
    boards: bool = True
    alights: bool = True


def timetable_of(trips: list[list[Call]], stop_count: int) -> Timetable:
    calls = [call for trip in trips for call in trip]
    return build_timetable(
        stop_count=stop_count,
        trip_ptr=np.concatenate([[0], np.cumsum([len(trip) for trip in trips])]).astype(int),
        stop=[call.stop for call in calls],
        arrival_s=[call.arrives for call in calls],
        departure_s=[call.departs for call in calls],
        boards=[call.boards for call in calls],
        alights=[call.alights for call in calls],
    )


@dataclass(frozen=True)
class Network:
    """Trips, changes {(from, to): s}, last walks {stop: s}, first walks [{stop: s}] of homes."""

    stop_count: int
    trips: list[list[Call]]
    changes: dict[tuple[int, int], int]
    egress: dict[int, int]
    access: list[dict[int, int]]
    walk: list[float]

    @property
    def access_minutes(self) -> csr_array:
        ptr = np.concatenate([[0], np.cumsum([len(home) for home in self.access])]).astype(int)
        stops = np.array([stop for home in self.access for stop in home], dtype=int)
        seconds = np.array([s for home in self.access for s in home.values()], dtype=float)
        return csr_array((seconds / 60, stops, ptr), shape=(len(self.access), self.stop_count))

    @property
    def egress_minutes(self) -> np.ndarray:
        return np.array([self.egress.get(stop, NEVER) / 60 for stop in range(self.stop_count)])


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Few stops, many coincidences: equal times, loops, zero-second rides, one-way stops."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    stop_count = draw(st.integers(2, 9))
    trips = [_trip(rng, stop_count) for _ in range(draw(st.integers(1, 40)))]
    # itself with the general change time, mostly; some changes are forbidden, some one-way
    changes = {(stop, stop): 60 for stop in range(stop_count) if rng.uniform() < 0.9}
    for _ in range(draw(st.integers(0, 2 * stop_count))):
        pair = tuple(map(int, rng.integers(0, stop_count, 2)))
        changes[pair] = int(rng.integers(1, 400))
    homes = draw(st.integers(1, 6))
    return Network(
        stop_count,
        trips,
        changes,
        egress=_some_stops(rng, stop_count),
        access=[_some_stops(rng, stop_count) for _ in range(homes)],
        walk=[float(rng.choice([NEVER, rng.uniform(1, 60)])) for _ in range(homes)],
    )


def _some_stops(rng: np.random.Generator, stop_count: int) -> dict[int, int]:
    chosen = rng.choice(stop_count, rng.integers(1, min(4, stop_count + 1)), replace=False)
    return {int(stop): int(rng.integers(0, 600)) for stop in sorted(chosen)}


def _trip(rng: np.random.Generator, stop_count: int) -> list[Call]:
    clock = 7 * 3600 + int(rng.integers(0, 90)) * 60
    trip = []
    for _ in range(rng.integers(2, 7)):
        arrives = clock + int(rng.choice([0, 60, 120, 300]))
        clock = arrives + int(rng.choice([0, 0, 30, 60]))
        stop = int(rng.integers(0, stop_count))
        trip.append(Call(stop, arrives, clock, rng.uniform() < 0.9, rng.uniform() < 0.9))
    return trip


def travel_naively(town: Network, home: int, leave: int, horizon: int) -> float:
    """Return seconds from door to door, by a plain scan forward from one home at one time."""
    rides = sorted(
        (here.departs, number, place, here, there)
        for number, trip in enumerate(town.trips)
        for place, (here, there) in enumerate(pairwise(trip))
    )
    changes: dict[int, list[tuple[int, int]]] = {}
    for (off, on), seconds in town.changes.items():
        changes.setdefault(off, []).append((on, seconds))
    arrival = scan_forward(
        [(number, here, there) for _, number, _, here, there in rides],
        changes,
        town.egress,
        town.access[home],
        leave,
    )
    travel = arrival - leave
    return min(travel if travel <= horizon else NEVER, town.walk[home] * 60)


def scan_forward(
    rides: list[tuple[int, Call, Call]],
    changes: dict[int, list[tuple[int, int]]],
    egress: dict[int, int],
    access: dict[int, int],
    leave: int,
) -> float:
    """Return the earliest arrival at an institution; rides stand in order of departure."""
    ready = {stop: leave + walk for stop, walk in access.items()}
    on_board = set()
    best = NEVER
    for number, here, there in rides:
        if here.departs < leave:
            continue
        if here.boards and ready.get(here.stop, NEVER) <= here.departs:
            on_board.add(number)
        if number not in on_board or not there.alights:
            continue
        best = min(best, there.arrives + egress.get(there.stop, NEVER))
        for on, change in changes.get(there.stop, ()):
            ready[on] = min(ready.get(on, NEVER), there.arrives + change)
    return best
