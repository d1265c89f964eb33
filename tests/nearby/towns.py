"""Catalogues of invented towns, made in memory, and what a naive reader would find in them."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import NamedTuple

from hypothesis import strategies as st

from mapping.hours import State
from nearby import bits
from nearby.asking import ALSO, PROFILES, Asked, days_of
from nearby.catalogue import Catalogue, Sets, Thing
from nearby.sieve import Sieve
from nearby.walks import Walks

NOW = datetime(2026, 6, 4, 12, 0, tzinfo=UTC)  # a Thursday
KINDS = ("library", "museum")
DISTRICTS = (1, 2)
DAYS = ("today", "tomorrow", "weekend", "2026-06-07")


class PlaceFacts(NamedTuple):
    kind: str
    district: int
    is_open: bool | None
    doors: tuple[bool | None, ...]
    """By profile: suits, does not, nobody knows."""
    minutes: float


class EventFacts(NamedTuple):
    host: int | None
    begins_in_hours: int
    lasts_hours: int | None
    mark: int | None
    is_free: bool | None
    pushkin: bool | None
    minutes: float


class Town(NamedTuple):
    places: list[PlaceFacts]
    events: list[EventFacts]


def maybe():
    return st.sampled_from([True, False, None])


def minutes():
    return st.sampled_from([1.0, 5.0, 12.0, 40.0, float("inf")])


@st.composite
def towns(draw):
    place = st.builds(
        PlaceFacts,
        st.sampled_from(KINDS),
        st.sampled_from(DISTRICTS),
        maybe(),
        st.tuples(*(maybe() for _ in PROFILES)),
        minutes(),
    )
    places = draw(st.lists(place, max_size=8))
    hosts = st.sampled_from([None, *range(len(places))])
    event = st.builds(
        EventFacts,
        hosts,
        st.integers(-5, 120),
        st.none() | st.integers(1, 30),
        st.none() | st.sampled_from([0, 6, 12, 16, 18]),
        maybe(),
        maybe(),
        minutes(),
    )
    return Town(places, draw(st.lists(event, max_size=8)))


def questions():
    return st.builds(
        Asked,
        kinds=st.sampled_from([(), ("library",), ("museum",), KINDS]),
        is_open=st.booleans(),
        also=st.sets(st.sampled_from(ALSO)).map(
            lambda some: tuple(name for name in ALSO if name in some)
        ),
        age=st.sampled_from(["", "0", "6+", "7", "18"]),
        free=st.booleans(),
        pushkin=st.booleans(),
        access=st.sampled_from([(), ("wheelchair",), ("wheelchair", "hearing"), ("pram",)]),
        day=st.sampled_from(["", "", *DAYS]),
        district=st.sampled_from([None, *DISTRICTS]),
        minutes=st.sampled_from([None, 5.0, 15.0]),
    )


def sieve_of(town: Town) -> Sieve:
    catalogue = Catalogue(
        key=(1, 1),
        city=SimpleNamespace(timezone="Asia/Novosibirsk", slug="town"),
        kinds=(),
        districts=tuple((pk, f"District {pk}", "") for pk in DISTRICTS),
        tos=(),
        places=tuple(_thing("institution", number) for number in range(len(town.places))),
        schedules=(),
        place_sets=_place_sets(town.places),
        events=tuple(_thing("event", number) for number in range(len(town.events))),
        event_sets=_event_sets(town),
        hosts=tuple(event.host for event in town.events),
        times=tuple(((begin(event), end(event)),) for event in town.events),
        marks=tuple(event.mark for event in town.events),
        is_free=tuple(event.is_free for event in town.events),
        pushkin=tuple(event.pushkin for event in town.events),
    )
    walks = Walks(
        [place.minutes for place in town.places],
        [event.minutes for event in town.events],
        {"places": [True] * len(town.places), "events": [True] * len(town.events)},
    )
    states = [State(is_open=place.is_open) for place in town.places]
    return Sieve(catalogue, NOW, states, origin=(55.0, 82.9), walks=walks)


def begin(event):
    return NOW + timedelta(hours=event.begins_in_hours)


def end(event):
    return None if event.lasts_hours is None else begin(event) + timedelta(hours=event.lasts_hours)


def _thing(sort, number):
    return Thing(
        type=sort,
        pk=number,
        name=f"{sort} {number}",
        name_en="",
        at=(55.0, 82.9 + number / 1000),
        accuracy="exact",
        icon="",
        color="",
    )


def _place_sets(places):
    return Sets(
        everything=bits.every(len(places)),
        located=bits.every(len(places)),
        kind={kind: bits.where(place.kind == kind for place in places) for kind in KINDS},
        district={pk: bits.where(place.district == pk for place in places) for pk in DISTRICTS},
        tos={},
        can={
            need: bits.where(place.doors[at] is True for place in places)
            for at, need in enumerate(PROFILES)
        },
        unknown={
            need: bits.where(place.doors[at] is None for place in places)
            for at, need in enumerate(PROFILES)
        },
    )


def _event_sets(town):
    hosts = [None if event.host is None else town.places[event.host] for event in town.events]
    return Sets(
        everything=bits.every(len(hosts)),
        located=bits.every(len(hosts)),
        kind={
            kind: bits.where(host is not None and host.kind == kind for host in hosts)
            for kind in KINDS
        },
        district={
            pk: bits.where(host is not None and host.district == pk for host in hosts)
            for pk in DISTRICTS
        },
        tos={},
        can={
            need: bits.where(host is not None and host.doors[at] is True for host in hosts)
            for at, need in enumerate(PROFILES)
        },
        unknown={
            need: bits.where(host is None or host.doors[at] is None for host in hosts)
            for at, need in enumerate(PROFILES)
        },
    )


# the naive reader, who goes through everything one by one


def naive_places(town: Town, asked: Asked) -> list[int]:
    found = []
    for number, place in enumerate(town.places):
        own = [event for event in town.events if event.host == number]
        if _place_passes(place, asked) and (
            not asked.is_about_events or any(_event_passes(event, asked) for event in own)
        ):
            found.append(number)
    return found


def naive_events(town: Town, asked: Asked) -> list[int]:
    found = []
    for number, event in enumerate(town.events):
        host = None if event.host is None else town.places[event.host]
        is_on = end(event) is not None and begin(event) <= NOW <= end(event)
        stands = (
            (not asked.kinds or (host is not None and host.kind in asked.kinds))
            and (not asked.district or (host is not None and host.district == asked.district))
            and all(
                _says((host.doors if host else (None,) * 4)[PROFILES.index(need)], asked, "access")
                for need in asked.access
            )
            and (not asked.is_open or is_on)
            and (not asked.minutes or event.minutes <= asked.minutes)
        )
        if stands and _event_passes(event, asked):
            found.append(number)
    return found


def _place_passes(place, asked):
    return (
        (not asked.kinds or place.kind in asked.kinds)
        and (not asked.district or place.district == asked.district)
        and (not asked.is_open or _says(place.is_open, asked, "hours"))
        and all(_says(place.doors[PROFILES.index(need)], asked, "access") for need in asked.access)
        and (not asked.minutes or place.minutes <= asked.minutes)
    )


def _event_passes(event, asked):
    if (end(event) or begin(event)) < NOW:
        return False
    young_enough = None if event.mark is None else event.mark <= (asked.years or 0)
    return (
        (asked.years is None or _says(young_enough, asked, "age"))
        and (not asked.free or _says(event.is_free, asked, "price"))
        and (not asked.pushkin or _says(event.pushkin, asked, "pushkin"))
        and (not asked.day or _is_on(event, asked.day))
    )


def _says(known, asked, name):
    return name in asked.also if known is None else known


def _is_on(event, day):
    zone = sieve_of(Town([], [])).zone
    first, last = days_of(day, date(2026, 6, 4))
    begins, ends = begin(event).astimezone(zone), (end(event) or begin(event)).astimezone(zone)
    return begins.date() <= last and ends.date() >= first
