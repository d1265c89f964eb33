"""Which territories lie around many points at once."""

from collections.abc import Iterable, Sequence

from django.db import connection

from mapping.models import City

LatLon = tuple[float, float]

DISTRICTS_AT = """
    SELECT place.number, territory.id
    FROM unnest(%s::int[], %s::float8[], %s::float8[]) AS place (number, lat, lon)
    JOIN mapping_district AS territory
      ON territory.city_id = %s AND territory.valid_to IS NULL
     AND ST_Intersects(territory.geometry, ST_SetSRID(ST_Point(place.lon, place.lat), 4326))
"""
TOS_AT = DISTRICTS_AT.replace("mapping_district", "mapping_tosterritory")


def districts_around(city: City, places: Sequence[LatLon | None]) -> list[tuple[int, int]]:
    """Pairs of a place's number and the id of a valid district around it."""
    return _around(DISTRICTS_AT, city, places)


def tos_around(city: City, places: Sequence[LatLon | None]) -> list[tuple[int, int]]:
    """Pairs of a place's number and the id of a ТОС around it; territories may overlap."""
    return _around(TOS_AT, city, places)


def _around(sql: str, city: City, places: Iterable[LatLon | None]) -> list[tuple[int, int]]:
    known = [(number, *place) for number, place in enumerate(places) if place]
    if not known:
        return []
    numbers, lats, lons = map(list, zip(*known, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, [numbers, lats, lons, city.pk])
        return list(cursor.fetchall())
