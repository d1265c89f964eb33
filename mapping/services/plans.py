"""Changes of a scenario as walks, norms and seats need them: who leaves, who stands where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from mapping.analysis.snapping import Snap, snap
from mapping.analysis.whatif import Effect, Labels, change, measure_effect
from mapping.crs import metric_xy
from mapping.errors import ParameterError
from mapping.models import City, Institution
from mapping.queries.institutions import find_kind
from mapping.services.baselines import Baseline, Ground
from mapping.services.changes import Capacity, Change, Close, Hours, Move, Open
from mapping.services.moments import is_open_with, open_then

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Problem:
    """
    A change that has no effect, and why.

    `off_streets`: too far from every street; `other_kind`: about another kind than was asked;
    `not_open`: the institution is closed today, or has no position to close or leave; of a
    moment, `shut_then` and `hours_unknown`: it is not open then, or nobody knows whether;
    `any_time`: hours change nothing where no moment is asked about.
    """

    index: int
    code: str


@dataclass(frozen=True, slots=True)
class Placed:
    """
    An institution at a new place: one that moves, or a new one (`institution` None).

    `seats` are NaN where nobody knows.
    """

    institution: int | None
    kind_id: int
    seats: float


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """
    What becomes of the institutions in the end.

    Attributes
    ----------
    leaving
        Ids of those that close or leave their place.
    doors, xy
        Where the institutions of `placed` stand, on the streets and in metres, shape (n, 2).
    placed
        Who stands there, in the same order.
    seats
        Seats by id of those of today that are open in the end; NaN where nobody knows.
    problems
        Changes without effect.
    """

    leaving: frozenset[int]
    doors: Snap
    xy: Array
    placed: tuple[Placed, ...]
    seats: dict[int, float]
    problems: tuple[Problem, ...]

    @property
    def all_seats(self) -> list[float]:
        """Seats of every institution in the end."""
        return [*self.seats.values(), *(each.seats for each in self.placed if not each.institution)]

    def placed_of(self, baseline: Baseline) -> NDArray[np.int64]:
        """Which of `placed` are of the baseline's kind."""
        of_kind = [at for at, each in enumerate(self.placed) if each.kind_id in baseline.branch]
        return np.array(of_kind, dtype=np.int64)

    def effect_on(self, baseline: Baseline, *, within_minutes: float) -> Effect:
        """How the walks to the baseline's kind change, and who comes within the minutes."""
        residents = baseline.ground.residents
        return measure_effect(
            baseline.labels, self.walk(baseline), residents, within_minutes=within_minutes
        )

    def walk(self, baseline: Baseline) -> Labels:
        """Walks to the kind after the changes; those of today where nothing changes for it."""
        closing = [baseline.number[pk] for pk in self.leaving if pk in baseline.number]
        opening = self.placed_of(baseline)
        if not closing and not len(opening):
            return baseline.labels
        return change(baseline.labels, close=closing, opened=self.doors.take(opening))


def make_plan(
    city: City, baseline: Baseline, changes: Sequence[Change], *, max_snap_m: float
) -> Plan:
    """
    Read what changes come to; of several about one institution's place or doors the last counts.

    Raises
    ------
    ParameterError, UnknownNameError
        If the city has no such institution, or nobody has heard of a kind.
    """
    others = _look_up_others(city, baseline, changes)
    told = [(each, _refusal(baseline, others, each)) for each in changes]
    if baseline.then:
        told = _at_moment(city, baseline, others, told)
    # Hours first: they say whether one counts, the rest where it stands.
    order = sorted(range(len(changes)), key=lambda index: not isinstance(changes[index], Hours))
    changes, codes = [each for each, _ in told], [code for _, code in told]
    doors, xy, door = _find_doors(baseline.ground, changes, max_snap_m)
    for index, number in door.items():
        codes[index] = codes[index] or ("" if doors.is_snapped[number] else "off_streets")
    taken = {index: changes[index] for index in order if not codes[index]}
    last = {
        each.institution: index for index, each in taken.items() if isinstance(each, Close | Move)
    }
    moving = {pk: index for pk, index in last.items() if isinstance(changes[index], Move)}
    seats = _seats_after(baseline, others, set(last) - set(moving), moving, taken.values())
    opening = {index: each for index, each in taken.items() if isinstance(each, Open)}
    placed = [_new(baseline, each) for each in opening.values()]
    placed += [Placed(pk, _kind_id(baseline, others, pk), seats[pk]) for pk in moving]
    numbers = [door[index] for index in (*opening, *moving.values())]
    chosen = np.array(numbers, dtype=np.int64)
    return Plan(
        leaving=frozenset(last),
        doors=doors.take(chosen),
        xy=xy[chosen],
        placed=tuple(placed),
        seats=seats,
        problems=tuple(Problem(index, code) for index, code in enumerate(codes) if code),
    )


