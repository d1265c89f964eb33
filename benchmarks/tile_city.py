"""A crowded city in a database of its own: 100,000 places, 50,000 territories, always the same."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import connection, models, transaction
from django.utils import timezone
from numpy.typing import NDArray

from mapping.models import City, Institution, InstitutionKind, Source, TosTerritory
from mapping.services.reference import seed_reference

SEED = 20261122
SLUG = "crowd"
CENTER_LON, CENTER_LAT = 82.92, 55.03
HALF_SIDE_DEG = 0.32, 0.18  # about 41 by 40 kilometres
TOWNS = 60
SHARE_IN_TOWNS = 0.7


def load(places: int, territories: int) -> City:
    """Fill the empty tables of the default database; gives the city."""
    seed_reference()
    rng = np.random.default_rng(SEED)
    with transaction.atomic():
        city, source = _frame()
        _copy(Institution, _institutions(rng, city, source, places))
        _copy(TosTerritory, _territories(rng, city, source, territories))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return city


def _frame() -> tuple[City, Source]:
    (lon, lat), (wide, high) = (CENTER_LON, CENTER_LAT), HALF_SIDE_DEG
    box = Polygon.from_bbox((lon - wide, lat - high, lon + wide, lat + high))
    city = City.objects.create(
        slug=SLUG,
        name="Crowd",
        boundary=MultiPolygon(box),
        center=Point(lon, lat),
        timezone="Asia/Novosibirsk",
        metric_srid=32644,
        synthetic=True,
    )
    return city, Source.objects.create(city=city, slug="crowd", title="Invented", synthetic=True)


def _institutions(
    rng: np.random.Generator, city: City, source: Source, count: int
) -> Iterator[dict[str, Any]]:
    kinds = list(InstitutionKind.objects.filter(is_culture=True).values_list("pk", flat=True))
    chosen = rng.choice(kinds, count)
    for number, (lon, lat) in enumerate(_scattered(rng, count)):
        yield {
            "city_id": city.pk,
            "source_id": source.pk,
            "source_key": f"place-{number}",
            "synthetic": True,
            "kind_id": int(chosen[number]),
            "name": f"Библиотека имени читателя № {number}",
            "address": f"улица Придуманная, {number % 300 + 1}",
            "geometry": f"SRID=4326;POINT({lon:.6f} {lat:.6f})",
            "position_accuracy": "street" if number % 5 == 0 else "building",
        }


def _scattered(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Most stand close together in sixty towns, the others anywhere; shape (count, 2)."""
    centre, half = np.array([CENTER_LON, CENTER_LAT]), np.array(HALF_SIDE_DEG)
    towns = rng.uniform(-0.85, 0.85, (TOWNS, 2))
    near = towns[rng.integers(0, TOWNS, count)] + rng.normal(0, 0.04, (count, 2))
    anywhere = rng.uniform(-1, 1, (count, 2))
    in_town = rng.uniform(size=(count, 1)) < SHARE_IN_TOWNS
    return centre + half * np.clip(np.where(in_town, near, anywhere), -1, 1)


def _territories(
    rng: np.random.Generator, city: City, source: Source, count: int
) -> Iterator[dict[str, Any]]:
    for number, ring in enumerate(_blobs(rng, count)):
        polygon = shapely.MultiPolygon([shapely.Polygon(ring)])
        yield {
            "city_id": city.pk,
            "source_id": source.pk,
            "source_key": f"tos-{number}",
            "synthetic": True,
            "name": f"ТОС «Соседи {number}»",
            "geometry": f"SRID=4326;{shapely.to_wkt(polygon, rounding_precision=6)}",
            "position_accuracy": "street" if number % 7 == 0 else "exact",
        }


def _blobs(rng: np.random.Generator, count: int) -> Iterator[NDArray[np.float64]]:
    """Uneven rings of 24 corners on a lattice: neighbours, never the same size."""
    side = int(np.ceil(np.sqrt(count)))
    step = 2 * np.array(HALF_SIDE_DEG) / side
    corner = np.array([CENTER_LON, CENTER_LAT]) - np.array(HALF_SIDE_DEG)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rim = np.column_stack([np.cos(angles), np.sin(angles)])
    for number in range(count):
        middle = corner + step * (np.array(divmod(number, side)) + 0.5)
        size = rng.uniform(0.15, 0.55)
        yield middle + step * rim * size * rng.uniform(0.8, 1.2, (24, 1))


def _copy(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows with COPY: what a row does not say is the field's default."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated
    ]
    columns = ", ".join(field.column for field in fields)
    lines = io.StringIO()
    for row in rows:
        lines.write("\t".join(_cell(row, field) for field in fields) + "\n")
    lines.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {model._meta.db_table} ({columns}) FROM STDIN", lines)


def _cell(row: dict[str, Any], field: models.Field) -> str:
    value = row.get(field.column, field.get_default())
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now().isoformat()
    if value is None:
        return "\\N"
    return "{}" if value == [] else str(value)
