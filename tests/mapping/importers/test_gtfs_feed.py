import zipfile
from datetime import date

import numpy as np
import pytest

from mapping.errors import NoServiceError, UnreadableFileError
from mapping.importers.gtfs_feed import FORBIDDEN_S, read_feed

TUESDAY, WEDNESDAY, SATURDAY = date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 7)
FILES = {
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "a,Площадь,55.0,83.0,0,\n"
        "b1,Вокзал 1,,,,B\n"
        "b2,Вокзал 2,55.1,83.11,,B\n"
        "B,Вокзал,55.1,83.1,1,\n"
        "c,Нигде,,,,\n"
    ),
    "trips.txt": "route_id,trip_id,service_id\nr,day,work\nr,night,work\nr,sat,weekend\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "day,08:10:00,8:11:00,b1,7,0,\n"
        "day,08:00:00,08:00:00,a,2,,1\n"
        "day,08:20:00,08:20:00,c,10,1,0\n"
        "night,23:50:00,23:50:00,a,1,,\n"
        "night,24:20:00,24:20:00,b2,2,,\n"
        "sat,09:00:00,09:00:00,a,1,,\n"
        "sat,09:30:00,09:30:00,b1,2,,\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "work,1,1,1,1,1,0,0,20260301,20260331\n"
        "weekend,0,0,0,0,0,1,1,20260301,20260331\n"
    ),
}


def write_feed(path, **changes):
    names = {f"{name}.txt": content for name, content in changes.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (FILES | names).items():
            if content:
                archive.writestr(name, content)
    return path


@pytest.fixture
def read(tmp_path):
    return lambda on=TUESDAY, **changes: read_feed(write_feed(tmp_path / "f.zip", **changes), on=on)


def calls_of(feed, run):
    some = slice(*feed.trip_ptr[run : run + 2])
    columns = feed.stop, feed.arrival_s, feed.departure_s
    names = [feed.stop_ids[stop] for stop in columns[0][some]]
    return list(zip(names, *(column[some].tolist() for column in columns[1:]), strict=True))


def runs_of(feed, trip):
    return [calls_of(feed, run) for run, name in enumerate(feed.trip_ids) if name == trip]


def noticed(feed):
    return {notice.code: notice.count for notice in feed.notices}


def clock(text):
    hours, minutes = map(int, text.split(":"))
    return hours * 3600 + minutes * 60


def test_reads_the_trips_of_a_date_in_order_of_their_stops(read):
    feed = read()

    assert runs_of(feed, "day") == [
        [
            ("a", clock("8:00"), clock("8:00")),
            ("b1", clock("8:10"), clock("8:11")),
            ("c", clock("8:20"), clock("8:20")),
        ]
    ]
    run = feed.trip_ids.index("day")
    some = slice(*feed.trip_ptr[run : run + 2])
    assert feed.boards[some].tolist() == [True, True, False]
    assert feed.alights[some].tolist() == [False, True, True]
    assert runs_of(feed, "sat") == []
    assert (feed.first_date, feed.last_date) == (date(2026, 3, 1), date(2026, 3, 31))


def test_a_night_run_of_the_day_before_arrives_after_midnight(read):
    feed = read()

    yesterday, today = runs_of(feed, "night")
    assert [call[1] for call in yesterday] == [-600, 1200]
    assert [call[1] for call in today] == [clock("23:50"), clock("24:20")]


def test_early_runs_of_the_next_day_follow_the_last_night_hours(read):
    times = (
        FILES["stop_times.txt"] + "early,00:30:00,00:30:00,a,1,,\nearly,0:40:00,0:40:00,b1,2,,\n"
    )
    trips = FILES["trips.txt"] + "r,early,work\n"

    feed = read(stop_times=times, trips=trips)

    assert [run[0][1] for run in runs_of(feed, "early")] == [1800, clock("24:30")]
    # Saturday has no service of its own kind, and Friday's early run is over by then
    assert runs_of(read(SATURDAY, stop_times=times, trips=trips), "early") == []


def test_exceptions_of_a_date_add_and_remove_services(read):
    dates = "service_id,date,exception_type\nwork,20260303,2\nweekend,20260303,1\n"

    feed = read(calendar_dates=dates)

    assert len(runs_of(feed, "sat")) == 1
    assert runs_of(feed, "day") == []
    assert len(runs_of(read(WEDNESDAY, calendar_dates=dates), "day")) == 1


def test_a_feed_may_list_its_dates_only(read):
    feed = read(calendar="", calendar_dates="service_id,date,exception_type\nwork,20260303,1\n")

    assert len(runs_of(feed, "day")) == 1
    assert feed.first_date == feed.last_date == TUESDAY


def test_a_date_without_service_says_when_there_is_some(read):
    with pytest.raises(
        NoServiceError,
        match="no service on 2030-01-01, wanted a date with service from 2026-03-01 to 2026-03-31",
    ):
        read(date(2030, 1, 1))


def test_headways_unroll_and_the_written_times_do_not_run(read):
    frequencies = (
        "trip_id,start_time,end_time,headway_secs,exact_times\n"
        "day,10:00:00,10:30:00,600,0\n"
        "day,10:30:00,11:00:00,900,1\n"
        "day,12:00:00,11:00:00,900,1\n"
        "nobody,10:00:00,11:00:00,900,1\n"
        "day,10:00:00,11:00:00,0,1\n"
    )

    feed = read(frequencies=frequencies)

    starts = [run[0][2] for run in runs_of(feed, "day")]
    assert starts == [clock(t) for t in ("10:00", "10:10", "10:20", "10:30", "10:45")]
    assert runs_of(feed, "day")[1][2][1] == clock("10:30")  # as long on the way as written
    assert noticed(feed) == {"headway": 3, "unusable_headway": 3, "no_position": 1}


def test_missing_times_are_spread_between_the_known_ones(read):
    times = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "day,08:00:00,08:05:00,a,1\nday,,,b1,2\nday,,,b2,3\nday,08:20:00,,c,4\n"
    )

    feed = read(stop_times=times)

    assert [call[1] for call in runs_of(feed, "day")[0]] == [
        clock(t) for t in ("8:00", "8:10", "8:15", "8:20")
    ]
    assert noticed(feed)["interpolated"] == 2


