import gc
import zipfile
from pathlib import Path

import pytest

from mapping.errors import (
    MissingColumnError,
    MissingResourceError,
    PackNotFoundError,
    UnreadableFileError,
    UnsafeArchiveError,
)
from mapping.importers.pack import open_pack, read_pack

from .packs import feature, institutions, square, table, write_geojson, write_pack
from .test_gtfs import write_feed
from .test_raster import write_raster

STOPS = "stop_id,stop_name,stop_lat,stop_lon\na,Площадь,55.02,83.01\nb,Нигде,,\n"
HEADER = "id,name,kind,address,capacity,lon,lat\n"


def write_places(folder, *rows, name="places.csv"):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(HEADER + "\n".join(rows), encoding="utf-8")


def test_reads_records_with_their_source_and_key(tmp_path):
    write_places(tmp_path, "a1,Библиотека,library,,120,83.0,55.0")
    pack = open_pack(write_pack(tmp_path, institutions(accuracy="building")))

    (place,) = read_pack(pack).records["institutions"]

    assert (place.source, place.source_key) == ("facts", "a1")
    assert (place.geometry.x, place.geometry.y) == (83.0, 55.0)
    assert place.position_accuracy == "building"
    assert place.capacity == 120
    assert not place.synthetic


def test_everything_of_a_synthetic_source_is_synthetic(tmp_path):
    write_places(tmp_path, "a1,Библиотека,library,,,83.0,55.0")
    pack = open_pack(write_pack(tmp_path, institutions(source="invented")))

    assert read_pack(pack).records["institutions"][0].synthetic


@pytest.mark.parametrize("place", ["places.csv", "deep/places.csv", "town/places.csv"])
def test_finds_a_file_in_the_data_folder(tmp_path, place):
    data = tmp_path / "data"
    write_places(data, "a1,Библиотека,library,,,83.0,55.0", name=place)
    folder = write_pack(tmp_path / "pack", institutions("town/places.csv"))

    pack = open_pack(folder, data)

    assert pack.resources[0].file == data / place


def test_a_name_that_fits_two_files_is_not_guessed(tmp_path):
    for city in ("omsk", "tomsk"):
        write_places(tmp_path / "data" / city, "a1,Библиотека,library,,,83.0,55.0")
    folder = write_pack(tmp_path / "pack", institutions())

    assert open_pack(folder, tmp_path / "data").missing[0].name == "places"


def test_a_missing_file_is_named_with_what_it_holds(tmp_path):
    folder = write_pack(tmp_path, institutions(holds="all 70 libraries"))

    pack = open_pack(folder)

    assert [spec.holds for spec in pack.missing] == ["all 70 libraries"]
    assert read_pack(pack).notes == ["places.csv was not found: all 70 libraries"]


def test_a_missing_required_file_is_an_error(tmp_path):
    folder = write_pack(tmp_path, institutions(holds="all 70 libraries", required=True))

    with pytest.raises(MissingResourceError, match=r"places\.csv — it holds all 70 libraries"):
        open_pack(folder)


def test_a_folder_without_descriptor_is_no_pack(tmp_path):
    with pytest.raises(PackNotFoundError, match=r"wanted a folder or a zip with datapackage\.json"):
        open_pack(tmp_path)


def test_the_checksum_follows_the_files(tmp_path):
    write_places(tmp_path, "a1,Библиотека,library,,,83.0,55.0")
    folder = write_pack(tmp_path, institutions())
    before = open_pack(folder).checksum

    same = open_pack(folder).checksum
    write_places(tmp_path, "a1,Библиотека,library,,,83.0,55.1")

    assert before == same
    assert open_pack(folder).checksum != before


def test_a_zip_is_a_pack_and_leaves_nothing_behind(tmp_path):
    write_places(tmp_path, "a1,Библиотека,library,,,83.0,55.0")
    folder = write_pack(tmp_path, institutions())
    archive = tmp_path / "town.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        for file in ("datapackage.json", "places.csv"):
            stream.write(folder / file, f"town/{file}")

    pack = open_pack(archive)
    unpacked = pack.resources[0].file.parents[1]

    assert len(read_pack(pack).records["institutions"]) == 1
    del pack
    gc.collect()
    assert not unpacked.exists()


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "c:\\evil"])
def test_a_zip_may_not_write_outside_its_folder(tmp_path, name):
    archive = tmp_path / "town.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        stream.writestr(name, "x")

    with pytest.raises(UnsafeArchiveError):
        open_pack(archive)


def test_a_cut_zip_is_unreadable(tmp_path):
    archive = tmp_path / "town.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        stream.writestr("datapackage.json", "{}" * 1000)
    archive.write_bytes(archive.read_bytes()[:-40])

    with pytest.raises(UnreadableFileError, match="a whole zip archive"):
        open_pack(archive)


