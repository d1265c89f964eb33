"""
The base map as vector tiles: land, districts, water, parks, railways, streets, stops.

One statement per tile; each layer is simplified to what a pixel can show, and small things wait
for the zoom at which they help.
"""

import math
from dataclasses import dataclass

from django.db import connection

from mapping.errors import ParameterError
from mapping.models import City
from mapping.services.tile_pyramids import EQUATOR_M, MAX_ZOOM, MIN_ZOOM

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"

EXTENT = 4096
BUFFER = 64

MINOR_FROM_ZOOM = 12
PATH_FROM_ZOOM = 14
NAMES_FROM_ZOOM = 13
STOPS_FROM_ZOOM = 14
# By its metro stations a person knows a city from far.
METRO_FROM_ZOOM = 12
# Where nobody classed the streets, the longest stand for the main ones in the overview.
LONG_STREET_M = 1500

MAJOR = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
)
PATHS = ("footway", "path", "steps", "pedestrian", "cycleway", "track", "bridleway", "corridor")


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of the web map. Raises ParameterError when it lies outside the pyramid."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not MIN_ZOOM <= self.z <= MAX_ZOOM:
            raise ParameterError("z", self.z, f"a zoom from {MIN_ZOOM} to {MAX_ZOOM}")
        last = 2**self.z - 1
        for name, value in (("x", self.x), ("y", self.y)):
            if not 0 <= value <= last:
                raise ParameterError(name, value, f"0 to {last} at zoom {self.z}")

    @staticmethod
    def column_row(zoom: int, lon: float, lat: float) -> tuple[int, int]:
        """The tile of a zoom that holds a place, given in degrees."""
        side = 2**zoom
        south = math.asinh(math.tan(math.radians(lat))) / math.pi
        return int((lon + 180) / 360 * side), int((1 - south) / 2 * side)

    @property
    def tolerance_m(self) -> float:
        """Half a pixel of a 256-pixel tile, in Web Mercator metres."""
        return EQUATOR_M / 2**self.z / 512

    def window(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees; `margin` is a share of the tile's side."""
        west, east = (self._lon(self.x + side) for side in (-margin, 1 + margin))
        north, south = (self._lat(self.y + side) for side in (-margin, 1 + margin))
        return west, south, east, north

    def _lon(self, column: float) -> float:
        return column / 2**self.z * 360 - 180

    def _lat(self, row: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**self.z))))


STREET_CLASS = """
    CASE WHEN highway IN %(major)s THEN 'major'
         WHEN highway IN %(paths)s THEN 'path'
         WHEN highway = '' AND length_m > %(long_m)s THEN 'major'
         ELSE 'minor' END"""

AREA = """
    SELECT {columns}, ST_AsMVTGeom(
        ST_SimplifyPreserveTopology(ST_Transform({geometry}, 3857), %(tolerance)s),
        frame.square, %(extent)s, %(buffer)s) AS shape
    FROM {table}, frame
    WHERE {where} AND {geometry} && frame.window"""

LINES = """
    SELECT {columns}, ST_AsMVTGeom(
        ST_Simplify(ST_Transform(ST_Collect(geometry), 3857), %(tolerance)s),
        frame.square, %(extent)s, %(buffer)s) AS shape
    FROM ({source}) AS line, frame
    WHERE {where}
    GROUP BY {group}, frame.square"""

STREETS = """
    SELECT {street_class} AS class, {name} AS name, geometry
    FROM mapping_street, frame
    WHERE city_id = %(city)s AND geometry && frame.window"""

# ST_AsMVT leaves out rows without a shape; asking for it here would make each shape twice.
ENCODED = """
    COALESCE((SELECT ST_AsMVT(tile, '{name}', %(extent)s, 'shape')
              FROM ({select}) AS tile), ''::bytea)"""

POINTS = """
    SELECT name, mode, ST_AsMVTGeom(ST_Transform(geometry, 3857), frame.square,
        %(extent)s, %(buffer)s) AS shape
    FROM mapping_stop, frame
    WHERE city_id = %(city)s AND geometry && frame.window
        AND %(zoom)s >= CASE mode WHEN 'metro' THEN %(metro_from)s ELSE %(stops_from)s END"""


def _streets(zoom: int) -> str:
    name = "name" if zoom >= NAMES_FROM_ZOOM else "''"
    source = STREETS.format(street_class=STREET_CLASS, name=name)
    return LINES.format(
        columns="class, name", where="class IN %(classes)s", group="class, name", source=source
    )


def _street_classes(zoom: int) -> tuple[str, ...]:
    """Classes of streets that are drawn at a zoom."""
    return (
        ("major",) + ("minor",) * (zoom >= MINOR_FROM_ZOOM) + ("path",) * (zoom >= PATH_FROM_ZOOM)
    )


def _base_features(kind: str) -> str:
    return AREA.format(
        columns="name",
        geometry="geometry",
        table="mapping_basefeature",
        where=f"city_id = %(city)s AND kind = '{kind}'",
    )


def _land() -> str:
    """The city's boundary; where nobody gave one, its districts."""
    city = AREA.format(
        columns="slug", geometry="boundary", table="mapping_city", where="id = %(city)s"
    )
    districts = AREA.format(
        columns="''",
        geometry="geometry",
        table="mapping_district",
        where="city_id = %(city)s AND valid_to IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM mapping_city WHERE id = %(city)s AND boundary IS NOT NULL)",
    )
    return f"{city} UNION ALL {districts}"


BASE_FIELDS: dict[str, dict[str, str]] = {
    "land": {},
    "park": {"name": "name"},
    "water": {"name": "name"},
    "railway": {"name": "name"},
    "street": {"class": "major, minor or path", "name": "name"},
    "districts": {"id": "number", "name": "name"},
    "stop": {"name": "name", "mode": "means of transport"},
}


def _layers(zoom: int) -> dict[str, str]:
    """Name of each layer → its SELECT, in the order they are drawn."""
    return {
        "land": _land(),
        "park": _base_features("park"),
        "water": _base_features("water"),
        "railway": _base_features("railway"),
        "street": _streets(zoom),
        "districts": AREA.format(
            columns="id, name",
            geometry="geometry",
            table="mapping_district",
            where="city_id = %(city)s AND valid_to IS NULL",
        ),
        "stop": POINTS,
    }


def statement(zoom: int) -> str:
    """The whole tile in one SELECT."""
    parts = " || ".join(
        ENCODED.format(name=name, select=select) for name, select in _layers(zoom).items()
    )
    return f"""
    WITH frame AS (
        SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS square,
               ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.02), 4326) AS window
    )
    SELECT {parts}"""


def base_tile(city: City, tile: Tile) -> bytes:
    """The tile as Mapbox Vector Tile bytes; empty where the city has nothing."""
    parameters = {
        "z": tile.z,
        "x": tile.x,
        "y": tile.y,
        "zoom": tile.z,
        "city": city.pk,
        "tolerance": tile.tolerance_m,
        "extent": EXTENT,
        "buffer": BUFFER,
        "classes": _street_classes(tile.z),
        "major": MAJOR,
        "paths": PATHS,
        "long_m": LONG_STREET_M,
        "stops_from": STOPS_FROM_ZOOM,
        "metro_from": METRO_FROM_ZOOM,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement(tile.z), parameters)
        return bytes(cursor.fetchone()[0])
