from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from pyproj import Transformer
from scipy.sparse import csr_array

from mapping.analysis.access import minutes_matrix, nearest_minutes
from mapping.analysis.network import build_network
from mapping.analysis.snapping import snap
from mapping.analysis.timetable import build_timetable
from mapping.analysis.transit import (
    FORBIDDEN_S,
    DepartureWindow,
    Footpaths,
    TransferRules,
    door_to_door_minutes,
    link_stops,
    scan_profiles,
    snap_stops,
    transit_access,
)
from mapping.crs import project
from mapping.errors import NoDeparturesError, ParameterError, StopsOffNetworkError
from mapping.importers.gtfs_feed import read_feed
from mapping.importers.osm_pbf import read_osm
from tests.mapping.analysis.timetables import (
    Call,
    Network,
    networks,
    scan_forward,
    timetable_of,
    travel_naively,
)
from tests.mapping.analysis.towns import streets

EIGHT = 8 * 3600


def footpaths_of(town: Network) -> Footpaths:
    ordered = sorted((off, change, on) for (off, on), change in town.changes.items())
    starts = [off for off, _, _ in ordered]
    return Footpaths(
        np.searchsorted(starts, range(town.stop_count + 1)),
        np.array([on for *_, on in ordered], dtype=np.int32),
        np.array([change for _, change, _ in ordered], dtype=np.int32),
    )


def minutes_of(town: Network, window: DepartureWindow) -> np.ndarray:
    timetable = timetable_of(town.trips, town.stop_count)
    profiles = scan_profiles(timetable, footpaths_of(town), town.egress_minutes, window)
    return door_to_door_minutes(town.access_minutes, profiles, window, town.walk)


def two_lines(**changes) -> Network:
    """Line 0 → 1 at 8:05, 8:15, 8:25 for six minutes; line 1 → 2 at 8:13 and 8:33 for five."""
    first = [
        [Call(0, EIGHT + m * 60, EIGHT + m * 60), Call(1, EIGHT + (m + 6) * 60, EIGHT + 9999)]
        for m in (5, 15, 25)
    ]
    second = [
        [Call(1, EIGHT + m * 60, EIGHT + m * 60), Call(2, EIGHT + (m + 5) * 60, EIGHT + 9999)]
        for m in (13, 33)
    ]
    facts = {
        "stop_count": 3,
        "trips": [*first, *second],
        "changes": {(stop, stop): 60 for stop in range(3)},
        "egress": {2: 120},
        "access": [{0: 180}],
        "walk": [50.0],
    }
    return Network(**(facts | changes))


def test_two_lines_and_a_change_on_paper():
    window = DepartureWindow(EIGHT, EIGHT + 30 * 60)

    (minutes,) = minutes_of(two_lines(), window)

    assert minutes[0] == 20  # 8:00 + 3 on foot, 8:05–8:11, 8:13–8:18, 2 on foot
    assert minutes[2] == 18  # the latest minute for the bus at 8:05
    assert minutes[3] == 37  # 8:03: the bus at 8:15, then the one at 8:33
    assert minutes[22] == 18
    assert minutes[23] == 50  # too late for the last change: on foot


def test_a_change_that_is_too_short_waits_for_the_next_departure():
    window = DepartureWindow(EIGHT, EIGHT + 60)
    slow = {(stop, stop): 121 for stop in range(3)}

    assert minutes_of(two_lines(), window)[0, 0] == 20
    assert minutes_of(two_lines(changes=slow), window)[0, 0] == 40


def test_nobody_boards_or_alights_where_the_feed_says_no():
    window = DepartureWindow(EIGHT, EIGHT + 60)
    trip = [Call(0, EIGHT + 300, EIGHT + 300), Call(2, EIGHT + 600, EIGHT + 600)]
    town = two_lines(trips=[trip])
    no_boarding = two_lines(trips=[[Call(0, EIGHT + 300, EIGHT + 300, boards=False), trip[1]]])
    no_alighting = two_lines(trips=[[trip[0], Call(2, EIGHT + 600, EIGHT + 600, alights=False)]])

    assert minutes_of(town, window)[0, 0] == 12
    assert minutes_of(no_boarding, window)[0, 0] == 50
    assert minutes_of(no_alighting, window)[0, 0] == 50


def test_a_journey_beyond_the_horizon_is_none():
    town = two_lines(walk=[np.inf])

    assert minutes_of(town, DepartureWindow(EIGHT, EIGHT + 60, horizon_minutes=20))[0, 0] == 20
    assert minutes_of(town, DepartureWindow(EIGHT, EIGHT + 60, horizon_minutes=19))[0, 0] == np.inf


@given(networks())
def test_agrees_with_a_plain_scan_forward_from_every_home_at_every_minute(town):
    window = DepartureWindow(7 * 3600, 7 * 3600 + 100 * 60, horizon_minutes=45)
    minutes = minutes_of(town, window)

    naive = [
        [travel_naively(town, home, int(leave), window.horizon_s) / 60 for leave in window.leave_s]
        for home in range(len(town.access))
    ]
    assert minutes == pytest.approx(np.array(naive), abs=1e-9)


