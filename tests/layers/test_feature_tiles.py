"""Tiles of layers: what they hold at which zoom, for whom, and for how long."""

import gzip
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pyogrio
import pytest
from django.core.cache import cache, caches
from django.utils import timezone, translation

from agenda.models import Event
from layers import feature_tiles, registry, tile_store
from layers.tiles import Tile
from mapping.models import TileCluster, TilePyramid
from mapping.services import tile_pyramids
from mapping.services.editing import mark_changed
from tests.factories import (
    make_city,
    make_institution,
    make_kind,
    make_source,
    make_tos,
    point_at,
    rectangle,
)

pytestmark = pytest.mark.usefixtures("steady_clock")

TILE_TYPE = "application/vnd.mapbox-vector-tile"


@pytest.fixture(autouse=True)
def tiles_of_this_test(settings, tmp_path):
    settings.TILE_DIR = tmp_path / "tiles"
    for each in (cache, caches["tiles"]):
        each.clear()


def place(zoom, east_m=0.0):
    point = point_at(east_m)
    return Tile(zoom, *Tile.column_row(zoom, point.x, point.y))


def content_of(city, key, tile):
    layer = registry.layers_by_key()[key]
    return feature_tiles.feature_tile(city, layer, feature_tiles.pyramid_of(city, layer), tile)


def read(city, key, tile, tmp_path):
    """Rows of the tile as another program reads them."""
    path = tmp_path / "0.mvt"
    path.write_bytes(content_of(city, key, tile))
    if not path.stat().st_size:
        return []
    return pyogrio.read_dataframe(path, layer=key).to_dict("records")


def address(city, key, tile, query="lang=ru"):
    return f"/tiles/{city.slug}/{key}/{tile.z}/{tile.x}/{tile.y}.mvt?{query}"


def test_a_place_tells_its_kind_name_and_doubts(town, tmp_path):
    source = town.sources.get()
    make_institution(
        source,
        "vague",
        10,
        kind=make_kind("museum"),
        name="Музей",
        address="Речная, 1",
        position_accuracy="street",
        synthetic=True,
    )

    rows = read(town, "institutions", place(14), tmp_path)

    vague = next(row for row in rows if row["kind"] == "museum")
    assert (vague["name"], vague["subtitle"]) == ("Музей", "Речная, 1")
    assert vague["approximate"]
    assert vague["synthetic"]
    library = next(row for row in rows if row["kind"] == "library")
    assert library["mvt_id"] == town.institutions.get(source_key="west").pk
    assert library["approximate"] is not True


def test_closed_places_other_cities_and_schools_are_not_among_institutions(town, tmp_path):
    source = town.sources.get()
    make_institution(source, "closed", 10, status="closed")
    make_institution(source, "school", 20, kind=make_kind("school", is_culture=False))
    make_institution(make_source(make_city("other")), "elsewhere", 30)

    assert len(read(town, "institutions", place(14), tmp_path)) == 1
    assert [row["kind"] for row in read(town, "public-buildings", place(14), tmp_path)] == [
        "school"
    ]


def test_names_speak_the_language_asked(town, tmp_path):
    with translation.override("en"):
        rows = read(town, "districts", place(14), tmp_path)
    assert [row["name"] for row in rows] == ["Western district"]
    with translation.override("ru"):
        rows = read(town, "districts", place(14), tmp_path)
    assert [row["name"] for row in rows] == ["Западный район"]


@pytest.fixture
def crowd(town, monkeypatch):
    """Forty libraries and twenty museums along the street, in tiles that hold five points."""
    monkeypatch.setattr(tile_pyramids, "POINTS_IN_TILE", 5)
    source = town.sources.get()
    for number in range(60):
        kind = make_kind("museum" if number % 3 == 0 else "library")
        make_institution(source, f"crowd-{number}", 3000 + 7 * number, kind=kind)
    return town


@pytest.mark.parametrize("zoom", [5, 9, 12])
def test_clusters_lose_nobody_and_tell_their_kinds(crowd, tmp_path, zoom):
    rows = read(crowd, "institutions", place(zoom, 3200), tmp_path)

    assert sum(row["count"] for row in rows) == 61
    mixes = [dict(part.split(":") for part in row["mix"].split(",")) for row in rows]
    assert sum(int(mix.get("museum", 0)) for mix in mixes) == 20
    assert len(rows) < 61


def test_a_cluster_of_one_keeps_its_id(crowd):
    feature_tiles.pyramid_of(crowd, registry.layers_by_key()["institutions"])

    lone = TileCluster.objects.filter(zoom=12, count=1).get()
    assert lone.single == crowd.institutions.get(source_key="west").pk


def test_small_territories_wait_for_their_zoom(town, tmp_path):
    source = town.sources.get()
    make_tos(source, "Большой", -900, 900)
    make_tos(source, "Крошечный", 0, 1)

    far = [row["name"] for row in read(town, "tos", place(11), tmp_path)]
    near = [row["name"] for row in read(town, "tos", place(15), tmp_path)]
    assert far == ["Большой"]
    assert sorted(near) == ["Большой", "Крошечный"]


def test_crowded_tiles_keep_the_largest_territories(town, tmp_path, monkeypatch):
    monkeypatch.setattr(tile_pyramids, "AREAS_IN_TILE", 2)
    source = town.sources.get()
    for number in range(5):
        make_tos(source, f"ТОС {number}", 0, 300 + 100 * number)

    rows = read(town, "tos", place(10), tmp_path)
    assert sorted(row["name"] for row in rows) == ["ТОС 3", "ТОС 4"]


