"""Choice: how many institutions, of how many kinds, people have within a walk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from mapping.analysis.choice import Choice, choice
from mapping.analysis.coverage import Membership
from mapping.analysis.spread import spread, whole_city
from mapping.errors import NoInstitutionsError
from mapping.models import AnalysisRun, InstitutionKind
from mapping.services.measures.answering import Answer, answer_once
from mapping.services.measures.ground import (
    ALL_KINDS,
    asked_kinds,
    describe_kinds,
    inputs_of,
    located_kinds,
)
from mapping.services.measures.rows import LEVELS, figures, figures_at, territory_rows
from mapping.services.questions import MAX_MINUTES, OnFoot, check_between
from mapping.services.runs import Row
from mapping.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceQuestion(OnFoot):
    """What people can choose from within a walk: all kinds of culture, or one and its branches."""

    kind: str = ALL_KINDS
    minutes: float = 15

    def __post_init__(self) -> None:
        OnFoot.__post_init__(self)
        check_between("minutes", self.minutes, 0, MAX_MINUTES)


def answer(workspace: Workspace, asked: ChoiceQuestion) -> AnalysisRun:
    """
    Answer from the stored run, or compute and store one.

    Raises
    ------
    UnknownNameError, NoInstitutionsError, NoPeopleKnownError, NoStreetsError
        When the question cannot be answered.
    """
    kinds = asked_kinds(workspace.city, asked.kind)
    return answer_once(
        workspace,
        AnalysisRun.Analysis.CHOICE,
        asked,
        inputs_of(workspace, kinds),
        lambda: _compute(workspace, kinds, asked),
    )


def _compute(
    workspace: Workspace, kinds: Sequence[InstitutionKind], asked: ChoiceQuestion
) -> Answer:
    people = workspace.people(asked.group)
    found = _choose(workspace, kinds, asked)
    known = workspace.unit_snap(asked.max_snap_m).is_snapped
    city = _columns(found, known, people, whole_city(len(people)))
    return Answer(
        summary=describe_kinds(workspace, kinds, asked.max_snap_m)
        | {"headline": figures_at(city, 0)},
        tables={level: _territories(workspace, level, found, known, people) for level in LEVELS}
        | {"by_number": _by_number(found, known, people)},
    )


def _choose(
    workspace: Workspace, kinds: Sequence[InstitutionKind], asked: ChoiceQuestion
) -> Choice:
    """
    Count what is in reach.

    Kinds told apart are the upper ones where all are asked for, and the exact ones within one.
    """
    located = located_kinds(workspace.city, kinds)
    if not located:
        listed = sum(workspace.inputs(kind)["completeness"]["listed"] for kind in kinds)
        raise NoInstitutionsError(workspace.city.slug, asked.kind, listed)
    matrices: list[csr_array] = [
        workspace.matrix(
            kind,
            within_minutes=asked.minutes,
            speed_kmh=asked.speed_kmh,
            max_snap_m=asked.max_snap_m,
        )
        for kind in located
    ]
    if asked.kind == ALL_KINDS:
        codes = [kind.code for kind in located for _ in range(len(workspace.places(kind)))]
    else:
        codes = list(workspace.places(located[0])["kind__code"])
    names, number = np.unique(np.array(codes), return_inverse=True)
    with workspace.timed("count"):
        return choice(
            csr_array(hstack(matrices, format="csr")),
            number,
            kind_count=len(names),
            within_minutes=asked.minutes,
        )


def _columns(
    found: Choice,
    known: NDArray[np.bool_],
    people: NDArray[np.float64],
    membership: Membership,
) -> dict[str, Any]:
    institutions, kinds, diversity = (
        spread(np.where(known, values, np.nan), people, membership)
        for values in (found.institutions, found.kinds, found.simpson)
    )
    return {
        "people": institutions.people,
        "institutions_median": institutions.median,
        "kinds_median": kinds.median,
        "diversity_mean": diversity.mean,
        "people_without_any": institutions.without,
        "people_unknown": institutions.unknown,
    }


def _territories(
    workspace: Workspace,
    level: str,
    found: Choice,
    known: NDArray[np.bool_],
    people: NDArray[np.float64],
) -> list[Row]:
    columns = _columns(found, known, people, workspace.territories[level][1])
    return territory_rows(workspace, level, columns, worst_first=columns["people_without_any"])


def _by_number(found: Choice, known: NDArray[np.bool_], people: NDArray[np.float64]) -> list[Row]:
    """How many people have so many kinds within reach, from none upwards."""
    heads = np.bincount(found.kinds[known], np.nan_to_num(people[known]))
    return [
        Row(values=figures({"kinds": number, "people": count}))
        for number, count in enumerate(heads)
    ]
