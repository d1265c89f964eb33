"""
Everything a resident can be shown of a city, read once per state of its data.

Filters are sets of things (see `bits`), so that counting what remains costs next to nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from agenda.maplayers import EVENT_COLOR
from agenda.models import Event, Occurrence
from layers.definitions.places import CENTER_COLOR
from layers.http import language
from mapping.hours import Schedule
from mapping.models import City, Institution, InstitutionKind, NeighborCenter
from mapping.models.institutions import Accessibility
from mapping.queries import hours, memberships
from mapping.queries import layers as queries
from nearby import bits
from nearby.asking import CENTER, PROFILES

LatLon = tuple[float, float]
# What a record says of a door → of which visitors it is known that they can, or cannot, come in.
CAN = {
    "wheelchair": {Accessibility.WHEELCHAIR},
    "low_vision": {Accessibility.LOW_VISION},
    "hearing": {Accessibility.HEARING},
    "pram": {Accessibility.PRAM, Accessibility.WHEELCHAIR},
}
CANNOT = {"wheelchair": {Accessibility.NO_WHEELCHAIR}, "pram": {Accessibility.NO_WHEELCHAIR}}


COLUMNS = (
    "city",
    "name",
    "name_en",
    "point",
    "position_accuracy",
    "kind",
    "status",
    "opening_hours",
    "accessibility",
    "district_name",
    "synthetic",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A place or an event as far as it is needed to choose it."""

    type: str
    pk: int
    name: str
    name_en: str
    at: LatLon | None
    accuracy: str | None
    icon: str
    color: str
    kind: int | None = None
    """Id of the institution's kind."""
    synthetic: bool = False

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return self.name_en if self.name_en and language() == "en" else self.name

    @property
    def is_approximate(self) -> bool:
        """Whether its position is known to the street or the district only."""
        return self.accuracy in queries.APPROXIMATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """Which things of one shelf belong to what; every value is a set."""

    everything: int
    located: int
    kind: Mapping[str, int]
    """By code, what lies beneath a kind included."""
    district: Mapping[int, int]
    tos: Mapping[int, int]
    can: Mapping[str, int]
    """By visitors' needs: known to suit them."""
    unknown: Mapping[str, int]
    """By visitors' needs: not known, or only partly."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Catalogue:
    """One city: places in the order of their names, events in the order of their first times."""

    key: tuple[int, int]
    city: City
    kinds: tuple[InstitutionKind, ...]
    """Kinds that the city has places of, in the order of the tree."""
    districts: tuple[tuple[int, str, str], ...]
    """Id, name, name in English."""
    tos: tuple[tuple[int, str], ...]
    places: tuple[Thing, ...]
    schedules: tuple[Schedule, ...]
    """Opening hours of the places, in their order."""
    place_sets: Sets
    events: tuple[Thing, ...]
    event_sets: Sets
    hosts: tuple[int | None, ...]
    """Number of the place of each event; None where it has another place of its own."""
    times: tuple[tuple[tuple[datetime, datetime | None], ...], ...]
    """When each event begins and ends, soonest first."""
    marks: tuple[int | None, ...]
    """Years from which each event is meant; None where nobody says."""
    is_free: tuple[bool | None, ...]
    pushkin: tuple[bool | None, ...]


_kept: dict[int, Catalogue] = {}
_lock = Lock()
_memories: list[Any] = []


def remembered(most: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """
    Keep the latest answers about catalogues; they are forgotten when one of them is replaced.

    Otherwise every change of the data would leave one more dead catalogue in memory.
    """

    def decorate(make: Callable[..., Any]) -> Callable[..., Any]:
        memory = lru_cache(maxsize=most)(make)
        _memories.append(memory)
        return memory

    return decorate


def catalogue_of(city: City) -> Catalogue:
    """The city's catalogue; made once per process and state of the data."""
    kept = _kept.get(city.pk)
    if kept is None or kept.key != (city.pk, city.data_version):
        with _lock:
            kept = _kept.get(city.pk)
            if kept is None or kept.key != (city.pk, city.data_version):
                kept = _kept[city.pk] = _read(city)
                for memory in _memories:
                    memory.cache_clear()
    return kept


