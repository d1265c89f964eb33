"""Norms are data: what an act requires, with its clause and how sure we are of it."""

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mapping.models.cities import City
from mapping.models.institutions import InstitutionKind


class NormSet(models.Model):
    slug = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=300)
    city = models.ForeignKey(
        City,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="norm_sets",
        verbose_name=_("city"),
    )
    copied_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        verbose_name=_("copied from"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("saved by"),
    )
    owner_key = models.CharField(
        _("key of the browser"),
        max_length=64,
        blank=True,
        editable=False,
        help_text="Secret of the browser that saved it; whoever holds it may change it.",
    )
    history = HistoricalRecords(excluded_fields=["owner_key"])

    class Meta:
        verbose_name = _("set of norms")
        verbose_name_plural = _("sets of norms")

    def __str__(self) -> str:
        return self.name

    @property
    def is_personal(self) -> bool:
        """Somebody's own: offered to them alone, though whoever has the link may read it."""
        return bool(self.owner_id or self.owner_key)


class Norm(models.Model):
    class Confidence(models.TextChoices):
        QUOTED = "quoted", _("stands in the act")
        SECONDARY = "secondary", _("from a secondary source")
        UNCONFIRMED = "unconfirmed", _("unconfirmed")

    norm_set = models.ForeignKey(
        NormSet, models.CASCADE, related_name="norms", verbose_name=_("set of norms")
    )
    row = models.PositiveIntegerField(_("row in the list"))
    kind = models.ForeignKey(
        InstitutionKind,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="norms",
        verbose_name=_("kind"),
    )
    facility_type = models.CharField(_("facility as the act names it"), max_length=300)
    settlement_type = models.CharField(_("settlement"), max_length=300, blank=True)
    units = models.CharField(_("units as the act says"), max_length=100, blank=True)
    per_population_min = models.PositiveIntegerField(_("per people, from"), null=True, blank=True)
    per_population_max = models.PositiveIntegerField(_("per people, to"), null=True, blank=True)
    population_group = models.CharField(_("of whom"), max_length=200, blank=True)
    minutes_min = models.PositiveIntegerField(_("minutes, from"), null=True, blank=True)
    minutes_max = models.PositiveIntegerField(_("minutes, to"), null=True, blank=True)
    mode = models.CharField(_("way of travel"), max_length=200, blank=True)
    act = models.TextField(_("act"))
    url = models.CharField(_("address"), max_length=500, blank=True)
    clause = models.CharField(_("clause"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    confidence = models.CharField(
        _("confidence"),
        max_length=12,
        choices=Confidence,
        default=Confidence.UNCONFIRMED,
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("norm")
        verbose_name_plural = _("norms")
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["norm_set", "row"], name="mapping_norm_row")]

    def __str__(self) -> str:
        return f"{self.facility_type} — {self.clause}"
