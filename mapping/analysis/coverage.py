"""Who lives within a walk of culture, who does not, and of whom nothing is known."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.analysis.arrays import Counts, Flags, Floats, as_vector, check_positive
from mapping.analysis.compiled import compiled
from mapping.errors import ParameterError


@dataclass(frozen=True, slots=True, eq=False)
class Membership:
    """
    Which unit lies in which territory: pairs, each once.

    Territories may overlap (a unit in several pairs) and leave gaps (a unit in none).
    """

    unit: NDArray[np.int64]
    territory: NDArray[np.int64]
    unit_count: int
    territory_count: int

    @classmethod
    def from_index(cls, territory_index: ArrayLike, territory_count: int) -> "Membership":
        """Take one territory per unit, shape (n,); -1 stands for none."""
        index = np.asarray(territory_index, dtype=np.int64)
        unit = np.flatnonzero(index != -1)
        _check_numbers("territory", index[unit], territory_count)
        return cls(unit, index[unit], index.size, territory_count)

    @classmethod
    def from_pairs(
        cls, unit: ArrayLike, territory: ArrayLike, unit_count: int, territory_count: int
    ) -> "Membership":
        """Take pairs as a spatial join gives them; repeated pairs count once."""
        units = np.asarray(unit, dtype=np.int64)
        territories = as_vector("territory", territory, units.size, np.int64)
        _check_numbers("unit", units, unit_count)
        _check_numbers("territory", territories, territory_count)
        keys = np.unique(territories * max(unit_count, 1) + units)
        territories, units = np.divmod(keys, max(unit_count, 1))
        return cls(units, territories, unit_count, territory_count)

    @property
    def is_outside(self) -> Flags:
        """True for units in no territory, shape (unit_count,)."""
        outside = np.ones(self.unit_count, dtype=bool)
        outside[self.unit] = False
        return outside


@dataclass(frozen=True, slots=True)
class CoverageTotal:
    """
    The city as a whole: everyone once, however territories overlap.

    `people = covered + uncovered + unknown`, and `unknown = no_path + outside`: people inside
    some territory without a path, and people outside every territory (with or without a path).
    `share = covered / (covered + uncovered)`, NaN when nobody is known. `median_minutes` is over
    people inside some territory and with a path, NaN when there are none.
    `units_without_population` are places of which no number is known; nobody is counted there.
    """

    people: float
    covered: float
    uncovered: float
    no_path: float
    outside: float
    share: float
    median_minutes: float
    units: int
    units_without_population: int

    @property
    def unknown(self) -> float:
        """People without a path or outside every territory."""
        return self.no_path + self.outside


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """
    Coverage of every territory, arrays of shape (territories,), and of the city.

    Within a territory `people = covered + uncovered + no_path`; `share` and `median_minutes` as in
    `CoverageTotal`. `rank` is 1 where most people are not covered; equals share a rank and the
    next one is skipped.
    """

    within_minutes: float
    people: Floats
    covered: Floats
    uncovered: Floats
    no_path: Floats
    share: Floats
    median_minutes: Floats
    rank: Counts
    units: Counts
    units_without_population: Counts
    total: CoverageTotal

    @property
    def unknown(self) -> Floats:
        """People of whom it is not known whether they are covered: those without a path."""
        return self.no_path


def coverage(
    minutes: ArrayLike, people: ArrayLike, membership: Membership, *, within_minutes: float
) -> Coverage:
    """
    Count people within `within_minutes` of the nearest institution, by territory.

    Parameters
    ----------
    minutes
        Walking minutes of each unit, shape (n,); inf where there is no path.
    people
        People at each unit, shape (n,), non-negative; NaN where no number is known.
    membership
        Territories of the units.
    within_minutes
        Up to and including this many minutes is covered.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense (NaN minutes, people below zero).

    Notes
    -----
    The median is the lower weighted median: the fewest minutes within which at least half of the
    people with a path arrive.
    """
    check_positive("within_minutes", within_minutes)
    minutes = _checked_minutes(as_vector("minutes", minutes, membership.unit_count))
    people = _checked_people(as_vector("people", people, membership.unit_count))
    sums = _count(minutes, people, membership, within_minutes)
    covered, uncovered = sums["covered"], sums["uncovered"]
    return Coverage(
        within_minutes=within_minutes,
        **sums,
        share=_share(covered, uncovered),
        rank=rank_descending(uncovered),
        total=_total(minutes, people, membership, within_minutes),
    )


def rank_descending(values: ArrayLike) -> Counts:
    """Rank values from 1 for the largest; equal values share a rank and skip the next ones."""
    values = np.asarray(values, dtype=np.float64)
    ascending = np.sort(values)
    larger = values.size - np.searchsorted(ascending, values, side="right")
    return np.asarray(larger + 1, dtype=np.int64)


def weighted_median(values: ArrayLike, weights: ArrayLike, group: ArrayLike, count: int) -> Floats:
    """
    Return the lower weighted median of each of `count` groups, shape (count,).

    The smallest value at which at least half of the group's weight is reached; values that are
    not finite or have no weight are left out; NaN for a group where nothing is left.
    """
    values, weights = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    group = np.asarray(group, dtype=np.int64)
    counted = np.flatnonzero(np.isfinite(values) & (weights > 0))
    counted = counted[_stable_order(group[counted], count)]
    bounds = np.searchsorted(group[counted], np.arange(count + 1))
    medians: Floats = _find_medians(values[counted], weights[counted], bounds)
    return medians


@compiled
def _find_medians(values: Any, weights: Any, bounds: Any) -> Any:
    """Find the median of each part between two bounds; values and weights lose their order."""
    medians = np.full(bounds.size - 1, np.nan)
    for part in range(medians.size):
        low, high = bounds[part], bounds[part + 1]
        if low < high:
            medians[part] = _select_half(values[low:high], weights[low:high])
    return medians


@compiled
def _select_half(values: Any, weights: Any) -> Any:
    """Narrow down to the least value at which half of the weight is reached, as quickselect."""
    half = weights.sum() / 2
    low, high, below = 0, values.size, 0.0
    while True:
        pivot = values[(low + high) // 2]
        less, lighter = _split(values, weights, low, high, pivot, False)
        if less > low and below + lighter >= half:
            high = less
            continue
        more, equal = _split(values, weights, less, high, pivot, True)
        below += lighter + equal
        if more == high or below >= half:
            return pivot
        low = more


@compiled
def _split(values: Any, weights: Any, low: Any, high: Any, pivot: Any, with_equal: Any) -> Any:
    """Put what is less than `pivot`, or equal to it too, first; return its end and its weight."""
    end, weight = low, 0.0
    # Without a branch in it the loop runs as fast as memory does: most would be guessed wrong.
    for at in range(low, high):
        value, heavy = values[at], weights[at]
        is_first = (value < pivot) | (with_equal & (value == pivot))
        values[at], weights[at] = values[end], weights[end]
        values[end], weights[end] = value, heavy
        end += is_first
        weight += heavy * is_first
    return end, weight


def people_by_minutes(minutes: ArrayLike, people: ArrayLike, edges: ArrayLike) -> Floats:
    """
    Count people in bands of minutes, both bounds of a band as people say them: “10 to 15”.

    Parameters
    ----------
    minutes
        Way of each unit, shape (n,); whoever has no path (inf) or is unknown (NaN) is left out.
    people
        People in each unit, shape (n,); NaN counts as nobody.
    edges
        Rising upper bounds, shape (k,); 15 minutes are still “up to 15”.

    Returns
    -------
    counts
        People per band, shape (k + 1,); the last holds those beyond every bound.
    """
    way = np.asarray(minutes, dtype=float)
    heads = np.nan_to_num(as_vector("people", people, way.size, float))
    bounds = np.asarray(edges, dtype=float)
    known = np.isfinite(way)
    band = np.searchsorted(bounds, way[known], side="left")
    return np.bincount(band, heads[known], bounds.size + 1).astype(np.float64)


def _stable_order(group: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Order by group; numbers that fit two bytes are sorted without comparing them."""
    fits = count <= np.iinfo(np.uint16).max
    return np.argsort(group.astype(np.uint16) if fits else group, kind="stable")