def _read(city: City) -> Catalogue:
    kinds = queries.kinds()
    places, stated, needs, schedules = _places(city, kinds)
    events, hosts, rows = _events(city, places)
    times = _times(city, [event.pk for event in events])
    districts = tuple(queries.districts(city).values_list("pk", "name", "name_en"))
    tos = tuple(queries.tos_territories(city).order_by("name", "pk").values_list("pk", "name"))
    place_sets = _place_sets(city, places, kinds, stated, districts, needs)
    return Catalogue(
        key=(city.pk, city.data_version),
        city=city,
        kinds=tuple(kind for kind in kinds if place_sets.kind.get(kind.code)),
        districts=districts,
        tos=tuple(each for each in tos if place_sets.tos.get(each[0])),
        places=places,
        schedules=schedules,
        place_sets=place_sets,
        events=events,
        event_sets=_event_sets(city, events, hosts, place_sets),
        hosts=hosts,
        times=times,
        marks=tuple(int(row.age_mark.rstrip("+")) if row.age_mark else None for row in rows),
        is_free=tuple(row.is_free for row in rows),
        pushkin=tuple(row.pushkin_card for row in rows),
    )


def _places(
    city: City, kinds: Sequence[InstitutionKind]
) -> tuple[tuple[Thing, ...], list[str], list[frozenset[str]], tuple[Schedule, ...]]:
    """Places, the districts they state, what is known of their doors, and their hours."""
    by_id = {kind.pk: kind for kind in kinds}
    rows = queries.institutions(city).select_related(None).only(*COLUMNS)
    institutions = list(queries.by_name(rows))
    centers = list(queries.by_name(queries.centers(city).select_related("host")))
    things = [
        *(_place("institution", row, row.point, by_id[row.kind_id]) for row in institutions),
        *(_place("center", row, row.geometry, None) for row in centers),
    ]
    stated = [row.district_name for row in institutions] + [
        row.host.district_name if row.host else "" for row in centers
    ]
    needs = [frozenset(row.accessibility) for row in institutions] + [
        frozenset(row.host.accessibility if row.host else ()) for row in centers
    ]
    schedules = _schedules(city, institutions, centers)
    order = sorted(range(len(things)), key=lambda number: things[number].name.casefold())
    in_order = [[each[number] for number in order] for each in (things, stated, needs, schedules)]
    return tuple(in_order[0]), in_order[1], in_order[2], tuple(in_order[3])


def _schedules(
    city: City, institutions: Sequence[Institution], centers: Sequence[NeighborCenter]
) -> list[Schedule]:
    """Hours of the places; equal ones are one object, so that each is asked once."""
    of_institutions = hours.schedules_of(city, institutions)
    of_centers = hours.center_schedules(city, centers)
    found = [of_institutions[row.pk] for row in institutions]
    found += [of_centers[row.pk] for row in centers]
    same: dict[Schedule, Schedule] = {}
    return [same.setdefault(each, each) for each in found]


def _place(sort: str, row: Any, point: Any, kind: InstitutionKind | None) -> Thing:
    return Thing(
        type=sort,
        pk=row.pk,
        name=row.name,
        name_en=getattr(row, "name_en", ""),
        at=(point.y, point.x) if point else None,
        accuracy=row.position_accuracy,
        icon=kind.icon if kind else "neighbour-center",
        color=kind.color if kind else CENTER_COLOR,
        kind=kind.pk if kind else None,
        synthetic=row.synthetic,
    )


def _events(
    city: City, places: Sequence[Thing]
) -> tuple[tuple[Thing, ...], tuple[int | None, ...], list[Event]]:
    """Events that may still happen, the number of the place of each, and their rows."""
    number = {(place.type, place.pk): at for at, place in enumerate(places)}
    rows = list(_coming(city))
    hosts = tuple(
        None
        if row.geometry
        else number.get(("institution", row.institution_id), number.get(("center", row.center_id)))
        for row in rows
    )
    things = []
    for row, host in zip(rows, hosts, strict=True):
        place = row.place.centroid if row.place else None
        things.append(
            Thing(
                type="event",
                pk=row.pk,
                name=row.title,
                name_en=row.title_en,
                at=(place.y, place.x) if place else None,
                accuracy=places[host].accuracy if host is not None else "exact" if place else None,
                icon="event",
                color=EVENT_COLOR,
                synthetic=row.synthetic,
            )
        )
    return tuple(things), hosts, rows


