"""What was imported and what was computed, from what, by which code, in how long."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mapping.models.cities import City
from mapping.models.territories import District, TosTerritory


class ImportRun(models.Model):
    city = models.ForeignKey(City, models.CASCADE, related_name="import_runs")
    pack = models.CharField(_("pack"), max_length=200)
    pack_checksum = models.CharField(max_length=64)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"))
    counts = models.JSONField(
        default=dict, help_text="Per table: created, updated, removed, unchanged."
    )
    problems = models.JSONField(
        default=list,
        help_text="Rows not taken as they were: file, row, column, got, wanted.",
    )
    warnings = models.JSONField(default=list, help_text="What is missing or merged, in words.")

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

    city = models.ForeignKey(City, models.CASCADE, related_name="analysis_runs")
    analysis = models.CharField(_("analysis"), max_length=20, choices=Analysis)
    parameters = models.JSONField(_("parameters"))
    parameters_key = models.CharField(max_length=64)
    inputs = models.JSONField(
        _("inputs"),
        help_text="Checksum and size of everything the run was computed from.",
    )
    inputs_key = models.CharField(max_length=64)
    code_version = models.CharField(_("code version"), max_length=60)
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
        TOS = "tos", _("ТОС territories")
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
