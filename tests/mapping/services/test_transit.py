"""By bus in the town: one line from its far end to the library, every ten minutes, in five."""

import zipfile
from datetime import date

import pytest

from mapping.errors import (
    NoServiceError,
    ParameterError,
    StopsOffNetworkError,
    UnknownNameError,
    UnreadableFileError,
)
from mapping.importers.gtfs_feed import read_feed
from mapping.models import AnalysisRun
from mapping.services.measures import answer
from mapping.services.measures.transit import TransitQuestion
from mapping.services.timetables import (
    check_service,
    find_feed,
    first_weekday,
    keep_feed,
    kept_feeds,
)
from tests.factories import point_at

A_TUESDAY = "2026-03-03"
ASKED = {"kind": "library", "minutes": "15", "date": A_TUESDAY}


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path / "networks"
    settings.TIMETABLE_DIR = tmp_path / "timetables"


def write_feed(path, stops_m=(2000, 0), **changes):
    places = [point_at(east_m) for east_m in stops_m]
    stops = "".join(f"s{n},Stop {n},{p.y:.7f},{p.x:.7f}\n" for n, p in enumerate(places))
    files = {
        "stops": "stop_id,stop_name,stop_lat,stop_lon\n" + stops,
        "trips": "route_id,service_id,trip_id\nr,all,t\n",
        "stop_times": (
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
            "t,08:00:30,08:00:30,s0,1\nt,08:05:30,08:05:30,s1,2\n"
        ),
        "frequencies": "trip_id,start_time,end_time,headway_secs\nt,07:00:30,11:00:00,600\n",
        "calendar": (
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
            "start_date,end_date\nall,1,1,1,1,1,1,1,20260101,20261231\n"
        ),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (files | changes).items():
            archive.writestr(f"{name}.txt", text)
    return path


@pytest.fixture
def bus(town, tmp_path):
    return keep_feed(town, write_feed(tmp_path / "bus.zip"))


def test_the_bus_brings_those_at_the_far_end_within_a_quarter_of_an_hour(town, bus):
    run = answer(town, "transit", ASKED | {"feed": bus})

    # On foot 600 of 1,000 are within 15 minutes. At 2,000 m the 250 wait half a minute to 9.5 and
    # ride five: 9.5 in the median. At 1,500 m the 150 first walk 6.25 minutes back to the stop.
    headline = run.summary["headline"]
    assert (headline["walk_covered"], headline["covered"], headline["gained"]) == (600, 850, 250)
    assert headline["quicker"] == 400
    assert headline["share"] == pytest.approx(0.85)
    assert headline["unknown"] == 0


def test_the_median_and_the_late_minutes_of_a_district_are_told(town, bus):
    run = answer(town, "transit", ASKED | {"feed": bus})

    east, west = run.rows.filter(table="district")
    assert east.district.name == "Восточный район"  # 150 people still beyond: worst first
    assert east.values["uncovered"] == 150
    assert east.values["median_minutes"] == pytest.approx(9.5, abs=0.05)
    # 13.5 at 2,000 m, where the 9th of ten waits counts; on foot 25 and 18.75
    assert east.values["late_minutes"] == pytest.approx(13.5, abs=0.05)
    assert east.values["walk_median_minutes"] == pytest.approx(25, abs=0.05)
    assert west.values["gained"] == 0


def test_a_question_about_a_feed_starts_from_its_first_weekday(town, tmp_path):
    saturday = (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "all,0,1,1,1,1,1,1,20260307,20261231\n"
    )
    closed = "service_id,date,exception_type\nall,20260310,2\n"
    path = write_feed(tmp_path / "spring.zip", calendar=saturday, calendar_dates=closed)

    # From Saturday the 7th; no Mondays, and the first Tuesday is taken out.
    assert first_weekday(town, keep_feed(town, path)) == date(2026, 3, 11)


def test_a_feed_of_weekends_starts_from_its_first_day(town, tmp_path):
    path = write_feed(
        tmp_path / "ferry.zip",
        calendar="service_id,start_date,end_date\n",
        calendar_dates="service_id,date,exception_type\nall,20260307,1\nall,20260314,1\n",
    )

    assert first_weekday(town, keep_feed(town, path)) == date(2026, 3, 7)


def test_a_day_outside_the_calendar_is_refused_before_anything_is_computed(town, bus):
    check_service(town, bus, date(2026, 12, 31))

    with pytest.raises(NoServiceError, match="from 2026-01-01 to 2026-12-31"):
        check_service(town, bus, date(2027, 1, 1))


def test_without_a_timetable_people_walk_and_the_run_says_so(town):
    run = answer(town, "transit", ASKED)

    headline = run.summary["headline"]
    assert run.summary["timetable"] is None
    assert (headline["covered"], headline["quicker"], headline["gained"]) == (600, 0, 0)


def test_what_was_read_otherwise_than_written_is_passed_on(town, bus):
    run = answer(town, "transit", ASKED | {"feed": bus})

    timetable = run.summary["timetable"]
    assert (timetable["feed"], timetable["date"], timetable["last_date"]) == (
        "bus.zip",
        A_TUESDAY,
        "2026-12-31",
    )
    assert [notice["code"] for notice in timetable["notices"]] == ["headway"]


def test_the_same_question_is_answered_once_until_the_timetable_changes(town, bus, tmp_path):
    first = answer(town, "transit", ASKED | {"feed": bus})
    again = answer(town, "transit", ASKED | {"feed": bus})
    rarer = "trip_id,start_time,end_time,headway_secs\nt,07:00:30,11:00:00,1800\n"
    keep_feed(town, write_feed(tmp_path / "bus.zip", frequencies=rarer))
    changed = answer(town, "transit", ASKED | {"feed": bus})

    assert again.pk == first.pk
    assert changed.pk != first.pk
    assert changed.summary["headline"]["covered"] < 850


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"date": "2030-01-01"}, NoServiceError, "from 2026-01-01 to 2026-12-31"),
        ({"date": "tomorrow"}, ParameterError, "a date as 2026-03-31"),
        ({"feed": "../bus.zip"}, UnknownNameError, r"wanted one of: bus\.zip"),
        ({"from_time": "8"}, ParameterError, "a time as 08:00"),
        ({"from_time": "09:30"}, ParameterError, "later than 09:30"),
        ({"until_time": "23:00"}, ParameterError, "at most six hours later"),
        ({"percentile": "120"}, ParameterError, "at most 100"),
    ],
)
def test_a_question_without_sense_is_refused_and_nothing_is_stored(
    town, bus, asked, error, message
):
    with pytest.raises(error, match=message):
        answer(town, "transit", ASKED | {"feed": bus} | asked)

    assert not AnalysisRun.objects.exists()


