"""Rows → GeoJSON. Plain rows are written by the database in one statement; styled ones here."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import h3
from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Aggregate, Func, JSONField, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject

# 1e-6° is about ten centimetres.
DECIMALS = 6
EMPTY = '{"type":"FeatureCollection","features":[]}'


class Simplified(Func):
    """Fewer vertices, the same topology; the tolerance is in degrees."""

    function = "ST_SimplifyPreserveTopology"
    output_field = GeometryField(srid=4326)

    def __init__(self, geometry: Any, tolerance_deg: float) -> None:
        super().__init__(geometry, Value(tolerance_deg))


class LabelPoint(Func):
    """A point that surely lies on the thing, as GeoJSON coordinates."""

    function = "ST_AsGeoJSON"
    template = "(%(function)s(ST_PointOnSurface(%(expressions)s), 6)::jsonb -> 'coordinates')"
    output_field = JSONField()


class MergedJson(Aggregate):
    """All geometries of a column as one simplified GeoJSON text."""

    template = "ST_AsGeoJSON(ST_Simplify(ST_Collect(%(expressions)s), %(tolerance)s), %(decimals)s)"
    output_field = TextField()

    def __init__(self, geometry: str, tolerance_deg: float, decimals: int) -> None:
        super().__init__(geometry, tolerance=repr(float(tolerance_deg)), decimals=int(decimals))


def geometry_json(geometry: Any) -> Cast:
    """A geometry column as a JSON value, to be put inside a feature."""
    return Cast(AsGeoJSON(geometry, precision=DECIMALS), JSONField())


def text(geometry: Any) -> AsGeoJSON:
    """A geometry column as GeoJSON text, for `feature`."""
    return AsGeoJSON(geometry, precision=DECIMALS)


def collection(rows: QuerySet, *, geometry: Any, properties: Mapping[str, Any]) -> str:
    """
    One FeatureCollection of the rows that have a geometry.

    `geometry` names the column or is an expression; `properties` maps names to columns or
    expressions of the query.
    """
    feature = JSONObject(
        type=Value("Feature"),
        geometry=geometry_json(geometry),
        properties=JSONObject(**properties),
    )
    answer = rows.aggregate(
        features=Cast(JSONBAgg(feature, default=Value([], JSONField())), TextField())
    )
    return wrap(answer["features"])


def merged(rows: QuerySet, *, tolerance_deg: float, decimals: int) -> str | None:
    """All rows as one simplified geometry, for a background; None when there are none."""
    return rows.order_by().aggregate(merged=MergedJson("geometry", tolerance_deg, decimals))[
        "merged"
    ]


def wrap(features_json: str) -> str:
    """A JSON array of features, already written, as a collection."""
    return '{"type":"FeatureCollection","features":' + features_json + "}"


def feature(geometry: str, properties: Mapping[str, Any]) -> str:
    """One feature from a geometry already written as GeoJSON."""
    return (
        '{"type":"Feature","geometry":'
        + geometry
        + ',"properties":'
        + json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
        + "}"
    )


def join(features: Iterable[str]) -> str:
    """Features already written as one collection."""
    return wrap("[" + ",".join(features) + "]")


def cell_polygon(cell: str) -> str:
    """The hexagon of an h3 cell as GeoJSON."""
    ring = [[round(lon, DECIMALS), round(lat, DECIMALS)] for lat, lon in h3.cell_to_boundary(cell)]
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, separators=(",", ":"))
