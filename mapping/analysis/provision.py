"""What a norm requires, what there is, and what is missing: in the norm's own units."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mapping.analysis.arrays import Flags, Floats, as_vector
from mapping.analysis.coverage import Membership, coverage
from mapping.analysis.pairs import as_people
from mapping.errors import ParameterError

FEWEST_PEOPLE = 50
"""With fewer people a requirement or a share says nothing and stays undefined."""

NEGLIGIBLE_UNITS = 0.5
"""Nobody opens half an institution: less than this is neither missing nor too much."""

Span = tuple[float, float]
"""From and to; equal when the act gives one number."""


@dataclass(frozen=True, slots=True)
class NormPerPeople:
    """
    So many units per so many people, each a span: (1, 1) per (4000, 7000) of a group.

    `units` are what the act counts: institutions, seats, square metres.

    Raises
    ------
    ParameterError
        If a span is not above zero and in order.
    """

    units: Span
    per_people: Span

    def __post_init__(self) -> None:
        _check_span("units", self.units)
        _check_span("per_people", self.per_people)


@dataclass(frozen=True, slots=True)
class NormPerCity:
    """So many units per city, however many people it has; it says nothing of its districts."""

    units: Span

    def __post_init__(self) -> None:
        _check_span("units", self.units)


@dataclass(frozen=True, slots=True, eq=False)
class Provision:
    """
    Requirement and supply of every place, arrays of shape (places,), in the norm's units.

    A span in the act gives a lower and an upper end; with one number both are equal.

    Attributes
    ----------
    people
        People of the norm's group.
    required_min, required_max
        What the norm asks for; NaN where the people are unknown or fewer than `FEWEST_PEOPLE`.
    existing
        What there is; NaN where that is not known.
    shortfall_min, shortfall_max
        Required less existing: above zero is missing, below zero is more than the norm asks for,
        exactly zero within `NEGLIGIBLE_UNITS`; NaN where either side is.
    """

    people: Floats
    required_min: Floats
    required_max: Floats
    existing: Floats
    shortfall_min: Floats
    shortfall_max: Floats

    @property
    def is_short(self) -> Flags:
        """True where even the lower end of the norm is not met; False also where undefined."""
        return self.shortfall_min > 0


def provision(people: ArrayLike, existing: ArrayLike, norm: NormPerPeople) -> Provision:
    """
    Compare what a norm per people requires of each territory with what it has.

    Parameters
    ----------
    people
        People of the norm's group in each territory, shape (t,); NaN where unknown.
    existing
        Units in each territory, shape (t,); NaN where unknown, zero only where there are none.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense, or the norm is one per city.

    Notes
    -----
    required = people / per_people × units; its lower end takes the fewest units per the most
    people, its upper end the most units per the fewest people.
    """
    if not isinstance(norm, NormPerPeople):
        raise ParameterError("norm", norm, "a norm per people; one per city binds the city only")
    heads = as_people("people", people, np.size(people))
    known = np.where(heads >= FEWEST_PEOPLE, heads, np.nan)
    return _compare(
        heads,
        known / norm.per_people[1] * norm.units[0],
        known / norm.per_people[0] * norm.units[1],
        existing,
    )


def city_provision(people: float, existing: float, norm: NormPerPeople | NormPerCity) -> Provision:
    """
    Compare what a norm requires of the city as a whole with what it has; arrays of shape (1,).

    The city counts everyone and everything once, so it is not the sum of territories that overlap
    or leave gaps. Parameters and errors as in `provision`.
    """
    if isinstance(norm, NormPerPeople):
        return provision([people], [existing], norm)
    units_min, units_max = (np.array([end], dtype=np.float64) for end in norm.units)
    return _compare(as_people("people", [people], 1), units_min, units_max, [existing])


def share_within_norm(
    minutes: ArrayLike, people: ArrayLike, membership: Membership, norm_minutes: Span
) -> tuple[Floats, Floats]:
    """
    Return the shares of people within the norm's minutes, at its lower and its upper end.

    Parameters
    ----------
    minutes, people, membership
        As in `coverage.coverage`.
    norm_minutes
        Minutes that the act allows, from and to.

    Returns
    -------
    strict, lenient
        Shares 0 to 1 of people with a path, each of shape (territories,); NaN in territories
        where fewer than `FEWEST_PEOPLE` of them are known.
    """
    _check_span("norm_minutes", norm_minutes)
    strict, lenient = (
        coverage(minutes, people, membership, within_minutes=end) for end in norm_minutes
    )
    known = strict.covered + strict.uncovered
    return share_of_known(strict.covered, known), share_of_known(lenient.covered, known)


def share_of_known(covered: ArrayLike, known: ArrayLike) -> Floats:
    """Divide people covered by people with a path; NaN where fewer than `FEWEST_PEOPLE` have."""
    heads = np.asarray(known, dtype=np.float64)
    share: Floats = np.full(heads.shape, np.nan)
    return np.divide(covered, heads, out=share, where=heads >= FEWEST_PEOPLE)


def sum_by_territory(values: ArrayLike, membership: Membership) -> Floats:
    """
    Add up `values` (capacities, or ones) of the institutions in each territory, shape (t,).

    One unknown value (NaN) makes its territory's sum unknown; a territory without institutions
    has zero.
    """
    units = as_vector("values", values, membership.unit_count)
    sums = np.bincount(membership.territory, units[membership.unit], membership.territory_count)
    return np.asarray(sums, dtype=np.float64)


def _compare(
    people: Floats, required_min: Floats, required_max: Floats, existing: ArrayLike
) -> Provision:
    units: Floats = as_vector("existing", existing, people.size)
    if np.isinf(units).any() or (units < 0).any():
        raise ParameterError("existing", "infinity or less than zero", "units, or NaN if unknown")
    return Provision(
        people=people,
        required_min=required_min,
        required_max=required_max,
        existing=units,
        shortfall_min=_shortfall(required_min, units),
        shortfall_max=_shortfall(required_max, units),
    )


def _shortfall(required: Floats, existing: Floats) -> Floats:
    missing = required - existing
    return np.where(np.abs(missing) < NEGLIGIBLE_UNITS, 0.0, missing)


def _check_span(name: str, span: Span) -> None:
    low, high = span
    if not (0 < low <= high and math.isfinite(high)):
        raise ParameterError(name, span, "from and to, above zero and in order")
