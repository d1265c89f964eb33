"""How much there is to choose from within a walk."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from mapping.analysis.arrays import Floats, as_vector, check_positive
from mapping.analysis.pairs import as_minutes_matrix, pairs_within
from mapping.errors import ParameterError


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """
    What each unit can choose from, arrays of shape (units,).

    Attributes
    ----------
    institutions, kinds
        How many institutions, and of how many different kinds.
    shannon
        Diversity of kinds -Σ p ln p in nats, 0 for one kind; NaN where nothing is in reach.
    simpson
        Chance 1 - Σ p² that two institutions taken at random (with replacement) are of different
        kinds; NaN where nothing is in reach.
    by_kind
        Institutions of each kind, sparse, shape (units, kinds).
    """

    institutions: NDArray[np.int64]
    kinds: NDArray[np.int64]
    shannon: Floats
    simpson: Floats
    by_kind: csr_array


def choice(
    minutes: csr_array, kind: ArrayLike, *, kind_count: int, within_minutes: float
) -> Choice:
    """
    Count institutions and kinds within a walk of each unit, and how mixed they are.

    Parameters
    ----------
    minutes
        What `access.minutes_matrix` gives, shape (n, m), reaching at least `within_minutes`. A
        unit off the network has nothing in it; of that unit nothing is known.
    kind
        Kind of each institution, shape (m,), 0 to `kind_count` - 1.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.

    Notes
    -----
    Shannon (1948), Bell System Technical Journal 27; Simpson (1949), Nature 163; p are the shares
    of the kinds among the institutions in reach.
    """
    check_positive("within_minutes", within_minutes)
    matrix = as_minutes_matrix(minutes)
    kinds = _checked_kinds(as_vector("kind", kind, matrix.shape[1], np.int64), kind_count)
    unit, institution, _ = pairs_within(matrix, within_minutes)
    by_kind = csr_array(
        (np.ones(unit.size, dtype=np.int64), (unit, kinds[institution])),
        shape=(matrix.shape[0], kind_count),
    )
    by_kind.sum_duplicates()
    institutions = np.bincount(unit, minlength=matrix.shape[0])
    return Choice(
        institutions=institutions,
        kinds=np.diff(by_kind.indptr).astype(np.int64),
        **_diversity(by_kind, institutions),
        by_kind=by_kind,
    )


def _diversity(by_kind: csr_array, institutions: NDArray[np.int64]) -> dict[str, Any]:
    unit = np.repeat(np.arange(institutions.size), np.diff(by_kind.indptr))
    share = by_kind.data / institutions[unit]

    def add_up(parts: Floats) -> Floats:
        sums = np.bincount(unit, parts, institutions.size)
        return np.where(institutions > 0, sums, np.nan)

    return {"shannon": add_up(-share * np.log(share)), "simpson": 1.0 - add_up(share**2)}


def _checked_kinds(kinds: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    if kinds.size and not (kinds.min() >= 0 and kinds.max() < count):
        raise ParameterError("kind", "a number out of range", f"0 to {count - 1}")
    return kinds
