"""What a pack's descriptor says, once it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class CitySpec:
    slug: str
    name: str
    name_en: str
    timezone: str
    country: str
    metric_srid: int
    center: tuple[float, float]
    """Latitude, longitude."""
    population: int | None
    population_as_of: date | None
    population_note: str
    synthetic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    name: str
    title: str
    title_en: str
    path: str
    license: str
    license_en: str
    attribution: str
    attribution_en: str
    as_of: date | None
    synthetic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialCount:
    """How many institutions of a kind exist officially."""

    kind: str
    count: int
    as_of: date | None
    source_note: str
    note: str
    excludes: tuple[str, ...]
    """Keys of institutions of this kind that the count does not mean (a regional library)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationModel:
    totals: Literal["districts", "zones", "city"] | None
    weights: Literal["equal", "floors_footprint"]
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometrySpec:
    """Columns a position is taken from, when it is not in the file's own geometry."""

    lon: str = ""
    lat: str = ""
    address: str = ""
    name: str = ""
    srid: int = 4326


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSpec:
    """One file (or one table of it) and how its columns become record fields."""

    name: str
    path: str
    format: str
    title: str = ""
    encoding: str = ""
    delimiter: str = ""
    role: Literal["table", "gazetteer"] = "table"
    table: str = ""
    source: str = ""
    holds: str = ""
    required: bool = False
    key: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    geometry: GeometrySpec = field(default_factory=GeometrySpec)
    accuracy: str = "exact"
    skip_known: bool = False
    layer: str = ""
    level: str = ""
    clip: bool = False
    admin_level: int | None = None
    boundary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    name: str
    title: str
    version: str
    city: CitySpec
    sources: tuple[SourceSpec, ...]
    official_counts: tuple[OfficialCount, ...]
    population_model: PopulationModel
    city_words: tuple[str, ...]
    resources: tuple[ResourceSpec, ...]
