"""
Layers as vector tiles: one statement per tile, made of the layer's own rows.

A tile of points holds the points, or clusters of them where they are too many; a tile of areas
holds those that can be seen, simplified to what a pixel can show.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.contrib.gis.geos import Polygon
from django.core.cache import cache
from django.db import connection
from django.db.models import (
    BinaryField,
    BooleanField,
    Case,
    Expression,
    F,
    FloatField,
    Func,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, NullIf
from django.urls import reverse

from layers import tile_store
from layers.choice import Choice
from layers.registry import Layer, TileSource
from layers.tiles import BUFFER, EXTENT, Tile
from mapping.models import City, TileCluster, TilePyramid
from mapping.queries import layers as queries
from mapping.services import tile_pyramids
from mapping.services.tile_pyramids import MIN_ZOOM, TileRows

# Grows whenever the same rows would give other tiles; those of older code are made anew.
TILES_VERSION = 2
PYRAMID_SECONDS = 3600
TAG_DIGITS = 12
# Anybody may write anything into an address.
TAG = re.compile(rf"[0-9a-f]{{{TAG_DIGITS}}}")
# What planning needs of a row beside its id.
PLANNED = ("kind", "synthetic", "approximate", "area", "geometry")


class TileShape(Func):
    """A geometry in the units of one tile; null where the tile has nothing of it."""

    output_field = BinaryField()

    def __init__(self, geometry: Any, tile: Tile, *, simplify: bool) -> None:
        projected = "ST_Transform(%(expressions)s, 3857)"
        if simplify:
            projected = f"ST_Simplify({projected}, {tile.tolerance_m!r}, true)"
        square = f"ST_TileEnvelope({tile.z}, {tile.x}, {tile.y})"
        super().__init__(
            geometry, template=f"ST_AsMVTGeom({projected}, {square}, {EXTENT}, {BUFFER})"
        )


def pyramid_of(city: City, layer: Layer) -> TilePyramid:
    """How the layer is cut into tiles; planned now where its rows have changed."""
    return _find_or_build(city, layer.key, layer.tiles.version(city), layer.tiles)


def base_pyramid(city: City) -> TilePyramid:
    """The name of the base map's version; its tiles need no plan."""
    return _find_or_build(city, "base", str(city.data_version), None)


def remembered(slug: str, name: str, tag: str) -> TilePyramid | None:
    """The plan that an address with this tag was made from, if this worker still knows it."""
    return cache.get(f"pyramid:{slug}:{name}:{tag}") if TAG.fullmatch(tag) else None


def tag_of(pyramid: TilePyramid) -> str:
    """What addresses carry: never the same for two versions, whatever becomes of the city."""
    return pyramid.token.hex[:TAG_DIGITS]


def _find_or_build(
    city: City, name: str, data_version: str, source: TileSource | None
) -> TilePyramid:
    version = f"{TILES_VERSION}.{data_version}"
    key = f"pyramid:{city.pk}:{name}:{version}"
    pyramid = cache.get(key)
    if pyramid is None:
        pyramid = tile_pyramids.find_pyramid(city, name, version) or _build(
            city, name, version, source
        )
        cache.set(key, pyramid, PYRAMID_SECONDS)
        cache.set(f"pyramid:{city.slug}:{name}:{tag_of(pyramid)}", pyramid, PYRAMID_SECONDS)
    return pyramid


def _build(city: City, name: str, version: str, source: TileSource | None) -> TilePyramid:
    rows = planned_rows(source, city) if source else None
    shape = source.shape if source else "areas"
    pyramid = tile_pyramids.build_pyramid(city, name, version, shape=shape, rows=rows)
    tokens = TilePyramid.objects.values_list("token", flat=True)
    tile_store.forget_all_but({str(token) for token in tokens})
    return pyramid


def tile_address(city: City, layer: Layer, language: str) -> str:
    """Address pattern of the layer's tiles, as of the data there are now."""
    path = reverse("data:feature_tile", args=[city.slug, layer.key, 0, 0, 0])
    pattern = path.replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt")
    return f"{pattern}?lang={language}&v={tag_of(pyramid_of(city, layer))}"


def base_address(city: City) -> str:
    """Address pattern of the base map's tiles."""
    path = reverse("data:base_tile", args=[city.slug, 0, 0, 0])
    pattern = path.replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt")
    return f"{pattern}?v={tag_of(base_pyramid(city))}"


def bounds(city: City) -> list[float]:
    """West, south, east, north of the city in degrees."""
    return [round(value, 6) for value in queries.bounds(city)]


def kind_looks(city: City, layer: Layer) -> dict[str, dict[str, str]]:
    """Code of each kind → its colour and icon."""
    return {code: asdict(look) for code, look in layer.tiles.kinds(city).items()}


def for_browser(choice: Choice, layer: Layer, language: str) -> dict[str, Any]:
    """What the map needs to draw the layer's tiles."""
    return {
        "url": tile_address(choice.city, layer, language),
        "layer": layer.key,
        "type": layer.tiles.type,
        "bounds": bounds(choice.city),
        "kinds": kind_looks(choice.city, layer),
        "asked": list(layer.tiles.asked(choice)),
    }


