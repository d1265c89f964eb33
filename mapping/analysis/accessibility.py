"""How much culture there is for each person: supply shared out among those who can reach it."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from mapping.analysis.arrays import Floats, as_vector, check_positive
from mapping.analysis.pairs import as_minutes_matrix, as_people
from mapping.errors import ParameterError

Weight: TypeAlias = Callable[[Floats], Floats]
"""Turns walking minutes into weights from 0 (of no use) to 1 (as good as next door)."""


def within(minutes: float) -> Weight:
    """
    Count every walk of at most `minutes` fully, and no other.

    >>> within(15)(np.array([5.0, 15.0, 16.0])).tolist()
    [1.0, 1.0, 0.0]
    """
    return steps(((minutes, 1.0),))


def steps(bands: Sequence[tuple[float, float]]) -> Weight:
    """
    Give each band of minutes its weight: pairs of (up to and including minutes, weight).

    The zones of Luo & Qi (2009); walks longer than the last band weigh nothing.

    >>> steps(((10, 1.0), (20, 0.68), (30, 0.22)))(np.array([10.0, 10.5, 30.0, 31.0])).tolist()
    [1.0, 0.68, 0.22, 0.0]
    """
    if not bands:
        raise ParameterError("bands", bands, "at least one pair of (minutes, weight)")
    uppers, weights = (np.array(part, dtype=np.float64) for part in zip(*bands, strict=True))
    if not (np.isfinite(uppers).all() and uppers[0] > 0 and (np.diff(uppers) > 0).all()):
        raise ParameterError("bands", bands, "minutes above zero, each band longer than the last")
    if not (weights[-1] > 0 and weights[0] <= 1 and (np.diff(weights) <= 0).all()):
        raise ParameterError("bands", bands, "weights from 1 to above 0, none larger than before")
    weights = np.append(weights, 0.0)

    def weigh(minutes: Floats) -> Floats:
        band = np.zeros(minutes.shape, dtype=np.int64)
        for upper in uppers:  # of a few bands, counting those exceeded beats searching
            band += minutes > upper
        return weights[band]

    return weigh


def gaussian(sigma_minutes: float) -> Weight:
    """
    Let weights fall as a bell does: exp(-t² / 2σ²).

    >>> gaussian(20)(np.array([0.0, 20.0, 40.0])).round(4).tolist()
    [1.0, 0.6065, 0.1353]
    """
    check_positive("sigma_minutes", sigma_minutes)
    return lambda minutes: np.exp(-0.5 * (minutes / sigma_minutes) ** 2)


def gaussian_within(cutoff_minutes: float) -> Weight:
    """
    Let weights fall as a bell does, down to nothing at the cut-off.

    Dai (2010): (exp(-t² / 2c²) - exp(-1/2)) / (1 - exp(-1/2)) up to the cut-off c.

    >>> gaussian_within(20)(np.array([0.0, 10.0, 20.0, 21.0])).round(4).tolist()
    [1.0, 0.7014, 0.0, 0.0]
    """
    check_positive("cutoff_minutes", cutoff_minutes)
    bell, edge = gaussian(cutoff_minutes), math.exp(-0.5)
    return lambda minutes: np.maximum(bell(minutes) - edge, 0.0) / (1.0 - edge)


def power(beta: float, *, nearest_minutes: float = 1.0) -> Weight:
    """
    Let weights fall as (t / t₀)^-β, where walks shorter than `nearest_minutes` t₀ weigh 1.

    Without t₀ an institution next door would outweigh the whole city (Hansen 1959).

    >>> power(2)(np.array([0.0, 1.0, 2.0])).tolist()
    [1.0, 1.0, 0.25]
    """
    check_positive("beta", beta)
    check_positive("nearest_minutes", nearest_minutes)
    return lambda minutes: (np.maximum(minutes, nearest_minutes) / nearest_minutes) ** -beta


def exponential(beta: float) -> Weight:
    """
    Let weights fall as exp(-βt), β per minute.

    >>> exponential(0.1)(np.array([0.0, 10.0])).round(4).tolist()
    [1.0, 0.3679]
    """
    check_positive("beta", beta)
    return lambda minutes: np.exp(-beta * minutes)


def two_step_access(
    people: ArrayLike, supply: ArrayLike, minutes: csr_array, *, weight: Weight
) -> Floats:
    """
    Share out each institution among the people who can reach it, then sum per population unit.

    Parameters
    ----------
    people
        People at each unit, shape (n,), non-negative; where no number is known (NaN) nobody takes
        a share, and access is given all the same.
    supply
        Capacity of each institution, shape (m,), finite and non-negative. Defaults for unknown
        capacities are the caller's to choose and to name.
    minutes
        What `access.minutes_matrix` gives, shape (n, m): what is not stored is out of reach.
    weight
        `within(m)` gives 2SFCA, `steps(…)` E2SFCA, `gaussian_within(m)` the Gaussian form, `power`
        and `exponential` the gravity forms.

    Returns
    -------
    access
        Supply per person, shape (n,); zero where nothing is within reach. A unit off the network
        has nothing in reach either: the caller, who knows the snap, makes it NaN.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.

    Notes
    -----
    Luo & Wang (2003), Environment and Planning B 30: R_j = S_j / Σ_k w(t_kj) P_k and
    A_i = Σ_j w(t_ij) R_j; with weights Luo & Qi (2009), Health & Place 15; with Gaussian decay
    Dai (2010), Health & Place 16. ``people @ access`` is the supply that someone can reach.
    """
    return share_out(catch(people, minutes, weight=weight), supply)


class Catchments(NamedTuple):
    """
    Who can reach which institution: weights, shape (n, m), and weighted people, shape (m,).

    They do not depend on capacities, and each institution's column stands for itself.
    """

    weights: csr_array
    crowd: Floats


def catch(people: ArrayLike, minutes: csr_array, *, weight: Weight) -> Catchments:
    """Weigh the people around each institution: the first step of `two_step_access`."""
    weights = _weigh(minutes, weight)
    heads = np.nan_to_num(as_people("people", people, weights.shape[0]))
    return Catchments(weights, weights.T @ heads)


def share_out(catchments: Catchments, supply: ArrayLike) -> Floats:
    """Share capacities out and sum them per unit: the second step of `two_step_access`."""
    weights, crowd = catchments
    capacity = _checked_supply(supply, weights.shape[1])
    share = np.divide(capacity, crowd, out=np.zeros_like(capacity), where=crowd > 0)
    access: Floats = weights @ share
    return access


def crowd_in_reach(people: ArrayLike, minutes: csr_array, *, weight: Weight) -> Floats:
    """
    Return the weighted people who can reach each institution, shape (m,).

    Zero marks institutions that nobody reaches, so that their capacity is nobody's access.
    Parameters and errors as in `two_step_access`.
    """
    return catch(people, minutes, weight=weight).crowd


def opportunities(minutes: csr_array, *, weight: Weight, supply: ArrayLike | None = None) -> Floats:
    """
    Sum the supply within reach of each unit, whoever else may want it.

    Parameters
    ----------
    minutes
        As in `two_step_access`, shape (n, m).
    weight
        `within(m)` gives cumulative opportunities, a decay the potential of Hansen (1959),
        Journal of the American Institute of Planners 25: A_i = Σ_j w(t_ij) S_j.
    supply
        Capacity of each institution, shape (m,); None counts each as one.

    Returns
    -------
    reached
        Shape (n,), zero where nothing is within reach.
    """
    weights = _weigh(minutes, weight)
    supply = np.ones(weights.shape[1]) if supply is None else supply
    reached: Floats = weights @ _checked_supply(supply, weights.shape[1])
    return reached


def _weigh(minutes: Any, weight: Weight) -> csr_array:
    matrix = as_minutes_matrix(minutes)
    return csr_array((weight(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape)


def _checked_supply(supply: ArrayLike, size: int) -> Floats:
    checked: Floats = as_vector("supply", supply, size)
    if not (np.isfinite(checked) & (checked >= 0)).all():
        raise ParameterError("supply", "NaN, infinity or less than zero", "a capacity for each")
    return checked
