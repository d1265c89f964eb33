"""Where rows come from, and what every sourced row carries."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A register, file or document that rows were taken from."""

    city = models.ForeignKey(
        "mapping.City", models.CASCADE, related_name="sources", verbose_name=_("city")
    )
    slug = models.SlugField(_("name in packs"), max_length=60)
    title = models.CharField(_("title"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    url = models.CharField(_("address"), max_length=500, blank=True)
    license = models.CharField(_("licence"), max_length=200, blank=True)
    license_en = models.CharField(_("licence in English"), max_length=200, blank=True)
    attribution = models.CharField(_("attribution"), max_length=300, blank=True)
    attribution_en = models.CharField(_("attribution in English"), max_length=300, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    synthetic = models.BooleanField(_("synthetic"), default=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(fields=["city", "slug"], name="mapping_source_slug_in_city")
        ]

    def __str__(self) -> str:
        return self.title

    def _in_language(self, field: str) -> str:
        english = getattr(self, f"{field}_en") if get_language() == "en" else ""
        return english or getattr(self, field)

    @property
    def label(self) -> str:
        return self._in_language("title")

    @property
    def license_label(self) -> str:
        return self._in_language("license")

    @property
    def attribution_label(self) -> str:
        return self._in_language("attribution")


class Sourced(models.Model):
    """A row that says where it comes from and keeps its key there."""

    # A source in use cannot be deleted alone, but goes with its city.
    source = models.ForeignKey(Source, models.RESTRICT, verbose_name=_("source"), related_name="+")
    source_key = models.CharField(_("key in the source"), max_length=200)
    source_note = models.TextField(_("where in the source"), blank=True)
    synthetic = models.BooleanField(
        _("synthetic"), default=False, help_text=_("Invented for demonstration.")
    )
    content_hash = models.CharField(_("content hash"), max_length=32, editable=False, default="")
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"],
                name="%(app_label)s_%(class)s_key_in_source",
            )
        ]


class PositionAccuracy(models.TextChoices):
    EXACT = "exact", _("exact")
    BUILDING = "building", _("to the building")
    STREET = "street", _("to the street")
    DISTRICT = "district", _("to the district")


class Positioned(models.Model):
    """How well a position is known. No position has no accuracy, and the other way round."""

    position_accuracy = models.CharField(
        _("accuracy of the position"),
        max_length=10,
        choices=PositionAccuracy,
        null=True,
        blank=True,
    )
    position_source = models.CharField(_("how the position was found"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def is_approximate(self) -> bool:
        return self.position_accuracy in {
            PositionAccuracy.STREET,
            PositionAccuracy.DISTRICT,
        }


class Boundary(models.Model):
    """A boundary holds for a time: a new one does not erase the old."""

    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
                name="%(app_label)s_%(class)s_valid_span",
            ),
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=Q(valid_to__isnull=True),
                name="%(app_label)s_%(class)s_one_current",
            ),
        ]


def positioned_together(geometry: str = "geometry") -> models.CheckConstraint:
    """Constraint: a position and its accuracy are given together or not at all."""
    return models.CheckConstraint(
        condition=Q(**{f"{geometry}__isnull": True, "position_accuracy__isnull": True})
        | Q(**{f"{geometry}__isnull": False, "position_accuracy__isnull": False}),
        name="%(app_label)s_%(class)s_position_accuracy",
    )


def valid_geometry(geometry: str = "geometry") -> models.CheckConstraint:
    """Constraint: the geometry is valid, so that areas and intersections can be trusted."""
    return models.CheckConstraint(
        condition=Q(**{f"{geometry}__isvalid": True}),
        name=f"%(app_label)s_%(class)s_valid_{geometry}",
    )
