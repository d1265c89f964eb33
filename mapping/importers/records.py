"""
What an importer hands over: one frozen record per row, geometry in EPSG:4326 as shapely objects.

Importers only read and say what they saw. Whether a record is new, changed or gone is decided
by `mapping.services.imports`, which is the only writer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from shapely.geometry.base import BaseGeometry

Accuracy = Literal["exact", "building", "street", "district"]
AgeGroup = Literal["children", "youth", "working", "senior"]

AGE_GROUPS: tuple[AgeGroup, ...] = ("children", "youth", "working", "senior")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record carries: its key inside its source, and how far it can be trusted."""

    table: ClassVar[str]

    source: str
    """Name of the source in the pack's list."""
    source_key: str
    """Stable within the source: the same thing has the same key in the next import."""
    source_note: str = ""
    """Where this very row was found, when that is finer than its source."""
    synthetic: bool = False
    """Invented for demonstration; the screen says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryRecord(Record):
    table: ClassVar[str] = "boundary"

    geometry: BaseGeometry
    """Polygon or MultiPolygon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictRecord(Record):
    table: ClassVar[str] = "districts"

    name: str
    geometry: BaseGeometry
    name_en: str = ""
    code: str = ""
    population: int | None = None
    population_as_of: date | None = None
    population_note: str = ""
    age_shares: Mapping[AgeGroup, float] | None = None
    """Shares of the four age groups, summing to 1; None when nobody has counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TosRecord(Record):
    table: ClassVar[str] = "tos"

    name: str
    geometry: BaseGeometry | None = None
    houses: tuple[str, ...] = ()
    """Addresses, for a ТОС that is a list of houses."""
    district: str = ""
    position_accuracy: Accuracy | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRecord(Record):
    table: ClassVar[str] = "organizations"

    name: str
    inn: str = ""
    ogrn: str = ""
    founder: str = ""
    parent_key: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionRecord(Record):
    table: ClassVar[str] = "institutions"

    name: str
    kind: str
    """Code of an institution kind."""
    geometry: BaseGeometry | None = None
    """Point, or Polygon/MultiPolygon of the building or park; None when nobody knows where."""
    position_accuracy: Accuracy | None = None
    position_source: str = ""
    """How the position was found, e.g. “mean point of the street”."""
    name_en: str = ""
    address: str = ""
    district: str = ""
    organization_key: str = ""
    capacity: int | None = None
    status: Literal["open", "planned", "closed_for_repair", "closed"] = "open"
    website: str = ""
    phone: str = ""
    email: str = ""
    opening_hours: str = ""
    """OpenStreetMap `opening_hours` syntax, as given."""
    accessibility: tuple[str, ...] = ()
    """Codes: wheelchair, wheelchair_limited, no_wheelchair, low_vision, hearing, pram, toilet."""
    external_ids: Mapping[str, str] = field(default_factory=dict)
    """System (eipsk, osm, wikidata, mkrf) → id."""
    confidence: Literal["quoted", "secondary", "unconfirmed", ""] = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CenterRecord(Record):
    table: ClassVar[str] = "centers"

    name: str
    geometry: BaseGeometry | None = None
    position_accuracy: Accuracy | None = None
    address: str = ""
    host_key: str = ""
    """`source_key` of the institution that hosts it, in any source of the pack."""
    rooms: str = ""
    opening_hours: str = ""
    curator: str = ""
    partners: str = ""
    activities: str = ""
    opened_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceRecord:
    starts_at: datetime
    """With a time zone, or naive local time of the city."""
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord(Record):
    table: ClassVar[str] = "events"

    title: str
    title_en: str = ""
    kind: str = ""
    age_mark: Literal["0+", "6+", "12+", "16+", "18+", ""] = ""
    is_free: bool | None = None
    price_min: int | None = None
    pushkin_card: bool | None = None
    description: str = ""
    url: str = ""
    institution_key: str = ""
    center_key: str = ""
    geometry: BaseGeometry | None = None
    occurrences: tuple[OccurrenceRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRecord(Record):
    table: ClassVar[str] = "streets"

    geometry: BaseGeometry
    """LineString or MultiLineString; lines that meet share a vertex."""
    name: str = ""
    highway: str = ""
    """OSM class (`residential`, `footway` …) or empty when unknown."""
    foot: bool = True
    """Whether one may walk here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetNameRecord(Record):
    table: ClassVar[str] = "street_names"

    name: str
    geometry: BaseGeometry
    """The mean point of the street."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecord(Record):
    table: ClassVar[str] = "stops"

    name: str
    geometry: BaseGeometry
    mode: Literal["bus", "tram", "trolleybus", "metro", "rail", "ferry", ""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseFeatureRecord(Record):
    """Something drawn on the base map only: water, a park, a railway."""

    table: ClassVar[str] = "base_features"

    kind: Literal["water", "park", "railway"]
    geometry: BaseGeometry
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationUnitRecord(Record):
    """A house or a cell where people live; `people` is None until a model fills it."""

    table: ClassVar[str] = "population_units"

    geometry: BaseGeometry
    """Point, or the footprint polygon of the house or cell."""
    people: float | None = None
    age_shares: Mapping[AgeGroup, float] | None = None
    method: Literal["counted", "modelled_by_source", "district_total", "zone_total", ""] = ""
    modelled: bool = False
    floors: float | None = None
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationZoneRecord(Record):
    """People known for an area (grid cell, raster cell): spread over the units inside it."""

    table: ClassVar[str] = "population_zones"

    geometry: BaseGeometry
    people: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """A row, or one cell of it, that could not be taken as it is."""

    resource: str
    file: str
    row: int
    """1-based as a person counts data rows (a CSV's header is not counted)."""
    column: str
    got: str
    wanted: str
    dropped: bool = True
    """False when the row was loaded without this cell (a warning)."""
