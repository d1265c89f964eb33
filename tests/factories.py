"""
A town small enough to check on paper, in metres around a point of the real world.

Five crossings 500 m apart in a row along one street, a library at the west end. At 4.8 km/h a
person walks 80 m a minute, so the crossings are 0, 6.25, 12.5, 18.75 and 25 minutes away.
"""

from datetime import UTC, datetime

from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString, MultiPolygon, Point

from mapping.models import (
    City,
    District,
    Institution,
    InstitutionKind,
    PopulationUnit,
    Source,
    Street,
    TosTerritory,
)

METRIC_SRID = 32644
# A round place in UTC zone 44N, inside the real Novosibirsk.
ORIGIN_X, ORIGIN_Y = 622_000.0, 6_098_000.0


def point_at(east_m: float, north_m: float = 0.0) -> Point:
    """A point so many metres east and north of the origin, in EPSG:4326."""
    point = Point(ORIGIN_X + east_m, ORIGIN_Y + north_m, srid=METRIC_SRID)
    point.transform(4326)
    return point


def rectangle(west_m: float, south_m: float, east_m: float, north_m: float) -> MultiPolygon:
    ring = [(west_m, south_m), (east_m, south_m), (east_m, north_m), (west_m, north_m)]
    corners = [point_at(*corner) for corner in [*ring, ring[0]]]
    text = ", ".join(f"{corner.x} {corner.y}" for corner in corners)
    return GEOSGeometry(f"SRID=4326;MULTIPOLYGON((({text})))")


def line_through(*places_m: tuple[float, float]) -> MultiLineString:
    points = [point_at(*place) for place in places_m]
    return MultiLineString(LineString([(point.x, point.y) for point in points]), srid=4326)


def make_kind(
    code: str = "library", parent: InstitutionKind | None = None, *, is_culture: bool = True
) -> InstitutionKind:
    words = {
        "library": ("Библиотека", "Library", "Библиотеки", "Libraries", "библиотек", "libraries"),
        "museum": ("Музей", "Museum", "Музеи", "Museums", "музеев", "museums"),
    }
    names = words.get(code, (code,) * 6)
    fields = ("name", "name_en", "plural", "plural_en", "genitive", "genitive_en")
    kind, _ = InstitutionKind.objects.get_or_create(
        code=code,
        defaults={
            **dict(zip(fields, names, strict=True)),
            "parent": parent,
            "is_culture": is_culture,
            "icon": "library",
            "color": "#1b6e6e",
        },
    )
    return kind


def make_city(slug: str = "town", **fields: object) -> City:
    defaults = {
        "name": "Городок",
        "name_en": "Town",
        "boundary": rectangle(-1000, -1000, 3000, 1000),
        "center": point_at(1000),
        "timezone": "Asia/Novosibirsk",
        "metric_srid": METRIC_SRID,
    }
    return City.objects.create(slug=slug, **defaults | fields)


def make_source(city: City, slug: str = "survey", **fields: object) -> Source:
    return Source.objects.create(
        city=city,
        slug=slug,
        **{"title": "Survey", "license": "CC0", "attribution": "Survey of the town"} | fields,
    )


def make_institution(source: Source, key: str, east_m: float | None, **fields: object):
    position = (
        {"geometry": point_at(east_m), "position_accuracy": "exact"} if east_m is not None else {}
    )
    defaults = {"kind": make_kind(), "name": f"Библиотека {key}", **position}
    return Institution.objects.create(
        city=source.city, source=source, source_key=key, **defaults | fields
    )


def make_unit(source: Source, key: str, east_m: float, people: float | None, **fields: object):
    return PopulationUnit.objects.create(
        city=source.city,
        source=source,
        source_key=key,
        point=point_at(east_m),
        people=people,
        **{"method": "counted"} | fields,
    )


def make_district(source: Source, name: str, west_m: float, east_m: float, **fields: object):
    return District.objects.create(
        city=source.city,
        source=source,
        source_key=name,
        name=name,
        geometry=rectangle(west_m, -900, east_m, 900),
        **fields,
    )


def make_tos(source: Source, name: str, west_m: float, east_m: float, **fields: object):
    return TosTerritory.objects.create(
        city=source.city,
        source=source,
        source_key=name,
        name=name,
        geometry=rectangle(west_m, -400, east_m, 400),
        position_accuracy="exact",
        **fields,
    )


def make_town(slug: str = "town") -> City:
    """
    One street, five houses, two districts, one library, 1,000 people.

    Within 15 minutes: houses at 0, 500 and 1,000 m (100 + 200 + 300 people); beyond: 400.
    The western district ends at 1,250 m, so it is wholly covered; the eastern one not at all.
    """
    city = make_city(slug)
    source = make_source(city)
    Street.objects.create(
        city=city,
        source=source,
        source_key="street",
        name="Главная улица",
        highway="residential",
        geometry=line_through((0, 0), (500, 0), (1000, 0), (1500, 0), (2000, 0)),
    )
    for east_m, people in ((0, 100), (500, 200), (1000, 300), (1500, 150), (2000, 250)):
        make_unit(source, f"house-{east_m}", east_m, people)
    make_district(source, "Западный район", -900, 1250, name_en="Western district")
    make_district(source, "Восточный район", 1250, 2900, name_en="Eastern district")
    make_institution(source, "west", 0)
    return city


MOMENT = datetime(2026, 6, 5, 12, 0, tzinfo=UTC)