def _coming(city: City) -> QuerySet[Event]:
    place = Coalesce(
        "geometry", "institution__point", "center__geometry", output_field=GeometryField()
    )
    return (
        Event.objects.filter(city=city, occurrences__in=_ahead())
        .exclude(status=Event.Status.CANCELLED)
        .annotate(place=place)
        .defer("description")
        .order_by("pk")
        .distinct("pk")
    )


def _ahead() -> QuerySet[Occurrence]:
    """Times that are not over, with a day to spare for those without an end."""
    since = timezone.now() - timedelta(days=1)
    return Occurrence.objects.filter(starts_at__gte=since) | Occurrence.objects.filter(
        ends_at__gte=since
    )


def _times(
    city: City, events: Sequence[int]
) -> tuple[tuple[tuple[datetime, datetime | None], ...], ...]:
    found: dict[int, list[tuple[datetime, datetime | None]]] = {pk: [] for pk in events}
    rows = _ahead().filter(event__city=city).order_by("starts_at")
    for event, starts_at, ends_at in rows.values_list("event_id", "starts_at", "ends_at"):
        if event in found:
            found[event].append((starts_at, ends_at))
    return tuple(tuple(found[pk]) for pk in events)


def _place_sets(
    city: City,
    places: Sequence[Thing],
    kinds: Sequence[InstitutionKind],
    stated: Sequence[str],
    districts: Iterable[tuple[int, str, str]],
    needs: Sequence[frozenset[str]],
) -> Sets:
    count, at = len(places), [place.at for place in places]
    pairs = memberships.districts_around(city, at)
    named = {name: pk for pk, name, _ in districts}
    pairs += [
        (number, named[name])
        for number, name in enumerate(stated)
        if at[number] is None and name in named
    ]
    families = queries.families(kinds)
    by_kind = {
        kind.code: bits.where(place.kind in families[kind.pk] for place in places) for kind in kinds
    }
    by_kind[CENTER] = bits.where(place.kind is None for place in places)
    can = {need: bits.where(CAN[need] & known for known in needs) for need in PROFILES}
    cannot = {
        need: bits.where(CANNOT.get(need, set()) & known for known in needs) for need in PROFILES
    }
    everything = bits.every(count)
    return Sets(
        everything=everything,
        located=bits.where(at),
        kind=by_kind,
        district=_by_territory(pairs, count),
        tos=_by_territory(memberships.tos_around(city, at), count),
        can=can,
        unknown={need: everything & ~(can[need] | cannot[need]) for need in PROFILES},
    )


def _by_territory(pairs: Iterable[tuple[int, int]], count: int) -> dict[int, int]:
    numbers: dict[int, list[int]] = {}
    for number, territory in pairs:
        numbers.setdefault(territory, []).append(number)
    return {territory: bits.of(found, count) for territory, found in numbers.items()}


def _event_sets(
    city: City, events: Sequence[Thing], hosts: Sequence[int | None], places: Sets
) -> Sets:
    """An event is of the kind, and has the doors, of the place where it happens."""
    count, at = len(events), [event.at for event in events]
    no_host = bits.where(host is None for host in hosts)

    def hosted(mask: int) -> int:
        marks = frozenset(bits.members(mask))
        return bits.where(host in marks for host in hosts)

    return Sets(
        everything=bits.every(count),
        located=bits.where(at),
        kind={code: hosted(mask) for code, mask in places.kind.items()},
        district=_by_territory(memberships.districts_around(city, at), count),
        tos=_by_territory(memberships.tos_around(city, at), count),
        can={need: hosted(mask) for need, mask in places.can.items()},
        unknown={need: hosted(mask) | no_host for need, mask in places.unknown.items()},
    )
