"""
Minutes on foot from one place to everything in a catalogue.

The engine is imported with the first question: the page without a place to start from stays light.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from threading import Thread
from typing import Any

from django.conf import settings
from django.db import connections

from mapping.errors import NoStreetsError
from mapping.models import City
from nearby.asking import MAX_MINUTES
from nearby.catalogue import Catalogue, LatLon, catalogue_of, remembered

GROUNDS_KEPT = 3
_warmed: set[int] = set()


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """From one place, in the order of the catalogue's shelves; inf is farther than any walk."""

    places: Sequence[float]
    events: Sequence[float]
    on_streets: dict[str, list[bool]]
    """By shelf: False where no street is near enough to walk to the thing at all."""


def walks_from(catalogue: Catalogue, origin: LatLon) -> Walks | None:
    """Walks of up to two hours; None where no street is near the origin."""
    engine = _engine()
    try:
        footing, doors = _ground(catalogue)
    except NoStreetsError:
        return None
    minutes = engine.minutes_to(footing, origin, doors, within_minutes=MAX_MINUTES)
    if minutes is None:
        return None
    cut = len(catalogue.places)
    on_streets = {"places": doors.on_streets[:cut], "events": doors.on_streets[cut:]}
    return Walks(minutes[:cut], minutes[cut:], on_streets)


def way_to(city: City, origin: LatLon, destination: LatLon) -> Any:
    """The shortest walk as `mapping.services.walks.Way`; None where there is none."""
    engine = _engine()
    try:
        return engine.find_way(engine.footing_of(city), origin, destination)
    except NoStreetsError:
        return None


def warm(city: City) -> None:
    """Read the engine and the streets aside, once: whoever types an address will want to walk."""
    if settings.NEARBY_WARMS_UP and city.pk not in _warmed:
        _warmed.add(city.pk)
        Thread(target=_warm, args=(city,), daemon=True).start()


def _warm(city: City) -> None:
    try:
        lon, lat = city.center.coords
        walks_from(catalogue_of(city), (lat, lon))
    finally:
        connections.close_all()


def _engine() -> Any:
    return import_module("mapping.services.walks")


@remembered(GROUNDS_KEPT)
def _ground(catalogue: Catalogue) -> tuple[Any, Any]:
    """The city's streets and the things of the catalogue put on them."""
    engine = _engine()
    footing = engine.footing_of(catalogue.city)
    at = [thing.at for thing in (*catalogue.places, *catalogue.events)]
    return footing, engine.doors(footing, at)