@given(networks())
def test_one_more_institution_never_makes_a_journey_longer(town):
    window = DepartureWindow(7 * 3600, 7 * 3600 + 60 * 60)
    before = minutes_of(town, window)

    after = minutes_of(replace(town, egress=town.egress | {town.stop_count - 1: 0}), window)

    assert (after <= before).all()


@given(networks())
def test_pairs_of_a_stop_never_dominate_one_another(town):
    window = DepartureWindow(0, 24 * 3600)
    timetable = timetable_of(town.trips, town.stop_count)

    profiles = scan_profiles(timetable, footpaths_of(town), town.egress_minutes, window)

    for stop in range(town.stop_count):
        departure_s, arrival_s = profiles.of_stop(stop)
        assert (np.diff(departure_s) < 0).all()
        assert (np.diff(arrival_s) < 0).all()
        assert (arrival_s >= departure_s).all()


@pytest.fixture
def high_street():
    """One street of 6 km; stops at 0, 3 and 6 km, the last also 40 m aside; a library at 6 km."""
    network = build_network(streets([(0, 0), (6000, 0)]))
    stops = snap(network, [(0, 0), (3000, 0), (6000, 0), (6000, 40)])
    return network, stops, snap(network, [(6000, 0)])


def test_stops_are_linked_by_walks_and_by_what_the_feed_says(high_street):
    network, stops, _ = high_street
    rules = TransferRules(
        np.array([2, 3, 0, 1], np.int32),
        np.array([2, 2, 1, 1], np.int32),
        np.array([150, FORBIDDEN_S, 240, FORBIDDEN_S], np.int32),
    )

    plain = link_stops(network, stops, change_s=20)
    ruled = link_stops(network, stops, change_s=20, rules=rules)

    def changes(footpaths, stop):
        some = slice(footpaths.ptr[stop], footpaths.ptr[stop + 1])
        return dict(zip(footpaths.to_stop[some].tolist(), footpaths.walk_s[some], strict=True))

    assert changes(plain, 2) == {2: 20, 3: 30}  # 40 m at 80 m a minute
    assert changes(plain, 0) == {0: 20}
    assert changes(ruled, 0) == {0: 20, 1: 240}
    assert changes(ruled, 1) == {}
    assert changes(ruled, 2) == {2: 150, 3: 30}
    assert changes(ruled, 3) == {3: 20}


def test_from_door_to_door_on_one_street(high_street):
    """Every ten minutes a bus takes 8 minutes along a street that takes 75 on foot."""
    network, stops, library = high_street
    trips = [
        [Call(0, EIGHT + m * 60, EIGHT + m * 60), Call(2, EIGHT + (m + 8) * 60, EIGHT + 99_999)]
        for m in range(0, 120, 10)
    ]
    units = snap(network, [(80, 0), (3000, 0), (3000, 9000)])

    access = transit_access(
        network,
        units,
        stops,
        library,
        timetable_of(trips, 4),
        link_stops(network, stops),
        DepartureWindow(EIGHT, EIGHT + 3600),
        percentiles=(10, 50, 100),
    )

    # one minute to the stop, up to nine of waiting, eight on the bus
    assert access.minutes[0].tolist() == [9, 13, 18]
    assert access.minutes[1].tolist() == [37.5, 37.5, 37.5]
    assert access.minutes[2].tolist() == [np.inf] * 3
    assert access.walk_minutes.tolist() == [74, 37.5, np.inf]
    assert access.stops_off_network == 0


def test_a_feed_of_another_place_is_refused(high_street):
    network, _, _ = high_street

    with pytest.raises(StopsOffNetworkError, match="got 2, none near a street"):
        snap_stops(network, [(0, 9000), (0, 9100)])


def test_a_stop_without_position_is_off_the_network(high_street):
    network, stops, _ = high_street

    placed = snap_stops(network, [(0, 0), (np.nan, np.nan), (3000, 0)])

    assert placed.is_snapped.tolist() == [True, False, True]
    assert placed.offset_m[[0, 2]].tolist() == stops.offset_m[:2].tolist()
    assert link_stops(network, placed).to_stop.tolist() == [0, 1, 2]


def test_a_window_without_departures_is_refused():
    town = two_lines()

    with pytest.raises(NoDeparturesError, match="between 03:00 and 06:30"):
        minutes_of(town, DepartureWindow(3 * 3600, 4 * 3600 + 1800))


def test_windows_and_percentiles_that_make_no_sense_are_refused(high_street):
    network, stops, library = high_street
    with pytest.raises(ParameterError, match="until_s"):
        DepartureWindow(EIGHT, EIGHT)
    with pytest.raises(ParameterError, match="horizon_minutes"):
        DepartureWindow(EIGHT, EIGHT + 60, horizon_minutes=0)
    with pytest.raises(ParameterError, match="percentiles"):
        transit_access(
            network,
            stops,
            stops,
            library,
            timetable_of([], 4),
            link_stops(network, stops),
            DepartureWindow(EIGHT, EIGHT + 60),
            percentiles=(0, 50),
        )


