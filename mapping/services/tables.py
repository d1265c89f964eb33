"""Which table each kind of record fills, and how a record becomes a row."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import models
from shapely.geometry.base import BaseGeometry

from mapping.crs import STORAGE_SRID
from mapping.importers.records import (
    BaseFeatureRecord,
    CenterRecord,
    DistrictRecord,
    InstitutionRecord,
    OrganizationRecord,
    PopulationUnitRecord,
    Record,
    StopRecord,
    StreetNameRecord,
    StreetRecord,
    TosRecord,
)
from mapping.models import (
    BaseFeature,
    City,
    District,
    ExternalId,
    Institution,
    InstitutionKind,
    NeighborCenter,
    Organization,
    PopulationUnit,
    Source,
    Stop,
    Street,
    StreetName,
    TosTerritory,
)


@dataclass(frozen=True, slots=True)
class LoadContext:
    """What records refer to by name: the city, its sources, kinds, and rows already written."""

    city: City
    sources: Mapping[str, Source]
    kinds: Mapping[str, InstitutionKind]
    ids: dict[str, dict[str, int]] = field(default_factory=dict)
    """Table → key in its source → id; filled as tables are written."""

    def find_id(self, table: str, key: str) -> int | None:
        return self.ids.get(table, {}).get(key) if key else None


@dataclass(frozen=True, slots=True)
class PackTable:
    """One table a pack can fill. `children` writes what hangs on its rows, and counts."""

    name: str
    model: type[models.Model]
    values: Callable[[Any, LoadContext], dict[str, Any]]
    referred_to: bool = False
    """Whether later tables name its rows, so that their ids must be at hand."""
    children: Callable[[list[Any], LoadContext], int] | None = None


def to_geos(geometry: BaseGeometry | None) -> GEOSGeometry | None:
    """Hand a shapely geometry to Django; None stays None."""
    if geometry is None:
        return None
    return GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=STORAGE_SRID)


def to_multi(geometry: BaseGeometry | None) -> GEOSGeometry | None:
    """Hand over a polygon or line as the multi-part geometry its column wants."""
    if geometry is None:
        return None
    if geometry.geom_type == "Polygon":
        geometry = shapely.MultiPolygon([geometry])
    elif geometry.geom_type == "LineString":
        geometry = shapely.MultiLineString([geometry])
    return to_geos(geometry)


def _common(record: Record, context: LoadContext) -> dict[str, Any]:
    return {
        "city_id": context.city.pk,
        "source_note": record.source_note,
        "synthetic": record.synthetic,
    }


def _copied(record: Record, context: LoadContext, names: Iterable[str]) -> dict[str, Any]:
    return _common(record, context) | {name: getattr(record, name) for name in names}


def _district(record: DistrictRecord, context: LoadContext) -> dict[str, Any]:
    names = ("name", "name_en", "code", "population", "population_as_of", "population_note")
    shares = dict(record.age_shares) if record.age_shares else None
    return _copied(record, context, names) | {
        "age_shares": shares,
        "geometry": to_multi(record.geometry),
    }


def _tos(record: TosRecord, context: LoadContext) -> dict[str, Any]:
    return _copied(record, context, ("name", "note", "position_accuracy")) | {
        "geometry": to_multi(record.geometry),
        "houses": list(record.houses),
        "district_name": record.district,
    }


def _organization(record: OrganizationRecord, context: LoadContext) -> dict[str, Any]:
    return _copied(record, context, ("name", "inn", "ogrn", "founder", "website"))


def _institution(record: InstitutionRecord, context: LoadContext) -> dict[str, Any]:
    names = (
        "name",
        "name_en",
        "position_accuracy",
        "position_source",
        "address",
        "capacity",
        "status",
        "website",
        "phone",
        "email",
        "opening_hours",
        "confidence",
        "note",
    )
    return _copied(record, context, names) | {
        "kind_id": context.kinds[record.kind].pk,
        "geometry": to_geos(record.geometry),
        "district_name": record.district,
        "organization_id": context.find_id("organizations", record.organization_key),
        "accessibility": list(record.accessibility),
    }


def _center(record: CenterRecord, context: LoadContext) -> dict[str, Any]:
    names = (
        "name",
        "position_accuracy",
        "address",
        "rooms",
        "opening_hours",
        "curator",
        "partners",
        "activities",
        "opened_on",
    )
    return _copied(record, context, names) | {
        "geometry": to_geos(record.geometry),
        "host_id": context.find_id("institutions", record.host_key),
    }


def _street(record: StreetRecord, context: LoadContext) -> dict[str, Any]:
    return _copied(record, context, ("name", "highway", "foot")) | {
        "geometry": to_multi(record.geometry)
    }


def _street_name(record: StreetNameRecord, context: LoadContext) -> dict[str, Any]:
    return _copied(record, context, ("name",)) | {"geometry": to_geos(record.geometry)}


def _stop(record: StopRecord, context: LoadContext) -> dict[str, Any]:
    return _copied(record, context, ("name", "mode")) | {"geometry": to_geos(record.geometry)}


def _base_feature(record: BaseFeatureRecord, context: LoadContext) -> dict[str, Any]:
    return _copied(record, context, ("kind", "name")) | {"geometry": to_geos(record.geometry)}


def _population_unit(record: PopulationUnitRecord, context: LoadContext) -> dict[str, Any]:
    point = record.geometry if record.geometry.geom_type == "Point" else record.geometry.centroid
    names = ("people", "method", "modelled", "floors", "address")
    shares = record.age_shares if record.people is not None else None
    bands = {
        group: record.people * shares[group] if shares else None  # type: ignore[operator]
        for group in ("children", "youth", "working", "senior")
    }
    return _copied(record, context, names) | bands | {"point": to_geos(point)}


def _write_external_ids(records: list[InstitutionRecord], context: LoadContext) -> int:
    wanted = {
        (context.sources[record.source].pk, system, value): context.ids["institutions"][
            record.source_key
        ]
        for record in records
        for system, value in record.external_ids.items()
    }
    stored = ExternalId.objects.filter(source__in=context.sources.values())
    kept, removed = set(), 0
    for row in stored:
        key = (row.source_id, row.system, row.value)
        if wanted.get(key) == row.institution_id:
            kept.add(key)
        else:
            row.delete()
            removed += 1
    made = ExternalId.objects.bulk_create(
        ExternalId(institution_id=wanted[key], source_id=key[0], system=key[1], value=key[2])
        for key in wanted
        if key not in kept
    )
    return removed + len(made)


def _write_parents(records: list[OrganizationRecord], context: LoadContext) -> int:
    changed = 0
    for record in records:
        if record.parent_key:
            parent = context.find_id("organizations", record.parent_key)
            own = Organization.objects.filter(pk=context.ids["organizations"][record.source_key])
            changed += own.exclude(parent_id=parent).update(parent_id=parent)
    return changed


# In this order: what others refer to comes first.
TABLES = (
    PackTable("districts", District, _district),
    PackTable("tos", TosTerritory, _tos),
    PackTable("streets", Street, _street),
    PackTable("street_names", StreetName, _street_name),
    PackTable("stops", Stop, _stop),
    PackTable("base_features", BaseFeature, _base_feature),
    PackTable("organizations", Organization, _organization, True, _write_parents),
    PackTable("institutions", Institution, _institution, True, _write_external_ids),
    PackTable("centers", NeighborCenter, _center, True),
    PackTable("population_units", PopulationUnit, _population_unit),
)
