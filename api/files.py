"""Whole answers as files: the same rows, under the same filters, for GIS and for Excel."""

import tempfile
from collections.abc import Mapping, Sequence
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
KINDS = {"IntegerField": "count", "FloatField": "number", "BooleanField": "flag"}


def write(
    resource: Resource, rows: Sequence[Mapping[str, Any]], form: str, about: list[str]
) -> bytes:
    """The rows in a form of TYPES; `about` says where they come from."""
    sheet = _sheet(resource, rows, about)
    return _kml(sheet) if form == "kml" else sheets.encode(sheet, form)


def _sheet(resource: Resource, rows: Sequence[Mapping[str, Any]], about: list[str]) -> Sheet:
    shapes = [_shape(row.get("geometry")) for row in rows] if resource.geometry else []
    extra = ["walk_minutes"] if rows and "walk_minutes" in rows[0] else []
    columns = tuple(
        Column(name, name, KINDS.get(type(field).__name__, "text"))
        for name, (_, field) in resource.fields.items()
    ) + tuple(Column(name, name, "minutes") for name in extra)
    if resource.geometry:
        columns += (Column("lat", "lat", "number"), Column("lon", "lon", "number"))
    return Sheet(
        name=resource.name,
        title=resource.title,
        columns=columns,
        rows=[
            _cells(row, columns, shape)
            for row, shape in zip(rows, shapes or [None] * len(rows), strict=True)
        ],
        shapes=shapes,
        about=tuple(about),
    )


def _shape(geometry: Mapping[str, Any] | None) -> shapely.Geometry | None:
    return shapely.geometry.shape(geometry) if geometry else None


def _cells(
    row: Mapping[str, Any], columns: Sequence[Column], shape: shapely.Geometry | None
) -> dict[str, Any]:
    """One row with a value under every column; lists and objects as text."""
    at = shape.representative_point() if shape else None
    placed = {
        "lat": f"{at.y:.6f}" if at else None,
        "lon": f"{at.x:.6f}" if at else None,
    }
    cells = {column.key: row.get(column.key, placed.get(column.key)) for column in columns}
    return {
        key: ", ".join(map(str, value)) if isinstance(value, list) else value
        for key, value in cells.items()
    }


def _kml(sheet: Sheet) -> bytes:
    # Only here: it would cost every web process two seconds and a hundred megabytes.
    import geopandas as gpd

    drawn = [number for number, shape in enumerate(sheet.shapes) if shape is not None]
    rows = [
        {
            **{
                key: "" if value is None else str(value)
                for key, value in sheet.rows[number].items()
            },
            "Name": str(sheet.rows[number].get("name") or sheet.rows[number].get("title") or ""),
            "Description": "; ".join(sheet.about),
        }
        for number in drawn
    ]
    keys = [
        "Name",
        "Description",
        *(column.key for column in sheet.columns if column.key != "name"),
    ]
    frame = gpd.GeoDataFrame(
        rows, columns=keys, geometry=[sheet.shapes[number] for number in drawn], crs=4326
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{sheet.name}.kml"
        frame.to_file(path, driver="KML", layer=sheet.name, engine="pyogrio")
        return path.read_bytes()


def about(sources: Sequence[Mapping[str, str]]) -> list[str]:
    """What a file says of itself: sources, licences and when it was made."""
    lines = [
        ", ".join(filter(None, (each["title"], each["license"], each["attribution"])))
        for each in sources
    ]
    return [*lines, f"Culture Atlas, {timezone.now():%Y-%m-%dT%H:%MZ}"]


class FileRenderer(BaseRenderer):
    """Bytes that are a file already; an error in its place is written by the problem handler."""

    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None
    ) -> bytes:
        return bytes(data)


def renderers(resource: Resource) -> list[type[FileRenderer]]:
    """One renderer for every file form that a resource can be had in."""
    return [
        type(f"{form.title()}Renderer", (FileRenderer,), {"format": form, "media_type": kind})
        for form, kind in TYPES.items()
        if resource.geometry or form not in DRAWN
    ]
