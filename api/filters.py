"""What may be asked of the open data: each filter is read, checked and said in the schema once."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.utils import OpenApiParameter

from api.resources import RUNS, Resource, city_column, with_point
from layers import http
from layers.http import BoundingBox
from mapping.errors import NoStreetsError, ParameterError, UnknownNameError
from mapping.hours import state_at
from mapping.models import AnalysisRun, City, District, TosTerritory
from mapping.queries import layers as queries
from mapping.queries.areas import areas_at
from mapping.services import walks

MOST_MINUTES = 60.0
USUAL_MINUTES = 15.0
# Judging doors one by one is for a city, not for a country.
MOST_DOORS = 20_000
WITHIN = {"district": District, "tos": TosTerritory}


@dataclass(slots=True)
class Asked:
    """Rows that pass every filter, and what was learned about them on the way."""

    rows: QuerySet[Any]
    walk_minutes: Mapping[int, float] = field(default_factory=dict)
    """Id → minutes on foot; empty where nobody asked from where."""
    unknown_hours: int | None = None
    """Rows left out because their hours are not known; None where nobody asked."""


def ask(resource: Resource, query: Mapping[str, str], kinds: list[str] | None = None) -> Asked:
    """
    Rows of a resource that pass the filters of a query.

    Raises ParameterError or UnknownNameError, saying what was got and what was wanted; a filter
    that a resource does not know is refused too, never ignored.
    """
    unknown = set(query) - set(names_of(resource)) - {"cursor", "limit", "format", "lang"}
    if unknown:
        raise UnknownNameError("parameter", min(unknown), names_of(resource))
    asked = Asked(resource.rows())
    city = find_city(query.get("city", ""))
    if city:
        asked.rows = asked.rows.filter(**{city_column(resource): city.slug})
    if kinds:
        asked.rows = asked.rows.filter(**{f"{resource.kind}__in": _families(kinds)})
    if "analysis" in query:
        known = http.choice(query, "analysis", AnalysisRun.Analysis.values)
        asked.rows = asked.rows.filter(analysis=known)
    if since := read_moment(query, "updated_since"):
        asked.rows = asked.rows.filter(**{f"{resource.updated}__gte": since})
    _in_time(resource, query, asked)
    _in_space(resource, query, asked)
    _on_foot(resource, query, asked, city)
    _with_open_doors(resource, query, asked, city)
    return asked


def find_city(slug: str) -> City | None:
    """The city of a slug, None for an empty one; raises UnknownNameError."""
    if not slug:
        return None
    city = City.objects.filter(slug=slug).first()
    if city is None:
        raise UnknownNameError("city", slug, City.objects.values_list("slug", flat=True))
    return city


def _families(codes: list[str]) -> set[int]:
    kinds = queries.kinds()
    families = queries.families(kinds)
    by_code = {kind.code: kind for kind in kinds}
    for code in codes:
        if code not in by_code:
            raise UnknownNameError("kind", code, by_code)
    return {pk for code in codes for pk in families[by_code[code].pk]}


def read_moment(query: Mapping[str, str], name: str) -> datetime | None:
    """A day or a moment in ISO 8601; without a zone it is UTC. Raises ParameterError."""
    given = query.get(name, "").strip()
    if not given:
        return None
    return _moment(name, given)


def _moment(name: str, given: str) -> datetime:
    # A plus in an address is a space.
    text = given.replace(" ", "+")
    try:
        moment = parse_datetime(text)
        day = None if moment else parse_date(text)
    except ValueError:
        moment = day = None
    if moment is None and day is None:
        wanted = "a day or a moment in ISO 8601, e.g. 2026-06-05 or 2026-06-05T18:00:00+07:00"
        raise ParameterError(name, given, wanted)
    moment = moment or datetime.combine(day, time())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_time(resource: Resource, query: Mapping[str, str], asked: Asked) -> None:
    """`datetime` as RFC 3339 and the OGC have it: a moment, or from/to with `..` for open ends."""
    given = query.get("datetime", "").strip()
    if not given or resource.times is None:
        return
    first, last = resource.times
    begins, slash, ends = given.partition("/")
    since = _end_of("datetime", begins)
    until = _end_of("datetime", ends) if slash else since
    if since and until and since > until:
        raise ParameterError("datetime", given, "a beginning that is not after the end")
    if since:
        asked.rows = asked.rows.filter(**{f"{last}__gte": since})
    if until:
        asked.rows = asked.rows.filter(**{f"{first}__lte": until})


def _end_of(name: str, text: str) -> datetime | None:
    return None if text.strip() in ("", "..") else _moment(name, text.strip())


def _in_space(resource: Resource, query: Mapping[str, str], asked: Asked) -> None:
    if box := http.bounding_box(query):
        asked.rows = _touching(resource, asked.rows, box)
    if given := query.get("within", ""):
        territory = _territory(given)
        asked.rows = asked.rows.filter(**{f"{resource.geometry}__intersects": territory.geometry})


def _touching(resource: Resource, rows: QuerySet[Any], box: BoundingBox) -> QuerySet[Any]:
    return rows.filter(**{f"{resource.geometry}__intersects": box.as_polygon()})


def _territory(given: str) -> Any:
    sort, _, number = given.partition(":")
    model = WITHIN.get(sort)
    if model and number.isascii() and number.isdigit() and len(number) < 18:
        found = model.objects.filter(pk=int(number), geometry__isnull=False).first()
        if found:
            return found
    wanted = "district:<id> or tos:<id> of a territory with a boundary"
    raise ParameterError("within", given[:80], wanted)


def _on_foot(resource: Resource, query: Mapping[str, str], asked: Asked, city: City | None) -> None:
    given = query.get("near", "").strip()
    if not given:
        if "minutes" in query:
            raise ParameterError(
                "minutes", query["minutes"], "`near` beside it: minutes from where"
            )
        return
    origin = read_place("near", given)
    within_minutes = http.number(query, "minutes", low=1, high=MOST_MINUTES, default=USUAL_MINUTES)
    city = city or _city_around(origin)
    rows = with_point(resource, asked.rows.filter(city=city))
    places = {row.pk: row.walked_to.centroid for row in rows.only("pk")}
    asked.walk_minutes = _walk(city, origin, places, within_minutes)
    asked.rows = asked.rows.filter(pk__in=list(asked.walk_minutes))


def read_place(name: str, text: str) -> tuple[float, float]:
    """`lat,lon` in degrees. Raises ParameterError."""
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        lat = lon = math.nan
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ParameterError(name, text[:80], "latitude,longitude in degrees, e.g. 55.03,82.92")
    return lat, lon


def _city_around(origin: tuple[float, float]) -> City:
    areas = areas_at(*origin)
    if areas is None:
        raise ParameterError("near", f"{origin[0]},{origin[1]}", "a place inside a city held here")
    return areas.city


def _walk(
    city: City, origin: tuple[float, float], places: Mapping[int, Any], within_minutes: float
) -> dict[int, float]:
    try:
        footing = walks.footing_of(city)
    except NoStreetsError as error:
        raise ParameterError("near", city.slug, "a city whose streets are known") from error
    doors = walks.doors(footing, [(point.y, point.x) for point in places.values()])
    minutes = walks.minutes_to(footing, origin, doors, within_minutes=within_minutes)
    if minutes is None:
        said = f"{origin[0]},{origin[1]}"
        raise ParameterError("near", said, "a place with a street near enough to walk from")
    return {
        pk: round(minute, 2)
        for pk, minute in zip(places, minutes, strict=True)
        if math.isfinite(minute)
    }


def _with_open_doors(
    resource: Resource, query: Mapping[str, str], asked: Asked, city: City | None
) -> None:
    moment = read_moment(query, "open_at")
    if moment is None or resource.schedules is None:
        return
    if city is None:
        raise ParameterError("open_at", query["open_at"], "`city` beside it: whose clock")
    rows = list(asked.rows.order_by()[: MOST_DOORS + 1])
    if len(rows) > MOST_DOORS:
        raise ParameterError("open_at", f"{len(rows)} rows", f"at most {MOST_DOORS}: narrow it")
    states = {
        pk: state_at(schedule, moment).is_open
        for pk, schedule in resource.schedules(city, rows, as_of=moment.date()).items()
    }
    asked.unknown_hours = sum(is_open is None for is_open in states.values())
    asked.rows = asked.rows.filter(pk__in=[pk for pk, is_open in states.items() if is_open])


def names_of(resource: Resource) -> list[str]:
    """Filters that a resource knows."""
    return [parameter.name for parameter in parameters_of(resource)]


def parameters_of(resource: Resource) -> list[OpenApiParameter]:
    """Filters that a resource knows, as the schema tells them."""
    found = []
    if resource.name != "cities":
        found.append(_parameter("city", "Slug of a city."))
    if resource.kind:
        found.append(
            OpenApiParameter(
                "kind",
                str,
                many=True,
                description="Codes of kinds, repeated; each with everything beneath it.",
            )
        )
    if resource.geometry:
        found += [
            _parameter("bbox", "west,south,east,north in degrees."),
            _parameter("within", "`district:<id>` or `tos:<id>`."),
            _parameter("near", "latitude,longitude: only what can be walked to from there."),
            OpenApiParameter(
                "minutes",
                {"type": "number", "minimum": 1, "maximum": MOST_MINUTES},
                description=f"Minutes on foot from `near` over the streets; {USUAL_MINUTES:g}.",
            ),
        ]
    if resource.schedules:
        found.append(
            _parameter(
                "open_at",
                "A moment: only what is known to be open then. Wants `city`; rows whose hours are "
                "not known are counted in `unknown_hours`.",
            )
        )
    if resource.times:
        found.append(_parameter("datetime", "A moment, or from/to; `..` leaves an end open."))
    if resource is RUNS:
        found.append(OpenApiParameter("analysis", str, enum=list(AnalysisRun.Analysis.values)))
    if resource.updated:
        found.append(
            _parameter("updated_since", "A day or a moment: only rows changed since then.")
        )
    return found


def _parameter(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description)
