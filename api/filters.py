"""What may be asked of the open data: each filter is read, checked and said in the schema once."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Polygon
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from api.resources import RUNS, Resource, with_point
from layers import http
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import NoStreetsError, NotHeldError, ParameterError, UnknownNameError
from mapping.hours import state_at
from mapping.models import AnalysisRun, City, District, TosTerritory
from mapping.queries import layers as queries
from mapping.queries.areas import areas_at

MOST_MINUTES = 60
USUAL_MINUTES = 15
# Judging doors one by one is for a city, not for a country.
MOST_DOORS = 20_000
WITHIN = {"district": District, "tos": TosTerritory}
# A degree of a meridian is never shorter; projections stretch a city by less than a hundredth.
METRES_PER_DEGREE = 110_500
STRETCH = 1.01
BOX_WANTED = "west,south,east,north in degrees, south before north, e.g. 82.7,54.8,83.2,55.2"

DEGREES = r"(\.\d{1,12})?"
PLACE = (
    rf"^-?(90(\.0{{1,12}})?|[1-8]?\d{DEGREES})"
    rf",-?(180(\.0{{1,12}})?|(1[0-7]\d|[1-9]?\d){DEGREES})$"
)
SLUG = r"^[-a-zA-Z0-9_]{1,60}$"
CENTURY = "(19|20|21)"
DAY = (
    rf"({CENTURY}\d\d-(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])"
    rf"|{CENTURY}\d\d-(0[469]|11)-(0[1-9]|[12]\d|30)"
    rf"|{CENTURY}\d\d-02-(0[1-9]|1\d|2[0-8])"
    rf"|({CENTURY}(0[48]|[2468][048]|[13579][26])|2000)-02-29)"
)
CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?"
ZONE = r"(Z|[+-](0\d|1[0-4]):[0-5]\d)"
INSTANT = rf"{DAY}(T{CLOCK}{ZONE}?)?"
MOMENT: dict[str, Any] = {"type": "string", "pattern": rf"^{INSTANT}$"}
MOMENT_WANTED = "a day or a moment in ISO 8601, e.g. 2026-06-05 or 2026-06-05T18:00:00+07:00"


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing to ask by: its name, what the schema says of it, and what people are told."""

    name: str
    schema: Mapping[str, Any]
    text: str | Promise
    example: str = ""


