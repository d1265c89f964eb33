"""Which territories a place lies in."""

from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.db.models import F
from django.db.models.functions import Coalesce

from mapping.models import City, District, TosTerritory
from mapping.queries import layers


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """The city around a place, its district, and every ТОС territory that covers it."""

    city: City
    district: District | None
    tos: tuple[TosTerritory, ...]
    """Smallest first; territories may overlap, and some are only lists of houses."""


def areas_at(lat: float, lon: float) -> Areas | None:
    """
    Territories valid now around a place in degrees; None where no city we hold lies.

    A place on a border belongs to the first of its neighbours by number. Where cities overlap,
    a city of real data comes before an invented one.
    """
    point = Point(lon, lat, srid=4326)
    city = City.objects.filter(boundary__intersects=point).order_by("synthetic", "pk").first()
    if city is None:
        return None
    tos = layers.tos_territories(city).filter(geometry__intersects=point)
    return Areas(
        city=city,
        district=layers.districts(city).filter(geometry__intersects=point).order_by("pk").first(),
        tos=tuple(tos.order_by(Coalesce(F("area_m2"), 0.0), "pk")),
    )
