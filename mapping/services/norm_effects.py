"""
What a scenario does to norms: required, existing, missing, people within a norm's minutes.

The figures are those of the measure of provision. An institution that opens adds to what exists,
one that closes takes from it; how complete the list is stays as it is known today.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mapping.analysis.provision import share_of_known
from mapping.analysis.territories import index_inside
from mapping.analysis.whatif import Effect, swing
from mapping.models import City, InstitutionKind, Norm, NormSet
from mapping.queries.norms import (
    REFERENCE_SET,
    SURE_TO_UNSURE,
    LeftOut,
    ReadNorm,
    find_norm_set,
    norms_of,
    read_norms,
)
from mapping.services.baselines import Baseline, Ground, Kept, baseline_of
from mapping.services.measures.holdings import Stock, count_stock, read_stock
from mapping.services.measures.provision import Heads, Shares, compare_norm, share_group
from mapping.services.moments import WalkQuestionAtMoment
from mapping.services.norms import norms_version
from mapping.services.plans import Plan

NORMS_KEPT = 24

Array = NDArray[np.float64]
Line = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class NormEffect:
    """
    One norm of the city and of every district in order, as `provision.compare_norm` says them.

    A norm per city says nothing of districts: there the lists are empty.
    """

    norm: ReadNorm
    city_before: Line
    city_after: Line
    districts_before: list[Line]
    districts_after: list[Line]


@dataclass(frozen=True, slots=True, eq=False)
class _Reach:
    """People within the norm's strict and lenient minutes and with a path, by `with_city`."""

    strict: Array
    lenient: Array
    known: Array


@dataclass(frozen=True, slots=True, eq=False)
class _NormToday:
    norm: ReadNorm
    group: str
    baseline: Baseline
    """Walks to the kind the norm is about, which may be narrower than the asked one."""
    heads: Heads
    stock: Stock
    reach: _Reach | None
    lines: tuple[Line, list[Line]]


def weigh_norms(
    city: City,
    asked: WalkQuestionAtMoment,
    baseline: Baseline,
    plan: Plan,
    effect: Effect,
    *,
    norm_set: str,
) -> list[NormEffect]:
    """
    Compare the norms of the asked kind and of its branches before and after.

    The surest norms are taken: those that stand in an act, else less sure ones; each says which.

    Parameters
    ----------
    effect
        How the walks to the asked kind change by the plan.

    Raises
    ------
    UnknownNameError
        If there is no such set of norms.
    """
    # Norms are edited without the city changing.
    norms = Norm.objects.filter(norm_set__slug=norm_set, kind__in=baseline.branch)
    key = (*baseline.key, asked.group, norm_set, norms_version(norms))
    found = _todays.get(key, lambda: _make_todays(city, asked, baseline, norm_set))
    effects = {baseline.kind.pk: effect}
    for today in found:
        kind = today.baseline.kind.pk
        if today.reach and kind not in effects:
            effects[kind] = plan.effect_on(today.baseline, within_minutes=asked.minutes)
    swings = _Swings(effects)
    return [_weigh_one(today, plan, swings) for today in found]


@dataclass(slots=True)
class _Swings:
    """People who come within so many minutes, less those who fall out; norms share many."""

    effects: dict[int, Effect]
    """How the walks change, by the id of a kind."""
    _known: dict[tuple[int, float], Array] = field(default_factory=dict)

    def find(self, baseline: Baseline, group: str, within_minutes: float) -> Array:
        key = (baseline.kind.pk, within_minutes)
        if key not in self._known:
            self._known[key] = swing(
                self.effects[baseline.kind.pk],
                baseline.ground.with_city,
                within_minutes=within_minutes,
            )
        found: Array = self._known[key][baseline.ground.groups.index(group)]
        return found


_todays: Kept[list[_NormToday]] = Kept(NORMS_KEPT)


def _make_todays(
    city: City, asked: WalkQuestionAtMoment, baseline: Baseline, norm_set: str
) -> list[_NormToday]:
    read, _ = surest_norms(city, baseline.kind, baseline.ground, norm_set)
    stocks = {
        norm.kind.pk: read_stock(city, norm.kind, baseline.ground.territories) for norm in read
    }
    return [_make_today(city, asked, norm, stocks[norm.kind.pk]) for norm in read]


def surest_norms(
    city: City, kind: InstitutionKind, ground: Ground, norm_set: str
) -> tuple[list[ReadNorm], list[LeftOut]]:
    """Norms that bind the city, of the surest source there is; and those that do not bind it."""
    if norm_set == REFERENCE_SET and not NormSet.objects.filter(slug=norm_set).exists():
        return [], []  # a service without the lists of acts compares with none
    norms = norms_of(find_norm_set(norm_set), kind)
    everyone = float(ground.people[ground.groups.index("all")]) if "all" in ground.groups else 0.0
    people = city.population or everyone
    read: list[ReadNorm] = []
    left_out: list[LeftOut] = []
    for confidence in SURE_TO_UNSURE:
        read, left_out = read_norms(norms, city=city, people=people, confidence=confidence)
        if read:
            break
    return read, left_out


