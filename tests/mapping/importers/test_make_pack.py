import json

import numpy as np
import pytest
from pyproj import CRS

from mapping.errors import BoundaryNotFoundError, ParameterError
from mapping.importers.make_pack import make_pack
from mapping.importers.pack import open_pack, read_pack

from .extracts import small_town
from .test_raster import write_raster


@pytest.fixture
def town_pbf(tmp_path):
    return small_town(tmp_path / "town.osm.pbf")


def test_the_pack_loads_without_a_complaint(tmp_path, town_pbf):
    summary = make_pack(town_pbf, out_dir=tmp_path / "pack", timezone="Asia/Novosibirsk")

    pack = open_pack(tmp_path / "pack")
    contents = read_pack(pack)

    found = {name: len(records) for name, records in contents.records.items() if records}
    assert found == {
        "boundary": 1,
        "districts": 2,
        "institutions": 3,
        "streets": 3,
        "stops": 1,
        "base_features": 2,
        "population_units": 2,
    }
    assert {name: count for name, count in summary.counts.items() if count} == found
    assert contents.problems == []
    assert pack.sources[0].license == "ODbL-1.0"
    assert pack.sources[0].attribution == "© OpenStreetMap contributors"


def test_the_city_is_described_from_its_boundary(tmp_path, town_pbf):
    make_pack(town_pbf, out_dir=tmp_path / "pack", timezone="Asia/Novosibirsk")

    city = open_pack(tmp_path / "pack").city

    assert (city.name, city.name_en, city.slug) == ("Городок", "Little Town", "little-town")
    assert CRS.from_epsg(city.metric_srid).name == "WGS 84 / UTM zone 44N"
    assert city.center == pytest.approx((55.01, 83.02), abs=0.01)


def test_institutions_keep_what_openstreetmap_knows(tmp_path, town_pbf):
    make_pack(town_pbf, out_dir=tmp_path / "pack", timezone="Asia/Novosibirsk")

    contents = read_pack(open_pack(tmp_path / "pack"))

    library = next(item for item in contents.records["institutions"] if item.kind == "library")
    assert library.opening_hours == "Mo-Fr 10:00-19:00"
    assert library.accessibility == ("wheelchair_limited",)
    assert library.external_ids["wikidata"] == "Q1"
    assert library.position_accuracy == "building"
    written = json.loads((tmp_path / "pack" / "institutions.geojson").read_text(encoding="utf-8"))
    assert any("wheelchair" in item["properties"]["tags"] for item in written["features"])


def test_only_what_touches_the_boundary_is_taken(tmp_path, town_pbf):
    summary = make_pack(
        town_pbf, out_dir=tmp_path / "pack", boundary="Восточный", timezone="Asia/Novosibirsk"
    )

    assert summary.counts["institutions"] == 1
    assert summary.counts["population_units"] == 0
    assert "no residential building: people cannot be placed, and no share computed" in (
        summary.notes
    )


def test_says_what_is_guessed(tmp_path, town_pbf):
    summary = make_pack(town_pbf, out_dir=tmp_path / "pack")

    assert "boundary: Городок (the largest)" in summary.notes
    assert "time zone Etc/GMT-6 is guessed by longitude: please check" in summary.notes
    assert any("no population was given" in note for note in summary.notes)


def test_a_total_is_spread_by_the_model(tmp_path, town_pbf):
    make_pack(town_pbf, out_dir=tmp_path / "pack", population=650)

    model = open_pack(tmp_path / "pack").population_model

    assert (model.totals, model.weights, model.total) == ("city", "floors_footprint", 650)


def test_a_raster_becomes_zones(tmp_path, town_pbf):
    raster = write_raster(tmp_path / "people.tif", np.full((3, 3), 10))

    summary = make_pack(town_pbf, out_dir=tmp_path / "pack", population=raster)

    pack = open_pack(tmp_path / "pack")
    zones = read_pack(pack).records["population_zones"]
    # the town covers two of the raster's three rows
    assert sum(zone.people for zone in zones) == pytest.approx(60)
    assert pack.population_model.totals == "zones"
    assert any("licence" in note for note in summary.notes)


def test_made_twice_it_is_the_same_pack(tmp_path, town_pbf):
    for name in ("one", "two"):
        make_pack(town_pbf, out_dir=tmp_path / name, population=650)

    assert open_pack(tmp_path / "one").checksum == open_pack(tmp_path / "two").checksum


def test_refuses_what_cannot_be(tmp_path, town_pbf):
    with pytest.raises(ParameterError, match="people of the city, more than none"):
        make_pack(town_pbf, out_dir=tmp_path / "pack", population=0)
    with pytest.raises(BoundaryNotFoundError):
        make_pack(town_pbf, out_dir=tmp_path / "pack", boundary="Южный")


def test_makes_a_pack_of_a_real_extract(tmp_path, helsinki_pbf):
    summary = make_pack(helsinki_pbf, out_dir=tmp_path / "pack", timezone="Europe/Helsinki")

    contents = read_pack(open_pack(tmp_path / "pack"))

    assert contents.problems == []
    assert len(contents.records["institutions"]) == summary.counts["institutions"] > 50
    assert any("no administrative area is complete" in note for note in summary.notes)
    assert sum(file.stat().st_size for file in summary.folder.iterdir()) < 500_000
