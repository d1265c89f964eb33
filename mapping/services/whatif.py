"""
What if institutions opened, closed, moved or grew: weighed at once against today's state.

An answer only mends what the changes touch of the walks that are kept ready; nothing is stored.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapping.analysis.medians import CRUMB, Queue, line_up, median_after
from mapping.analysis.whatif import Effect
from mapping.errors import NoPeopleKnownError
from mapping.models import City
from mapping.queries.norms import REFERENCE_SET
from mapping.services.access_effects import AccessEffect, weigh_access
from mapping.services.baselines import BASELINES_KEPT, Baseline, Ground, Kept, baseline_of
from mapping.services.changes import Change
from mapping.services.measures.accessibility import WEIGHTS
from mapping.services.moments import WalkQuestionAtMoment
from mapping.services.norm_effects import NormEffect, weigh_norms
from mapping.services.plans import Plan, Problem, make_plan
from mapping.services.questions import check_known

NOTICED_MINUTES = 0.5
MOST_POINTS_DRAWN = 1000
FIRST_CELL_M = 100.0
"""Where more places win or lose than can be drawn, they are drawn by cells of this side or more."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfQuestion(WalkQuestionAtMoment):
    """
    The question of coverage, and by what norms and which sharing of seats changes are weighed.

    `method` is that of the measures of accessibility and equity, within the same minutes.
    """

    method: str = "e2sfca"
    norm_set: str = REFERENCE_SET

    def __post_init__(self) -> None:
        WalkQuestionAtMoment.__post_init__(self)
        check_known("method", self.method, WEIGHTS)


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """
    Cover by group, arrays of shape (groups,), and by district, shape (groups, districts).

    `people = covered + uncovered + unknown`; median minutes are of the asked group, NaN without
    a path.
    """

    people: Array
    covered: Array
    uncovered: Array
    covered_by_district: Array
    median_minutes: float
    institutions: int
    seats: float
    seats_unknown: int

    @property
    def share(self) -> Array:
        """Share of the people of whom it is known; NaN where nobody is."""
        known = self.covered + self.uncovered
        return np.divide(self.covered, known, out=np.full(known.shape, np.nan), where=known > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Today:
    """Figures of today, and the people of the asked group in order of their walk."""

    figures: Figures
    queue: Queue


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """
    What a scenario does.

    Attributes
    ----------
    group
        Row of the asked group in everything that is by group.
    gained, lost
        People newly covered and no longer covered, shape (groups,).
    gained_by_district, lost_by_district
        The same, shape (groups, districts).
    closer, farther
        People of the asked group whose walk gets shorter or longer by `NOTICED_MINUTES` or more.
    drawn
        Where people of the asked group win (above zero) or lose cover: rows of latitude,
        longitude, people.
    drawn_cell_m
        Side of the cells they were added up by; 0 where every row is one home.
    norms
        What the norms of the kind ask for, before and after; see `norm_effects`.
    access
        Seats within reach and how evenly they are shared; see `access_effects`.
    compute_ms
        Milliseconds it took to mend the walks and to count who wins and loses.
    """

    baseline: Baseline
    asked: WhatIfQuestion
    group: int
    before: Figures
    after: Figures
    gained: Array
    lost: Array
    gained_by_district: Array
    lost_by_district: Array
    closer: float
    farther: float
    drawn: Array
    drawn_cell_m: float
    problems: tuple[Problem, ...]
    norms: list[NormEffect]
    access: AccessEffect
    compute_ms: float


def weigh(city: City, asked: WhatIfQuestion, changes: Sequence[Change]) -> Weighed:
    """
    Weigh changes against today.

    Of several changes of one institution's place or doors the last one counts.

    Raises
    ------
    ParameterError, UnknownNameError
        If the city has no such institution, or nobody has heard of the kind or set of norms.
    NoPeopleKnownError, NoStreetsError
        When nobody has counted the group, or nothing can be walked.
    """
    baseline = baseline_of(city, asked)
    ground = baseline.ground
    if asked.group not in ground.groups:
        raise NoPeopleKnownError(city.slug, asked.group)
    group = ground.groups.index(asked.group)
    plan = make_plan(city, baseline, changes, max_snap_m=asked.max_snap_m)
    today = _today(baseline, asked, group)
    started = time.perf_counter()
    effect = plan.effect_on(baseline, within_minutes=asked.minutes)
    compute_ms = (time.perf_counter() - started) * 1000
    was, now = effect.minutes_before, effect.minutes_after
    moved = (ground.residents.people[group] * ground.residents.is_inside)[effect.homes]
    drawn, cell_m = _draw(ground, effect.homes, moved * _turn(was, now, asked.minutes))
    return Weighed(
        baseline=baseline,
        asked=asked,
        group=group,
        before=today.figures,
        after=_afterwards(today, effect, moved, plan.all_seats),
        gained=effect.gained_total,
        lost=effect.lost_total,
        gained_by_district=effect.gained,
        lost_by_district=effect.lost,
        closer=float(moved[now <= was - NOTICED_MINUTES].sum()),
        farther=float(moved[now >= was + NOTICED_MINUTES].sum()),
        drawn=drawn,
        drawn_cell_m=cell_m,
        problems=plan.problems,
        norms=_weigh_norms(city, asked, baseline, changes, plan, effect),
        access=weigh_access(
            baseline, plan, group=group, minutes=asked.minutes, method=asked.method
        ),
        compute_ms=compute_ms,
    )


def _weigh_norms(
    city: City,
    asked: WhatIfQuestion,
    baseline: Baseline,
    changes: Sequence[Change],
    plan: Plan,
    effect: Effect,
) -> list[NormEffect]:
    """Norms ask for what there is, whatever its hours: a moment is no part of them."""
    if asked.open_at:
        asked = replace(asked, open_at="")
        baseline = baseline_of(city, asked)
        plan = make_plan(city, baseline, changes, max_snap_m=asked.max_snap_m)
        effect = plan.effect_on(baseline, within_minutes=asked.minutes)
    return weigh_norms(city, asked, baseline, plan, effect, norm_set=asked.norm_set)


def _turn(was: Array, now: Array, within_minutes: float) -> Array:
    """One for homes that come within the minutes, minus one for those that fall out of them."""
    return (now <= within_minutes).astype(np.float64) - (was <= within_minutes)


_todays: Kept[Today] = Kept(4 * BASELINES_KEPT)


def _today(baseline: Baseline, asked: WhatIfQuestion, group: int) -> Today:
    key = (*baseline.key, asked.minutes, group)
    return _todays.get(key, lambda: _make_today(baseline, asked, group))


def _make_today(baseline: Baseline, asked: WhatIfQuestion, group: int) -> Today:
    ground = baseline.ground
    residents, is_inside = ground.residents, ground.residents.is_inside
    minutes = baseline.labels.minutes
    reached = residents.people * ((minutes <= asked.minutes) * is_inside)
    on_streets = residents.people @ (ground.homes.is_snapped * is_inside)
    covered = reached.sum(axis=1)
    queue = line_up(minutes, residents.people[group] * is_inside)
    figures = Figures(
        people=ground.people,
        covered=covered,
        uncovered=on_streets - covered,
        covered_by_district=reached @ residents.territory,
        median_minutes=median_after(queue, *np.zeros((3, 0))),
        **_count_seats(baseline.capacity.values()),
    )
    return Today(figures, queue)


def _count_seats(seats: Iterable[float]) -> dict[str, Any]:
    known = np.array(list(seats), dtype=np.float64)
    return {
        "institutions": len(known),
        "seats": float(np.nansum(known)),
        "seats_unknown": int(np.isnan(known).sum()),
    }


def _afterwards(today: Today, effect: Effect, moved: Array, seats: Iterable[float]) -> Figures:
    """Today's figures, less those who lose cover, with those who win it."""
    before, won = today.figures, effect.gained_total - effect.lost_total
    by_district = before.covered_by_district + effect.gained - effect.lost
    was, now = effect.minutes_before, effect.minutes_after
    return Figures(
        people=before.people,
        covered=_without_crumbs(before.covered + won, before.people),
        uncovered=_without_crumbs(before.uncovered - won, before.people),
        covered_by_district=_without_crumbs(by_district, before.people[:, None]),
        median_minutes=median_after(today.queue, was, now, moved),
        **_count_seats(seats),
    )


def _without_crumbs(people: Array, everyone: Array) -> Array:
    """Nobody where only what rounding leaves of modelled people is left, be it less than nobody."""
    return np.where(people <= everyone * CRUMB, 0.0, people)


def _draw(ground: Ground, homes: NDArray[np.int64], swing: Array) -> tuple[Array, float]:
    """Return rows of latitude, longitude and people won or lost, and the side of their cells."""
    changed = swing != 0
    xy, latlon = ground.homes_xy[homes[changed]], ground.homes_latlon[homes[changed]]
    places = np.column_stack([latlon, swing[changed]])
    cell_m = 0.0
    gathered = places
    while len(gathered) > MOST_POINTS_DRAWN:
        cell_m = cell_m * 2 or FIRST_CELL_M
        gathered = _gather(places, xy, cell_m)
    return gathered, cell_m


def _gather(places: Array, xy: Array, cell_m: float) -> Array:
    """Add up the people of each cell, winners and losers apart, in the middle of them."""
    column, row = np.floor((xy - xy.min(axis=0)) / cell_m).astype(np.int64).T
    people = places[:, 2]
    key = (row * (column.max() + 1) + column) * 2 + (people > 0)
    _, cell = np.unique(key, return_inverse=True)
    total = np.bincount(cell, people)
    middle = [np.bincount(cell, people * degrees) / total for degrees in places.T[:2]]
    return np.column_stack([*middle, total])
