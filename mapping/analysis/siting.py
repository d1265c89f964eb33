"""
Where to open: the sites, among candidates, that would help people most.

Every question takes the sparse minutes of `access.minutes_matrix` (units in rows, candidates in
columns; what is not stored is out of reach) and the people of each unit; pass the people of one
group, or weighted people, to ask for them. Units without a known number (NaN) count for nobody.
Candidates that are open already are `fixed`: they serve, and do not count among those chosen.
A site that would add nothing is never chosen, so there may be fewer than were asked for.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from mapping.analysis.arrays import Flags, Floats, Indexes, as_vector
from mapping.analysis.cover_sets import (
    CoverSets,
    Gains,
    as_cover_sets,
    as_gains,
    merge_sets,
)
from mapping.analysis.essentials import keep_essentials
from mapping.analysis.interchange import Choice, choose_with_bound, evaluate, rank_greedily
from mapping.analysis.programs import (
    Solution,
    capacitated_cover,
    chosen_sites,
    max_cover,
    set_cover,
    solve,
    start_of,
)
from mapping.analysis.reach import Reach, reach_within
from mapping.errors import ParameterError

DEFAULT_TIME_LIMIT_S = 60.0

SET_LIMIT = 600_000
"""With more gains than this, they are not turned into cover sets: it would take too long."""

EXACT_LIMIT = 150_000
"""With more entries than this in its cover sets, a problem is not given to the exact solver."""

FLOW_LIMIT = 200_000
"""More pairs of demand and site than this are refused when sites have capacities."""


class Status(StrEnum):
    """How much is proven about an answer."""

    OPTIMAL = "optimal"
    GAP = "gap"
    TIME_LIMIT = "time limit"
    INFEASIBLE = "infeasible"


class Reason(StrEnum):
    """Why there is no answer."""

    TOO_FEW_SITES = "too_few_sites"
    NOT_IN_TIME = "not_in_time"


@dataclass(frozen=True, slots=True, eq=False)
class Siting:
    """
    Chosen sites, best first, and how near the best possible choice they are.

    Attributes
    ----------
    site
        Column numbers of the chosen candidates, shape (k,), ranked: each adds most of those left.
    added
        What each adds to the fixed ones and those before it, shape (k,), in the words of the
        question: people, or person-minutes saved.
    objective
        What the choice and the fixed centres achieve together: people, minutes or sites.
        NaN when infeasible.
    bound
        No choice does better than this.
    before
        What the fixed centres achieve alone; NaN where that is not defined.
    people
        Known people whom some candidate or fixed centre can reach.
    people_out_of_reach
        Known people whom none of them reaches.
    status, reason
        `OPTIMAL` is proven; `GAP` was found by interchange and is at most `gap` from the best;
        `TIME_LIMIT` stopped the proof; `INFEASIBLE` has no answer. `reason` says why there is no
        answer, otherwise it is None.
    least_sites
        Where there are too few sites, how many it takes at least; otherwise 0.
    """

    site: Indexes
    added: Floats
    objective: float
    bound: float
    before: float
    people: float
    people_out_of_reach: float
    status: Status
    reason: Reason | None = None
    least_sites: int = 0

    @property
    def gap(self) -> float:
        """Distance from the bound as a share of the objective; 0 when proven."""
        if self.objective == self.bound:
            return 0.0
        return abs(self.bound - self.objective) / abs(self.objective) if self.objective else np.inf


def solve_mclp(
    minutes: csr_array,
    people: ArrayLike,
    *,
    count: int,
    within_minutes: float,
    fixed: ArrayLike = (),
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> Siting:
    """
    Choose at most `count` sites that bring most people within `within_minutes`.

    The maximal covering location problem of Church & ReVelle (1974); `objective` and `added` are
    people.

    Parameters
    ----------
    minutes
        Sparse, shape (units, candidates), see `access.minutes_matrix`; its cut-off must not be
        below `within_minutes`.
    people
        Known people of each unit, shape (units,), non-negative; NaN where no number is known.
    fixed
        Numbers of candidates that are open already.
    time_limit_s
        Seconds for the exact solver.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.
    """
    _check_count(count)
    reach = reach_within(minutes, people, within_minutes, fixed)
    sets = reach.cover_sets()
    gains = as_gains(sets, reach.site_count)
    choice, status = _choose(gains, count, time_limit_s)
    by_fixed = np.isfinite(reach.least_minutes(reach.is_fixed))
    before = float(reach.people[by_fixed].sum())
    site, added = _rank(gains, choice.sites)
    return Siting(
        site=site,
        added=added,
        objective=before + choice.value,
        bound=before + choice.bound,
        before=before,
        status=status,
        people=reach.people_reached,
        people_out_of_reach=reach.people_out_of_reach,
    )


def solve_p_median(
    minutes: csr_array,
    people: ArrayLike,
    *,
    count: int,
    beyond_minutes: float,
    fixed: ArrayLike = (),
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> Siting:
    """
    Choose at most `count` sites that make the mean walk to the nearest one shortest.

    The p-median problem of Hakimi (1964). Whoever is farther than `beyond_minutes` from every
    chosen site counts as walking that long; whoever is farther from every candidate and every
    fixed centre is left out and counted in `people_out_of_reach`. `objective` is mean minutes,
    `added` person-minutes saved; `before` is NaN when nothing is fixed.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.
    """
    _check_count(count)
    reach = reach_within(minutes, people, beyond_minutes, fixed)
    longest = np.minimum(reach.least_minutes(reach.is_fixed), beyond_minutes)
    gain = reach.people[reach.unit] * (longest[reach.unit] - reach.minutes)
    gains = Gains(reach.ptr, reach.site, gain, reach.site_count).keep(gain > 0)
    gains = _condense(gains)
    choice, status = _choose(gains, count, time_limit_s)
    people_reached = reach.people_reached
    walked = float((reach.people * longest)[reach.is_reached].sum())

    def mean(saved: float) -> float:
        return (walked - saved) / people_reached if people_reached else np.nan

    site, added = _rank(gains, choice.sites)
    return Siting(
        site=site,
        added=added,
        objective=mean(choice.value),
        bound=mean(choice.bound),
        before=mean(0.0) if reach.is_fixed.any() else np.nan,
        status=status,
        people=people_reached,
        people_out_of_reach=reach.people_out_of_reach,
    )


def solve_lscp(
    minutes: csr_array,
    people: ArrayLike,
    *,
    within_minutes: float,
    fixed: ArrayLike = (),
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> Siting:
    """
    Choose the fewest sites that bring everyone within `within_minutes` who can be brought.

    The location set covering problem of Toregas et al. (1971). `objective` and `bound` count
    chosen sites; `added` are people; `before` is NaN. People whom no candidate reaches ask for
    nothing and are counted in `people_out_of_reach`.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.
    """
    reach = reach_within(minutes, people, within_minutes, fixed)
    sets = reach.cover_sets()
    gains, limit = as_gains(sets, reach.site_count), reach.site_count
    sites, bound, is_over, _ = _fewest(sets, limit, limit, time_limit_s)
    if sites is None:  # greedily is not fewest, but it is everyone
        sites, _ = rank_greedily(gains, limit)
    site, added = _rank(gains, sites)
    return Siting(
        site=site,
        added=added,
        objective=float(len(site)),
        bound=float(bound),
        before=np.nan,
        status=Status.OPTIMAL if is_over else Status.TIME_LIMIT,
        people=reach.people_reached,
        people_out_of_reach=reach.people_out_of_reach,
    )


def solve_p_centre(
    minutes: csr_array,
    people: ArrayLike,
    *,
    count: int,
    fixed: ArrayLike = (),
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> Siting:
    """
    Choose at most `count` sites that make the longest walk to the nearest one shortest.

    The p-centre problem of Hakimi (1964), solved as set covering problems with ever closer
    minutes (Minieka 1970). Everyone counts whom any candidate reaches within the cut-off of
    `minutes`. `objective` is the longest walk in minutes, `added` people brought within it.
    Infeasible when `count` sites cannot bring them all within the cut-off.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.
    """
    _check_count(count)
    reach = reach_within(minutes, people, np.inf, fixed)
    search = _shorten(reach, count, time_limit_s)
    before = _longest(reach, reach.is_fixed)
    if search.sites is None:
        return _without_centre(reach, search, count, before)
    is_open = reach.is_fixed.copy()
    is_open[search.sites] = True
    objective = _longest(reach, is_open)
    near = reach.keep(reach.minutes <= objective)
    site, added = _rank(as_gains(near.cover_sets(), reach.site_count), search.sites)
    proven = search.bound >= objective
    return Siting(
        site=site,
        added=added,
        objective=objective,
        bound=objective if proven else search.bound,
        before=before,
        status=Status.OPTIMAL if proven else Status.TIME_LIMIT,
        people=reach.people_reached,
        people_out_of_reach=reach.people_out_of_reach,
    )


def solve_capacitated_mclp(
    minutes: csr_array,
    people: ArrayLike,
    capacity: ArrayLike,
    *,
    count: int,
    within_minutes: float,
    fixed: ArrayLike = (),
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
) -> Siting:
    """
    Choose at most `count` sites that serve most people, none more than its capacity.

    Current & Storbeck (1988), with the people of one unit free to go to different sites.
    `objective` is people served; `added` are people that each site serves, with the fixed
    centres, most first. The model has a variable for every pair of a cover set and a site, at
    most `FLOW_LIMIT`.

    Parameters
    ----------
    capacity
        People that each candidate can serve, shape (candidates,), non-negative, never NaN: give
        a default where none is known, and list it.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense, or the model would be too large.
    """
    _check_count(count)
    reach = reach_within(minutes, people, within_minutes, fixed)
    most = as_vector("capacity", capacity, reach.site_count)
    if not (most >= 0).all():
        raise ParameterError("capacity", "NaN or less than zero", "people that can be served")
    sets = merge_sets(reach.ptr, reach.site, reach.people)
    if len(sets.site) > FLOW_LIMIT:
        raise ParameterError("pairs of demand and site", len(sets.site), f"at most {FLOW_LIMIT}")
    before, _ = _serve(sets, most, reach.is_fixed, 0, time_limit_s)
    served, solution = _serve(sets, most, reach.is_fixed, count, time_limit_s)
    if served.sum() < before.sum():  # the time was over before the fixed ones were full
        served = before
    new = np.flatnonzero((served > 0) & ~reach.is_fixed)
    ranked = new[np.argsort(-served[new], kind="stable")]
    objective = float(served.sum())
    return Siting(
        site=ranked.astype(np.int32),
        added=served[ranked],
        objective=objective,
        bound=objective if solution.is_over else min(solution.bound, reach.people_reached),
        before=float(before.sum()),
        status=Status.OPTIMAL if solution.is_over else Status.TIME_LIMIT,
        people=reach.people_reached,
        people_out_of_reach=reach.people_out_of_reach,
    )


def _check_count(count: int) -> None:
    if count < 1:
        raise ParameterError("count", count, "one or more")


def _condense(gains: Gains) -> Gains:
    """Merge units that rank the sites alike, where that makes the problem small."""
    if len(gains.site) > SET_LIMIT:
        return gains
    sets = as_cover_sets(gains)
    return as_gains(sets, gains.site_count) if len(sets.site) <= EXACT_LIMIT else gains


def _choose(gains: Gains, count: int, time_limit_s: float) -> tuple[Choice, Status]:
    """Choose by interchange, then prove or improve the choice where that is within reach."""
    choice = choose_with_bound(gains, count)
    if choice.is_proven:
        return choice, Status.OPTIMAL
    left = gains.keep(~choice.is_out[gains.site])
    if len(left.site) > SET_LIMIT:
        return choice, Status.GAP
    sets = as_cover_sets(left)
    if len(sets.site) > EXACT_LIMIT:
        return choice, Status.GAP
    return _prove(gains, sets, choice, count, time_limit_s)


def _prove(
    gains: Gains, sets: CoverSets, choice: Choice, count: int, time_limit_s: float
) -> tuple[Choice, Status]:
    """Solve what is left after the sites that no better choice contains have gone."""
    program = max_cover(sets, choice.is_in, count)
    start = start_of(sets, gains.site_count, choice.sites)
    solution = solve(program, start=start, time_limit_s=time_limit_s)
    sites, value = choice.sites, choice.value
    if solution.values is not None:
        found = chosen_sites(solution, gains.site_count)
        worth = evaluate(gains, found)
        if worth > value:
            sites, value = found, worth
    bound = value if solution.is_over else min(choice.bound, max(value, solution.bound))
    status = Status.OPTIMAL if solution.is_over else Status.TIME_LIMIT
    return Choice(sites, value, bound, choice.is_out, choice.is_in), status


def _rank(gains: Gains, sites: Indexes) -> tuple[Indexes, Floats]:
    """Order the sites by what each adds to those before; leave out those that add nothing."""
    return rank_greedily(gains.keep(np.isin(gains.site, sites)), len(sites))


class _Fewest(NamedTuple):
    """Sites (None where there are none), the proven least number, how the search ended."""

    sites: Indexes | None
    least: int
    is_over: bool
    seconds: float


def _fewest(sets: CoverSets, site_count: int, most: int, time_limit_s: float) -> _Fewest:
    """
    Hit every set with the fewest sites, at most `most`.

    Without any set to hit no site is needed; without time nothing is found.
    """
    if len(sets) == 0:
        return _Fewest(np.empty(0, dtype=np.int32), 0, is_over=True, seconds=0.0)
    if time_limit_s <= 0:
        return _Fewest(None, 1, is_over=False, seconds=0.0)
    sets = keep_essentials(sets, site_count)
    solution = solve(set_cover(sets, site_count, most=most), time_limit_s=time_limit_s)
    if solution.values is None:
        least = most + 1 if solution.is_over else 1
        return _Fewest(None, least, solution.is_over, solution.seconds)
    sites = chosen_sites(solution, site_count)
    least = len(sites) if solution.is_over else max(1, int(np.ceil(-solution.bound - 1e-6)))
    return _Fewest(sites, least, solution.is_over, solution.seconds)


@dataclass(frozen=True, slots=True, eq=False)
class _Shortest:
    """
    The end of a search: sites (None without an answer) and the bound in minutes.

    `least_sites` is a proven number of sites without which not everyone can be covered.
    """

    sites: Indexes | None
    bound: float
    least_sites: int


def _shorten(reach: Reach, count: int, time_limit_s: float) -> _Shortest:
    """Find the fewest minutes within which `count` sites cover everyone, by halving."""
    levels = _levels(reach)
    everyone = reach.cover_sets()
    sites = _few_by_greed(everyone, reach.site_count, count)
    least, is_over = 1, True
    if sites is None:
        limit = reach.site_count
        sites, least, is_over, seconds = _fewest(everyone, limit, limit, time_limit_s)
        time_limit_s -= seconds
        if sites is None or len(sites) > count:
            return _Shortest(None, np.nan, least)
    # Below `proven` every level is known to be too short; `low` also jumps over the undecided.
    low, high, proven = 0, len(levels) - 1, 0
    while low < high:
        middle = (low + high) // 2
        sets = reach.keep(reach.minutes <= levels[middle]).cover_sets()
        found = _few_by_greed(sets, reach.site_count, count)
        if found is None:
            found, _, is_over, seconds = _fewest(sets, reach.site_count, count, time_limit_s)
            time_limit_s -= seconds
        if found is not None:
            sites, high = found, middle
        else:
            low = middle + 1
            proven = low if is_over else proven
    bound = float(levels[proven]) if len(levels) else np.nan
    return _Shortest(sites, bound, least)


def _few_by_greed(sets: CoverSets, site_count: int, count: int) -> Indexes | None:
    """Return at most `count` sites that hit every set, if the greedy choice does."""
    evenly = CoverSets(sets.ptr, sets.site, np.ones(len(sets)))
    sites, added = rank_greedily(as_gains(evenly, site_count), count)
    return sites if added.sum() == len(sets) else None


def _levels(reach: Reach) -> Floats:
    """Return the different minutes, ascending, from the fewest that leave nobody out."""
    nearest = reach.least_minutes(np.ones(reach.site_count, dtype=bool))[reach.is_reached]
    return np.unique(reach.minutes[reach.minutes >= nearest.max(initial=0.0)])


def _longest(reach: Reach, sites: Flags) -> float:
    """Return the longest walk to the nearest of `sites`; NaN where someone or everyone lacks it."""
    walk = reach.least_minutes(sites)[reach.is_reached]
    return float(walk.max()) if walk.size and np.isfinite(walk).all() else np.nan


def _without_centre(reach: Reach, search: _Shortest, count: int, before: float) -> Siting:
    """Say that not everyone can be covered, or that nothing was found in the time."""
    is_infeasible = search.least_sites > count
    return Siting(
        site=np.empty(0, dtype=np.int32),
        added=np.empty(0),
        objective=np.nan,
        bound=np.nan,
        before=before,
        status=Status.INFEASIBLE if is_infeasible else Status.TIME_LIMIT,
        reason=Reason.TOO_FEW_SITES if is_infeasible else Reason.NOT_IN_TIME,
        least_sites=search.least_sites if is_infeasible else 0,
        people=reach.people_reached,
        people_out_of_reach=reach.people_out_of_reach,
    )


def _serve(
    sets: CoverSets, capacity: Floats, is_fixed: Flags, count: int, time_limit_s: float
) -> tuple[Floats, Solution]:
    """Return the people whom each site serves, and the solution (its bound in people)."""
    solution = solve(capacitated_cover(sets, capacity, is_fixed, count), time_limit_s=time_limit_s)
    if solution.values is None:
        return np.zeros(len(capacity)), solution
    # Within its tolerance the solver lets a few people into a site that stays closed.
    is_open = np.zeros(len(capacity), dtype=bool)
    is_open[chosen_sites(solution, len(capacity))] = True
    flow = np.where(is_open[sets.site], np.maximum(solution.values[len(capacity) :], 0.0), 0.0)
    return np.bincount(sets.site, flow, len(capacity)).astype(np.float64), solution
