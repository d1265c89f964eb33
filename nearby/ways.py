"""The way on foot to one thing, in words and as a line."""

from typing import Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from layers import http
from mapping.errors import ParameterError
from mapping.models import City
from nearby import asking, words
from nearby.catalogue import Thing, catalogue_of
from nearby.walks import way_to

SORTS = ("institution", "center", "event")


def read(city: City, params: QueryDict) -> dict[str, Any]:
    """
    `from=lat,lon&to=institution:12` → minutes, metres, words and the line.

    Raises ParameterError; Http404 where the city has no such thing.
    """
    origin = asking.point(params, "from")
    if origin is None:
        wanted = http.Wanted(gettext_noop("latitude,longitude in degrees, e.g. 55.03,82.92"))
        raise ParameterError("from", "", wanted)
    thing = find(city, params.get("to", ""))
    way = way_to(city, origin, thing.at) if thing.at else None
    if way is None:
        return {"minutes": None, "length_m": None, "text": _no_way(thing), "geometry": None}
    return {
        "minutes": round(way.minutes, 2),
        "length_m": round(way.length_m),
        "text": words.walk_and_distance(way.minutes),
        "approximate": thing.is_approximate,
        "geometry": {
            "type": "LineString",
            "coordinates": [[round(lon, 6), round(lat, 6)] for lon, lat in way.lon_lat],
        },
    }


def find(city: City, name: str) -> Thing:
    """The thing called `type:id`. Raises ParameterError; Http404 where there is none."""
    sort, _colon, identifier = name.partition(":")
    if sort not in SORTS or not identifier.isascii() or not identifier.isdigit():
        wanted = http.Wanted(gettext_noop("a thing such as institution:12"))
        raise ParameterError("to", name[: asking.MAX_TEXT], wanted)
    catalogue = catalogue_of(city)
    shelf = catalogue.events if sort == "event" else catalogue.places
    for thing in shelf:
        if thing.type == sort and str(thing.pk) == identifier:
            return thing
    raise Http404(_("No such place."))


def _no_way(thing: Thing) -> str:
    if thing.at is None:
        return _("The place has an address but no point on the map, so no way can be shown.")
    return _("There is no way on foot over the streets known here.")