def test_what_cannot_be_used_is_left_out_and_counted(read):
    times = FILES["stop_times.txt"] + (
        "ghost,08:00:00,08:00:00,a,1,,\n"
        "back,08:00:00,08:00:00,a,1,,\nback,07:00:00,07:00:00,b1,2,,\n"
        "open,,,a,1,,\nopen,07:00:00,07:00:00,b1,2,,\n"
        "short,07:00:00,07:00:00,b1,2,,\n"
        "day,08:30:00,08:30:00,B,11,,\n"
    )
    trips = FILES["trips.txt"] + "r,back,work\nr,open,work\nr,short,work\nr,empty,work\n"

    feed = read(stop_times=times, trips=trips)

    assert set(feed.trip_ids) == {"day", "night"}
    assert noticed(feed) == {
        "unknown_trip": 1,
        "unusable_trip": 3,
        "unknown_stop": 1,
        "no_position": 1,
    }


def test_a_stop_without_position_stands_at_its_station(read):
    feed = read()

    assert feed.stop_ids == ("a", "b1", "b2", "c")
    assert feed.stop_lonlat[:3].tolist() == [[83.0, 55.0], [83.1, 55.1], [83.11, 55.1]]
    assert np.isnan(feed.stop_lonlat[3]).all()


def test_transfers_between_stations_hold_for_their_stops(read):
    transfers = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id\n"
        "b1,b2,2,30,\n"
        "a,B,2,300,\n"
        "B,B,3,,\n"
        "a,c,0,,\n"
        "a,c,2,100,day\n"
    )

    feed = read(transfers=transfers)

    said = {}
    for off, on, least_s in zip(
        feed.transfers.from_stop, feed.transfers.to_stop, feed.transfers.least_s, strict=True
    ):
        said[feed.stop_ids[off], feed.stop_ids[on]] = least_s
    assert said == {
        ("a", "b1"): 300,
        ("a", "b2"): 300,
        ("b1", "b1"): FORBIDDEN_S,
        ("b1", "b2"): 30,  # what is said of the stops stands before what is said of the station
        ("b2", "b1"): FORBIDDEN_S,
        ("b2", "b2"): FORBIDDEN_S,
    }
    assert noticed(feed)["ignored_transfer"] == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stop_times": ""}, r"no stop_times\.txt"),
        ({"calendar": ""}, "no calendar"),
        ({"trips": "trip_id\nday\n"}, r"trips\.txt without service_id"),
        ({"stops": "\x00"}, "stops.txt without|a GTFS zip"),
    ],
)
def test_a_broken_feed_is_refused(read, changes, message):
    with pytest.raises(UnreadableFileError, match=message):
        read(**changes)


def test_another_file_is_no_feed(tmp_path):
    (tmp_path / "feed.zip").write_text("no")

    with pytest.raises(UnreadableFileError, match="a GTFS zip"):
        read_feed(tmp_path / "feed.zip", on=TUESDAY)


def test_reads_a_real_feed_of_headways(shared_data):
    feed = read_feed(shared_data / "sao_paulo" / "spo.zip", on=date(2019, 10, 15))

    assert len(feed.stop_ids) == 654
    assert len(feed.trip_ids) == noticed(feed)["headway"] > 8000
    assert np.diff(feed.trip_ptr).min() >= 2
    assert feed.last_date == date(2020, 5, 1)
