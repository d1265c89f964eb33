"""How much of something people have, in each territory: mean, median, and who has nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mapping.analysis.arrays import Flags, Floats, as_vector
from mapping.analysis.coverage import Membership, weighted_median
from mapping.analysis.pairs import as_people


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """
    Arrays of shape (territories,).

    Attributes
    ----------
    people
        People of whom a value is known.
    mean, median
        Of a person, not of a house; the median is the lower weighted one. NaN without people.
    without
        People whose value is zero.
    unknown
        People whose value is unknown.
    """

    people: Floats
    mean: Floats
    median: Floats
    without: Floats
    unknown: Floats


def spread(values: ArrayLike, people: ArrayLike, membership: Membership) -> Spread:
    """
    Describe `values` among the people of each territory.

    Parameters
    ----------
    values
        Something per person at each unit, shape (n,); NaN where it is unknown.
    people
        People at each unit, shape (n,); where no number is known (NaN) nobody is counted.
    membership
        Territories of the units.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.
    """
    unit, territory = membership.unit, membership.territory
    had = as_vector("values", values, membership.unit_count)[unit]
    heads = np.nan_to_num(as_people("people", people, membership.unit_count))[unit]
    known = ~np.isnan(had)

    def add_up(weights: Floats, chosen: Flags) -> Floats:
        sums = np.bincount(territory[chosen], weights[chosen], membership.territory_count)
        return sums.astype(np.float64)

    counted, total = add_up(heads, known), add_up(heads * np.nan_to_num(had), known)
    mean = np.full(counted.shape, np.nan)
    return Spread(
        people=counted,
        mean=np.divide(total, counted, out=mean, where=counted > 0),
        median=weighted_median(had, heads, territory, membership.territory_count),
        without=add_up(heads, known & (had == 0)),
        unknown=add_up(heads, ~known),
    )


def whole_city(unit_count: int) -> Membership:
    """One territory that holds everyone, so that the city counts each person once."""
    return Membership.from_index(np.zeros(unit_count, dtype=np.int64), 1)
