"""
What a scenario does to seats within reach, and to how evenly they are shared.

The figures are those of the measures of accessibility and equity by the same method. Nothing but
the institutions' own columns changes, so today's catchments are kept and only new places walked.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapping.analysis.accessibility import Catchments, catch, share_out
from mapping.analysis.equity import Equity, equity
from mapping.analysis.snapping import Snap
from mapping.analysis.whatif import walks_to
from mapping.services.baselines import Baseline, Kept
from mapping.services.measures.accessibility import WEIGHTS
from mapping.services.measures.capacities import DEFAULT_CAPACITIES, OTHER_CAPACITY
from mapping.services.plans import Plan

SCENES_KEPT = 8
"""Today's catchments a process keeps ready; each takes a few MB."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AccessFigures:
    """
    Seats per person within reach, and how unequal they are.

    Attributes
    ----------
    equity
        Indexes over the people of the group, NaN where nobody has anything.
    by_district
        Mean seats of a person, shape (districts,); NaN where nobody is known.
    people_without
        People with nothing within reach, of those whose walks are known.
    """

    equity: Equity
    by_district: Array
    people_without: float


@dataclass(frozen=True, slots=True, eq=False)
class AccessEffect:
    """Before and after; `assumed` institutions of the end count with the capacity of their kind."""

    before: AccessFigures
    after: AccessFigures
    method: str
    assumed: int


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """Today's catchments in the order of the institutions, their seats, and what follows."""

    catchments: Catchments
    supply: Array
    figures: AccessFigures


_scenes: Kept[_Scene] = Kept(SCENES_KEPT)


def weigh_access(
    baseline: Baseline, plan: Plan, *, group: int, minutes: float, method: str
) -> AccessEffect:
    """
    Share the seats of the kind out among the people of the group, before and after.

    `group` is a row of the ground's people, `method` one of `accessibility.WEIGHTS`.
    """
    key = (*baseline.key, group, minutes, method)
    scene = _scenes.get(key, lambda: _make_scene(baseline, group, minutes, method))
    after = _figures(baseline, group, _access_after(baseline, scene, plan, group, minutes, method))
    assumed = int(np.isnan(plan.all_seats).sum())
    return AccessEffect(scene.figures, after, method, assumed)


def _make_scene(baseline: Baseline, group: int, minutes: float, method: str) -> _Scene:
    catchments = _catch(baseline, baseline.doors, group, minutes, method)
    supply = np.array(
        [_seats(baseline.kind_of[pk], seats) for pk, seats in baseline.capacity.items()]
    )
    access = share_out(catchments, supply)
    return _Scene(catchments, supply, _figures(baseline, group, access))


def _catch(baseline: Baseline, doors: Snap, group: int, minutes: float, method: str) -> Catchments:
    people = baseline.ground.residents.people[group]
    walks = walks_to(baseline.labels, doors, within_minutes=minutes)
    found = catch(people, walks, weight=WEIGHTS[method](minutes))
    # What everybody may use in full is shared with nobody.
    return Catchments(found.weights, np.ones(len(doors))) if method == "cumulative" else found


def _access_after(
    baseline: Baseline, scene: _Scene, plan: Plan, group: int, minutes: float, method: str
) -> Array:
    """Access of every home: those of today that stay, and those at new places."""
    supply = scene.supply.copy()
    for pk, number in baseline.number.items():
        if pk in plan.leaving:
            supply[number] = 0.0
        elif plan.seats[pk] != baseline.capacity[pk]:
            supply[number] = _seats(baseline.kind_of[pk], plan.seats[pk])
    access = share_out(scene.catchments, supply)
    placed = plan.placed_of(baseline)
    if len(placed):
        seats = [_placed_seats(baseline, plan, number) for number in placed]
        doors = plan.doors.take(placed)
        access = access + share_out(_catch(baseline, doors, group, minutes, method), seats)
    return access


def _placed_seats(baseline: Baseline, plan: Plan, number: int) -> float:
    placed = plan.placed[number]
    return _seats(baseline.branch[placed.kind_id], placed.seats)


def _seats(kind: str, known: float) -> float:
    """Seats where they are known, else those of an ordinary institution of the kind."""
    return float(DEFAULT_CAPACITIES.get(kind, OTHER_CAPACITY)) if np.isnan(known) else known


def _figures(baseline: Baseline, group: int, access: Array) -> AccessFigures:
    ground = baseline.ground
    people, is_known = ground.residents.people[group], ground.homes.is_snapped
    heads = people * is_known
    known = heads @ ground.residents.territory
    had = (heads * access) @ ground.residents.territory
    return AccessFigures(
        equity=_equity(access, heads, ground.district_of_home, len(ground.districts)),
        by_district=np.divide(had, known, out=np.full(known.shape, np.nan), where=known > 0),
        people_without=float(heads[access == 0].sum()),
    )


def _equity(access: Array, heads: Array, district: NDArray[np.int64], count: int) -> Equity:
    """Homes with nothing stand together, district by district: that is the same and sooner."""
    some = np.flatnonzero((access > 0) & (heads > 0))
    numbers = np.arange(-1, count)
    without = np.bincount(district[access == 0] + 1, heads[access == 0], count + 1)
    return equity(
        np.concatenate([access[some], np.zeros(count + 1)]),
        np.concatenate([heads[some], without]),
        np.concatenate([district[some], numbers]),
    )