def test_a_stop_out_of_reach_is_not_a_stop_at_the_door():
    town = two_lines(access=[{}])

    assert town.access_minutes.shape == (1, 3)
    assert isinstance(town.access_minutes, csr_array)
    assert minutes_of(town, DepartureWindow(EIGHT, EIGHT + 60))[0, 0] == 50


UTM_23_SOUTH = 32723
A_TUESDAY = date(2019, 10, 15)


@pytest.fixture(scope="module")
def sao_paulo(shared_data):
    """A real feed on real streets: network, homes, stops, schools, timetable, changes."""
    folder = shared_data / "sao_paulo"
    feed = read_feed(folder / "spo.zip", on=A_TUESDAY)
    extract = read_osm(folder / "spo_osm.pbf", kinds=(), tables={"streets"})
    network = build_network(project(extract.tables["streets"].geometry, UTM_23_SOUTH))
    cells = pd.read_csv(folder / "spo_hexgrid.csv")
    to_metres = Transformer.from_crs(4326, UTM_23_SOUTH, always_xy=True)
    homes_xy = np.column_stack(to_metres.transform(cells["lon"], cells["lat"]))
    stops_xy = np.column_stack(to_metres.transform(*feed.stop_lonlat.T))
    stops = snap_stops(network, stops_xy)
    timetable = build_timetable(
        stop_count=len(feed.stop_ids),
        trip_ptr=feed.trip_ptr,
        stop=feed.stop,
        arrival_s=feed.arrival_s,
        departure_s=feed.departure_s,
        boards=feed.boards,
        alights=feed.alights,
    )
    # few places far apart, so that riding is worth it
    schools = snap(network, homes_xy[[20, 250]])
    homes = snap(network, homes_xy)
    return network, homes, stops, schools, timetable, link_stops(network, stops)


def test_agrees_with_a_plain_scan_forward_on_a_real_feed(sao_paulo):
    network, homes, stops, places, timetable, footpaths = sao_paulo
    window = DepartureWindow(EIGHT, EIGHT + 1800, horizon_minutes=90)
    some = homes.take(np.random.default_rng(7).choice(len(homes), 25, replace=False))

    access = minutes_matrix(network, some, stops, cutoff_minutes=15)
    walk_minutes = nearest_minutes(network, some, places)
    egress_minutes = nearest_minutes(network, stops, places)
    egress_minutes[egress_minutes > 15] = np.inf
    profiles = scan_profiles(timetable, footpaths, egress_minutes, window)
    minutes = door_to_door_minutes(access, profiles, window, walk_minutes)

    def in_seconds(stop_minutes):
        return {int(s): int(np.ceil(m * 60 - 1e-6)) for s, m in stop_minutes if np.isfinite(m)}

    part = timetable.between(EIGHT, EIGHT + 1800 + window.horizon_s)
    rides = [
        (trip, Call(here, 0, departs, boards), Call(there, arrives, 0, alights=alights))
        for trip, here, there, departs, arrives, boards, alights in zip(
            part.trip.tolist(),
            part.from_stop.tolist(),
            part.to_stop.tolist(),
            part.departure_s.tolist(),
            part.arrival_s.tolist(),
            part.boards.tolist(),
            part.alights.tolist(),
            strict=True,
        )
    ]
    spread = [slice(*footpaths.ptr[s : s + 2]) for s in range(len(stops))]
    changes = {
        s: list(zip(footpaths.to_stop[at].tolist(), footpaths.walk_s[at].tolist(), strict=True))
        for s, at in enumerate(spread)
    }
    egress = in_seconds(enumerate(egress_minutes))
    by_transit = 0
    for home in range(len(some)):
        near = slice(*access.indptr[home : home + 2])
        start = in_seconds(zip(access.indices[near], access.data[near], strict=True))
        for step in (0, 7, 29):
            leave = int(window.leave_s[step])
            travel_s = scan_forward(rides, changes, egress, start, leave) - leave
            naive = travel_s / 60 if travel_s <= window.horizon_s else np.inf
            assert minutes[home, step] == pytest.approx(min(naive, walk_minutes[home]))
            by_transit += naive < walk_minutes[home]
    assert by_transit > 30


def test_riding_never_takes_longer_than_walking_and_helps_many(sao_paulo):
    window = DepartureWindow(EIGHT, EIGHT + 3600)

    result = transit_access(*sao_paulo, window)

    known = np.isfinite(result.walk_minutes)
    median, late = result.minutes.T
    assert (median <= late).all()
    assert (late <= result.walk_minutes).all()
    assert known.sum() > 300
    assert (median[known] < result.walk_minutes[known]).mean() > 0.3
