"""Honest uncertainty: how far the share within a walk may be off, and because of what."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mapping.analysis.uncertainty import (
    FEWEST_DRAWS,
    RADIUS_M,
    SPEED_SPAN_KMH,
    Band,
    Places,
    PopulationModel,
    ShareBand,
    band_of_share,
)
from mapping.errors import ParameterError
from mapping.frames import points_xy, table_checksum
from mapping.models import AnalysisRun, InstitutionKind
from mapping.queries.institutions import find_kind, of_kind, reachable
from mapping.services.measures.answering import Answer, answer_once
from mapping.services.measures.rows import figures
from mapping.services.questions import WalkQuestion
from mapping.services.runs import Row
from mapping.services.workspace import Workspace

MOST_DRAWS = 500
BLOCK_M = 500.0
"""Homes of one such square are missed together by whatever spread people over homes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertaintyQuestion(WalkQuestion):
    """Between which shares the headline of coverage lies; the same `seed` gives the same band."""

    draws: int = 80
    seed: int = 1

    def __post_init__(self) -> None:
        WalkQuestion.__post_init__(self)
        if not FEWEST_DRAWS <= self.draws <= MOST_DRAWS:
            raise ParameterError("draws", self.draws, f"{FEWEST_DRAWS} to {MOST_DRAWS}")
        if self.seed < 0:
            raise ParameterError("seed", self.seed, "zero or more")


def answer(workspace: Workspace, asked: UncertaintyQuestion) -> AnalysisRun:
    """
    Answer from the stored run, or simulate and store one.

    Raises
    ------
    UnknownNameError, NoInstitutionsError, NoPeopleKnownError, NoStreetsError
        When the question cannot be answered.
    """
    kind = find_kind(asked.kind)
    rows = reachable(of_kind(workspace.city, kind))
    return answer_once(
        workspace,
        AnalysisRun.Analysis.UNCERTAINTY,
        asked,
        workspace.inputs(kind) | {"accuracies": table_checksum(rows, "position_accuracy")},
        lambda: _compute(workspace, kind, asked),
    )


def _compute(workspace: Workspace, kind: InstitutionKind, asked: UncertaintyQuestion) -> Answer:
    model = _population_model(workspace)
    found = _simulate(workspace, kind, asked, model)
    return Answer(
        summary=workspace.describe(kind, asked.max_snap_m)
        | {
            "headline": figures({"share": found.share} | asdict(found.band)),
            "parts": {source: figures(asdict(band)) for source, band in found.parts.items()},
            "assumptions": {
                "speed_from_kmh": SPEED_SPAN_KMH[0],
                "speed_to_kmh": SPEED_SPAN_KMH[1],
                "radius_m": RADIUS_M,
                "variation": model.variation if model else None,
                "block_m": BLOCK_M if model else None,
            },
        },
        tables={"draw_summary": _rows({"all": found.band} | found.parts)},
    )


def _rows(bands: dict[str, Band]) -> list[Row]:
    return [
        Row(values={"source": source} | figures(asdict(band) | {"width": band.width}))
        for source, band in bands.items()
    ]


def _simulate(
    workspace: Workspace,
    kind: InstitutionKind,
    asked: UncertaintyQuestion,
    model: PopulationModel | None,
) -> ShareBand:
    places = workspace.places(kind)
    radius_m = [RADIUS_M[accuracy] for accuracy in places["position_accuracy"]]
    homes, index = workspace.unit_snap(asked.max_snap_m), workspace.segment_index
    with workspace.timed("simulate"):
        return band_of_share(
            workspace.stored_network.network,
            homes,
            _people_in_districts(workspace, asked.group),
            Places.checked(points_xy(places), radius_m),
            homes_xy=workspace.units_xy,
            within_minutes=asked.minutes,
            rng=np.random.default_rng(asked.seed),
            speed_kmh=asked.speed_kmh,
            population=model,
            draws=asked.draws,
            max_snap_m=asked.max_snap_m,
            index=index,
        )


def _people_in_districts(workspace: Workspace, group: str) -> Any:
    """People as the headline of coverage counts them: those outside every district are unknown."""
    people = workspace.people(group)
    _, districts = workspace.territories["district"]
    if districts.territory_count == 0:
        return people
    return np.where(districts.is_outside, np.nan, people)


def _population_model(workspace: Workspace) -> PopulationModel | None:
    """Modelled people vary by blocks within their district; None where everyone was counted."""
    modelled = workspace.units["modelled"].to_numpy(dtype=bool)
    if not modelled.any():
        return None
    _, districts = workspace.territories["district"]
    # Those in no district have a total of their own.
    territory = np.full(districts.unit_count, districts.territory_count, dtype=np.int64)
    territory[districts.unit[::-1]] = districts.territory[::-1]
    column, row = np.floor(workspace.units_xy / BLOCK_M).astype(np.int64).T
    square = (row - row.min()) * (np.ptp(column) + 1) + column - column.min()
    block = np.unique(square, return_inverse=True)[1]
    return PopulationModel(np.where(modelled, territory, -1), block)
