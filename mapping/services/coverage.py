"""Coverage: who lives within a walk of the nearest institution of a kind, and who does not."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapping.analysis.access import nearest_minutes
from mapping.analysis.coverage import Coverage, CoverageTotal, coverage, people_by_minutes
from mapping.importers.records import AGE_GROUPS
from mapping.models import AnalysisRun, City, CoverageRow, InstitutionKind, PopulationUnit
from mapping.queries.institutions import find_kind
from mapping.services.bulk import copy_rows
from mapping.services.moments import (
    OpenThen,
    WalkQuestionAtMoment,
    check_any_open,
    describe_open_then,
    open_then,
)
from mapping.services.runs import Question, Stopwatch, find_stored, finite, store_run
from mapping.services.workspace import LEVELS, Workspace

DEFAULT_MINUTES = (10, 15, 30)
BAND_MINUTES = (5, 10, 15, 20, 30, 45, 60)
ROW_COLUMNS = (
    "run",
    "level",
    "district",
    "tos",
    "cell",
    "people",
    "covered",
    "uncovered",
    "unknown",
    "share",
    "median_minutes",
    "rank",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageQuestion(WalkQuestionAtMoment):
    """Who lives within so many minutes of the nearest of a kind, if asked of one open then."""


def run_coverages(
    city: City,
    questions: Iterable[CoverageQuestion],
    *,
    workspace: Workspace | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> list[AnalysisRun]:
    """Answer several questions over one workspace; see `run_coverage`."""
    workspace = workspace or Workspace(city)
    runs = []
    for question in questions:
        progress(f"{question.kind}, {question.minutes:g} min, {question.group}")
        runs.append(run_coverage(city, question, workspace=workspace))
    return runs


def run_coverage(
    city: City, asked: CoverageQuestion, *, workspace: Workspace | None = None
) -> AnalysisRun:
    """
    Answer a question from the stored run, or compute, store and switch on a new one.

    Raises
    ------
    UnknownNameError, NoInstitutionsError, NoneOpenError, NoPeopleKnownError, NoStreetsError
        When the question cannot be answered; a failure never becomes a number.
    """
    workspace = workspace or Workspace(city)
    kind = find_kind(asked.kind)
    then = _open_then(workspace, kind, asked)
    inputs = workspace.inputs(kind) | ({"open_then": then.inputs} if then else {})
    question = Question(city, AnalysisRun.Analysis.COVERAGE, asked.parameters, inputs)
    stored = find_stored(question)
    if stored:
        return stored
    stopwatch = Stopwatch(workspace)
    minutes = _walk(workspace, kind, asked, then)
    answers = _count(workspace, asked, minutes)
    summary = workspace.describe(kind, asked.max_snap_m) | {
        "totals": {level: _total(answer.total) for level, answer in answers.items()},
        "distribution": _distribution(workspace, asked, minutes),
    }
    if then:
        summary["open_then"] = describe_open_then(then)

    def write_rows(run: AnalysisRun) -> None:
        for level in LEVELS:
            territories, _ = workspace.territories[level]
            copy_rows(CoverageRow, ROW_COLUMNS, _rows(run, level, territories, answers[level]))

    return store_run(question, stopwatch, summary, write_rows)


def _open_then(
    workspace: Workspace, kind: InstitutionKind, asked: CoverageQuestion
) -> OpenThen | None:
    """Who is open at the moment asked about; None where any time will do."""
    if asked.moment is None:
        return None
    then = open_then(workspace.city, workspace.places(kind)["id"], asked.moment)
    check_any_open(workspace.city, kind.code, then)
    return then


def _walk(
    workspace: Workspace, kind: InstitutionKind, asked: CoverageQuestion, then: OpenThen | None
) -> NDArray[np.float64]:
    """Minutes from every unit to the nearest that counts; inf where there is no path."""
    if then is None:
        return workspace.minutes(kind, speed_kmh=asked.speed_kmh, max_snap_m=asked.max_snap_m)
    is_open = workspace.places(kind)["id"].isin(then.open_ids).to_numpy()
    doors = workspace.place_snap(kind, asked.max_snap_m).take(np.flatnonzero(is_open))
    with workspace.timed("search"):
        return nearest_minutes(
            workspace.stored_network.network,
            workspace.unit_snap(asked.max_snap_m),
            doors,
            speed_kmh=asked.speed_kmh,
        )


def _count(
    workspace: Workspace, asked: CoverageQuestion, minutes: NDArray[np.float64]
) -> dict[str, Coverage]:
    people = workspace.people(asked.group)
    memberships = {level: workspace.territories[level][1] for level in LEVELS}
    with workspace.timed("count"):
        return {
            level: coverage(minutes, people, membership, within_minutes=asked.minutes)
            for level, membership in memberships.items()
        }


def _distribution(
    workspace: Workspace, asked: CoverageQuestion, minutes: NDArray[np.float64]
) -> list[dict[str, float | None]]:
    """People by the minutes to the nearest, with a path and wherever they live."""
    counts = people_by_minutes(minutes, workspace.people(asked.group), BAND_MINUTES)
    bounds = (0, *BAND_MINUTES, None)
    return [
        {"from": low, "to": high, "people": float(people)}
        for low, high, people in zip(bounds, bounds[1:], counts, strict=False)
    ]


def _total(total: CoverageTotal) -> dict[str, Any]:
    return {
        "people": total.people,
        "covered": total.covered,
        "uncovered": total.uncovered,
        "unknown": total.unknown,
        "no_path": total.no_path,
        "outside": total.outside,
        "share": finite(total.share),
        "median_minutes": finite(total.median_minutes),
    }


def _rows(
    run: AnalysisRun, level: str, territories: pd.DataFrame, answer: Coverage
) -> Iterator[tuple[Any, ...]]:
    for number, territory in enumerate(territories["id"]):
        yield (
            run.pk,
            level,
            territory if level == "district" else None,
            territory if level == "tos" else None,
            territory if level == "grid" else "",
            float(answer.people[number]),
            float(answer.covered[number]),
            float(answer.uncovered[number]),
            float(answer.unknown[number]),
            finite(answer.share[number]),
            finite(answer.median_minutes[number]),
            int(answer.rank[number]),
        )


def default_questions(city: City, kinds: Iterable[InstitutionKind]) -> list[CoverageQuestion]:
    """What the map offers from the start: every kind, three walks, every group that is counted."""
    counted = [
        group
        for group in AGE_GROUPS
        if PopulationUnit.objects.filter(city=city, **{f"{group}__isnull": False}).exists()
    ]
    return [
        CoverageQuestion(kind=kind.code, minutes=minutes, group=group)
        for kind in kinds
        for group in ("all", *counted)
        for minutes in DEFAULT_MINUTES
    ]
