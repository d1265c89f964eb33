"""GeoJSON (RFC 7946; the older `crs` member is honoured), plain or gzipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from mapping.errors import UnreadableFileError
from mapping.importers.files import read_text
from mapping.importers.raw import Fault, Geometries, RawTable, to_storage


def read_geojson(path: Path, *, encoding: str = "") -> RawTable:
    """
    Read a FeatureCollection, or a JSON array of plain objects (rows without geometry).

    Raises
    ------
    UnreadableFileError
        If the file is not JSON, or is JSON of another shape.
    """
    try:
        content = json.loads(read_text(path, encoding))
    except json.JSONDecodeError as error:
        raise UnreadableFileError(path, f"broken JSON ({error})", "valid GeoJSON") from error
    features, crs = _features_of(content, path)
    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    numbers: list[int] = []
    faults: list[Fault] = []
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict | None):
            shown = json.dumps(feature, ensure_ascii=False)[:80]
            faults.append(Fault(row=number, column="", got=shown, wanted="a GeoJSON Feature"))
            continue
        rows.append(_properties_of(feature))
        shapes.append(feature.get("geometry"))
        numbers.append(number)
    geometry, broken = _to_geometries(shapes)
    faults.extend(
        Fault(
            row=numbers[index],
            column="geometry",
            got=json.dumps(shapes[index], ensure_ascii=False)[:80],
            wanted="a GeoJSON geometry",
        )
        for index in np.flatnonzero(broken).tolist()
    )
    keep = np.flatnonzero(~broken).tolist()
    rows = [rows[index] for index in keep]
    names = dict.fromkeys(name for row in rows for name in row)
    return RawTable(
        count=len(rows),
        columns={name: [row.get(name) for row in rows] for name in names},
        geometry=to_storage(geometry[keep], crs, path) if crs else geometry[keep],
        row_numbers=[numbers[index] for index in keep],
        faults=tuple(faults),
    )


def _features_of(content: Any, path: Path) -> tuple[list[Any], str]:
    if isinstance(content, list):
        return [{"properties": row, "geometry": None} for row in content], ""
    if not isinstance(content, dict) or not isinstance(content.get("features"), list):
        got = content.get("type", "no type") if isinstance(content, dict) else type(content)
        raise UnreadableFileError(path, f"JSON of {got}", "a FeatureCollection")
    crs = content.get("crs") or {}
    named = crs.get("properties", {}).get("name", "") if isinstance(crs, dict) else ""
    return content["features"], "" if "CRS84" in str(named) else str(named)


def _properties_of(feature: dict[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties") or {}
    return {"@id": feature["id"], **properties} if "id" in feature else properties


def _to_geometries(shapes: list[Any]) -> tuple[Geometries, Any]:
    """Geometries, and which of the given ones could not be understood."""
    texts = np.array(
        [None if shape is None else json.dumps(shape) for shape in shapes], dtype=object
    )
    geometry: Geometries = shapely.from_geojson(texts, on_invalid="ignore")
    given = np.array([shape is not None for shape in shapes], dtype=bool)
    return geometry, given & shapely.is_missing(geometry)
