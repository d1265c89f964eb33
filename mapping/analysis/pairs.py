"""What measures of reach share: the matrix of minutes, and the people at its rows."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, issparse

from mapping.analysis.arrays import Floats, as_vector
from mapping.errors import ParameterError


class Pairs(NamedTuple):
    """Walks within reach, one per element: from which unit, to which institution, how long."""

    unit: NDArray[Any]
    institution: NDArray[Any]
    minutes: Floats


def as_minutes_matrix(minutes: Any) -> csr_array:
    """
    Return a matrix of `access.minutes_matrix` in CSR form, its entries checked.

    Raises
    ------
    ParameterError
        If it is dense (there a zero could mean “here” and “out of reach”), or an entry is not a
        finite number of minutes.
    """
    if not issparse(minutes):
        raise ParameterError("minutes", type(minutes).__name__, "a sparse matrix of minutes")
    matrix = csr_array(minutes)
    if matrix.nnz and not (matrix.data.min() >= 0 and matrix.data.max() < np.inf):
        raise ParameterError("minutes", "NaN, infinity or less than zero", "finite minutes")
    return matrix


def pairs_within(minutes: csr_array, within_minutes: float) -> Pairs:
    """List the walks of at most `within_minutes`, unit by unit."""
    unit = np.repeat(np.arange(minutes.shape[0]), np.diff(minutes.indptr))
    near = minutes.data <= within_minutes
    return Pairs(unit[near], minutes.indices[near], minutes.data[near])


def cut_off(minutes: csr_array, within_minutes: float) -> csr_array:
    """Leave out walks of more than `within_minutes`; stored zeros stay, being walks."""
    near = minutes.data <= within_minutes
    kept = np.concatenate([[0], np.cumsum(near)])
    return csr_array(
        (minutes.data[near], minutes.indices[near], kept[minutes.indptr]), shape=minutes.shape
    )


def as_people(name: str, values: ArrayLike, size: int) -> Floats:
    """
    Return people at each of `size` places; NaN where no number is known.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If there are not `size` of them, or one is infinite or less than zero.
    """
    people: Floats = as_vector(name, values, size)
    if np.isinf(people).any() or (people < 0).any():
        raise ParameterError(name, "infinity or less than zero", "people, or NaN if unknown")
    return people
