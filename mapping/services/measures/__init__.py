"""
Every measure the planner can ask for, by name: the one list doors read.

A measure is a question (a frozen dataclass) and a function that answers it over a workspace with
a stored run. Commands, forms and the queue know nothing else about it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mapping.errors import UnknownNameError
from mapping.models import AnalysisRun, City
from mapping.services.coverage import CoverageQuestion, run_coverage
from mapping.services.measures import (
    accessibility,
    audience,
    choice,
    equity,
    provision,
    service_areas,
    siting,
    transit,
    uncertainty,
    white_spots,
)
from mapping.services.questions import read_question
from mapping.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Measure:
    analysis: AnalysisRun.Analysis
    question: type[Any]
    answer: Callable[[Workspace, Any], AnalysisRun]


MEASURES: dict[str, Measure] = {
    measure.analysis.value: measure
    for measure in (
        Measure(
            AnalysisRun.Analysis.COVERAGE,
            CoverageQuestion,
            lambda workspace, asked: run_coverage(workspace.city, asked, workspace=workspace),
        ),
        Measure(
            AnalysisRun.Analysis.ACCESSIBILITY,
            accessibility.AccessibilityQuestion,
            accessibility.answer,
        ),
        Measure(AnalysisRun.Analysis.PROVISION, provision.ProvisionQuestion, provision.answer),
        Measure(AnalysisRun.Analysis.EQUITY, equity.EquityQuestion, equity.answer),
        Measure(AnalysisRun.Analysis.CHOICE, choice.ChoiceQuestion, choice.answer),
        Measure(AnalysisRun.Analysis.AUDIENCE, audience.AudienceQuestion, audience.answer),
        Measure(
            AnalysisRun.Analysis.WHITE_SPOTS,
            white_spots.WhiteSpotsQuestion,
            white_spots.answer,
        ),
        Measure(
            AnalysisRun.Analysis.UNCERTAINTY,
            uncertainty.UncertaintyQuestion,
            uncertainty.answer,
        ),
        Measure(
            AnalysisRun.Analysis.SERVICE_AREAS,
            service_areas.ServiceAreasQuestion,
            service_areas.answer,
        ),
        Measure(AnalysisRun.Analysis.SITING, siting.SitingQuestion, siting.answer),
        Measure(AnalysisRun.Analysis.TRANSIT, transit.TransitQuestion, transit.answer),
    )
}


def find_measure(name: str) -> Measure:
    """Raises UnknownNameError with the measures there are."""
    if name not in MEASURES:
        raise UnknownNameError("measure", name, MEASURES)
    return MEASURES[name]


def answer(
    city: City, name: str, given: Mapping[str, Any], *, workspace: Workspace | None = None
) -> AnalysisRun:
    """Read the question and answer it; every refusal is an error of `mapping.errors`."""
    measure = find_measure(name)
    question = read_question(measure.question, given)
    return measure.answer(workspace or Workspace(city), question)
