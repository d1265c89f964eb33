from collections import Counter

import pytest
import shapely

from mapping.errors import BoundaryNotFoundError, UnreadableFileError
from mapping.importers.kinds import load_kinds
from mapping.importers.osm_pbf import (
    boundary_of,
    districts_of,
    is_home,
    is_walkable,
    read_osm,
    stop_mode,
)

from .extracts import small_town

TABLES = ("streets", "institutions", "population_units", "stops", "base_features")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    path = small_town(tmp_path_factory.mktemp("osm") / "town.osm.pbf")
    return read_osm(path, kinds=load_kinds(), tables=TABLES)


@pytest.mark.parametrize(
    ("tags", "walkable"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "pedestrian"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway", "foot": "yes"}, True),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "permissive"}, True),
        ({"highway": "primary", "foot": "no"}, False),
        ({"highway": "cycleway"}, False),
        ({"highway": "cycleway", "foot": "designated"}, True),
    ],
)
def test_where_one_may_walk(tags, walkable):
    assert is_walkable(tags) is walkable


@pytest.mark.parametrize(
    ("tags", "home"),
    [
        ({"building": "apartments"}, True),
        ({"building": "yes"}, False),
        ({"building": "yes", "building:levels": "5"}, True),
        ({"building": "yes", "building:levels": "1"}, False),
        ({"building": "yes", "addr:housenumber": "7"}, True),
        ({"building": "yes", "addr:housenumber": "7", "shop": "books"}, False),
        ({"building": "school", "addr:housenumber": "7"}, False),
        ({"building": "yes", "building:levels": "many"}, False),
    ],
)
def test_where_people_live(tags, home):
    assert is_home(tags) is home


@pytest.mark.parametrize(
    ("tags", "mode"),
    [
        ({"highway": "bus_stop"}, "bus"),
        ({"highway": "bus_stop", "trolleybus": "yes"}, "trolleybus"),
        ({"railway": "tram_stop"}, "tram"),
        ({"railway": "station", "station": "subway"}, "metro"),
        ({"railway": "halt"}, "rail"),
        ({"public_transport": "platform", "tram": "yes"}, "tram"),
        ({"public_transport": "platform"}, None),
        ({"railway": "subway_entrance"}, None),
    ],
)
def test_what_stops_where(tags, mode):
    assert stop_mode(tags) == mode


def test_streets_keep_class_name_and_shared_vertices(town):
    streets = town.tables["streets"]

    assert streets.columns["highway"] == ["residential", "footway", "motorway"]
    assert streets.columns["name"] == ["Мира", "", ""]
    assert streets.columns["foot"] == [True, True, False]
    assert streets.key == ["way/1", "way/2", "way/3"]
    assert streets.geometry[0].coords[-1] == streets.geometry[1].coords[0]


def test_institutions_with_all_that_is_known_of_them(town):
    places = town.tables["institutions"]

    by_name = {name: number for number, name in enumerate(places.columns["name"])}
    library, museum = by_name["Библиотека"], by_name["Музей"]
    assert set(places.columns["kind"]) == {"library", "museum", "park"}
    assert places.columns["accessibility"][library] == ["wheelchair_limited"]
    assert places.columns["opening_hours"][library] == "Mo-Fr 10:00-19:00"
    assert places.columns["external_ids"][library]["wikidata"] == "Q1"
    assert places.columns["address"][museum] == "Мира"
    assert places.geometry[museum].geom_type == "Polygon"


def test_homes_stops_and_base_map(town):
    homes = town.tables["population_units"]

    assert homes.columns["floors"] == [9.0, None]
    assert homes.columns["address"] == ["", "Мира, 5"]
    assert town.tables["stops"].columns["name"] == ["Площадь"]
    assert Counter(town.tables["base_features"].columns["kind"]) == {"water": 1, "park": 1}


def test_the_boundary_is_the_largest_whole_area_unless_named(town):
    assert boundary_of(town).notes == ("boundary: Городок (the largest)",)
    assert boundary_of(town, "западный").notes == ("boundary: Западный",)
    assert boundary_of(town, "relation/3").notes == ("boundary: Восточный",)
    with pytest.raises(BoundaryNotFoundError, match="got Восточный, Городок, Западный"):
        boundary_of(town, "Южный")


def test_districts_are_the_areas_inside(town):
    districts = districts_of(town, boundary_of(town).geometry[0], city_name="Городок")

    assert districts.columns["name"] == ["Западный", "Восточный"]
    assert sum(shapely.area(districts.geometry)) == pytest.approx(0.0008)


def test_without_districts_the_city_stands_as_one(town):
    boundary = boundary_of(town).geometry[0]

    districts = districts_of(town, boundary, city_name="Городок", admin_level=8)

    assert districts.columns["name"] == ["Городок"]
    assert districts.geometry[0].equals(boundary)
    assert "the city stands as one" in districts.notes[0]


def test_another_file_is_refused_in_words(tmp_path):
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(b"not a map" * 100)

    with pytest.raises(UnreadableFileError, match="wanted a whole OSM PBF file"):
        read_osm(path, kinds=load_kinds(), tables=TABLES)


def test_a_cut_file_is_refused_in_words(tmp_path, helsinki_pbf):
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(helsinki_pbf.read_bytes()[:300_000])

    with pytest.raises(UnreadableFileError, match="wanted a whole OSM PBF file"):
        read_osm(path, kinds=load_kinds(), tables=TABLES)


def test_reads_the_centre_of_helsinki(helsinki_pbf):
    extract = read_osm(helsinki_pbf, kinds=load_kinds(), tables=TABLES)

    kinds = Counter(extract.tables["institutions"].columns["kind"])
    assert (kinds["library"], kinds["theatre"], kinds["museum"]) == (7, 8, 6)
    assert (kinds["gallery"], kinds["cinema"]) == (7, 4)
    assert extract.tables["streets"].count > 2400
    assert all(shapely.is_valid(extract.tables["streets"].geometry))
    note = boundary_of(extract).notes[0]
    assert note.endswith("so the bounds stated in the file stand in")
