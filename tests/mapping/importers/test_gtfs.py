import zipfile

import pytest

from mapping.errors import UnreadableFileError
from mapping.importers.gtfs import read_gtfs_stops

FILES = {
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type\n"
        "a,Площадь,55.0,83.0,0\n"
        "b,Мост,55.1,83.1,\n"
        "c,Станция целиком,55.2,83.2,1\n"
        "d,Без рейсов,,83.3,\n"
    ),
    "routes.txt": "route_id,route_type\nbus1,3\nbus2,3\ntram1,0\ntrolley,800\n",
    "trips.txt": "route_id,trip_id,service_id\nbus1,t1,s\nbus2,t2,s\ntram1,t3,s\ntrolley,t4,s\n",
    "stop_times.txt": "trip_id,stop_id\nt1,a\nt2,a\nt3,a\nt4,b\n",
}


def write_feed(path, **changes):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (FILES | changes).items():
            if content:
                archive.writestr(name, content)
    return path


def test_reads_boarding_places_with_the_mode_of_most_routes(tmp_path):
    raw = read_gtfs_stops(write_feed(tmp_path / "feed.zip"))

    assert list(raw.key) == ["a", "b", "d"]
    assert raw.columns["name"] == ["Площадь", "Мост", "Без рейсов"]
    assert raw.columns["mode"] == ["bus", "trolleybus", ""]
    assert (raw.geometry[0].x, raw.geometry[0].y) == (83.0, 55.0)
    assert raw.geometry[2] is None
    assert list(raw.row_numbers) == [1, 2, 4]


def test_a_feed_without_trips_has_stops_of_unknown_mode(tmp_path):
    raw = read_gtfs_stops(write_feed(tmp_path / "feed.zip", **{"trips.txt": ""}))

    assert raw.columns["mode"] == ["", "", ""]


def test_a_zip_without_stops_is_no_feed(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"stops\.txt without"):
        read_gtfs_stops(write_feed(tmp_path / "feed.zip", **{"stops.txt": ""}))


def test_another_file_is_no_feed(tmp_path):
    (tmp_path / "feed.zip").write_text("no")

    with pytest.raises(UnreadableFileError, match="a GTFS zip"):
        read_gtfs_stops(tmp_path / "feed.zip")


def test_reads_a_real_feed(shared_data):
    raw = read_gtfs_stops(shared_data / "sao_paulo" / "spo.zip")

    assert raw.count == 654
    assert set(raw.columns["mode"]) == {"bus", "rail", "metro"}
