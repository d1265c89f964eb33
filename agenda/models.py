"""What is on: an event and the times it happens."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mapping.models import City, Institution, NeighborCenter, Organization
from mapping.models.sources import Sourced


class Event(Sourced):
    class AgeMark(models.TextChoices):
        """Marks of law 436-ФЗ."""

        ALL = "0+", "0+"
        SIX = "6+", "6+"
        TWELVE = "12+", "12+"
        SIXTEEN = "16+", "16+"
        EIGHTEEN = "18+", "18+"

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", _("scheduled")
        RESCHEDULED = "rescheduled", _("rescheduled")
        CANCELLED = "cancelled", _("cancelled")

    city = models.ForeignKey(City, models.CASCADE, related_name="events", verbose_name=_("city"))
    title = models.CharField(_("title"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    age_mark = models.CharField(_("age mark"), max_length=3, choices=AgeMark, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.SCHEDULED)
    is_free = models.BooleanField(_("free entry"), null=True, blank=True)
    price_min = models.PositiveIntegerField(_("price from"), null=True, blank=True)
    pushkin_card = models.BooleanField(_("Pushkin card"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True)
    url = models.CharField(_("web page"), max_length=500, blank=True)
    organizer = models.ForeignKey(
        Organization,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("organizer"),
    )
    institution = models.ForeignKey(
        Institution,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("institution"),
    )
    center = models.ForeignKey(
        NeighborCenter,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("neighbour centre"),
    )
    geometry = models.GeometryField(
        _("own place"),
        null=True,
        blank=True,
        help_text=_("For an event outside an institution: a point, route or area."),
    )
    history = HistoricalRecords(excluded_fields=["content_hash", "updated_at"])

    class Meta(Sourced.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        return self.title_en if get_language() == "en" and self.title_en else self.title


class Occurrence(models.Model):
    event = models.ForeignKey(
        Event, models.CASCADE, related_name="occurrences", verbose_name=_("event")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)

    class Meta:
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        ordering = ["starts_at"]
        indexes: ClassVar = [models.Index(fields=["starts_at"])]
        constraints = [
            models.UniqueConstraint(fields=["event", "starts_at"], name="agenda_occurrence_once"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")),
                name="agenda_occurrence_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%d.%m.%Y %H:%M}"