def test_a_column_the_file_does_not_have_is_named(tmp_path):
    (tmp_path / "places.csv").write_text("id,title,lon,lat\n1,A,83,55\n")
    folder = write_pack(tmp_path, institutions())

    with pytest.raises(MissingColumnError, match="wanted a column “name”, got id, title, lon, lat"):
        read_pack(open_pack(folder))


def test_where_and_values_choose_and_translate(tmp_path):
    write_places(
        tmp_path,
        "1,А,библиотека,,,83.0,55.0",
        "2,Б,школа,,,83.0,55.0",
        "3,В,музей,,,83.0,55.0",
        "4,Г,клуб,,,83.0,55.0",
    )
    resource = institutions(
        where={"kind": ["библиотека", "школа", "музей"]},
        values={"kind": {"библиотека": "library", "школа": None, "*": "museum"}},
    )

    contents = read_pack(open_pack(write_pack(tmp_path, resource)))

    assert [place.kind for place in contents.records["institutions"]] == ["library", "museum"]
    assert contents.filtered == {"places": 2}
    assert contents.problems == []


def test_nested_columns_and_constants(tmp_path):
    write_geojson(
        tmp_path / "districts.geojson",
        feature("Polygon", square(83, 55), n="Западный", ids={"okato": 501}, kids=0.2, old=0.8),
    )
    resource = table(
        "districts",
        "districts.geojson",
        "districts",
        key="ids.okato",
        fields={
            "name": "n",
            "code": "ids.okato",
            "age_shares.children": "kids",
            "age_shares.senior": "old",
            "age_shares.youth": "none",
            "age_shares.working": "none",
        },
        constants={"population_as_of": "2016-01-01"},
    )
    content = (tmp_path / "districts.geojson").read_text(encoding="utf-8")
    (tmp_path / "districts.geojson").write_text(content.replace('"n"', '"none": 0, "n"'))

    (district,) = read_pack(open_pack(write_pack(tmp_path, resource))).records["districts"]

    assert district.code == district.source_key == "501"
    assert district.age_shares == {"children": 0.2, "youth": 0, "working": 0, "senior": 0.8}
    assert district.population is None
    assert district.population_as_of.year == 2016


def test_points_at_one_place_keep_keys_of_their_own(tmp_path):
    (tmp_path / "homes.csv").write_text("lon,lat\n83,55\n83,55\n83.001,55\n")
    resource = table(
        "homes",
        "homes.csv",
        "population_units",
        key="@geometry",
        geometry={"lon": "lon", "lat": "lat"},
    )
    pack = open_pack(write_pack(tmp_path, resource))

    contents = read_pack(pack)

    keys = [unit.source_key for unit in contents.records["population_units"]]
    assert len(set(keys)) == 3
    assert keys[1] == f"{keys[0]}#2"
    assert contents.problems == []
    assert keys == [unit.source_key for unit in read_pack(pack).records["population_units"]]


def test_an_address_becomes_a_position_by_street_or_known_place(tmp_path):
    (tmp_path / "streets.csv").write_text(
        "street,lon,lat\nулица Ленина,83.01,55.01\nКрасный проспект,83.02,55.02\n", encoding="utf-8"
    )
    write_geojson(
        tmp_path / "known.geojson",
        feature("Point", [83.03, 55.03], name="Музей", address="ул. Ленина, 5"),
    )
    write_places(
        tmp_path,
        'a,Музей города,museum,"улица Ленина, д. 5",,,',
        'b,Библиотека,library,"Красный пр., 7",,,',
        'c,Читальня,library,"ул. Неведомая, 7",,,',
        "d,Без адреса,library,,,,",
    )
    gazetteer = {"role": "gazetteer", "fields": {"name": "street"}, "level": "street"}
    columns = {"lon": "lon", "lat": "lat"}
    folder = write_pack(
        tmp_path,
        institutions(geometry={**columns, "address": "address"}),
        {"name": "s", "path": "streets.csv", "atlas": {**gazetteer, "geometry": columns}},
        {"name": "k", "path": "known.geojson", "atlas": {"role": "gazetteer", "level": "exact"}},
    )

    contents = read_pack(open_pack(folder))

    found = {place.source_key: place for place in contents.records["institutions"]}
    assert found["a"].position_accuracy == "exact"
    assert (found["a"].geometry.x, found["a"].geometry.y) == (83.03, 55.03)
    assert found["b"].position_accuracy == "street"
    assert found["b"].position_source == "Красный проспект"
    assert found["c"].geometry is None
    assert found["d"].position_accuracy is None
    (problem,) = contents.problems
    assert (problem.row, problem.got, problem.dropped) == (3, "ул. Неведомая, 7", False)


