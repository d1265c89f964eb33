"""Neighbour centres: rooms where people of a quarter meet."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mapping.models.cities import City
from mapping.models.institutions import Institution
from mapping.models.sources import Positioned, Sourced, positioned_together


class NeighborCenter(Sourced, Positioned):
    city = models.ForeignKey(
        City, models.CASCADE, related_name="neighbor_centers", verbose_name=_("city")
    )
    name = models.CharField(_("name"), max_length=300)
    host = models.ForeignKey(
        Institution,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="neighbor_centers",
        verbose_name=_("hosted by"),
    )
    geometry = models.PointField(_("position"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=500, blank=True)
    rooms = models.TextField(_("rooms"), blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=500, blank=True)
    curator = models.CharField(_("curator"), max_length=200, blank=True)
    partners = models.TextField(_("partners"), blank=True)
    activities = models.TextField(_("activities"), blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["content_hash", "updated_at"])

    class Meta(Sourced.Meta):
        verbose_name = _("neighbour centre")
        verbose_name_plural = _("neighbour centres")
        ordering = ["name"]
        constraints = [*Sourced.Meta.constraints, positioned_together()]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name
