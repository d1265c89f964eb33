"""
Everything a planner can ask about walks, asked at once: every measure, kind and group.

One workspace reads the city and walks its streets once for all of it.
"""

import dataclasses
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mapping.errors import MappingError
from mapping.models import AnalysisRun, City
from mapping.queries.institutions import culture_kinds_present
from mapping.services.measures import MEASURES, Measure
from mapping.services.questions import OnFoot
from mapping.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with its answer's seconds, or the reason why it has none."""

    measure: str
    question: OnFoot
    seconds: float
    problem: str = ""


def questions_on_foot(workspace: Workspace) -> Iterator[tuple[str, OnFoot]]:
    """
    Name a measure and a question of it, for all of them: as they are asked unless somebody says
    otherwise, about every kind one can walk to and every group that somebody has counted.
    """
    kinds = [kind.code for kind in culture_kinds_present(workspace.city)]
    for name, measure in MEASURES.items():
        if measure.question.MODE != OnFoot.MODE:
            continue
        about: list[dict[str, Any]] = [{}]
        if _needs_kind(measure):
            about = [{"kind": kind} for kind in kinds]
        for given in about:
            for group in ("all", *workspace.known_groups):
                yield name, measure.question(**given, group=group)


def _needs_kind(measure: Measure) -> bool:
    fields = {field.name: field for field in dataclasses.fields(measure.question)}
    return "kind" in fields and fields["kind"].default is dataclasses.MISSING


def answer_everything(city: City) -> Iterator[Answered]:
    """Answer every question on foot, those with a stored answer from the store."""
    workspace = Workspace(city)
    for name, question in questions_on_foot(workspace):
        started = time.perf_counter()
        problem = ""
        try:
            MEASURES[name].answer(workspace, question)
        except MappingError as error:
            problem = str(error)
        yield Answered(name, question, time.perf_counter() - started, problem)


def rehearse_everything(city: City) -> list[Answered]:
    """
    Answer every question anew, whatever is stored, and keep nothing: to learn the seconds.

    Everything is read, computed and written as it would be; the transaction is taken back.
    """
    with transaction.atomic():
        AnalysisRun.objects.filter(city=city, is_active=True).update(is_active=False)
        answered = list(answer_everything(city))
        transaction.set_rollback(True)
    return answered
