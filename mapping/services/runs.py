"""
Where answers are kept: a question asked again over the same data is answered from the store.

A run is filled aside and switched on in one transaction, so readers see the old answer or the
new one, never half of one; a run that dies leaves the active one as it was.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from mapping.frames import combined_key
from mapping.models import AnalysisRun, City, CoverageRow, RunRow
from mapping.queries.norms import norms_asked
from mapping.services.bulk import copy_rows, to_hex
from mapping.services.norms import norms_version
from mapping.services.workspace import Workspace
from mapping.version import code_version

ROW_COLUMNS = (
    "run",
    "table",
    "position",
    "label",
    "values",
    "geometry",
    "district",
    "tos",
    "institution",
)

WriteRows = Callable[[AnalysisRun], None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a city, and the checksums of everything the answer depends on."""

    city: City
    analysis: AnalysisRun.Analysis
    parameters: Mapping[str, Any]
    inputs: Mapping[str, Any]

    @property
    def parameters_key(self) -> str:
        return combined_key(dict(self.parameters))

    @property
    def inputs_key(self) -> str:
        return combined_key(dict(self.inputs))


class Stopwatch:
    """Seconds a workspace spends on one run, apart from those it spent on others before."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._before = dict(workspace.seconds)
        self.started_at: datetime = timezone.now()

    @property
    def seconds(self) -> dict[str, float]:
        return {
            step: round(seconds - self._before.get(step, 0.0), 4)
            for step, seconds in self._workspace.seconds.items()
        }


def find_stored(question: Question) -> AnalysisRun | None:
    """The active run with the same parameters over the same inputs by the same code."""
    run = _active(question.city, question.analysis, question.parameters)
    if run is None or run.inputs_key != question.inputs_key:
        return None
    if run.data_version != question.city.data_version:
        run.data_version = question.city.data_version
        run.save(update_fields=["data_version"])
    return run


def find_current(city: City, analysis: str, parameters: Mapping[str, Any]) -> AnalysisRun | None:
    """The active run of these parameters if the city has not changed since; no checksums."""
    run = _active(city, analysis, parameters)
    if run is None or run.data_version != city.data_version or not _norms_stand(run):
        return None
    return run


def _norms_stand(run: AnalysisRun) -> bool:
    """Sets of norms are edited without the city changing, so what they say is compared itself."""
    if "norms" not in run.inputs:
        return True
    norms = norms_asked(run.parameters["norm_set"], run.parameters["kind"])
    return run.inputs["norms"] == norms_version(norms)


def _active(city: City, analysis: str, parameters: Mapping[str, Any]) -> AnalysisRun | None:
    return AnalysisRun.objects.filter(
        city=city,
        analysis=analysis,
        parameters_key=combined_key(dict(parameters)),
        code_version=code_version(),
        is_active=True,
    ).first()


def store_run(
    question: Question, stopwatch: Stopwatch, summary: Mapping[str, Any], write_rows: WriteRows
) -> AnalysisRun:
    """Write a run and its rows aside, then switch it on."""
    with transaction.atomic():
        run = AnalysisRun.objects.create(
            city=question.city,
            analysis=question.analysis,
            parameters=dict(question.parameters),
            parameters_key=question.parameters_key,
            inputs=dict(question.inputs),
            inputs_key=question.inputs_key,
            code_version=code_version(),
            data_version=question.city.data_version,
            started_at=stopwatch.started_at,
            finished_at=timezone.now(),
            timings=stopwatch.seconds,
            summary=dict(summary),
        )
        write_rows(run)
        switch_on(run)
    return run


def switch_on(run: AnalysisRun) -> None:
    """Retire the run that answered before: its page stays, its rows go."""
    retired = AnalysisRun.objects.filter(
        city=run.city, analysis=run.analysis, parameters_key=run.parameters_key, is_active=True
    )
    CoverageRow.objects.filter(run__in=retired).delete()
    RunRow.objects.filter(run__in=retired).delete()
    retired.update(is_active=False)
    AnalysisRun.objects.filter(pk=run.pk).update(is_active=True)
    run.is_active = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a run's table; `geometry` is a shapely shape in EPSG:4326."""

    label: str = ""
    values: Mapping[str, Any]
    geometry: BaseGeometry | None = None
    district_id: int | None = None
    tos_id: int | None = None
    institution_id: int | None = None


def write_table(run: AnalysisRun, table: str, rows: Iterable[Row]) -> None:
    """Store the rows of one table in their order."""
    lines = (
        (
            run.pk,
            table,
            position,
            row.label,
            json.dumps(dict(row.values), ensure_ascii=False, allow_nan=False),
            row.geometry and to_hex(row.geometry),
            row.district_id,
            row.tos_id,
            row.institution_id,
        )
        for position, row in enumerate(rows)
    )
    copy_rows(RunRow, ROW_COLUMNS, lines)


def finite(value: float) -> float | None:
    """JSON has no NaN: None stands for “undefined”."""
    return float(value) if np.isfinite(value) else None
