"""Tiles that other programs can read, with no more in them than a zoom can show."""

import pyogrio
import pytest

from layers.tiles import Tile, base_tile
from mapping.errors import ParameterError
from mapping.models import BaseFeature, Stop, Street
from tests.factories import line_through, point_at, rectangle


def tile_at(zoom, east_m=500.0):
    point = point_at(east_m)
    return Tile(zoom, *Tile.column_row(zoom, point.x, point.y))


def read(content, tmp_path, layer):
    path = tmp_path / "0.mvt"
    path.write_bytes(content)
    return pyogrio.read_dataframe(path, layer=layer)


def layers_of(content, tmp_path):
    path = tmp_path / "0.mvt"
    path.write_bytes(content)
    return {name for name, _ in pyogrio.list_layers(path)}


@pytest.fixture
def furnished(town):
    source = town.sources.get()
    Stop.objects.create(
        city=town,
        source=source,
        source_key="stop",
        name="Речной вокзал",
        mode="metro",
        geometry=point_at(500),
    )
    BaseFeature.objects.create(
        city=town,
        source=source,
        source_key="pond",
        kind="water",
        name="Пруд",
        geometry=rectangle(300, 100, 700, 300),
    )
    Street.objects.create(
        city=town,
        source=source,
        source_key="path",
        highway="footway",
        geometry=line_through((400, -100), (600, -100)),
    )
    return town


def test_another_program_reads_every_layer(furnished, tmp_path):
    content = base_tile(furnished, tile_at(15))

    assert layers_of(content, tmp_path) == {"land", "districts", "water", "street", "stop"}
    streets = read(content, tmp_path, "street")
    assert set(streets["class"]) == {"minor", "path"}
    assert "Главная улица" in set(streets["name"])
    stops = read(content, tmp_path, "stop")
    assert list(zip(stops["name"], stops["mode"], strict=True)) == [("Речной вокзал", "metro")]


def test_small_things_wait_for_their_zoom(furnished, tmp_path):
    assert "street" not in layers_of(base_tile(furnished, tile_at(10)), tmp_path)
    assert set(read(base_tile(furnished, tile_at(12)), tmp_path, "street")["class"]) == {"minor"}
    Stop.objects.update(mode="bus")
    assert "stop" not in layers_of(base_tile(furnished, tile_at(13)), tmp_path)
    assert "stop" in layers_of(base_tile(furnished, tile_at(14)), tmp_path)


def test_metro_stations_are_known_from_far(furnished, tmp_path):
    assert list(read(base_tile(furnished, tile_at(12)), tmp_path, "stop")["mode"]) == ["metro"]
    assert "stop" not in layers_of(base_tile(furnished, tile_at(11)), tmp_path)


def test_the_longest_stand_for_main_streets_where_nobody_classed_them(town, tmp_path):
    Street.objects.filter(city=town).update(highway="")

    assert set(read(base_tile(town, tile_at(10)), tmp_path, "street")["class"]) == {"major"}


def test_districts_stand_for_a_boundary_nobody_gave(town, tmp_path):
    town.boundary = None
    town.save()

    assert len(read(base_tile(town, tile_at(13, 1250)), tmp_path, "land")) == 2


def test_elsewhere_a_tile_is_empty(town):
    assert base_tile(town, Tile(12, 0, 0)) == b""


def test_another_city_is_not_in_the_tile(town, db):
    from tests.factories import make_city

    other = make_city("other", boundary=rectangle(50_000, 0, 51_000, 1000))

    assert base_tile(other, tile_at(14)) == b""


@pytest.mark.parametrize("place", [(4, 0, 0), (16, 0, 0), (5, 32, 0), (5, 0, 32)])
def test_outside_the_pyramid_there_is_no_tile(place):
    with pytest.raises(ParameterError, match="wanted"):
        Tile(*place)
