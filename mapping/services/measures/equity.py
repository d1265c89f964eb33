"""Equity: how unequal access to a kind is among people, and which territories make it so."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapping.analysis.coverage import Membership
from mapping.analysis.equity import Equity, equity, theil_parts
from mapping.analysis.spread import spread
from mapping.models import AnalysisRun, InstitutionKind
from mapping.queries.institutions import find_kind
from mapping.services.measures.accessibility import (
    AccessibilityQuestion,
    describe_capacities,
    inputs_with_capacity,
    measure_access,
)
from mapping.services.measures.answering import Answer, answer_once
from mapping.services.measures.rows import LEVELS, figure, figures, territory_rows
from mapping.services.questions import check_known
from mapping.services.runs import Row
from mapping.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityQuestion(AccessibilityQuestion):
    """How unequal access is among people, by the territories of `level`."""

    level: str = "district"

    def __post_init__(self) -> None:
        AccessibilityQuestion.__post_init__(self)
        check_known("level", self.level, LEVELS)


def answer(workspace: Workspace, asked: EquityQuestion) -> AnalysisRun:
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
        AnalysisRun.Analysis.EQUITY,
        asked,
        inputs_with_capacity(workspace, kind),
        lambda: _compute(workspace, kind, asked),
    )


def _compute(workspace: Workspace, kind: InstitutionKind, asked: EquityQuestion) -> Answer:
    measured = measure_access(workspace, kind, asked)
    people = workspace.people(asked.group)
    territory = first_territory(workspace.territories[asked.level][1])
    with workspace.timed("count"):
        found = equity(measured.access, people, territory)
    rows, theil_outside = _territories(workspace, kind, asked, measured.access, territory)
    return Answer(
        summary=workspace.describe(kind, asked.max_snap_m)
        | {
            "headline": _headline(found) | {"theil_outside": theil_outside},
            "default_capacity": describe_capacities(workspace, kind, measured),
        },
        tables={"lorenz": _curve(found), asked.level: rows},
    )


def _headline(found: Equity) -> dict[str, Any]:
    return figures(
        {
            "gini": found.gini,
            "theil": found.theil,
            "theil_within": found.theil_within,
            "theil_between": found.theil_between,
            "palma": found.palma,
            "palma_infinite": bool(np.isinf(found.palma)),
            "mean": found.mean,
            "people": found.people,
            "people_unknown": found.people_without_access_known,
        }
    )


def _curve(found: Equity) -> list[Row]:
    return [
        Row(values={"people_share": figure(people), "access_share": figure(access)})
        for people, access in zip(found.people_share, found.access_share, strict=True)
    ]


def first_territory(membership: Membership) -> NDArray[np.int64]:
    """The first territory of every unit, so that the parts of the index add up; -1 in none."""
    first = np.full(membership.unit_count, -1, dtype=np.int64)
    # Written from last to first: of several territories the first one stays.
    first[membership.unit[::-1]] = membership.territory[::-1]
    return first


def _territories(
    workspace: Workspace,
    kind: InstitutionKind,
    asked: EquityQuestion,
    access: NDArray[np.float64],
    territory: NDArray[np.int64],
) -> tuple[list[Row], float | None]:
    """Rows of the territories, and the part of Theil's index that lies outside all of them."""
    count = workspace.territories[asked.level][1].territory_count
    people = workspace.people(asked.group)
    membership = Membership.from_index(territory, count)
    minutes = workspace.minutes(kind, speed_kmh=asked.speed_kmh, max_snap_m=asked.max_snap_m)
    had = spread(access, people, membership)
    walked = spread(np.where(np.isfinite(minutes), minutes, np.nan), people, membership)
    parts = theil_parts(access, people, territory, count)
    counted = np.where(np.isnan(access), 0.0, np.nan_to_num(people))
    total = float((counted * np.nan_to_num(access)).sum())
    columns = {
        "people": had.people,
        "mean_access": had.mean,
        "mean_minutes": walked.mean,
        "theil_part": parts[:count],
        "people_share": had.people / counted.sum(),
        "access_share": np.nan_to_num(had.mean) * had.people / total
        if total > 0
        else np.full(count, np.nan),
    }
    rows = territory_rows(workspace, asked.level, columns, worst_first=-had.mean)
    return rows, figure(parts[count])