CITY = Filter("city", {"type": "string", "pattern": SLUG}, _("Slug of a city."))
KIND = Filter(
    "kind",
    {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": SLUG}},
    _("Codes of kinds, repeated; each with everything beneath it."),
    "library",
)
BBOX = Filter(
    "bbox",
    {
        "type": "array",
        "minItems": 4,
        "maxItems": 4,
        "items": {"type": "number", "minimum": -180, "maximum": 180},
    },
    _("west,south,east,north in degrees; where west is greater, across the 180th meridian."),
    "82.7,54.8,83.2,55.2",
)
WITHIN_FILTER = Filter(
    "within",
    {"type": "string", "pattern": r"^(district|tos):[1-9]\d{0,16}$"},
    _("`district:<id>` or `tos:<id>`."),
)
NEAR = Filter(
    "near",
    {"type": "string", "pattern": PLACE},
    _("latitude,longitude: only what can be walked to from there."),
    "55.03,82.92",
)
MINUTES = Filter(
    "minutes",
    {"type": "number", "minimum": 1, "maximum": MOST_MINUTES},
    _("Minutes on foot from `near` over the streets; 15 unless said."),
)
OPEN_AT = Filter(
    "open_at",
    MOMENT,
    _("A moment: only what is known to be open then. Unknown hours are counted beside."),
    "2026-06-05T18:00:00+07:00",
)
DATETIME = Filter(
    "datetime",
    {
        "type": "string",
        "pattern": rf"^({INSTANT}|{INSTANT}/{INSTANT}|{INSTANT}/(\.\.)?|(\.\.)?/{INSTANT})$",
    },
    _("A moment, or from/to: only what has a time then; `..` leaves an end open."),
    "2026-06-01/2026-06-30",
)
ANALYSIS = Filter(
    "analysis",
    {"type": "string", "enum": list(AnalysisRun.Analysis.values)},
    _("Which question was calculated."),
)
UPDATED_SINCE = Filter(
    "updated_since", MOMENT, _("A day or a moment: only rows changed since then."), "2026-01-01"
)


@dataclass(slots=True)
class Asked:
    """Rows that pass every filter, and what was learned about them on the way."""

    rows: QuerySet[Any]
    walk_minutes: Mapping[int, float] | None = None
    """Id → minutes on foot; None where nobody asked from where."""
    unknown_hours: int | None = None
    """Rows left out because their hours are not known; None where nobody asked."""


def of(resource: Resource) -> list[Filter]:
    """Filters that a resource knows."""
    found = [CITY] if resource.name != "cities" else []
    found += [KIND] if resource.kind else []
    found += [BBOX, WITHIN_FILTER, NEAR, MINUTES] if resource.geometry else []
    found += [OPEN_AT] if resource.schedules else []
    found += [DATETIME] if resource.times else []
    found += [ANALYSIS] if resource is RUNS else []
    return found + ([UPDATED_SINCE] if resource.updated else [])


def names_of(resource: Resource) -> list[str]:
    """Names of the filters that a resource knows."""
    return [each.name for each in of(resource)]


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """A filter that is not known is refused, never ignored. Raises UnknownNameError."""
    known = list(known)
    unknown = set(given) - set(known)
    if unknown:
        raise UnknownNameError("parameter", min(unknown)[:80], known)


def ask(resource: Resource, query: Mapping[str, str], kinds: list[str]) -> Asked:
    """
    Rows of a resource that pass the filters of a query; other names in it are for others to read.

    Raises ParameterError, NotHeldError or UnknownNameError, saying what was got and what was
    wanted.
    """
    asked = Asked(resource.rows())
    query = {name: text for name, text in query.items() if name in names_of(resource)}
    city = find_city(query["city"]) if "city" in query else None
    if city:
        asked.rows = asked.rows.filter(city=city)
    if "kind" in query:
        asked.rows = asked.rows.filter(**{f"{resource.kind}__in": _families(kinds)})
    if "analysis" in query:
        known = http.choice(query, "analysis", AnalysisRun.Analysis.values)
        asked.rows = asked.rows.filter(analysis=known)
    if "updated_since" in query:
        since = read_moment("updated_since", query["updated_since"])
        asked.rows = asked.rows.filter(**{f"{resource.updated}__gte": since})
    if "datetime" in query and resource.times:
        asked.rows = asked.rows.filter(resource.times(*read_span(query["datetime"])))
    _in_space(resource, query, asked)
    _on_foot(resource, query, asked, city)
    if "open_at" in query:
        _with_open_doors(resource, read_moment("open_at", query["open_at"]), asked)
    return asked


def find_city(slug: str) -> City:
    """The city of a slug. Raises NotHeldError."""
    if not re.fullmatch(SLUG, slug):
        raise ParameterError("city", slug[:80], "the slug of a city")
    city = City.objects.filter(slug=slug).first()
    if city is None:
        known = ", ".join(City.objects.values_list("slug", flat=True))
        raise NotHeldError("city", slug, f"one of {known}")
    return city


def _families(codes: list[str]) -> set[int]:
    if not codes or not all(re.fullmatch(SLUG, code) for code in codes):
        raise ParameterError("kind", ",".join(codes)[:80], "the code of a kind, e.g. library")
    kinds = queries.kinds()
    families = queries.families(kinds)
    by_code = {kind.code: kind for kind in kinds}
    for code in codes:
        if code not in by_code:
            raise NotHeldError("kind", code, f"one of {', '.join(by_code)}")
    return {pk for code in codes for pk in families[by_code[code].pk]}


def read_moment(name: str, given: str) -> datetime:
    """A day or a moment in ISO 8601; without a zone it is UTC. Raises ParameterError."""
    # A plus in an address is a space.
    text = given.strip().replace(" ", "+").upper()
    if not re.fullmatch(INSTANT, text, re.ASCII):
        raise ParameterError(name, given[:80], MOMENT_WANTED)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_span(given: str) -> tuple[datetime | None, datetime | None]:
    """
    `datetime` as RFC 3339 and the OGC have it: a moment, or from/to with `..` for open ends.

    A day without hours lasts to its end. Raises ParameterError.
    """
    begins, slash, ends = given.strip().partition("/")
    since = _end_of_span(begins)
    until = _end_of_span(ends if slash else begins, is_last=True)
    if since is until is None or (since and until and since > until):
        wanted = "a moment, or a beginning and an end in this order, one of them may be `..`"
        raise ParameterError("datetime", given[:80], wanted)
    return since, until


def _end_of_span(text: str, *, is_last: bool = False) -> datetime | None:
    if text.strip() in ("", ".."):
        return None
    moment = read_moment("datetime", text)
    is_day = "T" not in text.upper()
    return datetime.combine(moment, time.max, moment.tzinfo) if is_day and is_last else moment


def _in_space(resource: Resource, query: Mapping[str, str], asked: Asked) -> None:
    touches = f"{resource.geometry}__intersects"
    if "bbox" in query:
        either = Q()
        for box in read_boxes(query["bbox"]):
            either |= Q(**{touches: box})
        asked.rows = asked.rows.filter(either)
    if "within" in query:
        asked.rows = asked.rows.filter(**{touches: _territory(query["within"]).geometry})


def read_boxes(given: str) -> list[Polygon]:
    """
    `west,south,east,north`, or with heights, which are not looked at: one box, or two where it
    crosses the 180th meridian. Raises ParameterError.
    """
    try:
        numbers = [float(part) for part in given.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not _is_box(*numbers):
        raise ParameterError("bbox", given[:120], BOX_WANTED)
    west, south, east, north = numbers
    halves = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return [_box(left, south, right, north) for left, right in halves]


def _is_box(west: float, south: float, east: float, north: float) -> bool:
    return -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90


def _box(west: float, south: float, east: float, north: float) -> Polygon:
    polygon = Polygon.from_bbox((west, south, east, north))
    polygon.srid = 4326
    return polygon


def _territory(given: str) -> Any:
    sort, _colon, number = given.partition(":")
    model = WITHIN.get(sort)
    if model is None or not re.fullmatch(r"[1-9]\d{0,16}", number, re.ASCII):
        raise ParameterError("within", given[:80], "district:<id> or tos:<id>")
    found = model.objects.filter(pk=int(number), geometry__isnull=False).first()
    if found is None:
        raise NotHeldError("within", given, f"a {sort} that is held here and has a boundary")
    return found


def _on_foot(resource: Resource, query: Mapping[str, str], asked: Asked, city: City | None) -> None:
    if "near" not in query:
        if "minutes" in query:
            wanted = "`near` beside it: minutes from where"
            raise ParameterError("minutes", query["minutes"], wanted)
        return
    origin = read_place("near", query["near"])
    within_minutes = http.number(query, "minutes", low=1, high=MOST_MINUTES, default=USUAL_MINUTES)
    city = city or _city_around(origin)
    rows = with_point(resource, asked.rows.filter(city=city))
    # What is too far as the crow flies is too far on foot, and need not be looked at.
    rows = rows.filter(walked_to__bboverlaps=_square(origin, within_minutes))
    places = dict(rows.order_by("pk").values_list("pk", "walked_to"))
    asked.walk_minutes = _walk(city, origin, places, within_minutes)
    asked.rows = asked.rows.filter(pk__in=list(asked.walk_minutes))


def _square(origin: tuple[float, float], within_minutes: float) -> Polygon:
    """Around everything that can be walked to in so many minutes, even in a straight line."""
    lat, lon = origin
    reach_deg = within_minutes * DEFAULT_SPEED_KMH * 1000 / 60 * STRETCH / METRES_PER_DEGREE
    across_deg = reach_deg / max(math.cos(math.radians(lat)), 0.01)
    return _box(lon - across_deg, lat - reach_deg, lon + across_deg, lat + reach_deg)


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
        raise NotHeldError("near", f"{origin[0]},{origin[1]}", "a place inside a city held here")
    return areas.city


def _walk(
    city: City, origin: tuple[float, float], places: Mapping[int, Any], within_minutes: float
) -> dict[int, float]:
    # Only here: the engine costs every web process seconds, and most questions do not walk.
    from mapping.services import walks

    try:
        footing = walks.footing_of(city)
    except NoStreetsError as error:
        raise NotHeldError("near", city.slug, "a city whose streets are known") from error
    doors = walks.doors(footing, [(point.y, point.x) for point in places.values()])
    minutes = walks.minutes_to(footing, origin, doors, within_minutes=within_minutes)
    if minutes is None:
        said = f"{origin[0]},{origin[1]}"
        raise NotHeldError("near", said, "a place with a street near enough to walk from")
    return {
        pk: round(minute, 2)
        for pk, minute in zip(places, minutes, strict=True)
        if math.isfinite(minute)
    }


def _with_open_doors(resource: Resource, moment: datetime, asked: Asked) -> None:
    """Each door by the clock of its own city."""
    rows = list(asked.rows.order_by().select_related("city")[: MOST_DOORS + 1])
    if len(rows) > MOST_DOORS:
        raise ParameterError("open_at", f"{len(rows)} rows", f"at most {MOST_DOORS}: narrow it")
    by_city: dict[City, list[Any]] = defaultdict(list)
    for row in rows:
        by_city[row.city].append(row)
    schedules = resource.schedules(by_city, day_in=lambda city: _day_in(city, moment))
    states = {pk: state_at(schedule, moment).is_open for pk, schedule in schedules.items()}
    asked.unknown_hours = sum(is_open is None for is_open in states.values())
    asked.rows = asked.rows.filter(pk__in=[pk for pk, is_open in states.items() if is_open])


def _day_in(city: City, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(city.timezone)).date()
