"""Whom an institution could have: people within a walk of it, and whom it shares with others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from mapping.analysis.arrays import Floats, as_vector, check_positive
from mapping.analysis.pairs import Pairs, as_minutes_matrix, as_people, pairs_within
from mapping.errors import ParameterError

BANDS_MINUTES = (5.0, 10.0, 15.0, 30.0)


@dataclass(frozen=True, slots=True, eq=False)
class Audience:
    """
    People within a walk of every institution.

    Attributes
    ----------
    bands_minutes
        Upper ends of the bands; each band holds the ones before it.
    people
        For each group, people within each band, shape (institutions, bands).
    nearest_people
        For each group, people within the last band who have no nearer institution of the same
        kind, shape (institutions,); people equally far from two count at both.
    units_without_population
        Places within the last band where nobody knows how many live, shape (institutions,).
    """

    bands_minutes: tuple[float, ...]
    people: dict[str, Floats]
    nearest_people: dict[str, Floats]
    units_without_population: NDArray[np.int64]

    def nearest_share(self, group: str) -> Floats:
        """Share of a group's audience without a nearer alternative; NaN where there is none."""
        audience = self.people[group][:, -1]
        share: Floats = np.full(audience.shape, np.nan)
        return np.divide(self.nearest_people[group], audience, out=share, where=audience > 0)


def audience(
    minutes: csr_array,
    people: Mapping[str, ArrayLike],
    kind: ArrayLike,
    *,
    bands_minutes: Sequence[float] = BANDS_MINUTES,
) -> Audience:
    """
    Count people within a walk of each institution, by group and band.

    Parameters
    ----------
    minutes
        What `access.minutes_matrix` gives, shape (n, m), reaching at least the last band.
    people
        People of each group at each unit, shape (n,), by the group's name; NaN where unknown.
    kind
        Kind of each institution, shape (m,), whole and non-negative: only institutions of one
        kind are alternatives to each other.
    bands_minutes
        Upper ends of the bands, ascending.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.
    """
    bands = _checked_bands(bands_minutes)
    matrix = as_minutes_matrix(minutes)
    unit_count, place_count = matrix.shape
    heads = {group: as_people(group, heads, unit_count) for group, heads in people.items()}
    pairs = pairs_within(matrix, bands[-1])
    is_nearest = _is_nearest(pairs, as_vector("kind", kind, place_count, np.int64), unit_count)
    band = np.searchsorted(bands, pairs.minutes)
    cell = pairs.institution.astype(np.int64) * bands.size + band
    counted = {group: np.nan_to_num(known)[pairs.unit] for group, known in heads.items()}
    return Audience(
        bands_minutes=tuple(bands.tolist()),
        people={
            group: _add_up(cell, walkers, place_count * bands.size)
            .reshape(place_count, bands.size)
            .cumsum(axis=1)
            for group, walkers in counted.items()
        },
        nearest_people={
            group: _add_up(pairs.institution, walkers * is_nearest, place_count)
            for group, walkers in counted.items()
        },
        units_without_population=_count_unknown(pairs, heads, place_count),
    )


def shared_audience(minutes: csr_array, people: ArrayLike, *, within_minutes: float) -> csr_array:
    """
    Return the share of each institution's people who reach each other institution as well.

    Parameters
    ----------
    minutes, people
        As in `audience`, `people` of one group.
    within_minutes
        How far both institutions may be.

    Returns
    -------
    shared
        Shape (institutions, institutions), 0 to 1: row `a`, column `b` is the share of the people
        within reach of `a` who are within reach of `b`; the diagonal is left out, and what is not
        stored is nobody. Rows of institutions with nobody in reach are empty.

    Raises
    ------
    ShapeMismatchError, ParameterError
        As in `audience`.

    Notes
    -----
    Costs grow with the squares of how many institutions a unit reaches, so ask about the walk
    that people really make rather than about the whole matrix.
    """
    check_positive("within_minutes", within_minutes)
    matrix = as_minutes_matrix(minutes)
    heads = np.nan_to_num(as_people("people", people, matrix.shape[0]))
    pairs = pairs_within(matrix, within_minutes)
    lived_in = heads[pairs.unit] > 0
    spot = (pairs.unit[lived_in], pairs.institution[lived_in])
    reach = csr_array((np.ones(spot[0].size), spot), shape=matrix.shape)
    living = csr_array((heads[spot[0]], spot), shape=matrix.shape)
    both = (living.T @ reach).tocoo()
    other = both.row != both.col
    own = _add_up(spot[1], heads[spot[0]], matrix.shape[1])
    share = both.data[other] / own[both.row[other]]
    return csr_array((share, (both.row[other], both.col[other])), shape=both.shape)


def _is_nearest(pairs: Pairs, kind: NDArray[np.int64], unit_count: int) -> NDArray[np.bool_]:
    """Tell which walks are the shortest, or equally short, to their kind from their unit."""
    if kind.size and kind.min() < 0:
        raise ParameterError("kind", "a number less than zero", "kinds numbered from zero")
    kind_count = int(kind.max(initial=0)) + 1
    wish = pairs.unit * kind_count + kind[pairs.institution]
    shortest = np.full(unit_count * kind_count, np.inf)
    np.minimum.at(shortest, wish, pairs.minutes)
    return np.asarray(pairs.minutes <= shortest[wish])


def _count_unknown(pairs: Pairs, heads: Mapping[str, Floats], place_count: int) -> Any:
    unknown = np.zeros(pairs.unit.size, dtype=bool)
    for known in heads.values():
        unknown |= np.isnan(known)[pairs.unit]
    return np.bincount(pairs.institution[unknown], minlength=place_count)


def _add_up(cell: NDArray[Any], people: Floats, size: int) -> Floats:
    return np.bincount(cell, people, size).astype(np.float64)


def _checked_bands(bands_minutes: Sequence[float]) -> Floats:
    bands = np.asarray(bands_minutes, dtype=np.float64)
    if not (bands.ndim == 1 and bands.size and bands[0] > 0 and (np.diff(bands) > 0).all()):
        raise ParameterError("bands_minutes", bands_minutes, "minutes above zero, ascending")
    if not np.isfinite(bands[-1]):
        raise ParameterError("bands_minutes", bands_minutes, "finite minutes")
    return bands
