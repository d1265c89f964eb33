"""Known totals become people at places, without losing or inventing anyone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.analysis.arrays import Counts, Floats, as_vector
from mapping.errors import ParameterError


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """
    Territory totals spread over population units: a model, to be marked as one.

    Attributes
    ----------
    people
        Whole people at each unit, shape (n,); NaN where nothing is known: the unit lies in no
        territory, or its territory has no total, or no weight to share by.
    unplaced
        People of each territory that found no unit to live in, shape (t,); 0 elsewhere.
    """

    people: Floats
    unplaced: Floats


def apportion(total: int, weights: ArrayLike) -> Counts:
    """
    Share out `total` whole people by `weights` so that the shares add up exactly.

    Parameters
    ----------
    total
        People to share out, whole and non-negative.
    weights
        Finite, non-negative, at least one above zero, shape (n,).

    Returns
    -------
    people
        Shape (n,), whole, within one of the exact share.

    Raises
    ------
    ParameterError
        If there is nothing to share by, or a value makes no sense.

    Notes
    -----
    The largest remainder method (Hamilton); of equal remainders the earlier unit is served.
    """
    weights = _checked_weights(np.asarray(weights, dtype=np.float64))
    if total != int(total) or total < 0:
        raise ParameterError("total", total, "a whole number of people, zero or more")
    if not weights.sum() > 0:
        raise ParameterError("weights", f"{weights.size} without weight", "a weight above zero")
    exact = int(total) * (weights / weights.sum())
    people: Counts = np.floor(exact).astype(np.int64)
    left = int(total) - int(people.sum())
    served = np.argsort(-(exact - people), kind="stable")[:left]
    people[served] += 1
    return people


def spread_over_units(
    totals: ArrayLike, territory_index: ArrayLike, weights: ArrayLike | None = None
) -> Spread:
    """
    Spread each territory's people over its units.

    Parameters
    ----------
    totals
        People of each territory, shape (t,), whole; NaN where unknown.
    territory_index
        Territory of each unit, shape (n,); -1 where it lies in none.
    weights
        What to share by, for example floor area, shape (n,), finite and non-negative; None
        gives every unit of a territory the same share.

    Returns
    -------
    spread
        Units of a territory add up to its total exactly; totals with nowhere to go are returned
        as `unplaced`.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.

    Notes
    -----
    Dasymetric mapping; shares within a territory by `apportion`.
    """
    totals = np.asarray(totals, dtype=np.float64)
    territory = _checked_territories(np.asarray(territory_index), totals.size)
    if weights is None:
        weights = np.ones(territory.size)
    weights = _checked_weights(as_vector("weights", weights, territory.size))
    people = np.full(territory.size, np.nan)
    unplaced = np.zeros(totals.size)
    order = np.argsort(territory, kind="stable")
    bounds = np.searchsorted(territory[order], np.arange(totals.size + 1))
    for number in np.flatnonzero(~np.isnan(totals)):
        units = order[bounds[number] : bounds[number + 1]]
        if weights[units].sum() > 0:
            people[units] = apportion(totals[number], weights[units])
        else:
            unplaced[number] = totals[number]
    return Spread(people, unplaced)


def _checked_weights(weights: Floats) -> Floats:
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise ParameterError("weights", "NaN, infinity or less than zero", "zero or more")
    return weights


def _checked_territories(territory: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    if territory.size and not (territory.min() >= -1 and territory.max() < count):
        raise ParameterError("territory_index", "an unknown territory", f"-1 to {count - 1}")
    return territory.astype(np.int64)
