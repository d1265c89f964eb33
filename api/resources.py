"""
What the open data holds: each resource is a query, its fields and where it stands.

Rows are dictionaries made by the database in one statement, whatever their number; pages of JSON,
files and OGC features are written from the same rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import PointOnSurface
from django.db.models import F, Max, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from rest_framework import serializers as s

from agenda.models import Event, Occurrence
from agenda.queries import placed
from layers.definitions.common import APPROXIMATE
from layers.geojson import geometry_json
from mapping.models import (
    AnalysisRun,
    City,
    District,
    Institution,
    NeighborCenter,
    Organization,
    TosTerritory,
)
from mapping.queries.hours import center_schedules, schedules_of

Field = tuple[Any, s.Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One table of the open data."""

    name: str
    title: str
    rows: Callable[[], QuerySet[Any]]
    fields: Mapping[str, Field]
    """Name in answers → the expression it is taken from, and what it is."""
    geometry: str = ""
    """Column or annotation of the shape; empty where nothing stands anywhere."""
    point: str = ""
    """Column or annotation of the point people walk to."""
    card: str = ""
    """Type of the card that shows one row to people."""
    kind: str = ""
    """Column with the kind of institution, where rows can be asked for by it."""
    updated: str = "updated_at"
    times: tuple[str, str] | None = None
    """Annotations of the first beginning and the last end, where rows happen in time."""
    schedules: Callable[..., Mapping[int, Any]] | None = None
    """Opening hours of rows of one city, where there are doors."""

    def with_row(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows of the query, each with everything that is told of it as the dictionary `row`."""
        told: dict[str, Any] = {name: source for name, (source, _) in self.fields.items()}
        if self.geometry:
            told["geometry"] = geometry_json(self.geometry)
        return rows.annotate(row=JSONObject(**told))


def _text(**options: Any) -> s.CharField:
    return s.CharField(allow_blank=True, **options)


COMMON: dict[str, Field] = {
    "id": (F("pk"), s.IntegerField()),
    "city": (F("city__slug"), _text()),
    "name": (F("name"), _text()),
}
ENGLISH: dict[str, Field] = {
    "name_en": (F("name_en"), _text(help_text="Empty where there is no English name."))
}
WHENCE: dict[str, Field] = {
    "source": (F("source__title"), _text(help_text="Where the row was taken from.")),
    "license": (F("source__license"), _text(help_text="Licence of the source.")),
    "synthetic": (F("synthetic"), s.BooleanField(help_text="Invented for demonstration.")),
    "updated_at": (F("updated_at"), s.DateTimeField()),
}
STANDING: dict[str, Field] = {
    "accuracy": (
        F("position_accuracy"),
        _text(
            allow_null=True,
            help_text="exact, building, street or district; null where the place is not known.",
        ),
    ),
    "approximate": (
        APPROXIMATE,
        s.BooleanField(help_text="Known to the street or to the district only."),
    ),
}


def _institutions() -> QuerySet[Institution]:
    rows = Institution.objects.exclude(status=Institution.Status.CLOSED)
    return rows.filter(kind__is_culture=True)


def _events() -> QuerySet[Event]:
    times = Occurrence.objects.filter(event=OuterRef("pk")).order_by().values("event")
    ends = Coalesce("ends_at", "starts_at")
    return placed(Event.objects.all()).annotate(
        first_at=Subquery(times.annotate(at=Min("starts_at")).values("at")),
        last_at=Subquery(times.annotate(at=Max(ends)).values("at")),
    )


def _current(model: type[Any]) -> Callable[[], QuerySet[Any]]:
    return lambda: model.objects.filter(valid_to__isnull=True)


INSTITUTIONS = Resource(
    name="institutions",
    title="Institutions of culture",
    rows=_institutions,
    fields={
        **COMMON,
        **ENGLISH,
        "kind": (F("kind__code"), _text()),
        "kind_name": (F("kind__name"), _text()),
        "organization": (
            F("organization_id"),
            s.IntegerField(allow_null=True, help_text="id in organizations"),
        ),
        "address": (F("address"), _text()),
        "district_stated": (F("district_name"), _text(help_text="As the source says it.")),
        "status": (F("status"), _text()),
        "capacity": (F("capacity"), s.IntegerField(allow_null=True)),
        "phone": (F("phone"), _text()),
        "email": (F("email"), _text()),
        "website": (F("website"), _text()),
        "opening_hours": (F("opening_hours"), _text(help_text="OpenStreetMap syntax.")),
        "accessibility": (
            F("accessibility"),
            s.ListField(child=s.CharField(), help_text="Only what is known; empty is not “no”."),
        ),
        "confidence": (F("confidence"), _text()),
        "checked_until": (F("checked_until"), s.DateField(allow_null=True)),
        **STANDING,
        **WHENCE,
    },
    geometry="geometry",
    point="point",
    card="institution",
    kind="kind",
    schedules=schedules_of,
)
ORGANIZATIONS = Resource(
    name="organizations",
    title="Organisations",
    rows=Organization.objects.all,
    fields={
        **COMMON,
        "inn": (F("inn"), _text()),
        "ogrn": (F("ogrn"), _text()),
        "founder": (F("founder"), _text()),
        "website": (F("website"), _text()),
        "parent": (F("parent_id"), s.IntegerField(allow_null=True)),
        **WHENCE,
    },
)
DISTRICTS = Resource(
    name="districts",
    title="Districts",
    rows=_current(District),
    fields={
        **COMMON,
        **ENGLISH,
        "code": (F("code"), _text()),
        "population": (F("population"), s.IntegerField(allow_null=True)),
        "area_m2": (F("area_m2"), s.FloatField()),
        "valid_from": (F("valid_from"), s.DateField(allow_null=True)),
        **WHENCE,
    },
    geometry="geometry",
    point="surface",
    card="district",
)
TOS = Resource(
    name="tos",
    title="ТОС territories",
    rows=_current(TosTerritory),
    fields={
        **COMMON,
        "district_stated": (F("district_name"), _text(help_text="As the source says it.")),
        "area_m2": (F("area_m2"), s.FloatField(allow_null=True)),
        "valid_from": (F("valid_from"), s.DateField(allow_null=True)),
        **STANDING,
        **WHENCE,
    },
    geometry="geometry",
    point="surface",
    card="tos",
)
CENTERS = Resource(
    name="centers",
    title="Neighbour centres",
    rows=NeighborCenter.objects.all,
    fields={
        **COMMON,
        "address": (F("address"), _text()),
        "host": (F("host_id"), s.IntegerField(allow_null=True, help_text="id in institutions")),
        "opening_hours": (F("opening_hours"), _text(help_text="OpenStreetMap syntax.")),
        "opened_on": (F("opened_on"), s.DateField(allow_null=True)),
        **STANDING,
        **WHENCE,
    },
    geometry="geometry",
    point="geometry",
    card="center",
    schedules=center_schedules,
)
EVENTS = Resource(
    name="events",
    title="Events",
    rows=_events,
    fields={
        "id": COMMON["id"],
        "city": COMMON["city"],
        "title": (F("title"), _text()),
        "title_en": (F("title_en"), _text()),
        "kind": (F("kind"), _text()),
        "status": (F("status"), _text()),
        "first_at": (F("first_at"), s.DateTimeField(allow_null=True)),
        "last_at": (F("last_at"), s.DateTimeField(allow_null=True)),
        "age_mark": (F("age_mark"), _text(help_text="436-ФЗ; empty where not stated.")),
        "is_free": (F("is_free"), s.BooleanField(allow_null=True)),
        "price_min": (F("price_min"), s.IntegerField(allow_null=True)),
        "pushkin_card": (F("pushkin_card"), s.BooleanField(allow_null=True)),
        "description": (F("description"), _text()),
        "url": (F("url"), _text()),
        "institution": (F("institution_id"), s.IntegerField(allow_null=True)),
        "center": (F("center_id"), s.IntegerField(allow_null=True)),
        **WHENCE,
    },
    geometry="place",
    point="surface",
    card="event",
    times=("first_at", "last_at"),
)
CITIES = Resource(
    name="cities",
    title="Cities",
    rows=City.objects.all,
    fields={
        "id": COMMON["id"],
        "slug": (F("slug"), _text()),
        "name": (F("name"), _text()),
        "name_en": (F("name_en"), _text()),
        "timezone": (F("timezone"), _text()),
        "country": (F("country"), _text()),
        "population": (F("population"), s.IntegerField(allow_null=True)),
        "population_as_of": (F("population_as_of"), s.DateField(allow_null=True)),
        "synthetic": (F("synthetic"), s.BooleanField()),
        "data_version": (
            F("data_version"),
            s.IntegerField(help_text="Grows with every change of the city's data."),
        ),
    },
    updated="",
)
RUNS = Resource(
    name="runs",
    title="Calculations",
    rows=lambda: AnalysisRun.objects.filter(is_active=True, finished_at__isnull=False),
    fields={
        "id": COMMON["id"],
        "city": COMMON["city"],
        "analysis": (F("analysis"), _text()),
        "parameters": (F("parameters"), s.JSONField()),
        "inputs": (F("inputs"), s.JSONField(help_text="Checksums of everything it rests on.")),
        "code_version": (F("code_version"), _text()),
        "started_at": (F("started_at"), s.DateTimeField()),
        "finished_at": (F("finished_at"), s.DateTimeField()),
        "summary": (F("summary"), s.JSONField()),
    },
    updated="finished_at",
)
RESOURCES = (CITIES, INSTITUTIONS, ORGANIZATIONS, DISTRICTS, TOS, CENTERS, EVENTS, RUNS)
COLLECTIONS = (INSTITUTIONS, CENTERS, EVENTS, DISTRICTS, TOS)
"""Resources that stand somewhere: the collections of the OGC API."""


def with_point(resource: Resource, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that stand somewhere, with the point people walk to as `walked_to`."""
    source = PointOnSurface(resource.geometry) if resource.point == "surface" else F(resource.point)
    return rows.filter(**{f"{resource.geometry}__isnull": False}).annotate(walked_to=source)


def city_column(resource: Resource) -> str:
    """The column with the city: a city is its own."""
    return "slug" if resource is CITIES else "city__slug"
