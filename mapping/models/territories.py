"""Areas people live and are counted in."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mapping.models.cities import City
from mapping.models.expressions import SpheroidArea
from mapping.models.sources import Boundary, Positioned, Sourced, valid_geometry


class District(Sourced, Boundary):
    """An administrative area inside the city (район)."""

    city = models.ForeignKey(City, models.CASCADE, related_name="districts", verbose_name=_("city"))
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    code = models.CharField(_("code"), max_length=20, blank=True)
    geometry = models.MultiPolygonField(_("boundary"))
    area_m2 = models.GeneratedField(
        verbose_name=_("area, m²"),
        expression=SpheroidArea("geometry"),
        output_field=models.FloatField(),
        db_persist=True,
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_as_of = models.DateField(_("population as of"), null=True, blank=True)
    population_note = models.TextField(_("source of the population"), blank=True)
    age_shares = models.JSONField(
        _("shares of age groups"),
        null=True,
        blank=True,
        help_text=_("children, youth, working, senior; summing to 1"),
    )
    history = HistoricalRecords(excluded_fields=["content_hash", "updated_at", "area_m2"])

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["name"]
        indexes: ClassVar = [
            models.Index(
                fields=["city"],
                condition=Q(valid_to__isnull=True),
                name="mapping_district_current",
            )
        ]
        constraints = [*Boundary.Meta.constraints, valid_geometry()]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name


class TosTerritory(Sourced, Boundary, Positioned):
    """
    Territorial public self-government (ТОС): a polygon, or a list of houses.

    Polygons may overlap and leave gaps; nothing here forbids either.
    """

    city = models.ForeignKey(
        City, models.CASCADE, related_name="tos_territories", verbose_name=_("city")
    )
    name = models.CharField(_("name"), max_length=200)
    geometry = models.MultiPolygonField(_("territory"), null=True, blank=True)
    houses = ArrayField(
        models.CharField(max_length=300),
        verbose_name=_("houses"),
        default=list,
        blank=True,
    )
    area_m2 = models.GeneratedField(
        verbose_name=_("area, m²"),
        expression=SpheroidArea("geometry"),
        output_field=models.FloatField(),
        db_persist=True,
    )
    district_name = models.CharField(_("district as stated"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    history = HistoricalRecords(excluded_fields=["content_hash", "updated_at", "area_m2"])

    class Meta:
        verbose_name = pgettext_lazy("model", "ТОС territory")
        verbose_name_plural = pgettext_lazy("model", "ТОС territories")
        ordering = ["name"]
        indexes: ClassVar = [
            # By size: at a low zoom a tile shows the largest of very many.
            models.Index(
                fields=["city", "area_m2"],
                condition=Q(valid_to__isnull=True),
                name="mapping_tos_current",
            )
        ]
        constraints = [*Boundary.Meta.constraints, valid_geometry()]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name
