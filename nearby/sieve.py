"""Which things pass what the reader asks for, and how many would pass if it were otherwise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import cos, hypot, inf, radians
from zoneinfo import ZoneInfo

from mapping.hours import State
from nearby import bits
from nearby.asking import Asked, days_of
from nearby.catalogue import Catalogue, LatLon, Sets, Thing
from nearby.walks import Walks

METRES_PER_DEGREE = 111_320.0
UNTOLD_END = timedelta(hours=2)
"""Where nobody says when an event ends, those who are late still find it in the list so long."""

Known = tuple[int, int]
"""Things that pass a filter, and things of which nobody knows whether they do."""


@dataclass(frozen=True, eq=False)
class Sieve:
    """A catalogue at one moment, seen from one place; the shelf is `places` or `events`."""

    catalogue: Catalogue
    moment: datetime
    states: Sequence[State]
    """Open or closed, place by place."""
    origin: LatLon | None = None
    walks: Walks | None = None
    """From the origin; None where there is none, or where no street is near it."""

    def passing(self, asked: Asked, shelf: str) -> int:
        """The set of things on a shelf that pass every filter."""
        if shelf == "events":
            return self.event_filters(asked) & self._standing(asked, shelf)
        mask = self._standing(asked, shelf)
        if asked.is_about_events:
            mask &= self._hosts_of(self.event_filters(asked))
        return mask

    def count(self, asked: Asked, shelf: str) -> int:
        """How many things on a shelf pass every filter."""
        return self.passing(asked, shelf).bit_count()

    def hidden_as_unknown(self, asked: Asked, shelf: str) -> dict[str, int]:
        """By filter that is on: how many more would pass if the unknown did."""
        shown = self.count(asked, shelf)
        asked_about = {
            "hours": asked.is_open and shelf == "places",
            "access": bool(asked.access),
            "age": bool(asked.age),
            "price": asked.free,
            "pushkin": asked.pushkin,
        }
        found = {
            name: self.count(asked.but(also=(*asked.also, name)), shelf) - shown
            for name, is_on in asked_about.items()
            if is_on and name not in asked.also
        }
        return {name: count for name, count in found.items() if count}

    def next_time(self, event: int, day: str = "") -> datetime | None:
        """When an event is on next, on the days of a date filter where one is given."""
        first, last = days_of(day, self.today) if day else (self.today, date.max)
        for starts_at, ends_at in self.catalogue.times[event]:
            if self._is_ahead(starts_at, ends_at) and self._falls_on(
                starts_at, ends_at, first, last
            ):
                return starts_at
        return None

    @cached_property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.catalogue.city.timezone)

    @cached_property
    def today(self) -> date:
        """The day it is in the city."""
        return self.moment.astimezone(self.zone).date()

    def _standing(self, asked: Asked, shelf: str) -> int:
        """What passes the filters about the place: its kind, ground, doors, hours and distance."""
        sets = self._sets(shelf)
        mask = sets.everything
        if asked.kinds:
            mask &= _any_of(sets.kind, asked.kinds)
        if asked.district:
            mask &= sets.district.get(asked.district, 0)
        if asked.tos:
            mask &= sets.tos.get(asked.tos, 0)
        for need in asked.access:
            mask &= _either((sets.can[need], sets.unknown[need]), "access" in asked.also)
        if asked.is_open:
            opened = self._open if shelf == "places" else (self._on_now, 0)
            mask &= _either(opened, "hours" in asked.also)
        if asked.minutes and self.minutes(shelf) is not None:
            mask &= self._within(shelf, asked.minutes)
        return mask

    def _sets(self, shelf: str) -> Sets:
        catalogue = self.catalogue
        return catalogue.event_sets if shelf == "events" else catalogue.place_sets

    def minutes(self, shelf: str) -> Sequence[float] | None:
        """Minutes on foot to the things of a shelf; None where they are not known."""
        return getattr(self.walks, shelf) if self.walks else None

    def event_filters(self, asked: Asked) -> int:
        """Coming events that pass the filters only an event can pass."""
        mask = self._coming
        if asked.years is not None:
            mask &= _either(self._meant_for(asked.years), "age" in asked.also)
        if asked.free:
            mask &= _either(self._said(self.catalogue.is_free), "price" in asked.also)
        if asked.pushkin:
            mask &= _either(self._said(self.catalogue.pushkin), "pushkin" in asked.also)
        if asked.day:
            mask &= self._on_days(asked.day)
        return mask

    def _kept(self, key: tuple[object, ...], make: Callable[[], int]) -> int:
        kept = self._made
        if key not in kept:
            kept[key] = make()
        return kept[key]

    @cached_property
    def _made(self) -> dict[tuple[object, ...], int]:
        return {}

    def _within(self, shelf: str, minutes: float) -> int:
        walks = self.minutes(shelf) or ()
        return self._kept(
            ("within", shelf, minutes), lambda: bits.where(walk <= minutes for walk in walks)
        )

    def _on_days(self, day: str) -> int:
        first, last = days_of(day, self.today)
        return self._kept(("days", first, last), lambda: self._times_on(first, last))

    def _times_on(self, first: date, last: date) -> int:
        return bits.where(
            any(
                self._is_ahead(starts_at, ends_at)
                and self._falls_on(starts_at, ends_at, first, last)
                for starts_at, ends_at in times
            )
            for times in self.catalogue.times
        )

    def _is_ahead(self, starts_at: datetime, ends_at: datetime | None) -> bool:
        return (ends_at or starts_at + UNTOLD_END) >= self.moment

    def _falls_on(
        self, starts_at: datetime, ends_at: datetime | None, first: date, last: date
    ) -> bool:
        begins = starts_at.astimezone(self.zone).date()
        return begins <= last and (ends_at or starts_at).astimezone(self.zone).date() >= first

    @cached_property
    def _coming(self) -> int:
        return bits.where(
            any(self._is_ahead(*time) for time in times) for times in self.catalogue.times
        )

    @cached_property
    def _on_now(self) -> int:
        return bits.where(
            any(
                starts_at <= self.moment <= ends_at
                for starts_at, ends_at in times
                if ends_at is not None
            )
            for times in self.catalogue.times
        )

    @cached_property
    def _open(self) -> Known:
        return (
            bits.where(state.is_open for state in self.states),
            bits.where(state.is_open is None for state in self.states),
        )

    def _meant_for(self, years: int) -> Known:
        marks = self.catalogue.marks
        yes = self._kept(
            ("age", years), lambda: bits.where(mark is not None and mark <= years for mark in marks)
        )
        return yes, self._kept(("age",), lambda: bits.where(mark is None for mark in marks))

    def _said(self, flags: Sequence[bool | None]) -> Known:
        return bits.where(flags), bits.where(flag is None for flag in flags)

    def _hosts_of(self, events: int) -> int:
        return self._kept(("hosts", events), lambda: self._find_hosts(events))

    def _find_hosts(self, events: int) -> int:
        hosts = self.catalogue.hosts
        found = (hosts[event] for event in bits.members(events))
        return bits.of((host for host in found if host is not None), len(self.catalogue.places))

    def order(self, shelf: str) -> list[int]:
        """
        The things of a shelf as they are to be listed.

        From a place: by minutes on foot, then what is out of reach by straight metres, then what
        stands nowhere. Otherwise places that are open first, events by their next times.
        """
        things = self.things(shelf)
        if self.origin is None:
            sooner = self.soonest if shelf == "events" else self._openness
            return sorted(range(len(things)), key=sooner)
        walks = self.minutes(shelf) or [inf] * len(things)
        numbers: Sequence[int] = range(len(things))
        if shelf == "events":  # of those at one door the soonest comes first
            numbers = sorted(numbers, key=self.soonest)
        near = [number for number in numbers if walks[number] < inf]
        far = [number for number in numbers if walks[number] == inf]
        return [
            *sorted(near, key=walks.__getitem__),
            *sorted(far, key=lambda number: self._straight_m(things[number])),
        ]

    def _straight_m(self, thing: Thing) -> float:
        if self.origin is None or thing.at is None:
            return inf
        return metres_between(self.origin, thing.at)

    def located(self, shelf: str) -> int:
        """The things of a shelf that stand somewhere."""
        return self._sets(shelf).located

    def things(self, shelf: str) -> Sequence[Thing]:
        """What stands on a shelf."""
        return self.catalogue.events if shelf == "events" else self.catalogue.places

    def soonest(self, event: int) -> datetime:
        """When an event is on next, as a value to sort by."""
        return self.next_time(event) or datetime.max.replace(tzinfo=self.zone)

    def _openness(self, place: int) -> tuple[int, datetime]:
        """Open doors first, then those that open today, what is never closed, what is not known."""
        state = self.states[place]
        opens = state.next_open
        if state.is_open:
            return (0 if state.until else 2), self.moment
        if opens and opens.astimezone(self.zone).date() == self.today:
            return 1, opens
        return (3 if state.is_open is None else 4), self.moment


def metres_between(here: LatLon, there: LatLon) -> float:
    """Straight metres between two points of one city, to a thousandth part."""
    north_m = (there[0] - here[0]) * METRES_PER_DEGREE
    east_m = (there[1] - here[1]) * METRES_PER_DEGREE * cos(radians(here[0]))
    return hypot(north_m, east_m)


def _either(known: Known, with_unknown: bool) -> int:
    passing, unknown = known
    return passing | unknown if with_unknown else passing


def _any_of(sets: Mapping[str, int], chosen: Sequence[str]) -> int:
    mask = 0
    for each in chosen:
        mask |= sets.get(each, 0)
    return mask
