"""Plans of tiles, against the same thing done slowly."""

from collections import Counter

import pytest

from mapping.models import Institution, TileCluster
from mapping.services import tile_pyramids
from mapping.services.tile_pyramids import EQUATOR_M, SQUARES, TileRows, build_pyramid
from tests.factories import make_institution, make_kind

SQL = """
    SELECT place.id, kind.code AS kind, false AS synthetic, false AS approximate,
           NULL::float8 AS area, point AS geometry
    FROM mapping_institution AS place JOIN mapping_institutionkind AS kind ON kind.id = kind_id
    WHERE city_id = %s"""


@pytest.fixture
def rows(town, monkeypatch):
    monkeypatch.setattr(tile_pyramids, "POINTS_IN_TILE", 4)
    source = town.sources.get()
    for number in range(30):
        kind = make_kind(("museum", "theatre", "library")[number % 3])
        make_institution(source, f"place-{number}", 97.0 * number, kind=kind)
    return TileRows(SQL, [town.pk])


def square_of(point, zoom):
    point.transform(3857)
    side = 2**zoom * SQUARES
    return int((point.x / EQUATOR_M + 0.5) * side), int((0.5 - point.y / EQUATOR_M) * side)


def test_clusters_are_what_counting_by_hand_gives(town, rows):
    pyramid = build_pyramid(town, "institutions", "1", shape="points", rows=rows)

    assert pyramid.single_from > 12
    for zoom in (5, 11, 12):
        places = Institution.objects.filter(city=town)
        by_hand = Counter(square_of(place.point, zoom) for place in places)
        clusters = TileCluster.objects.filter(pyramid=pyramid, zoom=zoom)
        assert sorted(clusters.values_list("count", flat=True)) == sorted(by_hand.values())
        tiles = {(x // SQUARES, y // SQUARES) for x, y in by_hand}
        assert set(clusters.values_list("tile_x", "tile_y")) == tiles


def test_from_the_zoom_of_single_points_no_tile_holds_too_many(town, rows):
    pyramid = build_pyramid(town, "institutions", "1", shape="points", rows=rows)
    for zoom in range(pyramid.single_from, 16):
        places = Institution.objects.filter(city=town)
        tiles = Counter(
            tuple(value // SQUARES for value in square_of(place.point, zoom)) for place in places
        )
        assert max(tiles.values()) <= tile_pyramids.POINTS_IN_TILE


def test_a_version_is_planned_once_and_a_new_one_replaces_it(town, rows):
    first = build_pyramid(town, "institutions", "1", shape="points", rows=rows)
    again = build_pyramid(town, "institutions", "1", shape="points", rows=rows)
    second = build_pyramid(town, "institutions", "2", shape="points", rows=rows)

    assert again.token == first.token
    assert second.token != first.token
    assert set(TileCluster.objects.values_list("pyramid", flat=True)) == {second.pk}


def test_a_layer_without_rows_needs_no_clusters(town):
    rows = TileRows(SQL, [0])
    pyramid = build_pyramid(town, "institutions", "1", shape="points", rows=rows)

    assert pyramid.single_from == pyramid.named_from == tile_pyramids.MIN_ZOOM
    assert not pyramid.clusters.exists()
