"""What is near: the lists, what had to be widened for them, and what is not known."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from math import inf
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from layers import http
from mapping.errors import ParameterError, UnknownNameError
from mapping.models import City
from nearby import bits, facets, words
from nearby.asking import FILTERS, MINUTES, Asked
from nearby.catalogue import Catalogue, LatLon, catalogue_of, remembered
from nearby.opening import states_at
from nearby.rows import rows_of, state_text, walk_text
from nearby.sieve import Sieve
from nearby.walks import Walks, walks_from

PAGE_SIZE = 20
EVENTS_BESIDE = 4
"""Events shown under the places when neither is asked for alone."""
POINTS_MOST = 1000
ORIGINS_KEPT = 32


def sieve_of(city: City, asked: Asked, moment: datetime | None = None) -> Sieve:
    """The city's things now, seen from where the reader starts. Raises ParameterError."""
    catalogue = catalogue_of(city)
    _check(catalogue, asked)
    now = moment or timezone.now()
    at = (asked.origin.lat, asked.origin.lon) if asked.origin else None
    return Sieve(
        catalogue,
        now,
        states_at(catalogue, now),
        origin=at,
        walks=_walks(catalogue, at) if at else None,
    )


@remembered(ORIGINS_KEPT)
def _walks(catalogue: Catalogue, origin: LatLon) -> Walks | None:
    """A reader who changes filters stays where they are."""
    return walks_from(catalogue, origin)


def _check(catalogue: Catalogue, asked: Asked) -> None:
    """Refuse kinds and territories that the city does not know."""
    known = catalogue.place_sets.kind
    for code in asked.kinds:
        if code not in known:
            raise UnknownNameError("kind", code, known)
    for name, pk, rows in (
        ("district", asked.district, catalogue.districts),
        ("tos", asked.tos, catalogue.tos),
    ):
        if pk is not None and pk not in {row[0] for row in rows}:
            raise ParameterError(name, str(pk), http.Wanted(gettext_noop("one of this city's own")))


def widen(sieve: Sieve, asked: Asked, shelf: str) -> Asked:
    """
    The question, or the nearest one that has an answer.

    First the walk grows, then filters are given up one by one, the least important first.
    """
    for attempt in _attempts(sieve, asked):
        if sieve.passing(attempt, shelf):
            return attempt
    return asked


def _attempts(sieve: Sieve, asked: Asked) -> Iterable[Asked]:
    yield asked
    if asked.minutes and sieve.walks is not None:
        for minutes in MINUTES:
            if minutes > asked.minutes:
                yield asked.but(minutes=minutes)
        yield asked.but(minutes=None)
    wider = asked.but(minutes=None)
    for name in FILTERS:
        if getattr(wider, name):
            wider = wider.without(name)
            yield wider


def near(city: City, asked: Asked, moment: datetime | None = None) -> dict[str, Any]:
    """Everything `nearby/_answer.html` shows."""
    sieve = sieve_of(city, asked, moment)
    shelf = "events" if asked.show == "events" else "places"
    shown = widen(sieve, asked, shelf)
    places = None if asked.show == "events" else _section(sieve, asked, shown, "places")
    events = _events(sieve, asked, shown)
    return {
        "asked": asked,
        "query": asked.query(),
        "now": timezone.localtime(sieve.moment, sieve.zone).isoformat(timespec="minutes"),
        "origin": asked.origin,
        "is_off_streets": asked.origin is not None and sieve.walks is None,
        "places": places,
        "events": events,
        "total": (places or events or {"total": 0})["total"],
        "count_text": _count_text(sieve, shown, places, events),
        "tabs": _tabs(sieve, asked),
        "said": words.widened(asked, shown),
        "unknown": _unknown(sieve, asked, shown, shelf),
        "form": facets.form(sieve, asked, shelf),
        "is_empty": not (places or events or {"total": 0})["total"],
        "has_events": any(sieve.catalogue.times),
    }


