"""SQL expressions for generated columns."""

from django.contrib.gis.db.models import PointField
from django.db.models import FloatField, Func


class SpheroidArea(Func):
    """Square metres on the spheroid: true in any city, without choosing a projection."""

    template = "ST_Area((%(expressions)s)::geography)"
    output_field = FloatField()


class SpheroidLength(Func):
    """Metres on the spheroid."""

    template = "ST_Length((%(expressions)s)::geography)"
    output_field = FloatField()


class PointOnSurface(Func):
    """A point that surely lies on the thing, also for a crescent-shaped park."""

    function = "ST_PointOnSurface"
    output_field = PointField(srid=4326)