def _new(baseline: Baseline, opening: Open) -> Placed:
    kind = find_kind(opening.kind) if opening.kind else baseline.kind
    return Placed(None, kind.pk, np.nan if opening.capacity is None else opening.capacity)


def _kind_id(baseline: Baseline, others: dict[int, "_Other"], pk: int) -> int:
    if pk in others:
        return others[pk].kind_id
    return next(number for number, code in baseline.branch.items() if code == baseline.kind_of[pk])


def _seats_after(
    baseline: Baseline,
    others: dict[int, "_Other"],
    closing: set[int],
    moving: Iterable[int],
    taken: Iterable[Change],
) -> dict[int, float]:
    """Seats by id of those of today that are open in the end."""
    seats = dict(baseline.capacity)
    seats |= {pk: others[pk].seats for pk in moving if pk in others}
    seats |= {each.institution: each.capacity for each in taken if isinstance(each, Capacity)}
    return {pk: count for pk, count in seats.items() if pk not in closing}


def _find_doors(
    ground: Ground, changes: Sequence[Change], max_snap_m: float
) -> tuple[Snap, Array, dict[int, int]]:
    """Put the new places on the streets; tell which change has which of them."""
    placed = [index for index, each in enumerate(changes) if isinstance(each, Open | Move)]
    lonlat = np.array([(changes[index].lon, changes[index].lat) for index in placed])
    # Beyond the reach of the projection there are no streets either.
    xy = metric_xy(lonlat, ground.metric_srid)
    doors = snap(ground.network, xy, max_snap_m=max_snap_m, index=ground.index)
    return doors, xy, {index: number for number, index in enumerate(placed)}


@dataclass(frozen=True, slots=True)
class _Other:
    """An institution nobody walks to today, or one of another kind."""

    kind_id: int
    is_open: bool
    seats: float
    lonlat: tuple[float, float] | None


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
    names = ("pk", "kind_id", "status", "capacity", "point")
    found = {
        pk: _Other(
            kind_id=kind_id,
            is_open=status == Institution.Status.OPEN,
            seats=np.nan if seats is None else seats,
            lonlat=point and (point.x, point.y),
        )
        for pk, kind_id, status, seats, point in rows.values_list(*names)
    }
    for pk, index in named.items():
        if pk not in found:
            wanted = f"the id of an institution of {city.slug}"
            raise ParameterError(f"changes[{index}].institution", pk, wanted)
    return found


def _refusal(baseline: Baseline, others: dict[int, _Other], each: Change) -> str:
    """Why a change has no effect at any time, or nothing where it has."""
    if isinstance(each, Open):
        is_asked = not each.kind or find_kind(each.kind).pk in baseline.branch
        return "" if is_asked else "other_kind"
    if each.institution not in baseline.number:
        other = others[each.institution]
        if other.kind_id not in baseline.branch:
            return "other_kind"
        # One that is open but was nowhere on the map may be given a place.
        if not (isinstance(each, Move) and other.is_open):
            return "not_open"
    return "any_time" if isinstance(each, Hours) else ""


Told: TypeAlias = tuple[Change, str]
"""A change as walks understand it, and why it has no effect."""

_REFUSALS = {True: "", False: "shut_then", None: "hours_unknown"}


def _at_moment(
    city: City, baseline: Baseline, others: dict[int, _Other], told: Sequence[Told]
) -> list[Told]:
    """
    Judge changes where only those count that are open at a moment.

    Hours that open a place put it where it stands today; hours that shut it close it.
    """
    assert baseline.then is not None
    judged = [each for each, code in told if code != "other_kind"]
    named = [each.institution for each in judged if not isinstance(each, Open)]
    hours = {each.institution: each.hours for each in judged if isinstance(each, Hours)}
    then = open_then(city, named, baseline.then.moment, hours=hours)

    def judge(each: Change) -> Told:
        if isinstance(each, Open):
            return each, _REFUSALS[is_open_with(city, each.hours, then.moment)]
        pk, is_counted = each.institution, each.institution in baseline.number
        code = _REFUSALS[then.state_of(pk)]
        if isinstance(each, Hours):
            return _as_doors(each, code, is_counted, others.get(pk))
        if not isinstance(each, Close):
            return each, code
        # Who is open but does not count is nowhere on the map, unless hours have just opened it.
        return each, "" if is_counted else code or ("" if pk in hours else "not_open")

    return [(each, code) if code == "other_kind" else judge(each) for each, code in told]


def _as_doors(each: Hours, code: str, is_counted: bool, other: _Other | None) -> Told:
    """Other hours as what they do to a place that counts, or does not, by those of today."""
    if is_counted:
        return (Close(institution=each.institution), "") if code else (each, "")
    if code or other is None:
        return each, code
    if other.lonlat is None:
        return each, "not_open"
    lon, lat = other.lonlat
    return Move(institution=each.institution, lat=lat, lon=lon), ""
