"""Whole answers as files: the same rows, under the same filters, for GIS and for Excel."""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import shapely
from django.utils import timezone
from rest_framework.renderers import BaseRenderer

from api.resources import Resource
from layers import sheets
from layers.sheets import Column, Sheet

# A whole answer is held in memory while it is written; larger ones are asked for by part.
MOST_ROWS = 50_000
KML_TYPE = "application/vnd.google-earth.kml+xml"
TYPES = {name: kind for name, kind in sheets.CONTENT_TYPES.items() if name != "json"} | {
    "kml": KML_TYPE
}
DRAWN = ("geojson", "gpkg", "kml")
KINDS = {"IntegerField": "count", "FloatField": "number"}
# What neither XML nor a workbook can hold.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Columns whose names are KML's own, whatever their case.
TAKEN = ("name", "description")


def forms_of(resource: Resource) -> list[str]:
    """The forms that a resource can be had in: those of maps only where there is a shape."""
    return [form for form in TYPES if resource.geometry or form not in DRAWN]


def write(
    resource: Resource, rows: Sequence[Mapping[str, Any]], form: str, about: list[str]
) -> bytes:
    """The rows in a form of TYPES; `about` says where they come from."""
    if form == "geojson":
        return _geojson(rows, about)
    if form == "kml":
        return _kml(resource, rows, about)
    return sheets.encode(_sheet(resource, rows, form, about), form)


def feature(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row as a feature of GeoJSON (RFC 7946)."""
    properties = {name: value for name, value in row.items() if name != "geometry"}
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": row.get("geometry"),
        "properties": properties,
    }


def _geojson(rows: Sequence[Mapping[str, Any]], about: list[str]) -> bytes:
    document = {
        "type": "FeatureCollection",
        "features": [feature(row) for row in rows],
        "about": about,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _sheet(
    resource: Resource, rows: Sequence[Mapping[str, Any]], form: str, about: list[str]
) -> Sheet:
    shapes = _shapes(rows) if resource.geometry else []
    placed = bool(resource.geometry) and form not in DRAWN
    return Sheet(
        name=resource.name,
        title=str(resource.title),
        columns=_columns(resource, rows, placed=placed),
        rows=[_cells(row) for row in _placed(rows, shapes)] if placed else list(map(_cells, rows)),
        shapes=shapes,
        about=tuple(about),
    )


def _columns(
    resource: Resource, rows: Sequence[Mapping[str, Any]], *, placed: bool
) -> tuple[Column, ...]:
    names = [(name, KINDS.get(type(field).__name__, "text")) for name, field in told(resource)]
    if rows and "walk_minutes" in rows[0]:
        names.append(("walk_minutes", "minutes"))
    if placed:
        names += [("lat", "text"), ("lon", "text")]
    return tuple(Column(name, name, kind) for name, kind in names)


def told(resource: Resource) -> list[tuple[str, Any]]:
    """Name of every field of a resource, with what it is."""
    return [(name, field) for name, (_, field) in resource.fields.items()]


def _shapes(rows: Sequence[Mapping[str, Any]]) -> list[shapely.Geometry | None]:
    return [shapely.geometry.shape(row["geometry"]) if row["geometry"] else None for row in rows]


def _placed(
    rows: Sequence[Mapping[str, Any]], shapes: Sequence[shapely.Geometry | None]
) -> list[dict[str, Any]]:
    """Rows with a place in degrees beside them, for programs that know no shapes."""
    points = [shape and shape.representative_point() for shape in shapes]
    return [
        {**row, "lat": _degrees(point and point.y), "lon": _degrees(point and point.x)}
        for row, point in zip(rows, points, strict=True)
    ]


def _degrees(value: float | None) -> Decimal | None:
    """To ten centimetres; a Decimal, because tables round other numbers to what people read."""
    return None if value is None else Decimal(f"{value:.6f}")


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row for a table: lists and objects as text, in whatever language somebody reads."""
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return UNPRINTABLE.sub("", value) if isinstance(value, str) else value


def _kml(resource: Resource, rows: Sequence[Mapping[str, Any]], about: list[str]) -> bytes:
    """Rows that stand somewhere; those whose place is not known cannot be drawn."""
    # Only here: it would cost every web process two seconds and a hundred megabytes.
    import geopandas as gpd

    drawn = [row for row in rows if row["geometry"]]
    columns = _columns(resource, rows, placed=False)
    table = [
        {
            "Name": _said(row.get("name") or row.get("title")),
            "Description": "; ".join(about),
            **{f"{column.key}": _said(_cell(row[column.key])) for column in columns},
        }
        for row in drawn
    ]
    keys = ["Name", "Description", *(column.key for column in columns)]
    table = [{key: each[key] for key in keys if key not in TAKEN} for each in table]
    frame = gpd.GeoDataFrame(
        table,
        columns=[key for key in keys if key not in TAKEN],
        geometry=_shapes(drawn),
        crs=4326,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{resource.name}.kml"
        frame.to_file(path, driver="KML", layer=resource.name, engine="pyogrio")
        return path.read_bytes()


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def about(sources: Sequence[Mapping[str, str]]) -> list[str]:
    """What a file says of itself: sources, licences and when it was made."""
    lines = [
        ", ".join(filter(None, (each["title"], each["license"], each["attribution"])))
        for each in sources
    ]
    return [*lines, f"Culture Atlas, {timezone.now():%Y-%m-%dT%H:%MZ}"]


class FileRenderer(BaseRenderer):
    """Named for negotiation alone: a file is written by the view, a refusal by `problems`."""

    charset = None


def renderers(resource: Resource) -> list[FileRenderer]:
    """One renderer for every file form that a resource can be had in."""
    return [_renderer(form) for form in forms_of(resource)]


def _renderer(form: str) -> FileRenderer:
    renderer = FileRenderer()
    renderer.format, renderer.media_type = form, TYPES[form].partition(";")[0]
    return renderer
