"""The served city, its streets and what is drawn beneath everything else."""

from django.contrib.gis.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mapping.models.expressions import SpheroidArea, SpheroidLength
from mapping.models.sources import Sourced, valid_geometry
from mapping.models.validators import validate_country


class City(models.Model):
    slug = models.SlugField(_("name in addresses"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    boundary = models.MultiPolygonField(_("boundary"), null=True, blank=True)
    area_m2 = models.GeneratedField(
        verbose_name=_("area, m²"),
        expression=SpheroidArea("boundary"),
        output_field=models.FloatField(),
        db_persist=True,
    )
    center = models.PointField(_("centre"))
    timezone = models.CharField(_("time zone"), max_length=60)
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text=_("ISO 3166-1 code, for example RU: its public holidays change opening hours."),
    )
    metric_srid = models.PositiveIntegerField(
        _("metric CRS"), help_text=_("EPSG code of a projection in metres.")
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_as_of = models.DateField(_("population as of"), null=True, blank=True)
    population_note = models.TextField(_("source of the population"), blank=True)
    synthetic = models.BooleanField(_("synthetic"), default=False)
    data_version = models.PositiveBigIntegerField(
        _("data version"),
        default=1,
        editable=False,
        help_text="Grows with every change; caches are keyed by it.",
    )
    history = HistoricalRecords(excluded_fields=["area_m2", "data_version"])

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        ordering = ["id"]
        constraints = [valid_geometry("boundary")]

    def __str__(self) -> str:
        return self.slug

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name


class Street(Sourced):
    city = models.ForeignKey(City, models.CASCADE, related_name="streets", verbose_name=_("city"))
    name = models.CharField(_("name"), max_length=300, blank=True)
    highway = models.CharField(_("class"), max_length=40, blank=True)
    foot = models.BooleanField(_("one may walk here"), default=True)
    geometry = models.MultiLineStringField(_("line"))
    length_m = models.GeneratedField(
        verbose_name=_("length, m"),
        expression=SpheroidLength("geometry"),
        output_field=models.FloatField(),
        db_persist=True,
    )

    class Meta(Sourced.Meta):
        verbose_name = _("street")
        verbose_name_plural = _("streets")

    def __str__(self) -> str:
        return self.name or f"{self.highway or 'street'} {self.source_key}"


class StreetName(Sourced):
    """A street known by its name and its middle alone: where the lines themselves bear no name."""

    city = models.ForeignKey(
        City, models.CASCADE, related_name="street_names", verbose_name=_("city")
    )
    name = models.CharField(_("name"), max_length=300)
    geometry = models.PointField(_("mean point"))

    class Meta(Sourced.Meta):
        verbose_name = _("name of a street")
        verbose_name_plural = _("names of streets")

    def __str__(self) -> str:
        return self.name


class Stop(Sourced):
    class Mode(models.TextChoices):
        BUS = "bus", _("bus")
        TRAM = "tram", _("tram")
        TROLLEYBUS = "trolleybus", _("trolleybus")
        METRO = "metro", _("metro")
        RAIL = "rail", _("rail")
        FERRY = "ferry", _("ferry")

    city = models.ForeignKey(City, models.CASCADE, related_name="stops", verbose_name=_("city"))
    name = models.CharField(_("name"), max_length=300, blank=True)
    mode = models.CharField(_("transport"), max_length=12, choices=Mode, blank=True)
    geometry = models.PointField(_("position"))

    class Meta(Sourced.Meta):
        verbose_name = _("stop")
        verbose_name_plural = _("stops")

    def __str__(self) -> str:
        return self.name or self.source_key


class BaseFeature(Sourced):
    """Drawn on the base map, analysed by nobody."""

    class Kind(models.TextChoices):
        WATER = "water", _("water")
        PARK = "park", _("park")
        RAILWAY = "railway", _("railway")

    city = models.ForeignKey(
        City, models.CASCADE, related_name="base_features", verbose_name=_("city")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=300, blank=True)
    geometry = models.GeometryField(_("geometry"))

    class Meta(Sourced.Meta):
        verbose_name = _("base map feature")
        verbose_name_plural = _("base map features")
        indexes = [models.Index(fields=["city", "kind"])]

    def __str__(self) -> str:
        return self.name or f"{self.kind} {self.source_key}"
