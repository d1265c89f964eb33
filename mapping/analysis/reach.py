"""Who can reach which candidate site: what every siting question starts from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from mapping.analysis.arrays import Counts, Flags, Floats, Indexes, as_vector, check_positive
from mapping.analysis.cover_sets import CoverSets, count_kept, merge_sets, rows_of
from mapping.errors import ParameterError


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """
    Pairs of a unit with people and a candidate within some minutes of it.

    Attributes
    ----------
    ptr, site, minutes
        Unit `i` reaches the candidates `site[ptr[i]:ptr[i + 1]]` in `minutes[…]`.
    people
        Known people of each unit, shape (units,); zero where no number is known.
    is_fixed
        True for candidates that are open already, shape (candidates,).
    """

    ptr: Counts
    site: Indexes
    minutes: Floats
    people: Floats
    is_fixed: Flags

    @property
    def site_count(self) -> int:
        """How many candidates there are, reached or not."""
        return len(self.is_fixed)

    @property
    def unit(self) -> Counts:
        """The unit of every pair."""
        return rows_of(self.ptr)

    @property
    def is_reached(self) -> Flags:
        """True for units that any candidate or fixed centre reaches."""
        return np.diff(self.ptr) > 0

    @property
    def people_reached(self) -> float:
        """People whom any candidate or fixed centre reaches."""
        return float(self.people[self.is_reached].sum())

    @property
    def people_out_of_reach(self) -> float:
        """People whom none reaches."""
        return float(self.people[~self.is_reached].sum())

    def keep(self, kept: Flags) -> "Reach":
        """Return the pairs of which `kept` is true, one flag each."""
        ptr = count_kept(self.ptr, kept)
        return Reach(ptr, self.site[kept], self.minutes[kept], self.people, self.is_fixed)

    def least_minutes(self, sites: Flags) -> Floats:
        """Return every unit's minutes to the nearest of `sites`; inf where none is in reach."""
        least: Floats = np.full(len(self.people), np.inf)
        there = sites[self.site]
        np.minimum.at(least, self.unit[there], self.minutes[there])
        return least

    def cover_sets(self) -> CoverSets:
        """Merge the units that no fixed centre reaches by their sets of candidates."""
        by_fixed = np.isfinite(self.least_minutes(self.is_fixed))
        return merge_sets(self.ptr, self.site, np.where(by_fixed, 0.0, self.people))


def reach_within(minutes: csr_array, people: ArrayLike, limit: float, fixed: ArrayLike) -> Reach:
    """
    Keep the pairs within `limit` minutes of units where people are known.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.
    """
    if limit != np.inf:
        check_positive("minutes", limit)
    unit_count, site_count = minutes.shape
    heads = as_vector("people", people, unit_count)
    if np.isinf(heads).any() or (heads < 0).any():
        raise ParameterError("people", "infinity or less than zero", "people, or NaN if unknown")
    heads = np.nan_to_num(heads)
    number = np.asarray(fixed, dtype=np.int64).ravel()
    if number.size and not (number.min() >= 0 and number.max() < site_count):
        raise ParameterError("fixed", "a number out of range", f"0 to {site_count - 1}")
    is_fixed = np.zeros(site_count, dtype=bool)
    is_fixed[number] = True
    if not minutes.has_sorted_indices:
        minutes = minutes.sorted_indices()
    ptr = minutes.indptr.astype(np.int64)
    reach = Reach(ptr, minutes.indices.astype(np.int32), minutes.data, heads, is_fixed)
    return reach.keep((minutes.data <= limit) & np.repeat(heads > 0, np.diff(ptr)))
