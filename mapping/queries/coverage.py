"""Stored coverage: readers see active runs only."""

from django.db.models import QuerySet

from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.models import AnalysisRun, City, CoverageRow


def active_runs(city: City) -> QuerySet[AnalysisRun]:
    return AnalysisRun.objects.filter(
        city=city, analysis=AnalysisRun.Analysis.COVERAGE, is_active=True
    )


def at_any_time(runs: QuerySet[AnalysisRun]) -> QuerySet[AnalysisRun]:
    """Those that count every open institution, whatever its hours."""
    return runs.exclude(parameters__has_key="open_at")


def active_run(
    city: City, *, kind: str, minutes: float, group: str, speed_kmh: float | None = None
) -> AnalysisRun | None:
    """The active run that answers the question at any time; at the usual speed if none is named."""
    runs = at_any_time(active_runs(city)).filter(
        parameters__kind=kind, parameters__minutes=minutes, parameters__group=group
    )
    if speed_kmh is not None:
        runs = runs.filter(parameters__speed_kmh=speed_kmh)
    return runs.order_by("-finished_at").first()


def rows_of(run: AnalysisRun, level: str) -> QuerySet[CoverageRow]:
    """The territories of a run, the most uncovered people first."""
    return run.coverage_rows.filter(level=level).select_related("district", "tos")


def answered(city: City) -> set[tuple[str, float, str]]:
    """Kind, minutes and group of every question that has an answer at the usual speed."""
    asked = at_any_time(active_runs(city)).filter(parameters__speed_kmh=DEFAULT_SPEED_KMH)
    return set(
        asked.order_by().values_list("parameters__kind", "parameters__minutes", "parameters__group")
    )
