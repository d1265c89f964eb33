"""Accessibility with capacity: how much culture there is for each person within a walk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapping.analysis.accessibility import (
    Weight,
    crowd_in_reach,
    gaussian_within,
    opportunities,
    power,
    steps,
    two_step_access,
    within,
)
from mapping.analysis.spread import Spread, spread, whole_city
from mapping.frames import table_checksum
from mapping.models import AnalysisRun, InstitutionKind
from mapping.queries.institutions import find_kind, of_kind, reachable
from mapping.services.measures.answering import Answer, answer_once
from mapping.services.measures.capacities import capacities
from mapping.services.measures.rows import (
    LEVELS,
    figures,
    figures_at,
    institution_rows,
    territory_rows,
)
from mapping.services.questions import WalkQuestion, check_known
from mapping.services.runs import Row
from mapping.services.workspace import Workspace

GRAVITY_BETA = 1.2
"""Middle of the exponents 0.6 to 1.8 that Luo & Wang (2003) try."""

WEIGHTS: dict[str, Callable[[float], Weight]] = {
    "2sfca": within,
    # The three zones of Luo & Qi (2009), 10, 20 and 30 minutes, for any outer walk.
    "e2sfca": lambda minutes: steps(((minutes / 3, 1.0), (minutes * 2 / 3, 0.68), (minutes, 0.22))),
    "gravity": lambda minutes: power(GRAVITY_BETA),
    "gaussian": gaussian_within,
    "cumulative": within,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessibilityQuestion(WalkQuestion):
    """How much of a kind there is for a person within so many minutes; `method` of `WEIGHTS`."""

    minutes: float = 30
    method: str = "e2sfca"

    def __post_init__(self) -> None:
        WalkQuestion.__post_init__(self)
        check_known("method", self.method, WEIGHTS)


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """
    Access of every unit (NaN off the streets), and every institution's side of it.

    `crowd` are the weighted people who can reach it, `people_in_reach` all within the walk.
    """

    access: NDArray[np.float64]
    supply: NDArray[np.float64]
    is_default: NDArray[np.bool_]
    crowd: NDArray[np.float64]
    people_in_reach: NDArray[np.float64]


def answer(workspace: Workspace, asked: AccessibilityQuestion) -> AnalysisRun:
    """
    Answer from the stored run, or compute and store one.

    Raises
    ------
    UnknownNameError, NoInstitutionsError, NoPeopleKnownError, NoStreetsError
        When the question cannot be answered.
    """
    kind = find_kind(asked.kind)
    return answer_once(
        workspace,
        AnalysisRun.Analysis.ACCESSIBILITY,
        asked,
        inputs_with_capacity(workspace, kind),
        lambda: _compute(workspace, kind, asked),
    )


def inputs_with_capacity(workspace: Workspace, kind: InstitutionKind) -> dict[str, Any]:
    """Checksums of a run that also depends on how many people the institutions take."""
    rows = reachable(of_kind(workspace.city, kind))
    return workspace.inputs(kind) | {"capacities": table_checksum(rows, "capacity", "kind")}


def measure_access(
    workspace: Workspace, kind: InstitutionKind, asked: AccessibilityQuestion
) -> Access:
    """Share the capacity of the kind out among the people of the group."""
    people = workspace.people(asked.group)
    matrix = workspace.matrix(
        kind,
        within_minutes=asked.minutes,
        speed_kmh=asked.speed_kmh,
        max_snap_m=asked.max_snap_m,
    )
    supply, is_default = capacities(workspace.places(kind))
    weight = WEIGHTS[asked.method](asked.minutes)
    with workspace.timed("count"):
        if asked.method == "cumulative":
            access = opportunities(matrix, weight=weight, supply=supply)
        else:
            access = two_step_access(people, supply, matrix, weight=weight)
        return Access(
            access=np.where(workspace.unit_snap(asked.max_snap_m).is_snapped, access, np.nan),
            supply=supply,
            is_default=is_default,
            crowd=crowd_in_reach(people, matrix, weight=weight),
            people_in_reach=crowd_in_reach(people, matrix, weight=within(asked.minutes)),
        )


def describe_capacities(
    workspace: Workspace, kind: InstitutionKind, access: Access
) -> list[dict[str, Any]]:
    """The institutions whose capacity is the default of their kind."""
    places = workspace.places(kind)
    return [
        {
            "id": int(places["id"][number]),
            "name": str(places["name"][number]),
            "kind": str(places["kind__code"][number]),
            "capacity": float(access.supply[number]),
        }
        for number in np.flatnonzero(access.is_default)
    ]


def _compute(workspace: Workspace, kind: InstitutionKind, asked: AccessibilityQuestion) -> Answer:
    measured = measure_access(workspace, kind, asked)
    people = workspace.people(asked.group)
    city = spread(measured.access, people, whole_city(len(people)))
    return Answer(
        summary=workspace.describe(kind, asked.max_snap_m)
        | {
            "headline": _headline(city, measured),
            "unit": "capacity" if asked.method == "cumulative" else "capacity_per_person",
            "default_capacity": describe_capacities(workspace, kind, measured),
        },
        tables={level: _territories(workspace, level, measured.access, people) for level in LEVELS}
        | {"institution": _institutions(workspace, kind, measured)},
    )


def _headline(city: Spread, measured: Access) -> dict[str, Any]:
    return figures(
        {
            "people": city.people[0],
            "people_without": city.without[0],
            "people_unknown": city.unknown[0],
            "mean": city.mean[0],
            "median": city.median[0],
            "supply_total": measured.supply.sum(),
            "supply_unreached": measured.supply[measured.crowd == 0].sum(),
            "default_capacity_count": measured.is_default.sum(),
        }
    )


def _territories(
    workspace: Workspace,
    level: str,
    access: NDArray[np.float64],
    people: NDArray[np.float64],
) -> list[Row]:
    found = spread(access, people, workspace.territories[level][1])
    columns = {
        "people": found.people,
        "mean": found.mean,
        "median": found.median,
        "people_without": found.without,
        "people_unknown": found.unknown,
    }
    return territory_rows(workspace, level, columns, worst_first=-found.mean)


def _institutions(workspace: Workspace, kind: InstitutionKind, measured: Access) -> list[Row]:
    load = np.full(measured.supply.shape, np.nan)
    np.divide(measured.crowd, measured.supply, out=load, where=measured.supply > 0)
    columns = {
        "people_in_reach": measured.people_in_reach,
        "capacity": measured.supply,
        "capacity_is_default": measured.is_default,
        "load": load,
    }
    lines = [figures_at(columns, number) for number in range(load.size)]
    return institution_rows(workspace.city, workspace.places(kind), lines, most_first=load)
