"""Potential audience: who lives within a walk of each institution, and whom it shares."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from scipy.sparse import csr_array

from mapping.analysis.audience import BANDS_MINUTES, Audience, audience, shared_audience
from mapping.frames import table_checksum
from mapping.models import AnalysisRun, InstitutionKind
from mapping.queries.institutions import find_kind, of_kind, reachable
from mapping.services.measures.answering import Answer, answer_once
from mapping.services.measures.rows import figure, figures, institution_rows
from mapping.services.questions import WalkQuestion
from mapping.services.workspace import Workspace

NEIGHBOURS_LISTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceQuestion(WalkQuestion):
    """
    Whom each institution of a kind could have.

    `minutes` is the walk within which groups are told apart and neighbours share people; people
    are also counted within `BANDS_MINUTES`.
    """


def answer(workspace: Workspace, asked: AudienceQuestion) -> AnalysisRun:
    """
    Answer from the stored run, or compute and store one.

    Raises
    ------
    UnknownNameError, NoInstitutionsError, NoPeopleKnownError, NoStreetsError
        When the question cannot be answered.
    """
    kind = find_kind(asked.kind)
    names = table_checksum(reachable(of_kind(workspace.city, kind)), "name")
    return answer_once(
        workspace,
        AnalysisRun.Analysis.AUDIENCE,
        asked,
        workspace.inputs(kind) | {"names": names},
        lambda: _compute(workspace, kind, asked),
    )


def _compute(workspace: Workspace, kind: InstitutionKind, asked: AudienceQuestion) -> Answer:
    places = workspace.places(kind)
    bands = sorted({*BANDS_MINUTES, asked.minutes})
    matrix = workspace.matrix(
        kind, within_minutes=bands[-1], speed_kmh=asked.speed_kmh, max_snap_m=asked.max_snap_m
    )
    groups = {group: workspace.people(group) for group in workspace.known_groups}
    asked_people = workspace.people(asked.group)
    with workspace.timed("count"):
        # Everything of the asked kind is an alternative to everything else of it.
        found = audience(
            matrix,
            groups | {asked.group: asked_people},
            np.zeros(len(places), dtype=np.int64),
            bands_minutes=bands,
        )
        shared = shared_audience(matrix, asked_people, within_minutes=asked.minutes)
    people = found.people[asked.group][:, bands.index(asked.minutes)]
    return Answer(
        summary=workspace.describe(kind, asked.max_snap_m)
        | {
            "headline": figures(
                {
                    "institutions": len(places),
                    "people_median": np.median(people),
                    "people_most": people.max(),
                }
            )
        },
        tables={
            "institution": institution_rows(
                workspace.city,
                places,
                _lines(places, found, shared, asked, bands),
                most_first=people,
            )
        },
    )


def _lines(
    places: gpd.GeoDataFrame,
    found: Audience,
    shared: csr_array,
    asked: AudienceQuestion,
    bands: list[float],
) -> Iterator[dict[str, Any]]:
    people, only_here = found.people[asked.group], found.nearest_share(asked.group)
    walk = bands.index(asked.minutes)
    for number in range(len(places)):
        yield {
            **{
                f"people_{band:g}": figure(people[number, bands.index(band)])
                for band in BANDS_MINUTES
            },
            "people": figure(people[number, walk]),
            "by_group": {
                group: figure(heads[number, walk])
                for group, heads in found.people.items()
                if group != "all"
            },
            "only_here_share": figure(only_here[number]),
            "homes_without_population": figure(found.units_without_population[number]),
            "neighbours": _neighbours(places, shared, number),
        }


def _neighbours(places: gpd.GeoDataFrame, shared: csr_array, number: int) -> list[dict[str, Any]]:
    """Those who share most of the institution's people, the nearest in kind first."""
    own = slice(shared.indptr[number], shared.indptr[number + 1])
    others, overlaps = shared.indices[own], shared.data[own]
    return [
        {
            "id": int(places["id"][others[at]]),
            "name": str(places["name"][others[at]]),
            "overlap": round(float(overlaps[at]), 6),
        }
        for at in np.argsort(-overlaps, kind="stable")[:NEIGHBOURS_LISTED]
    ]
