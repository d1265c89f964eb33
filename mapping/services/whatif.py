"""
What if institutions opened, closed, moved or grew: weighed at once against today's state.

An answer only mends what the changes touch of the walks that are kept ready; nothing is stored.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mapping.analysis.medians import Queue, line_up, median_after
from mapping.analysis.snapping import Snap, snap
from mapping.analysis.whatif import Effect, change, measure_effect
from mapping.crs import project
from mapping.errors import NoPeopleKnownError, ParameterError
from mapping.models import City, Institution
from mapping.queries.institutions import find_kind
from mapping.services.baselines import BASELINES_KEPT, Baseline, Ground, Kept, baseline_of
from mapping.services.changes import Capacity, Change, Close, Move, Open
from mapping.services.questions import WalkQuestion

NOTICED_MINUTES = 0.5
MOST_POINTS_DRAWN = 1000
FAR_M = 1e12
FIRST_CELL_M = 100.0
"""Where more places win or lose than can be drawn, they are drawn by cells of this side or more."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Problem:
    """
    A change that has no effect, and why.

    `off_streets`: too far from every street; `other_kind`: about another kind than was asked;
    `not_open`: the institution is closed today, or has no position to close or leave.
    """

    index: int
    code: str


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
    compute_ms
        Milliseconds it took to mend the walks and to count who wins and loses.
    """

    baseline: Baseline
    asked: WalkQuestion
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
    compute_ms: float


def weigh(city: City, asked: WalkQuestion, changes: Sequence[Change]) -> Weighed:
    """
    Weigh changes against today.

    Of several changes of one institution's place or doors the last one counts.

    Raises
    ------
    ParameterError, UnknownNameError
        If the city has no such institution, or nobody has heard of the kind.
    NoPeopleKnownError, NoStreetsError
        When nobody has counted the group, or nothing can be walked.
    """
    baseline = baseline_of(city, asked)
    ground = baseline.ground
    if asked.group not in ground.groups:
        raise NoPeopleKnownError(city.slug, asked.group)
    group = ground.groups.index(asked.group)
    plan = _plan(city, baseline, asked, changes)
    today = _today(baseline, asked, group)
    started = time.perf_counter()
    labels = baseline.labels
    after = change(labels, close=plan.closing, opened=plan.opened) if plan.is_walked else labels
    effect = measure_effect(labels, after, ground.residents, within_minutes=asked.minutes)
    compute_ms = (time.perf_counter() - started) * 1000
    was, now = effect.minutes_before, effect.minutes_after
    moved = (ground.residents.people[group] * ground.residents.is_inside)[effect.homes]
    drawn, cell_m = _draw(ground, effect.homes, moved * _turn(was, now, asked.minutes))
    return Weighed(
        baseline=baseline,
        asked=asked,
        group=group,
        before=today.figures,
        after=_afterwards(today, effect, moved, plan.seats),
        gained=effect.gained_total,
        lost=effect.lost_total,
        gained_by_district=effect.gained,
        lost_by_district=effect.lost,
        closer=float(moved[now <= was - NOTICED_MINUTES].sum()),
        farther=float(moved[now >= was + NOTICED_MINUTES].sum()),
        drawn=drawn,
        drawn_cell_m=cell_m,
        problems=tuple(plan.problems),
        compute_ms=compute_ms,
    )


def _turn(was: Array, now: Array, within_minutes: float) -> Array:
    """One for homes that come within the minutes, minus one for those that fall out of them."""
    return (now <= within_minutes).astype(np.float64) - (was <= within_minutes)


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Changes as the walks need them: numbers to close, places to open, seats of all in the end."""

    closing: list[int]
    opened: Snap
    seats: list[float]
    problems: list[Problem]

    @property
    def is_walked(self) -> bool:
        return bool(self.closing or len(self.opened))


def _plan(city: City, baseline: Baseline, asked: WalkQuestion, changes: Sequence[Change]) -> _Plan:
    others = _look_up_others(city, baseline, changes)
    doors, door = _find_doors(baseline.ground, changes, asked.max_snap_m)
    is_on = doors.is_snapped
    codes = [_refusal(baseline, others, each) for each in changes]
    for index, number in door.items():
        codes[index] = codes[index] or ("" if is_on[number] else "off_streets")
    taken = [(index, each) for index, each in enumerate(changes) if not codes[index]]
    # Of several changes of one institution's doors the last one counts.
    moves = {each.institution: index for index, each in taken if isinstance(each, Close | Move)}
    opening = [index for index, each in taken if isinstance(each, Open)]
    opening += [index for index in moves.values() if isinstance(changes[index], Move)]
    return _Plan(
        closing=[baseline.number[pk] for pk in moves if pk in baseline.number],
        opened=doors.take(np.array([door[index] for index in opening], dtype=np.int64)),
        seats=_seats_after(baseline, others, [each for _, each in taken]),
        problems=[Problem(index, code) for index, code in enumerate(codes) if code],
    )