def test_a_streets_mean_point_in_another_district_is_given_up(tmp_path):
    write_geojson(
        tmp_path / "districts.geojson",
        feature("Polygon", square(83.0, 55.0), name="Западный"),
        feature("Polygon", square(83.1, 55.0), name="Восточный"),
    )
    (tmp_path / "places.csv").write_text(
        "id,name,kind,district,lon,lat\n"
        "1,А,library,Западный,83.01,55.01\n"
        "2,Б,library,Западный,83.11,55.01\n",
        encoding="utf-8",
    )
    fields = {"name": "name", "kind": "kind", "district": "district"}
    folder = write_pack(
        tmp_path,
        institutions(fields=fields, accuracy="street"),
        table("d", "districts.geojson", "districts", key="name", fields={"name": "name"}),
    )

    contents = read_pack(open_pack(folder))

    assert [place.geometry is None for place in contents.records["institutions"]] == [False, True]
    assert "outside Западный" in contents.problems[0].got


def test_a_double_is_recognised_and_lends_what_the_first_one_lacks(tmp_path):
    write_places(tmp_path, "a,Библиотека им. Н. Н. Носова,library,,,,", name="places.csv")
    write_places(
        tmp_path,
        'x,Библиотека им. Н. Носова,library,"ул. Мира, 4",,83.0,55.0',
        'y,Библиотека им. Чехова,library,"ул. Мира, 9",,83.0,55.0',
        name="other.csv",
    )
    second = institutions("other.csv", skip_known=True, source="osm", accuracy="street")

    contents = read_pack(
        open_pack(write_pack(tmp_path, institutions(), {**second, "name": "other"}))
    )

    first, new = contents.records["institutions"]
    assert (first.source_key, first.address) == ("a", "ул. Мира, 4")
    assert (first.position_accuracy, first.position_source) == ("street", "OpenStreetMap")
    assert new.source_key == "y"
    (double,) = contents.duplicates
    assert (double.name, double.same_as_key, double.reason) == (
        "Библиотека им. Н. Носова",
        "a",
        "same name",
    )


def test_zones_are_cut_at_the_boundary_by_area(tmp_path):
    write_geojson(tmp_path / "edge.geojson", feature("Polygon", square(83.0, 55.0)))
    write_geojson(
        tmp_path / "zones.geojson",
        feature("Polygon", square(83.01, 55.0, 0.02), people=100),
        feature("Polygon", square(83.5, 55.0, 0.02), people=900),
    )
    folder = write_pack(
        tmp_path,
        table("z", "zones.geojson", "population_zones", fields={"people": "people"}, clip=True),
        table("b", "edge.geojson", "boundary"),
    )

    contents = read_pack(open_pack(folder))

    (zone,) = contents.records["population_zones"]
    assert zone.people == pytest.approx(50)
    assert contents.filtered["z"] == 1
    assert (
        "1 of 2 zones lie outside the boundary and 1 are cut by it: 50 of 1000 people"
        in (contents.notes[0])
    )


def test_a_place_outside_the_boundary_is_warned_of_not_refused(tmp_path):
    write_geojson(tmp_path / "edge.geojson", feature("Polygon", square(83.0, 55.0)))
    write_places(tmp_path, "a,Музей за городом,museum,,,83.5,55.0")
    folder = write_pack(tmp_path, institutions(), table("b", "edge.geojson", "boundary"))

    contents = read_pack(open_pack(folder))

    assert len(contents.records["institutions"]) == 1
    assert contents.problems[0].got == "Музей за городом, outside the city's boundary"
    assert not contents.problems[0].dropped


def test_progress_names_each_file(tmp_path):
    write_places(tmp_path, "a,Музей,museum,,,83.0,55.0")
    told = []

    read_pack(open_pack(write_pack(tmp_path, institutions())), progress=told.append)

    assert told == ["Reading places.csv (places)"]


def test_the_reader_does_not_change_the_pack(tmp_path: Path):
    write_places(tmp_path, "a,Музей,museum,,,83.0,55.0")
    folder = write_pack(tmp_path, institutions())
    before = sorted(folder.iterdir())

    read_pack(open_pack(folder))

    assert sorted(folder.iterdir()) == before


def test_a_raster_and_a_timetable_fill_tables_without_a_mapping(tmp_path):
    write_raster(tmp_path / "people.tif", [[10, 20], [30, 40]])
    write_feed(tmp_path / "feed.zip", **{"stops.txt": STOPS})
    write_geojson(tmp_path / "edge.geojson", feature("Polygon", square(83.0, 55.01)))
    folder = write_pack(
        tmp_path,
        table("people", "people.tif", "population_zones", key=None),
        table("stops", "feed.zip", "stops", key=None),
        table("edge", "edge.geojson", "boundary"),
    )

    contents = read_pack(open_pack(folder))

    assert sum(zone.people for zone in contents.records["population_zones"]) == pytest.approx(100)
    assert [stop.source_key for stop in contents.records["stops"]] == ["a"]
    (problem,) = contents.problems
    assert (problem.resource, problem.row, problem.column) == ("stops", 2, "geometry")
