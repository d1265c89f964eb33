"""City packs written on the spot, small enough to read."""

import csv
import io
import json
from pathlib import Path

from tests.factories import line_through, point_at, rectangle

SOURCE = {
    "name": "survey",
    "title": "Survey",
    "path": "https://example.org/survey",
    "license": "CC0",
    "attribution": "Survey of the town",
    "as_of": "2026-01-01",
}


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": json.loads(geometry.json)}


def write_features(path: Path, features) -> None:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def write_csv(path: Path, rows) -> None:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8")


def resource(name, path, table, key, fields, **atlas):
    return {
        "name": name,
        "path": path,
        "atlas": {
            "table": table,
            "source": "survey",
            "holds": f"the {name}",
            "key": key,
            "fields": fields,
            **atlas,
        },
    }


def place(number, east_m, **values):
    point = point_at(east_m)
    return {
        "id": number,
        "name": f"Библиотека {number}",
        "kind": "library",
        "lon": f"{point.x:.6f}",
        "lat": f"{point.y:.6f}",
        **values,
    }


DISTRICTS = (
    ("west", "Западный район", -900, 1250, 600),
    ("east", "Восточный район", 1250, 2900, 400),
)


def write_town_pack(folder: Path, *, places=None, districts=DISTRICTS) -> Path:
    """Two districts with 600 and 400 people, five houses on one street, some libraries."""
    folder.mkdir(parents=True, exist_ok=True)
    write_features(
        folder / "districts.geojson",
        [
            feature(rectangle(west, -900, east, 900), code=code, name=name, people=people)
            for code, name, west, east, people in districts
        ],
    )
    line = line_through((0, 0), (500, 0), (1000, 0), (1500, 0), (2000, 0))
    write_features(folder / "streets.geojson", [feature(line, id=1, name="Главная улица")])
    houses = [feature(point_at(east), id=east) for east in (0, 500, 1000, 1500, 2000)]
    write_features(folder / "houses.geojson", houses)
    write_csv(folder / "places.csv", places or [place(n, n * 150) for n in range(10)])
    descriptor = {
        "profile": "data-package",
        "name": "town",
        "title": "Городок",
        "version": "1",
        "sources": [SOURCE],
        "atlas": {
            "city": {
                "slug": "town",
                "name": "Городок",
                "name_en": "Town",
                "timezone": "Asia/Novosibirsk",
                "metric_srid": 32644,
                "center": [55.01, 82.92],
            },
            "official_counts": [{"kind": "library", "count": 70, "source_note": "a newspaper"}],
            "population_model": {"totals": "districts", "weights": "equal"},
        },
        "resources": [
            resource(
                "districts",
                "districts.geojson",
                "districts",
                "code",
                {"name": "name", "code": "code", "population": "people"},
            ),
            resource("streets", "streets.geojson", "streets", "id", {"name": "name"}),
            resource("houses", "houses.geojson", "population_units", "id", {}),
            resource(
                "places",
                "places.csv",
                "institutions",
                "id",
                {"name": "name", "kind": "kind"},
                geometry={"lon": "lon", "lat": "lat"},
            ),
        ],
    }
    (folder / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False))
    return folder