def planned_rows(source: TileSource, city: City) -> TileRows:
    """The columns that planning needs, of every row."""
    rows = source.rows(city).annotate(
        tile_kind=_column(source.kind),
        tile_synthetic=F("synthetic"),
        tile_approximate=_flag(source.approximate, otherwise=False),
        tile_area=F(source.area_m2) if source.area_m2 else Value(None, FloatField()),
        # As bytes of any kind, so that the ORM does not turn it into its own.
        tile_geometry=Func(
            _place(source), template="(%(expressions)s)", output_field=BinaryField()
        ),
    )
    names = ("pk", *(f"tile_{name}" for name in PLANNED))
    sql, params = rows.order_by().values_list(*names).query.sql_with_params()
    columns = ", ".join(["id", *PLANNED])
    return TileRows(f"SELECT * FROM ({sql}) AS given ({columns})", params)  # noqa: S608 - ORM's


def feature_tile(city: City, layer: Layer, pyramid: TilePyramid, tile: Tile) -> bytes:
    """The tile as Mapbox Vector Tile bytes; empty where the layer has nothing."""
    with connection.cursor() as cursor:
        cursor.execute(*statement(city, layer, pyramid, tile))
        return bytes(cursor.fetchone()[0])


def statement(
    city: City, layer: Layer, pyramid: TilePyramid, tile: Tile
) -> tuple[str, Sequence[Any]]:
    """The whole tile in one SELECT, with its parameters."""
    if layer.tiles.shape == "points" and tile.z < pyramid.single_from:
        rows, names = _clusters(pyramid, tile)
    else:
        rows, names = _things(city, layer.tiles, pyramid, tile)
    columns = rows.order_by().values_list("tile_shape", *names.values())
    sql, params = columns.query.sql_with_params()
    given = ", ".join(["shape", *names])
    # ST_AsMVT leaves out rows without a shape; asking for it here would make each shape twice.
    encoded = f"""
        SELECT ST_AsMVT(tile, %s, {EXTENT}, 'shape', 'id') FROM ({sql}) AS tile ({given})
        """  # noqa: S608 - written by the ORM
    return encoded, [layer.key, *params]


def _things(
    city: City, source: TileSource, pyramid: TilePyramid, tile: Tile
) -> tuple[QuerySet, dict[str, str]]:
    """Rows, and under which name the tile tells which column of them."""
    rows = source.rows(city).annotate(tile_place=_place(source))
    rows = rows.filter(tile_place__bboverlaps=_window(tile))
    if source.area_m2:
        least = pyramid.least_area_m2[tile.z - MIN_ZOOM]
        rows = rows.filter(**{f"{source.area_m2}__gte": least})
    told = {
        "kind": _column(source.kind),
        "synthetic": _flag(Q(synthetic=True)),
        "approximate": _flag(source.approximate),
        **(_words(city, source) if tile.z >= pyramid.named_from else {}),
    }
    simplify = source.shape == "areas" and tile.z < tile_pyramids.MAX_ZOOM
    shape = TileShape("tile_place", tile, simplify=simplify)
    columns = {f"tile_{name}": column for name, column in told.items()}
    names = {"id": "pk", **{name: f"tile_{name}" for name in told}}
    return rows.annotate(tile_shape=shape, **columns), names


def _words(city: City, source: TileSource) -> dict[str, Expression]:
    told = {"name": source.name(), **source.more(city)}
    if source.subtitle:
        told["subtitle"] = source.subtitle()
    return {name: NullIf(_column(column), Value("", TextField())) for name, column in told.items()}


def _clusters(pyramid: TilePyramid, tile: Tile) -> tuple[QuerySet, dict[str, str]]:
    rows = TileCluster.objects.filter(
        pyramid=pyramid, zoom=tile.z, tile_x=tile.x, tile_y=tile.y
    ).annotate(
        tile_shape=TileShape(
            Func("x", "y", template="ST_Point(%(expressions)s, 3857)"), tile, simplify=False
        ),
        tile_synthetic=_flag(Q(synthetic=True)),
        tile_approximate=_flag(Q(approximate=True)),
    )
    names = {
        "id": "single",
        "count": "count",
        "mix": "mix",
        "synthetic": "tile_synthetic",
        "approximate": "tile_approximate",
    }
    return rows, names


def _place(source: TileSource) -> Expression:
    return F(source.geometry) if isinstance(source.geometry, str) else source.geometry


def _window(tile: Tile) -> Polygon:
    polygon = Polygon.from_bbox(tile.window(BUFFER / EXTENT))
    polygon.srid = 4326
    return polygon


def _column(column: Any) -> Expression:
    return Cast(column, TextField())


def _flag(condition: Q | None, *, otherwise: bool | None = None) -> Expression:
    """True, or nothing at all: a tile is the lighter for what it leaves out."""
    default = Value(otherwise, BooleanField())
    if condition is None:
        return default
    return Case(When(condition, then=Value(True)), default=default, output_field=BooleanField())
