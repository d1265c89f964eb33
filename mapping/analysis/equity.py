"""How evenly something good, such as access, is spread among people."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.analysis.arrays import Floats, as_vector
from mapping.analysis.pairs import as_people
from mapping.errors import ParameterError

BOTTOM_SHARE, TOP_SHARE = 0.4, 0.1
"""The Palma ratio sets the top tenth of people against the bottom four tenths."""

DRAWN_POINTS = 101


@dataclass(frozen=True, slots=True, eq=False)
class Equity:
    """
    Inequality of access among people: a person, not a house, is the unit.

    Everything is NaN when nobody has any access, or nobody is known.

    Attributes
    ----------
    gini
        0 when all have the same, towards 1 when one person has everything.
    theil, theil_within, theil_between
        Theil T in nats and its exact parts: `theil = theil_within + theil_between`.
    palma
        Share of the top tenth of people over that of the bottom four tenths; inf when the latter
        have nothing.
    mean
        Mean access of a person, in the unit of access.
    people_share, access_share
        The Lorenz curve for drawing, from (0, 0) to (1, 1), at most `DRAWN_POINTS` points, worst
        served people first. The figures above come from the whole curve, not from these points.
    people
        People counted.
    people_without_access_known
        People left out because their access is unknown.
    units_without_population
        Places left out because nobody knows how many live there.
    """

    gini: float
    theil: float
    theil_within: float
    theil_between: float
    palma: float
    mean: float
    people_share: Floats
    access_share: Floats
    people: float
    people_without_access_known: float
    units_without_population: int


def equity(access: ArrayLike, people: ArrayLike, territory: ArrayLike | None = None) -> Equity:
    """
    Measure how unequal access is among people.

    Parameters
    ----------
    access
        Something of which more is better, per person at each unit, shape (n,), non-negative; NaN
        where unknown: left out and counted. (Minutes will not do: fewer are better.)
    people
        People at each unit, shape (n,); NaN where no number is known: left out and counted.
    territory
        Territory of each unit, shape (n,), for the parts of Theil's index; units in none (-1)
        make one group of their own. None puts everyone in one, so nothing lies between.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together, or access is infinite or less than zero.

    Notes
    -----
    Gini is one less twice the area under the Lorenz curve, summed exactly. Theil (1967),
    Economics and Information Theory: T = Σ p_i r_i ln r_i with people's shares p_i and access
    r_i relative to the mean; between territories Σ s_g ln(s_g / p_g) with their shares s_g of
    access and p_g of people; within Σ s_g T_g. The ratio is that of Palma (2011), Development
    and Change 42; people at its borders are split.
    """
    access = _checked_access(as_vector("access", access, np.size(access)))
    people = as_people("people", people, access.size)
    group = np.zeros(access.size) if territory is None else territory
    group = np.unique(as_vector("territory", group, access.size), return_inverse=True)[1]
    counted = np.flatnonzero(~np.isnan(access) & (people > 0))
    counted = counted[np.argsort(access[counted], kind="stable")]
    heads = people[counted]
    gini, palma, curve = _lorenz(access[counted], heads)
    within, between = _theil(access[counted], heads, group[counted])
    return Equity(
        gini=gini,
        theil=within + between,
        theil_within=within,
        theil_between=between,
        palma=palma,
        mean=_mean(access[counted], heads),
        people_share=curve[0],
        access_share=curve[1],
        people=float(heads.sum()),
        people_without_access_known=float(np.nansum(people[np.isnan(access)])),
        units_without_population=int(np.count_nonzero(np.isnan(people))),
    )


def theil_parts(access: ArrayLike, people: ArrayLike, territory: ArrayLike, count: int) -> Floats:
    """
    Return what each territory adds to Theil's index of the whole, shape (count + 1,).

    Parameters
    ----------
    access, people
        As in `equity`.
    territory
        Territory of each unit, 0 to `count` - 1; units in none (-1) make the last part.

    Raises
    ------
    ShapeMismatchError, ParameterError
        As in `equity`.

    Notes
    -----
    Σ p_i r_i ln r_i over the people of the territory, with access r_i relative to the mean of
    all: the parts add up to the whole. One below zero belongs to people who have less than others.
    """
    access = _checked_access(as_vector("access", access, np.size(access)))
    heads = np.nan_to_num(as_people("people", people, access.size))
    group = as_vector("territory", territory, access.size, np.int64)
    if group.size and not (group.min() >= -1 and group.max() < count):
        raise ParameterError("territory", "a number out of range", f"-1 to {count - 1}")
    heads = np.where(np.isnan(access), 0.0, heads)
    had = heads * np.nan_to_num(access)
    total = had.sum()
    if not total > 0:
        return np.full(count + 1, np.nan)
    relative = np.nan_to_num(access) * heads.sum() / total
    parts = np.bincount(group % (count + 1), had / total * _log(relative), count + 1)
    return np.asarray(parts, dtype=np.float64)


def _mean(access: Floats, heads: Floats) -> float:
    return float((heads * access).sum() / heads.sum()) if heads.size else np.nan


def _lorenz(access: Floats, heads: Floats) -> tuple[float, float, tuple[Floats, Floats]]:
    """Return Gini, Palma and the drawn curve of people in order of access."""
    total = (heads * access).sum()
    if not total > 0:
        nothing = np.full(0, np.nan)
        return np.nan, np.nan, (nothing, nothing)
    people_share = np.concatenate([[0.0], np.cumsum(heads) / heads.sum()])
    access_share = np.concatenate([[0.0], np.cumsum(heads * access) / total])
    people_share[-1] = access_share[-1] = 1.0
    area = (np.diff(people_share) * (access_share[1:] + access_share[:-1])).sum()
    gini = max(0.0, 1.0 - float(area))
    bottom, below_top = np.interp([BOTTOM_SHARE, 1 - TOP_SHARE], people_share, access_share)
    palma = float((1 - below_top) / bottom) if bottom > 0 else np.inf
    return gini, palma, _drawn(people_share, access_share)


def _drawn(people_share: Floats, access_share: Floats) -> tuple[Floats, Floats]:
    if people_share.size <= DRAWN_POINTS:
        return people_share, access_share
    marks = np.linspace(0.0, 1.0, DRAWN_POINTS)
    return marks, np.interp(marks, people_share, access_share)


def _theil(access: Floats, heads: Floats, group: NDArray[np.int64]) -> tuple[float, float]:
    """Return Theil's T within groups and between them."""
    total = (heads * access).sum()
    if not total > 0:
        return np.nan, np.nan
    count = int(group.max()) + 1
    group_heads = np.bincount(group, heads, count)
    group_access = np.bincount(group, heads * access, count)
    mean = np.divide(group_access, group_heads, out=np.ones(count), where=group_access > 0)
    within = (heads * access / total * _log(access / mean[group])).sum()
    share, even = group_access / total, group_heads / heads.sum()
    relative = np.divide(share, even, out=np.ones(count), where=even > 0)
    return float(within), float((share * _log(relative)).sum())


def _log(ratio: Floats) -> Floats:
    """Take logarithms; nothing times its logarithm is nothing, so zero's is left at zero."""
    return np.log(ratio, out=np.zeros_like(ratio), where=ratio > 0)


def _checked_access(access: Floats) -> Floats:
    if np.isinf(access).any() or (access < 0).any():
        raise ParameterError("access", "infinity or less than zero", "access, or NaN if unknown")
    return access