def _make_today(
    city: City, asked: WalkQuestionAtMoment, norm: ReadNorm, stock: Stock
) -> _NormToday:
    baseline = baseline_of(city, replace(asked, kind=norm.kind.code))
    group = share_group(norm, asked.group)
    heads = _count_heads(baseline.ground, norm.group)
    reach = _reach_today(baseline, norm, group)
    lines = compare_norm(norm, group, heads, count_stock(stock, norm.unit), _shares(reach, heads))
    return _NormToday(norm, group, baseline, heads, stock, reach, lines)


def _count_heads(ground: Ground, group: str) -> Heads:
    if group not in ground.groups:
        return Heads(np.nan, np.full(len(ground.districts), np.nan))
    number = ground.groups.index(group)
    people = ground.residents.people[number] @ ground.residents.territory
    return Heads(float(ground.people[number]), people)


def _reach_today(baseline: Baseline, norm: ReadNorm, group: str) -> _Reach | None:
    ground, minutes = baseline.ground, baseline.labels.minutes
    if norm.minutes is None or group not in ground.groups:
        return None
    people = ground.with_city.people[ground.groups.index(group)]

    def count(chosen: NDArray[np.bool_]) -> Array:
        counted: Array = (people * chosen) @ ground.with_city.territory
        return counted

    strict, lenient = (count(minutes <= end) for end in norm.minutes)
    return _Reach(strict, lenient, count(np.isfinite(minutes)))


def _shares(reach: _Reach | None, heads: Heads) -> Shares:
    if reach is None:
        unknown = np.full(len(heads.in_districts), np.nan)
        return Shares((np.array([np.nan]),) * 2, (unknown, unknown))
    strict = share_of_known(reach.strict, reach.known)
    lenient = share_of_known(reach.lenient, reach.known)
    return Shares((strict[-1:], lenient[-1:]), (strict[:-1], lenient[:-1]))


def _weigh_one(today: _NormToday, plan: Plan, swings: _Swings) -> NormEffect:
    norm, reach = today.norm, _reach_after(today, swings)
    stock = change_stock(today.stock, today.baseline, plan)
    after = compare_norm(
        norm, today.group, today.heads, count_stock(stock, norm.unit), _shares(reach, today.heads)
    )
    return NormEffect(norm, today.lines[0], after[0], today.lines[1], after[1])


def _reach_after(today: _NormToday, swings: _Swings) -> _Reach | None:
    reach, minutes = today.reach, today.norm.minutes
    if reach is None or minutes is None:
        return None
    strict, lenient, known = (
        swings.find(today.baseline, today.group, end) for end in (*minutes, np.inf)
    )
    return _Reach(reach.strict + strict, reach.lenient + lenient, reach.known + known)


def change_stock(stock: Stock, baseline: Baseline, plan: Plan) -> Stock:
    """What exists of the baseline's kind after a plan; those not counted today stay out."""
    known = set(stock.ids.tolist())
    at = [
        number
        for number in plan.placed_of(baseline)
        if plan.placed[number].institution in (known | {None})
    ]
    placed = [plan.placed[number] for number in at]
    stays = ~np.isin(stock.ids, list(plan.leaving))
    seats = [
        plan.seats.get(pk, today)
        for pk, today in zip(stock.ids.tolist(), stock.capacity, strict=True)
    ]
    ids = np.array([each.institution or 0 for each in placed], dtype=np.int64)
    districts = _districts_of(baseline.ground, plan.xy[at])
    grown = len(ids) - int(np.count_nonzero(~stays))
    return Stock(
        ids=np.concatenate([stock.ids[stays], ids]),
        district=np.concatenate([stock.district[stays], districts]),
        is_placed=np.concatenate([stock.is_placed[stays], np.ones(len(ids), dtype=bool)]),
        capacity=np.concatenate(
            [np.array(seats, dtype=np.float64)[stays], [each.seats for each in placed]]
        ),
        district_count=stock.district_count,
        is_complete=stock.is_complete,
        official=None if stock.official is None else stock.official + grown,
    )


def _districts_of(ground: Ground, xy: Array) -> NDArray[np.int64]:
    """The district of each place; -1 outside all."""
    shapes = np.asarray(ground.territories.geometry.values, dtype=object)
    return index_inside(shapely.points(xy.reshape(-1, 2)), shapes)
