"""
What the open data holds: each resource is a query, its fields and where it stands.

Rows are dictionaries made by the database in one statement, whatever their number, opening hours
in a few more; pages of JSON, files and OGC features are written from the same rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import PointOnSurface
from django.db.models import F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as s

from agenda.models import Event, Occurrence
from agenda.queries import placed
from api import hours
from layers.definitions.common import APPROXIMATE
from layers.geojson import geometry_json
from mapping.models import (
    AnalysisRun,
    City,
    District,
    Institution,
    NeighborCenter,
    NormSet,
    Organization,
    TosTerritory,
)
from mapping.queries.hours import center_schedules_in, schedules_in

Field = tuple[Any, s.Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One table of the open data."""

    name: str
    title: str | Promise
    rows: Callable[[], QuerySet[Any]]
    fields: Mapping[str, Field]
    """Name in answers → the expression it is taken from, and what it is."""
    geometry: str = ""
    """Column or annotation of the shape; empty where nothing stands anywhere."""
    shapes: tuple[str, ...] = ("Point",)
    """Types of its geometries."""
    point: str = ""
    """Column or annotation of the point people walk to; `surface`: any point inside the shape."""
    card: str = ""
    """Type of the card that shows one row to people."""
    photos: str = ""
    """Column of a photo that names the row, where rows have photos."""
    kind: str = ""
    """Column with the kind of institution, where rows can be asked for by it."""
    updated: str = "updated_at"
    times: Callable[[Any, Any], Q] | None = None
    """Condition to happen between two moments, either None, where rows happen in time."""
    schedules: Callable[..., Mapping[int, Any]] | None = None
    """City → rows to id → opening hours, where there are doors."""

    def tell(self, rows: QuerySet[Any]) -> list[dict[str, Any]]:
        """Everything that is told of each row of the query, in the order of the fields."""
        told: dict[str, Any] = {name: source for name, (source, _) in self.fields.items()}
        if self.geometry:
            told["geometry"] = geometry_json(self.geometry)
        found = rows.annotate(row=JSONObject(**told)).values_list("row", flat=True)
        answer = [{name: row[name] for name in told} for row in found]
        if self.schedules:
            hours.tell_in(answer, self.schedules)
        return answer


ANY_SHAPE = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)


def _text(**options: Any) -> s.CharField:
    return s.CharField(allow_blank=True, **options)


COMMON: dict[str, Field] = {
    "id": (F("pk"), s.IntegerField()),
    "city": (F("city__slug"), _text()),
    "name": (F("name"), _text()),
}
ENGLISH: dict[str, Field] = {
    "name_en": (F("name_en"), _text(help_text=_("Empty where there is no English name.")))
}
WHENCE: dict[str, Field] = {
    "source": (F("source__title"), _text(help_text=_("Where the row was taken from."))),
    "license": (F("source__license"), _text(help_text=_("Licence of the source."))),
    "synthetic": (F("synthetic"), s.BooleanField(help_text=_("Invented for demonstration."))),
    "updated_at": (F("updated_at"), s.DateTimeField()),
}
STANDING: dict[str, Field] = {
    "accuracy": (
        F("position_accuracy"),
        _text(
            allow_null=True,
            help_text=_("exact, building, street or district; null where the place is not known."),
        ),
    ),
    "approximate": (
        APPROXIMATE,
        s.BooleanField(
            allow_null=True,
            help_text=_(
                "Known to the street or to the district only; null where not known at all."
            ),
        ),
    ),
}
DOORS: dict[str, Field] = {
    hours.FIELD: (
        F("opening_hours"),
        _text(
            help_text=_(
                "In the OpenStreetMap syntax, as the card tells them: changes of single days and "
                "seasons are in it. Empty: not known. `off` alone: does not work now, see `status`."
            )
        ),
    )
}


ENDS = Coalesce("ends_at", "starts_at")


def _institutions() -> QuerySet[Institution]:
    rows = Institution.objects.exclude(status=Institution.Status.CLOSED)
    return rows.filter(kind__is_culture=True)


def _events() -> QuerySet[Event]:
    times = Occurrence.objects.filter(event=OuterRef("pk")).order_by().values("event")
    return placed(Event.objects.all()).annotate(
        first_at=Subquery(times.annotate(at=Min("starts_at")).values("at")),
        last_at=Subquery(times.annotate(at=Max(ENDS)).values("at")),
    )


def _pinned_events() -> QuerySet[Event]:
    own = PointOnSurface("geometry")
    at = Coalesce(own, "institution__point", "center__geometry", output_field=GeometryField())
    return _events().annotate(spot=at)


def _happens_between(since: Any, until: Any) -> Q:
    """Has an occurrence that touches the span; between two of its occurrences it does not."""
    found = Occurrence.objects.all()
    if since:
        found = found.annotate(over_at=ENDS).filter(over_at__gte=since)
    if until:
        found = found.filter(starts_at__lte=until)
    return Q(pk__in=found.order_by().values("event"))


def _current(model: type[Any]) -> Callable[[], QuerySet[Any]]:
    return lambda: model.objects.filter(valid_to__isnull=True)


