"""More than thirty broken rows: each is told, and the good ones load."""

import json

import pytest

from mapping.importers.pack import open_pack, read_pack

from .packs import feature, institutions, square, table, write_geojson, write_pack

PLACES = """\
id,name,kind,address,capacity,lon,lat
1,Хорошая,library,,100,83.00,55.00
2,,library,,,83.00,55.00
3,Без вида,,,,83.00,55.00
4,Чужой вид,pub,,,83.00,55.00
5,Широта первой,library,,,55.00,83.00
6,За краем земли,library,,,283.00,55.00
7,Другой город,library,,,37.60,55.75
8,Долгота словом,library,,,восток,55.00
9,Без широты,library,,,83.00,
10,Вместимость словом,library,,много,83.00,55.00
11,Вместимость меньше нуля,library,,-5,83.00,55.00
1,Тот же ключ,library,,,83.00,55.00
,Без ключа,library,,,83.00,55.00
14,Лишняя ячейка,library,,,83.00,55.00,лишнее
15,Мало ячеек,library
16,Бесконечность,library,,,inf,55.00
"""
BOWTIE = [[[83.0, 55.0], [83.02, 55.02], [83.02, 55.0], [83.0, 55.02], [83.0, 55.0]]]


def write_broken_pack(folder):
    (folder / "places.csv").write_text(PLACES, encoding="utf-8")
    write_geojson(
        folder / "districts.geojson",
        feature("Polygon", square(83, 55), name="Хороший", people=10, day="2016-01-01"),
        feature("Polygon", BOWTIE, name="Бант", people=10, day="2016-01-01"),
        feature("Polygon", square(83, 55), name="", people=10, day="2016-01-01"),
        feature("Polygon", square(83, 55), name="Люди", people=-3, day="2016-01-01"),
        feature("Polygon", square(83, 55), name="Дата", people=3, day="в 2016 году"),
        feature("Point", [83, 55], name="Точка", people=3, day="2016-01-01"),
        feature(None, name="Нигде", people=3, day="2016-01-01"),
        "не объект",
        {"type": "Feature", "properties": {"name": "Кривая"}, "geometry": {"type": "Blob"}},
    )
    write_geojson(
        folder / "streets.geojson",
        feature("LineString", [[83, 55], [83.01, 55]]),
        feature("LineString", [[83, 55], [83, 55]]),
        feature("LineString", [[83, 55]]),
        feature("Polygon", square(83, 55)),
        feature("LineString", []),
    )
    write_geojson(
        folder / "events.json",
        feature(None, title="Концерт", age="6+", when=[{"starts_at": "2026-05-01T18:00"}]),
        feature(None, title="Кино", age="7+", when=[]),
        feature(None, title="Лекция", age="6+", when=[{"starts_at": "вечером"}]),
        feature(None, title="Назад", age="0+", when=[span("2026-05-01T18:00", "2026-05-01T17:00")]),
    )
    write_geojson(
        folder / "zones.geojson",
        feature("Polygon", square(83, 55), people=5),
        feature("Polygon", square(83, 55), people=None),
        feature("Polygon", square(83, 55), people=-5),
        feature("Polygon", square(83, 55), people="мало"),
    )
    districts = {"name": "name", "population": "people", "population_as_of": "day"}
    events = {"title": "title", "age_mark": "age", "occurrences": "when"}
    return write_pack(
        folder,
        institutions(),
        table("districts", "districts.geojson", "districts", fields=districts),
        table("streets", "streets.geojson", "streets"),
        table("events", "events.json", "events", fields=events),
        table("zones", "zones.geojson", "population_zones", fields={"people": "people"}),
    )


def span(starts_at, ends_at):
    return {"starts_at": starts_at, "ends_at": ends_at}


@pytest.fixture
def contents(tmp_path):
    return read_pack(open_pack(write_broken_pack(tmp_path)))


def test_the_good_rows_load(contents):
    assert {table: len(found) for table, found in contents.records.items() if found} == {
        "institutions": 3,
        "districts": 4,
        "streets": 1,
        "events": 4,
        "population_zones": 1,
    }


def test_every_broken_row_is_told(contents):
    assert len({(problem.resource, problem.row) for problem in contents.problems}) == 33


@pytest.mark.parametrize(
    ("resource", "row", "column", "got", "wanted", "dropped"),
    [
        ("places", 2, "name", "nothing", "a name", True),
        ("places", 3, "kind", "nothing", "a known kind code", True),
        ("places", 4, "kind", "pub", "a known kind code", True),
        ("places", 5, "geometry", "55, 83", "these look swapped", True),
        ("places", 6, "geometry", "283, 55", "longitude within ±180", True),
        ("places", 7, "geometry", "km from the city", "a position within 150 km", True),
        ("places", 8, "lon", "восток", "a coordinate as a number", True),
        ("places", 9, "lat", "nothing", "both coordinates, or none", True),
        ("places", 10, "capacity", "много", "a whole number, not negative", False),
        ("places", 11, "capacity", "-5", "a whole number, not negative", False),
        ("places", 12, "id", "1", "a key used once in its source", True),
        ("places", 13, "id", "nothing", "a key that tells the row from others", True),
        ("places", 14, "", "8 cells", "7 cells, as in the header", True),
        ("places", 15, "", "3 cells", "7 cells, as in the header", True),
        ("places", 16, "lon", "inf", "a coordinate as a number", True),
        ("districts", 2, "geometry", "an invalid geometry", "it was repaired", False),
        ("districts", 3, "name", "nothing", "a name", True),
        ("districts", 4, "people", "-3", "a whole number, not negative", False),
        ("districts", 5, "day", "в 2016 году", "a date", False),
        ("districts", 6, "geometry", "Point", "MultiPolygon or Polygon", True),
        ("districts", 7, "geometry", "nothing", "MultiPolygon or Polygon", True),
        ("districts", 8, "", "не объект", "a GeoJSON Feature", True),
        ("districts", 9, "geometry", "Blob", "a GeoJSON geometry", True),
        ("streets", 2, "geometry", "invalid geometry", "a valid one", True),
        ("streets", 3, "geometry", "", "", True),
        ("streets", 4, "geometry", "Polygon", "LineString or MultiLineString", True),
        ("streets", 5, "geometry", "nothing", "LineString or MultiLineString", True),
        ("events", 2, "age", "7+", "one of 0+, 6+, 12+, 16+, 18+", False),
        ("events", 3, "when", "вечером", "ISO 8601", False),
        ("events", 4, "when", "17:00", "end after start", False),
        ("zones", 2, "people", "nothing", "a number, not negative", True),
        ("zones", 3, "people", "-5", "a number, not negative", True),
        ("zones", 4, "people", "мало", "a number, not negative", True),
    ],
)
def test_each_is_told_with_place_and_reason(contents, resource, row, column, got, wanted, dropped):
    (problem,) = [
        item for item in contents.problems if (item.resource, item.row) == (resource, row)
    ]

    assert problem.column == column
    assert got in problem.got
    assert wanted in problem.wanted
    assert problem.dropped is dropped
    assert problem.file


def test_negative_people_do_not_become_zero(contents):
    (district,) = [item for item in contents.records["districts"] if item.name == "Люди"]

    assert district.population is None


def test_a_repaired_outline_keeps_its_area(contents):
    (bow,) = [item for item in contents.records["districts"] if item.name == "Бант"]

    assert bow.geometry.is_valid
    assert bow.geometry.area == pytest.approx(0.0002)


def test_problems_survive_as_text(contents):
    assert json.dumps([problem.got for problem in contents.problems], ensure_ascii=False)
