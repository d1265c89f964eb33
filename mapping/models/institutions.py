"""Places of culture: what they are, where, when open, and who runs them."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex, OpClass
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mapping.models.cities import City
from mapping.models.expressions import PointOnSurface
from mapping.models.sources import (
    Positioned,
    Source,
    Sourced,
    positioned_together,
    valid_geometry,
)


class InstitutionKind(models.Model):
    """A node of the tree of kinds; asking for a kind asks for everything beneath it too."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("broader kind"),
    )
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    plural = models.CharField(_("plural"), max_length=100)
    plural_en = models.CharField(_("plural in English"), max_length=100)
    genitive = models.CharField(_("genitive plural"), max_length=100)
    genitive_en = models.CharField(_("object form in English"), max_length=100)
    sysname = models.CharField(_("PRO.Культура name"), max_length=60, blank=True)
    schema_org = models.CharField(_("schema.org type"), max_length=60, blank=True)
    icon = models.CharField(_("icon"), max_length=60, blank=True)
    color = models.CharField(_("colour"), max_length=9, blank=True)
    is_culture = models.BooleanField(
        _("kind of culture"),
        default=True,
        help_text=_("Schools and other public buildings are not: they may host, but do not count."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("kind of institution")
        verbose_name_plural = _("kinds of institutions")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.code

    def _in_language(self, field: str) -> str:
        return getattr(self, f"{field}_en" if get_language() == "en" else field)

    @property
    def label(self) -> str:
        return self._in_language("name")

    @property
    def plural_label(self) -> str:
        return self._in_language("plural")

    @property
    def genitive_label(self) -> str:
        return self._in_language("genitive")


class OfficialCount(models.Model):
    """How many institutions of a kind officially exist, so that gaps in our data show."""

    city = models.ForeignKey(
        City, models.CASCADE, related_name="official_counts", verbose_name=_("city")
    )
    kind = models.ForeignKey(
        InstitutionKind, models.PROTECT, related_name="+", verbose_name=_("kind")
    )
    count = models.PositiveIntegerField(pgettext_lazy("how many", "number"))
    as_of = models.DateField(_("as of"), null=True, blank=True)
    source_note = models.TextField(_("source"), blank=True)
    note = models.CharField(_("what was counted"), max_length=300, blank=True)
    excluded_keys = ArrayField(
        models.CharField(max_length=200),
        verbose_name=_("keys of institutions the count does not mean"),
        default=list,
        blank=True,
    )

    class Meta:
        verbose_name = _("official count")
        verbose_name_plural = _("official counts")
        constraints = [
            models.UniqueConstraint(fields=["city", "kind"], name="mapping_officialcount_one")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.count}"


class Organization(Sourced):
    """A legal body; a branch names the body above it."""

    city = models.ForeignKey(
        City, models.CASCADE, related_name="organizations", verbose_name=_("city")
    )
    name = models.CharField(_("name"), max_length=300)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    ogrn = models.CharField(_("OGRN"), max_length=15, blank=True)
    founder = models.CharField(_("founder"), max_length=300, blank=True)
    website = models.CharField(_("web site"), max_length=500, blank=True)
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("body above it"),
    )
    history = HistoricalRecords(excluded_fields=["content_hash", "updated_at"])

    class Meta(Sourced.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class Accessibility(models.TextChoices):
    WHEELCHAIR = "wheelchair", _("entrance without steps")
    WHEELCHAIR_LIMITED = "wheelchair_limited", _("partly without steps")
    NO_WHEELCHAIR = "no_wheelchair", _("steps at the entrance")
    TOILET = "toilet", _("accessible toilet")
    LOW_VISION = "low_vision", _("for people with low vision")
    HEARING = "hearing", _("for people with impaired hearing")
    PRAM = "pram", _("convenient with a pram")


class Institution(Sourced, Positioned):
    """A place with doors: a library, a theatre, a park."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PLANNED = "planned", _("planned")
        CLOSED_FOR_REPAIR = "closed_for_repair", _("closed for repair")
        CLOSED = "closed", _("closed")

    class Confidence(models.TextChoices):
        QUOTED = "quoted", _("quoted")
        SECONDARY = "secondary", _("from a secondary source")
        UNCONFIRMED = "unconfirmed", _("unconfirmed")

    city = models.ForeignKey(
        City, models.CASCADE, related_name="institutions", verbose_name=_("city")
    )
    kind = models.ForeignKey(
        InstitutionKind, models.PROTECT, related_name="institutions", verbose_name=_("kind")
    )
    organization = models.ForeignKey(
        Organization,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="institutions",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=300)
    name_en = models.CharField(_("name in English"), max_length=300, blank=True)
    geometry = models.GeometryField(_("position"), null=True, blank=True)
    point = models.GeneratedField(
        verbose_name=_("point on the map"),
        expression=PointOnSurface("geometry"),
        output_field=models.PointField(srid=4326),
        db_persist=True,
    )
    address = models.CharField(_("address"), max_length=500, blank=True)
    district_name = models.CharField(_("district as stated"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.OPEN)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    website = models.CharField(_("web site"), max_length=500, blank=True)
    phone = models.CharField(_("telephone"), max_length=100, blank=True)
    email = models.CharField(_("e-mail"), max_length=200, blank=True)
    opening_hours = models.CharField(
        _("opening hours"),
        max_length=500,
        blank=True,
        help_text=_("In the OpenStreetMap syntax, for example: Mo-Fr 10:00-19:00; Sa off"),
    )
    accessibility = ArrayField(
        models.CharField(max_length=20, choices=Accessibility),
        verbose_name=_("accessibility"),
        default=list,
        blank=True,
    )
    confidence = models.CharField(_("confidence"), max_length=12, choices=Confidence, blank=True)
    note = models.TextField(_("note"), blank=True)
    checked_until = models.DateField(_("verified until"), null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["content_hash", "updated_at", "point"])

    class Meta(Sourced.Meta):
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        indexes: ClassVar = [
            GistIndex(fields=["point"], name="mapping_institution_point"),
            models.Index(fields=["city", "kind"]),
            GistIndex(
                OpClass(Upper("name"), name="gist_trgm_ops"),
                name="mapping_institution_name_trgm",
            ),
        ]
        constraints = [
            *Sourced.Meta.constraints,
            positioned_together(),
            valid_geometry(),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name


class ExternalId(models.Model):
    """The institution's number in another system."""

    institution = models.ForeignKey(
        Institution, models.CASCADE, related_name="external_ids", verbose_name=_("institution")
    )
    source = models.ForeignKey(Source, models.CASCADE, related_name="+", verbose_name=_("source"))
    system = models.SlugField(_("system"), max_length=40)
    value = models.CharField(pgettext_lazy("identifier", "number"), max_length=100)

    class Meta:
        verbose_name = _("external id")
        verbose_name_plural = _("external ids")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "system", "value"],
                name="mapping_externalid_once_per_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.value}"


class Weekday(models.IntegerChoices):
    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class OpeningRule(models.Model):
    """Open on a weekday from … to …; closing at or before opening means past midnight."""

    institution = models.ForeignKey(
        Institution, models.CASCADE, related_name="opening_rules", verbose_name=_("institution")
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "weekday", "opens", "valid_from"],
                nulls_distinct=False,
                name="mapping_openingrule_once",
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)), name="mapping_openingrule_weekday"
            ),
        ]

    def clean(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("The last day lies before the first.")})

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class OpeningException(models.Model):
    """One day that differs: closed, or open at other hours."""

    institution = models.ForeignKey(
        Institution,
        models.CASCADE,
        related_name="opening_exceptions",
        verbose_name=_("institution"),
    )
    date = models.DateField(_("day"))
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("exception from the hours")
        verbose_name_plural = _("exceptions from the hours")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False),
                name="mapping_openingexception_both_or_closed",
            )
        ]

    def __str__(self) -> str:
        hours = f"{self.opens:%H:%M}–{self.closes:%H:%M}" if self.opens else _("closed")
        return f"{self.date:%d.%m.%Y} {hours}"
