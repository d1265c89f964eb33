"""What the map, the list beside it and the cards read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import shapely
from django.contrib.gis.db.models import Extent
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Collate
from shapely.geometry.base import BaseGeometry

from mapping.models import (
    City,
    District,
    Institution,
    InstitutionKind,
    NeighborCenter,
    PopulationUnit,
    Source,
    Stop,
    Street,
    TosTerritory,
)
from mapping.queries.institutions import Completeness

# Ё stands after Е, not before А.
RUSSIAN_ORDER = "ru-x-icu"
# About ten kilometres.
NEARBY_DEG = 0.1
APPROXIMATE = ("street", "district")


def kinds() -> tuple[InstitutionKind, ...]:
    """Every kind, in the order of the tree."""
    return tuple(InstitutionKind.objects.all())


def families(kinds: Sequence[InstitutionKind]) -> dict[int, frozenset[int]]:
    """Id of each kind → ids of it and of everything beneath it."""
    parents = {kind.pk: kind.parent_id for kind in kinds}
    members: dict[int, set[int]] = {pk: set() for pk in parents}
    for pk in parents:
        ancestor: int | None = pk
        while ancestor is not None:
            members[ancestor].add(pk)
            ancestor = parents[ancestor]
    return {pk: frozenset(found) for pk, found in members.items()}


def cities() -> QuerySet[City]:
    """Cities without their outlines, in the order they were loaded."""
    return City.objects.defer("boundary")


def bounds(city: City) -> tuple[float, float, float, float]:
    """West, south, east, north of the city in degrees; around its centre when it has no outline."""
    outline = City.objects.filter(pk=city.pk).aggregate(extent=Extent("boundary"))["extent"]
    outline = outline or districts(city).aggregate(extent=Extent("geometry"))["extent"]
    if outline:
        return outline
    lon, lat = city.center.coords
    return lon - NEARBY_DEG, lat - NEARBY_DEG, lon + NEARBY_DEG, lat + NEARBY_DEG


def places(city: City) -> QuerySet[Institution]:
    """All there is with its kind, culture or not; what closed for good is not shown."""
    return city.institutions.exclude(status=Institution.Status.CLOSED).select_related("kind")


def institutions(city: City) -> QuerySet[Institution]:
    """Institutions of culture."""
    return places(city).filter(kind__is_culture=True)


def public_buildings(city: City) -> QuerySet[Institution]:
    """Schools and the like: they could host something, and are not culture."""
    return places(city).filter(kind__is_culture=False)


def by_name(rows: QuerySet) -> QuerySet:
    """Rows in the order of a Russian dictionary."""
    return rows.order_by(Collate("name", RUSSIAN_ORDER), "pk")


def districts(city: City) -> QuerySet[District]:
    """Districts that are valid now."""
    return city.districts.filter(valid_to__isnull=True)


def districts_at(
    city: City, places: Mapping[str, tuple[float, float]], *, english: bool = False
) -> dict[str, str]:
    """Key of each place, given by latitude and longitude → name of the district around it."""
    name = "COALESCE(NULLIF(district.name_en, ''), district.name)" if english else "district.name"
    sql = f"""
        SELECT place.key, {name}
        FROM unnest(%s::text[], %s::float8[], %s::float8[]) AS place (key, lat, lon)
        JOIN mapping_district AS district
          ON district.city_id = %s AND district.valid_to IS NULL
         AND ST_Intersects(district.geometry, ST_SetSRID(ST_Point(place.lon, place.lat), 4326))
    """  # noqa: S608 - one of two constants
    lats, lons = zip(*places.values(), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(places), list(lats), list(lons), city.pk])
        return dict(cursor.fetchall())


def tos_territories(city: City) -> QuerySet[TosTerritory]:
    """ТОС territories that are valid now, with a polygon or without."""
    return city.tos_territories.filter(valid_to__isnull=True)


def centers(city: City) -> QuerySet[NeighborCenter]:
    """Neighbour centres of the city."""
    return city.neighbor_centers.all()


def stops(city: City) -> QuerySet[Stop]:
    """Stops of public transport."""
    return city.stops.all()


def sources_of(rows: Iterable[QuerySet]) -> QuerySet[Source]:
    """The sources that these rows were taken from."""
    used = Source.objects.none()
    for each in rows:
        used = used | Source.objects.filter(pk__in=each.order_by().values("source"))
    return used


def coverage_inputs(city: City, kind_ids: Collection[int]) -> tuple[QuerySet, ...]:
    """The rows a coverage run is computed from."""
    return (
        Institution.objects.filter(city=city, kind_id__in=kind_ids),
        PopulationUnit.objects.filter(city=city),
        Street.objects.filter(city=city),
        districts(city),
    )


def completeness_by_kind(
    city: City, kinds: Sequence[InstitutionKind]
) -> dict[InstitutionKind, Completeness]:
    """What `completeness` says, for every kind that the city lists or officially has, at once."""
    official = {each.kind_id: each for each in city.official_counts.all()}
    columns = ("kind_id", "position_accuracy", "source_key")
    rows = list(places(city).values_list(*columns))
    found = {}
    for kind in kinds:
        family, stated = families(kinds)[kind.pk], official.get(kind.pk)
        excluded = set(stated.excluded_keys) if stated else set()
        known = _count([row for row in rows if row[0] in family and row[2] not in excluded])
        if stated:
            known = replace(
                known,
                official=stated.count,
                official_as_of=stated.as_of,
                official_note=" · ".join(filter(None, [stated.note, stated.source_note])),
            )
        if known.listed or stated:
            found[kind] = known
    return found


def _count(rows: Sequence[tuple[int, str | None, str]]) -> Completeness:
    accuracies = [accuracy for _, accuracy, _ in rows]
    return Completeness(
        located=sum(accuracy is not None for accuracy in accuracies),
        listed=len(accuracies),
        approximate=sum(accuracy in APPROXIMATE for accuracy in accuracies),
        official=None,
    )


def land(city: City) -> BaseGeometry | None:
    """The city's boundary, EPSG:4326; where nobody gave one, its districts; None without them."""
    if city.boundary:
        return shapely.from_wkb(bytes(city.boundary.wkb))
    outlines = districts(city).values_list("geometry", flat=True)
    shapes = [shapely.from_wkb(bytes(each.wkb)) for each in outlines]
    return shapely.union_all(shapes) if shapes else None
