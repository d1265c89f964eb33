"""Hand-made packs: a town of a few streets near 55° N, 83° E."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

CENTER = (55.0, 83.0)

DESCRIPTOR: dict[str, Any] = {
    "profile": "data-package",
    "name": "town",
    "title": "Town",
    "version": "1.0.0",
    "sources": [
        {"name": "facts", "title": "Facts"},
        {"name": "osm", "title": "OpenStreetMap", "license": "ODbL-1.0"},
        {"name": "invented", "title": "Invented", "synthetic": True},
    ],
    "atlas": {
        "city": {
            "slug": "town",
            "name": "Город",
            "timezone": "Asia/Novosibirsk",
            "metric_srid": 32644,
            "center": list(CENTER),
        },
        "geocode": {"city_words": ["Город"]},
    },
}


def table(name: str, path: str, fills: str, /, **atlas: Any) -> dict[str, Any]:
    atlas = {"table": fills, "source": "facts", "key": "@row", **atlas}
    return {"name": name, "path": path, "atlas": atlas}


def institutions(path: str = "places.csv", **atlas: Any) -> dict[str, Any]:
    columns = {"name": "name", "kind": "kind", "address": "address", "capacity": "capacity"}
    atlas = {"fields": columns, "geometry": {"lon": "lon", "lat": "lat"}, "key": "id", **atlas}
    return table("places", path, "institutions", **atlas)


def write_pack(folder: Path, *resources: dict[str, Any], **atlas: Any) -> Path:
    """Write a descriptor over files that are, or will be, beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = copy.deepcopy(DESCRIPTOR)
    descriptor["atlas"] |= atlas
    descriptor["resources"] = list(resources)
    (folder / "datapackage.json").write_text(
        json.dumps(descriptor, ensure_ascii=False), encoding="utf-8"
    )
    return folder


def write_geojson(path: Path, *features: Any, **members: Any) -> Path:
    collection = {"type": "FeatureCollection", "features": list(features), **members}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return path


def feature(kind: str | None, coordinates: Any = None, **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates} if kind else None
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def square(west: float, south: float, side: float = 0.02) -> list[list[list[float]]]:
    east, north = west + side, south + side
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]