INSTITUTIONS = Resource(
    name="institutions",
    title=_("Institutions of culture"),
    rows=_institutions,
    fields={
        **COMMON,
        **ENGLISH,
        "kind": (F("kind__code"), _text()),
        "kind_name": (F("kind__name"), _text()),
        "organization": (
            F("organization_id"),
            s.IntegerField(allow_null=True, help_text=_("id in organizations")),
        ),
        "address": (F("address"), _text()),
        "district_stated": (F("district_name"), _text(help_text=_("As the source says it."))),
        "status": (F("status"), _text()),
        "capacity": (F("capacity"), s.IntegerField(allow_null=True)),
        "phone": (F("phone"), _text()),
        "email": (F("email"), _text()),
        "website": (F("website"), _text()),
        **DOORS,
        "accessibility": (
            F("accessibility"),
            s.ListField(child=s.CharField(), help_text=_("Only what is known; empty is not “no”.")),
        ),
        "confidence": (F("confidence"), _text()),
        "checked_until": (F("checked_until"), s.DateField(allow_null=True)),
        **STANDING,
        **WHENCE,
    },
    geometry="geometry",
    shapes=ANY_SHAPE,
    point="point",
    card="institution",
    photos="institution",
    kind="kind",
    schedules=schedules_in,
)
ORGANIZATIONS = Resource(
    name="organizations",
    title=_("Organisations"),
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
    title=_("Districts"),
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
    shapes=("MultiPolygon",),
    point="surface",
    card="district",
)
TOS = Resource(
    name="tos",
    title=_("ТОС territories"),
    rows=_current(TosTerritory),
    fields={
        **COMMON,
        "district_stated": (F("district_name"), _text(help_text=_("As the source says it."))),
        "area_m2": (F("area_m2"), s.FloatField(allow_null=True)),
        "valid_from": (F("valid_from"), s.DateField(allow_null=True)),
        **STANDING,
        **WHENCE,
    },
    geometry="geometry",
    shapes=("MultiPolygon",),
    point="surface",
    card="tos",
)
CENTERS = Resource(
    name="centers",
    title=_("Neighbour centres"),
    rows=NeighborCenter.objects.all,
    fields={
        **COMMON,
        "address": (F("address"), _text()),
        "host": (F("host_id"), s.IntegerField(allow_null=True, help_text=_("id in institutions"))),
        **DOORS,
        "opened_on": (F("opened_on"), s.DateField(allow_null=True)),
        **STANDING,
        **WHENCE,
    },
    geometry="geometry",
    point="geometry",
    card="center",
    photos="center",
    schedules=center_schedules_in,
)
EVENTS = Resource(
    name="events",
    title=_("Events"),
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
        "age_mark": (F("age_mark"), _text(help_text=_("436-ФЗ; empty where not stated."))),
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
    shapes=ANY_SHAPE,
    point="surface",
    card="event",
    times=_happens_between,
)
CITIES = Resource(
    name="cities",
    title=_("Cities"),
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
            s.IntegerField(help_text=_("Grows with every change of the city's data.")),
        ),
    },
    updated="",
)


def _runs() -> QuerySet[AnalysisRun]:
    """Finished ones, but for those by a norm set that belongs to somebody: its link is theirs."""
    personal = NormSet.objects.exclude(owner=None, owner_key="").values_list("slug", flat=True)
    rows = AnalysisRun.objects.filter(is_active=True, finished_at__isnull=False)
    return rows.exclude(parameters__norm_set__in=list(personal))


RUNS = Resource(
    name="runs",
    title=_("Calculations"),
    rows=_runs,
    fields={
        "id": COMMON["id"],
        "city": COMMON["city"],
        "analysis": (F("analysis"), s.ChoiceField(choices=AnalysisRun.Analysis.values)),
        "parameters": (F("parameters"), s.JSONField()),
        "inputs": (F("inputs"), s.JSONField(help_text=_("Checksums of everything it rests on."))),
        "code_version": (F("code_version"), _text()),
        "started_at": (F("started_at"), s.DateTimeField()),
        "finished_at": (F("finished_at"), s.DateTimeField()),
        "summary": (F("summary"), s.JSONField()),
    },
    updated="finished_at",
)
RESOURCES = (CITIES, INSTITUTIONS, ORGANIZATIONS, DISTRICTS, TOS, CENTERS, EVENTS, RUNS)


def _standing(resource: Resource, **pinned: Any) -> Resource:
    """The rows that stand somewhere."""
    found = replace(resource, **pinned)
    known = {f"{found.geometry}__isnull": False}
    return replace(found, rows=lambda: found.rows().filter(**known))


COLLECTIONS = (
    _standing(INSTITUTIONS, geometry="point", shapes=("Point",)),
    _standing(CENTERS),
    _standing(EVENTS, rows=_pinned_events, geometry="spot", shapes=("Point",)),
    _standing(DISTRICTS),
    _standing(TOS),
)
"""
The collections of the OGC API. GIS programs want one sort of geometry in a layer, so places and
events are points there, whatever their outline, and what stands nowhere is left to `/api/v1/`.
"""


def with_point(resource: Resource, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that stand somewhere, with the point people walk to as `walked_to`."""
    source = PointOnSurface(resource.geometry) if resource.point == "surface" else F(resource.point)
    return rows.filter(**{f"{resource.geometry}__isnull": False}).annotate(walked_to=source)
