"""Public transport of an invented timetable: one scan backwards beside many plain ones forward."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import Outcome, best
from mapping.analysis.access import nearest_minutes
from mapping.analysis.compiled import compiled
from mapping.analysis.network import WalkNetwork
from mapping.analysis.segments import index_segments, nearest_segments
from mapping.analysis.snapping import Snap, snap
from mapping.analysis.timetable import Timetable, build_timetable
from mapping.analysis.transit import (
    NEVER_S,
    DepartureWindow,
    Footpaths,
    StopProfiles,
    link_stops,
    scan_profiles,
    transit_access,
)

STOP_STEP_M = 400.0
NEAR_STREET_M = 200.0
RIDE_S = 72
"""From stop to stop: 20 km/h, stops included."""
HEADWAY_S = 600
FIRST_S, LAST_S = 7 * 3600, 11 * 3600
WINDOW = DepartureWindow(8 * 3600, 9 * 3600)
MAX_WALK_MINUTES = 15.0
PEER_STOPS = 10


def transit_jobs(network: WalkNetwork, homes: Snap, places: Snap) -> Iterator[Outcome]:
    """Travel to the nearest of the places by buses along the rows and columns of a lattice."""
    stops_xy, lines = _lattice(network)
    stops = snap(network, stops_xy)
    timetable = _timetable(len(stops_xy), lines)
    ours_s, footpaths = best(lambda: link_stops(network, stops))
    note = f"{len(stops):,} stops, {len(footpaths.to_stop):,} changes"
    yield Outcome("changes between stops", ours_s, "", None, note)

    egress_minutes = nearest_minutes(network, stops, places)
    egress_minutes[egress_minutes > MAX_WALK_MINUTES] = np.inf
    ours_s, profiles = best(lambda: scan_profiles(timetable, footpaths, egress_minutes, WINDOW))
    asked = np.linspace(0, len(stops) - 1, PEER_STOPS).astype(int)
    peer_s, arrivals = best(
        lambda: _scan_from_each(timetable, footpaths, egress_minutes, asked), repeats=2
    )
    scans = PEER_STOPS * len(WINDOW.leave_s)
    note = f"{len(timetable):,} connections; {_compare(profiles, asked, arrivals)}"
    peer = f"forward scans, {scans:,} of {len(stops) * len(WINDOW.leave_s):,}"
    yield Outcome("profiles of all stops", ours_s, peer, peer_s, note)

    ours_s, access = best(
        lambda: transit_access(network, homes, stops, places, timetable, footpaths, WINDOW)
    )
    quicker = np.mean(access.minutes[:, 0] < access.walk_minutes)
    note = f"{len(homes):,} homes x {len(WINDOW.leave_s)} departures, {quicker:.0%} ride"
    yield Outcome("door to door, 50 and 85 %", ours_s, "", None, note)


def _lattice(network: WalkNetwork) -> tuple[NDArray[np.float64], list[NDArray[np.int64]]]:
    """Set stops on a lattice where there are streets; its rows and columns are the lines."""
    low, high = network.chain_xy.min(axis=0), network.chain_xy.max(axis=0)
    columns, rows = np.ceil((high - low) / STOP_STEP_M).astype(int)
    row, column = np.divmod(np.arange(rows * columns), columns)
    stops_xy = low + np.column_stack([column, row]) * STOP_STEP_M
    street, _, _ = nearest_segments(index_segments(network), stops_xy, max_m=NEAR_STREET_M)
    kept = street >= 0
    number = np.where(kept, np.cumsum(kept) - 1, -1).reshape(rows, columns)
    lines = [line[line >= 0] for line in (*number, *number.T)]
    both_ways = [way for line in lines if line.size > 1 for way in (line, line[::-1])]
    return stops_xy[kept], both_ways


def _timetable(stop_count: int, lines: list[NDArray[np.int64]]) -> Timetable:
    """Let a bus leave each end of each line every ten minutes, not all at the same one."""
    starts = np.arange(FIRST_S, LAST_S, HEADWAY_S)
    trips, times = [], []
    for number, line in enumerate(lines):
        for start in starts + number * 97 % HEADWAY_S:
            trips.append(line)
            times.append(start + np.arange(line.size) * RIDE_S)
    at_s = np.concatenate(times)
    anyone = np.ones(at_s.size, dtype=bool)
    return build_timetable(
        stop_count=stop_count,
        trip_ptr=np.concatenate([[0], np.cumsum([trip.size for trip in trips])]),
        stop=np.concatenate(trips),
        arrival_s=at_s,
        departure_s=at_s,
        boards=anyone,
        alights=anyone,
    )


def _scan_from_each(
    timetable: Timetable,
    footpaths: Footpaths,
    egress_minutes: NDArray[np.float64],
    asked: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Scan forward from every asked stop at every minute of the window."""
    part = timetable.between(WINDOW.from_s, WINDOW.until_s + WINDOW.horizon_s)
    egress_s = np.full(egress_minutes.size, NEVER_S)
    known = np.isfinite(egress_minutes)
    egress_s[known] = np.ceil(egress_minutes[known] * 60 - 1e-6)
    arrivals = np.empty((asked.size, WINDOW.leave_s.size), dtype=np.int64)
    for place, stop in enumerate(asked):
        for step, leave_s in enumerate(WINDOW.leave_s):
            arrivals[place, step] = _scan_forward(
                part.trip,
                part.from_stop,
                part.to_stop,
                part.departure_s,
                part.arrival_s,
                part.trip_count,
                footpaths.ptr,
                footpaths.to_stop,
                footpaths.walk_s,
                egress_s,
                stop,
                leave_s,
            )
    return arrivals


@compiled
def _scan_forward(
    trip: Any,
    from_stop: Any,
    to_stop: Any,
    departure_s: Any,
    arrival_s: Any,
    trip_count: Any,
    foot_ptr: Any,
    foot_to: Any,
    foot_s: Any,
    egress_s: Any,
    start: Any,
    leave_s: Any,
) -> Any:
    ready_s = np.full(egress_s.size, NEVER_S, dtype=np.int64)
    ready_s[start] = leave_s
    on_board = np.zeros(trip_count, dtype=np.bool_)
    best_s = np.int64(NEVER_S)
    for connection in range(np.searchsorted(departure_s, leave_s), trip.size):
        if departure_s[connection] >= best_s:
            break
        if ready_s[from_stop[connection]] <= departure_s[connection]:
            on_board[trip[connection]] = True
        if not on_board[trip[connection]]:
            continue
        stop = to_stop[connection]
        best_s = min(best_s, arrival_s[connection] + egress_s[stop])
        for foot in range(foot_ptr[stop], foot_ptr[stop + 1]):
            change_s = arrival_s[connection] + foot_s[foot]
            ready_s[foot_to[foot]] = min(ready_s[foot_to[foot]], change_s)
    return best_s


def _compare(profiles: StopProfiles, asked: NDArray[np.int64], arrivals: NDArray[np.int64]) -> str:
    ours = np.full(arrivals.shape, NEVER_S)
    for place, stop in enumerate(asked):
        departure_s, arrival_s = profiles.of_stop(stop)
        next_one = np.searchsorted(departure_s[::-1], WINDOW.leave_s)
        known = next_one < departure_s.size
        ours[place, known] = arrival_s[::-1][next_one[known]]
    differ = np.count_nonzero(ours != arrivals)
    return f"{arrivals.size:,} journeys, {differ} differ"