def test_an_event_tells_the_clock_of_the_city_and_leaves_when_it_is_over(town, tmp_path):
    moment = timezone.now() + timedelta(hours=2)
    event = Event.objects.create(
        city=town,
        source=town.sources.get(),
        source_key="walk",
        title="Прогулка",
        geometry=rectangle(-100, -100, 100, 100),
    )
    occurrence = event.occurrences.create(starts_at=moment)

    [row] = read(town, "events", place(14), tmp_path)
    there = moment.astimezone(ZoneInfo(town.timezone))
    assert datetime.fromisoformat(row["at"]) == there.replace(tzinfo=None, second=0, microsecond=0)
    occurrence.starts_at = timezone.now() - timedelta(days=1)
    occurrence.save()
    assert read(town, "events", place(14), tmp_path) == []


def test_a_tile_comes_compressed_and_whoever_has_it_is_told_so(client, town):
    asked = address(town, "institutions", place(14))
    first = client.get(asked, headers={"Accept-Encoding": "gzip"})

    assert first["Content-Type"] == TILE_TYPE
    assert first["Content-Encoding"] == "gzip"
    assert gzip.decompress(first.content) == client.get(asked).content
    again = client.get(asked, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_an_address_of_a_version_is_kept_long_and_needs_no_database(
    client, town, django_assert_num_queries
):
    described = client.get(f"/tiles/{town.slug}/institutions.json?lang=ru").json()
    _, query = described["tiles"][0].split("?")
    asked = address(town, "institutions", place(14), query)
    first = client.get(asked)

    assert "immutable" in first["Cache-Control"]
    with django_assert_num_queries(0):
        assert client.get(asked).content == first.content
    assert "immutable" not in client.get(address(town, "institutions", place(14)))["Cache-Control"]


def test_another_worker_finds_the_tile_in_the_files(town, client, monkeypatch):
    asked = address(town, "institutions", place(14))
    first = client.get(asked)
    caches["tiles"].clear()
    monkeypatch.setattr(feature_tiles, "feature_tile", None)

    assert client.get(asked).content == first.content


def test_changed_data_change_the_tile_at_once_and_its_old_files_go(client, town, settings):
    asked = address(town, "institutions", place(14))
    first = client.get(asked)
    make_institution(town.sources.get(), "new", 30)
    mark_changed([town.pk])
    second = client.get(asked)

    assert second["ETag"] != first["ETag"]
    assert len(second.content) > len(first.content)
    kept = {folder.name for folder in settings.TILE_DIR.iterdir()}
    assert kept == {str(TilePyramid.objects.get(layer="institutions").token)}


def test_a_full_disk_makes_tiles_slower_not_absent(client, town, monkeypatch, caplog):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tile_store, "_write", full)

    assert client.get(address(town, "institutions", place(14))).status_code == 200
    assert "could not be kept" in caplog.text


def test_tilejson_says_what_the_tiles_hold(client, town):
    told = client.get(f"/tiles/{town.slug}/institutions.json?lang=ru").json()

    assert told["tilejson"] == "3.0.0"
    [layer] = told["vector_layers"]
    assert layer["id"] == "institutions"
    assert {"kind", "name", "count", "mix"} <= set(layer["fields"])
    west, south, east, north = told["bounds"]
    assert west < east
    assert south < north
    pattern = told["tiles"][0].removeprefix("http://testserver")
    tile = place(14)
    assert client.get(pattern.format(z=tile.z, x=tile.x, y=tile.y)).content
    base = client.get(f"/tiles/{town.slug}/base.json").json()
    assert {"street", "water", "land"} <= {each["id"] for each in base["vector_layers"]}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("institutions/4/0/0.mvt", 400),
        ("institutions/16/0/0.mvt", 400),
        ("institutions/6/64/1.mvt", 400),
        ("institutions/14/1/-1.mvt", 404),
        ("nonsense/14/1/1.mvt", 404),
        ("coverage/14/1/1.mvt", 404),
        ("nonsense.json", 404),
        ("institutions/14/1/1.mvt?lang=xx", 400),
    ],
)
def test_what_cannot_be_is_refused(client, town, path, status):
    assert client.get(f"/tiles/{town.slug}/{path}").status_code == status


def test_places_without_anything_are_empty_tiles(client, town):
    answer = client.get(
        f"/tiles/{town.slug}/institutions/14/1/1.mvt", headers={"Accept-Encoding": "gzip"}
    )

    assert (answer.status_code, answer.content) == (200, b"")


def test_whoever_asks_for_all_empty_tiles_fills_no_disk(client, town, settings):
    for row in range(3):
        assert client.get(f"/tiles/{town.slug}/institutions/14/1/{row}.mvt").content == b""

    assert not settings.TILE_DIR.exists()


def test_a_tile_half_written_leaves_nothing_behind(settings, monkeypatch):
    def full(path, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    tile_store.keep("token", "14/1/1", b"rows")

    assert list((settings.TILE_DIR / "token" / "14" / "1").iterdir()) == []


@pytest.mark.parametrize("version", ["a b", "\x01", "x" * 300, "*"])
def test_a_version_that_nobody_wrote_is_the_present_one(client, town, version):
    path = address(town, "institutions", place(14))

    answer = client.get(f"{path}&v={quote(version)}")

    assert answer.content == client.get(path).content
    assert "immutable" not in answer["Cache-Control"]


def test_tiles_of_older_code_are_made_anew(town, monkeypatch):
    before = feature_tiles.base_address(town)
    monkeypatch.setattr(feature_tiles, "TILES_VERSION", feature_tiles.TILES_VERSION + 1)

    assert feature_tiles.base_address(town) != before
