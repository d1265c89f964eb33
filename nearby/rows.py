"""Lines of the lists: a thing, how far it is, whether it is open, what is on there next."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.maplayers import local
from agenda.models import Event
from layers import hours, wording
from mapping.models import City, Institution, NeighborCenter
from nearby import bits, words
from nearby.asking import Asked
from nearby.catalogue import Thing
from nearby.sieve import Sieve, metres_between

Row = dict[str, Any]


def rows_of(sieve: Sieve, asked: Asked, shelf: str, numbers: Sequence[int]) -> list[Row]:
    """What the list says of these things of a shelf; what is gone since it was read is left out."""
    things = [sieve.things(shelf)[number] for number in numbers]
    stored = _stored(sieve.catalogue.city, things)
    nexts = _next_events(sieve, asked, numbers) if shelf == "places" else {}
    return [
        _row(sieve, asked, shelf, number, stored[thing.type, thing.pk], nexts.get(number))
        for number, thing in zip(numbers, things, strict=True)
        if (thing.type, thing.pk) in stored
    ]


def _stored(city: City, things: Sequence[Thing]) -> Mapping[tuple[str, int], Any]:
    """The rows behind the things of one page, a query for each sort."""
    sorts: dict[str, QuerySet] = {
        "institution": Institution.objects.filter(city=city)
        .select_related("kind")
        .defer("geometry"),
        "center": NeighborCenter.objects.filter(city=city),
        "event": Event.objects.filter(city=city).select_related("institution", "center"),
    }
    found = {}
    for sort, rows in sorts.items():
        wanted = [thing.pk for thing in things if thing.type == sort]
        if wanted:
            found |= {(sort, row.pk): row for row in rows.filter(pk__in=wanted)}
    return found


def _next_events(sieve: Sieve, asked: Asked, numbers: Sequence[int]) -> dict[int, int]:
    """Number of a place → number of the first event there that passes the filters."""
    wanted, found = frozenset(numbers), {}
    events = sieve.event_filters(asked)
    for event in sorted(bits.members(events), key=sieve.soonest):
        host = sieve.catalogue.hosts[event]
        if host in wanted and host not in found:
            found[host] = event
    return found


def _row(
    sieve: Sieve, asked: Asked, shelf: str, number: int, stored: Any, next_event: int | None
) -> Row:
    thing = sieve.things(shelf)[number]
    kind = getattr(stored, "kind", None)
    row = {
        "type": thing.type,
        "id": thing.pk,
        "name": thing.label,
        "url": card_url(sieve.catalogue.city, thing.type, thing.pk, asked),
        "icon": thing.icon,
        "color": thing.color,
        "at": thing.at,
        "synthetic": thing.synthetic,
        "approximate": thing.is_approximate,
        "accuracy_text": wording.accuracy(thing.accuracy) if thing.is_approximate else "",
        "walk_text": walk_text(sieve, shelf, number),
        "distance_text": distance_text(sieve, shelf, number),
    }
    if shelf == "events":
        return row | _about_event(sieve, asked, number, stored)
    return row | {
        "kind_label": kind.label if kind and thing.type == "institution" else _("Neighbour centre"),
        "address": stored.address or getattr(stored, "district_name", ""),
        "status_text": wording.status(getattr(stored, "status", "")),
        "state": hours.tone(sieve.states[number]),
        "state_text": state_text(sieve, shelf, number),
        "next": _next(sieve, asked, next_event),
    }


def _about_event(sieve: Sieve, asked: Asked, number: int, stored: Any) -> Row:
    host = stored.institution or stored.center
    return {
        "when_text": _when(sieve, asked, number),
        "kind_label": _("Event"),
        "address": host.label if host else "",
        "age_mark": stored.age_mark,
        "price_text": _price(stored),
        "pushkin": stored.pushkin_card,
    }


def _price(event: Event) -> str:
    if event.is_free:
        return _("free")
    if event.price_min is None:
        return ""
    return _("from %(price)s ₽") % {"price": wording.number(event.price_min)}


def _when(sieve: Sieve, asked: Asked, event: int) -> str:
    at = sieve.next_time(event, asked.day) or sieve.next_time(event)
    return local(at, sieve.catalogue.city) if at else ""


def _next(sieve: Sieve, asked: Asked, event: int | None) -> Row | None:
    if event is None:
        return None
    thing = sieve.catalogue.events[event]
    return {
        "title": thing.label,
        "when_text": _when(sieve, asked, event),
        "url": card_url(sieve.catalogue.city, "event", thing.pk, asked),
        "id": thing.pk,
    }


def card_url(city: City, sort: str, pk: int, asked: Asked) -> str:
    """The card, which remembers the list it was opened from."""
    path = reverse("layers:card", args=[city.slug, sort, pk])
    query = asked.but().query()
    return f"{path}?{urlencode({'near': query})}" if query else path


def walk_text(sieve: Sieve, shelf: str, number: int) -> str:
    """«6 мин»; nothing where nobody asked from where, or where the thing is."""
    walks = sieve.minutes(shelf)
    thing = sieve.things(shelf)[number]
    if sieve.origin is None or thing.at is None:
        return ""
    if walks is None or not sieve.walks.on_streets[shelf][number]:
        return _("no way on foot")
    return words.walk(walks[number], approximate=thing.is_approximate)


def distance_text(sieve: Sieve, shelf: str, number: int) -> str:
    """«480 м» along the streets, or as the crow flies, which is said."""
    walks, thing = sieve.minutes(shelf), sieve.things(shelf)[number]
    if sieve.origin is None or thing.at is None:
        return ""
    if walks is not None and walks[number] < float("inf"):
        return words.distance(walks[number] * words.METRES_PER_MINUTE)
    straight = words.distance(metres_between(sieve.origin, thing.at))
    return _("%(distance)s as the crow flies") % {"distance": straight}


def state_text(sieve: Sieve, shelf: str, number: int) -> str:
    """«Открыто до 19:00»; of an event, when it is."""
    if shelf == "events":
        at = sieve.next_time(number)
        return local(at, sieve.catalogue.city) if at else ""
    return hours.words(sieve.states[number], sieve.moment)


def coming_at(sieve: Sieve, sort: str, pk: int, most: int) -> tuple[list[Row], int]:
    """The next events at one place, soonest first, and how many there are in all."""
    catalogue = sieve.catalogue
    places = enumerate(catalogue.places)
    host = next((number for number, each in places if (each.type, each.pk) == (sort, pk)), None)
    if host is None:
        return [], 0
    coming = bits.members(sieve.event_filters(Asked()))
    there = [event for event in coming if catalogue.hosts[event] == host]
    there.sort(key=sieve.soonest)
    return rows_of(sieve, Asked(), "events", there[:most]), len(there)