def _count(
    minutes: Floats, people: Floats, membership: Membership, within_minutes: float
) -> dict[str, Any]:
    unit, territory = membership.unit, membership.territory
    count = membership.territory_count
    walk, heads = minutes[unit], people[unit]
    known = ~np.isnan(heads)

    def add_up(chosen: Flags) -> Floats:
        chosen = chosen & known
        return np.bincount(territory[chosen], heads[chosen], count).astype(np.float64)

    return {
        "people": add_up(known),
        "covered": add_up(walk <= within_minutes),
        "uncovered": add_up((walk > within_minutes) & np.isfinite(walk)),
        "no_path": add_up(np.isinf(walk)),
        "median_minutes": weighted_median(walk[known], heads[known], territory[known], count),
        "units": np.bincount(territory, minlength=count),
        "units_without_population": np.bincount(territory[~known], minlength=count),
    }


def _total(
    minutes: Floats, people: Floats, membership: Membership, within_minutes: float
) -> CoverageTotal:
    """Count the city as one territory that holds every unit inside any."""
    outside = membership.is_outside
    city = Membership.from_index(np.where(outside, -1, 0), 1)
    counted = _count(minutes, people, city, within_minutes)
    sums = {name: float(counted[name][0]) for name in ("covered", "uncovered", "no_path")}
    people_outside = float(np.nansum(people[outside]))
    return CoverageTotal(
        people=float(counted["people"][0]) + people_outside,
        **sums,
        outside=people_outside,
        share=float(_share(counted["covered"], counted["uncovered"])[0]),
        median_minutes=float(counted["median_minutes"][0]),
        units=len(people),
        units_without_population=int(np.count_nonzero(np.isnan(people))),
    )


def _share(covered: Floats, uncovered: Floats) -> Floats:
    known = covered + uncovered
    share: Floats = np.full(known.shape, np.nan)
    return np.divide(covered, known, out=share, where=known > 0)


def _checked_minutes(minutes: Floats) -> Floats:
    if np.isnan(minutes).any() or (minutes < 0).any():
        raise ParameterError("minutes", "NaN or less than zero", "minutes, or inf without a path")
    return minutes


def _checked_people(people: Floats) -> Floats:
    if np.isinf(people).any() or (people < 0).any():
        raise ParameterError("people", "infinity or less than zero", "people, or NaN if unknown")
    return people


def _check_numbers(name: str, numbers: NDArray[np.int64], count: int) -> None:
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < count):
        raise ParameterError(name, "a number out of range", f"0 to {count - 1}")
