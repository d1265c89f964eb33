"""White spots: where people without the kind within a walk live together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mapping.analysis.access import Nearest
from mapping.analysis.patches import Patches, find_patches
from mapping.frames import table_checksum
from mapping.models import AnalysisRun, InstitutionKind
from mapping.queries.institutions import find_kind, of_kind, reachable
from mapping.services.measures.answering import Answer, answer_once
from mapping.services.measures.rows import (
    figure,
    figures,
    figures_at,
    latitude_longitude,
    to_degrees,
)
from mapping.services.questions import WalkQuestion, check_between
from mapping.services.runs import Row
from mapping.services.workspace import Workspace

LINK_M_AT_MOST = 2000.0
LEAST_PEOPLE_AT_MOST = 1_000_000.0
# A district with less of a spot's people is no place one would call the spot by.
LEAST_SHARE_NAMED = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class WhiteSpotsQuestion(WalkQuestion):
    """Where at least `least_people` without the kind live at most `link_m` apart."""

    link_m: float = 200
    least_people: float = 50

    def __post_init__(self) -> None:
        WalkQuestion.__post_init__(self)
        check_between("link_m", self.link_m, 0, LINK_M_AT_MOST)
        check_between("least_people", self.least_people, 0, LEAST_PEOPLE_AT_MOST)


def answer(workspace: Workspace, asked: WhiteSpotsQuestion) -> AnalysisRun:
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
        AnalysisRun.Analysis.WHITE_SPOTS,
        asked,
        workspace.inputs(kind) | {"names": names},
        lambda: _compute(workspace, kind, asked),
    )


def _compute(workspace: Workspace, kind: InstitutionKind, asked: WhiteSpotsQuestion) -> Answer:
    near = workspace.nearest(kind, speed_kmh=asked.speed_kmh, max_snap_m=asked.max_snap_m)
    people = workspace.people(asked.group)
    xy = workspace.units_xy
    with workspace.timed("count"):
        spots = find_patches(
            xy,
            near.minutes,
            people,
            within_minutes=asked.minutes,
            groups={group: workspace.people(group) for group in workspace.known_groups},
            link_m=asked.link_m,
            fewest_people=asked.least_people,
        )
    in_spots = float(spots.people.sum())
    return Answer(
        summary=workspace.describe(kind, asked.max_snap_m)
        | {
            "headline": figures(
                {
                    "count": len(spots),
                    "people": in_spots,
                    "people_scattered": spots.scattered_people,
                    "people_uncovered": in_spots + spots.scattered_people,
                    "people_unknown": np.nansum(people[np.isinf(near.minutes)]),
                }
            )
        },
        tables={"spot": _rows(workspace, kind, spots, near, _middle_units(spots, xy), people)},
    )


def _middle_units(spots: Patches, xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """The unit in the middle of each spot: the one that stands at its `at_xy`."""
    units = np.flatnonzero(spots.patch >= 0)
    in_middle = units[(xy[units] == spots.at_xy[spots.patch[units]]).all(axis=1)]
    spot, first = np.unique(spots.patch[in_middle], return_index=True)
    middle = np.zeros(len(spots), dtype=np.int64)
    middle[spot] = in_middle[first]
    return middle


def _rows(
    workspace: Workspace,
    kind: InstitutionKind,
    spots: Patches,
    near: Nearest,
    middle: NDArray[np.int64],
    people: NDArray[np.float64],
) -> list[Row]:
    places = workspace.places(kind)
    outlines = to_degrees(workspace.city, spots.outline)
    points = to_degrees(workspace.city, shapely.points(spots.at_xy))
    columns = {
        "people": spots.people,
        "homes": spots.units,
        "median_minutes": spots.median_minutes,
        "worst_minutes": spots.worst_minutes,
        "nearest_minutes": near.minutes[middle],
        "districts": _districts_met(workspace, spots, people),
    }
    districts = _district_ids(workspace, middle)
    return [
        Row(
            values=figures_at(columns, number)
            | {
                "by_group": {name: figure(some[number]) for name, some in spots.groups.items()},
                "nearest": _named(places, int(near.destination[middle[number]])),
                "at": latitude_longitude(points[number]),
            },
            geometry=outlines[number],
            district_id=districts[number],
        )
        for number in range(len(spots))
    ]


def _district_ids(workspace: Workspace, units: NDArray[np.int64]) -> list[int | None]:
    """The district of each of some units, None in none."""
    territories, membership = workspace.territories["district"]
    district = np.full(membership.unit_count, -1)
    district[membership.unit] = membership.territory
    return [int(territories["id"][number]) if number >= 0 else None for number in district[units]]


def _districts_met(
    workspace: Workspace, spots: Patches, people: NDArray[np.float64]
) -> NDArray[np.int64]:
    """In how many districts each spot lies with a share of its people worth naming."""
    territories, membership = workspace.territories["district"]
    patch, counted = spots.patch[membership.unit], np.nan_to_num(people[membership.unit])
    inside = patch >= 0
    living = np.zeros((len(spots), len(territories)))
    np.add.at(living, (patch[inside], membership.territory[inside]), counted[inside])
    whole = np.maximum(spots.people, np.finfo(float).tiny)[:, None]
    return np.asarray((living >= LEAST_SHARE_NAMED * whole).sum(axis=1))


def _named(places: Any, number: int) -> dict[str, Any]:
    return {"id": int(places["id"][number]), "name": str(places["name"][number])}