def _find_doors(
    ground: Ground, changes: Sequence[Change], max_snap_m: float
) -> tuple[Snap, dict[int, int]]:
    """Put the new places on the streets; tell which change has which of them."""
    placed = [index for index, each in enumerate(changes) if isinstance(each, Open | Move)]
    lonlat = np.array([(changes[index].lon, changes[index].lat) for index in placed])
    points = shapely.points(lonlat.reshape(-1, 2))
    xy = shapely.get_coordinates(project(points, ground.metric_srid))
    # Beyond the reach of the projection there are no streets either.
    xy = np.where(np.isfinite(xy), xy, FAR_M)
    doors = snap(ground.network, xy, max_snap_m=max_snap_m, index=ground.index)
    return doors, {index: number for number, index in enumerate(placed)}


def _seats_after(
    baseline: Baseline, others: dict[int, "_Other"], taken: Iterable[Change]
) -> list[float]:
    """Seats of every institution in the end, NaN where nobody knows."""
    seats: dict[Any, float] = dict(baseline.capacity)
    for number, each in enumerate(taken):
        if isinstance(each, Open):
            seats["new", number] = np.nan if each.capacity is None else each.capacity
        elif isinstance(each, Close):
            seats.pop(each.institution, None)
        elif isinstance(each, Capacity):
            if each.institution in seats:
                seats[each.institution] = each.capacity
        elif each.institution in others:
            seats.setdefault(each.institution, others[each.institution].seats)
        else:
            seats.setdefault(each.institution, baseline.capacity[each.institution])
    return list(seats.values())


@dataclass(frozen=True, slots=True)
class _Other:
    """An institution nobody walks to today, or one of another kind."""

    kind_id: int
    is_open: bool
    seats: float


def _look_up_others(city: City, baseline: Baseline, changes: Iterable[Change]) -> dict[int, _Other]:
    """Read the institutions the baseline does not know; refuse those the city does not have."""
    named = {
        each.institution: index
        for index, each in enumerate(changes)
        if not isinstance(each, Open) and each.institution not in baseline.number
    }
    if not named:
        return {}
    rows = Institution.objects.filter(city=city, pk__in=named)
    found = {
        pk: _Other(kind_id, status == Institution.Status.OPEN, np.nan if seats is None else seats)
        for pk, kind_id, status, seats in rows.values_list("pk", "kind_id", "status", "capacity")
    }
    for pk, index in named.items():
        if pk not in found:
            wanted = f"the id of an institution of {city.slug}"
            raise ParameterError(f"changes[{index}].institution", pk, wanted)
    return found


def _refusal(baseline: Baseline, others: dict[int, _Other], each: Change) -> str:
    """Why a change has no effect, or nothing where it has."""
    if isinstance(each, Open):
        is_asked = not each.kind or find_kind(each.kind).pk in baseline.branch
        return "" if is_asked else "other_kind"
    if each.institution in baseline.number:
        return ""
    other = others[each.institution]
    if other.kind_id not in baseline.branch:
        return "other_kind"
    # One that is open but was nowhere on the map may be given a place.
    return "" if isinstance(each, Move) and other.is_open else "not_open"


_todays: Kept[Today] = Kept(4 * BASELINES_KEPT)


def _today(baseline: Baseline, asked: WalkQuestion, group: int) -> Today:
    key = (*baseline.key, asked.minutes, group)
    return _todays.get(key, lambda: _make_today(baseline, asked, group))


def _make_today(baseline: Baseline, asked: WalkQuestion, group: int) -> Today:
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
    won = effect.gained_total - effect.lost_total
    was, now = effect.minutes_before, effect.minutes_after
    return Figures(
        people=today.figures.people,
        covered=today.figures.covered + won,
        uncovered=today.figures.uncovered - won,
        covered_by_district=today.figures.covered_by_district + effect.gained - effect.lost,
        median_minutes=median_after(today.queue, was, now, moved),
        **_count_seats(seats),
    )


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