def _count_text(
    sieve: Sieve, shown: Asked, places: dict[str, Any] | None, events: dict[str, Any] | None
) -> str:
    open_now = None if shown.is_open else sieve.count(shown.but(is_open=True), "places")
    # Where no event is known at all, "0 events" would be said of what nobody counted.
    knows_events = shown.show == "events" or any(sieve.catalogue.times)
    return words.found(
        places["total"] if places else None,
        events["total"] if events and knows_events else None,
        open_now if places else None,
    )


def _section(
    sieve: Sieve, asked: Asked, shown: Asked, shelf: str, *, size: int = PAGE_SIZE
) -> dict[str, Any]:
    """One page of one list, and how many there are in all."""
    mask = sieve.passing(shown, shelf)
    total = mask.bit_count()
    begin = (asked.page - 1) * size
    ordered = bits.in_order(mask, sieve.order(shelf))
    numbers = list(islice(ordered, begin, begin + size))
    items = rows_of(sieve, shown, shelf, numbers)
    return {
        "items": [item for item in items if item["at"]],
        "unplaced": [item for item in items if not item["at"]],
        "total": total,
        "first": begin + 1,
        "last": begin + len(numbers),
        "more": asked.but(page=asked.page + 1).query() if begin + size < total else "",
        "back": asked.but(page=1).query() if asked.page > 1 else "",
    }


def _events(sieve: Sieve, asked: Asked, shown: Asked) -> dict[str, Any] | None:
    if asked.show == "places" or (not asked.show and asked.page > 1):
        return None
    size = PAGE_SIZE if asked.show == "events" else EVENTS_BESIDE
    section = _section(sieve, asked, shown, "events", size=size)
    if not asked.show:
        section["more"] = ""
        if section["total"] > size:
            section["all"] = asked.but(show="events").query()
    return section


def _tabs(sieve: Sieve, asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "show": shelf,
            "query": asked.but(show=shelf).query(),
            "count": sieve.count(asked, shelf),
            "current": asked.show == shelf,
        }
        for shelf in ("places", "events")
    ]


def _unknown(sieve: Sieve, asked: Asked, shown: Asked, shelf: str) -> list[dict[str, str]]:
    hidden = sieve.hidden_as_unknown(shown, shelf)
    return [
        {
            "text": words.unknown(name, count),
            "query": asked.but(also=(*asked.also, name)).query(),
        }
        for name, count in hidden.items()
    ]


def points(city: City, asked: Asked, moment: datetime | None = None) -> list[dict[str, Any]]:
    """GeoJSON features of what the lists hold, nearest first, at most a thousand."""
    sieve = sieve_of(city, asked, moment)
    shelf = "events" if asked.show == "events" else "places"
    shown = widen(sieve, asked, shelf)
    mask = sieve.passing(shown, shelf) & sieve.located(shelf)
    numbers = islice(bits.in_order(mask, sieve.order(shelf)), POINTS_MOST)
    return [_point(sieve, shelf, number) for number in numbers]


def _point(sieve: Sieve, shelf: str, number: int) -> dict[str, Any]:
    thing = sieve.things(shelf)[number]
    lat, lon = thing.at or (inf, inf)
    return {
        "type": "Feature",
        "id": f"{thing.type}:{thing.pk}",
        "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
        "properties": {
            "id": thing.pk,
            "type": thing.type,
            "name": thing.label,
            "icon": thing.icon,
            "color": thing.color,
            "asked": True,
            "approximate": thing.is_approximate,
            "synthetic": thing.synthetic,
            "subtitle": words.listed(tip(sieve, shelf, number)),
        },
    }


def tip(sieve: Sieve, shelf: str, number: int) -> Sequence[str]:
    """How far and whether open, in two phrases."""
    return (walk_text(sieve, shelf, number), state_text(sieve, shelf, number))
