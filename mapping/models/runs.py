"""What was imported and what was computed, from what, by which code, in how long."""

import uuid
from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mapping.models.cities import City
from mapping.models.institutions import Institution
from mapping.models.territories import District, TosTerritory


class ImportRun(models.Model):
    city = models.ForeignKey(
        City, models.CASCADE, related_name="import_runs", verbose_name=_("city")
    )
    pack = models.CharField(_("pack"), max_length=200)
    pack_checksum = models.CharField(_("checksum of the pack"), max_length=64)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"))
    counts = models.JSONField(
        _("what was done"),
        default=dict,
        help_text="Per table: created, updated, removed, unchanged.",
    )
    problems = models.JSONField(
        _("problems"),
        default=list,
        help_text="Rows not taken as they were: file, row, column, got, wanted.",
    )
    warnings = models.JSONField(
        _("warnings"), default=list, help_text="What is missing or merged, in words."
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.pack} {self.started_at:%d.%m.%Y %H:%M}"


class AnalysisRun(models.Model):
    """One computation. Filled aside, then switched on; readers see only active runs."""

    class Analysis(models.TextChoices):
        COVERAGE = "coverage", _("coverage")
        ACCESSIBILITY = "accessibility", _("accessibility with capacity")
        PROVISION = "provision", _("provision by norms")
        EQUITY = "equity", _("equity")
        CHOICE = "choice", _("choice within reach")
        AUDIENCE = "audience", _("potential audience")
        WHITE_SPOTS = "white_spots", _("white spots")
        SERVICE_AREAS = "service_areas", _("service areas")
        UNCERTAINTY = "uncertainty", _("uncertainty")
        SITING = "siting", _("where to open")
        SCENARIO = "scenario", _("what if")
        TRANSIT = "transit", _("by public transport")

    city = models.ForeignKey(
        City, models.CASCADE, related_name="analysis_runs", verbose_name=_("city")
    )
    analysis = models.CharField(_("analysis"), max_length=20, choices=Analysis)
    parameters = models.JSONField(_("parameters"))
    parameters_key = models.CharField(_("key of the parameters"), max_length=64)
    inputs = models.JSONField(
        _("inputs"),
        help_text="Checksum and size of everything the run was computed from.",
    )
    inputs_key = models.CharField(_("key of the inputs"), max_length=64)
    code_version = models.CharField(_("code version"), max_length=60)
    data_version = models.PositiveBigIntegerField(
        _("data version of the city"), default=0, help_text="As of the last time it was asked for."
    )
    is_active = models.BooleanField(_("active"), default=False)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    timings = models.JSONField(_("seconds"), default=dict)
    summary = models.JSONField(_("result"), default=dict)

    class Meta:
        verbose_name = _("analysis run")
        verbose_name_plural = _("analysis runs")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["city", "analysis", "parameters_key"],
                condition=Q(is_active=True),
                name="mapping_analysisrun_one_active",
            )
        ]

    def __str__(self) -> str:
        return f"{self.analysis} {self.pk}"


class CoverageRow(models.Model):
    """How one territory stands in a coverage run. Minutes and share are empty when undefined."""

    class Level(models.TextChoices):
        DISTRICT = "district", _("districts")
        TOS = "tos", pgettext_lazy("model", "ТОС territories")
        GRID = "grid", _("grid cells")

    run = models.ForeignKey(AnalysisRun, models.CASCADE, related_name="coverage_rows")
    level = models.CharField(max_length=10, choices=Level)
    district = models.ForeignKey(District, models.CASCADE, null=True, related_name="+")
    tos = models.ForeignKey(TosTerritory, models.CASCADE, null=True, related_name="+")
    cell = models.CharField(max_length=16, blank=True)
    people = models.FloatField()
    covered = models.FloatField()
    uncovered = models.FloatField()
    unknown = models.FloatField()
    share = models.FloatField(null=True)
    median_minutes = models.FloatField(null=True)
    rank = models.PositiveIntegerField()

    class Meta:
        ordering = ["rank"]
        indexes: ClassVar = [models.Index(fields=["run", "level", "rank"])]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "level", "district", "tos", "cell"],
                nulls_distinct=False,
                name="mapping_coveragerow_once",
            ),
            models.CheckConstraint(
                condition=Q(level="district", district__isnull=False)
                | Q(level="tos", tos__isnull=False)
                | (Q(level="grid") & ~Q(cell="")),
                name="mapping_coveragerow_territory",
            ),
        ]


class RunRow(models.Model):
    """
    One row of one of a run's tables: figures as JSON, with a shape where there is one to draw.

    Coverage has columns of its own; every other measure keeps its tables here.
    """

    run = models.ForeignKey(AnalysisRun, models.CASCADE, related_name="rows")
    table = models.SlugField(max_length=40)
    position = models.PositiveIntegerField()
    label = models.CharField(max_length=300, blank=True)
    district = models.ForeignKey(District, models.CASCADE, null=True, related_name="+")
    tos = models.ForeignKey(TosTerritory, models.CASCADE, null=True, related_name="+")
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, related_name="+")
    values = models.JSONField(default=dict)
    geometry = models.GeometryField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "table", "position"], name="mapping_runrow_once")
        ]


class Job(models.Model):
    """A computation somebody waits for: how far it is, and what became of it."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being computed")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    city = models.ForeignKey(City, models.CASCADE, related_name="jobs", verbose_name=_("city"))
    analysis = models.CharField(_("analysis"), max_length=20, choices=AnalysisRun.Analysis)
    parameters = models.JSONField(_("parameters"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    progress = models.FloatField(_("progress, 0 to 1"), default=0)
    step = models.CharField(_("what is being done"), max_length=200, blank=True)
    message = models.TextField(_("why it failed"), blank=True)
    failure = models.JSONField(
        _("kind of failure and its facts"),
        null=True,
        blank=True,
        help_text="{error, facts}: what to word the failure from in the reader's language.",
    )
    run = models.ForeignKey(
        AnalysisRun, models.SET_NULL, null=True, related_name="+", verbose_name=_("analysis run")
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("computation")
        verbose_name_plural = _("computations")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1), name="mapping_job_progress"
            )
        ]

    def __str__(self) -> str:
        return f"{self.analysis} {self.created_at:%d.%m.%Y %H:%M}"

    @property
    def is_over(self) -> bool:
        return self.status in {self.Status.DONE, self.Status.FAILED, self.Status.CANCELLED}
