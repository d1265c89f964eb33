"""Where people live, how many, and how we know."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mapping.models.cities import City
from mapping.models.sources import Sourced


class AgeGroup(models.TextChoices):
    """Children and youth as form 6-НК counts library users; senior from 60."""

    CHILDREN = "children", _("children 0–14")
    YOUTH = "youth", _("youth 15–30")
    WORKING = "working", _("adults 31–59")
    SENIOR = "senior", _("people 60+")


class PopulationUnit(Sourced):
    """A house or a grid cell. Empty `people` means nobody knows, not nobody lives there."""

    class Method(models.TextChoices):
        COUNTED = "counted", _("counted")
        MODELLED_BY_SOURCE = "modelled_by_source", _("modelled by the source")
        DISTRICT_TOTAL = "district_total", _("district total spread over its houses")
        ZONE_TOTAL = "zone_total", _("total of a cell spread over its houses")
        CITY_TOTAL = "city_total", _("city total spread over its houses")

    city = models.ForeignKey(
        City, models.CASCADE, related_name="population_units", verbose_name=_("city")
    )
    point = models.PointField(_("position"))
    floors = models.FloatField(_("floors"), null=True, blank=True)
    footprint_m2 = models.FloatField(_("footprint, m²"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    people = models.FloatField(pgettext_lazy("column", "people"), null=True, blank=True)
    children = models.FloatField(_("children 0–14"), null=True, blank=True)
    youth = models.FloatField(_("youth 15–30"), null=True, blank=True)
    working = models.FloatField(_("adults 31–59"), null=True, blank=True)
    senior = models.FloatField(_("people 60+"), null=True, blank=True)
    method = models.CharField(_("method"), max_length=20, choices=Method, blank=True)
    modelled = models.BooleanField(_("modelled"), default=False)

    class Meta(Sourced.Meta):
        verbose_name = _("population unit")
        verbose_name_plural = _("population units")
        indexes: ClassVar = [models.Index(fields=["city"], name="mapping_unit_city")]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=Q(people__isnull=True) | Q(people__gte=0),
                name="mapping_unit_people",
            ),
        ]

    def __str__(self) -> str:
        return self.address or self.source_key
