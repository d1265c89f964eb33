"""
Where answers are kept: a question asked again over the same data is answered from the store.

A run is filled aside and switched on in one transaction, so readers see the old answer or the
new one, never half of one; a run that dies leaves the active one as it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from mapping.frames import combined_key
from mapping.models import AnalysisRun, City, CoverageRow
from mapping.services.workspace import Workspace
from mapping.version import code_version

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
    return AnalysisRun.objects.filter(
        city=question.city,
        analysis=question.analysis,
        parameters_key=question.parameters_key,
        inputs_key=question.inputs_key,
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
    retired.update(is_active=False)
    AnalysisRun.objects.filter(pk=run.pk).update(is_active=True)
    run.is_active = True


def finite(value: float) -> float | None:
    """JSON has no NaN: None stands for “undefined”."""
    return float(value) if np.isfinite(value) else None