def test_a_feed_of_another_place_is_refused(town, tmp_path):
    elsewhere = keep_feed(town, write_feed(tmp_path / "far.zip", stops_m=(90_000, 95_000)))

    with pytest.raises(StopsOffNetworkError, match="wanted a feed of this city"):
        answer(town, "transit", ASKED | {"feed": elsewhere})

    assert not AnalysisRun.objects.exists()


def test_a_broken_feed_is_not_kept(town, bus, tmp_path):
    broken = tmp_path / "broken.zip"
    broken.write_bytes(find_feed(town, bus).read_bytes()[:200])

    with pytest.raises(UnreadableFileError, match="a GTFS zip"):
        keep_feed(town, broken)
    with pytest.raises(ParameterError, match=r"a \.zip named in"):
        keep_feed(town, tmp_path / "bus (1).zip")

    assert kept_feeds(town) == ["bus.zip"]


def test_a_kept_feed_is_the_feed_that_was_given(town, tmp_path):
    given = write_feed(tmp_path / "bus.zip")

    kept = find_feed(town, keep_feed(town, given))

    day = date.fromisoformat(A_TUESDAY)
    assert read_feed(kept, on=day).trip_ids == read_feed(given, on=day).trip_ids


def test_equal_questions_have_equal_parameters():
    one = TransitQuestion(kind="library", percentile=85)
    other = TransitQuestion(kind="library", percentile=85.0)

    assert one.parameters == other.parameters
    assert one.parameters["mode"] == "transit"
